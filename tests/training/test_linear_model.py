"""Linear recipes are solved and exported without Keras, with the weights that Keras gives."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from seqkit.data.series.windows import Windows
from seqkit.errors import SeqkitError, UsageError
from seqkit.inference.sessions import session_of
from seqkit.registry import find_recipe
from seqkit.spec import Spec
from seqkit.training.linear_model import linear_model, linear_onnx, solve_linear
from seqkit.training.model_building import build_model

RECIPE = find_recipe("autoregression")
CASES = [
    ({}, (0,)),
    ({}, (2, 0)),
    ({"order": 3}, (1,)),
    ({"order": 3, "channels": "shared"}, (1, 2)),
    ({"order": 1}, (1,)),
    ({"order": 1, "channels": "shared"}, (0, 2)),
    ({"channels": "joint"}, (0, 2)),
]


@pytest.fixture
def values():
    return np.random.default_rng(0).normal(size=(300, 3)).cumsum(axis=0).astype(np.float32)


def parts() -> tuple[Windows, Windows]:
    return Windows(np.arange(200), 6, horizon=2), Windows(np.arange(200, 290), 6, horizon=2)


@pytest.mark.parametrize(("options", "targets"), CASES)
@pytest.mark.parametrize("masked", [False, True])
def test_numpy_solves_and_exports_the_model_that_keras_solves(values, options, targets, masked):
    from seqkit.training.feeds.windows import WindowFeed
    from seqkit.training.ridge_readout import solve_readout

    spec = Spec.series(steps=6, features=3, outputs=2, targets=targets)
    train, validation = parts()
    measured = np.random.default_rng(1).random((300, len(targets))) < 0.7 if masked else None
    ours = linear_model(RECIPE, spec, options)
    settings = {"batch_size": 64, "average_windows": False}
    history = solve_linear(ours, values, train, validation, measured, lambda progress: None, **settings)

    theirs = build_model(RECIPE, spec, options)
    feed = WindowFeed(values, targets, train, validation, measured)
    expected = solve_readout(theirs, feed, lambda progress: None, None, batch_size=64)
    assert history.epochs[0]["penalty"] == expected.epochs[0]["penalty"]
    assert ours.parameters == theirs.count_params()
    inputs = validation.read(values)
    by_keras = np.array(theirs(inputs))
    np.testing.assert_allclose(ours.predict(inputs), by_keras, rtol=1e-4, atol=1e-4)
    (by_onnx,) = session_of(linear_onnx(ours).SerializeToString()).run(None, {"window": inputs})
    np.testing.assert_allclose(by_onnx, by_keras, rtol=1e-4, atol=1e-4)


def test_a_linear_recipe_is_trained_without_tensorflow(tmp_path):
    time = pd.date_range("2024-01-01", periods=300, freq="h")
    frame = pd.DataFrame({"ds": time, "y": np.sin(np.arange(300) / 4)})
    frame.to_csv(tmp_path / "data.csv", index=False)
    script = (
        "import sys, seqkit\n"
        "run = seqkit.train('autoregression', 'data.csv', out='run', window=12)\n"
        "seqkit.load(run.path).forecast()\n"
        "print(sorted({'keras', 'tensorflow', 'tf2onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_keras_is_needed_where_windows_are_normalised():
    from seqkit.spec import Forecast, Window

    assert linear_model(RECIPE, Spec(Window(6, 3), Forecast(2, (0,), "window")), {}) is None
    assert linear_model(find_recipe("gru"), Spec.series(steps=6, features=3), {}) is None


def test_an_order_longer_than_the_window_is_refused():
    with pytest.raises(UsageError, match="cannot be built with these options: Received an invalid value for argument"):
        linear_model(RECIPE, Spec.series(steps=6, features=3), {"order": 7})


def test_model_whose_onnx_form_differs_is_not_exported(values, tmp_path, monkeypatch):
    from seqkit.training import linear_model as module

    spec = Spec.series(steps=6, features=3, outputs=2, targets=(0,))
    train, validation = parts()
    ours, other = linear_model(RECIPE, spec, {}), linear_model(RECIPE, spec, {})
    for model in (ours, other):
        solve_linear(model, values, train, validation, None, lambda progress: None, batch_size=64)
    other.bias = other.bias + 1
    content = linear_onnx(other)
    monkeypatch.setattr(module, "linear_onnx", lambda model: content)
    with pytest.raises(SeqkitError, match="ONNX model and NumPy give different predictions: the largest difference is"):
        module.export_linear(SimpleNamespace(path=tmp_path), ours, validation.read(values))
    assert list(tmp_path.iterdir()) == []
