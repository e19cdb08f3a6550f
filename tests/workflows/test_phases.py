"""Profiled trainings: phases cover the whole duration in every task, and results do not change."""

import time

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.stopwatch import measured

WAVES = pd.DataFrame(
    {"series": [np.sin(np.arange(8 + i)[:, None] * (1 + i % 2)) for i in range(40)], "label": ["slow", "fast"] * 20}
)
TRAININGS = {
    "forecast": ("dense", None, {"rows": 300, "window": 6, "epochs": 1, "units": (4,)}),
    "solved": ("autoregression", None, {"rows": 300, "window": 6}),
    "texts": ("dense", "demo_reviews", {"rows": 200, "epochs": 1, "embedding": 4, "units": (4,)}),
    "series": ("dense", WAVES, {"epochs": 1, "units": (4,)}),
    "words": ("skipgram", None, {"epochs": 1, "dim": 4}),
}
ALWAYS = {"importing libraries", "everything else"}
DONE_BY_ALL = {"reading the data", "preparing the data", "building the model", "training", "exporting", "scoring"}
COMPARED = {"checking the data", "fitting baselines", "plotting"}
DESCENDED = {"compiling", "writing checkpoints"}
PHASES_OF = {
    "forecast": DONE_BY_ALL | COMPARED | DESCENDED | {"validating", "combining"},
    "solved": (DONE_BY_ALL | COMPARED) - {"building the model"},
    "texts": DONE_BY_ALL | COMPARED | DESCENDED | {"validating"},
    "series": DONE_BY_ALL | COMPARED | DESCENDED | {"validating"},
    "words": DONE_BY_ALL | DESCENDED,
}


@pytest.mark.parametrize("kind", TRAININGS)
def test_phases_sum_to_the_duration_of_a_training(kind, tmp_path):
    recipe, data, options = TRAININGS[kind]
    before = time.perf_counter()
    with measured() as watch:
        seqkit.train(recipe, data, out=tmp_path / "run", **options)
    whole = time.perf_counter() - before

    assert sum(watch.seconds.values()) == pytest.approx(whole, rel=1e-2)
    assert {phase for phase, seconds in watch.seconds.items() if seconds} == ALWAYS | PHASES_OF[kind]


def test_profiling_does_not_change_the_result(tmp_path):
    recipe, data, options = TRAININGS["forecast"]
    plain = seqkit.train(recipe, data, out=tmp_path / "plain", **options)
    with measured():
        timed = seqkit.train(recipe, data, out=tmp_path / "timed", **options)
    for name in ("linear.npz", "predictions.csv", "errors.csv"):
        assert (timed.path / name).read_bytes() == (plain.path / name).read_bytes(), name
