"""Options of commands that write one file: its path, and whether an existing file is replaced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from seqkit.console.flags import OutputFile, option
from seqkit.errors import UsageError


def output_options(content: str, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator that adds `--output` and `--overwrite` to a command.

    Args:
        content: Help text of `--output`: what is written.
        settings: Other settings of `--output`, such as its default.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = option("--overwrite", is_flag=True, help="Replace an existing file.")(command)
        return option("--output", "-o", type=OutputFile(), help=content, **settings)(command)

    return decorate


def refuse_existing(output: str | None, *, overwrite: bool) -> None:
    """Refuses to replace a file before any work is done; devices and pipes can always be written.

    Raises:
        UsageError: The file exists, and `overwrite` is not set.
    """
    if output not in (None, "-") and not overwrite and Path(str(output)).is_file():
        raise UsageError(f"{output} exists. Choose another --output, or add --overwrite.")
