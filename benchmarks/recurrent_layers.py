"""Duration of training steps of GRU and LSTM with recurrent dropout, compared with Keras' layers.

A step is a forward and backward pass of one layer, with the sum of squares of its last states as the loss. Both layers
have the same dropout rates and shapes, and are compiled beforehand. The figures are milliseconds per step.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks.measure import alternate, note
from benchmarks.report import Line, Report, report_lines
from seqkit.training.keras_import import import_keras

DROPOUT, FEATURES = 0.1, 14

TARGETS = {32: 2.0, 128: 1.5}
"""Target speed-ups over Keras, by units, at 256 windows of 120 steps; for other shapes the target is 1."""

SHAPES = (
    (256, 120, 32),
    (256, 120, 128),
    (256, 120, 8),
    (64, 50, 256),
    (1, 120, 32),
    (32, 10, 64),
    (512, 500, 32),
    (32, 144, 32),
)
"""Batch, steps and units."""


def run(*, recurrent_dropout: float = 0.25, repeats: int = 15, quick: bool = False) -> Report:
    """Times both in turn.

    Args:
        recurrent_dropout: Fraction of the state that is dropped, [0, 1).
        repeats: Timings of each, [1, inf).
        quick: Two short shapes, three times, as a smoke test.
    """
    # Set the seed only once: it clears TensorFlow's compiled functions.
    import_keras().utils.set_random_seed(0)
    shapes = ((32, 10, 32), (32, 10, 64)) if quick else SHAPES
    repeats = min(repeats, 3) if quick else repeats
    lines = []
    for cell in ("GRU", "LSTM"):
        for batch, steps, units in shapes:
            both = [_step(cell, system, batch, steps, units, recurrent_dropout) for system in ("seqkit", "Keras")]
            ours, peer = alternate(repeats, *(partial(_milliseconds, step) for step in both))
            times = TARGETS.get(units, 1.0) if (batch, steps) == (256, 120) else 1.0
            name = f"{cell}, {units} units, {batch} × {steps} steps"
            lines.append(Line(name, "ms", ours, peer, times=times))
            note(f"{name}: {median(lines[-1].ratios):.2f}×")
    return report_lines(lines, peer="Keras", notes=[f"Dropout {DROPOUT}, recurrent dropout {recurrent_dropout:g}."])


def _step(cell: str, system: str, batch: int, steps: int, units: int, recurrent_dropout: float) -> Callable[[], Any]:
    """Returns a training step after two warm-up calls."""
    import keras
    import tensorflow as tf

    from seqkit import layers

    kind = getattr(layers, f"RecurrentDropout{cell}") if system == "seqkit" else getattr(keras.layers, cell)
    layer = kind(units, dropout=DROPOUT, recurrent_dropout=recurrent_dropout)
    layer.build((None, steps, FEATURES))
    x = tf.random.normal((batch, steps, FEATURES))

    @tf.function
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(layer(x, training=True) ** 2)
        return tape.gradient(value, layer.trainable_variables)

    def work() -> Any:
        return [gradient.numpy() for gradient in step(x)]

    work(), work()
    return work


def _milliseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - began)
