"""Life cycle of a run directory: naming, creating, resuming, finishing and replacing it.

A run directory always contains a `run.json`. An existing run stays unchanged until its replacement is complete; the
replacement is trained next to it, in a directory whose name ends with ".new".
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
"""Suffix of the directory of a run that will replace an older one."""

CHECKPOINTS = "checkpoints"
"""Folder of a run with the checkpoints from which training resumes."""


def free_path(root: Path, name: str) -> Path:
    """Returns `root/name`, or the first of `name-2`, `name-3`, … that does not exist."""
    path, number = root / name, 2
    while path.exists():
        path, number = root / f"{name}-{number}", number + 1
    return path


def check_writable(path: Path, *, overwrite: bool) -> None:
    """Checks that a run can be written, before any work is done; changes nothing.

    Raises:
        UsageError: The path exists and may not be overwritten, or it is not writable.
    """
    try:
        exists = path.exists() or path.is_symlink()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Name another --out.") from error
    if exists:
        if not overwrite:
            raise UsageError(f"{path} exists. Name another --out, or add --overwrite.")
        if path.is_symlink():
            raise UsageError(f"{path} is a link; it is not overwritten. Name its target as --out.")
        if Path.cwd().is_relative_to(path.resolve()):
            raise UsageError(f"{path} is the current directory; it is not overwritten. Name another --out.")
        if not (path / "run.json").is_file() and (not path.is_dir() or any(path.iterdir())):
            raise UsageError(f"{path} exists and is not a run directory; it is not overwritten. Name another --out.")
        _replacement_path(path)
    parent = next(p for p in path.absolute().parents if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: {parent} is not a writable directory. Name another --out.")


def _replacement_path(path: Path) -> Path:
    """Returns the directory in which the replacement of a run is trained; it may contain an earlier replacement.

    Raises:
        UsageError: The directory exists and is not a run.
    """
    new = path.with_name(path.name + NEW)
    if (new.exists() or new.is_symlink()) and (new.is_symlink() or not (new / "run.json").is_file()):
        raise UsageError(f"{new} is needed to replace {path}, but is not a run. Move it, or name another --out.")
    return new


@contextmanager
def new_run(path: Path, manifest: Manifest, *, overwrite: bool = False) -> Iterator[Run]:
    """Creates a run directory, next to the run that it replaces if there is one.

    On success, the run's state becomes "done" and the run is moved to `path`; otherwise its state becomes "failed".
    An existing run at `path` stays unchanged until then. A failed run is kept for inspection, unless it was to replace
    another and has no checkpoint.

    Raises:
        UsageError: The directory exists and may not be overwritten, possibly because another training just created it.
        SeqkitError: The directory cannot be written.
    """
    directory, replaced = path, ""
    if overwrite and path.exists():
        directory, replaced = _replacement_path(path), _fingerprint(path)
        if directory.exists():
            with locked(directory):
                shutil.rmtree(directory)
    run = Run(directory, manifest.model_copy(update={"replaces": replaced}))
    temporary = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        temporary.mkdir(parents=True)
        Run(temporary, run.manifest).write_manifest()
        temporary.rename(directory)
    except (OSError, SeqkitError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, SeqkitError):
            raise
        if directory.exists():
            raise UsageError(f"{directory} was just created by another training. Name another --out.") from None
        raise UnwritableError(
            f"{path} cannot be written: {error.strerror}. Make room, or name another --out."
        ) from error
    try:
        with locked(directory), _finished(run):
            yield run
    except BaseException:
        if replaced and run.manifest.state != "done" and not (directory / CHECKPOINTS).is_dir():
            shutil.rmtree(directory, ignore_errors=True)
        raise


@contextmanager
def resumed_run(run: Run) -> Iterator[Run]:
    """Reopens an unfinished run, with the states of `new_run`.

    Raises:
        UsageError: Another process is training the run.
        UnwritableError: The run cannot be written.
    """
    with locked(run.path):
        try:
            for file in [*run.path.glob(".*"), *run.path.glob(f"{CHECKPOINTS}/.*")]:
                if file.is_file() and file.name != LOCK:
                    file.unlink()  # a temporary file of a killed process
        except OSError as error:
            raise UnwritableError(f"{run.path} cannot be written: {error.strerror}. Make it writable.") from error
        run = replace(run, manifest=run.manifest.model_copy(update={"state": "running"}))
        run.write_manifest()
        with _finished(run):
            yield run


def final_path(run: Run) -> Path:
    """Returns the path of a run after it is done."""
    return run.path.with_name(run.path.name.removesuffix(NEW)) if run.manifest.replaces else run.path


@contextmanager
def _finished(run: Run) -> Iterator[None]:
    """Sets the state to "done", then cleans up and moves the run; or sets it to "failed" after an error."""
    try:
        yield
    except BaseException:
        run.manifest.state = "failed"
        with suppress(SeqkitError):  # If this write fails, too, the state stays "running", which also means unfinished.
            run.write_manifest()
        raise
    run.manifest.state = "done"
    run.write_manifest()
    _clean_up(run)


def clean_up(run: Run) -> None:
    """Completes the clean-up of a finished run whose process was killed before it.

    Raises:
        UsageError: Another process is training the run, or the run to replace has changed.
        UnwritableError: The run cannot be moved.
    """
    with locked(run.path):
        _clean_up(run)


def _clean_up(run: Run) -> None:
    shutil.rmtree(run.path / CHECKPOINTS, ignore_errors=True)
    with suppress(OSError):  # A lock file that no process holds has no effect.
        (run.path / LOCK).unlink(missing_ok=True)
    if run.manifest.replaces and final_path(run) != run.path:
        _replace(run)


def _replace(run: Run) -> None:
    """Moves a finished run to the path of the one that it replaces.

    Raises:
        UsageError: The run to replace has changed since training began.
        UnwritableError: The run cannot be moved; both runs are intact.
    """
    path = final_path(run)
    old = path.with_name(f".{path.name}.replaced-{os.getpid()}")
    hint = f"The new run is complete in {run.path}."
    if path.exists() and _fingerprint(path) != run.manifest.replaces:
        raise UsageError(f"{path} has changed since training began, and is not replaced. {hint}")
    try:
        if path.exists():
            path.rename(old)
        try:
            run.path.rename(path)
        except OSError:
            old.rename(path)
            raise
    except OSError as error:
        raise UnwritableError(f"{path} cannot be replaced: {error.strerror}. {hint}") from error
    Run(path, run.manifest.model_copy(update={"replaces": ""})).write_manifest()
    shutil.rmtree(old, ignore_errors=True)


def _fingerprint(path: Path) -> str:
    """Returns the SHA-256 of a run's `run.json`, or "empty"."""
    file = path / "run.json"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "empty"
