"""A disk that fails at any write leaves the existing run unchanged or the new one complete, and is reported."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.broken_disk import FAULTS, Disk, broken
from benchmarks.faults import TRAININGS, break_once, complete_training, place, train
from benchmarks.kills import numbers_of
from seqkit.cli import main
from seqkit.errors import UnwritableError
from seqkit.files.atomic import write_bytes

SAMPLES = 5
"""Number of writes of each task to test; `python -m benchmarks faults` tests all of them."""


@pytest.fixture(scope="module", params=TRAININGS)
def prepared(request, tmp_path_factory) -> tuple[str, Path, list[tuple[str, str]]]:
    """A task, a folder with two finished runs of it, "old" and "whole", and the number of writes of the second."""
    folder = tmp_path_factory.mktemp("faults").resolve()
    train(request.param, folder / "old", seed=1)
    train(request.param, folder / "whole", seed=0)
    with broken(Disk(place(folder))) as disk:
        train(request.param, place(folder) / "run", seed=0)
    assert numbers_of(disk.folder / "run") == numbers_of(folder / "whole")
    assert numbers_of(folder / "old") != numbers_of(folder / "whole")
    return request.param, folder, disk.writes


def test_run_is_unchanged_or_complete_and_training_can_be_completed(prepared):
    task, folder, writes = prepared
    for number, at in enumerate(range(2, len(writes), len(writes) // SAMPLES)):
        fault = list(FAULTS)[number % 2]
        disk = Disk(place(folder), at, fault, lasting=fault == "full")
        assert break_once(task, folder, disk) in ("unchanged", "complete"), disk.writes[at - 1]
        assert disk.failures
    assert complete_training(task, folder) == numbers_of(folder / "whole")


def test_message_contains_the_resume_command_if_there_is_a_checkpoint(prepared):
    task, folder, writes = prepared
    at = next(number for number, (_, path) in enumerate(writes, 1) if "/.model-" in path)
    out = place(folder) / "run"
    with pytest.raises(UnwritableError) as caught, broken(Disk(out.parent, at)):
        train(task, out, seed=0)
    assert str(caught.value) == (
        f"{out / 'model.keras'} cannot be written: No space left on device. Free some disk space. Resume with: "
        f"seqkit train --resume {out}"
    )
    assert '"state": "failed"' in (out / "run.json").read_text()
    assert not list(out.glob(".model-*"))


def test_disk_fails_at_the_given_write(tmp_path):
    with broken(Disk(tmp_path)) as disk:
        write_bytes(tmp_path / "one" / "x", b"content")
    assert [kind for kind, _ in disk.writes] == ["folder", "create", "create", "write", "flush", "replace", "flush"]
    for at in range(1, 8):
        path = tmp_path / f"{at}" / "x"
        with pytest.raises(UnwritableError, match="Input/output error"), broken(Disk(tmp_path, at, "broken")) as disk:
            write_bytes(path, b"content")
        assert disk.failures == 1
        assert path.exists() == (at == 7)  # Only its name may not be on the disk yet.


ANSWERS = {"forecast": (), "predict": ("a fine film",), "export": ()}


def test_outputs_are_written_atomically(tmp_path, prepared):
    task, folder, _ = prepared
    command = {"forecast": "forecast", "classify": "predict", "embed": "export"}[task]
    path = tmp_path / "answer.csv"

    def call():
        return CliRunner().invoke(main, [command, str(folder / "whole"), *ANSWERS[command], "-o", str(path)])

    with broken(Disk(tmp_path)) as disk:
        assert call().exit_code == 0
    content = path.read_bytes()
    assert len(disk.writes) > 4
    failures = 0
    for at in range(1, len(disk.writes) + 1):
        path.unlink()
        with broken(Disk(tmp_path, at)):
            result = call()
        if result.exit_code:
            failures += 1
            assert f"{path} cannot be written: No space left on device. Free some disk space." in result.stderr
        assert result.exit_code or path.exists()
        if path.exists():
            assert path.read_bytes() == content
        path.touch()
    assert failures > 3
