"""A disk that is full, or fails once, at each write of a training: is the run as before or whole, and what is said?

A small training of each task replaces an older run. At its k-th write, for every k, the disk is full from then on, or
fails once. Afterwards the older run must stand there to the byte, or the new one must be whole, and the message must
name a file and the cause. Now and then the training is then gone on with, or begun anew, and must end in the numbers
of an undisturbed one.
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
FINDINGS = ("as before", "whole", "lost", "not told")


def run(*, every: int = 1, mended: int = 10, quick: bool = False) -> Report:
    """Breaks the disk.

    Args:
        every: Break it at every so many-th write, [1, inf).
        mended: After every so many-th fault, go on with the training on a sound disk, [1, inf).
        quick: Three faults a task, to see that it works.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for task in TRAININGS:
            rows.append(break_at_each(task, Path(folder).resolve() / task, every, mended, quick))
    head = tuple(rows[0])
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in (head, *(row.values() for row in rows))]
    return Report("\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]]), {"tasks": rows})


def break_at_each(task: str, folder: Path, every: int, mended: int, quick: bool) -> dict[str, Any]:
    """Returns what became of the run of a task, counted over the faults."""
    folder.mkdir()
    train(task, folder / "old", seed=1)
    train(task, folder / "whole", seed=0)
    with broken(Disk(place(folder))) as disk:
        train(task, place(folder) / "run", seed=0)
    writes = len(disk.writes)
    step = max(writes // 3, 1) if quick else every
    row: dict[str, Any] = {"task": task, "writes": writes, "faults": 0, **dict.fromkeys(FINDINGS, 0)}
    row |= {"gone on with": 0, "different": 0}
    for at in range(1, writes + 1, step):
        for fault in FAULTS:
            disk = Disk(place(folder), at, fault, lasting=fault == "full")
            found = break_once(task, folder, disk)
            row["faults"] += 1
            row[found] += 1
            if found in ("lost", "not told"):
                note(f"{task}: {found} at write {at} ({fault}): {disk.writes[at - 1]}")
            if row["faults"] % mended == 0 or quick:
                row["gone on with"] += 1
                row["different"] += resume_hint(task, folder) != numbers_of(folder / "whole")
        note(f"{task}: write {at} of {writes}")
    return row


def place(folder: Path) -> Path:
    """Returns a folder that is to hold a run, with nothing in it."""
    path = folder / "place"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def train(task: str, out: Path, *, seed: int, overwrite: bool = False) -> None:
    """Trains a small run."""
    import seqkit
    from seqkit.training.keras_import import import_keras

    keras = import_keras()
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # It warns of models that are built again and again.
    keras.backend.clear_session()
    recipe, options = TRAININGS[task]
    seqkit.train(recipe, out=out, seed=seed, overwrite=overwrite, **options)


def break_once(task: str, folder: Path, disk: Disk) -> str:
    """Replaces an older run on a disk that breaks, and returns what came of it: one of `FINDINGS`."""
    out = disk.folder / "run"
    shutil.copytree(folder / "old", out)
    said = ""
    try:
        with broken(disk):
            train(task, out, seed=0, overwrite=True)
    except SeqkitError as error:
        said = str(error)
    else:
        if disk.failures and contents_of(out) == contents_of(folder / "old"):
            return "not told"
    if contents_of(out) == contents_of(folder / "old"):
        named = str(disk.folder) in said and os.strerror(FAULTS[disk.fault]) in said
        return "as before" if named else "not told"
    with contextlib.suppress(SeqkitError, OSError):
        return "whole" if numbers_of(out) == numbers_of(folder / "whole") else "lost"
    return "lost"


def resume_hint(task: str, folder: Path) -> dict[str, str]:
    """Ends, on a sound disk, the training that the last fault ended, and returns a hash of each file of numbers."""
    from seqkit.workflows.train import resume

    out = folder / "place" / "run"
    begun = out.with_name("run.new")
    if begun.exists():
        resume(begun)
    else:
        train(task, out, seed=0, overwrite=True)
    return numbers_of(out)


def contents_of(run: Path) -> dict[str, bytes]:
    """Returns every file of a run."""
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}
