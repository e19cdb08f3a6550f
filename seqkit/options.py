"""Options read from signatures: the signature of a function *is* the schema of its options.

`read_options` parses a source file with `ast`, without importing it, so that a recipe's options can be listed before
Keras is. Each option is keyword-only, typed, defaulted and explained under `Args:` in the function's docstring; a
number states its legal interval there, as in `dropout: Share of the inputs dropped, [0, 1).`
"""

import ast
import importlib.util
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqkit.errors import UNREADABLE, UsageError, nearest

REQUIRED = object()
"""Default of an option that has none."""

FORMER_NAMES = {"genuine": "not_sentinel", "stretch": "chunk"}
"""Options that were renamed, old name first: command lines, configurations and runs may still use it."""

_INTERVAL = re.compile(r"([\[(])\s*(-?(?:inf|[\d.]+(?:e-?\d+)?))\s*,\s*(inf|-?[\d.]+(?:e-?\d+)?)\s*([\])])")
_SCALARS = {"int": int, "float": float, "str": str, "bool": bool}


@dataclass(frozen=True)
class Interval:
    """The numbers an option may take, such as [0, 1)."""

    low: float
    high: float
    low_open: bool
    high_open: bool

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def __str__(self) -> str:
        low, high = (f"{end:.0f}" if end.is_integer() else f"{end:g}" for end in (self.low, self.high))
        return f"{'(' if self.low_open else '['}{low}, {high}{')' if self.high_open else ']'}"


@dataclass(frozen=True)
class Option:
    """One option of a function.

    Attributes:
        name: Its name in Python; `flag` is its name on the command line.
        kind: Type of one value: int, float, str or bool.
        default: Value if nothing is said, or `REQUIRED`.
        many: Whether the value is a tuple of any length.
        optional: Whether None is allowed.
        choices: The values allowed, where these are listed.
        interval: The numbers allowed, where these are limited.
        help: Its explanation.
    """

    name: str
    kind: type
    default: Any
    many: bool = False
    optional: bool = False
    choices: tuple[Any, ...] = ()
    interval: Interval | None = None
    help: str = ""

    @property
    def flag(self) -> str:
        """The option's name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def former_flags(self) -> list[str]:
        """Former names of the option on the command line."""
        return ["--" + old.replace("_", "-") for old, new in FORMER_NAMES.items() if new == self.name]

    def check(self, value: Any) -> Any:
        """Returns `value` in the option's own type: a list as a tuple, a whole number as a float where one is due.

        Raises:
            UsageError: The value has another type, is not a choice, or lies outside the interval; or there is none
                where the default has some.
        """
        if value is None and self.optional:
            return None
        if self.many:
            values = value if isinstance(value, (list, tuple)) else (value,)
            if not values and self.default != ():
                raise self._refusal(value)
            return tuple(self._check_one(v) for v in values)
        return self._check_one(value)

    def parse(self, text: str) -> Any:
        """Returns the value that `text` from the command line stands for.

        Numbers of a tuple are separated by commas; "none" is None where that is allowed.

        Raises:
            UsageError: As `check`.
        """
        if self.optional and text.lower() == "none":
            return None
        if self.many and self.kind is not str:
            values = [self._from_text(part) for part in text.split(",") if part.strip()]
            if not values and self.default != ():
                raise self._refusal(text)
            return self.check(values)
        return self.check(self._from_text(text))

    def expected(self) -> str:
        """Says what the option takes, for help and messages."""
        if self.choices:
            return "one of " + ", ".join(map(str, self.choices))
        noun = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}[self.kind]
        if self.many and self.kind is not str:
            noun = {int: "whole numbers", float: "numbers"}[self.kind] + " separated by commas"
        return noun + (f" in {self.interval}" if self.interval else "") + (" or none" if self.optional else "")

    def _from_text(self, text: str) -> Any:
        try:
            if self.kind is bool:
                return {"true": True, "false": False}[text.strip().lower()]
            return self.kind(text)
        except (ValueError, KeyError):
            raise self._refusal(text) from None

    def _check_one(self, value: Any) -> Any:
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, self.kind) or (self.kind is not bool and isinstance(value, bool)):
            raise self._refusal(value)
        if self.choices and value not in self.choices:
            hint = nearest(value, self.choices) if isinstance(value, str) else ""
            raise UsageError(f"{self._refusal(value)}{' ' + hint if hint.startswith('Did') else ''}")
        if isinstance(value, float) and math.isnan(value):
            raise self._refusal(value)
        if self.interval is not None and isinstance(value, (int, float)) and value not in self.interval:
            raise self._refusal(value)
        return value

    def _refusal(self, value: Any) -> UsageError:
        return UsageError(f"Received an invalid value for {self.flag}, expected {self.expected()}, got {value!r}.")


def read_options(path: Path, function: str) -> list[Option]:
    """Returns the keyword-only options of `function` in the file at `path`, in the order they are written.

    Raises:
        UsageError: The file does not parse, has no such function, or an option is not keyword-only, of a type that has
            no flag, or its default is no value of it.
    """
    definition = _find_function(path, function)
    if definition.args.defaults:
        wrong = [*definition.args.posonlyargs, *definition.args.args][-1].arg
        raise UsageError(f"The option `{wrong}` of {function} in {path} must be keyword-only: put a * before it.")
    explained = _read_args(ast.get_docstring(definition) or "")
    options = []
    for argument, default in zip(definition.args.kwonlyargs, definition.args.kw_defaults, strict=True):
        where = f"option `{argument.arg}` of {function} in {path}"
        text = explained.get(argument.arg, "")
        found = _INTERVAL.search(text)
        interval = Interval(float(found[2]), float(found[3]), found[1] == "(", found[4] == ")") if found else None
        option = Option(
            name=argument.arg,
            default=REQUIRED if default is None else _literal(default, where),
            help=text,
            interval=interval,
            **_read_annotation(argument.annotation, where),
        )
        if option.default is not REQUIRED:
            try:
                option.check(option.default)
            except UsageError as error:
                raise UsageError(f"The default of {where} cannot be used: {error}") from error
        options.append(option)
    return options


def module_options(module: str, function: str) -> list[Option]:
    """Returns the options of a function of one of our own modules, without importing that module."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return read_options(Path(spec.origin), function)


def parse_file(path: Path) -> ast.Module:
    """Returns the syntax tree of a Python file.

    Raises:
        UsageError: It does not parse; the message names the line.
    """
    try:
        return ast.parse(path.read_text(encoding="utf-8"), path.name)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path} is not a Python file: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. {UNREADABLE}") from error


def with_current_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns values of options under the names that the options have now."""
    return {FORMER_NAMES.get(name, name): value for name, value in values.items()}


def resolve(options: Iterable[Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the value of every option: the given one, checked, or the default.

    Options may be given by a former name.

    Raises:
        UsageError: A name is unknown (the nearest is suggested), a value is wrong, or a required one is missing.
    """
    by_name = {option.name: option for option in options}
    given = with_current_names(given)
    for name in given:
        if name not in by_name:
            raise UsageError(f"Unknown option `{name}`. {nearest(name, by_name)}")
    resolved = {}
    for name, option in by_name.items():
        if name in given:
            resolved[name] = option.check(given[name])
        elif option.default is REQUIRED:
            raise UsageError(f"Missing option {option.flag}, expected {option.expected()}.")
        else:
            resolved[name] = option.default
    return resolved


def _find_function(path: Path, function: str) -> ast.FunctionDef:
    for node in parse_file(path).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return node
    raise UsageError(f"{path} has no function `{function}`. Write one, or name another file.")


def _literal(node: ast.expr, where: str) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise UsageError(f"The default of {where} must be a literal.") from error


def _read_annotation(node: ast.expr | None, where: str) -> dict[str, Any]:
    """Returns kind, many, optional and choices as the annotation says them."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [node.left, node.right]
        rest = [s for s in sides if not (isinstance(s, ast.Constant) and s.value is None)]
        if len(rest) == 1:
            return {**_read_annotation(rest[0], where), "optional": True}
    if isinstance(node, ast.Name) and node.id in _SCALARS:
        return {"kind": _SCALARS[node.id]}
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if node.value.id == "Literal":
            choices = tuple(_literal(choice, where) for choice in inner)
            return {"kind": type(choices[0]), "choices": choices}
        if node.value.id == "tuple" and isinstance(inner[0], ast.Name) and inner[0].id in _SCALARS:
            return {"kind": _SCALARS[inner[0].id], "many": True}
    written = "nothing" if node is None else ast.unparse(node)
    raise UsageError(
        f"The type of {where} must be int, float, str, bool, tuple[T, ...], Literal[...] or T | None, got {written}."
    )


def _read_args(docstring: str) -> dict[str, str]:
    """Returns the explanations under `Args:` by argument."""
    explained: dict[str, str] = {}
    inside, name = False, ""
    for line in docstring.splitlines():
        if line.strip() == "Args:":
            inside = True
        elif inside and line.strip() and not line.startswith(" "):
            break
        elif inside:
            start = re.match(r"    (\w+): (.*)", line)
            if start:
                name, explained[start[1]] = start[1], start[2].strip()
            elif name and line.strip():
                explained[name] += " " + line.strip()
    return explained
