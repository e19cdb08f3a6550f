"""Plots of a forecast: forecast and actual values, error by step ahead, residuals."""

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
    legend_below,
    new_figure,
    with_unit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE_WIDTH = 52
"""Characters per line of the title over a bar plot, whose long axis labels leave little room."""

DATE_FORMATS = {  # for ticks one year, month, day, hour, minute and second apart
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
    band: tuple[np.ndarray, np.ndarray] | None = None,
    band_label: str = "",
) -> None:
    """Plots forecasts and actual values over time.

    Args:
        times: Times of the values, datetime64 or counters, ascending, of shape (n,).
        y_true: Actual values, of shape (n,).
        forecasts: Forecasts by name, each of shape (n,); the model first, then the baselines.
        title: Title of the plot.
        unit: Unit of the values; may be empty.
        path: PNG file to write.
        band: Lower and upper bounds of the model's prediction intervals, each of shape (n,).
        band_label: Name of the band in the legend.
    """
    with new_figure(path, (9.5, 4.2), [title, unit, *forecasts]) as figure:
        axes = figure.subplots()
        if band is not None:
            gaps, lower = _broken_at_gaps(times, band[0])
            upper = _broken_at_gaps(times, band[1])[1]
            axes.fill_between(gaps, lower, upper, color=BLUE, alpha=0.18, lw=0, zorder=1.5, label=band_label)
        for i, (name, values) in enumerate({"actual": y_true, **forecasts}.items()):
            draw_line(axes, *_broken_at_gaps(times, values), _look(i - 1) if i else (INK, 2.4, "-", 2.0), name)
        axes.set_title(title)
        axes.set_ylabel(unit)
        _time_axis(axes, times)
        legend_below(figure, axes)


def error_by_step(by_step: Mapping[str, np.ndarray], *, interval_label: str, unit: str, path: str | Path) -> None:
    """Plots the mean absolute error by step ahead: lines, or bars for a horizon of 1.

    Args:
        by_step: Errors by name, each of shape (horizon,); the model first, then the baselines.
        interval_label: Label of the steps, such as "hours ahead".
        unit: Unit of the errors; may be empty.
        path: PNG file to write.
    """
    horizon = max(map(len, by_step.values()))
    height = 4.2 if horizon > 1 else 1.4 + 0.45 * len(by_step)
    with new_figure(path, (7.5, height), [*by_step, interval_label, unit]) as figure:
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
    """Plots the residuals of a forecast: over time, their distribution and their autocorrelation.

    Args:
        times: Times of the residuals, datetime64 or counters, ascending, of shape (n,).
        residuals: Actual minus forecast values, of shape (n,). Values that are not finite are left out.
        unit: Unit of the residuals; may be empty.
        path: PNG file to write.
    """
    finite = np.isfinite(residuals)
    omitted = f", {np.sum(~finite)} not finite (omitted)" if not finite.all() else ""
    times, values = np.asarray(times)[finite], np.asarray(residuals, np.float64)[finite]
    with new_figure(path, (9.5, 6.2), [unit]) as figure:
        if not len(values):
            figure.suptitle("No finite residuals")
            return
        grid = figure.add_gridspec(2, 2, height_ratios=(1.1, 1))
        over_time, spread, lags = (figure.add_subplot(grid[cell]) for cell in ((0, slice(None)), (1, 0), (1, 1)))
        label, mean = with_unit("actual − forecast", unit), float(values.mean())
        deviation = float(values.std()) if np.ptp(values) > 0 else 0.0  # std() may round to a little above 0
        over_time.axhline(0, color=GREY, linewidth=1)
        look = (BLUE, 0.8 if len(values) > 300 else 1.4, "-", 2.0)
        draw_line(over_time, *_broken_at_gaps(times, values), look, "")
        over_time.set_ylabel(label)
        over_time.set_title(
            f"Residuals: mean {mean:.3g}, standard deviation {deviation:.3g}, n = {len(values):,}{omitted}"
        )
        _time_axis(over_time, times)
        _distribution(spread, values, mean, deviation)
        spread.set_xlabel(label)
        _autocorrelation(lags, values, deviation)


def _distribution(axes: "Axes", values: np.ndarray, mean: float, deviation: float) -> None:
    low, high = _usual_range(values)
    bins = int(np.clip(math.sqrt(len(values)), 8, 60))
    density = np.full(len(values), bins / ((high - low) * len(values)))  # as a share of all values, also those outside
    axes.hist(values, bins=bins, range=(low, high), weights=density, color=SKY, edgecolor="white", linewidth=0.4)
    if deviation > 0:
        x = np.linspace(low, high, 300)
        normal = np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))
        axes.plot(x, normal, color=VERMILION, linewidth=1.6, label="normal distribution")
        axes.legend()
    outside = int(((values < low) | (values > high)).sum())
    axes.set_title("Distribution" + (f" ({outside:,} not shown)" if outside else ""))
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)


def _autocorrelation(axes: "Axes", values: np.ndarray, deviation: float) -> None:
    axes.set_title("Autocorrelation")
    axes.set_xlabel("lag (rows)")
    axes.set_ylim(-1.05, 1.05)
    if len(values) < 3 or not deviation > 0:
        axes.text(
            0.5, 0.5, "undefined: too few or constant residuals", transform=axes.transAxes, ha="center", color=GREY
        )
        return
    power = np.abs(np.fft.rfft(values - values.mean(), 1 << (2 * len(values) - 1).bit_length())) ** 2
    covariances = np.fft.irfft(power)
    lags = np.arange(1, min(len(values), int(np.clip(len(values) // 8, 10, 200)) + 1))
    correlations = covariances[lags] / covariances[0]
    band = 1.96 / math.sqrt(len(values))
    axes.axhspan(-band, band, color=PALE, alpha=0.7, linewidth=0, label="95 % band of white noise")
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
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, **DATE_FORMATS))
    if len(np.unique(times)) == 1:  # a day, so that the axis shows the hour
        axes.set_xlim(times[0] - np.timedelta64(12, "h"), times[0] + np.timedelta64(12, "h"))


def _broken_at_gaps(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inserts a NaN at time steps longer than four median steps (a long weekend) to break the line."""
    times, values = np.asarray(times), np.asarray(values, np.float64)
    if len(times) < 3:
        return times, values
    steps = np.diff(times)
    median = np.median(steps.astype(np.int64)).astype(steps.dtype)
    after_gap = np.flatnonzero((steps > 4 * median) | (steps < 0 * median)) + 1  # back in time: the next series
    return np.insert(times, after_gap, times[after_gap]), np.insert(values, after_gap, np.nan)


def _usual_range(values: np.ndarray) -> tuple[float, float]:
    """Returns the range of the values within five standard deviations, estimated from the quartiles, of the median."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low - 0.5, high + 0.5
    first, median, third = np.quantile(values, (0.25, 0.5, 0.75)).tolist()
    reach = 5 * (third - first) / 1.349
    return (max(low, median - reach), min(high, median + reach)) if reach > 0 else (low, high)
