"""Cuts a teacher-forced model with two inputs into an encoder and a decoder, and exports both to ONNX.

A recipe builds one model of the source and of the target shifted by one step. What depends on the source alone becomes
the encoder. Its outputs that the rest reads, the memories, are further inputs of the decoder, as are their masks:
without them the padding of a shorter source would be read. A decoder with recurrent layers carries their states from
step to step; another one reads all tokens so far again at each step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from seqkit.errors import SeqkitError, UsageError
from seqkit.files.atomic import write_bytes
from seqkit.runs.model_files import ATTENTION, DECODER, ENCODER, LOGITS, PREVIOUS
from seqkit.training.carried_state import carried, layer_sizes, recurrent_layers, state_sizes
from seqkit.training.export import OPSET, portable, quiet, save

if TYPE_CHECKING:
    from seqkit.runs.run import Run
    from seqkit.spec import Spec


@dataclass(frozen=True)
class Cut:
    """The two parts of a teacher-forced model.

    Attributes:
        encoder: From the source to the memories.
        decoder: From the shifted target and the memories to the input of the last layer and, if the recipe has one, the
            attention.
        readout: The last layer.
        masks: For each memory, the position of the memory that is its mask; None without a mask.
        starts: For each state of the decoder, the position of the memory that it starts from; None for zeros.
    """

    encoder: keras.Model
    decoder: keras.Model
    readout: Any
    masks: tuple[int | None, ...]
    starts: tuple[int | None, ...]

    @property
    def is_recurrent(self) -> bool:
        """Whether the decoder carries states instead of reading all tokens so far."""
        return bool(self.starts)


def cut(model: keras.Model) -> Cut:
    """Cuts a copy of a model with the inputs source and shifted target, with its present weights.

    Raises:
        UsageError: The decoder does not read the source, or the model does not end with `spec.outputs(x)`.
    """
    weights = model.get_weights()
    model = keras.models.clone_model(model)  # Models of its inner tensors would change what it saves.
    model.set_weights(weights)
    source, previous = model.inputs
    readout = next((layer for layer in model.layers if layer.name == "readout"), None)
    if readout is None:
        raise UsageError("A recipe must end with `spec.outputs(x)`, which creates the layer 'readout'.")
    outputs = [readout.input, *model.outputs[1:]]
    memories = _memories(previous, outputs)
    if not memories or any(memory is source for memory in memories):
        raise UsageError("The decoder of a recipe must read what an encoder makes of `spec.inputs()`, not the tokens.")
    mask_of = [getattr(memory, "_keras_mask", None) for memory in memories]
    masks = list({id(mask): mask for mask in mask_of if mask is not None}.values())
    numbers = {id(mask): len(memories) + number for number, mask in enumerate(masks)}
    encoder = keras.Model(source, [*memories, *masks], name="encoder")
    decoder = keras.Model([previous, *memories], outputs, name="decoder")
    return Cut(
        encoder,
        decoder,
        readout,
        tuple(None if mask is None else numbers[id(mask)] for mask in mask_of),
        tuple(_starts(decoder, memories)),
    )


def _node(tensor: Any) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def _memories(previous: Any, outputs: Sequence[Any]) -> list[Any]:
    """Returns the tensors that depend on the source alone and are read by what also depends on the target."""
    depends: dict[int, bool] = {id(previous): True}
    memories: dict[int, Any] = {}
    visited: set[int] = set()

    def depends_on_target(tensor: Any) -> bool:
        if id(tensor) not in depends:
            depends[id(tensor)] = any(depends_on_target(other) for other in _node(tensor).input_tensors)
        return depends[id(tensor)]

    def walk(tensor: Any) -> None:
        if id(tensor) in visited:
            return
        visited.add(id(tensor))
        if not depends_on_target(tensor):
            memories[id(tensor)] = tensor
            return
        for other in _node(tensor).input_tensors:
            walk(other)

    for output in outputs:
        walk(output)
    return list(memories.values())


def _starts(decoder: keras.Model, memories: Sequence[Any]) -> list[int | None]:
    """Returns the memory that each state of the decoder starts from; see `Cut.starts`."""
    positions = {id(memory): number for number, memory in enumerate(memories)}
    starts: list[int | None] = []
    for layer in recurrent_layers(decoder):
        inputs: list[Any] = next(
            (node.input_tensors for node in layer._inbound_nodes), []
        )  # none for a layer in a wrapper
        initial: list[int | None] = [positions.get(id(tensor)) for tensor in inputs[1:]]
        starts += initial or [None] * len(layer_sizes(layer))
    return starts


def export_encoder_decoder(run: Run, model: keras.Model, spec: Spec, samples: Any) -> dict[str, Any]:
    """Writes a teacher-forced model as `model.keras`, and its parts as `ENCODER` and `DECODER`, after comparing them.

    Args:
        run: The run.
        model: Trained model.
        spec: Inputs and outputs of the model.
        samples: Source and shifted target for the comparison, int32, of shape (batch, time), of different lengths.

    Returns:
        The entries of `run.json`: number of parameters, and hash of each file by its name without the ending.
    """
    save(run, model)
    contents = dict(zip((ENCODER, DECODER), to_onnx_parts(cut(model), spec), strict=True))
    verify_parts(contents[ENCODER], contents[DECODER], model, *samples)
    for name, content in contents.items():
        write_bytes(run.path / name, content)
    hashes = {
        f"{name.partition('.')[0]}_sha256": hashlib.sha256(content).hexdigest() for name, content in contents.items()
    }
    return {"parameters": model.count_params(), **hashes}


def to_onnx_parts(parts: Cut, spec: Spec) -> tuple[bytes, bytes]:
    """Converts encoder and decoder to ONNX; see `ENCODER` for their inputs and outputs."""
    import tensorflow as tf

    sizes = state_sizes(parts.decoder)
    memories = {f"memory_{number}": tensor for number, tensor in enumerate(parts.encoder.outputs, 1)}

    def encode(source: Any) -> dict[str, Any]:
        outputs, _ = parts.encoder.stateless_call(*_weights(parts.encoder), source, training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        states = [
            tf.zeros((tf.shape(source)[0], size)) if start is None else outputs[start]
            for size, start in zip(sizes, parts.starts, strict=True)
        ]
        return dict(zip(memories, outputs, strict=True)) | _named("state", states)

    def decode(previous: Any, *tensors: Any) -> dict[str, Any]:
        values, states = tensors[: len(memories)], tensors[len(memories) :]
        inputs = [previous, *values[: len(parts.masks)]]
        masks = [None, *(None if number is None else values[number] for number in parts.masks)]
        with carried(parts.decoder, states) as last_states:
            outputs, _ = parts.decoder.stateless_call(*_weights(parts.decoder), inputs, training=False, mask=masks)
        x, *attention = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        logits = tf.matmul(x[:, -1], parts.readout.kernel) + parts.readout.bias
        weights = {ATTENTION: attention[0][:, -1]} if attention else {}
        return {LOGITS: logits} | weights | _named("last_state", last_states())

    tokens = (None, None)
    source = tf.TensorSpec(tokens, tf.int32, name=spec.reads.name)
    previous = tf.TensorSpec(tokens, tf.int32, name=PREVIOUS)
    read = [tf.TensorSpec(tensor.shape, tensor.dtype, name=name) for name, tensor in memories.items()]
    read += [tf.TensorSpec((None, size), tf.float32, name=f"state_{n}") for n, size in enumerate(sizes, 1)]
    return _convert(encode, [source], parts.encoder), _convert(decode, [previous, *read], parts.decoder)


def _named(name: str, tensors: Sequence[Any]) -> dict[str, Any]:
    return {f"{name}_{number}": tensor for number, tensor in enumerate(tensors, 1)}


def _weights(model: keras.Model) -> tuple[list[Any], list[Any]]:
    return model.trainable_variables, model.non_trainable_variables


def _convert(function: Any, signature: list[Any], model: keras.Model) -> bytes:
    """Returns a function of some tensors as ONNX; the layers of `model` run in it."""
    import tensorflow as tf
    import tf2onnx

    from seqkit.training import onnx_recurrent

    with portable(model), onnx_recurrent.operators(model), quiet("tf2onnx"):
        proto, _ = tf2onnx.convert.from_function(
            tf.function(function, input_signature=signature),
            input_signature=signature,
            opset=OPSET,
            custom_op_handlers=dict(onnx_recurrent.HANDLERS),
        )
    content: bytes = proto.SerializeToString()
    return content


def verify_parts(
    encoder: bytes,
    decoder: bytes,
    model: keras.Model,
    source: np.ndarray,
    previous: np.ndarray,
    tolerance: float = 1e-4,
) -> float:
    """Checks that encoder and decoder in ONNX, step by step, give the predictions of the teacher-forced Keras model.

    Args:
        encoder: Result of `to_onnx_parts`.
        decoder: Result of `to_onnx_parts`.
        model: The Keras model.
        source: Padded sources, int32, of shape (batch, source time).
        previous: Padded shifted targets, of shape (batch, target time).
        tolerance: Maximum difference, absolute for predictions below 1 and relative above, (0, inf).

    Returns:
        The largest difference, measured in the same way.

    Raises:
        SeqkitError: The outputs differ by more than `tolerance`.
    """
    import tensorflow as tf

    @tf.function
    def predict(source: Any, previous: Any) -> Any:
        return model([source, previous], training=False)

    with portable(model):
        outputs = predict(tf.constant(source), tf.constant(previous))
    expected = (outputs[0] if isinstance(outputs, (list, tuple)) else outputs).numpy()
    steps = _read_stepwise(encoder, decoder, source, previous)
    difference = np.abs(steps - expected) / np.maximum(1.0, np.abs(expected))
    if not np.all(difference <= tolerance):  # also true for NaN
        raise SeqkitError(
            "The decoder read step by step and the model that reads a whole target give different predictions: the "
            f"largest difference is {np.max(difference):.3g}, expected at most {tolerance:g}. Use a recipe whose "
            "decoder looks back only, by recurrent layers or by attention, not by both."
        )
    return float(np.max(difference))


def _read_stepwise(encoder: bytes, decoder: bytes, source: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Returns the logits of the ONNX models, which read the target step by step."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    first, rest = (
        onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        for content in (encoder, decoder)
    )
    names = [tensor.name for tensor in first.get_outputs()]
    values = dict(zip(names, first.run(names, {first.get_inputs()[0].name: source}), strict=True))
    read = {tensor.name for tensor in rest.get_inputs()}
    states = [name for name in names if name.startswith("state_")]
    steps = []
    for step in range(1, previous.shape[1] + 1):
        tokens = previous[:, step - 1 : step] if states else previous[:, :step]
        inputs = {name: value for name, value in values.items() if name in read}
        logits, *last = rest.run([LOGITS, *(f"last_{name}" for name in states)], {PREVIOUS: tokens, **inputs})
        values |= zip(states, last, strict=True)
        steps.append(logits)
    return np.stack(steps, axis=1)
