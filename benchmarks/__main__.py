"""`python -m benchmarks` lists the benchmarks; `python -m benchmarks NAME` runs one and prints its table.

A benchmark is a module in this package with a docstring and a function `run`, whose signature defines its options. With
`--write`, the table also replaces the block in the documentation that is marked with the same command.
"""

import shlex
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.pages import find_block, replace_block
from benchmarks.report import describe_machine, machine_line
from seqkit.cli import Group
from seqkit.console.flags import click_options, wrappable
from seqkit.files.atomic import write_json
from seqkit.options import resolve
from seqkit.registry import Source

NAMES = (
    "startup",
    "windows",
    "epoch",
    "recurrent_layers",
    "mackey_glass",
    "choices",
    "textbook",
    "memory",
    "panels",
    "short_series",
    "scores",
    "seeds",
    "forecasting",
    "series",
    "texts",
    "embeddings",
    "language",
    "music",
    "translation",
    "kills",
    "faults",
    "fuzz",
)

DOCS = Path(__file__).resolve().parent.parent / "docs"

PAGES = dict.fromkeys(("kills", "faults", "fuzz"), "reliability.md")
"""Page of `DOCS` that a benchmark writes its table to; `benchmarks.md` for all others."""


class Benchmarks(Group):
    """The benchmarks as commands, with options that are read without importing the modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of the benchmarks."""
        return list(NAMES)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the benchmarks with their summaries."""
        with formatter.section("Benchmarks"):
            formatter.write_dl([(name, find(name).summary) for name in NAMES])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Returns the command that runs a benchmark."""
        if name not in NAMES:
            return None
        source = find(name)
        json = click.Option(["--json", "json_file"], help="Also write the figures to FILE, as JSON.", metavar="FILE")
        write = click.Option(["--write"], is_flag=True, help=f"Replace this command's table in docs/{page(name).name}.")
        return click.Command(
            name,
            callback=partial(_run, source),
            params=[*click_options(source.options("run"), {}), json, write],
            help=wrappable(source.docstring),
            short_help=source.summary,
        )


@click.group(cls=Benchmarks, invoke_without_command=True, context_settings={"max_content_width": 120})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Runs the benchmark NAME and prints its table; without NAME, lists the benchmarks."""
    if ctx.invoked_subcommand is None:
        for name in NAMES:
            click.echo(f"{name:<18}{find(name).summary}")


def find(name: str) -> Source:
    """Returns the source of a benchmark, without importing it."""
    return Source(name, Path(__file__).with_name(f"{name}.py"), f"benchmarks.{name}")


def page(name: str) -> Path:
    """Returns the page of the documentation that holds the tables of a benchmark."""
    return DOCS / PAGES.get(name, "benchmarks.md")


def marker_options(marker: str) -> tuple[str, dict[str, Any]]:
    """Returns the benchmark that a marker names, and the value of every option of its command.

    Args:
        marker: A command without `python -m benchmarks`, such as "scores --data imdb".

    Raises:
        click.UsageError: It is not a command.
    """
    name, *arguments = shlex.split(marker)
    command = main.get_command(click.Context(main), name)
    if command is None:
        raise click.UsageError(f"There is no benchmark '{name}'.")
    return name, _resolved(find(name), command.make_context(name, arguments).params)


def _resolved(source: Source, params: dict[str, Any]) -> dict[str, Any]:
    """Returns the value of every option of `run`, from the parameters of its command."""
    options = source.options("run")
    names = {option.name for option in options}
    return resolve(options, {n: value for n, value in params.items() if n in names and value not in (None, ())})


def _run(source: Source, *, json_file: str | None, write: bool, **given: Any) -> None:
    options = _resolved(source, given)
    if write:  # Before anything is measured, which may take an hour.
        marker = _find_marker(source, options)
    machine = describe_machine()
    report = source.load().run(**options)
    text = f"{report.text}\n\n{machine_line(machine)}"
    click.echo(f"\n{text}")
    if write:
        replace_block(page(source.name), marker, text)
        click.echo(f"Wrote the table to {page(source.name)}.", err=True)
    if json_file is not None:
        content = {"benchmark": source.name, "options": options, "machine": machine, **report.content}
        write_json(Path(json_file), content)


def _find_marker(source: Source, options: dict[str, Any]) -> str:
    """Returns the marker of the block that holds the table of a command, options in any order."""

    def matches(marker: str) -> bool:
        return marker.split(maxsplit=1)[0] == source.name and marker_options(marker) == (source.name, options)

    defaults = {option.name: option.default for option in source.options("run")}
    changed = {name: value for name, value in options.items() if value != defaults[name]}
    return find_block(page(source.name), matches, shlex.join([source.name, *_arguments(changed)]))


def _arguments(options: dict[str, Any]) -> list[str]:
    """Returns values of options as arguments of the command line."""
    arguments = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            arguments.append(flag if value else f"--no-{flag[2:]}")
        elif isinstance(value, tuple):
            arguments += [part for item in value for part in (flag, str(item))]
        else:
            arguments += [flag, str(value)]
    return arguments


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
