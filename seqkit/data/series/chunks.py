"""Stretches of a series, by index: windows that overlap, taken together, so that what they share is read once.

A stretch reads consecutive steps, and a model that looks back only forecasts at each of them. The first ones warm it
up; the others are the newest rows of windows, each window's in one stretch. Nothing here knows of columns or scaling.
"""

from dataclasses import dataclass

import numpy as np

from seqkit.data.series.windows import Windows


@dataclass(frozen=True)
class Chunks:
    """The ways in which windows can be taken together.

    Windows that start one step after another follow a *course*: rows `sampling_rate` apart, without a gap. A drawing
    cuts each course into parts of nearly one length, at places that differ from drawing to drawing.

    Attributes:
        first_rows: The first row that each course reads, of shape (courses,).
        windows: How many windows each course has, of shape (courses,).
        parts: How many parts each course is cut into, where the cuts fall evenly, of shape (courses,).
        window_steps: Rows read by a window.
        sampling_rate: Distance between the rows of a window.
        steps: Rows read by a stretch.
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
        """Whether the cuts of a course can be moved: then one part of it falls into two, a first and a last one."""
        moves: np.ndarray = (self.parts > 1) & (self.windows >= 2 * self.parts)
        return moves

    @property
    def _pieces(self) -> np.ndarray:
        """How many stretches each course makes, whatever is drawn."""
        pieces: np.ndarray = self.parts + self._moves
        return pieces

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Returns stretches in which every window has its newest row once, cut where `rng` says.

        Returns:
            For each stretch the first row that it reads and the newest rows of its first and of its last window, of
            shape (stretches, 3), int64. Where `steps` rows reach beyond the last one, that part is to be left out.
        """
        longest = -(-self.windows // self.parts)
        moved = np.where(self._moves, rng.integers(1, np.maximum(longest, 2)), 0)
        course = np.repeat(np.arange(len(self.windows)), self._pieces)
        number = np.arange(len(course)) - np.repeat(np.cumsum(self._pieces) - self._pieces, self._pieces)
        windows, parts = self.windows[course], self.parts[course]
        cut = number - self._moves[course]  # -1 is the start of a course whose cuts are moved
        begin = np.where(cut < 0, 0, moved[course] + cut * windows // parts)
        end = np.where(cut + 1 < parts, moved[course] + (cut + 1) * windows // parts, windows)
        before = self.window_steps - 1  # steps of a course that are no window's newest
        read_from = np.maximum(before + end - self.steps, 0)
        rows = np.stack([read_from, before + begin, before + end - 1], axis=1)
        return (self.first_rows[course, None] + self.sampling_rate * rows).astype(np.int64)


def find_chunks(windows: Windows, *, warmup: int, length: int) -> Chunks:
    """Returns the stretches that the windows make.

    Args:
        windows: At least one.
        warmup: Steps that a stretch reads before the newest one of its first window, where there are so many.
        length: Most windows to a stretch, at least 1.
    """
    rate = windows.sampling_rate
    breaks = np.flatnonzero(np.diff(windows.starts) != 1) + 1
    firsts = windows.starts[np.r_[0, breaks]]
    counts = np.diff(np.r_[0, breaks, len(windows)])
    phases = np.minimum(counts, rate)  # A run of windows shorter than the distance of rows has fewer courses.
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
