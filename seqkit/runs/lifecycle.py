"""From a name to a finished run: where one may stand, how it begins, ends, goes on, and replaces an older one.

A run directory never stands without its `run.json`, and an older run stays as it is until the new one is whole: that
is trained beside it, in a directory whose name ends in ".new".
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from seqkit.errors import SeqkitError, UnwritableError, UsageError
from seqkit.runs.locks import LOCK, locked
from seqkit.runs.run import Manifest, Run

NEW = ".new"
"""Ends the name of a directory in which a run is trained that is to take an older one's place."""

CHECKPOINTS = "checkpoints"
"""The folder of a run from which its training can go on."""


def free_path(root: Path, name: str) -> Path:
    """Returns `root/name`, or the first of `name-2`, `name-3`, … that does not exist."""
    path, number = root / name, 2
    while path.exists():
        path, number = root / f"{name}-{number}", number + 1
    return path


def check_writable(path: Path, *, overwrite: bool) -> None:
    """Refuses a place where no run can be written, before any work is done; changes nothing.

    Raises:
        UsageError: Something stands there and may not be overwritten, or the place cannot be written to.
    """
    try:
        exists = path.exists() or path.is_symlink()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Name another --out.") from error
    if exists:
        if not overwrite:
            raise UsageError(f"{path} exists. Name another --out, or say --overwrite.")
        if path.is_symlink():
            raise UsageError(f"{path} is a link; it is not overwritten. Name what it leads to as --out.")
        if Path.cwd().is_relative_to(path.resolve()):
            raise UsageError(f"{path} is the folder you are in; it is not overwritten. Name another --out.")
        if not (path / "run.json").is_file() and (not path.is_dir() or any(path.iterdir())):
            raise UsageError(f"{path} exists and is not a run directory; it is not overwritten. Name another --out.")
        _check_aside(path)
    parent = next(p for p in path.absolute().parents if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: {parent} is not a writable directory. Name another --out.")


def _check_aside(path: Path) -> Path:
    """Returns the directory in which what is to replace a run is trained; what stands there was to replace it, too."""
    aside = path.with_name(path.name + NEW)
    if (aside.exists() or aside.is_symlink()) and (aside.is_symlink() or not (aside / "run.json").is_file()):
        raise UsageError(f"{aside} is needed to replace {path}, and is something else. Move it, or name another --out.")
    return aside


@contextmanager
def new_run(path: Path, manifest: Manifest, *, overwrite: bool = False) -> Iterator[Run]:
    """Makes a run directory, beside the run that it is to replace if there is one.

    On leaving without an error the run's state becomes "done", and it stands at `path`; otherwise "failed". What
    stands at `path` already is as before until then. A failed run is kept for inspection, unless it was to replace
    another and could not go on.

    Raises:
        UsageError: Something stands there that may not be overwritten: another training may just have begun there.
        SeqkitError: The directory cannot be written.
    """
    place, replaced = path, ""
    if overwrite and path.exists():
        place, replaced = _check_aside(path), _fingerprint(path)
        if place.exists():
            with locked(place):
                shutil.rmtree(place)
    run = Run(place, manifest.model_copy(update={"replaces": replaced}))
    beginning = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        beginning.mkdir(parents=True)
        Run(beginning, run.manifest).write_manifest()
        beginning.rename(place)
    except (OSError, SeqkitError) as error:
        shutil.rmtree(beginning, ignore_errors=True)
        if isinstance(error, SeqkitError):
            raise
        if place.exists():
            raise UsageError(f"{place} has just been made by another training. Name another --out.") from None
        raise UnwritableError(
            f"{path} cannot be written: {error.strerror}. Make room, or name another --out."
        ) from error
    try:
        with locked(place), _finished(run):
            yield run
    except BaseException:
        if replaced and run.manifest.state != "done" and not (place / CHECKPOINTS).is_dir():
            shutil.rmtree(place, ignore_errors=True)
        raise


@contextmanager
def resumed_run(run: Run) -> Iterator[Run]:
    """Goes on with a run that is not finished; states and refusals are those of `new_run`.

    Raises:
        UsageError: Another process is training it.
        UnwritableError: It cannot be written.
    """
    with locked(run.path):
        try:
            for left in [*run.path.glob(".*"), *run.path.glob(f"{CHECKPOINTS}/.*")]:
                if left.is_file() and left.name != LOCK:
                    left.unlink()  # What a killed process was writing aside.
        except OSError as error:
            raise UnwritableError(f"{run.path} cannot be written: {error.strerror}. Make it writable.") from error
        run = replace(run, manifest=run.manifest.model_copy(update={"state": "running"}))
        run.write_manifest()
        with _finished(run):
            yield run


def final_path(run: Run) -> Path:
    """Returns where a run stands once it is done."""
    return run.path.with_name(run.path.name.removesuffix(NEW)) if run.manifest.replaces else run.path


@contextmanager
def _finished(run: Run) -> Iterator[None]:
    """On leaving, the run is "done", no longer locked and at its place; or "failed" after an error."""
    try:
        yield
    except BaseException:
        run.manifest.state = "failed"
        with suppress(SeqkitError):  # Where this cannot be written either it stays "running", which is not done.
            run.write_manifest()
        raise
    run.manifest.state = "done"
    run.write_manifest()
    _settle(run)


def settle(run: Run) -> None:
    """Does for a finished run what was left undone where it was killed at the very end.

    Raises:
        UsageError: Another process is training it, or another run stands at its place than at the beginning.
        UnwritableError: It cannot be put in its place.
    """
    with locked(run.path):
        _settle(run)


def _settle(run: Run) -> None:
    shutil.rmtree(run.path / CHECKPOINTS, ignore_errors=True)
    with suppress(OSError):  # A lock that nobody holds is in nobody's way.
        (run.path / LOCK).unlink(missing_ok=True)
    if run.manifest.replaces and final_path(run) != run.path:
        _take_place(run)


def _take_place(run: Run) -> None:
    """Puts a finished run in the place of the one that it replaces.

    Raises:
        UsageError: Another run stands there than at the beginning.
        UnwritableError: It cannot be put there; both runs are whole.
    """
    path = final_path(run)
    old = path.with_name(f".{path.name}.replaced-{os.getpid()}")
    stays = f"The new run is whole and stays in {run.path}."
    if path.exists() and _fingerprint(path) != run.manifest.replaces:
        raise UsageError(f"{path} is not the run any more that was to be replaced. {stays}")
    try:
        if path.exists():
            path.rename(old)
        try:
            run.path.rename(path)
        except OSError:
            old.rename(path)
            raise
    except OSError as error:
        raise UnwritableError(f"{path} cannot be replaced: {error.strerror}. {stays}") from error
    Run(path, run.manifest.model_copy(update={"replaces": ""})).write_manifest()
    shutil.rmtree(old, ignore_errors=True)


def _fingerprint(path: Path) -> str:
    """Returns what a run directory is known by; where it is empty, that it is."""
    file = path / "run.json"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "empty"
