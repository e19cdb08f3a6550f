"""The command line: parses, calls, prints. No logic lives here, and nothing heavy is imported before it is needed."""

import io
import os
import sys
from typing import Any

import click

from seqkit.errors import InterruptedTraining, SeqkitError, nearest
from seqkit.tasks.forecast.commands import forecast

# TensorFlow's chatter about kernels and devices is for its developers; its errors still get through.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal's number."""


class Group(click.Group):
    """A group that suggests the nearest command, and turns a user's mistake into one message and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the program; what the terminal's encoding has no sign for is shown as a question mark."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **kwargs)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Returns the command, or suggests the nearest."""
        known = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in known:
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
            # Whoever read our output has left, as `head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Prints the version and ends."""
    if value and not ctx.resilient_parsing:
        import seqkit

        click.echo(f"seqkit {seqkit.__version__}")
        ctx.exit(0)


HELP = """From a file of numbers or text to an honest, portable sequence model.

\b
seqkit train recurrent_dropout                     train on simulated weather
seqkit train stacked_gru --data my.csv --target y  train on your own file
seqkit forecast runs/stacked_gru-my                forecast what comes next
seqkit train conv1d --data reviews.csv             learn to label texts
seqkit predict runs/conv1d-reviews "not bad"       label a text
seqkit train skipgram --data corpus.txt            learn word vectors
seqkit neighbors runs/skipgram-corpus king         the words nearest to a word
"""


@click.group(cls=Group, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=print_version, help="Show the version."
)
def main() -> None:
    """Runs the command that is named."""


def _add_commands() -> None:
    from seqkit.cli import check, listing, runs, train
    from seqkit.tasks.classify import commands as predict
    from seqkit.tasks.embed import commands as vectors

    main.add_command(train.train)
    for command in (
        runs.evaluate,
        forecast,
        predict.predict,
        runs.compare,
        vectors.neighbors,
        vectors.analogy,
        vectors.similarity,
        vectors.plot,
        vectors.export,
        check.check,
        listing.recipes,
        listing.datasets,
    ):
        main.add_command(command)


_add_commands()
