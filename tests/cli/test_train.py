"""`seqkit train`: results on stdout, messages on stderr, and how options are resolved and stored."""

import json
import os
import re
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from seqkit import registry
from seqkit.cli import progress, show
from seqkit.progress import Progress
from seqkit.stopwatch import PHASES
from seqkit.tasks.forecast.show import show_comparison, show_scores
from seqkit.workflows.settings import plan_training

SMALL = ("--rows", 300, "--window", 6)
RIDGE = ("train", "autoregression", *SMALL)


def options(run: str = "run") -> dict:
    return json.loads(Path(run, "run.json").read_text(encoding="utf-8"))["options"]


def test_scores_go_to_stdout_and_epochs_to_stderr_without_tensorflow_messages(in_a_shell):
    done = in_a_shell("-m", "seqkit", "train", "dense", *SMALL, "--epochs", 2, "--units", 4, "--out", "my run")

    assert done.returncode == 0, done.stderr
    notes, first, second, end, shares = done.stderr.splitlines()
    assert notes == "windows: 121 train, 75 validation, 75 test"
    assert first.startswith("epoch 1/2  loss 0.")
    assert "validation MAE " in first
    assert " degC" in first
    assert second.startswith("epoch 2/2  loss 0.")
    assert end == "all 2 epochs done"
    assert re.fullmatch(r"forecast: \d+ % dense \+ \d+ % linear, chosen on validation", shares)
    lines = done.stdout.splitlines()
    assert lines[1].startswith("Test: 75 windows, 2015-01-10 09:00 to 2015-01-13 11:00")
    assert lines[2].split() == ["MAE", "degC", "RMSE", "MSE", "MASE", "skill", "val.", "MAE", "p"]
    rows = lines[3 : lines.index("", 3)]
    assert [row.split("  ")[0] for row in rows] == [
        "dense",
        "dense alone",
        "linear (ridge)",
        "Holt-Winters",
        "seasonal naive = last value",
    ]
    assert len({row.rfind("%") for row in rows}) == 1, "the columns line up"
    assert lines[-1] == "Run: my run   plots: my run/plots   forecast: seqkit forecast 'my run'"


def test_training_from_python_prints_nothing(in_a_shell):
    program = "import seqkit; seqkit.train('autoregression', out='run', rows=300, window=6)"
    done = in_a_shell("-c", program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_quiet_prints_the_table_only(done):
    result = done(*RIDGE, "--quiet", "--no-test")
    assert result.stderr == ""
    title, _, *rows = result.stdout.strip().splitlines()
    assert title.startswith("Validation: 75 windows")
    names = ["autoregression", "linear (ridge)", "Holt-Winters", "seasonal naive = last value"]
    assert [row.split("  ")[0] for row in rows] == names
    assert "test" not in json.loads(Path("runs/autoregression-demo_weather/metrics.json").read_text())


def test_profile_prints_the_seconds_of_each_phase_to_stderr(done, strict_json):
    call = ("train", "dense", *SMALL, "--epochs", 1, "--units", 4, "--out", "run", "--json", "--quiet")
    trained = done(*call, "--profile")
    assert strict_json(trained.stdout)["run"] == "run"
    _, heading, *rows = trained.stderr.splitlines()
    assert heading.split() == ["seconds", "share"]
    names = [row[: len(row) - len(row.lstrip("abcdefghijklmnopqrstuvwxyz "))].rstrip() for row in rows]
    assert names == [*(phase for phase in PHASES if phase in names), "total"]
    assert {"importing libraries", "compiling", "training", "exporting", "plotting"} < set(names)
    figures = [row.removesuffix(" %").split()[-2:] for row in rows]
    seconds, shares = ([float(row[i]) for row in figures] for i in (0, 1))
    assert sum(seconds[:-1]) == pytest.approx(seconds[-1], abs=0.005 * len(seconds))
    assert sum(shares[:-1]) == pytest.approx(shares[-1], abs=0.05 * len(shares))
    assert shares[-1] == 100
    assert len({len(row) for row in rows}) == 1, "the columns line up"

    again = done("train", "--resume", "run", "--quiet", "--profile")
    assert again.stdout.splitlines()[1].startswith("Test: ")
    assert again.stderr.splitlines()[-1].split()[0] == "total"


def test_json_is_alone_on_stdout_with_null_for_undefined_scores(done, strict_json):
    result = done(*RIDGE, "--season", 400, "--out", "run", "--json")
    content = strict_json(result.stdout)
    assert content["run"] == "run"
    assert content["test"]["models"][0]["mase"] is None, "no row has one a season before"
    assert content["validation"] == json.loads(Path("run/metrics.json").read_text())["validation"]
    assert re.search(r"^windows: [\d,]+ train, [\d,]+ validation, [\d,]+ test$", result.stderr, re.M)


def test_command_line_overrides_the_configuration_and_resolved_options_are_stored(done, folder):
    (folder / "run.toml").write_text(
        "recipe = 'autoregression'\ndata = 'demo_weather'\nout = 'run'\ntest = false\nrows = 300\nwindow = 7\n"
        "horizon = 2\norder = 'none'\ntarget = ['p (mbar)']\nsampling-rate = 1\n"
    )
    result = done("train", "autoregression", "--config", "run.toml", "--window", 6, "--verbose")

    kept = options()
    given = {
        "rows": 300,
        "window": 6,
        "horizon": 2,
        "order": None,
        "target": ["p (mbar)"],
        "lead": 24,
        "scale": "standard",
    }
    assert {name: kept[name] for name in given} == given
    assert list(kept) == [option.name for option in plan_training(registry.find_recipe("autoregression")).options]
    shown = dict(line.split(" = ") for line in result.stderr.splitlines() if " = " in line)
    assert list(shown) == list(kept)
    assert (shown["window"], shown["target"]) == ("6", "('p (mbar)',)")


@pytest.fixture
def asked(monkeypatch):
    """Records the arguments of a training instead of running it."""
    asked = {}

    def train_plan(plan, data, options, *, callbacks, **settings):
        asked.update(options, **settings, recipe=plan.recipe.reference, data=plan.source.name)

    monkeypatch.setattr("seqkit.workflows.train.train_plan", train_plan)
    monkeypatch.setattr(show, "show_run", lambda run, **_: None)
    return asked


def test_only_given_options_are_passed_on_including_none(done, asked):
    done("train", "dense", "--patience", "none", "--units", "8,4", "--sentinel", "-99,-9999", "--target", "a,b",
         "--target", "c", "--overwrite")  # fmt: skip
    assert asked == {
        "recipe": "dense", "data": "demo_weather", "patience": None, "units": (8, 4), "sentinel": (-99.0, -9999.0),
        "target": ("a,b", "c"), "overwrite": True,
    }  # fmt: skip


def test_data_of_the_configuration_determines_options_and_protocol(done, asked, folder):
    (folder / "ett.toml").write_text("data = 'etth1'\nepochs = 3\n")
    result = done("train", "dense", "--config", "ett.toml", "--help")
    assert "[default 336]" in " ".join(result.stdout.split())
    assert "--rows" not in result.stdout
    done("train", "dense", "--config", "ett.toml", "--epochs", 4)
    assert asked == {"recipe": "dense", "data": "etth1", "epochs": 4}


OWN_RECIPE = '''"""Mine: one dense layer."""

import keras

TASKS = ("forecast",)
TRAINING = {"epochs": 1}

print("imported")


def build_model(spec, *, width: int = 4):
    """Builds it.

    Args:
        spec: The ends.
        width: Width of the layer, [1, inf).
    """
    inputs, x = spec.inputs()
    x = keras.layers.Dense(width)(keras.layers.Flatten()(x))
    return keras.Model(inputs, spec.outputs(x))
'''


def test_a_recipe_file_trains_and_its_prints_stay_out_of_the_results(done, folder, strict_json):
    (folder / "my_recipe.py").write_text(OWN_RECIPE)
    result = done("train", "./my_recipe.py", *SMALL, "--width", 3, "--json", "--quiet")
    assert strict_json(result.stdout)["test"]["models"][0]["name"] == "my_recipe"
    assert result.stderr == "imported\n"
    assert (options("runs/my_recipe-demo_weather")["width"], options("runs/my_recipe-demo_weather")["epochs"]) == (3, 1)
    assert "my_recipe" in done("forecast", "runs/my_recipe-demo_weather").stdout


def test_a_table_from_standard_input_trains(done, weather):
    text = weather[:300].to_csv(index=False)
    result = done("train", "autoregression", "--data", "-", "--target", "T (degC)", "--window", 6, "-q", stdin=text)
    assert "Test: 45 windows" in result.stdout
    assert Path("runs/autoregression-stdin/run.json").is_file()


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_an_interrupted_run_prints_one_line_and_is_marked_as_failed(call, monkeypatch):
    monkeypatch.setattr("seqkit.tasks.forecast.job.solve_linear", interrupt)
    result = call(*RIDGE, "--out", "run", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Interrupted.\n")
    assert '"state": "failed"' in Path("run/run.json").read_text()


def test_an_interrupted_replacement_leaves_the_old_run(call, run, monkeypatch, folder):
    monkeypatch.setattr("seqkit.tasks.forecast.job.solve_linear", interrupt)
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert call(*RIDGE, "--out", "run", "--overwrite", "--quiet").exit_code == 130
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert os.listdir(folder) == ["run"]


def epoch(number: int, **more) -> Progress:
    return Progress(number, 2, 7, 7, 0.25, score_name="MAE", unit="degC", **more)


def test_a_terminal_shows_a_live_bar_and_a_line_per_epoch(monkeypatch):
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    pieces: list[bytes] = []

    def read() -> None:  # all the while: a terminal that nobody reads from is full after some frames of the bar
        with suppress(OSError):  # the other end is closed
            while piece := os.read(ours, 1 << 16):
                pieces.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress.callbacks(quiet=False, verbose=True) as told:
            told.on_debug("units = (8, 4)")
            told.on_message("windows: 100 train")
            told.on_progress(epoch(1))
            told.on_progress(epoch(1, score=1.5, best=True, seconds_left=61))
            told.on_message("all 2 epochs done")
        monkeypatch.undo()
    reader.join()
    os.close(ours)
    seen = b"".join(pieces).decode()

    lines = [line.rpartition("\x1b[2K")[2] for line in seen.split("\r\n")]
    for line in ("units = (8, 4)", "windows: 100 train", "all 2 epochs done",
                 "epoch 1/2  loss 0.2500  validation MAE 1.5 degC  1:01 left  best so far"):  # fmt: skip
        assert line in lines, "it stands on a line of its own, not behind the bar"
    assert "preparing" in seen
    assert "exporting and scoring" in seen


def test_training_continues_when_the_reader_of_progress_exits(monkeypatch):
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        os.close(reader)
        with progress.callbacks(quiet=False, verbose=False) as told:
            told.on_message("nobody reads this")
            told.on_progress(epoch(1, score=1.5))
        monkeypatch.undo()


def row(name: str, mae: float | None, **more: object) -> dict:
    scores = {"mae": mae, "rmse": mae, "mse": mae, "mase": np.nan, "skill": None}
    return {"name": name, **scores, **more}


def test_the_table_is_aligned_for_any_numbers_and_names(capsys):
    others = {"linear (ridge)": (0.5, 1e-4), "seasonal naive": (1.23456789e9, np.nan), "last value": (9.999e-7, 1.0)}
    rows = [row("긴 이름", 1234.5678)]
    rows += [row(name, mae, against_model={"p_value": p_value}) for name, (mae, p_value) in others.items()]
    span = {"windows": 3, "first": "2024-01-01T00:00:00.000000000", "last": "2024-01-09T00:00:00.000000000"}
    show_scores({**span, "unit": "W/m²", "models": rows, "seasonal_fallbacks": 2}, "test")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "Test: 3 windows, 2024-01-01 to 2024-01-09"
    assert [line.split()[-6:-1] for line in lines[4:7]] == [
        ["0.5000", "0.5000", "0.5000", "–", "–"], ["1.235e+09", "1.235e+09", "1.235e+09", "–", "–"],
        ["9.999e-07", "9.999e-07", "9.999e-07", "–", "–"],
    ]  # fmt: skip
    assert lines[3].split()[2:] == ["1235", "1235", "1235", "–", "–"]
    assert lines[5].endswith(" –"), "a p-value that is no number is not shown as one"
    ends = [line.index("–") for line in lines[4:7]]
    assert len(set(ends)) == 1
    assert lines[3].index("–") == ends[0] - 3, "three signs of the name are two columns wide"
    assert lines[9] == "no significant difference between 긴 이름 and seasonal naive (p = –)"


def test_the_comparison_is_aligned_for_any_names(capsys):
    rows = [
        {"run": name, "recipe": "gru", "parameters": 10, "seconds": 1.0, "validation_mae": 1.5, "test_mae": None,
         "skill": np.nan, "p_value": np.nan}
        for name in ("a", "runs/" + "long" * 20, "runs/날씨")
    ]  # fmt: skip
    show_comparison({"unit": "", "part": "validation", "runs": rows})
    header, first, second, third, *_ = capsys.readouterr().out.splitlines()
    assert header.index("recipe") == first.index("gru") == second.index("gru") == third.index("gru") + 2
    assert first.split()[-5:] == ["1.0", "1.500", "–", "–", "–"]
