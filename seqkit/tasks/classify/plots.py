"""Plots of a classifier: confusion matrix and reliability diagram.

Both handle any number of classes, with names of any length in any script.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.plots.canvas import BLUE, GREY, INK, ORANGE, SKY, new_figure
from seqkit.plots.names import shortened, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_CLASSES = 40
"""Maximum number of classes in a confusion matrix; the rarest ones beyond it are merged."""

MAX_CLASSES_WITH_SHARES, MAX_CLASSES_WITH_COUNTS = 10, 20
"""Maximum number of classes for which cells show share and count, and for which they show the count."""

MIN_RELIABLE_COUNT = 10
"""Points with fewer examples than this are drawn hollow, as their mean is unreliable."""


def confusion_matrix(counts: np.ndarray, classes: Sequence[str], path: str | Path) -> None:
    """Draws a confusion matrix, coloured by the share of the true class.

    Args:
        counts: Counts by true (rows) and predicted class (columns), of shape (classes, classes).
        classes: Class names, in order.
        path: The PNG file to write.
    """
    total, correct = int(np.sum(counts)), int(np.trace(counts))
    counts, names = _merge_rare(np.asarray(counts), [shortened(name) for name in classes])
    n = len(names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 0.65 * n if n <= MAX_CLASSES_WITH_SHARES else 2.6 + 0.25 * n  # inches
    name_width = 0.085 * max(map(text_width, names))  # inches
    vertical = name_width * n > max(side, 5)
    side = max(side, 3.2, 0 if vertical else name_width * n)
    with new_figure(path, (side + 1.9 + name_width, side + 0.9 + (name_width if vertical else 0.2)), names) as figure:
        from matplotlib.colors import LinearSegmentedColormap, PowerNorm

        figure.set_layout_engine("compressed")  # makes the colour bar as high as the matrix
        axes = figure.subplots()
        colours = LinearSegmentedColormap.from_list("shares", ["white", SKY, BLUE])
        scale = PowerNorm(0.5, 0, 1)  # square root, so that rare errors are visible
        image = axes.imshow(shares, cmap=colours, norm=scale, interpolation="nearest")
        size = 9 if n <= MAX_CLASSES_WITH_SHARES else 7.5
        axes.set_xticks(range(n), names, rotation=90 if vertical else 0, fontsize=size)
        axes.set_yticks(range(n), names, fontsize=size)
        axes.set_xticks(np.arange(n - 1) + 0.5, minor=True)
        axes.set_yticks(np.arange(n - 1) + 0.5, minor=True)
        axes.tick_params(which="both", length=0)
        axes.grid(visible=False)
        axes.grid(which="minor", axis="both", color="white", linewidth=1 if n <= MAX_CLASSES_WITH_COUNTS else 0.5)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        axes.set_title(f"{correct / max(total, 1):.1%} of {total:,} correct", fontsize=11)
        if n <= MAX_CLASSES_WITH_COUNTS:
            _write_cells(axes, counts, shares)
        ticks = (0, 0.01, 0.05, 0.2, 0.5, 1)
        bar = figure.colorbar(image, ax=axes, ticks=ticks, format="{x:.0%}", fraction=0.05, pad=0.02, aspect=30)
        bar.set_label("share of the true class")
        bar.outline.set_visible(False)


def reliability(
    bins: Sequence[Mapping[str, Any]], path: str | Path, *, error: float | None = None, multi_label: bool = False
) -> None:
    """Draws a reliability diagram: accuracy against confidence, above a histogram of the confidence.

    Args:
        bins: Rows of the reliability table, ascending: `low`, `high`, `confidence`, `accuracy`, `count`; both means
            are None if the count is 0.
        path: The PNG file to write.
        error: Expected calibration error, for the title.
        multi_label: Whether the table counts pairs of example and label instead of examples.
    """
    filled = [row for row in bins if row["count"]]
    with new_figure(path, (5.4, 6.0), []) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        upper.plot([0, 1], [0, 1], color=GREY, linewidth=1.2, linestyle=(0, (5, 2)), label="perfectly calibrated")
        x, y = ([row[name] for row in filled] for name in ("confidence", "accuracy"))
        upper.vlines(x, x, y, color=ORANGE, linewidth=2.5, label="overconfident (below), underconfident (above)")
        faces = [BLUE if row["count"] >= MIN_RELIABLE_COUNT else "white" for row in filled]
        upper.plot(x, y, color=BLUE, linewidth=1.2, zorder=2.5)
        upper.scatter(x, y, s=34, color=faces, edgecolors=BLUE, linewidths=1.5, zorder=3)
        upper.set_xlim(0, 1)
        upper.set_ylim(-0.02, 1.02)
        upper.set_ylabel("share of positives" if multi_label else "accuracy")
        upper.set_title("" if error is None else f"Expected calibration error {error:.3f}")
        upper.legend(loc="upper left")
        widths = [row["high"] - row["low"] for row in bins]
        heights = [row["count"] for row in bins]
        lower.bar([row["low"] for row in bins], heights, widths, align="edge", color=SKY, edgecolor="white")
        lower.set_ylabel("pairs" if multi_label else "examples")
        lower.set_xlabel("probability of the label" if multi_label else "probability of the predicted label")
        lower.yaxis.set_major_formatter("{x:,.0f}")
        lower.locator_params(axis="y", nbins=4, integer=True)
        figure.align_ylabels()


def _write_cells(axes: "Axes", counts: np.ndarray, shares: np.ndarray) -> None:
    """Writes the count, and in a small matrix the share, into each cell that is not empty."""
    small = len(counts) <= MAX_CLASSES_WITH_SHARES
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = shares[row, column]
            text = f"{count:,}\n{share:.1%}" if small else f"{count:,}"
            colour, size = "white" if share > 0.6 else INK, 8.5 if small else 6
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)


def _merge_rare(counts: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Merges the rarest classes into a last one if there are more than `MAX_CLASSES`."""
    if len(names) <= MAX_CLASSES:
        return counts, names
    frequent = np.sort(np.argsort(-counts.sum(axis=1), kind="stable")[: MAX_CLASSES - 1])
    merged_index = np.full(len(names), MAX_CLASSES - 1)
    merged_index[frequent] = np.arange(MAX_CLASSES - 1)
    merged = np.zeros((MAX_CLASSES, MAX_CLASSES), counts.dtype)
    np.add.at(merged, (merged_index[:, None], merged_index[None, :]), counts)
    return merged, [*(names[i] for i in frequent), f"{len(names) - len(frequent)} others"]
