"""Plots of a tagger of series: scores by label, and a stretch of rows with its true and predicted labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.table import Table
from seqkit.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SILVER,
    SKY,
    VERMILION,
    new_figure,
)
from seqkit.plots.names import shortened
from seqkit.tasks.tag import plots as word_plots
from seqkit.tasks.tag.series.metrics import segments_of
from seqkit.tasks.tag.series.scores import SeriesScores
from seqkit.tasks.tag.series.state import SeriesState

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ROWS = 600
"""Maximum number of rows of the stretch that is drawn."""

MAX_CURVES = 5
"""Maximum number of columns that are drawn."""

COLOURS = (SKY, ORANGE, GREEN, VERMILION, PURPLE, BLUE, "#F0E442", GREY)


def scores_by_label(models: Sequence[dict[str, Any]], path: Path) -> None:
    """Draws the F1 of the segments of each label by the model and the baselines.

    Args:
        models: Scores of each model, from `seqkit.tasks.tag.series.metrics.summary`, the run's own first.
        path: The PNG file.
    """
    renamed = [{**m, "types": [{**row, "spans": row["segments"]} for row in m["types"]]} for m in models]
    word_plots.scores_by_label(renamed, path, counted="segments")


def stretch(table: Table, state: SeriesState, scores: SeriesScores, part: str, path: Path) -> None:
    """Draws the columns of one stretch of rows, and below it the true labels and those of each model as bands.

    The stretch is the one with the most labels, and of these with the most segments.

    Args:
        table: The table.
        state: The state.
        scores: Scores of the part.
        part: Name of the part, for the title.
        path: The PNG file.
    """
    first, end = _busiest(scores)
    rows = scores.rows[first:end]
    drawn = [name for name in state.columns if np.ptp(table.columns[name][rows]) > 0][:MAX_CURVES] or [state.columns[0]]
    bands = {"true": scores.true, **{name: y for name, y in scores.labels.items() if len(np.unique(y)) > 1}}
    present = sorted({int(code) for values in bands.values() for code in np.unique(values[first:end])})
    colours = {code: COLOURS[place % len(COLOURS)] for place, code in enumerate(present)}
    recording = table.ids[int(table.series_of(rows[:1])[0])] if len(table.ids) > 1 else ""
    names = [shortened(scores.names[code]) for code in present]
    heights = [1.0] * len(drawn) + [0.45] * len(bands)
    x = np.arange(len(rows) + 1)
    size = (9.5, 1.3 + 0.8 * len(drawn) + 0.36 * len(bands))
    with new_figure(path, size, [*drawn, *bands, *names, recording]) as figure:
        axes = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        for axis, name in zip(axes, drawn, strict=False):
            axis.plot(x[:-1] + 0.5, table.columns[name][rows], color=INK, lw=0.9)
            axis.set_ylabel(shortened(name), rotation=0, ha="right", va="center", fontsize=9)
            axis.tick_params(axis="x", length=0, labelbottom=False)
            axis.tick_params(axis="y", labelsize=8)
        for axis, (name, labels) in zip(axes[len(drawn) :], bands.items(), strict=True):
            _band(axis, labels[first:end], colours)
            axis.set_ylabel(shortened(name), rotation=0, ha="right", va="center", fontsize=9)
        axes[-1].set_xlim(0, len(rows))
        places = np.unique(np.linspace(0, len(rows) - 1, 6).astype(int))
        axes[-1].tick_params(axis="x", labelbottom=True, labelsize=8)
        axes[-1].set_xticks(places + 0.5, [_moment(table.time[rows[place]]) for place in places])
        where = f", {shortened(recording)}" if recording else ""
        axes[0].set_title(f"Labels of {len(rows):,} {part} rows{where}", fontsize=11)
        _legend(figure, [colours[code] for code in present], names)


def _band(axes: "Axes", labels: np.ndarray, colours: dict[int, str]) -> None:
    """Draws the segments of labels as a band of colour."""
    segments = segments_of(labels, np.zeros(len(labels), np.int64))
    for (begin, end), code in zip(segments.ranges.tolist(), segments.labels.tolist(), strict=True):
        axes.axvspan(begin, end, color=colours[code], lw=0)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.axhline(0, color=SILVER, lw=0.4)


def _legend(figure: Any, colours: Sequence[str], names: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    columns = max(1, min(len(names), int(120 / (6 + max(map(len, names))))))
    handles = [Patch(color=colour, label=name) for colour, name in zip(colours, names, strict=True)]
    figure.legend(handles=handles, loc="outside lower center", ncols=columns)


def _busiest(scores: SeriesScores) -> tuple[int, int]:
    """Returns the positions [first, end) of rows of one stretch with the most labels, then the most segments."""
    best, chosen = (-1, -1), (0, 1)
    bounds = np.flatnonzero(np.diff(scores.stretches)) + 1
    for begin, stop in zip(np.append(0, bounds).tolist(), np.append(bounds, len(scores.rows)).tolist(), strict=True):
        for first in range(begin, max(stop - MAX_ROWS, begin) + 1, max(1, MAX_ROWS // 2)):
            true = scores.true[first : min(first + MAX_ROWS, stop)]
            rank = (len(np.unique(true)), int((np.diff(true) != 0).sum()))
            if rank > best:
                best, chosen = rank, (first, min(first + MAX_ROWS, stop))
    return chosen


def _moment(time: Any) -> str:
    return str(time.astype("datetime64[s]")).replace("T", "\n") if isinstance(time, np.datetime64) else f"{time:,}"
