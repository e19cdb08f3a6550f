"""What a model remembers: gradient by step, error by length of memory, and the share of each column."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.plots.canvas import BLUE, GREY, ORANGE, label_log_ticks, new_figure
from seqkit.plots.names import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_COLUMNS = 12
"""Most columns to show; the others are summed."""


def plot_memory(
    norms: Sequence[float],
    kept: Sequence[int],
    errors: Sequence[float],
    shares: Mapping[str, float],
    *,
    span: int,
    title: str,
    score: str,
    path: str | Path,
) -> None:
    """Draws three panels and writes them to a PNG file.

    Args:
        norms: Norm of the gradient with respect to each step, the oldest first.
        kept: Numbers of last steps that were kept.
        errors: Error with each of them.
        shares: Share of each column, by name.
        span: Steps that the model remembers.
        title: Sentence above the panels.
        score: Name of the error.
        path: The PNG file.
    """
    with new_figure(path, (9.5, 6.4), [title, score, *shares]) as figure:
        panels: dict[str, Axes] = figure.subplot_mosaic(
            [["gradient", "columns"], ["error", "columns"]], width_ratios=(1.6, 1)
        )
        figure.suptitle(title, x=0.01, ha="left", fontsize=11)
        back = np.arange(len(norms))[::-1]
        positive = np.where(np.asarray(norms) > 0, norms, np.nan)
        panels["gradient"].plot(back, positive, color=BLUE)
        if np.isfinite(positive).any():
            panels["gradient"].set_yscale("log")
            label_log_ticks(panels["gradient"].yaxis, np.nanmin(positive), np.nanmax(positive))
        panels["gradient"].set(xlabel="steps back", ylabel="norm of the gradient")
        panels["error"].plot(kept, errors, color=BLUE, marker="o")
        panels["error"].axvline(span, color=ORANGE, linestyle="--")
        panels["error"].axhline(errors[-1], color=GREY, linewidth=0.8)
        panels["error"].set_xscale("log")
        label_log_ticks(panels["error"].xaxis, kept[0], kept[-1])
        panels["error"].set(xlabel="last steps kept, all before replaced", ylabel=score)
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        shown = ranked[:MAX_COLUMNS]
        if len(ranked) > MAX_COLUMNS:
            shown.append((f"{len(ranked) - MAX_COLUMNS} others", sum(share for _, share in ranked[MAX_COLUMNS:])))
        names, widths = zip(*((shortened(name), share) for name, share in reversed(shown)), strict=True)
        panels["columns"].barh(range(len(names)), [100 * width for width in widths], color=BLUE)
        panels["columns"].set_yticks(range(len(names)), names)
        panels["columns"].set(xlabel="share of the error, %")
        panels["columns"].grid(visible=False)
