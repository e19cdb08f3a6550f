"""`python -m benchmarks` lists the benchmarks; `python -m benchmarks NAME` runs one and prints its table.

A benchmark is a file here with a docstring and a function `run`, whose signature is its options.
"""

from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.report import describe_machine, machine_line
from seqkit.cli import Group
from seqkit.console.flags import click_options
from seqkit.files.atomic import write_json
from seqkit.options import resolve
from seqkit.registry import Source

NAMES = (
    "startup",
    "windows",
    "epoch",
    "recurrent_layers",
    "choices",
    "textbook",
    "memory",
    "scores",
    "texts",
    "embeddings",
    "kills",
    "faults",
    "fuzz",
)


class Benchmarks(Group):
    """The benchmarks as commands, each with its own options, read without importing it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns their names."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Returns the command that runs one."""
        if name not in NAMES:
            return None
        source = find(name)
        json = click.Option(["--json", "json_file"], help="Write the figures there as JSON, too.", metavar="FILE")
        return click.Command(
            name,
            callback=partial(_run, source),
            params=[*click_options(source.options("run"), {}), json],
            help=source.docstring.replace("\n\n", "\n\n\b\n"),
            short_help=source.summary,
        )


@click.group(cls=Benchmarks, invoke_without_command=True, context_settings={"max_content_width": 120})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Measurements that print a table; without a NAME they are listed."""
    if ctx.invoked_subcommand is None:
        for name in NAMES:
            click.echo(f"{name:<18}{find(name).summary}")


def find(name: str) -> Source:
    """Returns the benchmark of that name, not yet imported."""
    return Source(name, Path(__file__).with_name(f"{name}.py"), f"benchmarks.{name}")


def _run(source: Source, *, json_file: str | None, **given: Any) -> None:
    options = resolve(source.options("run"), {n: value for n, value in given.items() if value not in (None, ())})
    machine = describe_machine()
    report = source.load().run(**options)
    click.echo(f"\n{report.text}\n\n{machine_line(machine)}")
    if json_file is not None:
        content = {"benchmark": source.name, "options": options, "machine": machine, **report.content}
        write_json(Path(json_file), content)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
