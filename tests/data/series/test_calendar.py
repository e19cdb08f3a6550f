import numpy as np
import pytest

from seqkit.data.series.calendar import allowed_periods, calendar_terms

HOUR, DAY = 3600.0, 86_400.0


@pytest.mark.parametrize(
    ("interval", "span", "expected"),
    [
        (HOUR, 400 * DAY, ("hour of day", "day of week", "day of year")),
        (HOUR, 300 * DAY, ("hour of day", "day of week")),
        (HOUR, 3 * DAY, ("hour of day",)),
        (HOUR, DAY, ()),
        (DAY, 400 * DAY, ("day of week", "day of year")),
        (30 * DAY, 4000 * DAY, ("day of year",)),
        (365 * DAY, 40_000 * DAY, ()),
    ],
)
def test_periods_depend_on_interval_and_training_span(interval, span, expected):
    assert allowed_periods(interval, span) == expected


def test_hour_of_day_has_a_period_of_one_day():
    time = np.array(["2021-05-04T00:00", "2021-05-04T06:00", "2021-05-04T12:00"], "datetime64[ns]")

    terms = calendar_terms(time, ("hour of day",))

    np.testing.assert_allclose(terms, [[0, 1], [1, 0], [0, -1]], atol=1e-6)


def test_day_of_week_starts_on_monday():
    monday = np.datetime64("2024-01-01", "ns")
    time = monday + np.arange(8) * np.timedelta64(1, "D")

    terms = calendar_terms(time, ("day of week",))

    np.testing.assert_allclose(terms[0], [0, 1], atol=1e-6)
    np.testing.assert_allclose(terms[7], terms[0], atol=1e-6)
    np.testing.assert_allclose(terms[2], [np.sin(4 * np.pi / 7), np.cos(4 * np.pi / 7)], atol=1e-6)


def test_day_of_year_closes_in_leap_years_too():
    time = np.array(["2020-01-01", "2020-07-02", "2020-12-31T23:59:59", "2019-12-31T23:59:59"], "datetime64[ns]")

    terms = calendar_terms(time, ("day of year",))

    np.testing.assert_allclose(terms[0], [0, 1], atol=1e-6)
    np.testing.assert_allclose(terms[1], [0, -1], atol=1e-6)  # day 183 of 366
    np.testing.assert_allclose(terms[2:], [[0, 1], [0, 1]], atol=1e-5)


def test_no_period_gives_no_column():
    assert calendar_terms(np.array(["2020-01-01"], "datetime64[ns]"), ()).shape == (1, 0)
