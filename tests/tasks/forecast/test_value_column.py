"""The column of forecasts, whatever a recipe is called."""

import shutil

import pandas as pd
import pytest

import seqkit
from seqkit.registry import find_recipe


@pytest.mark.parametrize(
    ("name", "column"), [("y", "y_2"), ("ds", "ds_2"), ("unique_id", "unique_id_2"), ("mine", "mine")]
)
def test_forecasts_of_a_recipe_called_like_a_column_have_a_column_of_their_own(tmp_path, name, column):
    recipe = tmp_path / f"{name}.py"
    shutil.copyfile(find_recipe("autoregression").path, recipe)
    run = seqkit.train(str(recipe), "demo_weather", out=tmp_path / "run", rows=300, window=6, horizon=2)
    forecaster = seqkit.load(run.path)
    frame = forecaster.forecast()
    assert list(frame.columns) == ["unique_id", "ds", column]
    table, count = forecaster.forecast_csv(forecaster.context())
    assert table.splitlines()[0] == f"unique_id,ds,{column}" and count == len(frame) == 2
    predictions = pd.read_csv(run.path / "predictions.csv")
    assert list(predictions.columns) == ["unique_id", "cutoff", "ds", "y", column]
    assert not (predictions["y"] == predictions[column]).all()
