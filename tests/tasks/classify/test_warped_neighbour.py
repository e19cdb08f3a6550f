"""The nearest-neighbour baseline with dynamic time warping: the band, left-out series, storage and size limits."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError
from seqkit.progress import Callbacks
from seqkit.tasks.classify import warped_neighbour
from seqkit.tasks.classify.nearest_neighbour import NearestNeighbour
from seqkit.tasks.classify.warped_neighbour import BANDS, MAX_QUERIES, WarpedNeighbour, count_operations


def bumps(count: int, jitter: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Bumps up or down, at a place that varies by up to `jitter` steps."""
    rng, labels = np.random.default_rng(seed), np.arange(count) % 2
    series = []
    for label in labels:
        values = 0.05 * rng.normal(size=(50, 1))
        start = 20 + rng.integers(-jitter, jitter + 1)
        values[start : start + 4, 0] += [1, 3, 1, -2] if label else [-2, 1, 3, 1]
        series.append(values)
    return series, labels


def fitted(series, labels, classes: int = 2) -> WarpedNeighbour:
    return WarpedNeighbour.fit(NearestNeighbour.fit(series, labels, classes))


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def test_it_follows_a_pattern_that_moves_where_the_euclidean_neighbour_does_not():
    (series, labels), (others, truth) = bumps(24, 12), bumps(60, 12, seed=1)
    euclidean = NearestNeighbour.fit(series, labels, 2)
    warped = WarpedNeighbour.fit(euclidean)
    assert warped.band > 0
    assert accuracy(euclidean.predict(others), truth) < 0.9 < accuracy(warped.predict(others), truth)


def test_band_is_zero_where_warping_is_of_no_use():
    rng = np.random.default_rng(0)
    labels = np.arange(20) % 2
    series = [rng.normal(size=(30, 1)) + 5 * label for label in labels]
    assert fitted(series, labels).band == 0


def test_probability_is_the_leave_one_out_accuracy():
    series, labels = bumps(24, 3)
    model = fitted(series, labels)
    left_out = model.leave_one_out(series)
    correct = int((left_out.argmax(axis=1) == labels).sum())
    np.testing.assert_allclose(left_out.max(axis=1), min((correct + 1) / 26, 1))


def test_left_out_series_do_not_find_themselves():
    series, labels = bumps(24, 3)
    wrong = labels.copy()
    wrong[5] = 1 - wrong[5]
    model = fitted(series, wrong)
    assert model.predict(series)[5].argmax() == wrong[5] != model.leave_one_out(series)[5].argmax()


def test_few_series_choose_the_band_of_many():
    series, labels = bumps(2 * MAX_QUERIES + 30, 6)
    model = fitted(series, labels)
    assert accuracy(model.leave_one_out(series), labels) > 0.95


def test_a_single_series_and_several_labels_are_supported():
    series, labels = bumps(12, 2)
    assert fitted(series[:1], labels[:1]).predict(series[:3]).shape == (3, 2)
    several = np.stack([labels == 1, labels == 0, np.ones(12, bool)], axis=1)
    probabilities = fitted(series, several, 3).leave_one_out(series)
    assert (probabilities[:, 2] > 0.5).all() and ((probabilities > 0.5) == several).mean() > 0.9


def test_stored_baseline_answers_alike_and_a_damaged_one_is_refused():
    series, labels = bumps(24, 6)
    model = fitted(series, labels)
    arrays = model.arrays()
    np.testing.assert_array_equal(WarpedNeighbour.from_arrays(arrays).predict(series[:4]), model.predict(series[:4]))
    for band in (-1, 50):
        with pytest.raises(DataError, match=f"the band is {band}. Train the run again."):
            WarpedNeighbour.from_arrays({**arrays, "band": np.array(band)})


def test_operations_grow_with_series_steps_and_channels():
    assert count_operations(10, 0, 100, 1) == 10 * 100 * 10 * sum(2 * int(np.ceil(s * 100)) + 1 for s in BANDS)
    assert count_operations(10, 4, 100, 3) - count_operations(10, 0, 100, 3) == 10 * 100 * 3 * 41 * 2


def test_it_is_left_out_with_a_message_where_it_would_take_minutes(tmp_path, monkeypatch):
    frame = pd.DataFrame({"series": bumps(30, 2)[0], "label": ["a", "b"] * 15})
    names, options = [], {"epochs": 1, "units": (2,), "folds": 0}
    for limit in (1, 10**10):
        monkeypatch.setattr("seqkit.tasks.classify.job.MAX_OPERATIONS", limit)
        messages: list[str] = []
        callbacks = Callbacks(on_message=messages.append)
        run = seqkit.train("dense", frame, out=tmp_path / str(limit), callbacks=callbacks, **options)
        names.append([row["name"] for row in seqkit.evaluate(run.path, frame)["models"]])
        line = "no baseline of dynamic time warping: on so many or so long series it would take minutes"
        assert (line in messages) == (limit == 1)
    assert names[0] == ["dense", "1-nearest neighbour", "majority class"]
    assert names[1] == ["dense", "1-nearest neighbour, DTW", "1-nearest neighbour", "majority class"]
    assert warped_neighbour.MAX_OPERATIONS == 10**10
