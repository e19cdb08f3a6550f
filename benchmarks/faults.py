"""Fault injection: the disk is full, or fails once, at each write of a training.

A small training of each task replaces an existing run. At its k-th write, for every k, the disk becomes full, or fails
once. Afterwards either the existing run must be unchanged byte for byte or the new one must be complete, and the
message must name a file and the cause. Some of the trainings are then resumed or restarted, and must give the results
of an uninterrupted training.
"""

import contextlib
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.broken_disk import FAULTS, Disk, broken
from benchmarks.kills import numbers_of
from benchmarks.measure import note
from benchmarks.report import Report
from seqkit.errors import SeqkitError

TRAININGS: dict[str, tuple[str, dict[str, Any]]] = {
    "forecast": ("dense", {"data": "demo_weather", "rows": 800, "window": 24, "epochs": 1, "units": (4,)}),
    "classify": ("conv1d", {"data": "demo_reviews", "rows": 120, "epochs": 1, "filters": 4}),
    "embed": ("skipgram", {"data": "demo_royalty", "sentences": 300, "epochs": 1, "dim": 4}),
}
OUTCOMES = ("unchanged", "complete", "lost", "unreported")


def run(*, every: int = 1, mended: int = 10, quick: bool = False) -> Report:
    """Injects the faults.

    Args:
        every: Inject a fault at every n-th write, [1, inf).
        mended: Resume the training after every n-th fault, [1, inf).
        quick: Three faults per task, as a smoke test.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for task in TRAININGS:
            rows.append(break_at_each(task, Path(folder).resolve() / task, every, mended, quick))
    head = tuple(rows[0])
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in (head, *(row.values() for row in rows))]
    return Report("\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]]), {"tasks": rows})


def break_at_each(task: str, folder: Path, every: int, mended: int, quick: bool) -> dict[str, Any]:
    """Returns the number of faults by outcome for a task."""
    folder.mkdir()
    train(task, folder / "old", seed=1)
    train(task, folder / "whole", seed=0)
    with broken(Disk(place(folder))) as disk:
        train(task, place(folder) / "run", seed=0)
    writes = len(disk.writes)
    step = max(writes // 3, 1) if quick else every
    row: dict[str, Any] = {"task": task, "writes": writes, "faults": 0, **dict.fromkeys(OUTCOMES, 0)}
    row |= {"resumed": 0, "different": 0}
    for at in range(1, writes + 1, step):
        for fault in FAULTS:
            disk = Disk(place(folder), at, fault, lasting=fault == "full")
            outcome = break_once(task, folder, disk)
            row["faults"] += 1
            row[outcome] += 1
            if outcome in ("lost", "unreported"):
                note(f"{task}: {outcome} at write {at} ({fault}): {disk.writes[at - 1]}")
            if row["faults"] % mended == 0 or quick:
                row["resumed"] += 1
                row["different"] += complete_training(task, folder) != numbers_of(folder / "whole")
        note(f"{task}: write {at} of {writes}")
    return row


def place(folder: Path) -> Path:
    """Returns an empty folder for a run."""
    path = folder / "place"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def train(task: str, out: Path, *, seed: int, overwrite: bool = False) -> None:
    """Trains a small run."""
    import seqkit
    from seqkit.training.keras_import import import_keras

    keras = import_keras()
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # TensorFlow warns about repeatedly built models.
    keras.backend.clear_session()
    recipe, options = TRAININGS[task]
    seqkit.train(recipe, out=out, seed=seed, overwrite=overwrite, **options)


def break_once(task: str, folder: Path, disk: Disk) -> str:
    """Replaces an existing run on a failing disk, and returns the outcome: one of `OUTCOMES`."""
    out = disk.folder / "run"
    shutil.copytree(folder / "old", out)
    message = ""
    try:
        with broken(disk):
            train(task, out, seed=0, overwrite=True)
    except SeqkitError as error:
        message = str(error)
    else:
        if disk.failures and contents_of(out) == contents_of(folder / "old"):
            return "unreported"
    if contents_of(out) == contents_of(folder / "old"):
        is_named = str(disk.folder) in message and os.strerror(FAULTS[disk.fault]) in message
        return "unchanged" if is_named else "unreported"
    with contextlib.suppress(SeqkitError, OSError):
        return "complete" if numbers_of(out) == numbers_of(folder / "whole") else "lost"
    return "lost"


def complete_training(task: str, folder: Path) -> dict[str, str]:
    """Resumes or restarts the training after a fault, and returns the hashes of its results."""
    from seqkit.workflows.train import resume

    out = folder / "place" / "run"
    unfinished = out.with_name("run.new")
    if unfinished.exists():
        resume(unfinished)
    else:
        train(task, out, seed=0, overwrite=True)
    return numbers_of(out)


def contents_of(run: Path) -> dict[str, bytes]:
    """Returns the content of every file of a run."""
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}
