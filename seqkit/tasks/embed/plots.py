"""A map of words: their vectors laid out in the plane, the names readable whatever the script.

It looks like the pictures of `seqkit.plots.canvas`.
"""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from seqkit.errors import DataError
from seqkit.plots.canvas import BLUE, GREY, INK, ORANGE, PALE, new_figure
from seqkit.plots.fonts import font_files
from seqkit.plots.label_placement import place_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Method = Literal["pca", "tsne"]

MIN_WORDS = 3
"""Words that make a map."""

MAX_NAME_LENGTH = 40
"""Letters of a name; a longer one is shown without its middle."""

_ROOM_FOR = 25  # words in a picture of the usual width
_GAP, _PAD = 6.0, 2.0  # pixels between a point and its name, and around each name
_TIED = 18.0  # pixels from which on a line leads from a point to its name


def word_map(
    words: Sequence[str],
    vectors: np.ndarray,
    path: str | Path,
    *,
    pairs: Sequence[tuple[str, str]] = (),
    method: Method = "pca",
    seed: int = 0,
    font: str | None = None,
) -> None:
    """Draws words where their vectors, at length one, lie when they are flattened.

    Args:
        words: At least three, each once.
        vectors: Of these, of shape (words, dimensions).
        path: The PNG file.
        pairs: Of the words; an arrow leads from the first to the second of each.
        method: "pca", the plane in which the vectors differ most, or "tsne", which keeps neighbours together.
        seed: Where t-SNE begins.
        font: A font file or an installed font.

    Raises:
        DataError: All vectors point the same way.
        UsageError: There is no such font, or it lacks a letter.
        MissingExtraError: No installed font has a letter.
        SeqkitError: The file cannot be written.
    """
    names = [_shortened(unicodedata.normalize("NFC", word)) for word in words]
    fonts = font_files(names, font)
    if method == "pca":
        places, shares = principal_components(vectors)
        title = f"{len(words):,} words, {shares.sum():.0%} of the variance of their vectors"
    else:
        places, perplexity = tsne(vectors, seed)
        title = f"{len(words):,} words, t-SNE with perplexity {perplexity:.3g}"
    width = 7.5 * float(np.clip(np.sqrt(len(words) / _ROOM_FOR), 1, 2))
    across, up = np.ptp(places, axis=0)
    height = width * float(np.clip(up / across, 0.65, 1.1))
    with new_figure(path, (width, height), []) as figure:
        from matplotlib.patheffects import withStroke

        axes = figure.subplots()
        axes.set_title(title)
        if method == "pca":
            axes.set_xlabel(f"first component, {shares[0]:.1%} of the variance")
            axes.set_ylabel(f"second component, {shares[1]:.1%}")
            axes.grid(visible=True, axis="both", color=PALE, linewidth=0.5)
        else:  # distances on this map have no unit
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_axisbelow(True)
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.12)
        axes.scatter(places[:, 0], places[:, 1], s=26, color=BLUE, linewidths=0, zorder=3)
        row_of = {word: row for row, word in enumerate(words)}
        arrows = np.array([(places[row_of[a]], places[row_of[b]]) for a, b in pairs]).reshape(-1, 2, 2)
        for start, end in arrows:
            look = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 1.3, "shrinkA": 4, "shrinkB": 4}
            axes.annotate("", end, start, arrowprops=look, zorder=2)
        size = 10.5 if len(words) <= 2 * _ROOM_FOR else 9
        texts = [
            axes.text(0, 0, name, font=Path(file), fontsize=size, color=INK, ha="left", va="bottom", zorder=4)
            for name, file in zip(names, fonts, strict=True)
        ]
        for text in texts:
            text.set_in_layout(False)
            text.set_path_effects([withStroke(linewidth=2, foreground="white")])  # readable where a line runs below
        _write_beside(figure, axes, texts, places, arrows)


def principal_components(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns where vectors, at length one, lie in the plane in which they differ most.

    Args:
        vectors: Of shape (words, dimensions).

    Returns:
        Places, float64, of shape (words, 2), each axis turned so that the place farthest out is positive; and the
        shares of the variance along both axes, (2,).

    Raises:
        DataError: All vectors point the same way.
    """
    centred = _directions(vectors)
    centred -= centred.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(vectors), 2))
    shares = np.zeros(2)
    kept = min(2, len(singular))
    places[:, :kept] = left[:, :kept] * singular[:kept]
    shares[:kept] = singular[:kept] ** 2 / (singular**2).sum()
    farthest = places[np.abs(places).argmax(axis=0), [0, 1]]
    return places * np.where(farthest < 0, -1, 1), shares


def tsne(vectors: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Returns where t-SNE lays vectors, at length one: neighbours together, far ones anywhere.

    After van der Maaten & Hinton 2008, https://jmlr.org/papers/v9/vandermaaten08a.html.

    Args:
        vectors: Of shape (words, dimensions), at least three.
        seed: Of the noise on the principal components, from which it begins.

    Returns:
        Places of shape (words, 2); and the perplexity, about how many neighbours count: 30, or a third of the words.

    Raises:
        DataError: All vectors point the same way.
    """
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(vectors) - 1) / 3)
    start = principal_components(vectors)[0]
    start *= 1e-4 / start[:, 0].std()  # as its authors have it, from a small cloud
    start += np.random.default_rng(seed).normal(0, 2e-5, start.shape)  # parts words that lie upon one another
    model = TSNE(2, perplexity=perplexity, init=start.astype(np.float32), random_state=seed)
    return np.asarray(model.fit_transform(_directions(vectors).astype(np.float32)), np.float64), perplexity


def _directions(vectors: np.ndarray) -> np.ndarray:
    """Returns vectors at length one, float64; zeros stay as they are."""
    rows = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    directions: np.ndarray = rows / np.where(lengths > 0, lengths, 1)
    if np.ptp(directions, axis=0).max() < 1e-7:  # what 32-bit floats tell apart
        raise DataError("The vectors of these words all point the same way: there is no map. Choose other words.")
    return directions


def _shortened(name: str) -> str:
    return (
        name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH // 2]}…{name[-MAX_NAME_LENGTH // 2 + 1 :]}"
    )


def _write_beside(figure: "Figure", axes: "Axes", texts: list["Text"], places: np.ndarray, arrows: np.ndarray) -> None:
    """Moves each name to where it hides nothing; one that must stand far from its point is tied to it by a line."""
    figure.draw_without_rendering()  # lays out the axes, so that data has its place in pixels
    figure.set_layout_engine("none")
    axes.autoscale(False)
    points = axes.transData.transform(places)
    sizes = np.array([[box.width, box.height] for box in (text.get_window_extent() for text in texts)]) + 2 * _PAD
    ends = axes.transData.transform(arrows.reshape(-1, 2)).reshape(-1, 2, 2)
    lines = [np.linspace(a, b, 2 + int(np.linalg.norm(b - a) / 4)) for a, b in ends]
    low, high = axes.bbox.get_points()
    corners = place_labels(points, sizes, low, high, lines=np.concatenate([np.empty((0, 2)), *lines]), gap=_GAP)
    to_data = axes.transData.inverted()
    for text, corner, size, point in zip(texts, corners, sizes, points, strict=True):
        x, y = to_data.transform(corner + _PAD)
        text.set_position((x, y))
        nearest = np.clip(point, corner + _PAD, corner + size - _PAD)
        if np.linalg.norm(nearest - point) > _TIED:
            axes.plot(*to_data.transform(np.stack([point, nearest])).T, color=GREY, linewidth=0.6, zorder=1)
