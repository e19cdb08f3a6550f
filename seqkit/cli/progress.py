"""Progress on stderr: a live bar on a terminal, one line an epoch elsewhere, nothing when quiet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from seqkit.training.train import Listener

if TYPE_CHECKING:
    from seqkit.training.fit import Progress


@contextmanager
def listener(*, quiet: bool, verbose: bool) -> Iterator[Listener]:
    """Yields who is told what happens in training."""
    detail = _note if verbose else _ignore
    if quiet:
        yield Listener(detail=detail)
    elif sys.stderr.isatty():
        with _live_bar(detail) as told:
            yield told
    else:
        yield Listener(note=_note, progress=_line, detail=detail)


def _note(line: str) -> None:
    click.echo(line, err=True)


def _ignore(line: str) -> None:
    del line


def _line(progress: "Progress") -> None:
    if progress.score is not None:
        click.echo(_summary(progress), err=True)


def _summary(progress: "Progress") -> str:
    best = "  best so far" if progress.best else ""
    left = f"  {_clock(progress.seconds_left)} left" if progress.seconds_left >= 1 else ""
    unit = f" {progress.unit}" if progress.unit else ""
    return (
        f"epoch {progress.epoch}/{progress.epochs}  loss {progress.loss:.4f}  "
        f"validation MAE {progress.score:.4g}{unit}{left}{best}"
    )


@contextmanager
def _live_bar(detail: Callable[[str], None]) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False)
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TextColumn("{task.fields[left]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("preparing", total=None, loss="", left="")

        def tell(progress: "Progress") -> None:
            loss = "" if progress.loss is None else f"loss {progress.loss:.4f}"
            left = f"{_clock(progress.seconds_left)} left" if progress.seconds_left else ""
            bar.update(
                task,
                description=f"epoch {progress.epoch}/{progress.epochs}",
                completed=progress.step,
                total=progress.steps,
                loss=loss,
                left=left,
            )
            if progress.score is not None:
                console.print(_summary(progress), markup=False)

        yield Listener(note=lambda line: console.print(line, markup=False), progress=tell, detail=detail)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes else f"{rest} s"
