"""Run directories of strangers: whatever leads out of one is not followed, and nothing of one is executed.

Every attack is built here, and has a canary: a file that would be read, changed or made if it succeeded.
"""

import hashlib
import os
import shutil
import socket
from pathlib import Path

import pytest

import seqkit
from seqkit.errors import DataError, SeqkitError, UsageError
from seqkit.registry import find_recipe
from seqkit.runs.files import open_file
from seqkit.runs.run import read_run
from seqkit.workflows.train import resume
from tests.paths import FORMAT_1

FILES = [
    (task, str(path.relative_to(FORMAT_1 / task)))
    for task in ("forecast", "classify", "embed")
    for path in sorted((FORMAT_1 / task).rglob("*"))
    if path.is_file()
]


def names(task: str) -> list[str]:
    return [name for file_task, name in FILES if file_task == task]


@pytest.fixture
def content(outside):
    """Sees afterwards that nothing outside has changed."""

    def outside_state():
        return {path.name: path.read_bytes() for path in outside.iterdir()}

    before = outside_state()
    yield before
    assert outside_state() == before


@pytest.mark.parametrize(("task", "name"), FILES)
def test_file_that_links_out_of_the_run_raises_and_is_never_read(refused, runs, outside, content, opened, task, name):
    shutil.copy(runs / task / name, outside / name)  # It would even fit.
    (runs / task / name).unlink()
    (runs / task / name).symlink_to(outside / name)
    before = set(outside.iterdir())
    opened.clear()
    message = refused(task)
    assert f"{task}/{name} is a link that leads out of the run" in message
    assert "Replace it with a copy of the file" in message
    assert not [path for path in opened if Path(path).resolve().parent == outside]
    assert set(outside.iterdir()) == before
    (outside / name).unlink()


@pytest.mark.parametrize("target", ["../../outside/secret", "nowhere/../../other/run.json", "/dev/zero", "loop"])
@pytest.mark.parametrize("task", ["forecast", "classify", "embed"])
def test_every_form_of_outside_link_raises(refused, runs, outside, task, target):
    (runs / task / "loop").symlink_to(target)
    assert f"{task}/loop is a link that leads out of the run, or in a circle" in refused(task)


@pytest.mark.parametrize("name", ["plots", "checkpoints"])
def test_folder_that_links_out_of_the_run_raises_before_any_write(refused, runs, outside, content, name):
    (runs / "forecast" / name).symlink_to(outside)
    assert f"forecast/{name} is a link that leads out" in refused("forecast")


@pytest.mark.parametrize("name", [".lock", "checkpoints", "plots", "run.json"])
def test_resuming_changes_nothing_outside_of_the_run(runs, say, outside, content, name):
    say(runs / "forecast" / "run.json", lambda manifest: manifest.update(state="running"))
    (runs / "forecast" / name).unlink(missing_ok=True)
    (runs / "forecast" / name).symlink_to(outside if name in ("checkpoints", "plots") else outside / "secret")
    with pytest.raises(DataError, match="leads out of the run"):
        resume(runs / "forecast")


def test_links_within_and_to_a_run_are_followed(ask, runs):
    run = runs / "forecast"
    (run / "kept").mkdir()
    for name in ("model.onnx", "run.json"):
        (run / name).rename(run / "kept" / name)
        (run / name).symlink_to(Path("kept") / name)
    (run / "context.csv").rename(run / "kept" / "context.csv")
    (run / "context.csv").symlink_to(run / "kept" / "context.csv")
    (runs / "linked").symlink_to(run)
    plain, linked = ask("forecast", "other", code=0), ask("forecast", "linked", code=0)
    assert plain == linked


READ = {
    "forecast": {"run.json", "model.onnx", "context.csv", "linear.npz", "metrics.json", "errors.csv"},
    "classify": {"run.json", "model.onnx", "tokenizer.json", "baselines.npz", "metrics.json", "errors.csv"},
    "embed": {"run.json", "vocabulary.txt", "vectors.npy", "buckets.npy", "ngrams.npy", "metrics.json"},
}
"""What finished runs are read from: `model.keras`, `history.csv` and `predictions.csv` are for people."""


KINDS = [
    *((task, name, "pipe") for task, name in FILES),
    *((task, name, "folder") for task, names in READ.items() for name in sorted(names)),
    *((task, "model.keras", "socket") for task in READ),
]


@pytest.mark.parametrize(("task", "name", "kind"), KINDS)
def test_pipes_and_devices_raise_without_waiting(refused, runs, task, name, kind):
    path = runs / task / name
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            os.chdir(path.parent)
            bound.bind(path.name)
            os.chdir(runs)
    message = refused(task, at_once=kind != "folder")
    assert f"{task}/{name} is not a regular file but a pipe, a socket, a device or a folder" in message


@pytest.mark.parametrize("task", READ)
def test_no_command_reads_model_keras_or_files_for_people(ask, commands, runs, opened, task):
    others = set(names(task)) - READ[task]
    assert "model.keras" in others
    for name in others:
        (runs / task / name).write_bytes(b"no such thing")
    opened.clear()
    for arguments in commands[task]:
        ask(*arguments, code=0)
    seqkit.load(runs / task)
    read = {Path(path).name for path in opened if f"runs/{task}" in os.path.abspath(path)}
    assert read >= {"run.json"} and "model.keras" not in read and "history.csv" not in read


def test_link_created_after_the_check_is_not_followed(runs, outside):
    run = read_run(runs / "forecast")
    for name, target in (("model.onnx", outside / "secret"), ("context.csv", Path("/dev/zero"))):
        (run.path / name).unlink()
        (run.path / name).symlink_to(target)
        with pytest.raises(DataError, match="leads out of the run"):
            run.file(name)
    (run.path / "errors.csv").unlink()
    os.mkfifo(run.path / "errors.csv")
    with pytest.raises(DataError, match="a pipe"):
        open_file(run.path, "errors.csv", 10)
    with pytest.raises(DataError, match=r"has no history\.csv"):
        (run.path / "history.csv").unlink()
        run.file("history.csv")


# What run.json names.


@pytest.mark.parametrize("path", ["../outside/secret.csv", "absolute"])
@pytest.mark.parametrize("task", ["forecast", "classify", "embed"])
def test_content_of_a_file_named_in_run_json_is_never_shown(ask, runs, say, outside, content, task, path):
    path = str(outside / "secret.csv") if path == "absolute" else path

    def name(manifest):
        manifest["data"].update(source=path, sources=[path], test_source=path if task == "classify" else None)

    say(runs / task / "run.json", name)
    arguments = ("--pairs", "pairs.csv") if task == "embed" else ()
    code, text = ask("evaluate", task, *arguments)
    if task == "embed":  # Scored without the baseline, which needs the data.
        assert code == 0 and "no PPMI + SVD baseline" in text
    else:
        assert code == 5 and "Give the data with --data" in text


@pytest.mark.parametrize("task", ["forecast", "classify", "embed"])
@pytest.mark.parametrize("path", ["pipe", "/dev/zero"])
def test_pipe_or_device_named_in_run_json_raises_without_waiting(ask, runs, say, outside, task, path):
    if path == "pipe":
        os.mkfifo(path := str(outside / "pipe"))
    say(runs / task / "run.json", lambda manifest: manifest["data"].update(source=path, sources=[path]))
    code, text = ask("evaluate", task, *(("--pairs", "pairs.csv") if task == "embed" else ()))
    assert "which is neither a file nor a folder" in text or "no PPMI + SVD baseline" in text
    assert code == (0 if task == "embed" else 5)


RECIPE = """
from pathlib import Path
Path({canary!r}).touch()
def build_model(spec, *, units: tuple[int, ...] = (4,)):
    \"\"\"Builds it.

    Args:
        spec: It.
        units: Them.
    \"\"\"
"""


@pytest.mark.parametrize("place", ["inside", "linked", "below", "relative", "climbing", "name"])
def test_recipe_inside_a_run_is_never_executed(runs, say, outside, tmp_path, place):
    canary, run = tmp_path / "canary", runs / "forecast"
    (run / "kept").mkdir()
    files = {"inside": run / "own.py", "linked": run / "own.py", "below": run / "kept" / "own.py"}
    file = files.get(place, runs / "own.py")
    file.write_text(RECIPE.format(canary=str(canary)))
    named = {
        "linked": str(runs / "linked" / "own.py"),
        "relative": "./own.py",
        "climbing": str(run / ".." / "own.py"),
        "name": "own",
    }.get(place, str(file))
    (runs / "linked").symlink_to(run)

    def name(manifest):
        manifest.update(
            state="running", recipe={"name": "own", "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        )
        manifest["call"]["recipe"] = named

    say(run / "run.json", name)
    with pytest.raises(SeqkitError, match=r"is not executed|no recipe 'own'") as refusal:
        resume(run)
    assert place == "name" or isinstance(refusal.value, UsageError)
    assert not canary.exists()


def test_recipe_outside_of_a_run_is_checked_by_its_hash(runs, say, outside, tmp_path):
    file, canary = outside / "own.py", tmp_path / "canary"
    file.write_text(RECIPE.format(canary=str(canary)))
    say(runs / "forecast" / "run.json", lambda manifest: manifest.update(state="running"))
    say(runs / "forecast" / "run.json", lambda manifest: manifest["call"].update(recipe=str(file)))
    with pytest.raises(UsageError, match="has changed since"):
        resume(runs / "forecast")
    assert not canary.exists()


@pytest.mark.parametrize("task", ["forecast", "classify", "embed"])
@pytest.mark.parametrize("what", ["data", "test", "vectors"])
def test_resuming_shows_no_content_of_named_files_and_never_waits(runs, say, outside, task, what):
    def name(path):
        def change(manifest):
            manifest["state"] = "running"
            manifest["recipe"]["sha256"] = find_recipe(manifest["recipe"]["name"]).sha256
            for option in ("rows", "interval", "weather_seed", "latitude", "start", "sentences", "royalty_seed"):
                manifest["options"].pop(option, None)  # Those are of simulated data.
            for option in ("language", "reviews_seed"):
                manifest["options"].pop(option, None)
            if what == "vectors":
                manifest["options"]["vectors"] = path
            else:
                manifest["call"][what] = [path] if what == "data" else path

        return change

    messages: list[str] = []
    callbacks = seqkit.progress.Callbacks(on_message=messages.append)
    if (what, task) in (("data", "forecast"), ("data", "classify"), ("data", "embed"), ("test", "classify")):
        say(runs / task / "run.json", name(str(outside / "secret.csv")))
        with pytest.raises(DataError) as refusal:
            resume(runs / task, callbacks=callbacks)
        assert "xyzzy" not in "".join([str(refusal.value), *messages])
    say(runs / task / "run.json", name("/dev/zero"))
    with pytest.raises(DataError, match="neither a file nor a folder"):
        resume(runs / task)


@pytest.mark.parametrize(
    "call",
    [{"recipe": 3}, {"data": "x"}, {"data": [3]}, {"kind": "graph"}, {"test": [1]}, {"recipe": None}],
    ids=str,
)
def test_resuming_with_an_invalid_call_raises(runs, say, call):
    say(runs / "forecast" / "run.json", lambda manifest: manifest.update(state="running"))
    say(runs / "forecast" / "run.json", lambda manifest: manifest["call"].update(call))
    with pytest.raises(DataError, match=r"run\.json is damaged: call\."):
        resume(runs / "forecast")
