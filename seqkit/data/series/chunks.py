"""Chunks of a series, by index: groups of overlapping windows whose shared rows are read once.

A chunk reads consecutive steps, and a causal model forecasts at each of them. Its first steps warm up the model; each
of the others is the last row of a window, and each window belongs to one chunk. Nothing here depends on columns or
scaling.
"""

from dataclasses import dataclass

import numpy as np

from seqkit.data.series.windows import Windows


@dataclass(frozen=True)
class Chunks:
    """The possible groupings of windows into chunks.

    Windows that start one step after another form a *course*: rows `sampling_rate` apart, without a gap. `draw` splits
    each course into chunks of nearly equal length at random positions.

    Attributes:
        first_rows: First row read by each course, of shape (courses,).
        windows: Number of windows of each course, of shape (courses,).
        parts: Number of equal chunks that each course is split into, of shape (courses,).
        window_steps: Rows read by a window.
        sampling_rate: Distance between the rows of a window.
        steps: Rows read by a chunk.
    """

    first_rows: np.ndarray
    windows: np.ndarray
    parts: np.ndarray
    window_steps: int
    sampling_rate: int
    steps: int

    def __len__(self) -> int:
        return int(self._pieces.sum())

    @property
    def _moves(self) -> np.ndarray:
        """Whether the cuts of a course can be shifted, which splits one chunk in two: a first and a last one."""
        moves: np.ndarray = (self.parts > 1) & (self.windows >= 2 * self.parts)
        return moves

    @property
    def _pieces(self) -> np.ndarray:
        """Number of chunks of each course, independent of the draw."""
        pieces: np.ndarray = self.parts + self._moves
        return pieces

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Returns randomly cut chunks that contain the last row of every window exactly once.

        Returns:
            For each chunk its first row, and the last rows of its first and last windows, of shape (chunks, 3), int64.
            Ignore the part of the `steps` rows that extends beyond the last one.
        """
        longest = -(-self.windows // self.parts)
        shift = np.where(self._moves, rng.integers(1, np.maximum(longest, 2)), 0)
        course = np.repeat(np.arange(len(self.windows)), self._pieces)
        number = np.arange(len(course)) - np.repeat(np.cumsum(self._pieces) - self._pieces, self._pieces)
        windows, parts = self.windows[course], self.parts[course]
        cut = number - self._moves[course]  # -1 is the start of a course whose cuts are shifted
        begin = np.where(cut < 0, 0, shift[course] + cut * windows // parts)
        end = np.where(cut + 1 < parts, shift[course] + (cut + 1) * windows // parts, windows)
        before = self.window_steps - 1  # steps of a course before the last row of its first window
        read_from = np.maximum(before + end - self.steps, 0)
        rows = np.stack([read_from, before + begin, before + end - 1], axis=1)
        return (self.first_rows[course, None] + self.sampling_rate * rows).astype(np.int64)


def find_chunks(windows: Windows, *, warmup: int, length: int) -> Chunks:
    """Groups windows into chunks.

    Args:
        windows: At least one window.
        warmup: Steps that a chunk reads before the last row of its first window, if that many exist.
        length: Maximum number of windows per chunk, at least 1.
    """
    rate = windows.sampling_rate
    breaks = np.flatnonzero(np.diff(windows.starts) != 1) + 1
    firsts = windows.starts[np.r_[0, breaks]]
    counts = np.diff(np.r_[0, breaks, len(windows)])
    phases = np.minimum(counts, rate)  # a run of fewer windows than `rate` has fewer courses
    phase = np.arange(phases.sum()) - np.repeat(np.cumsum(phases) - phases, phases)
    in_course = -(-(np.repeat(counts, phases) - phase) // rate)
    parts = -(-in_course // length)
    steps = warmup + int((-(-in_course // parts)).max())
    return Chunks(
        first_rows=np.repeat(firsts, phases) + phase,
        windows=in_course,
        parts=parts,
        window_steps=windows.steps,
        sampling_rate=rate,
        steps=min(steps, windows.steps - 1 + int(in_course.max())),
    )
