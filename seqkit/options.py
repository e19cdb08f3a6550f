"""Reads options from function signatures.

`read_options` parses a source file with `ast` instead of importing it, so that a recipe's options can be listed without
importing Keras. Options are keyword-only and typed, have a default, and are documented under `Args:` in the docstring.
The docstring also contains the interval of a number, as in `dropout: Fraction of the inputs dropped, [0, 1).`
"""

import ast
import importlib.util
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from seqkit.errors import UNREADABLE, UsageError, nearest

REQUIRED = object()
"""Default of a required option."""

FORMER_NAMES = {"genuine": "not_sentinel", "stretch": "chunk"}
"""Former option names and their current ones; command lines, configurations and runs may use either."""

_INTERVAL = re.compile(r"([\[(])\s*(-?(?:inf|[\d.]+(?:e-?\d+)?))\s*,\s*(inf|-?[\d.]+(?:e-?\d+)?)\s*([\])])")
_SCALARS = {"int": int, "float": float, "str": str, "bool": bool}


@dataclass(frozen=True)
class Interval:
    """Interval of valid numbers, such as [0, 1)."""

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
    """Option of a function.

    Attributes:
        name: Name in Python; `flag` is the name on the command line.
        kind: Type of a single value: int, float, str or bool.
        default: Default value, or `REQUIRED`.
        many: Whether the value is a tuple of any length.
        optional: Whether None is valid.
        choices: Valid values, if they are listed.
        interval: Valid numbers, if they are limited.
        help: Description from the docstring.
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
        """Name of the option on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def former_flags(self) -> list[str]:
        """Former names of the option on the command line."""
        return ["--" + old.replace("_", "-") for old, new in FORMER_NAMES.items() if new == self.name]

    def check(self, value: Any) -> Any:
        """Validates a value and converts it to the type of the option: lists to tuples, integers to floats.

        Raises:
            UsageError: The value has the wrong type, is not one of the choices, or is outside the interval; or it is
                empty and the default is not.
        """
        if value is None and self.optional:
            return None
        if self.many:
            if value is None and self.default == ():
                return ()  # as runs hold an option that took one value then, and none was given
            values = value if isinstance(value, (list, tuple)) else (value,)
            if not values and self.default != ():
                raise self._invalid(value)
            return tuple(self._check_one(v) for v in values)
        return self._check_one(value)

    def parse(self, text: str) -> Any:
        """Converts text from the command line to a value.

        The numbers of a tuple are separated by commas; "none" stands for None if that is valid.

        Raises:
            UsageError: As `check`.
        """
        if self.optional and text.lower() == "none":
            return None
        if self.many and self.kind is not str:
            values = [self._convert(part) for part in text.split(",") if part.strip()]
            if not values and self.default != ():
                raise self._invalid(text)
            return self.check(values)
        return self.check(self._convert(text))

    def expected(self) -> str:
        """Describes the valid values, for help and messages."""
        if self.choices:
            return "one of " + ", ".join(map(str, self.choices))
        noun = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}[self.kind]
        if self.many and self.kind is not str:
            noun = {int: "whole numbers", float: "numbers"}[self.kind] + " separated by commas"
        return noun + (f" in {self.interval}" if self.interval else "") + (" or none" if self.optional else "")

    def _convert(self, text: str) -> Any:
        try:
            if self.kind is bool:
                return {"true": True, "false": False}[text.strip().lower()]
            return self.kind(text)
        except (ValueError, KeyError):
            raise self._invalid(text) from None

    def _check_one(self, value: Any) -> Any:
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, self.kind) or (self.kind is not bool and isinstance(value, bool)):
            raise self._invalid(value)
        if self.choices and value not in self.choices:
            hint = nearest(value, self.choices) if isinstance(value, str) else ""
            raise UsageError(f"{self._invalid(value)}{' ' + hint if hint.startswith('Did') else ''}")
        if isinstance(value, float) and math.isnan(value):
            raise self._invalid(value)
        if self.interval is not None and isinstance(value, (int, float)) and value not in self.interval:
            raise self._invalid(value)
        return value

    def _invalid(self, value: Any) -> UsageError:
        return UsageError(f"Received an invalid value for {self.flag}, expected {self.expected()}, got {value!r}.")


def read_options(path: Path, function: str) -> list[Option]:
    """Returns the keyword-only options of a function in a source file, in order.

    Raises:
        UsageError: The file cannot be parsed or has no such function; or an option is not keyword-only, has an
            unsupported type, or an invalid default.
    """
    definition = _find_function(path, function)
    if definition.args.defaults:
        name = [*definition.args.posonlyargs, *definition.args.args][-1].arg
        raise UsageError(f"The option `{name}` of {function} in {path} must be keyword-only: put a * before it.")
    descriptions = _read_args(ast.get_docstring(definition) or "")
    options = []
    for argument, default in zip(definition.args.kwonlyargs, definition.args.kw_defaults, strict=True):
        where = f"option `{argument.arg}` of {function} in {path}"
        text = descriptions.get(argument.arg, "")
        match = _INTERVAL.search(text)
        interval = Interval(float(match[2]), float(match[3]), match[1] == "(", match[4] == ")") if match else None
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
    """Returns the options of a function of an installed module, without importing the module."""
    return list(_module_options(module, function))


@cache
def _module_options(module: str, function: str) -> tuple[Option, ...]:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return tuple(read_options(Path(spec.origin), function))


def parse_file(path: Path) -> ast.Module:
    """Returns the syntax tree of a Python file.

    Raises:
        UsageError: The file cannot be parsed; the message names the line.
    """
    try:
        return ast.parse(path.read_text(encoding="utf-8"), path.name)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path} is not a Python file: {error}.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. {UNREADABLE}") from error


def with_current_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns option values with former names replaced by current ones."""
    return {FORMER_NAMES.get(name, name): value for name, value in values.items()}


def resolve(options: Iterable[Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the value of every option: the given value, validated, or the default.

    Args:
        options: The options.
        given: Values by option name; former names are valid.

    Raises:
        UsageError: A name is unknown, a value is invalid, or a required option is missing.
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
    raise UsageError(f"{path} has no function `{function}`. Add one, or name another file.")


def _literal(node: ast.expr, where: str) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise UsageError(f"The default of {where} must be a literal.") from error


def _read_annotation(node: ast.expr | None, where: str) -> dict[str, Any]:
    """Returns the attributes of an option that its type annotation determines."""
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
    """Returns the descriptions under `Args:` by argument."""
    descriptions: dict[str, str] = {}
    in_args, name = False, ""
    for line in docstring.splitlines():
        if line.strip() == "Args:":
            in_args = True
        elif in_args and line.strip() and not line.startswith(" "):
            break
        elif in_args:
            start = re.match(r"    (\w+): (.*)", line)
            if start:
                name, descriptions[start[1]] = start[1], start[2].strip()
            elif name and line.strip():
                descriptions[name] += " " + line.strip()
    return descriptions
