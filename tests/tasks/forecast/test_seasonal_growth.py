"""Seasonal naive forecasts with growth, against values worked out by hand."""

import numpy as np
import pytest

from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast.seasonal_growth import SeasonalNaiveWithGrowth, choose_growth

SERIES = np.array([1.0, 3, 2, 6, 8, 24, 0, 0, 0, 0, 0, 0])[:, None]  # seasons of two rows with means 2, 4, 16


def predict(kind: str, targets: np.ndarray, last: int, *, horizon: int = 3, segments=((0, 12),)) -> list[float]:
    windows = Windows(np.array([last]), 1, horizon)
    naive = SeasonalNaiveWithGrowth(targets, np.array(segments), 2, (kind,))
    return naive.predict(windows)[0, :, 0].tolist()


def test_a_ratio_multiplies_once_for_each_season_repeated():
    assert predict("ratio", SERIES, 3) == pytest.approx([2 * 2, 6 * 2, 2 * 4])


def test_a_difference_is_added_once_for_each_season_repeated():
    assert predict("difference", SERIES, 3) == pytest.approx([2 + 2, 6 + 2, 2 + 4])
    assert predict("none", SERIES, 3) == [2, 6, 2]


def test_the_product_of_ratios_is_limited():
    assert predict("ratio", SERIES, 5) == pytest.approx([8 * 4, 24 * 4, 8 * 10])


@pytest.mark.parametrize("shift", [-2.0, -4.0, -100.0])
def test_a_ratio_of_means_that_are_not_positive_is_replaced_by_the_difference(shift):
    shifted = SERIES + shift  # the mean of the first season is 0 or less
    assert predict("ratio", shifted, 3) == pytest.approx([2 + 2 + shift, 6 + 2 + shift, 2 + 4 + shift])


def test_without_two_seasons_in_the_segment_there_is_no_growth():
    assert predict("ratio", SERIES, 5, segments=((0, 3), (3, 12))) == [8, 24, 8]
    assert predict("difference", SERIES, 2) == [3, 2, 3]


def test_growth_does_not_read_past_the_last_row():
    changed = SERIES.copy()
    changed[4:] += 50
    assert predict("ratio", changed, 3) == predict("ratio", SERIES, 3)


def test_the_kind_with_the_lower_error_on_training_windows_is_chosen_for_each_target():
    season = np.tile([1.0, 2.0, 4.0], 10)
    years = np.repeat(np.arange(10), 3)
    targets = np.stack([season * 1.5**years, season + 7 * years, season], axis=1)
    train = Windows(np.arange(20), 3, 3)
    assert choose_growth(targets, np.array([[0, 30]]), 3, train, np.ones((20, 3))) == ("ratio", "difference", "none")


def test_without_a_training_window_after_two_seasons_nothing_is_chosen():
    assert choose_growth(SERIES, np.array([[0, 12]]), 6, Windows(np.arange(8), 3, 1), np.ones((8, 1))) == ()
