"""Progress on stderr: a live bar on a terminal, one line an epoch elsewhere, nothing when quiet."""

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
    """Yields who is told what happens in training."""
    if quiet:
        yield Callbacks()
    elif sys.stderr.isatty():
        with _live_bar(verbose=verbose) as told:
            yield told
    else:
        yield Callbacks(on_message=_note, on_progress=_line, on_debug=_note if verbose else _ignore)


def _note(line: str) -> None:
    try:
        click.echo(line, err=True)
    except BrokenPipeError:
        # Whoever read the progress has left, as `head` does; training goes on without.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _ignore(line: str) -> None:
    del line


def _line(progress: "Progress") -> None:
    if progress.ended:
        _note(_summary(progress))


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

        def show(line: str) -> None:
            console.print(line, markup=False, soft_wrap=True)

        def tell(progress: "Progress") -> None:
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
                show(_summary(progress))

        def note(line: str) -> None:
            show(line)
            if bar.tasks[0].total is not None:  # Training has ended; what follows takes a while, too.
                bar.update(
                    task, description="exporting and scoring", completed=0, total=None, steps="", loss="", left=""
                )

        yield Callbacks(on_message=note, on_progress=tell, on_debug=show if verbose else _ignore)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes else f"{rest} s"
