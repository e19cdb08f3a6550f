"""A model for each series, one run each, and a table of all."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main


@pytest.fixture
def shops(tmp_path):
    """Two shops with enough rows, and one with too few; their names are no names of directories."""
    rng = np.random.default_rng(0)
    frames = [
        pd.DataFrame({"shop": name, "ds": pd.date_range("2024-01-01", periods=rows), "y": rng.normal(level, 1, rows)})
        for name, rows, level in (("a/b", 90, 5.0), ("a b", 90, 50.0), ("new", 6, 1.0))
    ]
    pd.concat(frames).sample(frac=1, random_state=0).sort_values("ds").to_csv(tmp_path / "shops.csv", index=False)
    return tmp_path


def train(folder, *options):
    command = ["train", "autoregression", "--data", str(folder / "shops.csv"), "--window", "5", "--horizon", "2"]
    return CliRunner().invoke(main, [*command, "--out", str(folder / "runs"), *options])


def test_each_series_has_a_run_and_a_failed_one_is_named(shops):
    result = train(shops, "--each", "shop")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(shops / "runs" / "each.csv").set_index("unique_id")
    assert set(table.index) == {"a/b", "a b", "new"} and set(table["run"].dropna()) == {"a_b", "a_b_2"}
    assert table.loc["new", "error"].startswith("The split '0.7,0.15,0.15' cannot be used")
    assert "failed: 'new': The split" in result.stdout
    for name in ("a/b", "a b"):
        run = seqkit.load(shops / "runs" / table.loc[name, "run"])
        metrics = run.run.read_json("metrics.json")["test"]["models"][0]
        assert table.loc[name, "mae"] == pytest.approx(metrics["mae"])
        assert f"{metrics['mae']:.4f}" in result.stdout
        forecast = run.forecast()["autoregression"]
        assert abs(forecast - (5 if name == "a/b" else 50)).max() < 4
    as_json = train(shops, "--each", "shop", "--overwrite", "--json", "--no-test")
    rows = json.loads(as_json.stdout)
    assert rows == json.loads((shops / "runs" / "each.json").read_text())
    trained = [row for row in rows if row["error"] is None]
    assert len(trained) == 2 and all(min(row["baselines"].values()) > 0 for row in trained)


def test_parts_of_a_table_keep_the_names_of_their_series_and_count_their_own_rows(tmp_path):
    rng, days = np.random.default_rng(0), pd.date_range("2024-01-01", periods=60)
    frames = [pd.DataFrame({"town": t, "shop": s, "ds": days, "y": rng.normal(size=60)}) for t in "AB" for s in "xy"]
    frame = pd.concat(frames, ignore_index=True)
    frame["y"] = frame["y"].astype(object)
    frame.loc[125, "y"] = "closed"  # of the town B
    frame.to_csv(tmp_path / "shops.csv", index=False)
    result = train(tmp_path, "--each", "town", "--id", "shop")
    assert result.exit_code == 0, result.output
    assert set(seqkit.load(tmp_path / "runs" / "A").forecast()["unique_id"]) == {"x", "y"}
    error = pd.read_csv(tmp_path / "runs" / "each.csv").set_index("unique_id").loc["B", "error"]
    assert error.startswith("The series 'B' of ") and error.endswith("Row 1 is the first row of the series.")
    assert " 6  closed " in error


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--each", "stop"), 2, "There is no column 'stop' for --each. Did you mean 'shop'?"),
        (("--each", "shop", "--test", "x.csv"), 2, "--each takes the test part from the end of each series"),
        (("--each", "shop", "--split", "0.98,0.01,0.01"), 5, "The training of every series failed; of '"),
    ],
)
def test_what_cannot_be_trained_for_each_is_refused(shops, options, code, message):
    result = train(shops, *options)
    assert (result.exit_code, message in result.stderr) == (code, True), result.stderr


def test_existing_folder_blank_names_and_other_tasks_are_refused(shops):
    (shops / "runs").mkdir()
    assert "exists. Choose another --out" in train(shops, "--each", "shop").stderr
    rows = pd.read_csv(shops / "shops.csv")
    rows.loc[3, "shop"] = None
    rows.to_csv(shops / "shops.csv", index=False)
    result = train(shops, "--each", "shop", "--overwrite")
    assert "1 rows have no name of a series in 'shop', the first is row 4" in result.stderr
    result = CliRunner().invoke(main, ["train", "dense", "--data", "demo_reviews", "--each", "label"])
    assert result.exit_code == 2 and "--each trains forecasts, but the data is for the task classify" in result.stderr
