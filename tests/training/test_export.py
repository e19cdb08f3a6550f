"""Export to ONNX: the same predictions for any batch, without Keras and TensorFlow."""

import importlib
import logging
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

from seqkit.errors import SeqkitError
from seqkit.recipes import autoregression, bidirectional_gru, conv1d, gru, lstm, recurrent_dropout, stacked_gru
from seqkit.spec import Spec
from seqkit.training.export import to_onnx, verify_onnx

SPEC = Spec.series(steps=6, features=3, outputs=2, targets=(2, 0))
TOKENS = Spec.tokens(length=12, vocabulary=9, classes=3, embedding=4)
SEEDED = {
    "dropout on inputs": lambda: stacked_gru.build_model(SPEC, units=(4, 4), dropout=0.5),
    "dropout on the state": lambda: recurrent_dropout.build_model(SPEC, units=4, dropout=0.0, recurrent_dropout=0.5),
    "dropout on both": lambda: recurrent_dropout.build_model(SPEC, cell="lstm", units=4, recurrent_dropout=0.5),
    "dropout before the readout": lambda: gru.build_model(SPEC, units=4, dropout=0.5),
}


def drawn(model):
    """Returns the model with random weights; a new model has zero biases."""
    rng = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.3, variable.shape).astype("float32"))
    return model


def samples(batch: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(batch, 6, 3)).astype("float32")


def run(content: bytes, x: np.ndarray) -> np.ndarray:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]).run(["forecast"], {"window": x})[0]


def operators(graph) -> set[str]:
    """The operators of a graph and its subgraphs."""
    names = set()
    for node in graph.node:
        names.add(node.op_type)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                names |= operators(attribute.g)
    return names


def shape(end) -> list[str | int]:
    return [d.dim_param or d.dim_value for d in end.type.tensor_type.shape.dim]


def test_inputs_and_outputs_are_named_and_only_the_batch_is_dynamic():
    graph = onnx.load_from_string(to_onnx(autoregression.build_model(SPEC))).graph
    assert [(end.name, shape(end)) for end in graph.input] == [("window", ["batch", 6, 3])]
    assert [(end.name, shape(end)) for end in graph.output] == [("forecast", ["batch", 2, 2])]


def test_token_models_accept_any_length():
    graph = onnx.load_from_string(to_onnx(conv1d.build_model(TOKENS))).graph
    assert [(end.name, shape(end)) for end in graph.input] == [("tokens", ["batch", "time"])]
    assert [(end.name, shape(end)) for end in graph.output] == [("logits", ["batch", 3])]
    assert graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.INT32


def test_export_is_valid_onnx_with_standard_operators():
    model = onnx.load_from_string(to_onnx(recurrent_dropout.build_model(SPEC, units=4)))
    onnx.checker.check_model(model, full_check=True)
    assert {opset.domain for opset in model.opset_import} <= {"", "ai.onnx.ml"}


@pytest.mark.parametrize("build", SEEDED.values(), ids=SEEDED.keys())
def test_models_with_dropout_give_the_predictions_of_keras_for_any_batch(build):
    model = drawn(build())
    content = to_onnx(model)
    for batch in (1, 3, 64):
        np.testing.assert_allclose(
            run(content, samples(batch)), model(samples(batch), training=False).numpy(), rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("build", SEEDED.values(), ids=SEEDED.keys())
def test_export_and_verification_do_not_change_the_model(build):
    model = drawn(build())
    before = [v.numpy().copy() for v in model.variables]  # the state of the random numbers is among them
    verify_onnx(to_onnx(model), model, samples(3))
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(old, variable.numpy())


def test_graph_contains_no_random_operators():
    graph = onnx.load_from_string(to_onnx(SEEDED["dropout on both"]())).graph
    assert not {op for op in operators(graph) if "Random" in op or "Bernoulli" in op or op == "Dropout"}


def test_export_prints_nothing(caplog, capfd):
    with caplog.at_level(logging.INFO):
        level = logging.getLogger("tf2onnx").level
        to_onnx(SEEDED["dropout on both"]())
    assert caplog.messages == []
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("tf2onnx").level == level


@pytest.mark.parametrize("recipe", [gru, lstm])
def test_cudnn_layers_are_exported_as_standard_ones(recipe, monkeypatch):
    model = drawn(recipe.build_model(SPEC, units=4))
    expected = model(samples(3), training=False).numpy()
    monkeypatch.setattr(importlib.import_module("keras.src.backend.tensorflow.rnn"), "_is_gpu_available", lambda: True)
    layer = model.get_layer(recipe.__name__.rpartition(".")[2])
    assert layer.use_cudnn == "auto"
    content = to_onnx(model)
    assert layer.use_cudnn == "auto"
    np.testing.assert_allclose(run(content, samples(3)), expected, rtol=1e-5, atol=1e-6)


def test_exported_model_runs_without_keras_and_tensorflow(tmp_path):
    model = drawn(gru.build_model(SPEC, units=4))
    (tmp_path / "model.onnx").write_bytes(to_onnx(model))
    np.save(tmp_path / "x.npy", samples(3))
    program = (
        "import sys; sys.modules.update(keras=None, tensorflow=None, tf2onnx=None)\n"
        "import numpy as np, onnxruntime\n"
        "s = onnxruntime.InferenceSession('model.onnx'); x = np.load('x.npy')\n"
        "np.save('y.npy', s.run(['forecast'], {'window': x})[0])\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    outputs = np.load(tmp_path / "y.npy")
    np.testing.assert_allclose(outputs, model(samples(3), training=False).numpy(), rtol=1e-5, atol=1e-6)


def test_verify_returns_the_largest_difference():
    model = drawn(autoregression.build_model(SPEC))
    content = to_onnx(model)
    assert verify_onnx(content, model, samples(3)) < 1e-5
    bias = model.get_layer("readout").bias
    bias.assign(bias + np.float32(0.5))
    x = np.zeros((3, 6, 3), "float32")
    largest = np.abs(bias.numpy()).max()
    assert verify_onnx(content, model, x, tolerance=1.0) == pytest.approx(0.5 / max(1.0, largest), rel=1e-5)


def test_verify_rejects_different_outputs():
    model = drawn(autoregression.build_model(SPEC))
    content = to_onnx(model)
    bias = model.get_layer("readout").bias
    bias.assign(bias + np.float32(0.01))
    with pytest.raises(
        SeqkitError, match=r"for a batch of 3 the largest difference is 0\.01, expected at most 0\.0001"
    ):
        verify_onnx(content, model, samples(3))


def test_verify_rejects_nan_outputs():
    model = drawn(autoregression.build_model(SPEC))
    content = to_onnx(model)
    x = samples(3)
    x[0, 0, 0] = np.nan
    with pytest.raises(SeqkitError, match="largest difference is nan"):
        verify_onnx(content, model, x)


def test_verify_names_an_operator_that_onnx_lacks():
    import keras

    window = keras.Input((6, 3), name="window")
    model = keras.Model(window, keras.ops.erfinv(keras.ops.tanh(window)))
    with pytest.raises(SeqkitError, match=r"exported model cannot be kept: ONNX Runtime cannot run it.*Erfinv"):
        verify_onnx(to_onnx(model), model, samples(3))


def test_verify_rejects_a_different_shape():
    longer = autoregression.build_model(Spec.series(steps=6, features=3, outputs=3, targets=(2, 0)))
    with pytest.raises(SeqkitError, match=r"returns the shape \(3, 3, 2\), and the Keras model \(3, 2, 2\)"):
        verify_onnx(to_onnx(longer), autoregression.build_model(SPEC), samples(3))


def texts(*lengths: int) -> np.ndarray:
    rng, padded = np.random.default_rng(2), np.zeros((len(lengths), max(lengths)), "int32")
    for row, length in zip(padded, lengths, strict=True):
        row[:length] = rng.integers(1, TOKENS.vocabulary, length)
    return padded


def test_verify_compares_samples_of_every_length():
    model = drawn(bidirectional_gru.build_model(TOKENS, units=4))
    content = to_onnx(model)
    short, long = texts(1, 1), texts(12, 3, 7)
    assert verify_onnx(content, model, [short, long]) < 1e-5
    backward = model.get_layer("bidirectional").backward_layer.cell.recurrent_kernel
    backward.assign(backward + np.float32(0.5))  # Of no influence where there is one step only.
    assert verify_onnx(content, model, [short]) < 1e-5
    with pytest.raises(SeqkitError, match="for a batch of 3 the largest difference"):
        verify_onnx(content, model, [short, long])


def layers_of(kind: str):
    """Models with recurrent layers that have an ONNX operator, by their treatment of masks."""
    import keras

    tokens, x = TOKENS.inputs()
    make = getattr(keras.layers, kind)
    if kind == "SimpleRNN":
        x = keras.layers.Dropout(0.5)(x)
    every = make(3, return_sequences=True)(x)  # the last state again after the end of a text
    backward = make(3, return_sequences=True, go_backwards=True)(every)
    both = keras.layers.Bidirectional(make(3, return_sequences=True))(every)
    ends = [every[:, -1], backward[:, 0], backward[:, -1], both[:, 0], both[:, -1], make(2, go_backwards=True)(x)]
    ends += make(2, return_state=True)(x)
    ends.append(make(2)(x, initial_state=[make(2)(x)] * (2 if kind == "LSTM" else 1)))
    return drawn(keras.Model(tokens, keras.layers.Concatenate()(ends)))


@pytest.mark.parametrize("kind", ["GRU", "LSTM", "SimpleRNN"])
def test_recurrent_layers_become_operators_and_handle_padding_as_keras_does(kind):
    model = layers_of(kind)
    content = to_onnx(model)
    assert operators(onnx.load_from_string(content).graph) & {"GRU", "LSTM", "RNN", "Loop"} == {
        {"SimpleRNN": "RNN"}.get(kind, kind)
    }
    assert verify_onnx(content, model, [texts(1), texts(2, 1, 2), texts(12, 5, 1, 11)]) < 1e-5


def test_recurrent_layers_without_an_onnx_operator_keep_their_loops():
    import keras

    tokens, x = TOKENS.inputs()
    odd = ({"activation": "relu"}, {"recurrent_activation": "tanh"}, {"reset_after": False}, {"use_bias": False})
    ends = [keras.layers.GRU(3, **options)(x) for options in odd]
    model = drawn(keras.Model(tokens, keras.layers.Concatenate()(ends)))
    content = to_onnx(model)
    names = [node.op_type for node in onnx.load_from_string(content).graph.node]
    assert (names.count("Loop"), names.count("GRU")) == (4, 0)
    assert verify_onnx(content, model, [texts(1), texts(5, 2)]) < 1e-5


def test_model_trains_and_predicts_after_export():
    model = drawn(gru.build_model(TOKENS, units=4))
    before = model(texts(5, 2), training=True).numpy()
    to_onnx(model)
    np.testing.assert_array_equal(model(texts(5, 2), training=True).numpy(), before)


def test_verify_names_a_python_function_that_onnx_lacks():
    import tensorflow as tf

    class Own(gru.keras.layers.Layer):
        def call(self, inputs):
            return tf.reshape(tf.numpy_function(np.sin, [inputs], tf.float32, stateful=False), tf.shape(inputs))

    window = gru.keras.Input((6, 3), name="window")
    model = gru.keras.Model(window, Own()(window))
    with pytest.raises(SeqkitError, match=r"exported model cannot be kept: ONNX Runtime cannot run it.*PyFunc"):
        verify_onnx(to_onnx(model), model, samples(3))
