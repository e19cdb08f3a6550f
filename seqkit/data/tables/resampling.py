"""Resamples the rows into bins of one interval, and leaves out or marks the bins that are not whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seqkit.data.tables.intervals import parse_interval
from seqkit.data.tables.working_table import WorkingTable

_MIN_SHARE = 0.5
_MIN_SHARE_OF_SUM = 0.95  # a local day of 23 hours is whole
_MIN_INNER_BINS = 3  # fewer tell nothing about where rows usually begin and end within a bin
_NOUNS = {
    "mean": "averaged",
    "sum": "summed up",
    "first": "reduced to the first of each bin,",
    "last": "reduced to the last of each bin,",
    "min": "reduced to the smallest of each bin,",
    "max": "reduced to the largest of each bin,",
}


@dataclass(frozen=True)
class Bins:
    """Groups of consecutive rows, one for each bin of a series that has rows.

    Attributes:
        first: First row of each bin, of shape (bins,).
        counts: Rows of each bin.
        codes: Series of each bin, or zeros.
        lengths: Length of each bin in ticks; months differ.
        before: Ticks from the start of a bin to its first row.
        after: Ticks from the last row of a bin to its end.
        step: Usual ticks between rows; 0 if there is a single row.
        pause: Ticks that nine of ten differences between rows do not exceed: a weekend for business days.
        contiguous: Whether almost all rows are one step apart.
        regular: Whether most rows are one step apart, so that the rows of a bin can be counted.
    """

    first: np.ndarray
    counts: np.ndarray
    codes: np.ndarray
    lengths: np.ndarray
    before: np.ndarray
    after: np.ndarray
    step: float
    pause: float
    contiguous: bool
    regular: bool

    @property
    def is_first(self) -> np.ndarray:
        """Whether a bin is the first of its series."""
        return np.append(True, self.codes[1:] != self.codes[:-1])

    @property
    def is_last(self) -> np.ndarray:
        """Whether a bin is the last of its series."""
        return np.append(self.codes[1:] != self.codes[:-1], True)


def resample(working: WorkingTable) -> None:
    """Reduces the rows of each bin to one, if requested.

    A bin at the end of a series that is not whole is left out, since its mean is that of a part of the day, week, etc.
    A bin inside a series without half of its usual rows is missing; so is a sum that lacks more than 5 % of them.
    """
    rule = working.choices.resample
    if rule is None:
        return
    working.check_interval("--resample", rule, example="h or D")
    bins, labels = _find_bins(working, rule)
    before, how = len(working), working.choices.resample_with
    share = _share_of_rows(bins)
    required = _MIN_SHARE_OF_SUM if how == "sum" and bins.contiguous else _MIN_SHARE
    partial = _partial(bins) | ((bins.is_first | bins.is_last) & (share < required))
    values = {}
    for name, column in working.columns.items():
        reduced, known = _reduced(column, bins.first, how)
        with np.errstate(invalid="ignore"):
            enough = share * known / bins.counts >= required
        reduced[~enough & (known > 0)] = np.nan
        values[name] = reduced[~partial].astype(column.dtype if column.dtype.kind == "f" else np.float64)
    merged = bins.counts[~partial & (bins.counts > 1)]
    working.averaged, working.bins = working.averaged + int(merged.sum()), working.bins + len(merged)
    _report(working, bins, partial, share, required)
    if partial.all():
        message = f"no bin of {rule} is whole: the rows of each series span less; use a shorter interval"
        working.report("too short", message, 0, count=before, blocking=True)
        partial[:] = False
        values = {name: _reduced(column, bins.first, how)[0] for name, column in working.columns.items()}
    working.ticks = labels
    working.take(bins.first[~partial])
    working.columns = values
    message = f"{before:,} rows are {_NOUNS[how]} into {len(working):,} bins of {rule}"
    if len(merged) and bins.step >= 0.75 * np.median(bins.lengths):
        message += f"; they come about as often: --round {rule} would keep each of them"
    working.report("resampled", message)


def average(working: WorkingTable, first: np.ndarray) -> None:
    """Replaces each group of consecutive rows by the mean of its known values; `first` is where groups start."""
    means = {}
    for name, values in working.columns.items():
        mean = _reduced(values, first, "mean")[0]
        means[name] = mean.astype(values.dtype) if values.dtype.kind == "f" else mean
    counts = np.diff(np.append(first, len(working)))
    merged = counts[counts > 1]
    working.averaged, working.bins = working.averaged + int(merged.sum()), working.bins + len(merged)
    working.take(first)
    working.columns = means


def _find_bins(working: WorkingTable, rule: str) -> tuple[Bins, np.ndarray]:
    """Returns the bins, and the label of each row's bin, of shape (rows,)."""
    grid, ticks = parse_interval(rule), working.ticks
    labels = grid.bins(ticks)
    changes = labels[1:] != labels[:-1]
    if working.same_series is not None:
        changes |= ~working.same_series
    first = np.append(0, np.flatnonzero(changes) + 1)
    last = np.append(first[1:], len(ticks)) - 1
    starts, ends = grid.bin_edges(labels[first])
    steps = np.diff(ticks)
    steps = steps[steps > 0] if working.same_series is None else steps[working.same_series & (steps > 0)]
    step = float(np.median(steps)) if len(steps) else 0.0
    alike = float(np.mean(np.abs(steps - step) < step / 4)) if len(steps) else 0.0
    bins = Bins(
        first=first,
        counts=last - first + 1,
        codes=np.zeros(len(first), np.int32) if working.codes is None else working.codes[first],
        lengths=ends - starts,
        before=ticks[first] - starts,
        after=ends - ticks[last],
        step=step,
        pause=float(np.quantile(steps, 0.9, method="higher")) if len(steps) else 0.0,
        contiguous=alike >= 0.95,
        regular=alike >= 0.75,
    )
    return bins, labels


def _partial(bins: Bins) -> np.ndarray:
    """Returns the mask of bins at the ends of a series that are not whole.

    The rows of such a bin begin later, or end earlier, than in nine of ten other bins of the series, and more than a
    usual pause between rows is missing there.
    """
    inner = ~bins.is_first & ~bins.is_last
    starts_late = (bins.before > _usual(bins.before, bins.codes, inner)) & (
        bins.before >= max(0.75 * bins.step, bins.pause - 0.25 * bins.step)
    )
    ends_early = (bins.after > _usual(bins.after, bins.codes, inner)) & (bins.after > max(1.5 * bins.step, bins.pause))
    several = bins.step > 0
    return several & ((bins.is_first & starts_late) | (bins.is_last & ends_early))


def _usual(values: np.ndarray, codes: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Returns, for each bin, the 90 % quantile of the values of its series' inner bins, of all series if too few."""
    known, series = values[inner], codes[inner]
    if len(known) < _MIN_INNER_BINS:
        return np.zeros(len(values))
    order = np.lexsort((known, series))
    borders = np.searchsorted(series, np.arange(int(codes[-1]) + 2))
    counts = np.diff(borders)
    places = np.minimum(borders[:-1] + np.maximum(np.ceil(0.9 * counts).astype(np.int64) - 1, 0), len(known) - 1)
    usual = np.where(counts >= _MIN_INNER_BINS, known[order][places], np.quantile(known, 0.9, method="higher"))
    return usual[codes]


def _share_of_rows(bins: Bins) -> np.ndarray:
    """Returns the share of its usual rows that each bin has, at most 1; 1 for rows at irregular times."""
    if not bins.regular:
        return np.ones(len(bins.first))
    density = bins.counts / bins.lengths
    inner = ~bins.is_first & ~bins.is_last
    if int(inner.sum()) < _MIN_INNER_BINS:
        usual = np.full(len(density), 1 / bins.step)
    else:
        order = np.lexsort((density, bins.codes))
        borders = np.searchsorted(bins.codes, np.arange(int(bins.codes[-1]) + 2))
        usual = density[order][(borders[:-1] + borders[1:]) // 2 - (borders[1:] == borders[:-1])][bins.codes]
    return np.minimum(1, density / np.maximum(usual, 1e-300))


def _reduced(values: np.ndarray, first: np.ndarray, how: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns one float64 value for each group of consecutive rows, NaN without a known one, and the known rows."""
    known = np.isfinite(values)
    counts = np.add.reduceat(known.astype(np.int64), first)
    if how in ("mean", "sum"):
        result = np.add.reduceat(np.where(known, values, 0).astype(np.float64), first)
        if how == "mean":
            result = result / np.maximum(counts, 1)
    elif how in ("min", "max"):
        extreme, neutral = (np.minimum, np.inf) if how == "min" else (np.maximum, -np.inf)
        result = extreme.reduceat(np.where(known, values, neutral).astype(np.float64), first)
    else:
        place = np.arange(len(values))
        if how == "first":
            rows = np.minimum.reduceat(np.where(known, place, len(values) - 1), first)
        else:
            rows = np.maximum.reduceat(np.where(known, place, 0), first)
        result = values[rows].astype(np.float64)
    return np.where(counts > 0, result, np.nan), counts


def _report(working: WorkingTable, bins: Bins, partial: np.ndarray, share: np.ndarray, required: float) -> None:
    """Reports the bins that are left out, those that count as missing, and those with fewer rows than usual."""
    rule, count = working.choices.resample, int(partial.sum())
    if count and not partial.all():
        rows = np.flatnonzero(np.repeat(partial, bins.counts))
        where = "a bin" if count == 1 else f"{count:,} bins"
        message = f"in {where} of {rule} at the start or end of a series, not whole; left out"
        working.report("partial bin", message, rows, column=working.time_name)
    sparse = ~partial & (share < required)
    some = ~partial & ~sparse & (share < 1 - 1e-9) & bins.contiguous
    lacking = "half of the usual rows" if required == _MIN_SHARE else f"{required:.0%} of the usual rows"
    for mask, message in (
        (sparse, f"bins of {rule} with less than {lacking} count as missing"),
        (some, f"bins of {rule} with fewer rows than usual are used nevertheless"),
    ):
        if mask.any():
            working.report("partial bin", message, bins.first[mask], column=working.time_name)
