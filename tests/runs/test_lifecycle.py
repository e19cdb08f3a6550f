import json
import os

import pytest

from seqkit.errors import DataError, NotFoundError, SeqkitError, UsageError
from seqkit.files.atomic import atomic_write, write_json
from seqkit.runs.lifecycle import check_writable, free_path, new_run, resumed_run
from seqkit.runs.run import Manifest, read_run


def manifest(**changes):
    content = {
        "state": "running",
        "recipe": {"name": "dense", "sha256": "0"},
        "task": "forecast",
        "options": {},
        "task_state": {},
        "reading": {},
        "data": {},
    }
    return Manifest(**{**content, **changes})


def test_state_is_done_after_success(tmp_path):
    path = tmp_path / "runs" / "one"
    with new_run(path, manifest()) as run:
        assert json.loads((path / "run.json").read_text())["state"] == "running"
        write_json(run.path / "metrics.json", {"mae": 1.5})

    assert read_run(path).manifest.state == "done"


def test_state_is_failed_after_an_error(tmp_path):
    path = tmp_path / "one"
    with pytest.raises(RuntimeError), new_run(path, manifest()):
        raise RuntimeError

    with pytest.raises(DataError, match="'failed'"):
        read_run(path)
    assert read_run(path, finished=False).manifest.state == "failed"


def test_existing_run_is_kept_if_its_replacement_fails(tmp_path):
    path = tmp_path / "one"
    with new_run(path, manifest(task="classify")):
        pass
    with pytest.raises(RuntimeError), new_run(path, manifest(task="forecast"), overwrite=True):
        raise RuntimeError

    assert read_run(path).manifest.task == "classify"
    assert os.listdir(tmp_path) == ["one"]


def test_existing_run_is_removed_when_its_replacement_is_done(tmp_path):
    path = tmp_path / "one"
    for task in ("classify", "forecast"):
        with new_run(path, manifest(task=task), overwrite=True):
            pass

    assert read_run(path).manifest.task == "forecast"
    assert os.listdir(tmp_path) == ["one"]


def test_existing_run_is_unchanged_until_its_replacement_is_done(tmp_path):
    path = tmp_path / "one"
    with new_run(path, manifest(task="classify")):
        pass
    with new_run(path, manifest(task="forecast"), overwrite=True) as run:
        assert read_run(path).manifest.task == "classify"
        assert run.path == tmp_path / "one.new"


def test_resumable_replacement_is_kept_and_moved_when_done(tmp_path):
    path = tmp_path / "one"
    with new_run(path, manifest(task="classify")):
        pass
    with pytest.raises(KeyboardInterrupt), new_run(path, manifest(task="forecast"), overwrite=True) as run:
        (run.path / "checkpoints").mkdir()
        raise KeyboardInterrupt
    assert read_run(path).manifest.task == "classify"
    with resumed_run(read_run(tmp_path / "one.new", finished=False)) as run:
        assert run.manifest.state == "running"
    assert read_run(path).manifest.task == "forecast"
    assert os.listdir(tmp_path) == ["one"]


def test_earlier_replacement_is_restarted_unless_it_is_locked(tmp_path):
    path = tmp_path / "one"
    for task in ("classify", "forecast"):
        with pytest.raises(KeyboardInterrupt), new_run(path, manifest(task=task), overwrite=True) as run:
            (run.path / "checkpoints").mkdir()
            raise KeyboardInterrupt
    assert read_run(path, finished=False).manifest.task == "classify"
    raises = pytest.raises(UsageError, match=r"one\.new is being trained")
    with new_run(path, manifest(task="embed"), overwrite=True), raises, new_run(path, manifest(), overwrite=True):
        pass
    assert read_run(path).manifest.task == "embed"


def test_directory_that_is_not_a_replacement_is_not_touched(tmp_path):
    path = tmp_path / "one"
    with new_run(path, manifest()):
        pass
    (tmp_path / "one.new").mkdir()
    with pytest.raises(UsageError, match=r"one\.new is needed to replace .*one, but is not a run"):
        check_writable(path, overwrite=True)


def test_run_that_changed_during_training_is_not_replaced(tmp_path):
    path = tmp_path / "one"
    with new_run(path, manifest()):
        pass
    raises = pytest.raises(
        UsageError, match=r"has changed since training began, .* The new run is complete in .*one\.new"
    )
    with raises, new_run(path, manifest(task="embed"), overwrite=True):
        (path / "run.json").write_text((path / "run.json").read_text() + " ")
    assert read_run(path).manifest.task == "forecast"
    assert read_run(tmp_path / "one.new").manifest.task == "embed"


def test_existing_run_raises_without_overwrite(tmp_path):
    path = tmp_path / "one"
    with new_run(path, manifest()):
        pass
    with pytest.raises(UsageError, match="--overwrite"):
        check_writable(path, overwrite=False)
    check_writable(path, overwrite=True)


def test_directory_that_is_not_a_run_is_never_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not a run directory"):
        check_writable(tmp_path, overwrite=True)


def test_path_below_a_file_raises(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="not a writable directory"):
        check_writable(tmp_path / "file" / "run", overwrite=False)


def test_free_path_counts_up(tmp_path):
    assert free_path(tmp_path, "a").name == "a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert free_path(tmp_path, "a").name == "a-3"


def test_write_is_atomic(tmp_path):
    path = tmp_path / "model.bin"
    path.write_text("before")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["model.bin"]


def test_full_disk_names_the_file(tmp_path):
    raises = pytest.raises(SeqkitError, match=r"model\.bin cannot be written: No space left")
    with raises, atomic_write(tmp_path / "model.bin"):
        raise OSError(28, "No space left on device")
    assert os.listdir(tmp_path) == []


def test_non_finite_numbers_become_null_in_json(tmp_path):
    write_json(tmp_path / "x.json", {"a": [float("nan"), float("inf"), 1.0]})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": [None, None, 1.0]}


def damaged(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    return tmp_path


def test_directory_that_is_not_a_run_raises(tmp_path):
    with pytest.raises(NotFoundError, match="no run directory"):
        read_run(tmp_path / "nowhere")
    with pytest.raises(NotFoundError, match=r"no run\.json"):
        read_run(tmp_path)


def test_damaged_manifest_names_the_file(tmp_path):
    content = manifest(state="done").model_dump_json()
    with pytest.raises(DataError, match="not valid JSON"):
        read_run(damaged(tmp_path, content[: len(content) // 2]))
    with pytest.raises(DataError, match="damaged: recipe"):
        read_run(damaged(tmp_path, json.dumps({**json.loads(content), "recipe": 3})))
    with pytest.raises(DataError, match="damaged"):
        read_run(damaged(tmp_path, "[]"))


def test_newer_format_raises(tmp_path):
    content = json.loads(manifest(state="done").model_dump_json())
    with pytest.raises(DataError, match=r"format 99.*reads up to 1"):
        read_run(damaged(tmp_path, json.dumps({**content, "format": 99})))


def test_missing_file_is_named(tmp_path):
    with new_run(tmp_path / "one", manifest()) as run:
        pass
    with pytest.raises(DataError, match=r"no model\.onnx"):
        run.file("model.onnx")
