"""A Keras model as ONNX: the same function in a file that needs neither Keras nor TensorFlow to be run.

`to_onnx` writes it, `verify_onnx` compares the two, `export` does both for a run.
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
"""Version of ONNX's operators: ONNX Runtime has known it since 1.12."""

LARGE = 1 << 20
"""Numbers in a weight from which on it is put into the finished file; converted with the rest it is copied often."""


def export(run: Run, model: keras.Model, spec: Spec, samples: list[np.ndarray]) -> dict[str, Any]:
    """Writes a model as `model.keras`, and as `model.onnx` once this is shown to answer as the model does.

    Args:
        run: The run.
        model: The finished model.
        spec: What it reads and gives; its ends name those of the ONNX model.
        samples: Batches of inputs that both are asked.

    Returns:
        What `run.json` says of it: its parameters and its hash.
    """
    save(run, model)
    content = to_onnx(model, (spec.reads.name, spec.gives.name))
    for batch in samples:
        verify_onnx(content, model, batch)
    write_bytes(run.path / "model.onnx", content)
    return {"parameters": model.count_params(), "onnx_sha256": hashlib.sha256(content).hexdigest()}


def save(run: Run, model: keras.Model) -> None:
    """Writes a model as `model.keras`."""
    with atomic_write(run.path / "model.keras") as temporary:
        model.save(temporary)


def to_onnx(model: keras.Model, names: tuple[str, str] | None = None) -> bytes:
    """Returns the model as ONNX, as it predicts (not as it trains), for batches of any size.

    Args:
        model: A model with one input, of shape (batch, steps, features), or whole numbers (batch, time), and one
            output, of shape (batch, horizon, targets) or (batch, classes).
        names: Of the ONNX model's input and output. Default: those of the Keras model's input and of its last
            layer.

    Returns:
        The serialised ONNX model. The first dimension of its ends is the free "batch", and that of steps is the free
        "time" where the model's is free.
    """
    with spent("importing libraries"):
        import tf2onnx

        from seqkit.training import onnx_recurrent as recurrent_onnx

    (taken,), (given,) = model.inputs, model.outputs
    input_name, output_name = names or (taken.name, given._keras_history.operation.name)
    tables = {f"table_{i}": weight for i, weight in enumerate(model.weights) if math.prod(weight.shape) >= LARGE}
    function = _prediction(model, input_name, output_name, tables)
    with _portable(model), recurrent_onnx.operators(model), _quiet("tf2onnx"):
        proto, _ = tf2onnx.convert.from_function(
            function,
            input_signature=function.input_signature,
            opset=OPSET,
            custom_op_handlers=dict(recurrent_onnx.HANDLERS),
        )
    _put_in(proto.graph, tables)
    for end, shape in ((proto.graph.input[0], taken.shape), (proto.graph.output[0], given.shape)):
        for dimension, size, free in zip(end.type.tensor_type.shape.dim, shape, ("batch", "time", ""), strict=False):
            if size is None:
                dimension.dim_param = free
            else:
                dimension.dim_value = size
    return proto.SerializeToString()


def verify_onnx(
    onnx_bytes: bytes, model: keras.Model, samples: np.ndarray | Sequence[np.ndarray], tolerance: float = 1e-4
) -> float:
    """Checks that the ONNX model predicts what the Keras model does, for the samples at once and for one alone.

    Args:
        onnx_bytes: What `to_onnx` returned.
        model: The model it was made from. It is not changed, nor is the state of its random numbers.
        samples: Inputs to compare on, at least one; or several such arrays, of different lengths for a model that
            reads any length.
        tolerance: Largest difference allowed, absolute where predictions are below 1 and relative above, (0, inf).

    Returns:
        The largest difference found, in the same measure.

    Raises:
        SeqkitError: The outputs differ by more, or are not of the same shape, or the model holds an operator that ONNX
            has not.
    """
    with spent("importing libraries"):
        import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    try:
        session = onnxruntime.InferenceSession(onnx_bytes, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no narrower class.
        raise SeqkitError(f"ONNX Runtime cannot run the exported model, so it cannot be kept: {error}") from error
    parts = [samples] if isinstance(samples, np.ndarray) else samples
    with _portable(model):
        predict = _prediction(model).get_concrete_function()
        return max(_largest_difference(session, predict, part, tolerance) for part in parts)


def _largest_difference(session: Any, predict: Any, samples: np.ndarray, tolerance: float) -> float:
    import tensorflow as tf

    expected = predict(tf.constant(samples))["outputs"].numpy()
    largest = 0.0
    for size in dict.fromkeys((len(samples), 1)):
        (found,) = session.run(None, {session.get_inputs()[0].name: samples[:size]})
        if found.shape != expected[:size].shape:
            raise SeqkitError(
                f"The exported ONNX model gives out {found.shape} where the Keras model gives {expected[:size].shape}. "
                "Leave out what the recipe computes in another way than Keras' own layers."
            )
        difference = np.abs(found - expected[:size]) / np.maximum(1.0, np.abs(expected[:size]))
        if not np.all(difference <= tolerance):  # NaN is a difference, too.
            raise SeqkitError(
                f"The exported ONNX model predicts otherwise than the Keras model: for a batch of {size} the largest "
                f"difference is {np.max(difference):.3g}, allowed is {tolerance:g}."
            )
        largest = max(largest, float(np.max(difference)))
    return largest


def _prediction(
    model: keras.Model,
    input_name: str = "inputs",
    output_name: str = "outputs",
    tables: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Returns a compiled function from inputs, and the weights in `tables` by name, to predictions.

    It has no side effect. Keras draws the masks of dropout in recurrent layers even where they are not used, and notes
    in a variable that it has drawn. `stateless_call` hands that note back instead of assigning it; assigned, it is a
    step that changes the model it is read from, which no graph of constants can hold.
    """
    import tensorflow as tf

    def predict(inputs: Any, *given: Any) -> dict[str, Any]:
        stands_for = {id(weight): tensor for weight, tensor in zip(tables.values(), given, strict=True)}
        weights = [
            [stands_for.get(id(weight), weight) for weight in part]
            for part in (model.trainable_variables, model.non_trainable_variables)
        ]
        outputs, _ = model.stateless_call(*weights, inputs, training=False)
        return {output_name: outputs}

    (taken,) = model.inputs
    signature = [tf.TensorSpec(taken.shape, taken.dtype, name=input_name)]
    signature += [tf.TensorSpec(weight.shape, weight.dtype, name=name) for name, weight in tables.items()]
    return tf.function(predict, input_signature=signature)


def _put_in(graph: Any, tables: Mapping[str, Any]) -> None:
    """Makes constants of those inputs of an ONNX graph that stand for weights."""
    from onnx import numpy_helper

    inputs = [end for end in graph.input if end.name not in tables]
    used = {name for node in graph.node for name in node.input}
    del graph.input[:]
    graph.input.extend(inputs)
    for name, weight in tables.items():
        if name in used:
            graph.initializer.append(numpy_helper.from_array(np.asarray(weight.numpy()), name))


@contextmanager
def _portable(model: keras.Model) -> Iterator[None]:
    """On the CPU and without cuDNN's fused layers: they have no ONNX counterpart, and round otherwise."""
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
def _quiet(name: str) -> Iterator[None]:
    """This logger keeps to itself: what it would complain of, `verify_onnx` finds and says."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
