"""Pictures of how a model labels: what it takes for what, and whether it is as sure as it is right.

They look like those of `seqkit.plots.canvas`. Any number of classes, with names in any script and of any length, can be
drawn.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.plots.canvas import BLUE, GREY, INK, ORANGE, SKY, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_CLASSES = 40
"""More classes than these are drawn as one, the rarest of them."""

MOST_WITH_SHARES, MOST_WITH_COUNTS = 10, 20
"""Up to so many classes, each cell shows its share and its count; up to so many, its count."""

WIDEST_NAME = 24
"""Of a class, in letters; Chinese, Japanese and Korean ones are two wide."""

FEW = 10
"""A mean of fewer examples is drawn hollow: it may lie anywhere."""


def confusion_matrix(counts: np.ndarray, classes: Sequence[str], path: str | Path) -> None:
    """Draws how often each true class was labelled each class; the bluer, the larger the share of the true class.

    Args:
        counts: By true class (rows) and predicted class (columns), of shape (classes, classes).
        classes: Their names, in order.
        path: The PNG file.
    """
    total, right = int(np.sum(counts)), int(np.trace(counts))
    counts, names = _fewer(np.asarray(counts), [_shortened(name) for name in classes])
    n = len(names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    line, side = 0.085 * max(map(_width, names)), 0.65 * n if n <= MOST_WITH_SHARES else 2.6 + 0.25 * n  # inches
    upright = line * n > max(side, 5)
    side = max(side, 3.2, 0 if upright else line * n)
    with new_figure(path, (side + 1.9 + line, side + 0.9 + (line if upright else 0.2)), names) as figure:
        from matplotlib.colors import LinearSegmentedColormap, PowerNorm

        figure.set_layout_engine("compressed")  # the colour bar as high as the squares are
        axes = figure.subplots()
        colours = LinearSegmentedColormap.from_list("shares", ["white", SKY, BLUE])
        scale = PowerNorm(0.5, 0, 1)  # by the root: so that rare mistakes can be seen
        image = axes.imshow(shares, cmap=colours, norm=scale, interpolation="nearest")
        size = 9 if n <= MOST_WITH_SHARES else 7.5
        axes.set_xticks(range(n), names, rotation=90 if upright else 0, fontsize=size)
        axes.set_yticks(range(n), names, fontsize=size)
        axes.set_xticks(np.arange(n - 1) + 0.5, minor=True)
        axes.set_yticks(np.arange(n - 1) + 0.5, minor=True)
        axes.tick_params(which="both", length=0)
        axes.grid(visible=False)
        axes.grid(which="minor", axis="both", color="white", linewidth=1 if n <= MOST_WITH_COUNTS else 0.5)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        axes.set_title(f"{right / max(total, 1):.1%} of {total:,} right", fontsize=11)
        if n <= MOST_WITH_COUNTS:
            _write_cells(axes, counts, shares)
        ticks = (0, 0.01, 0.05, 0.2, 0.5, 1)
        bar = figure.colorbar(image, ax=axes, ticks=ticks, format="{x:.0%}", fraction=0.05, pad=0.02, aspect=30)
        bar.set_label("share of the true class")
        bar.outline.set_visible(False)


def reliability(
    bins: Sequence[Mapping[str, Any]], path: str | Path, *, error: float | None = None, multi_label: bool = False
) -> None:
    """Draws how often what was held this likely came; on the diagonal, a model is as sure as it is right.

    Args:
        bins: Rows of the reliability table, ascending: `low`, `high`, `confidence`, `accuracy`, `count`; both means
            None where the count is 0.
        path: The PNG file.
        error: The expected calibration error, which stands above.
        multi_label: Whether the table is of pairs of example and label, and not of examples.
    """
    filled = [each for each in bins if each["count"]]
    with new_figure(path, (5.4, 6.0), []) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        upper.plot([0, 1], [0, 1], color=GREY, linewidth=1.2, linestyle=(0, (5, 2)), label="as sure as right")
        x, y = ([each[name] for each in filled] for name in ("confidence", "accuracy"))
        upper.vlines(x, x, y, color=ORANGE, linewidth=2.5, label="too sure (below), too unsure (above)")
        faces = [BLUE if each["count"] >= FEW else "white" for each in filled]
        upper.plot(x, y, color=BLUE, linewidth=1.2, zorder=2.5)
        upper.scatter(x, y, s=34, color=faces, edgecolors=BLUE, linewidths=1.5, zorder=3)
        upper.set_xlim(0, 1)
        upper.set_ylim(-0.02, 1.02)
        upper.set_ylabel("share that came true" if multi_label else "share labelled right")
        upper.set_title("" if error is None else f"Expected calibration error {error:.3f}")
        upper.legend(loc="upper left")
        widths = [each["high"] - each["low"] for each in bins]
        heights = [each["count"] for each in bins]
        lower.bar([each["low"] for each in bins], heights, widths, align="edge", color=SKY, edgecolor="white")
        lower.set_ylabel("pairs" if multi_label else "examples")
        lower.set_xlabel("probability of the label" if multi_label else "probability of the likeliest label")
        lower.yaxis.set_major_formatter("{x:,.0f}")
        lower.locator_params(axis="y", nbins=4, integer=True)
        figure.align_ylabels()


def _write_cells(axes: "Axes", counts: np.ndarray, shares: np.ndarray) -> None:
    """Writes into each cell that is not empty."""
    few = len(counts) <= MOST_WITH_SHARES
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = shares[row, column]
            text = f"{count:,}\n{share:.1%}" if few else f"{count:,}"
            colour, size = "white" if share > 0.6 else INK, 8.5 if few else 6
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)


def _fewer(counts: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Puts the rarest classes together at the end where there are more than can be drawn."""
    if len(names) <= MAX_CLASSES:
        return counts, names
    frequent = np.argsort(-counts.sum(axis=1), kind="stable")[: MAX_CLASSES - 1]
    place = np.full(len(names), MAX_CLASSES - 1)
    place[np.sort(frequent)] = np.arange(MAX_CLASSES - 1)
    fewer = np.zeros((MAX_CLASSES, MAX_CLASSES), counts.dtype)
    np.add.at(fewer, (place[:, None], place[None, :]), counts)
    kept = [names[i] for i in np.sort(frequent)]
    return fewer, [*kept, f"{len(names) - len(kept)} others"]


def _shortened(name: str) -> str:
    """Returns a name on one line, its middle left out where it is long: beginnings and ends tell names apart."""
    letters = [letter for letter in " ".join(str(name).split()) if letter.isprintable()]
    widths = [_width(letter) for letter in letters]
    if sum(widths) <= WIDEST_NAME:
        return "".join(letters)
    half = (WIDEST_NAME - 1) / 2
    first = int(np.searchsorted(np.cumsum(widths), half, side="right"))
    last = int(np.searchsorted(np.cumsum(widths[::-1]), half, side="right"))
    return "".join([*letters[:first], "…", *letters[len(letters) - last :]])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
