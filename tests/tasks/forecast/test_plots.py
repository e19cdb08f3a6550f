"""Content of the plots, read from the Matplotlib figures, and the written files."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread

from seqkit.plots.learning_curve import learning_curve
from seqkit.tasks.forecast.plots import error_by_step, forecast_and_actual, residuals

HOURS = np.datetime64("2021-03-01", "ns") + np.arange(200) * np.timedelta64(3_600_000_000_000, "ns")

WAVE = np.sin(np.arange(200) / 4)


def lines(axes: Axes) -> dict[str, np.ndarray]:
    return {line.get_label(): np.asarray(line.get_ydata(), float) for line in axes.get_lines()}


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_actual_model_and_baseline_differ_by_width_and_dashes(tmp_path, figures):
    forecasts = {"gru": WAVE + 0.1, "linear": WAVE - 0.1}
    forecast_and_actual(HOURS, WAVE, forecasts, title="T", unit="°C", path=tmp_path / "a.png")
    (axes,) = figures[0].axes
    assert list(lines(axes)) == legend(figures[0]) == ["actual", "gru", "linear"]
    y_true, model, baseline = axes.get_lines()
    assert y_true.get_linewidth() > model.get_linewidth() > baseline.get_linewidth()
    assert baseline.is_dashed()
    assert not model.is_dashed()
    assert (axes.get_title(loc="left"), axes.get_ylabel()) == ("T", "°C")


def test_time_axis_shows_day_month_and_year(tmp_path, figures):
    forecast_and_actual(HOURS, WAVE, {"gru": WAVE}, title="", unit="", path=tmp_path / "a.png")
    axis = figures[0].axes[0].xaxis
    assert "01 Mar" in [label.get_text() for label in axis.get_ticklabels()]
    assert axis.get_offset_text().get_text() == "2021"


@pytest.mark.parametrize("counters", [True, False])
def test_lines_are_broken_at_gaps(tmp_path, figures, counters):
    kept = np.r_[0:50, 60:100]
    times = kept if counters else HOURS[kept]
    forecast_and_actual(times, WAVE[kept], {"gru": WAVE[kept]}, title="", unit="", path=tmp_path / "a.png")
    for drawn in lines(figures[0].axes[0]).values():
        assert np.flatnonzero(np.isnan(drawn)).tolist() == [50]


def test_a_long_weekend_is_not_a_gap(tmp_path, figures):
    days = np.array(["2021-04-01", "2021-04-05", "2021-04-06", "2021-04-07"], "datetime64[ns]")
    forecast_and_actual(days, WAVE[:4], {"gru": WAVE[:4]}, title="", unit="", path=tmp_path / "a.png")
    assert not np.isnan(lines(figures[0].axes[0])["actual"]).any()


def test_error_by_step_starts_at_step_one_and_error_zero(tmp_path, figures):
    by_step = {"gru": np.array([1.0, 2, 3]), "last value": np.array([2.0, 4, 6])}
    error_by_step(by_step, interval_label="hours ahead", unit="kW", path=tmp_path / "a.png")
    (axes,) = figures[0].axes
    assert axes.get_lines()[0].get_xdata().tolist() == [1, 2, 3]
    assert axes.get_ylim()[0] == 0
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("hours ahead", "mean absolute error (kW)")


def test_error_of_a_single_step_is_a_bar_plot(tmp_path, figures):
    by_step = {"gru": np.array([1.0]), "linear": np.array([1.25])}
    error_by_step(by_step, interval_label="hours ahead", unit="", path=tmp_path / "a.png")
    (axes,) = figures[0].axes
    assert [bar.get_width() for bar in axes.patches] == [1, 1.25]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["gru", "linear"]
    assert axes.yaxis_inverted()
    assert {"1", "1.25"} <= {text.get_text() for text in axes.texts}


def test_residuals_show_distribution_and_autocorrelation(tmp_path, figures):
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(2, 3, 100), 2)  # each value twice: autocorrelation of about 0.5 at lag 1
    residuals(HOURS, values, unit="°C", path=tmp_path / "a.png")
    over_time, spread, lags = figures[0].axes
    np.testing.assert_array_equal(over_time.get_lines()[1].get_ydata(), values)
    area = sum(bar.get_width() * bar.get_height() for bar in spread.patches)
    assert area == pytest.approx(1)
    assert lines(spread)["normal distribution"].max() == pytest.approx(
        1 / (values.std() * np.sqrt(2 * np.pi)), rel=0.01
    )
    first = lags.collections[0].get_segments()[0]
    centred = values - values.mean()
    assert first[:, 0].tolist() == [1, 1]
    assert first[1, 1] == pytest.approx(centred[1:] @ centred[:-1] / (centred @ centred))
    band = lags.patches[0].get_extents().transformed(lags.transData.inverted())
    assert band.y1 == pytest.approx(1.96 / np.sqrt(200))


def test_outliers_do_not_compress_the_histogram(tmp_path, figures):
    values = np.r_[np.random.default_rng(0).normal(size=198), 500, -500]
    residuals(HOURS, values, unit="", path=tmp_path / "a.png")
    spread = figures[0].axes[1]
    assert max(np.abs(spread.get_xlim())) < 10
    assert spread.get_title(loc="left") == "Distribution (2 not shown)"
    assert sum(bar.get_width() * bar.get_height() for bar in spread.patches) == pytest.approx(198 / 200)


def test_residuals_that_are_not_finite_are_omitted_and_counted(tmp_path, figures):
    values = np.r_[WAVE[:10], np.nan, np.inf]
    residuals(HOURS[:12], values, unit="", path=tmp_path / "a.png")
    assert figures[0].axes[0].get_title(loc="left").endswith("n = 10, 2 not finite (omitted)")


def test_constant_residuals_have_no_normal_curve_and_no_autocorrelation(tmp_path, figures):
    residuals(HOURS[:6], np.full(6, 0.1), unit="", path=tmp_path / "a.png")  # their standard deviation rounds to 1e-17
    _, spread, lags = figures[0].axes
    assert lines(spread) == {}
    assert [text.get_text() for text in lags.texts] == ["undefined: too few or constant residuals"]


DEGENERATE = {
    "one epoch": lambda path: learning_curve({"validation": [2.0]}, 1, reference={"b": 3.0}, unit="", path=path),
    "no best epoch": lambda path: learning_curve({"validation": [2.0]}, 0, reference=None, unit="", path=path),
    "lost training": lambda path: learning_curve(
        {"training": [1.0, np.nan, np.inf], "validation": [np.nan] * 3}, 1, reference={"b": np.nan}, unit="", path=path
    ),
    "perfect": lambda path: learning_curve({"validation": [0.0, 0.0]}, 1, reference={"b": 0}, unit="", path=path),
    "one moment": lambda path: forecast_and_actual(HOURS[:1], WAVE[:1], {"m": WAVE[:1]}, title="", unit="", path=path),
    "one counter": lambda path: forecast_and_actual(
        np.array([7]), WAVE[:1], {"m": WAVE[:1]}, title="", unit="", path=path
    ),
    "flat": lambda path: forecast_and_actual(
        HOURS, np.zeros(200), {"m": np.full(200, np.nan)}, title="", unit="", path=path
    ),
    "one step": lambda path: error_by_step({"m": np.array([np.nan])}, interval_label="", unit="", path=path),
    "long names": lambda path: error_by_step(
        {"m" * 90: np.ones(3), "b" * 90: np.ones(3)}, interval_label="", unit="", path=path
    ),
    "lost forecast": lambda path: error_by_step(
        {"m": np.array([np.inf]), "b": np.ones(1)}, interval_label="", unit="", path=path
    ),
    "one residual": lambda path: residuals(HOURS[:1], WAVE[:1], unit="", path=path),
    "same residuals": lambda path: residuals(HOURS[:9], np.full(9, 0.1), unit="", path=path),
    "no residual": lambda path: residuals(HOURS[:2], np.full(2, np.nan), unit="", path=path),
}


@pytest.mark.parametrize("case", DEGENERATE)
def test_degenerate_data_is_plotted_without_a_warning(tmp_path, case):
    DEGENERATE[case](tmp_path / "a.png")
    assert imread(tmp_path / "a.png").std() > 0
