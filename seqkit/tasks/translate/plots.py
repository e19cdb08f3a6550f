"""Draws where a model looked while it wrote a translation."""

from pathlib import Path

from seqkit.plots.canvas import INK, new_figure
from seqkit.tasks.translate.inference import Alignment

MAX_PIECES = 60
"""Pieces of a side that are drawn at most; the title says where there are more."""


def attention(alignment: Alignment, path: str | Path, *, title: str = "") -> None:
    """Plots the weight of each source piece for each piece of the translation.

    Args:
        alignment: Where the model looked.
        path: The PNG file; its folder is created if missing.
        title: Title of the figure.

    Raises:
        UnwritableError: The file cannot be written.
    """
    source, target = alignment.source[:MAX_PIECES], alignment.target[:MAX_PIECES]
    weights = alignment.weights[: len(target), : len(source)]
    for drawn, pieces, side in ((source, alignment.source, "source"), (target, alignment.target, "translation")):
        if len(drawn) < len(pieces):
            title += f"\nfirst {len(drawn)} of the {len(pieces)} pieces of the {side}"
    size = (1.6 + 0.34 * len(source), 1.4 + 0.34 * len(target))
    with new_figure(path, (max(size[0], 3.2), max(size[1], 2.4)), [*source, *target, title]) as figure:
        axes = figure.add_subplot()
        axes.grid(visible=False)
        image = axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="equal")
        axes.set_xticks(range(len(source)), list(map(_label, source)), rotation=60, ha="left")
        axes.set_yticks(range(len(target)), list(map(_label, target)))
        axes.xaxis.tick_top()
        axes.tick_params(length=0, colors=INK, labelrotation=0, axis="y")
        axes.set_title(title, fontsize=10)
        figure.colorbar(image, ax=axes, shrink=0.6, label="weight")


def _label(piece: str) -> str:
    """Returns a piece without blanks around it; a mark for a blank, and for bytes within a character."""
    return piece.strip() or ("␣" if piece else "·")
