"""Intervals that follow the coverage at earlier cutoffs of a backtest."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.tasks.forecast.adaptive import STEP_SIZE, AdaptiveLevels, drift_notes
from seqkit.tasks.forecast.intervals import Intervals, adapted


def block(cutoff: int, inside: list[bool], horizon: int = 4) -> pd.DataFrame:
    """Forecasts at a cutoff, whose values lie in their 80 % interval or not."""
    y = np.where(inside, 0.0, 5.0)
    ends = {"m-lo-80": -np.ones(horizon), "m-hi-80": np.ones(horizon)}
    return pd.DataFrame({"ds": cutoff + 1 + np.arange(horizon), "cutoff": cutoff, "y": y, **ends})


def test_the_share_rises_by_the_coverage_that_lacks():
    levels = AdaptiveLevels((80,), "m")
    assert levels.at(10) == {80: 0.8}
    levels.add(block(10, [True, True, False, False]))
    assert levels.at(14) == {80: pytest.approx(0.8 + STEP_SIZE * (0.8 - 0.5))}
    levels.add(block(14, [True] * 4))
    assert levels.at(18) == {80: pytest.approx(0.8 + STEP_SIZE * (0.3 - 0.2))}


def test_only_values_up_to_the_cutoff_are_known():
    levels = AdaptiveLevels((80,), "m")
    levels.add(block(10, [True, False, False, False]))
    assert levels.at(11) == {80: pytest.approx(0.8 - STEP_SIZE * 0.2 / 4)}  # one of four, inside
    assert levels.at(11) == levels.at(11)
    assert levels.at(14)[80] == pytest.approx(0.8 - STEP_SIZE * 0.2 / 4 + STEP_SIZE * 0.8 * 3 / 4)


def test_bounds_of_a_share_are_interpolated_between_levels():
    bounds = np.stack([-np.arange(1.0, 100), np.arange(1.0, 100)], axis=1)[:, :, None, None]
    intervals, forecasts = Intervals(bounds, by_window=False), np.full((1, 1, 1), 10.0)
    lower, upper = adapted(intervals, 80, 0.905, forecasts, (forecasts - 80, forecasts + 80))
    assert (lower.item(), upper.item()) == (pytest.approx(10 - 90.5), pytest.approx(10 + 90.5))
    lower, upper = adapted(intervals, 80, 1.3, forecasts, (forecasts - 8, forecasts + 8))
    assert upper.item() == pytest.approx(10 + 8 * 99 / 80)


def test_a_drift_is_reported_from_the_earlier_cutoffs():
    frames = [block(cutoff, [True, False, False, False]) for cutoff in range(0, 20, 4)]
    (note,) = drift_notes(pd.concat(frames), "m-", (80,), adaptive=False)
    assert note.startswith("the 80 % intervals cover 25.0 % at the first 4 cutoffs: the data has drifted since")
    assert note.endswith("Use --adaptive to follow it, or --refit to train on newer rows.")
    assert not drift_notes(pd.concat(frames[:3]), "m-", (80,), adaptive=False)
    calm = [block(cutoff, [True, True, True, cutoff % 3 == 0]) for cutoff in range(0, 40, 4)]
    assert not drift_notes(pd.concat(calm), "m-", (80,), adaptive=False)


@pytest.fixture(scope="module")
def drifting(tmp_path_factory):
    """A run, and rows whose noise grows after its validation part."""
    rng, rows = np.random.default_rng(0), 900
    noise = np.where(np.arange(rows) < 400, 0.2, 0.32) * rng.normal(size=rows)
    times = pd.date_range("2024-03-01", periods=rows, freq="h")
    frame = pd.DataFrame({"ds": times, "y": np.sin(np.arange(rows) * 2 * np.pi / 24) + noise})
    options = {"window": 24, "horizon": 6, "split": "250,150,500", "test": False}
    return seqkit.train("autoregression", frame, out=tmp_path_factory.mktemp("drift") / "run", **options).path, frame


def test_adaptive_intervals_keep_the_level_where_the_noise_grows(drifting):
    run, frame = drifting
    lines: list[str] = []
    callbacks = Callbacks(on_message=lines.append)
    result = seqkit.backtest(run, frame, windows=40, levels=(80,), adaptive=True, callbacks=callbacks)
    fixed = seqkit.backtest(run, frame, windows=40, levels=(80,))
    assert result.scores["coverage_unadapted"] == fixed.scores["coverage"]
    assert fixed.scores["coverage"]["80"] < 0.67 < 0.73 < result.scores["coverage"]["80"] < 0.88
    assert list(result.forecasts) == list(fixed.forecasts)
    assert any("the data has drifted since the validation part." in line for line in lines)


def test_adaptive_intervals_know_nothing_after_a_cutoff(drifting):
    run, frame = drifting
    changed = frame.copy()
    changed.loc[changed.index[-6:], "y"] += 100
    before, after = (
        seqkit.backtest(run, data, windows=8, levels=(80,), adaptive=True).forecasts for data in (frame, changed)
    )
    pd.testing.assert_frame_equal(before.drop(columns="y"), after.drop(columns="y"))


def test_adaptive_needs_levels(drifting):
    with pytest.raises(UsageError, match="Adaptive intervals need --levels, such as 80,95"):
        seqkit.backtest(*drifting, adaptive=True)
