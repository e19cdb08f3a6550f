"""Exports of finished runs: another program reads them without seqkit, and gets the same numbers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import SeqkitError, UsageError
from seqkit.tasks.forecast import export as forecast_export

READ = """
import json, sys
import numpy as np
from pathlib import Path
import example_reader
columns = json.loads(Path("preprocessing.json").read_text())["columns"]
import csv
rows = list(csv.DictReader(open("rows.csv", newline="")))
results = {}
for name in dict.fromkeys(row.get("unique_id") for row in rows):
    own = [row for row in rows if row.get("unique_id") == name]
    times = np.array([row["ds"] for row in own], "datetime64[ns]")
    values = [[float(row[column]) for column in columns] for row in own]
    ahead, bounds = example_reader.forecast(Path("."), values, times, name)
    results[str(name)] = [ahead.tolist(), *(end.tolist() for level in sorted(bounds) for end in bounds[level])]
assert "seqkit" not in sys.modules
print(json.dumps(results))
"""


def series(count: int = 1, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frames = []
    for number in range(count):
        values = np.exp((number + 1) * (1 + np.sin(np.arange(rows) / 4)) / 2 + 0.1 * rng.normal(size=rows))
        time = pd.date_range("2024-01-01", periods=rows, freq="h")
        frames.append(pd.DataFrame({"unique_id": f"s{number}", "ds": time, "y": values, "x": rng.normal(size=rows)}))
    return pd.concat(frames, ignore_index=True)


def read_elsewhere(folder: Path) -> dict[str, list]:
    """Returns what the example reader gives in a process that cannot import seqkit from here."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    call = [sys.executable, "-c", READ]
    done = subprocess.run(call, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CASES = {
    "one": ("autoregression", 1, {"horizon": 3}),
    "several": ("autoregression", 3, {"horizon": 2}),
    "log": ("autoregression", 1, {"horizon": 2, "log": True, "calendar": "none"}),
    "counts": ("autoregression", 1, {"horizon": 2, "nonnegative": True, "order": 1}),
    "steps": ("autoregression", 1, {"horizon": 2, "sampling_rate": 2, "target": ("y", "x"), "lead": 2}),
    "quantiles": ("dense", 1, {"horizon": 2, "quantiles": (0.1, 0.9), "epochs": 1, "normalise": "window"}),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Returns the run of a case, trained once."""
    folder = tmp_path_factory.mktemp("export")

    def train(case: str) -> Path:
        recipe, count, options = CASES[case]
        if not (folder / case).exists():
            data = series(count)
            options = {"target": ("y",), "window": 12, "test": False, **options}
            seqkit.train(recipe, data if count > 1 else data.drop(columns="unique_id"), out=folder / case, **options)
        return folder / case

    return train


@pytest.mark.parametrize("case", CASES)
def test_the_example_reader_gives_the_numbers_of_the_run_without_seqkit(trained, tmp_path, case):
    folder = seqkit.export(trained(case), tmp_path / "out")
    forecaster = seqkit.load(trained(case))
    frame = forecaster.forecast(levels=(80, 95))
    name = forecaster.name
    columns = [name, *(f"{name}-{side}-{level}" for level in (80, 95) for side in ("lo", "hi"))]
    targets, horizon = len(forecaster.state.targets), forecaster.state.horizon
    expected = {column: frame[column].to_numpy().reshape(-1, targets, horizon).transpose(0, 2, 1) for column in columns}
    for number, found in enumerate(read_elsewhere(folder).values()):
        for column, values in zip(columns, found, strict=True):
            np.testing.assert_allclose(values, expected[column][number], rtol=1e-6, atol=1e-6)
    assert sorted(path.name for path in folder.iterdir()) == sorted(forecast_export.FILES)


def test_the_example_reader_has_a_command_line(trained, tmp_path):
    folder = seqkit.export(trained("several"), tmp_path / "out")
    call = [sys.executable, str(folder / "example_reader.py"), str(folder / "rows.csv")]
    lines = subprocess.run(call, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [json.loads(line)["series"] for line in lines] == ["s0", "s1", "s2"]
    forecasts = [value for line in lines for step in json.loads(line)["forecast"] for value in step]
    np.testing.assert_allclose(forecasts, seqkit.load(trained("several")).forecast()["autoregression"], rtol=1e-6)


def test_a_folder_with_files_is_replaced_only_on_request(trained, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"is not empty\. Choose another --to, or add --overwrite"):
        seqkit.export(trained("one"), tmp_path)
    assert (tmp_path / "model.onnx").read_bytes() == b"mine"
    seqkit.export(trained("one"), tmp_path, overwrite=True)
    assert (tmp_path / "model.onnx").read_bytes() == (trained("one") / "model.onnx").read_bytes()
    with pytest.raises(UsageError, match=r"is not a folder\. Choose another --to"):
        seqkit.export(trained("one"), tmp_path / "model.onnx")


def test_files_that_give_other_numbers_are_not_written(trained, tmp_path, monkeypatch):
    right = forecast_export.preprocessing

    def wrong(*given):
        return {**right(*given), "scaling": {"mean": [0.0, 0.0], "deviation": [1.0, 1.0]}}

    monkeypatch.setattr(forecast_export, "preprocessing", wrong)
    with pytest.raises(SeqkitError, match=r"give another autoregression for the series .* Nothing was exported"):
        seqkit.export(trained("one"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_runs_that_cannot_be_exported_are_named(trained, tmp_path):
    copied = shutil.copytree(trained("one"), tmp_path / "run")
    content = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps({**content, "task": "embed"}))
    with pytest.raises(UsageError, match="task 'embed' cannot be exported; tasks that can: forecast"):
        seqkit.export(copied, tmp_path / "out")
    for name, noun in (("future", "features known ahead"), ("categories", "categories")):
        state = SimpleNamespace(**{"future": (), "categories": {}, name: {"holiday": ("a",)}})
        with pytest.raises(UsageError, match=rf"reads {noun} \(holiday\), which an export does not support"):
            forecast_export._check_supported(SimpleNamespace(state=state, run=SimpleNamespace(path="run")))


def test_keras_model_of_a_linear_recipe_is_built_on_request(trained, tmp_path):
    import keras

    folder = seqkit.export(trained("one"), tmp_path / "out", keras=True)
    model = keras.models.load_model(folder / "model.keras")
    forecaster = seqkit.load(trained("one"))
    from seqkit.tasks.forecast.encode import encode, newest_windows

    table = forecaster.context()
    windows = newest_windows(forecaster.state, table).read(encode(forecaster.state, table))
    (expected,) = forecaster._session.run(None, {"window": windows})
    np.testing.assert_allclose(np.array(model(windows)), expected, rtol=1e-4, atol=1e-5)


def test_keras_model_that_training_wrote_is_copied(trained, tmp_path):
    folder = seqkit.export(trained("quantiles"), tmp_path / "out", keras=True)
    assert (folder / "model.keras").read_bytes() == (trained("quantiles") / "model.keras").read_bytes()


def test_a_model_that_is_not_linear_is_not_built(trained, tmp_path):
    copied = shutil.copytree(trained("quantiles"), tmp_path / "run")
    (copied / "model.keras").unlink()
    content = json.loads((copied / "run.json").read_text())
    content["call"]["data"] = ["demo_weather"]
    (copied / "run.json").write_text(json.dumps(content))
    with pytest.raises(UsageError, match=r"has no model.keras, and its model.onnx has not the weights of dense"):
        seqkit.export(copied, tmp_path / "out", keras=True)
