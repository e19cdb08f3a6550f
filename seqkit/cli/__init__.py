"""The command line: parses arguments, calls the library, prints results. Heavy imports happen when needed."""

import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from seqkit.console.flags import option
from seqkit.errors import InterruptedTraining, SeqkitError, nearest
from seqkit.tasks import Task, tasks

# Hides TensorFlow's log messages about kernels and devices; errors are still raised.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


INTERRUPTED = 130
"""Exit code after Ctrl-C, 128 + SIGINT as in shells."""

COMMANDS = {
    "train": ("seqkit.cli.train", "Train a recipe on time series, texts or labelled series."),
    "evaluate": ("seqkit.cli.runs", "Score a finished run and its baselines on the test part or on new data."),
    "backtest": ("seqkit.cli.backtest", "Forecast at several past times, and score the forecasts."),
    "export": ("seqkit.cli.export", "Export a run for programs without seqkit: ONNX, preprocessing, example reader."),
    "compare": ("seqkit.cli.runs", "Compare runs of the same data and protocol, the best on validation first."),
    "inspect": ("seqkit.cli.inspect", "Measure how far back a run remembers, and which columns it reads."),
    "check": ("seqkit.cli.check", "Print the contents of a file and its problems, with the flags that fix them."),
    "recipes": ("seqkit.cli.listing", "List the recipes, or describe one with its options."),
    "datasets": ("seqkit.cli.listing", "List the datasets, or describe one with its protocol."),
    "tasks": ("seqkit.cli.listing", "List the tasks, or describe one with the data it reads and its commands."),
}
"""The commands for all tasks, by name: the module that defines the command, and its summary."""


class Group(click.Group):
    """A group that suggests the nearest command, and turns errors into one message and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the program; characters outside the encoding of the terminal are printed as question marks."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads `help COMMAND` as `COMMAND --help`, and `version` as `--version`."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        elif args == ["version"]:
            args = ["--version"]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of all commands, including those of the tasks."""
        return sorted({*COMMANDS, *_task_commands()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Returns a command; imports only its module."""
        if name in COMMANDS:
            module = import_module(COMMANDS[name][0])
        elif name in _task_commands():
            module = _task_commands()[name].module("commands")
        else:
            return None
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands with their summaries, without importing them."""
        summaries = {name: task.commands[name] for name, task in _task_commands().items()}
        summaries |= {name: summary for name, (_, summary) in COMMANDS.items()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, summaries[name]) for name in self.list_commands(ctx)])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Returns the command, or suggests the nearest."""
        known = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in known and not ctx.resilient_parsing:
            raise click.UsageError(f"There is no command '{args[0]}'. {nearest(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except InterruptedTraining as error:
            click.echo(f"\n{error}", err=True)
            ctx.exit(error.exit_code)
        except SeqkitError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("\nInterrupted." if sys.stderr.isatty() else "Interrupted.", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader of the output, such as `head`, has exited.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def _task_commands() -> dict[str, Task]:
    return {name: task for task in tasks().values() for name in task.commands}


def print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Prints the version and exits."""
    if value and not ctx.resilient_parsing:
        import seqkit

        click.echo(f"seqkit {seqkit.__version__}")
        ctx.exit(0)


HELP = """From a file of numbers or text to an honest, portable sequence model.

\b
seqkit train recurrent_dropout                     train on simulated weather
seqkit train stacked_gru --data my.csv --target y  train on your own file
seqkit forecast runs/stacked_gru-my                forecast the next values
seqkit train conv1d --data reviews.csv             train a text classifier
seqkit predict runs/conv1d-reviews "not bad"       classify a text
seqkit train skipgram --data corpus.txt            train word vectors
seqkit neighbors runs/skipgram-corpus king         print the nearest words
"""


@click.group(cls=Group, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@option("--version", is_flag=True, expose_value=False, is_eager=True, callback=print_version, help="Show the version.")
def main() -> None:
    """Runs a command."""
