"""Turns options of function signatures into command-line flags."""

import math
import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from seqkit.errors import UsageError
from seqkit.options import REQUIRED, Option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Flag(click.Option):
    """An option that is refused if it is given twice, unless it repeats; former names are accepted, but not in help."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Registers the option so that the parser keeps every value instead of the last one."""
        repeats, self.multiple = self.multiple, True
        try:
            super().add_to_parser(parser, ctx)
        finally:
            self.multiple = repeats

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Returns the value of the option, or fails if it is given twice."""
        values = opts.get(str(self.name))
        if self.multiple or not isinstance(values, list):
            return super().handle_parse_result(ctx, opts, args)
        if len(values) > 1 and not ctx.resilient_parsing:
            raise click.UsageError(self._repeated(values), ctx)
        return super().handle_parse_result(ctx, {**opts, str(self.name): values[-1]}, args)

    def _repeated(self, values: list[Any]) -> str:
        name = self.opts[0]
        if self.secondary_opts and len(set(values)) > 1:
            return f"{name} and {self.secondary_opts[0]} exclude each other. Give one of them."
        count = "twice" if len(values) == 2 else f"{len(values)} times"
        if isinstance(self.type, OptionType) and self.type.option.many:
            return f"{name} is given {count}; give it once, with commas: {name} {','.join(values)}."
        return f"{name} is given {count}; give it once."

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Returns the help row of the option, without its former names."""
        names = self.opts
        self.opts = [name for name in names if name == names[0] or not name.startswith("--")]
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = names


class OptionType(click.ParamType):
    """A parameter type that parses and checks values by the option itself."""

    def __init__(self, option: Option) -> None:
        self.option = option
        self.name = option.kind.__name__

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the parsed value, or fails with the option's message."""
        if not isinstance(value, str):
            return value
        try:
            return self.option.parse(value)
        except UsageError as error:
            raise click.UsageError(str(error), ctx) from None

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Returns the placeholder of the value in help."""
        if self.option.choices:
            return "|".join(map(str, self.option.choices))
        kind = self.option.kind.__name__.upper()
        return f"{kind},…" if self.option.many and self.option.kind is not str else kind

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        """Completes a value in the shell."""
        from seqkit.console.completion import complete_value

        return complete_value(ctx, self.option, incomplete)


class Number(click.FloatRange):
    """A finite number in a range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Returns the number, or fails if it is not finite or out of range."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


class NonEmpty(click.ParamType):
    """A text that is not empty; a shell passes an empty one for an unset variable."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the text, or fails if it is empty."""
        if not str(value).strip():
            self.fail("it is empty.", param, ctx)
        return str(value)


class OutputFile(NonEmpty):
    """The path of a file to write, checked before any work is done; - is standard output."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the path, or fails if it cannot be a file."""
        text = super().convert(value, param, ctx)
        path = Path(text)
        try:
            is_folder = path.is_dir()
            existing_parent = next(parent for parent in path.absolute().parents if parent.exists())
        except (OSError, ValueError) as error:
            self.fail(f"'{text}' cannot be written: {getattr(error, 'strerror', None) or error}.", param, ctx)
        if is_folder:
            self.fail(f"{path} is a directory. Name a file in it.", param, ctx)
        if not existing_parent.is_dir():
            self.fail(f"{path} cannot be written: {existing_parent} is not a directory.", param, ctx)
        return text

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        """Completes a file in the shell."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


option: Callable[..., Any] = partial(click.option, cls=Flag)
"""Decorator for an option of a command, as `click.option`."""


def click_options(options: Iterable[Option], defaults: dict[str, Any]) -> list[click.Parameter]:
    """Returns a flag for each option. Flags have no default value, so that defaults are resolved later.

    Args:
        options: The options.
        defaults: Defaults by name, to show in help.
    """
    return [_click_option(option, defaults.get(option.name, option.default)) for option in options]


def given_on_command_line() -> dict[str, Any]:
    """Returns the options given to the current command, including those given as none."""
    context = click.get_current_context()
    return {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }


def options_to_rows(options: Iterable[Option]) -> list[tuple[str, str]]:
    """Returns flag and help text of each option."""
    return [(option.flag, _help(option, option.default)) for option in options]


def wrappable(docstring: str) -> str:
    """Returns a docstring as help that Click wraps to the terminal, except for lists and indented lines."""
    paragraphs = docstring.split("\n\n")
    return "\n\n".join(f"\b\n{text}" if text.startswith((" ", "-")) else text for text in paragraphs)


def rows_as_text(rows: list[tuple[str, str]]) -> list[str]:
    """Formats two columns, the second one wrapped to the width of the terminal."""
    name_width = max((len(name) for name, _ in rows), default=0) + 2
    text_width = max(min(shutil.get_terminal_size((100, 24)).columns, 120) - name_width - 4, 30)
    lines = []
    for name, text in rows:
        first, *rest = textwrap.wrap(text, text_width) or [""]
        lines.append(f"{name:<{name_width}}{first}")
        lines += [" " * name_width + line for line in rest]
    return lines


def _click_option(option: Option, default: Any) -> Flag:
    help_text = _help(option, default)
    if option.kind is bool:
        return Flag([f"{option.flag}/--no-{option.flag[2:]}"], default=None, help=help_text)
    # A tuple of texts takes a repeated flag instead of commas, which may occur in column names.
    repeated = option.many and option.kind is str
    single = Option(**{**option.__dict__, "many": False}) if repeated else option
    names = [option.flag, *option.former_flags, option.name]
    return Flag(names, type=OptionType(single), default=None, multiple=repeated, help=help_text)


def _help(option: Option, default: Any) -> str:
    if default is REQUIRED:
        suffix = "  [required]"
    elif default is None or default in ((), []):
        suffix = ""
    else:
        suffix = f"  [default {','.join(map(str, default)) if isinstance(default, (list, tuple)) else default}]"
    return option.help.rstrip(".") + suffix
