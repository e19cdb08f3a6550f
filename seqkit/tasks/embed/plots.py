"""Plots a two-dimensional map of word vectors, with readable names in any script."""

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
"""Minimum number of words in a map."""

MAX_NAME_LENGTH = 40
"""Maximum number of characters of a name; a longer one loses its middle."""

_WORDS_PER_WIDTH = 25  # number of words up to which the figure has its standard width
_GAP, _PAD = 6.0, 2.0  # pixels between a point and its name, and around each name
_MIN_LINE_LENGTH = 18.0  # pixels between a point and its name above which a line connects them


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
    """Plots words at a two-dimensional projection of their unit vectors.

    Args:
        words: At least three different words.
        vectors: Their vectors, of shape (words, dimensions).
        path: The PNG file to write.
        pairs: Pairs of the words to connect by an arrow.
        method: "pca", the first two principal components, or "tsne", which preserves neighbourhoods.
        seed: Random seed of t-SNE.
        font: A font file, or the name of an installed font.

    Raises:
        DataError: All vectors have the same direction.
        UsageError: The font does not exist, or lacks a character.
        MissingExtraError: No installed font has a character.
        SeqkitError: The file cannot be written.
    """
    names = [_shortened(unicodedata.normalize("NFC", word)) for word in words]
    fonts = font_files(names, font)
    if method == "pca":
        positions, shares = principal_components(vectors)
        title = f"{len(words):,} words, {shares.sum():.0%} of the variance of their vectors"
    else:
        positions, perplexity = tsne(vectors, seed)
        title = f"{len(words):,} words, t-SNE with perplexity {perplexity:.3g}"
    width = 7.5 * float(np.clip(np.sqrt(len(words) / _WORDS_PER_WIDTH), 1, 2))
    x_range, y_range = np.ptp(positions, axis=0)
    height = width * float(np.clip(y_range / x_range, 0.65, 1.1))
    with new_figure(path, (width, height), []) as figure:
        from matplotlib.patheffects import withStroke

        axes = figure.subplots()
        axes.set_title(title)
        if method == "pca":
            axes.set_xlabel(f"first component, {shares[0]:.1%} of the variance")
            axes.set_ylabel(f"second component, {shares[1]:.1%}")
            axes.grid(visible=True, axis="both", color=PALE, linewidth=0.5)
        else:  # distances in a t-SNE map have no unit
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_axisbelow(True)
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.12)
        axes.scatter(positions[:, 0], positions[:, 1], s=26, color=BLUE, linewidths=0, zorder=3)
        row_of = {word: row for row, word in enumerate(words)}
        arrows = np.array([(positions[row_of[a]], positions[row_of[b]]) for a, b in pairs]).reshape(-1, 2, 2)
        for start, end in arrows:
            style = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 1.3, "shrinkA": 4, "shrinkB": 4}
            axes.annotate("", end, start, arrowprops=style, zorder=2)
        size = 10.5 if len(words) <= 2 * _WORDS_PER_WIDTH else 9
        texts = [
            axes.text(0, 0, name, font=Path(file), fontsize=size, color=INK, ha="left", va="bottom", zorder=4)
            for name, file in zip(names, fonts, strict=True)
        ]
        for text in texts:
            text.set_in_layout(False)
            text.set_path_effects([withStroke(linewidth=2, foreground="white")])  # readable across lines
        _place_names(figure, axes, texts, positions, arrows)


def principal_components(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Projects unit vectors onto their first two principal components.

    Args:
        vectors: Word vectors, of shape (words, dimensions); only their directions count.

    Returns:
        Positions, float64, of shape (words, 2), with the sign of each axis chosen so that the position farthest from
        zero is positive; and the explained variance ratio of each axis, of shape (2,).

    Raises:
        DataError: All vectors have the same direction.
    """
    centred = _unit_vectors(vectors)
    centred -= centred.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    positions = np.zeros((len(vectors), 2))
    shares = np.zeros(2)
    components = min(2, len(singular))
    positions[:, :components] = left[:, :components] * singular[:components]
    shares[:components] = singular[:components] ** 2 / (singular**2).sum()
    farthest = positions[np.abs(positions).argmax(axis=0), [0, 1]]
    return positions * np.where(farthest < 0, -1, 1), shares


def tsne(vectors: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Projects unit vectors by t-SNE, which preserves neighbourhoods but not distances.

    L. van der Maaten and G. Hinton, 2008, https://jmlr.org/papers/v9/vandermaaten08a.html

    Args:
        vectors: Word vectors, of shape (words, dimensions), at least three; only their directions count.
        seed: Random seed of the noise added to the initial positions, the principal components.

    Returns:
        Positions, of shape (words, 2); and the perplexity: 30, or a third of the words if there are fewer.

    Raises:
        DataError: All vectors have the same direction.
    """
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(vectors) - 1) / 3)
    start = principal_components(vectors)[0]
    start *= 1e-4 / start[:, 0].std()  # a small initial spread, as in the paper
    start += np.random.default_rng(seed).normal(0, 2e-5, start.shape)  # separates coinciding words
    model = TSNE(2, perplexity=perplexity, init=start.astype(np.float32), random_state=seed)
    return np.asarray(model.fit_transform(_unit_vectors(vectors).astype(np.float32)), np.float64), perplexity


def _unit_vectors(vectors: np.ndarray) -> np.ndarray:
    """Scales vectors to unit length, float64; zero vectors stay zero."""
    rows = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: np.ndarray = rows / np.where(lengths > 0, lengths, 1)
    if np.ptp(unit, axis=0).max() < 1e-7:  # float32 precision
        raise DataError("The vectors of these words all have the same direction. Choose other words.")
    return unit


def _shortened(name: str) -> str:
    return (
        name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH // 2]}…{name[-MAX_NAME_LENGTH // 2 + 1 :]}"
    )


def _place_names(
    figure: "Figure", axes: "Axes", texts: list["Text"], positions: np.ndarray, arrows: np.ndarray
) -> None:
    """Moves each name to a free position next to its point, and connects distant names to their points by a line."""
    figure.draw_without_rendering()  # fixes the layout, so that data has pixel coordinates
    figure.set_layout_engine("none")
    axes.autoscale(False)
    points = axes.transData.transform(positions)
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
        if np.linalg.norm(nearest - point) > _MIN_LINE_LENGTH:
            axes.plot(*to_data.transform(np.stack([point, nearest])).T, color=GREY, linewidth=0.6, zorder=1)
