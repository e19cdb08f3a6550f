"""Saving and loading models with the package's layers."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np

import seqkit.layers
from seqkit.layers import (
    LearnedPositions,
    MaskedConv1D,
    MaskedGlobalMaxPooling1D,
    MaskedMaxPooling1D,
    SinusoidalPositions,
    WindowedAttention,
)


def test_saved_layers_are_loaded_in_another_process(tmp_path):
    steps = keras.Input((None, 4))
    x = keras.layers.Masking(0.0)(steps)
    x = LearnedPositions(7)(SinusoidalPositions()(x))
    x = MaskedMaxPooling1D(3)(MaskedConv1D(5, 2, padding="same", activation="relu")(x))
    x = WindowedAttention(2, 2, 3)(MaskedGlobalMaxPooling1D()(x)[:, None])
    model = keras.Model(steps, x)
    model.save(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(2, 9, 4)).astype("float32")
    np.save(tmp_path / "x.npy", x)
    program = (
        "import keras, numpy as np, seqkit.layers\n"
        "model = keras.models.load_model('model.keras', safe_mode=True)\n"
        "np.save('y.npy', model(np.load('x.npy')).numpy())\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=tmp_path, check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), model(x).numpy())


def test_every_module_registers_its_layer():
    layers = {name: getattr(seqkit.layers, name) for name in seqkit.layers.__all__}
    files = {path.stem for path in Path(seqkit.layers.__file__).parent.glob("[!_]*.py")} - {"rows"}  # functions only
    assert {layer.__module__.rpartition(".")[2] for layer in layers.values()} == files
    assert {name: keras.saving.get_registered_name(layer) for name, layer in layers.items()} == {
        name: f"seqkit>{name}" for name in layers
    }
