"""Builds a recipe's model and checks it: its inputs and outputs, and that it is causal if it claims to be."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError
from seqkit.registry import Source
from seqkit.spec.forecast import Forecast
from seqkit.spec.target_tokens import TargetTokens

if TYPE_CHECKING:
    import keras
    import numpy as np

    from seqkit.spec import Spec

Build = Callable[["Spec"], "keras.Model"]
"""Function that builds the recipe's model for a spec."""


def is_causal(recipe: Source) -> bool:
    """Whether a recipe declares that its output at a step depends only on that step and earlier ones."""
    return recipe.constants.get("CAUSAL") is True


def build_model(recipe: Source, spec: "Spec", options: Mapping[str, Any]) -> "keras.Model":
    """Returns the recipe's uncompiled model.

    Raises:
        UsageError: The recipe raised an error, or the model's inputs or outputs do not match the spec.
    """
    import keras

    module = recipe.load()
    try:
        model = module.build_model(spec, **options)
    except Exception as error:  # A recipe may raise anything; chaining preserves its traceback.
        reason = str(error) or type(error).__name__
        raise UsageError(
            f"The recipe {recipe.name} cannot be built with these options: {reason}. Change the options or the recipe."
        ) from error
    if not isinstance(model, keras.Model):
        raise UsageError(f"`build_model` in {recipe.path} returns {type(model).__name__}, expected a keras.Model.")
    inputs, outputs = ([tensor.shape for tensor in tensors] for tensors in (model.inputs, model.outputs))
    expected_inputs, expected_outputs, starts = [spec.input_shape], [spec.output_shape], "`spec.inputs()`"
    if isinstance(spec.gives, TargetTokens):
        expected_inputs.append(spec.gives.decoder_shape)
        expected_outputs += [spec.gives.attention_shape] * (len(outputs) > 1)
        starts += " and `spec.decoder_inputs()`"
    shapes = (
        ("input", inputs, expected_inputs, f"start with {starts}"),
        ("output", outputs, expected_outputs, "end with `spec.outputs(x)`"),
    )
    for kind, found, wanted, remedy in shapes:
        if found != wanted:
            shape, expected = (", ".join(map(str, each)) for each in (found, wanted))
            raise UsageError(f"The recipe {recipe.name} has the {kind} shape {shape}, expected {expected}: {remedy}.")
    return spec.gives.restored(model) if isinstance(spec.gives, Forecast) else model


def build_sequence_model(model: "keras.Model", spec: "Spec", steps: int, build: Build) -> "keras.Model":
    """Returns a model with the same weights that forecasts at every step of a longer sequence.

    Args:
        model: The recipe's model.
        spec: Inputs and outputs of `model`.
        steps: Length of the sequence.
        build: Builds the recipe's model.

    Raises:
        UsageError: The recipe is not causal: the models differ in their weights or their forecasts.
    """
    import numpy as np

    sequence_model = build(spec.at_each_step(steps))
    shapes, sequence_shapes = ([tuple(weight.shape) for weight in m.weights] for m in (model, sequence_model))
    if shapes != sequence_shapes:
        raise _not_causal("it has other weights when it is built with `spec.per_step`")
    sequence_model.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(2, steps, spec.features)).astype(np.float32)
    x[1, : steps // 2] = x[0, : steps // 2]
    outputs = _predict(sequence_model, x)
    if not np.allclose(outputs[0, : steps // 2], outputs[1, : steps // 2], rtol=1e-3, atol=1e-6):
        raise _not_causal("its output at a step depends on later steps")
    if spec.steps is not None and spec.steps <= steps:
        window_output = _predict(model, x[:, : spec.steps])
        if not np.allclose(outputs[:, spec.steps - 1], window_output, rtol=1e-3, atol=1e-6):
            raise _not_causal("its output at the last step of a window differs from its output for the window")
    return sequence_model


def _predict(model: "keras.Model", x: "np.ndarray") -> "np.ndarray":
    """Returns the outputs of a model, from a compiled call: eager recurrent layers loop in Python."""
    import tensorflow as tf

    @tf.function
    def predict(inputs: Any) -> Any:
        return model(inputs, training=False)

    inputs = tf.constant(x)
    outputs: np.ndarray = predict.get_concrete_function(inputs)(inputs).numpy()
    return outputs


def _not_causal(reason: str) -> UsageError:
    return UsageError(
        f"The recipe declares `CAUSAL`, but {reason}. Remove the constant from the recipe, or use --supervise last."
    )
