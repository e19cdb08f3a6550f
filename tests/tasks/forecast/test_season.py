"""The season of a series, inferred from the interval of its rows."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.progress import Callbacks
from seqkit.tasks.forecast.season import choose_season, compare_seasons, infer_season, plausible_seasons, season_note


@pytest.mark.parametrize(
    ("interval", "rows"),
    [
        ("s", 86_400), ("15s", 5760), ("10min", 144), ("h", 24), ("2h", 12), ("0.5h", 48), ("500ms", 172_800),
        ("D", 7), ("B", 5), ("C", 5), ("W", 52), ("W-SUN", 52), ("2W-MON", 26), ("SMS-15", 24),
        ("M", 12), ("MS", 12), ("ME", 12), ("BMS", 12), ("2MS", 6), ("WOM-3THU", 12),
        ("Q", 4), ("QS-JAN", 4), ("QE-DEC", 4), ("BQS-OCT", 4),
        ("YS", 1), ("YE-DEC", 1), ("1", 1), ("3", 1), ("bh", 1), ("12MS", 1), ("0h", 1),
    ],
)  # fmt: skip
def test_season_is_the_usual_one_of_the_interval(interval, rows):
    assert infer_season(interval) == rows


@pytest.mark.parametrize(
    ("interval", "rate", "rows"),
    [
        ("30min[Mon-Fri 09:30-15:30]", 1, 13),
        ("30min[Mon-Fri 09:30-15:30]", 13, 65),
        ("D[Mon-Sat]", 1, 6),
        ("h[Mon-Fri 09:00-17:00; Sat 10:00-12:00]", 1, 48),
        ("D[Mon]", 1, 1),
    ],
)
def test_season_within_sessions_is_a_day_or_a_week(interval, rate, rows):
    assert infer_season(interval, rate) == rows


@pytest.mark.parametrize(("interval", "rows"), [("5h", 24), ("36h", 14), ("2D", 7), ("7min", 1440), ("5MS", 12)])
def test_season_is_a_whole_number_of_rows_if_the_interval_does_not_divide_it(interval, rows):
    assert infer_season(interval) == rows


@pytest.mark.parametrize(
    ("interval", "rate", "rows"), [("10min", 6, 144), ("h", 24, 168), ("D", 7, 364), ("B", 5, 260), ("MS", 12, 1)]
)
def test_season_of_the_time_steps_is_given_in_rows(interval, rate, rows):
    assert infer_season(interval, rate) == rows


def test_longer_seasons_are_plausible_too():
    assert plausible_seasons("30min") == (48, 336, 17_472)
    assert plausible_seasons("D") == (7, 364)
    assert plausible_seasons("30min[Mon-Fri 09:30-15:30]") == (13, 65)
    assert plausible_seasons("MS") == (12,)
    assert plausible_seasons("YS") == ()


def half_hourly(days: int, weekend: float) -> Table:
    """A taxi-like series: a day's curve that is `weekend` times as high on two of seven days, with noise."""
    rows = np.arange(48 * days)
    factor = np.where(rows // 48 % 7 >= 5, weekend, 1.0)
    y = factor * (10 + 8 * np.sin(rows * 2 * np.pi / 48)) + 0.5 * np.random.default_rng(0).normal(size=len(rows))
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=len(rows), freq="30min"), "y": y})
    return regularise(frame, target=("y",))


def ratios(table: Table, **shape: int) -> dict[int, float]:
    return compare_seasons(table, np.array([[0, len(table)]]), **shape)


def test_a_week_is_chosen_where_the_days_of_the_week_differ():
    errors = ratios(half_hourly(28, weekend=0.3))
    assert list(errors) == [48, 336] and errors[48] == 1 and errors[336] < 0.5
    assert choose_season(errors) == 336
    (note,) = season_note(errors)
    assert note.startswith("season: 336 rows, chosen on training rows against 48 (naive error ")
    assert f"error {1 / errors[336]:.2f} times as large); --season sets another" in note


def test_the_usual_season_is_kept_where_a_longer_one_is_hardly_better():
    assert choose_season(ratios(half_hourly(28, weekend=1.0))) == 48
    assert choose_season({48: 1.0, 336: 0.96}) == 48


def test_a_longer_season_is_compared_from_three_of_them():
    assert ratios(half_hourly(20, weekend=0.3)) == {48: 1.0}
    assert season_note({48: 1.0}) == []


def test_a_horizon_of_several_seasons_is_compared_by_the_newest_known_season():
    """With a trend of one a row, a value that is two days old is off by 96; a week old, by 336."""
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=48 * 28, freq="30min"), "y": np.arange(48.0 * 28)})
    table = regularise(frame, target=("y",))
    assert ratios(table)[336] == pytest.approx(336 / 48)
    assert ratios(table, horizon=96)[336] == pytest.approx(336 / 72)  # the second day repeats a value two days old


def test_series_count_alike_and_one_that_repeats_exactly_has_no_say():
    taxi = half_hourly(28, weekend=0.3).columns["y"]
    days = pd.date_range("2024-01-01", periods=len(taxi), freq="30min")
    series = {"a": taxi, "b": 1000 * taxi, "c": np.tile(np.arange(48.0), 28)}
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": days, "y": y}) for name, y in series.items()])
    table = regularise(frame, target=("y",))
    rows = np.stack([table.starts[:-1], table.starts[1:]], axis=1)
    assert compare_seasons(table, rows)[336] == pytest.approx(ratios(half_hourly(28, weekend=0.3))[336])


def test_training_chooses_the_season_on_training_rows_and_says_so(tmp_path):
    table, notes = half_hourly(42, weekend=0.3), []
    frame = pd.DataFrame({"ds": table.time, "y": table.columns["y"]})
    options = {"window": 48, "callbacks": Callbacks(on_message=notes.append)}
    run = seqkit.train("autoregression", frame, out=tmp_path / "run", **options)
    assert run.manifest.task_state["season"] == 336
    assert sum(note.startswith("season: 336 rows") for note in notes) == 1
    notes.clear()
    given = seqkit.train("autoregression", frame, out=tmp_path / "given", **options, season=48)
    assert given.manifest.task_state["season"] == 48 and not any(note.startswith("season") for note in notes)
