"""The map of words, read from the Matplotlib figure before it is saved, and the file."""

import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Annotation, Text
from sklearn.decomposition import PCA

from seqkit.errors import DataError, MissingExtraError
from seqkit.tasks.embed import plots as word_plots
from seqkit.tasks.embed.plots import principal_components, tsne, word_map

WORDS = ["king", "queen", "man", "woman", "prince", "princess"]


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(6, 10)).astype(np.float32)


def names(figure: Figure) -> list[Text]:
    return [text for text in figure.axes[0].texts if not isinstance(text, Annotation)]


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)


def test_components_match_scikit_learn_on_unit_vectors(vectors):
    positions, shares = principal_components(vectors * np.array([[1], [2], [3], [4], [5], [6]]))
    reference = PCA(2)
    expected = reference.fit_transform(unit(vectors))
    np.testing.assert_allclose(np.abs(positions), np.abs(expected), atol=1e-7)
    np.testing.assert_allclose(shares, reference.explained_variance_ratio_, atol=1e-7)
    assert (positions.max(axis=0) == np.abs(positions).max(axis=0)).all()


def test_planar_vectors_keep_all_variance_and_collinear_ones_use_one_axis():
    positions, shares = principal_components(np.array([[1, 0], [0, 1], [-1, 0], [0, -2]]))
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(np.linalg.norm(positions, axis=1), 1)
    positions, shares = principal_components(np.array([[1.0], [-3], [2]]))
    np.testing.assert_allclose(np.abs(positions), [[2 / 3, 0], [4 / 3, 0], [2 / 3, 0]])
    assert shares.tolist() == [pytest.approx(1), 0]


def test_the_map_shows_words_at_their_positions_and_the_explained_variance(tmp_path, figures, vectors):
    word_map(WORDS, vectors, tmp_path / "a.png")
    positions, shares = principal_components(vectors)
    (axes,) = figures[0].axes
    np.testing.assert_allclose(axes.collections[0].get_offsets(), positions)
    assert [text.get_text() for text in names(figures[0])] == WORDS
    assert axes.get_title(loc="left") == f"6 words, {shares.sum():.0%} of the variance of their vectors"
    assert axes.get_xlabel() == f"first component, {shares[0]:.1%} of the variance"
    assert axes.get_ylabel() == f"second component, {shares[1]:.1%}"
    x_scale, y_scale = (np.diff(axes.transData.transform([[0, 0], [1, 1]]), axis=0)[0]).tolist()
    assert x_scale == pytest.approx(y_scale)


def test_arrows_point_from_the_first_to_the_second_word_of_each_pair(tmp_path, figures, vectors):
    word_map(WORDS, vectors, tmp_path / "a.png", pairs=[("man", "king"), ("woman", "queen")])
    arrows = [text for text in figures[0].axes[0].texts if isinstance(text, Annotation)]
    positions = principal_components(vectors)[0]
    assert len(arrows) == 2
    for arrow, (first, second) in zip(arrows, [(2, 0), (3, 1)], strict=True):
        np.testing.assert_allclose(arrow.xyann, positions[first])
        np.testing.assert_allclose(arrow.xy, positions[second])


@pytest.mark.parametrize("count", [3, 12, 60])
def test_names_do_not_overlap_and_stay_close_to_their_points(tmp_path, figures, count):
    rng = np.random.default_rng(count)
    words = [f"word number {i}"[: 4 + i % 10] + f"-{i}" for i in range(count)]
    word_map(words, rng.normal(size=(count, 5)), tmp_path / "a.png", pairs=[(words[0], words[2])])
    (axes,) = figures[0].axes
    boxes = [text.get_window_extent() for text in names(figures[0])]
    assert not any(boxes[i].overlaps(boxes[j]) for i in range(count) for j in range(i))
    points = axes.transData.transform(np.asarray(axes.collections[0].get_offsets()))
    for box, point in zip(boxes, points, strict=True):
        assert axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1
        assert axes.bbox.y0 <= box.y0 and box.y1 <= axes.bbox.y1
        nearest = np.clip(point, box.min, box.max)
        assert np.linalg.norm(nearest - point) < 130
        assert not any(box.contains(*other) for other in points)
    assert max(figures[0].get_size_inches()) <= 17


def test_a_line_connects_a_distant_name_to_its_point(tmp_path, figures):
    together = np.random.default_rng(0).normal([1, 0, 0, 0], 1e-3, (12, 4))
    words = [f"word{i}" for i in range(14)]
    word_map(words, np.concatenate([together, [[0, 1, 0, 0], [0, 0, 1, 0]]]), tmp_path / "a.png")
    (axes,) = figures[0].axes
    points = np.asarray(axes.collections[0].get_offsets())
    assert len(axes.get_lines()) >= 4
    assert not axes.get_autoscale_on()  # lines must not change the limits that the names were placed for
    for line in axes.get_lines():
        start = line.get_xydata()[0]
        assert np.linalg.norm(points - start, axis=1).min() == pytest.approx(0, abs=1e-9)
    boxes = [text.get_window_extent() for text in names(figures[0])]
    assert not any(boxes[i].overlaps(boxes[j]) for i in range(14) for j in range(i))


def test_tsne_preserves_neighbourhoods_and_is_reproducible(tmp_path, figures):
    rng = np.random.default_rng(0)
    groups = np.repeat(np.eye(4)[:2], 10, axis=0) + rng.normal(0, 0.05, (20, 4))
    positions, perplexity = tsne(groups, 0)
    assert perplexity == pytest.approx(19 / 3)
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2) + np.eye(20) * 1e9
    assert (distances.argmin(axis=1) // 10 == np.arange(20) // 10).all()
    np.testing.assert_array_equal(tsne(groups, 0)[0], positions)
    assert not np.array_equal(tsne(groups, 1)[0], positions)
    word_map([f"w{i}" for i in range(20)], groups, tmp_path / "a.png", method="tsne")
    (axes,) = figures[0].axes
    assert axes.get_title(loc="left") == "20 words, t-SNE with perplexity 6.33"
    assert (axes.get_xticks().tolist(), axes.get_xlabel()) == ([], "")


def test_a_very_long_name_loses_its_middle(tmp_path, figures, vectors):
    word_map(["x" * 30 + "y" * 30, "b", "W" * 40], vectors[:3], tmp_path / "a.png")
    shown = names(figures[0])
    assert [text.get_text() for text in shown] == ["x" * 20 + "…" + "y" * 19, "b", "W" * 40]
    (axes,) = figures[0].axes
    assert axes.bbox.width > 0.85 * figures[0].bbox.width
    assert all(axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1 for box in (t.get_window_extent() for t in shown))


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_three_words_make_a_map(tmp_path, method, dimensions):
    matrix = np.random.default_rng(1).normal(size=(3, dimensions)) - [[2], [-2], [0]]
    word_map(["a", "b", "c"], matrix, tmp_path / "a.png", method=method)
    assert imread(tmp_path / "a.png").std() > 0


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_vectors_of_one_direction_are_rejected(tmp_path, method):
    with pytest.raises(DataError, match="all have the same direction"):
        word_map(["a", "b", "c"], np.array([[1.0, 2], [2, 4], [0.1, 0.2]]), tmp_path / "a.png", method=method)
    assert list(tmp_path.iterdir()) == []


def test_a_zero_vector_lies_between_opposite_vectors():
    positions, _ = principal_components(np.array([[1.0, 0], [-1, 0], [0, 0]]))
    np.testing.assert_allclose(positions[2], 0, atol=1e-12)


@pytest.mark.parametrize(
    "words", [["$x_1$", "50 %", "{a}"], ["größer", "царь", "βασιλιάς"], ["a\u0301", "b\x00", "c\n"]]
)
def test_unusual_words_are_drawn_without_a_warning(tmp_path, figures, words, vectors):
    word_map(words, vectors[:3], tmp_path / "a.png")
    assert not any(text.get_parse_math() for text in names(figures[0]))


def test_hangul_is_drawn_in_a_font_that_has_it(tmp_path, figures, vectors):
    from matplotlib.ft2font import FT2Font

    try:
        word_map(["왕", "여왕", "man"], vectors[:3], tmp_path / "a.png")
    except MissingExtraError:
        pytest.skip("no font with Hangul is installed: pip install 'seqkit[korean]' brings one")
    for text in names(figures[0]):
        charmap = FT2Font(text.get_fontproperties().get_file()).get_charmap()
        assert all(ord(letter) in charmap for letter in text.get_text())


def test_characters_without_a_font_are_rejected_before_a_file_is_written(tmp_path, vectors, monkeypatch):
    monkeypatch.setattr(word_plots, "font_files", _refuse)
    with pytest.raises(MissingExtraError):
        word_map(["왕", "여왕", "man"], vectors[:3], tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_matplotlib_settings_are_unchanged(tmp_path, monkeypatch, vectors):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    before = dict(matplotlib.rcParams)
    word_map(WORDS, vectors, Path(tmp_path / "deep" / "a.png"))
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules


def _refuse(texts: list[str], font: str | None) -> list[str]:
    raise MissingExtraError("none")
