"""A training that is killed at any time resumes to the same bits as an uninterrupted one."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from benchmarks import kills
from benchmarks.kills import numbers_of
from seqkit.errors import DataError, InterruptedTraining, SeqkitError, UsageError
from seqkit.progress import Callbacks
from seqkit.registry import find_recipe
from seqkit.runs.run import Run
from seqkit.training import checkpoints as checkpoints_module
from seqkit.training.checkpoints import Checkpoints
from seqkit.workflows.train import resume

SHORT = {"warmup": 8, "chunk": 16}
"""Short stretches of rows: an epoch has as many batches as with long ones, each of fewer steps."""

TRAININGS = {
    "forecast": (
        "gru",
        {"data": "demo_weather", "rows": 1500, "window": 24, "epochs": 3, "units": 4, "dropout": 0.1, **SHORT},
    ),
    "classify": ("dense", {"data": "demo_reviews", "rows": 300, "epochs": 3, "units": (4,), "token_dropout": 0.1}),
    "embed": ("skipgram", {"data": "demo_royalty", "sentences": 1500, "epochs": 3, "dim": 8}),
    "generate": (
        "lstm",
        {"data": "demo_tales", "tales": 80, "epochs": 3, "units": 4, "dropout": 0.1, "batch_size": 4, "chunk": 64},
    ),
    "tag": (
        "bidirectional_gru",
        {"data": "demo_names", "sentences": 200, "epochs": 3, "units": 4, "embedding": 4, "character_filters": 4},
    ),
    "translate": (
        "encoder_decoder",
        {"data": "demo_commands", "commands": 200, "epochs": 3, "units": 4, "embedding": 4, "vocabulary": 400}
        | {"batch_tokens": 300, "scheduled_sampling": 0.5, "dropout": 0.1},
    ),
}
TASKS = pytest.mark.parametrize("task", TRAININGS)


def started(task: str, out: Path, **more) -> Run:
    recipe, options = TRAININGS[task]
    return seqkit.train(recipe, out=out, **{**options, **more})


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Callable[[str], dict[str, str]]:
    """Returns a function that gives the numbers of a task's training that was left alone, which it trains once."""

    @cache
    def numbers(task: str) -> dict[str, str]:
        return numbers_of(started(task, tmp_path_factory.mktemp("whole") / task).path)

    return numbers


class Cut(SeqkitError):
    """What ends a training here."""


@contextmanager
def cut_after(saves: int, monkeypatch) -> Iterator[None]:
    """Ends a training right after so many checkpoints."""
    own, count = Checkpoints.save, [0]

    def save(self, *arguments, **named):
        own(self, *arguments, **named)
        count[0] += 1
        if count[0] == saves:
            raise Cut

    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(Checkpoints, "save", save)
        yield


@TASKS
@pytest.mark.parametrize("calls", [1, 7])
def test_training_interrupted_within_or_after_an_epoch_resumes_to_the_same_results(
    task, calls, whole, tmp_path, monkeypatch
):
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    with cut_after(calls, monkeypatch):
        started(task, tmp_path / "cut")
    run = resume(tmp_path / "cut")
    assert run.manifest.state == "done"
    assert numbers_of(run.path) == whole(task)
    assert not (run.path / "checkpoints").exists() and not (run.path / ".lock").exists()


@pytest.mark.parametrize("saves", [5, 11])
def test_cross_validation_resumes_to_the_same_results_from_any_fold(saves, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 1e9)
    waves = [np.sin(np.arange(8 + i % 5)[:, None] * (1 + i % 2) + i) for i in range(40)]
    frame = pd.DataFrame({"series": waves, "label": ["slow", "fast"] * 20})
    options = {"folds": 3, "epochs": 3, "units": (4,), "dropout": 0.3}
    whole_run = seqkit.train("dense", frame, out=tmp_path / "whole", **options)
    with cut_after(saves, monkeypatch):
        seqkit.train("dense", frame, out=tmp_path / "cut", **options)
    run = resume(tmp_path / "cut", frame)
    assert numbers_of(run.path) == numbers_of(whole_run.path)
    assert not (run.path / "checkpoints").exists()


def test_training_on_filled_values_resumes_to_the_same_results(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    rng, file = np.random.default_rng(0), tmp_path / "holed.csv"
    frame = pd.DataFrame({"ds": pd.date_range("2020-01-01", periods=500, freq="h"), "y": rng.normal(size=500).cumsum()})
    frame.loc[rng.random(500) < 0.2, "y"] = np.nan
    frame.to_csv(file, index=False)
    options = {"missing": "interpolate", "window": 12, "horizon": 3, "epochs": 3, "units": 4, **SHORT}
    whole_run = seqkit.train("gru", str(file), out=tmp_path / "whole", **options)
    with cut_after(4, monkeypatch):
        seqkit.train("gru", str(file), out=tmp_path / "cut", **options)
    assert numbers_of(resume(tmp_path / "cut").path) == numbers_of(whole_run.path)


def test_wrong_words_of_a_step_are_drawn_again_after_a_resume(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    sampled = {"tales": 80, "tokenizer": "word", "samples": 6, "embedding": 4, "units": 4, "chunk": 8}
    options = {"data": "demo_tales", "task": "generate", "epochs": 2, "batch_size": 4, **sampled}
    whole_run = seqkit.train("lstm", out=tmp_path / "whole", **options)
    with cut_after(3, monkeypatch):
        seqkit.train("lstm", out=tmp_path / "cut", **options)
    assert numbers_of(resume(tmp_path / "cut").path) == numbers_of(whole_run.path)


def test_keys_and_values_of_attention_are_part_of_a_checkpoint(tmp_path, monkeypatch):
    options = {"task": "generate", "layers": 1, "units": 4, "heads": 1, "feedforward": 4, "context": 24}
    options |= {key: value for key, value in TRAININGS["generate"][1].items() if key not in ("units", "chunk")}
    whole_run = seqkit.train("transformer", out=tmp_path / "whole", chunk=16, **options)
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    with cut_after(7, monkeypatch):
        seqkit.train("transformer", out=tmp_path / "cut", chunk=16, **options)
    assert numbers_of(resume(tmp_path / "cut").path) == numbers_of(whole_run.path)


def test_training_on_music_resumes_to_the_same_results(tmp_path, monkeypatch):
    options = {"chorales": 12, "transpose": 0, "units": 4, "epochs": 2, "batch_size": 4, "chunk": 64, "dropout": 0.1}
    whole_run = seqkit.train("lstm", "demo_chorales", out=tmp_path / "whole", **options)
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    with cut_after(3, monkeypatch):
        seqkit.train("lstm", "demo_chorales", out=tmp_path / "cut", **options)
    assert numbers_of(resume(tmp_path / "cut").path) == numbers_of(whole_run.path)


@pytest.mark.parametrize("decoder", ["crf", "softmax"])
def test_training_on_labels_of_rows_resumes_to_the_same_results(decoder, tmp_path, monkeypatch):
    options = {"machines": 6, "rows": 150, "units": 4, "epochs": 2, "batch_size": 4, "window": 16, "dropout": 0.1}
    options |= {"decoder": decoder, "split_by": "time"}
    whole_run = seqkit.train("gru", "demo_machine", out=tmp_path / "whole", **options)
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    with cut_after(3, monkeypatch):
        seqkit.train("gru", "demo_machine", out=tmp_path / "cut", **options)
    assert numbers_of(resume(tmp_path / "cut").path) == numbers_of(whole_run.path)


def test_damaged_checkpoint_is_ignored_with_a_message(whole, tmp_path, monkeypatch):
    with cut_after(2, monkeypatch):
        started("forecast", tmp_path / "cut")
    kept = sorted((tmp_path / "cut" / "checkpoints").glob("*.npz"))
    assert len(kept) == 2
    content = bytearray(kept[-1].read_bytes())
    content[len(content) // 2] ^= 1
    kept[-1].write_bytes(content)
    lines: list[str] = []
    run = resume(tmp_path / "cut", callbacks=Callbacks(on_message=lines.append))
    assert any(str(kept[-1]) in line and "ignoring the damaged checkpoint" in line for line in lines)
    assert numbers_of(run.path) == whole("forecast")


def test_training_restarts_without_an_undamaged_checkpoint(whole, tmp_path, monkeypatch):
    with cut_after(1, monkeypatch):
        started("embed", tmp_path / "cut")
    for path in (tmp_path / "cut" / "checkpoints").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert numbers_of(resume(tmp_path / "cut").path) == whole("embed")


def test_last_two_checkpoints_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints_module, "SAVE_INTERVAL_SECONDS", 0.0)
    with cut_after(7, monkeypatch):
        started("embed", tmp_path / "cut")
    names = sorted(path.name for path in (tmp_path / "cut" / "checkpoints").iterdir())
    assert len(names) == checkpoints_module.MAX_TO_KEEP


def cut_on_a_file(tmp_path, monkeypatch) -> tuple[Path, Path]:
    file = tmp_path / "own.csv"
    values = np.sin(np.arange(600) / 5) + np.random.default_rng(0).normal(0, 0.1, 600)
    times = pd.date_range("2020-01-01", periods=600, freq="h")
    pd.DataFrame({"time": times, "y": values}).to_csv(file, index=False)
    recipe = tmp_path / "own.py"
    recipe.write_text(Path(find_recipe("dense").path).read_text())
    with cut_after(1, monkeypatch):
        seqkit.train(str(recipe), file, out=tmp_path / "run", epochs=2, target="y", window=12)
    return file, recipe


def test_changed_data_or_recipe_cannot_be_resumed_until_restored(tmp_path, monkeypatch):
    file, recipe = cut_on_a_file(tmp_path, monkeypatch)
    content = file.read_text()
    file.write_text(content.replace(",0.", ",1.", 1))
    with pytest.raises(DataError, match=r"has changed: sha256 is .* and was .*Restore it"):
        resume(tmp_path / "run")
    file.write_text(content)
    source = recipe.read_text()
    recipe.write_text(source + "\n# another\n")
    with pytest.raises(UsageError, match="has changed since"):
        resume(tmp_path / "run")
    recipe.write_text(source)
    monkeypatch.chdir("/")
    assert resume(tmp_path / "run").manifest.state == "done"


def test_training_killed_before_its_clean_up_is_completed(tmp_path):
    run = started("embed", tmp_path / "run")
    whole = numbers_of(run.path)
    (run.path / "checkpoints").mkdir()
    (run.path / ".lock").touch()
    lines: list[str] = []
    assert resume(run.path, callbacks=Callbacks(on_message=lines.append)).manifest.state == "done"
    assert lines == ["the training is already finished"]
    assert numbers_of(run.path) == whole
    assert not (run.path / "checkpoints").exists() and not (run.path / ".lock").exists()


def test_replacement_killed_before_it_was_moved_is_moved(tmp_path, monkeypatch):
    old = started("embed", tmp_path / "run", seed=1)
    before = numbers_of(old.path)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("seqkit.runs.lifecycle._clean_up", interrupt)
        started("embed", tmp_path / "run", overwrite=True)
    assert numbers_of(tmp_path / "run") == before
    new = numbers_of(tmp_path / "run.new")
    assert resume(tmp_path / "run.new").path == tmp_path / "run"
    assert numbers_of(tmp_path / "run") == new != before
    assert not (tmp_path / "run.new").exists()
    assert resume(tmp_path / "run").manifest.replaces == ""


def interrupt(run: Run) -> None:
    raise KeyboardInterrupt


def test_data_frame_is_passed_again(tmp_path, monkeypatch):
    frame = pd.DataFrame({"y": np.sin(np.arange(400) / 5)})
    options = {"epochs": 2, "window": 12}
    whole = numbers_of(seqkit.train("dense", frame, out=tmp_path / "whole", **options).path)
    with cut_after(1, monkeypatch):
        seqkit.train("dense", frame, out=tmp_path / "cut", **options)
    with pytest.raises(
        UsageError, match=r"was trained on frame, which has no name to read it again\. Resume it in Python"
    ):
        resume(tmp_path / "cut")
    assert numbers_of(resume(tmp_path / "cut", frame).path) == whole


def test_training_on_several_series_resumes_to_the_same_results(tmp_path, monkeypatch):
    wave = np.sin(np.arange(100) / 5)
    frame = pd.DataFrame({"unique_id": np.repeat(["a", "b"], 100), "y": np.r_[wave, 1e6 * wave + 3]})
    options = {"epochs": 3, "window": 12, "units": (4,)}
    whole = numbers_of(seqkit.train("dense", frame, out=tmp_path / "whole", **options).path)
    with cut_after(1, monkeypatch):
        seqkit.train("dense", frame, out=tmp_path / "cut", **options)
    assert numbers_of(resume(tmp_path / "cut", frame).path) == whole
    by_series = [(tmp_path / name / "series.csv").read_bytes() for name in ("whole", "cut")]
    assert by_series[0] == by_series[1]


def test_run_in_training_cannot_be_resumed(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    with cut_after(1, monkeypatch):
        started("embed", tmp_path / "cut")
    with (tmp_path / "cut" / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="is being trained by another process"):
            resume(tmp_path / "cut")
    assert resume(tmp_path / "cut").manifest.state == "done"


def process(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "seqkit", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_ctrl_c_stops_after_the_step_and_prints_the_resume_command(tmp_path):
    recipe, options = TRAININGS["forecast"]
    long = {"epochs": 12, "patience": 12}  # so that it is not done before the signal comes
    whole = numbers_of(started("forecast", tmp_path / "whole", **long).path)
    flags = [text for name, value in {**options, **long}.items() for text in (f"--{name}", str(value))]
    begun = process("train", recipe, *flags, "--out", str(tmp_path / "cut"))
    assert begun.stderr is not None
    for line in begun.stderr:
        if line.startswith("epoch 1/12"):
            break
    begun.send_signal(signal.SIGINT)
    output, errors = begun.communicate(timeout=120)
    assert begun.returncode == 130, errors
    assert f"on validation. Resume with: seqkit train --resume {tmp_path / 'cut'}\n" in errors
    assert "Validation:" in output and "linear (ridge)" in output and "forecast:" not in output
    assert set(json.loads((tmp_path / "cut" / "metrics.json").read_text())) == {"validation"}
    gone_on = process("train", "--resume", str(tmp_path / "cut"))
    output, errors = gone_on.communicate(timeout=120)
    assert gone_on.returncode == 0, errors
    assert "ridge" in output
    assert numbers_of(tmp_path / "cut") == whole


def interrupting(times: int) -> Callbacks:
    """Returns who presses Ctrl-C in the second epoch, so many times."""

    def press(progress):
        if progress.epoch == 2 and progress.step == progress.steps and not progress.ended:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)

    return Callbacks(on_progress=press)


@TASKS
@pytest.mark.parametrize("times", [1, 2])
def test_training_interrupted_by_a_signal_resumes_to_the_same_results(task, times, whole, tmp_path):
    with pytest.raises(InterruptedTraining, match=f"Resume with: seqkit train --resume {tmp_path / 'cut'}$") as caught:
        started(task, tmp_path / "cut", callbacks=interrupting(times))
    assert ("Interrupted immediately" in str(caught.value)) == (times == 2)
    assert (caught.value.run is None) == (times == 2)
    assert (tmp_path / "cut" / "metrics.json").exists() == (times == 1)
    assert numbers_of(resume(tmp_path / "cut").path) == whole(task)


def test_interruption_before_the_first_epoch_ends_writes_no_scores(tmp_path):
    def press(progress):
        if progress.step == 1 or not progress.ended:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(InterruptedTraining, match="before the first epoch ended"):
        seqkit.train(
            "dense", out=tmp_path / "cut", rows=800, window=24, epochs=1, callbacks=Callbacks(on_progress=press)
        )
    assert resume(tmp_path / "cut").manifest.state == "done"


@TASKS
def test_training_killed_at_any_time_resumes_to_the_same_results(task, tmp_path, monkeypatch):
    short = [text for name, value in SHORT.items() for text in (f"--{name}", str(value))]
    monkeypatch.setitem(kills.TRAININGS, "forecast", (*kills.TRAININGS["forecast"], *short))
    began = time.perf_counter()
    whole = process(*kills.command(task, tmp_path / "whole"))
    _, errors = whole.communicate(timeout=120)
    assert whole.returncode == 0, errors
    seconds = time.perf_counter() - began
    for attempt in range(5):  # A machine that is busy now and idle then may be done before it is killed.
        out = tmp_path / f"cut-{attempt}"
        killed = kills.train_killed(task, out, 2, seconds / 2**attempt, random.Random(task))
        assert numbers_of(out) == numbers_of(tmp_path / "whole")
        if killed:
            break
    assert killed
