"""The published protocols on the published files: the known naive error would reveal an off-by-one."""

import numpy as np
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.options import module_options, resolve
from seqkit.registry import find_dataset
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.baselines import LastValue
from seqkit.tasks.forecast.encode import target_values
from seqkit.tasks.forecast.metrics import ForecastErrors


def prepared(name):
    """The table, state and windows of a dataset under its protocol."""
    source = find_dataset(name)
    protocol = source.constants["PROTOCOL"]

    def settings(module, function):
        options = module_options(module, function)
        return resolve(options, {o.name: protocol[o.name] for o in options if o.name in protocol})

    table = regularise(source.load().load(), **settings("seqkit.data.tables.regularise", "regularise"))
    return table, *forecast.prepare(table, **settings("seqkit.tasks.forecast.prepare", "prepare"))


@pytest.mark.parametrize(
    ("name", "file", "windows", "mse", "mae"),
    [
        ("etth1", "etth1/ETTh1.csv", 2785, 1.294, 0.713),
        ("ettm1", "ettm1/ETTm1.csv", 11425, 1.214, 0.665),
    ],
)
def test_last_value_scores_equal_published_ones_for_96_steps_on_ett(name, file, windows, mse, mae, requires_data):
    requires_data(file)
    table, state, splits = prepared(name)

    errors = ForecastErrors()
    y_true = target_values(state, table)
    for batch in splits.test.batches(1024):
        scale = state.error_scales(table, table.series_of(batch.starts))
        errors.add(batch.read_targets(y_true), LastValue(y_true).predict(batch), scale)

    assert len(splits.test) == windows, "stride 1, nothing dropped"
    assert errors.mse == pytest.approx(mse, abs=5e-4)
    assert errors.mae == pytest.approx(mae, abs=5e-4)


def test_weather_of_2020_reads_hourly_and_forecasts_24_hours_ahead(requires_data):
    requires_data("jena_weather_2020/weather.csv")
    table, state, splits = prepared("jena_weather_2020")

    ahead = table.time[splits.test.target_rows[:, 0]] - table.time[splits.test.last_rows]
    assert (ahead == np.timedelta64(24, "h")).all()
    assert state.rows_needed == 6 * 119 + 1
    assert state.targets == ("T (degC)",)


def test_m4_hourly_has_one_test_window_a_series(requires_data):
    requires_data("m4_hourly/Hourly-train.csv")
    table, state, splits = prepared("m4_hourly")
    assert (len(table.ids), len(splits.validation), len(splits.test)) == (414, 414, 414)
    assert set(np.diff(table.starts)) == {748, 1008} and state.log
