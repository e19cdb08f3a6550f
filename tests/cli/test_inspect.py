"""`seqkit inspect`: memory, columns and words of finished runs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.tasks.forecast.inspect import span_in_words
from seqkit.workflows.inspect import inspect


def test_a_forecast_remembers_some_hours_and_reads_its_columns(done, run):
    text = done("inspect", run, "--examples", 50).stdout
    sentence, _, heading, *rows = text.splitlines()
    assert (sentence.startswith("dense remembers about ") and "hour" in sentence) or "day" in sentence
    assert heading.split() == ["MAE", "(deviations)", "gradient", "there"]
    assert rows[0].startswith("last 1 ") and rows[0].endswith("1.0e+00")
    assert (Path(run) / "plots" / "memory.png").is_file()


def test_json_has_all_steps_and_columns(done, run):
    result = json.loads(done("inspect", run, "--json", "--examples", 50).stdout)
    assert len(result["gradient_norms"]) == result["steps"] and 40 <= result["examples"] <= 50
    assert result["kept"][-1] == result["steps"] and len(result["errors"]) == len(result["kept"])
    assert sum(result["columns"].values()) == pytest.approx(1) and "T (degC)" in result["columns"]
    assert list(result["columns"])[-2:] == ["day of week (sine)", "day of week (cosine)"]
    assert result["remembers_steps"] in result["kept"]


def test_a_linear_forecast_without_a_keras_model_is_inspected(tmp_path):
    run = seqkit.train("autoregression", "demo_weather", out=tmp_path / "linear", rows=1500, window=24, order=6)
    result = inspect(run.path, examples=40)
    norms = result["gradient_norms"]
    assert min(norms[:6]) > 0 and max(norms[6:]) < 1e-3 * max(norms)
    assert result["remembers_steps"] <= 7, "the lengths of memory that are tried are 1, 2, 3, 4, 5, 7, …"


def test_a_combined_forecast_is_inspected_as_such(tmp_path):
    options = {"rows": 1500, "window": 24, "epochs": 1, "units": (4,)}
    run = seqkit.train("dense", "demo_weather", out=tmp_path / "combined", **options)
    share, notes = run.manifest.model["share"], []
    inspect(run.path, examples=40, note=notes.append)
    shares = f"{share:.0%} dense and {1 - share:.0%} linear (ridge)"
    assert share < 1
    assert notes[-1].startswith(f"measured: the combined forecast, {shares}; train with --combine none")


@pytest.fixture(scope="module")
def echoes() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    series = rng.normal(size=(400, 12, 2))
    return pd.DataFrame({"series": list(series), "label": np.where(series[:, -3, 1] > 0, "up", "down")})


@pytest.fixture(scope="module")
def echo_run(tmp_path_factory, echoes) -> Path:
    """A run that labels series by the sign of their last but third step."""
    path = tmp_path_factory.mktemp("runs") / "echo"
    seqkit.train("dense", echoes, out=path, units=(16,), epochs=20, learning_rate=1e-2)
    return path


def test_a_label_of_series_depends_on_the_step_and_column_that_decide(echo_run, echoes):
    result = inspect(echo_run, echoes, examples=200)
    assert result["remembers_steps"] == 3 and result["sentence"] == "dense remembers about 3 steps"
    assert int(np.argmax(result["gradient_norms"])) == 2
    assert max(result["columns"].values()) > 0.9


def test_words_of_a_text_have_effects(done, small_label_run):
    text = "The soup was splendid."
    assert text in done("inspect", small_label_run, text, text).stdout
    (result,) = json.loads(done("inspect", small_label_run, text, "--json").stdout)
    assert result["predicted"] in ("pos", "neg") and 0.5 <= result["probability"] <= 1
    assert [token for token, _ in result["tokens"]][:2] == ["the", "soup"]


def test_what_cannot_be_inspected_is_refused(refused, run, echo_run, small_label_run, small_series_run, small_word_run):
    text = "The soup was splendid."
    assert "labels texts. Give some: seqkit inspect" in refused("inspect", small_label_run, code=2)
    assert "labels series, not texts. Leave out the texts." in refused("inspect", echo_run, text, code=2)
    assert "of the task forecast reads no texts to inspect. Leave them out." in refused("inspect", run, text, code=2)
    assert "labels series of different lengths. Inspect one" in refused("inspect", small_series_run, code=2)
    assert "embed cannot be inspected. Inspect one of the tasks" in refused("inspect", small_word_run, code=2)
    assert "Give one of: texts, or --data." in refused("inspect", run, text, "--data", "x.csv", code=2)
    assert "--examples, expected a whole number in [2, inf)" in refused("inspect", run, "--examples", 1, code=2)


def test_too_little_data_is_refused(refused, run, weather):
    weather[:200].to_csv("early.csv", index=False)
    assert "has 0 windows to inspect, expected at least 2. Give more rows." in refused(
        "inspect", run, "--data", "early.csv", code=5
    )


@pytest.mark.parametrize(
    ("steps", "interval", "rate", "words"),
    [(31, "h", 1, "31 hours"), (1, "h", 1, "1 hour"), (12, "h", 6, "3 days"), (45, "min", 1, "45 minutes"),
     (9, "10min", 1, "1.5 hours"), (5, "D", 1, "5 days"), (3, "MS", 1, "3 steps"), (1, "1", 1, "1 step")],
)  # fmt: skip
def test_spans_are_in_words(steps, interval, rate, words):
    assert span_in_words(steps, interval, rate) == words
