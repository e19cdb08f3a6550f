"""A Keras model as ONNX: the same function in a file that needs neither Keras nor TensorFlow to be run.

`to_onnx` writes it, `verify_onnx` compares the two. Nothing here reads or writes a run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from seqkit.errors import SeqkitError

if TYPE_CHECKING:
    import keras

INPUT = "window"
OUTPUT = "forecast"
OPSET = 17
"""Version of ONNX's operators: ONNX Runtime has known it since 1.12."""


def to_onnx(model: keras.Model) -> bytes:
    """Returns the model as ONNX, as it predicts (not as it trains), for batches of any size.

    Args:
        model: A model with one input of shape (batch, steps, features) and one output (batch, horizon, targets).

    Returns:
        The serialised ONNX model. Its input is called "window" and its output "forecast"; their first dimension is
        the free "batch".
    """
    import tensorflow as tf
    import tf2onnx

    (window,) = model.inputs
    signature = [tf.TensorSpec(window.shape, window.dtype, name=INPUT)]
    function = tf.function(lambda x: {OUTPUT: _predict(model, x)}, input_signature=signature)
    with _portable(model), _quiet("tf2onnx"):
        proto, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    for end, shape in ((proto.graph.input[0], window.shape), (proto.graph.output[0], model.outputs[0].shape)):
        dimensions = end.type.tensor_type.shape.dim
        dimensions[0].dim_param = "batch"
        for dimension, size in zip(dimensions[1:], shape[1:], strict=True):
            dimension.dim_value = size
    return proto.SerializeToString()


def verify_onnx(onnx_bytes: bytes, model: keras.Model, samples: np.ndarray, tolerance: float = 1e-4) -> float:
    """Checks that the ONNX model predicts what the Keras model does, for the samples at once and for one alone.

    Args:
        onnx_bytes: What `to_onnx` returned.
        model: The model it was made from. It is not changed, nor is the state of its random numbers.
        samples: Windows to compare on, of shape (batch, steps, features), at least one.
        tolerance: Largest difference allowed, absolute where predictions are below 1 and relative above, (0, inf).

    Returns:
        The largest difference found, in the same measure.

    Raises:
        SeqkitError: The outputs differ by more, or are not of the same shape, or the model holds an operator that ONNX
            has not.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    try:
        session = onnxruntime.InferenceSession(onnx_bytes, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no narrower class.
        raise SeqkitError(f"ONNX Runtime cannot run the exported model, so it cannot be kept: {error}") from error
    with _portable(model):
        expected = np.asarray(_predict(model, samples))
    largest = 0.0
    for size in dict.fromkeys((len(samples), 1)):
        (found,) = session.run([OUTPUT], {INPUT: samples[:size]})
        if found.shape != expected[:size].shape:
            raise SeqkitError(
                f"The exported ONNX model gives out {found.shape} where the Keras model gives {expected[:size].shape}."
            )
        difference = np.abs(found - expected[:size]) / np.maximum(1.0, np.abs(expected[:size]))
        if not np.all(difference <= tolerance):  # NaN is a difference, too.
            raise SeqkitError(
                f"The exported ONNX model predicts otherwise than the Keras model: for a batch of {size} the largest "
                f"difference is {np.max(difference):.3g}, allowed is {tolerance:g}."
            )
        largest = max(largest, float(np.max(difference)))
    return largest


def _predict(model: keras.Model, windows: object) -> object:
    """Returns the predictions without a side effect.

    Keras draws the masks of dropout in recurrent layers even where they are not used, and notes in a variable that it
    has drawn. `stateless_call` hands that note back instead of assigning it; assigned, it is a step that changes the
    model it is read from, which no graph of constants can hold.
    """
    outputs, _ = model.stateless_call(model.trainable_variables, model.non_trainable_variables, windows, training=False)
    return outputs


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
