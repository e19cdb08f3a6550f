"""The season of a series, inferred from the interval of its rows."""

import pytest

from seqkit.tasks.forecast.season import infer_season


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
