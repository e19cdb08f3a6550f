"""Windows read per second, compared with `keras.utils.timeseries_dataset_from_array`.

Reads shuffled batches from a series as large as the Jena climate data, with 14 columns: windows of 120 steps, with the
target 24 steps after the last one. Windows and targets of both are checked for equality first. Scoring and inference
use `Windows.read`; training uses `WindowFeed.gather`, inside the compiled step.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measure import alternate, note, seconds
from benchmarks.report import Line, Report, report_lines
from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import SeqkitError
from seqkit.training.keras_import import import_keras

if TYPE_CHECKING:
    from seqkit.training.feeds.windows import WindowFeed

ROWS, COLUMNS, TARGET = 420_000, 14, 1
STEPS, LEAD = 120, 24
TIMES = 3.0


def run(*, runs: int = 5, batches: int = 200, quick: bool = False) -> Report:
    """Measures all methods in turn.

    Args:
        runs: Measurements of each, [1, inf).
        batches: Batches per measurement, [1, inf).
        quick: A short series, 20 batches and two runs, as a smoke test.
    """
    import_keras()
    runs, batches, rows = (min(runs, 2), min(batches, 20), 20_000) if quick else (runs, batches, ROWS)
    values = np.random.default_rng(0).standard_normal((rows, COLUMNS)).astype(np.float32)
    lines = []
    for rate in (6, 1):
        _check_same_windows(values[:3000], rate)
        for size in (128, 256):
            note(f"sampling rate {rate}, batches of {size}")
            lines += _measure(values, rate, size, batches, runs)
    return report_lines(lines, peer="timeseries_dataset_from_array")


def _measure(values: np.ndarray, rate: int, size: int, batches: int, runs: int) -> list[Line]:
    import tensorflow as tf

    windows = _windows(len(values), rate)
    targets = np.ascontiguousarray(values[:, [TARGET]])
    feed = _feed(values, windows)
    gather = tf.function(feed.gather, input_signature=[tf.TensorSpec((None,), tf.int64)])
    dataset = _dataset(values, rate, size, shuffle=True).take(batches)
    order = feed.batches(size, seed=0, epoch=1)[0][:batches]

    def read() -> None:
        for starts in order:
            batch = Windows(starts, STEPS, 1, LEAD, rate)
            batch.read(values)
            batch.read_targets(targets)

    def read_in_graph() -> None:
        for starts in order:
            gather(tf.constant(starts))

    def iterate() -> None:
        for _ in dataset:
            pass

    read_in_graph()  # traces it
    taken = alternate(runs, *(lambda work=work: order.size / seconds(work) for work in (read, read_in_graph, iterate)))
    label = f"sampling rate {rate}, batch {size}"
    return [
        Line(f"{name}, {label}", "windows/s", figures, taken[2], times=TIMES)
        for name, figures in zip(("Windows.read", "WindowFeed.gather"), taken, strict=False)
    ]


def _check_same_windows(values: np.ndarray, rate: int) -> None:
    """Checks that all three methods give the same windows and targets."""
    import tensorflow as tf

    windows = _windows(len(values), rate)
    by_keras = list(_dataset(values, rate, 256, shuffle=False))
    inputs, wanted = (np.concatenate([batch[part] for batch in by_keras]) for part in (0, 1))
    read, targets = windows.read(values), windows.read_targets(values)[:, 0, TARGET]
    gathered, changes = (part.numpy() for part in _feed(values, windows).gather(tf.constant(windows.starts)))
    last = values[windows.last_rows, TARGET]
    same = np.array_equal(inputs, read) and np.array_equal(inputs, gathered) and np.array_equal(wanted, targets)
    if not same or not np.array_equal(changes[:, 0, 0], wanted - last):
        raise SeqkitError(f"The windows at sampling rate {rate} are not the same: they cannot be compared.")


def _windows(rows: int, rate: int) -> Windows:
    return legal_windows([(0, rows)], [(0, rows)], steps=STEPS, lead=LEAD, sampling_rate=rate)


def _feed(values: np.ndarray, windows: Windows) -> "WindowFeed":
    from seqkit.training.feeds.windows import WindowFeed

    return WindowFeed(values, (TARGET,), windows, windows)


def _dataset(values: np.ndarray, rate: int, size: int, *, shuffle: bool) -> Any:
    """Returns the dataset of the textbook, without its `data[:-delay]`, which would drop the last windows."""
    import keras

    delay = rate * (STEPS + LEAD - 1)
    return keras.utils.timeseries_dataset_from_array(
        values,
        targets=values[delay:, TARGET],
        sampling_rate=rate,
        sequence_length=STEPS,
        shuffle=shuffle,
        batch_size=size,
        seed=0,
    )
