"""Windows of a series, by index: where they start, and how to read a batch of them.

Windows are not materialised: each is a start row, and its values are read from the series on demand, so memory grows
with the series and not with series × window. Nothing here depends on columns, scaling or time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from seqkit.data.series.ranges import Ranges, as_ranges, count_up, overlaps


@dataclass(frozen=True)
class Windows:
    """The valid windows of a split.

    Window `i` reads the rows `starts[i] + sampling_rate * (0, 1, …, steps - 1)`; its targets are the rows
    `starts[i] + sampling_rate * (steps - 1 + lead + (0, 1, …, horizon - 1))`.

    Attributes:
        starts: First row of each window, ascending, of shape (windows,).
        steps: Rows read by a window.
        horizon: Rows predicted.
        lead: Sampled steps from the window's last row to the first predicted row, at least 1.
        sampling_rate: Distance between neighbouring rows of a window; windows still start at every row.
    """

    starts: np.ndarray
    steps: int
    horizon: int = 1
    lead: int = 1
    sampling_rate: int = 1

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, which: slice | np.ndarray) -> "Windows":
        return replace(self, starts=self.starts[which])

    @property
    def span(self) -> int:
        """Rows from a window's first row to its last target, both included."""
        return self.sampling_rate * (self.steps - 1 + self.lead + self.horizon - 1) + 1

    @property
    def last_rows(self) -> np.ndarray:
        """The last row read by each window, of shape (windows,)."""
        return self.starts + self.sampling_rate * (self.steps - 1)

    @property
    def target_rows(self) -> np.ndarray:
        """The rows predicted by each window, of shape (windows, horizon)."""
        ahead = self.sampling_rate * (self.lead + np.arange(self.horizon))
        return self.last_rows[:, None] + ahead

    def read(self, values: np.ndarray) -> np.ndarray:
        """Returns the inputs of all windows, of shape (windows, steps, columns), from `values` (rows, columns)."""
        rows, columns = values.shape
        if not values.flags.c_contiguous:
            return values[self.starts[:, None] + self.sampling_rate * np.arange(self.steps)]
        # A strided view over all windows is free; indexing it copies each window as one block.
        step, item = values.strides
        reach = self.sampling_rate * (self.steps - 1)
        view = np.lib.stride_tricks.as_strided(
            values,
            shape=(max(rows - reach, 0), self.steps, columns),
            strides=(step, step * self.sampling_rate, item),
            writeable=False,
        )
        return view[self.starts]

    def read_targets(self, values: np.ndarray) -> np.ndarray:
        """Returns the targets of all windows, of shape (windows, horizon, columns)."""
        return values[self.target_rows]

    def tiles(self) -> "Windows":
        """Returns the windows whose targets do not overlap, so that no row is predicted twice."""
        stride = self.sampling_rate * self.horizon
        return self[(self.starts - self.starts[0]) % stride < self.sampling_rate] if len(self) else self

    def thinned(self, most: int) -> "Windows":
        """Returns every n-th window, with the smallest n that leaves at most `most`."""
        return self[:: max(1, -(-len(self) // most))]

    def batches(self, size: int) -> Iterator["Windows"]:
        """Yields the windows in order, `size` at a time; the last batch may be smaller."""
        for first in range(0, len(self), size):
            yield self[first : first + size]


def legal_windows(
    segments: Ranges,
    target_ranges: Ranges,
    *,
    steps: int,
    horizon: int = 1,
    lead: int = 1,
    sampling_rate: int = 1,
) -> Windows:
    """Returns every window that is inside one segment and whose targets are all inside one range.

    Inputs may extend before the start of a range, so that every row of a split is predicted.

    Args:
        segments: Row ranges [first, end) without a gap, each within one series, ascending.
        target_ranges: Row ranges [first, end) of the split, ascending, at most one per series.
        steps: Rows read by a window, at least 1.
        horizon: Rows predicted, at least 1.
        lead: Sampled steps from the window's last row to the first predicted row, at least 1.
        sampling_rate: Distance between the rows of a window, at least 1.
    """
    empty = Windows(np.empty(0, np.int64), steps, horizon, lead, sampling_rate)
    segments, ranges = as_ranges(segments), as_ranges(target_ranges)
    inside, part = overlaps(segments, ranges)
    to_first_target = sampling_rate * (steps - 1 + lead)
    lowest = np.maximum(segments[inside, 0], ranges[part, 0] - to_first_target)
    highest = np.minimum(segments[inside, 1], ranges[part, 1]) - empty.span
    return replace(empty, starts=count_up(lowest, np.maximum(highest + 1 - lowest, 0)))
