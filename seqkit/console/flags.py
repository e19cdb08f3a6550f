"""Options of signatures as flags of the command line."""

import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from seqkit.console.completion import complete_value
from seqkit.errors import UsageError
from seqkit.options import REQUIRED, Option


class Flag(click.Option):
    """An option that help shows by its first name: former names are accepted and hidden."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Returns the row of the option in help."""
        names, self.opts = self.opts, self.opts[:1]
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = names


class OptionType(click.ParamType):
    """The values of an option, parsed and checked by the option itself."""

    def __init__(self, option: Option) -> None:
        self.option = option
        self.name = option.kind.__name__

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the value, or fails with the option's own message."""
        if not isinstance(value, str):
            return value
        try:
            return self.option.parse(value)
        except UsageError as error:
            raise click.UsageError(str(error), ctx) from None

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Returns what stands for the value in help."""
        if self.option.choices:
            return "|".join(map(str, self.option.choices))
        kind = self.option.kind.__name__.upper()
        return f"{kind},…" if self.option.many and self.option.kind is not str else kind

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        """Completes a value in the shell."""
        return complete_value(self.option, incomplete)


class NonEmpty(click.ParamType):
    """A text with something in it: what a shell makes of an unset variable is refused."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the text, or fails where it is empty."""
        if not str(value).strip():
            self.fail("it is empty.", param, ctx)
        return str(value)


class OutputFile(NonEmpty):
    """A file to write: what can be none is refused before any work is done; - is standard output."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the path, or fails where no file can be written."""
        text = super().convert(value, param, ctx)
        path = Path(text)
        try:
            is_folder, above = path.is_dir(), next(each for each in path.absolute().parents if each.exists())
        except (OSError, ValueError) as error:
            self.fail(f"'{text}' cannot be written: {getattr(error, 'strerror', None) or error}.", param, ctx)
        if is_folder:
            self.fail(f"{path} is a directory. Name a file in it.", param, ctx)
        if not above.is_dir():
            self.fail(f"{path} cannot be written: {above} is no directory.", param, ctx)
        return text

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        """Completes a file in the shell."""
        return [CompletionItem(incomplete, type="file")]


def click_options(options: Iterable[Option], defaults: dict[str, Any]) -> list[click.Parameter]:
    """Returns a flag for each option; a flag that is not given has no value, so that others' defaults can stand.

    Args:
        options: The options.
        defaults: What stands where nothing is given, to be shown in help; by name.
    """
    return [_click_option(option, defaults.get(option.name, option.default)) for option in options]


def given_on_command_line() -> dict[str, Any]:
    """Returns the options that were given to the running command, among them those that were given as none."""
    context = click.get_current_context()
    return {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }


def options_to_rows(options: Iterable[Option]) -> list[tuple[str, str]]:
    """Returns flag and explanation of each option, for a listing."""
    return [(option.flag, _help(option, option.default)) for option in options]


def rows_as_text(rows: list[tuple[str, str]]) -> list[str]:
    """Returns two columns, the second wrapped to the width of the terminal."""
    left = max((len(name) for name, _ in rows), default=0) + 2
    width = max(min(shutil.get_terminal_size((100, 24)).columns, 120) - left - 4, 30)
    lines = []
    for name, text in rows:
        first, *rest = textwrap.wrap(text, width) or [""]
        lines.append(f"{name:<{left}}{first}")
        lines += [" " * left + part for part in rest]
    return lines


def _click_option(option: Option, default: Any) -> Flag:
    help_text = _help(option, default)
    if option.kind is bool:
        return Flag([f"{option.flag}/--no-{option.flag[2:]}"], default=None, help=help_text)
    # A tuple of texts is given by repeating the flag, since a column's name may hold a comma.
    repeated = option.many and option.kind is str
    one = Option(**{**option.__dict__, "many": False}) if repeated else option
    names = [option.flag, *option.former_flags, option.name]
    return Flag(names, type=OptionType(one), default=None, multiple=repeated, help=help_text)


def _help(option: Option, default: Any) -> str:
    if default is REQUIRED:
        shown = "required"
    elif isinstance(default, (list, tuple)):
        shown = f"default {','.join(map(str, default))}" if default else ""
    else:
        shown = "" if default is None else f"default {default}"
    return option.help.rstrip(".") + (f"  [{shown}]" if shown else "")
