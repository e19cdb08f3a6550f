"""Progress on standard error: a live bar in a terminal, else one line per epoch; nothing with --quiet."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from seqkit.progress import Callbacks

if TYPE_CHECKING:
    from seqkit.progress import Progress


@contextmanager
def callbacks(*, quiet: bool, verbose: bool) -> Iterator[Callbacks]:
    """Yields callbacks that print messages and progress."""
    if quiet:
        yield Callbacks()
    elif sys.stderr.isatty():
        with _live_bar(verbose=verbose) as bar_callbacks:
            yield bar_callbacks
    else:
        yield Callbacks(on_message=_print, on_progress=_print_epoch, on_debug=_print if verbose else _ignore)


def _print(line: str) -> None:
    try:
        click.echo(line, err=True)
    except BrokenPipeError:
        # The reader of the progress, such as `head`, has exited; training continues.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _ignore(line: str) -> None:
    del line


def _print_epoch(progress: "Progress") -> None:
    if progress.ended:
        _print(_summary(progress))


def _summary(progress: "Progress") -> str:
    best = "  best so far" if progress.best else ""
    left = f"  {_clock(progress.seconds_left)} left" if progress.seconds_left >= 1 else ""
    unit = f" {progress.unit}" if progress.unit else ""
    if progress.words_per_second is not None:
        result = f"{progress.words_per_second:,.0f} words/s"
    else:
        result = f"validation {progress.score_name} {progress.score:.4g}{unit}"
    return f"epoch {progress.epoch}/{progress.epochs}  loss {progress.loss:.4f}  {result}{left}{best}"


@contextmanager
def _live_bar(*, verbose: bool) -> Iterator[Callbacks]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[steps]}"),
        TextColumn("{task.fields[loss]}"),
        TextColumn("{task.fields[left]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("preparing", total=None, steps="", loss="", left="")

        def print_line(line: str) -> None:
            console.print(line, markup=False, soft_wrap=True)

        def on_progress(progress: "Progress") -> None:
            loss = "" if progress.loss is None else f"loss {progress.loss:.4f}"
            left = f"{_clock(progress.seconds_left)} left" if progress.seconds_left else ""
            bar.update(
                task,
                description=f"epoch {progress.epoch}/{progress.epochs}",
                completed=progress.step,
                total=progress.steps,
                steps=f"{progress.step}/{progress.steps}",
                loss=loss,
                left=left,
            )
            if progress.ended:
                print_line(_summary(progress))

        def on_message(line: str) -> None:
            print_line(line)
            if bar.tasks[0].total is not None:  # training has ended, but exporting and scoring take time
                bar.update(
                    task, description="exporting and scoring", completed=0, total=None, steps="", loss="", left=""
                )

        yield Callbacks(on_message=on_message, on_progress=on_progress, on_debug=print_line if verbose else _ignore)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes else f"{rest} s"
