"""Names of series of two columns, from training to forecasts of newer rows."""

import json

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def stores(folder):
    """Two stores with two departments each, 80 days: rows that differ in level only."""
    frames = []
    for level, (store, dept) in enumerate([(1, 3), (1, 4), (2, 3), (2, 4)]):
        days = pd.date_range("2020", periods=80)
        y = 100.0 * level + np.sin(np.arange(80)) + np.arange(80) % 7
        frames.append(pd.DataFrame({"store": store, "dept": dept, "ds": days, "y": y}))
    pd.concat(frames).to_csv(folder / "stores.csv", index=False)
    return folder / "stores.csv"


def test_two_columns_name_the_series_in_the_run_its_files_and_its_forecasts(done, stores, folder):
    names = {"1/3", "1/4", "2/3", "2/4"}
    options = ("--id", "store", "--id", "dept", "--target", "y", "--window", "7", "--horizon", "2")
    done("train", "autoregression", "--data", stores, *options, "--out", "run")
    assert json.loads((folder / "run" / "run.json").read_text())["reading"]["id"] == ["store", "dept"]
    for file in ("predictions.csv", "errors.csv"):
        text = (folder / "run" / file).read_text()
        assert names <= {cell for line in text.splitlines() for cell in line.split(",")}
    done("forecast", "run", "--output", "a.csv")
    done("forecast", "run", "--data", stores, "--output", "b.csv")
    forecast = pd.read_csv(folder / "a.csv")
    assert set(forecast["unique_id"]) == names and len(forecast) == 8
    assert (folder / "a.csv").read_text() == (folder / "b.csv").read_text()
    assert done("evaluate", "run", "--data", stores).exit_code == 0


def test_a_run_that_holds_its_naming_column_as_text_reads_newer_rows(done, stores, folder):
    rows = pd.read_csv(stores).query("dept == 3").drop(columns="dept")
    rows.to_csv(folder / "one.csv", index=False)
    options = ("--id", "store", "--target", "y", "--window", "7", "--horizon", "2")
    done("train", "autoregression", "--data", "one.csv", *options, "--out", "run")
    manifest = json.loads((folder / "run" / "run.json").read_text())
    manifest["reading"]["id"] = "store"
    (folder / "run" / "run.json").write_text(json.dumps(manifest))
    forecast = done("forecast", "run", "--data", "one.csv").stdout
    assert {line.split(",")[0] for line in forecast.splitlines()[1:]} == {"1", "2"}


def test_newer_rows_without_leading_zeros_belong_to_the_series_of_the_run(done, folder):
    days = pd.date_range("2020", periods=80)
    series = {"00417": 100, "10417": 900, "00018": 500}
    rows = pd.concat(
        pd.DataFrame({"unique_id": name, "ds": days, "y": level + np.sin(np.arange(80)) + np.arange(80) % 7})
        for name, level in series.items()
    )
    rows.to_csv(folder / "coded.csv", index=False)
    done("train", "autoregression", "--data", "coded.csv", "--window", "7", "--horizon", "2", "--out", "run")
    rows.assign(unique_id=rows["unique_id"].astype(int)).to_parquet(folder / "numbered.parquet", index=False)
    by_code = done("forecast", "run", "--data", "coded.csv")
    by_number = done("forecast", "run", "--data", "numbered.parquet")
    assert sorted(by_code.stdout.splitlines()) == sorted(by_number.stdout.splitlines())
    assert "00417" in by_number.stdout and "leading zeros" not in by_code.stderr
    assert "in leading zeros only are read as the run's: '18 as 00018', '417 as 00417'" in by_number.stderr
