"""Contents of the learning curve, read from the figure before it is written."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seqkit.plots.learning_curve import learning_curve


def lines(axes: Axes) -> dict[str, np.ndarray]:
    return {line.get_label(): np.asarray(line.get_ydata(), float) for line in axes.get_lines()}


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_learning_curve_shows_each_part_the_best_epoch_and_the_baselines(tmp_path, figures):
    history = {"training": [3.0, 2.0, 1.5], "validation": [3.5, 2.5, 2.75]}
    learning_curve(history, 2, reference={"last value": 2.9, "linear": 2.6}, unit="°C", path=tmp_path / "a.png")
    (axes,) = figures[0].axes
    shown = lines(axes)
    np.testing.assert_array_equal(shown["training"], [3, 2, 1.5])
    np.testing.assert_array_equal(shown["validation"], [3.5, 2.5, 2.75])
    np.testing.assert_array_equal(shown["last value"], [2.9, 2.9])
    dashed = {line.get_label() for line in axes.get_lines() if line.is_dashed()}
    assert dashed == {"last value", "linear"}
    assert axes.get_title(loc="left") == "Best: epoch 2, validation 2.5 °C"
    assert any(line.get_xydata().tolist() == [[2, 2.5]] for line in axes.get_lines())
    assert axes.get_ylabel() == "error (°C)"
    assert legend(figures[0]) == ["training", "validation", "last value", "linear"]


@pytest.mark.parametrize(
    ("values", "scale"), [([100.0, 10, 1], "log"), ([3.0, 2, 1], "linear"), ([100.0, 1, 0], "linear")]
)
def test_widely_spread_errors_use_a_logarithmic_scale(tmp_path, figures, values, scale):
    learning_curve({"validation": values}, 3, reference=None, unit="", path=tmp_path / "a.png")
    assert figures[0].axes[0].get_yscale() == scale


def test_nan_epoch_is_not_marked_as_best(tmp_path, figures):
    learning_curve({"validation": [1.0, np.nan]}, 2, reference=None, unit="", path=tmp_path / "a.png")
    assert figures[0].axes[0].get_title(loc="left") == ""
