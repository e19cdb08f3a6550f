"""The simulated labelled series: deterministic, balanced, and labelled by what their pages say."""

import importlib

import numpy as np
import pytest

from seqkit.errors import UsageError

timing = importlib.import_module("seqkit.datasets.demo_timing")
scales = importlib.import_module("seqkit.datasets.demo_time_scales")


@pytest.mark.parametrize(("module", "seed"), [(timing, "timing_seed"), (scales, "scales_seed")])
def test_a_seed_determines_the_series_and_more_do_not_change_the_first(module, seed):
    few, many, other = module.load(series=60), module.load(series=120), module.load(series=60, **{seed: 1})
    assert few["label"].equals(many["label"][:60])
    assert all(np.array_equal(one, same) for one, same in zip(few["series"], many["series"], strict=False))
    assert not np.array_equal(few["series"][0], other["series"][0])
    assert few["label"].value_counts().nunique() == 1


def test_the_difference_of_the_pauses_is_the_label():
    frame = timing.load(series=300)
    for series, label in zip(frame["series"], frame["label"], strict=True):
        first, second = np.diff(np.flatnonzero(series[:, 0] > 0.5))
        assert label == {-1: "faster", 0: "steady", 1: "slower"}[int(second - first)]
        assert 10 <= first <= 20


def test_drift_and_order_of_pulses_are_the_label():
    frame = scales.load(series=400)
    drifts = []
    for series, label in zip(frame["series"], frame["label"], strict=True):
        drift, first = label.split(", ")
        up, down = series[-10:, 1].argmax(), series[-10:, 1].argmin()
        assert abs(up - down) == 3 and first == ("up first" if up < down else "down first")
        drifts.append((drift == "up") == (series[:, 0].mean() > 0))
    assert 0.96 < np.mean(drifts) < 1.0


def test_no_few_steps_show_the_drift():
    frame = scales.load(series=2_000)
    is_up = frame["label"].str.startswith("up, ")
    last = np.array([series[-5:, 0].mean() for series in frame["series"]])
    assert 0.55 < (is_up == (last > 0)).mean() < 0.7


@pytest.mark.parametrize(
    ("module", "options"),
    [(timing, {"series": 29}), (timing, {"timing_seed": -1}), (scales, {"series": 39}), (scales, {"scales_seed": -1})],
)
def test_values_out_of_range_are_refused(module, options):
    (name,) = options
    with pytest.raises(UsageError, match=f"invalid value for `{name}`, expected"):
        module.load(**options)
