"""Learning curve: a score by epoch."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.plots.canvas import (
    BASELINE_COLOURS,
    BLUE,
    DASHES,
    GREY,
    count_axis,
    draw_line,
    label_log_ticks,
    legend_below,
    new_figure,
    with_unit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def learning_curve(
    history: Mapping[str, Sequence[float]],
    best_epoch: int,
    *,
    reference: Mapping[str, float] | None,
    unit: str,
    path: str | Path,
    score: str = "error",
) -> None:
    """Plots a score by epoch, with the best epoch marked on the last curve and baselines as dashed lines.

    Args:
        history: Score after each epoch by part of the data, such as "training" and "validation".
        best_epoch: Epoch whose weights are restored, counted from 1.
        reference: Score of each baseline, or None.
        unit: Unit of the scores; may be empty.
        path: The PNG file.
        score: Name of the score, for the y axis.
    """
    with new_figure(path, (7.5, 4.2), [*history, *(reference or {}), unit]) as figure:
        axes = figure.subplots()
        shown = [value for values in history.values() for value in values] + list((reference or {}).values())
        for (name, values), colour in zip(history.items(), [*BASELINE_COLOURS[: len(history) - 1], BLUE], strict=True):
            draw_line(axes, np.arange(1, len(values) + 1), values, (colour, 1.8, "-", 2.0), name)
        for i, (name, value) in enumerate((reference or {}).items()):
            axes.axhline(value, color=GREY, linewidth=1.2, linestyle=DASHES[i % len(DASHES)], label=name, zorder=1.5)
        last = list(history)[-1]
        if 1 <= best_epoch <= len(history[last]) and math.isfinite(best := history[last][best_epoch - 1]):
            axes.plot([best_epoch], [best], "o", color=BLUE, markersize=9, markeredgecolor="white", zorder=3)
            axes.axvline(best_epoch, color=BLUE, linewidth=0.8, alpha=0.5, zorder=1)
            axes.set_title(f"Best: epoch {best_epoch}, {last} {best:.4g} {unit}".rstrip())
        _scale_errors(axes, shown)
        count_axis(axes, "epoch", max(map(len, history.values())))
        axes.set_ylabel(with_unit(score, unit))
        legend_below(figure, axes)


def _scale_errors(axes: "Axes", shown: Sequence[float]) -> None:
    """Uses a logarithmic y axis if the errors span more than a factor of ten."""
    finite = [value for value in shown if math.isfinite(value)]
    if finite and min(finite) > 0 and max(finite) > 10 * min(finite):
        axes.set_yscale("log")
        label_log_ticks(axes.yaxis, min(finite), max(finite))
