"""Export of Keras models to ONNX, so that inference needs neither Keras nor TensorFlow.

`to_onnx` converts a model, `verify_onnx` compares both, and `export` does both for a run.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.files.atomic import atomic_write, write_bytes
from seqkit.runs.run import Run
from seqkit.spec import Spec
from seqkit.stopwatch import spent

if TYPE_CHECKING:
    import keras

OPSET = 17
"""ONNX operator set, supported by ONNX Runtime 1.12 and later."""

LARGE = 1 << 20
"""Size of a weight from which it is inserted after the conversion, which copies weights many times."""


def export(run: Run, model: keras.Model, spec: Spec, samples: list[np.ndarray]) -> dict[str, Any]:
    """Writes a model as `model.keras`, and as `model.onnx` after comparing their predictions.

    Args:
        run: The run.
        model: Trained model.
        spec: Inputs and outputs of the model, whose names the ONNX model has.
        samples: Batches of inputs for the comparison.

    Returns:
        The entries of `run.json`: number of parameters and hash of the ONNX file.
    """
    save(run, model)
    content = to_onnx(model, (spec.reads.name, spec.gives.name))
    for batch in samples:
        verify_onnx(content, model, batch)
    write_bytes(run.path / "model.onnx", content)
    return {"parameters": model.count_params(), "onnx_sha256": hashlib.sha256(content).hexdigest()}


def export_stepwise(run: Run, model: keras.Model, spec: Spec, samples: np.ndarray) -> dict[str, Any]:
    """Writes a causal model as `model.keras`, and as a `model.onnx` that reads a sequence in parts.

    The states of recurrent layers are inputs and outputs of the ONNX model; see `to_onnx`.

    Args:
        run: The run.
        model: Trained model with an output at every step.
        spec: Inputs and outputs of the model.
        samples: Inputs for the comparison with the Keras model, of shape (batch, time).

    Returns:
        The entries of `run.json`: number of parameters, hash of the ONNX file, and the units of each state.
    """
    from seqkit.training.carried_state import state_sizes

    save(run, model)
    content, states = to_onnx(model, (spec.reads.name, spec.gives.name), stepwise=True), state_sizes(model)
    verify_stepwise(content, model, samples, states)
    write_bytes(run.path / "model.onnx", content)
    sha256 = hashlib.sha256(content).hexdigest()
    return {"parameters": model.count_params(), "onnx_sha256": sha256, "states": states}


def verify_stepwise(
    onnx_bytes: bytes, model: keras.Model, samples: np.ndarray, states: Sequence[int], tolerance: float = 1e-4
) -> float:
    """Checks that the ONNX model, reading a sequence step by step, gives the predictions of the Keras model for all.

    Args:
        onnx_bytes: Result of `to_onnx` with `stepwise`.
        model: The Keras model.
        samples: Inputs, of shape (batch, time).
        states: Units of each state.
        tolerance: Maximum difference, absolute for predictions below 1 and relative above, (0, inf).

    Returns:
        The largest difference, measured in the same way.

    Raises:
        SeqkitError: The outputs differ by more than `tolerance`: the model looks at later steps, or at earlier ones
            by other means than recurrent layers.
    """
    import onnxruntime
    import tensorflow as tf

    with portable(model):
        expected = _prediction(model).get_concrete_function()(tf.constant(samples))["outputs"].numpy()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    session = onnxruntime.InferenceSession(onnx_bytes, options, providers=["CPUExecutionProvider"])
    (output_name,) = (tensor.name for tensor in session.get_outputs() if not tensor.name.startswith("last_state_"))
    input_name = next(tensor.name for tensor in session.get_inputs() if not tensor.name.startswith("state_"))
    names = [output_name, *(f"last_state_{n}" for n in range(1, len(states) + 1))]
    values, steps = [np.zeros((len(samples), size), np.float32) for size in states], []
    for step in range(samples.shape[1]):
        inputs = {f"state_{n}": value for n, value in enumerate(values, 1)}
        outputs, *values = session.run(names, {input_name: samples[:, step : step + 1], **inputs})
        steps.append(outputs)
    difference = np.abs(np.concatenate(steps, axis=1) - expected) / np.maximum(1.0, np.abs(expected))
    if not np.all(difference <= tolerance):  # also true for NaN
        raise SeqkitError(
            "The model read step by step and the model that reads a whole sequence give different predictions: the "
            f"largest difference is {np.max(difference):.3g}, expected at most {tolerance:g}. Use a recipe whose only "
            "memory are recurrent layers, such as lstm or gru."
        )
    return float(np.max(difference))


def save(run: Run, model: keras.Model) -> None:
    """Writes a model as `model.keras`."""
    with atomic_write(run.path / "model.keras") as temporary:
        model.save(temporary)


def to_onnx(model: keras.Model, names: tuple[str, str] | None = None, *, stepwise: bool = False) -> bytes:
    """Converts a model in inference mode to ONNX, for batches of any size.

    Args:
        model: Model with one input, of shape (batch, steps, features) or integers (batch, time), and one output, of
            shape (batch, horizon, targets) or (batch, classes).
        names: Names of the ONNX model's input and output. Default: those of the Keras model's input and last layer.
        stepwise: Whether the states of recurrent layers are further inputs, "state_1" and so on, and the states after
            the last step further outputs, "last_state_1" and so on.

    Returns:
        The serialised ONNX model. Its dynamic dimensions are named "batch" and "time".
    """
    with spent("importing libraries"):
        import tf2onnx

        from seqkit.training import onnx_recurrent

    (input_,), (output,) = model.inputs, model.outputs
    input_name, output_name = names or (input_.name, output._keras_history.operation.name)
    tables = {f"table_{i}": weight for i, weight in enumerate(model.weights) if math.prod(weight.shape) >= LARGE}
    function = _prediction(model, input_name, output_name, tables, stepwise=stepwise)
    with portable(model), onnx_recurrent.operators(model), quiet("tf2onnx"):
        proto, _ = tf2onnx.convert.from_function(
            function,
            input_signature=function.input_signature,
            opset=OPSET,
            custom_op_handlers=dict(onnx_recurrent.HANDLERS),
        )
    _insert_tables(proto.graph, tables)
    shapes = {input_name: input_.shape, output_name: output.shape}
    for tensor in (*proto.graph.input, *proto.graph.output):
        dimensions = tensor.type.tensor_type.shape.dim
        shape = shapes.get(tensor.name, (None, *(dimension.dim_value for dimension in list(dimensions)[1:])))
        for dimension, size, name in zip(dimensions, shape, ("batch", "time", ""), strict=False):
            if size is None:
                dimension.dim_param = name
            else:
                dimension.dim_value = size
    return proto.SerializeToString()


def verify_onnx(
    onnx_bytes: bytes, model: keras.Model, samples: np.ndarray | Sequence[np.ndarray], tolerance: float = 1e-4
) -> float:
    """Checks that the ONNX model gives the predictions of the Keras model, for all samples and for a single one.

    Args:
        onnx_bytes: Result of `to_onnx`.
        model: The Keras model. Neither its weights nor its random state change.
        samples: Inputs to compare, at least one; or several arrays, of different lengths for a model that reads any
            length.
        tolerance: Maximum difference, absolute for predictions below 1 and relative above, (0, inf).

    Returns:
        The largest difference, measured in the same way.

    Raises:
        SeqkitError: The outputs differ by more than `tolerance` or in their shape, or ONNX Runtime cannot run the
            model.
    """
    with spent("importing libraries"):
        import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    try:
        session = onnxruntime.InferenceSession(onnx_bytes, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common base class.
        raise SeqkitError(f"The exported model cannot be kept: ONNX Runtime cannot run it: {error}") from error
    parts = [samples] if isinstance(samples, np.ndarray) else samples
    with portable(model):
        predict = _prediction(model).get_concrete_function()
        return max(_largest_difference(session, predict, part, tolerance) for part in parts)


def _largest_difference(session: Any, predict: Any, samples: np.ndarray, tolerance: float) -> float:
    import tensorflow as tf

    expected = predict(tf.constant(samples))["outputs"].numpy()
    largest = 0.0
    for size in dict.fromkeys((len(samples), 1)):
        (outputs,) = session.run(None, {session.get_inputs()[0].name: samples[:size]})
        if outputs.shape != expected[:size].shape:
            raise SeqkitError(
                f"The exported ONNX model returns the shape {outputs.shape}, and the Keras model "
                f"{expected[:size].shape}. Use only Keras layers in the recipe."
            )
        difference = np.abs(outputs - expected[:size]) / np.maximum(1.0, np.abs(expected[:size]))
        if not np.all(difference <= tolerance):  # also true for NaN
            raise SeqkitError(
                f"The exported ONNX model and the Keras model give different predictions: for a batch of {size} the "
                f"largest difference is {np.max(difference):.3g}, expected at most {tolerance:g}."
            )
        largest = max(largest, float(np.max(difference)))
    return largest


def _prediction(
    model: keras.Model,
    input_name: str = "inputs",
    output_name: str = "outputs",
    tables: Mapping[str, Any] = MappingProxyType({}),
    *,
    stepwise: bool = False,
) -> Any:
    """Returns a `tf.function` of the inputs, and of the weights in `tables`, that predicts without side effects.

    With `stepwise` the initial states follow the inputs, and the last states follow the outputs.

    Recurrent layers in Keras update the state of their dropout generators even in inference. `stateless_call` returns
    the new state instead of assigning it; a graph of constants cannot contain the assignment.
    """
    import tensorflow as tf

    from seqkit.training.carried_state import carried, state_sizes

    sizes = state_sizes(model) if stepwise else []

    def predict(inputs: Any, *tensors: Any) -> dict[str, Any]:
        states, tensors = tensors[: len(sizes)], tensors[len(sizes) :]
        replacements = {id(weight): tensor for weight, tensor in zip(tables.values(), tensors, strict=True)}
        weights = [
            [replacements.get(id(weight), weight) for weight in variables]
            for variables in (model.trainable_variables, model.non_trainable_variables)
        ]
        if not stepwise:
            outputs, _ = model.stateless_call(*weights, inputs, training=False)
            return {output_name: outputs}
        with carried(model, states) as last_states:
            outputs, _ = model.stateless_call(*weights, inputs, training=False)
        return {output_name: outputs} | {f"last_state_{n}": state for n, state in enumerate(last_states(), 1)}

    (input_,) = model.inputs
    signature = [tf.TensorSpec(input_.shape, input_.dtype, name=input_name)]
    signature += [tf.TensorSpec((None, size), tf.float32, name=f"state_{n}") for n, size in enumerate(sizes, 1)]
    signature += [tf.TensorSpec(weight.shape, weight.dtype, name=name) for name, weight in tables.items()]
    return tf.function(predict, input_signature=signature)


def _insert_tables(graph: Any, tables: Mapping[str, Any]) -> None:
    """Replaces the graph inputs named in `tables` with constants."""
    from onnx import numpy_helper

    inputs = [tensor for tensor in graph.input if tensor.name not in tables]
    used = {name for node in graph.node for name in node.input}
    del graph.input[:]
    graph.input.extend(inputs)
    for name, weight in tables.items():
        if name in used:
            graph.initializer.append(numpy_helper.from_array(np.asarray(weight.numpy()), name))


@contextmanager
def portable(model: keras.Model) -> Iterator[None]:
    """Runs the model on the CPU and without cuDNN kernels, which ONNX does not have and which round differently."""
    import tensorflow as tf

    fused = [layer for layer in model._flatten_layers() if hasattr(layer, "use_cudnn")]
    before = [layer.use_cudnn for layer in fused]
    try:
        for layer in fused:
            layer.use_cudnn = False
        with tf.device("/cpu:0"):
            yield
    finally:
        for layer, value in zip(fused, before, strict=True):
            layer.use_cudnn = value


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Silences a logger; `verify_onnx` reports conversion errors."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
