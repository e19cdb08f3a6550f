"""Builds what a recipe describes, and sees that it keeps its word: about its ends, and about looking back only."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError
from seqkit.registry import Source

if TYPE_CHECKING:
    import keras
    import numpy as np

    from seqkit.spec import Spec

Build = Callable[["Spec"], "keras.Model"]
"""From a spec to the recipe's model of it."""


def is_causal(recipe: Source) -> bool:
    """Whether a recipe says that its outputs at a step depend on that step and those before it alone."""
    return recipe.constants.get("CAUSAL") is True


def build_model(recipe: Source, spec: "Spec", options: Mapping[str, Any]) -> "keras.Model":
    """Returns the recipe's model, uncompiled.

    Raises:
        UsageError: It cannot be built with these options, or its ends are not those of the spec.
    """
    import keras

    module = recipe.load()
    try:
        model = module.build_model(spec, **options)
    except Exception as error:  # Whatever a recipe raises is its own: name it and keep its traceback behind.
        what = str(error) or type(error).__name__
        raise UsageError(
            f"The recipe {recipe.name} cannot be built with these options: {what}. Change them, or the recipe."
        ) from error
    if not isinstance(model, keras.Model):
        raise UsageError(f"`build_model` in {recipe.path} returns {type(model).__name__}, expected a keras.Model.")
    ends = (
        ("takes in", model.input_shape, spec.input_shape, "begin with `spec.inputs()`"),
        ("gives out", model.output_shape, spec.output_shape, "end it in `spec.outputs(x)`"),
    )
    for verb, shape, expected, remedy in ends:
        if shape != expected:
            raise UsageError(f"The recipe {recipe.name} {verb} the shape {shape}, expected {expected}: {remedy}.")
    return model


def build_sequence_model(model: "keras.Model", spec: "Spec", steps: int, build: Build) -> "keras.Model":
    """Returns a model of the same weights that forecasts at each of so many steps.

    Raises:
        UsageError: It has other weights, or its forecasts are not those of the model: the recipe is not causal.
    """
    import numpy as np

    sequence_model = build(spec.at_each_step(steps))
    shapes = [[tuple(weight.shape) for weight in each.weights] for each in (model, sequence_model)]
    if shapes[0] != shapes[1]:
        raise _not_causal("it has other weights when it is built with `spec.per_step`")
    sequence_model.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(2, steps, spec.features)).astype(np.float32)
    x[1, : steps // 2] = x[0, : steps // 2]
    outputs = _answer(sequence_model, x)
    if not np.allclose(outputs[0, : steps // 2], outputs[1, : steps // 2], rtol=1e-3, atol=1e-6):
        raise _not_causal("its output at a step depends on what comes after it")
    if spec.steps is not None and spec.steps <= steps:
        of_window = _answer(model, x[:, : spec.steps])
        if not np.allclose(outputs[:, spec.steps - 1], of_window, rtol=1e-3, atol=1e-6):
            raise _not_causal("its output at a window's last step is not the one that it has for the window")
    return sequence_model


def _answer(model: "keras.Model", x: "np.ndarray") -> "np.ndarray":
    """Returns what a model gives out; compiled, as a recurrent layer otherwise takes its steps in Python."""
    import tensorflow as tf

    @tf.function
    def answer(inputs: Any) -> Any:
        return model(inputs, training=False)

    inputs = tf.constant(x)
    outputs: np.ndarray = answer.get_concrete_function(inputs)(inputs).numpy()
    return outputs


def _not_causal(why: str) -> UsageError:
    return UsageError(f"The recipe declares `CAUSAL`, and {why}. Take the constant out, or --supervise last.")
