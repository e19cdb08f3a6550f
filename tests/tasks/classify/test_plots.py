"""Classification plots, read from the Matplotlib figures before they are saved."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.image import imread

from seqkit.plots import canvas as plots
from seqkit.tasks.classify import plots as label_plots

COUNTS = np.array([[30, 10], [1, 4]])


def labels(axis: Any) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def cells(axes: Axes) -> dict[tuple[int, int], str]:
    """The text of each cell, by true and predicted class."""
    return {(int(text.get_position()[1]), int(text.get_position()[0])): text.get_text() for text in axes.texts}


def diagonal(classes: int) -> np.ndarray:
    """Counts with one correct example of each class, and one predicted as the next class."""
    return np.eye(classes, dtype=int) + np.roll(np.eye(classes, dtype=int), 1, axis=1)


def test_confusion_shows_true_classes_in_rows_and_shares_of_them(tmp_path, figures):
    label_plots.confusion_matrix(COUNTS, ["neg", "pos"], tmp_path / "a.png")
    axes, bar = figures[0].axes
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.75, 0.25], [0.2, 0.8]])
    assert labels(axes.yaxis) == labels(axes.xaxis) == ["neg", "pos"]
    assert axes.yaxis_inverted()
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("true", "predicted")
    assert cells(axes) == {(0, 0): "30\n75.0%", (0, 1): "10\n25.0%", (1, 0): "1\n20.0%", (1, 1): "4\n80.0%"}
    assert axes.get_title(loc="left") == "75.6% of 45 correct"
    assert bar.get_ylabel() == "share of the true class"


@pytest.mark.parametrize(("classes", "written"), [(9, "1\n50.0%"), (16, "1"), (25, None)])
def test_cells_of_larger_matrices_show_less_and_empty_cells_nothing(tmp_path, figures, classes, written):
    label_plots.confusion_matrix(diagonal(classes), [str(i) for i in range(classes)], tmp_path / "a.png")
    texts = cells(figures[0].axes[0])
    assert texts.get((1, 1)) == written
    assert (1, 0) not in texts


def test_cell_text_contrasts_with_its_cell(tmp_path, figures):
    label_plots.confusion_matrix(COUNTS, ["neg", "pos"], tmp_path / "a.png")
    axes = figures[0].axes[0]
    colours = {text.get_text().split("\n")[0]: to_hex(text.get_color()) for text in axes.texts}
    assert colours == {"30": "#ffffff", "4": "#ffffff", "10": plots.INK, "1": plots.INK}


@pytest.mark.parametrize("classes", [2, 9, 40])
def test_names_do_not_overlap(tmp_path, figures, classes):
    names = [f"intent_transfer_to_the_account_{i}" for i in range(classes)]
    label_plots.confusion_matrix(diagonal(classes), names, tmp_path / "a.png")
    axes = figures[0].axes[0]
    for axis, side in ((axes.xaxis, "x"), (axes.yaxis, "y")):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels()]
        ends = [(getattr(box, f"{side}0"), getattr(box, f"{side}1")) for box in boxes]
        ends.sort()
        assert all(end < start for (_, end), (start, _) in pairwise(ends))
        assert min(label.get_fontsize() for label in axis.get_ticklabels()) >= 7
    assert max(figures[0].get_size_inches()) < 18
    page = figures[0].bbox
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label]:
        box = label.get_window_extent()
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
        assert page.y0 <= box.y0
        assert box.y1 <= page.y1


def test_long_names_lose_their_middle(tmp_path, figures):
    names = ["Refund requested by the customer", "연예 오락 프로그램 시청자 의견", "two\nlines\t", "x" * 24]
    label_plots.confusion_matrix(diagonal(4), names, tmp_path / "a.png")
    shown = labels(figures[0].axes[0].yaxis)
    assert shown == ["Refund requ…he customer", "연예 오락 …시청자 의견", "two lines", "x" * 24]


def test_the_rarest_of_many_classes_are_merged(tmp_path, figures):
    counts = np.diag(np.arange(1, 51))
    counts[0, 1] = counts[49, 0] = 7  # a rare class predicted as another rare one; a frequent one as a rare one
    label_plots.confusion_matrix(counts, [f"c{i}" for i in range(50)], tmp_path / "a.png")
    axes = figures[0].axes[0]
    shown = labels(axes.yaxis)
    # c0 occurs eight times, as often as c7, and c11 twelve times: the eleven rarest are c0 to c10.
    assert shown == [*(f"c{i}" for i in range(11, 50)), "11 others"]
    shares = axes.images[0].get_array()
    assert shares.shape == (40, 40)
    assert shares[39, 39] == 1
    assert shares[38, 39] == pytest.approx(7 / 57)
    accuracy = sum(range(1, 51)) / (sum(range(1, 51)) + 14)  # errors within the merged class stay errors
    assert axes.get_title(loc="left") == f"{accuracy:.1%} of {sum(range(1, 51)) + 14:,} correct"


@pytest.mark.parametrize("names", [["긍정", "부정"], ["$x_1$", "50 %"], ["", "\x00"], ["ไทย", "日本"]])
def test_names_in_any_script_are_drawn_without_a_warning(tmp_path, figures, names):
    label_plots.confusion_matrix(COUNTS, names, tmp_path / "a.png")
    shown = figures[0].axes[0].get_yticklabels()
    assert [label.get_text() for label in shown] == [name.replace("\x00", "") for name in names]
    assert not any(label.get_parse_math() for label in shown)
    assert imread(tmp_path / "a.png").std() > 0


def test_fonts_are_chosen_by_the_characters_of_the_names(tmp_path, monkeypatch):
    requested: list[str] = []
    monkeypatch.setattr(plots, "_families", lambda text: requested.append(text) or ["DejaVu Sans"])
    label_plots.confusion_matrix(COUNTS, ["긍정", "부정"], tmp_path / "a.png")
    assert requested == ["긍정부정"]


def test_a_class_without_examples_has_an_empty_row(tmp_path, figures):
    label_plots.confusion_matrix(np.array([[3, 1], [0, 0]]), ["a", "b"], tmp_path / "a.png")
    axes = figures[0].axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), [[0.75, 0.25], [0, 0]])
    assert (1, 0) not in cells(axes)


def table(**counts: int) -> list[dict[str, Any]]:
    """Ten bins with their centre as confidence and an accuracy 0.1 below; counts by bin, "b0" to "b9"."""
    rows = []
    for i in range(10):
        count = counts.get(f"b{i}", 0)
        means = (
            {"confidence": i / 10 + 0.05, "accuracy": i / 10 - 0.05}
            if count
            else dict.fromkeys(("confidence", "accuracy"))
        )
        rows.append({"low": i / 10, "high": (i + 1) / 10, **means, "count": count})
    return rows


def test_reliability_shows_filled_bins_against_the_diagonal_and_all_counts(tmp_path, figures):
    label_plots.reliability(table(b5=10, b8=9, b9=200), tmp_path / "a.png", error=0.1)
    upper, lower = figures[0].axes
    diagonal_line, curve = upper.get_lines()
    np.testing.assert_array_equal(diagonal_line.get_xydata(), [[0, 0], [1, 1]])
    np.testing.assert_allclose(curve.get_xydata(), [[0.55, 0.45], [0.85, 0.75], [0.95, 0.85]])
    gaps, dots = upper.collections
    np.testing.assert_allclose(gaps.get_segments()[0], [[0.55, 0.55], [0.55, 0.45]])
    assert [to_hex(face) for face in dots.get_facecolor()] == [to_hex(plots.BLUE), "#ffffff", to_hex(plots.BLUE)]
    assert [bar.get_height() for bar in lower.patches] == [0, 0, 0, 0, 0, 10, 0, 0, 9, 200]
    assert [bar.get_x() for bar in lower.patches] == pytest.approx([i / 10 for i in range(10)])
    assert upper.get_title(loc="left") == "Expected calibration error 0.100"
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("accuracy", "examples")
    assert lower.get_xlabel() == "probability of the predicted label"


def test_multi_label_reliability_is_labelled_as_counting_pairs(tmp_path, figures):
    label_plots.reliability(table(b1=10), tmp_path / "a.png", multi_label=True)
    upper, lower = figures[0].axes
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("share of positives", "pairs")
    assert lower.get_xlabel() == "probability of the label"
    assert upper.get_title(loc="left") == ""


def test_an_empty_reliability_table_is_drawn_without_a_warning(tmp_path):
    label_plots.reliability(table(), tmp_path / "deep" / "a.png")
    assert imread(tmp_path / "deep" / "a.png").std() > 0
