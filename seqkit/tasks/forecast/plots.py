"""Plots of a forecast: against the data, error by step, residuals."""

import math
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.plots.canvas import (
    BLUE,
    GREY,
    INK,
    PALE,
    SILVER,
    SKY,
    VERMILION,
    _look,
    _whole_ticks,
    count_axis,
    draw_line,
    drawn,
    legend_below,
    with_unit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE_WIDTH = 52
"""Characters of a title over a small plot, beside whose axis long names stand."""

DATES = {  # at ticks a year, month, day, hour, minute, second apart
    "formats": ["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%S.%f"],
    "zero_formats": ["", "%Y", "%d %b", "%d %b", "%H:%M", "%H:%M"],
    "offset_formats": ["", "%Y", "%Y", "%d %b %Y", "%d %b %Y", "%d %b %Y %H:%M"],
}


def forecast_and_actual(
    times: np.ndarray,
    y_true: np.ndarray,
    forecasts: Mapping[str, np.ndarray],
    *,
    title: str,
    unit: str,
    path: str | Path,
) -> None:
    """Draws what came and what was forecast.

    Args:
        times: When, datetime64 or counters, ascending, of shape (n,).
        y_true: What came, of shape (n,).
        forecasts: By name, each of shape (n,); the model first, baselines after it.
        title: Stands above.
        unit: Of the values; may be empty.
        path: The PNG file.
    """
    with drawn(path, (9.5, 4.2), [title, unit, *forecasts]) as figure:
        axes = figure.subplots()
        for i, (name, values) in enumerate({"truth": y_true, **forecasts}.items()):
            draw_line(axes, *_broken_at_gaps(times, values), _look(i - 1) if i else (INK, 2.4, "-", 2.0), name)
        axes.set_title(title)
        axes.set_ylabel(unit)
        _time_axis(axes, times)
        legend_below(figure, axes)


def error_by_step(by_step: Mapping[str, np.ndarray], *, interval_label: str, unit: str, path: str | Path) -> None:
    """Draws the mean absolute error of each step ahead; where there is one step, a bar for each name.

    Args:
        by_step: By name, each of shape (horizon,); the model first, baselines after it.
        interval_label: What the steps are, such as "hours ahead".
        unit: Of the errors; may be empty.
        path: The PNG file.
    """
    horizon = max(map(len, by_step.values()))
    height = 4.2 if horizon > 1 else 1.4 + 0.45 * len(by_step)
    with drawn(path, (7.5, height), [*by_step, interval_label, unit]) as figure:
        axes = figure.subplots()
        label = with_unit("mean absolute error", unit)
        if horizon == 1:
            values = [float(errors[0]) for errors in by_step.values()]
            colours = [BLUE] + [SILVER] * (len(values) - 1)
            lengths = [value if math.isfinite(value) else 0 for value in values]
            bars = axes.barh(list(by_step), lengths, color=colours, height=0.65)
            axes.bar_label(bars, [f"{value:.4g}" for value in values], padding=4)
            axes.invert_yaxis()
            axes.grid(visible=False)
            axes.margins(x=0.12)
            axes.set_xlabel(label)
            axes.set_title(
                textwrap.fill(f"Horizon 1, {interval_label}" if interval_label else "Horizon 1", TITLE_WIDTH)
            )
            return
        for i, (name, errors) in enumerate(by_step.items()):
            draw_line(axes, np.arange(1, len(errors) + 1), errors, _look(i), name)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(label)
        count_axis(axes, interval_label, horizon)
        legend_below(figure, axes)


def residuals(times: np.ndarray, residuals: np.ndarray, *, unit: str, path: str | Path) -> None:
    """Draws what a forecast leaves: over time, how it is distributed, and whether it resembles its own past.

    Args:
        times: When, datetime64 or counters, ascending, of shape (n,).
        residuals: Truth less forecast, of shape (n,).
        unit: Of the residuals; may be empty.
        path: The PNG file.
    """
    finite = np.isfinite(residuals)
    left_out = f", {np.sum(~finite)} not finite left out" if not finite.all() else ""
    times, values = np.asarray(times)[finite], np.asarray(residuals, np.float64)[finite]
    with drawn(path, (9.5, 6.2), [unit]) as figure:
        if not len(values):
            figure.suptitle("There is no finite residual.")
            return
        grid = figure.add_gridspec(2, 2, height_ratios=(1.1, 1))
        over_time, spread, memory = (figure.add_subplot(grid[where]) for where in ((0, slice(None)), (1, 0), (1, 1)))
        label, mean = with_unit("truth − forecast", unit), float(values.mean())
        deviation = float(values.std()) if np.ptp(values) > 0 else 0.0  # exactly, where rounding would leave a little
        over_time.axhline(0, color=GREY, linewidth=1)
        look = (BLUE, 0.8 if len(values) > 300 else 1.4, "-", 2.0)
        draw_line(over_time, *_broken_at_gaps(times, values), look, "")
        over_time.set_ylabel(label)
        over_time.set_title(f"Mean {mean:.3g}, standard deviation {deviation:.3g}, n = {len(values):,}{left_out}")
        _time_axis(over_time, times)
        _distribution(spread, values, mean, deviation)
        spread.set_xlabel(label)
        _memory(memory, values, deviation)


def _distribution(axes: "Axes", values: np.ndarray, mean: float, deviation: float) -> None:
    low, high = _usual_range(values)
    bins = int(np.clip(math.sqrt(len(values)), 8, 60))
    density = np.full(len(values), bins / ((high - low) * len(values)))  # of all, though some may lie outside
    axes.hist(values, bins=bins, range=(low, high), weights=density, color=SKY, edgecolor="white", linewidth=0.4)
    if deviation > 0:
        x = np.linspace(low, high, 300)
        normal = np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))
        axes.plot(x, normal, color=VERMILION, linewidth=1.6, label="normal curve")
        axes.legend()
    outside = int(((values < low) | (values > high)).sum())
    axes.set_title("Distribution" + (f" ({outside:,} lie further out)" if outside else ""))
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)


def _memory(axes: "Axes", values: np.ndarray, deviation: float) -> None:
    axes.set_title("Autocorrelation")
    axes.set_xlabel("lag (rows)")
    axes.set_ylim(-1.05, 1.05)
    if len(values) < 3 or not deviation > 0:
        axes.text(0.5, 0.5, "too little to tell", transform=axes.transAxes, ha="center", color=GREY)
        return
    power = np.abs(np.fft.rfft(values - values.mean(), 1 << (2 * len(values) - 1).bit_length())) ** 2
    covariances = np.fft.irfft(power)
    lags = np.arange(1, min(len(values), int(np.clip(len(values) // 8, 10, 200)) + 1))
    correlations = covariances[lags] / covariances[0]
    band = 1.96 / math.sqrt(len(values))
    axes.axhspan(-band, band, color=PALE, alpha=0.7, linewidth=0, label="95 % of noise")
    axes.axhline(0, color=GREY, linewidth=1)
    if len(lags) > 60:
        axes.fill_between(lags, 0, correlations, color=BLUE, linewidth=0.8)
    else:
        axes.vlines(lags, 0, correlations, color=BLUE, linewidth=min(120 / len(lags), 3))
    axes.legend(loc="upper right")
    _whole_ticks(axes)


def _time_axis(axes: "Axes", times: np.ndarray) -> None:
    from matplotlib import dates

    times = np.asarray(times)
    axes.margins(x=0.01)
    if not np.issubdtype(times.dtype, np.datetime64):
        _whole_ticks(axes)
        return
    locator = dates.AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, **DATES))
    if len(np.unique(times)) == 1:  # a width that shows the hour of a single moment
        axes.set_xlim(times[0] - np.timedelta64(12, "h"), times[0] + np.timedelta64(12, "h"))


def _broken_at_gaps(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Puts a NaN where time jumps by more than four usual steps (a long weekend is four): no line joins the ends."""
    times, values = np.asarray(times), np.asarray(values, np.float64)
    if len(times) < 3:
        return times, values
    between = np.diff(times)
    usual = np.median(between.astype(np.int64)).astype(between.dtype)
    after = np.flatnonzero((between > 4 * usual) | (between < 0 * usual)) + 1  # back in time: another series
    return np.insert(times, after, times[after]), np.insert(values, after, np.nan)


def _usual_range(values: np.ndarray) -> tuple[float, float]:
    """The range of the values, cut five standard deviations (told by the quartiles) to either side of the median."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low - 0.5, high + 0.5
    first, median, third = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    reach = 5 * (third - first) / 1.349
    return (max(low, median - reach), min(high, median + reach)) if reach > 0 else (low, high)
