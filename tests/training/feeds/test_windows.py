"""`WindowFeed` against windows gathered by hand."""

import numpy as np
import pytest
import tensorflow as tf

from seqkit.data.series.windows import Windows, legal_windows
from seqkit.training.feeds.batches import MIN_STEPS
from seqkit.training.feeds.windows import MAX_VALIDATION, WindowFeed


def feed(windows: Windows, rows: int = 400) -> WindowFeed:
    values = np.random.default_rng(0).normal(size=(rows, 3)).astype(np.float32)
    return WindowFeed(values, (2, 0), windows, windows)


def test_gathered_windows_equal_numpy_slices():
    windows = legal_windows([(0, 400)], [(0, 400)], steps=5, horizon=3, lead=2, sampling_rate=2)
    fed = feed(windows)
    values = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    chosen = windows[np.array([0, 17, len(windows) - 1])]

    inputs, change = fed.gather(tf.constant(chosen.starts))

    np.testing.assert_array_equal(inputs, chosen.read(values))
    last = values[chosen.last_rows][:, None, [2, 0]]
    np.testing.assert_array_equal(change, chosen.read_targets(values[:, [2, 0]]) - last)


def test_targets_that_were_not_measured_are_marked():
    windows = legal_windows([(0, 40)], [(0, 40)], steps=5, horizon=3, lead=2, sampling_rate=2)
    values = np.arange(120, dtype=np.float32).reshape(40, 3)
    measured = np.random.default_rng(1).random((40, 2)) < 0.5
    fed = WindowFeed(values, (2, 0), windows, windows, measured)

    _, (changes, mask) = fed.gather(tf.constant(windows.starts))

    np.testing.assert_array_equal(mask, windows.read_targets(measured))
    complete = WindowFeed(values, (2, 0), windows, windows)
    np.testing.assert_array_equal(changes, complete.gather(tf.constant(windows.starts))[1])


@pytest.mark.parametrize("count", [1000, 1001, 6400])
def test_epoch_contains_every_window_once(count):
    fed = feed(Windows(np.arange(count), 2))

    full, rest = fed.batches(16, seed=3, epoch=1)

    assert sorted([*full.ravel(), *rest.ravel()]) == list(range(count))
    assert len(full) + len(rest) == fed.steps(16) == -(-count // 16)


def test_few_windows_are_repeated_until_the_epoch_has_enough_steps():
    fed = feed(Windows(np.arange(61), 2))

    full, rest = fed.batches(128, seed=3, epoch=1)

    counts = np.bincount([*full.ravel(), *rest.ravel()])
    assert counts.min() == counts.max() > 1, "every window as often as any other"
    assert len(full) + len(rest) == fed.steps(128) >= MIN_STEPS


def test_order_depends_only_on_seed_and_epoch():
    fed = feed(Windows(np.arange(6400), 2))

    first, again = fed.batches(128, 1, 1), fed.batches(128, 1, 1)
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], fed.batches(128, 1, 2)[0])
    assert not np.array_equal(first[0], fed.batches(128, 2, 1)[0])


@pytest.mark.parametrize(("count", "every"), [(MAX_VALIDATION, 1), (MAX_VALIDATION + 1, 2), (5 * MAX_VALIDATION, 5)])
def test_validation_uses_every_nth_of_very_many_windows(count, every):
    fed = feed(Windows(np.arange(count), 2))
    starts = np.concatenate(list(fed.validation_batches(1024)))
    np.testing.assert_array_equal(starts, np.arange(0, count, every))
