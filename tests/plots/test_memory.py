"""Contents of the picture of what a model remembers, read from the figure before it is written."""

import numpy as np
import pytest

from seqkit.plots.memory import plot_memory


@pytest.mark.parametrize("decades", [1, 2.5, 12])
def test_logarithmic_axes_have_plain_numbers(tmp_path, figures, decades):
    norms, kept = np.geomspace(10**-decades, 1, 120), [1, 2, 5, 20, 120]
    plot_memory(
        norms,
        kept,
        [3, 2, 1.5, 1, 1],
        {"x": 0.7, "y" * 300: 0.3},
        span=20,
        title="It",
        score="MAE",
        path=tmp_path / "a.png",
    )
    gradient, columns, error = figures[0].axes
    for axis, low, high in ((gradient.yaxis, norms[0], norms[-1]), (error.xaxis, 1, 120)):
        shown = [float(label.get_text()) for label in axis.get_ticklabels(which="both") if label.get_text()]
        assert sum(low * 0.99 <= value <= high * 1.01 for value in shown) >= 2
    assert error.lines[0].get_xdata().tolist() == kept and error.lines[1].get_xdata()[0] == 20
    long, short = (label.get_text() for label in columns.get_yticklabels())
    assert short == "x" and long.startswith("yyy") and len(long) < 50
