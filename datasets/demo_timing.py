"""Simulated beats whose label is the tempo: the second pause is shorter than the first, as long, or longer.

A series has one channel of weak noise with three spikes in it. The first pause takes 10 to 20 steps, the second as many
("steady"), one less ("faster") or one more ("slower"), and they come anywhere in the series. A network has to count the
steps of a silence exactly, to remember the count, and to compare it with another one.

The protocol takes 60 % of the series for training, and 20 % each for validation and test. Requesting more series never
changes the first ones. Source: this module, after the tasks of Gers & Schmidhuber (2000), Recurrent Nets that Time and
Count, https://doi.org/10.1109/IJCNN.2000.861302
"""

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "none", "split": "0.6,0.2,0.2"}

_STEPS, _PAUSES, _NOISE = 60, (10, 20), 0.05
_LABELS = {"faster": -1, "steady": 0, "slower": 1}


def load(*, series: int = 3_000, timing_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated series.

    Args:
        series: Series to return, [30, 100000].
        timing_seed: Seed of the series, [0, 4294967295].

    Returns:
        DataFrame with "series" (arrays of shape (60, 1)) and "label" ("faster", "steady" or "slower"), a third of each.

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("series", series, 30, 100_000), ("timing_seed", timing_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw, labels = np.random.default_rng(timing_seed), list(_LABELS)
    rows = [
        (_spike_train(draw, labels[number % len(labels)]), labels[number % len(labels)]) for number in range(series)
    ]
    return pd.DataFrame(rows, columns=["series", "label"])


def _spike_train(draw: np.random.Generator, label: str) -> np.ndarray:
    """Returns a series of shape (steps, 1)."""
    pause = int(draw.integers(_PAUSES[0], _PAUSES[1] + 1))
    first = int(draw.integers(0, _STEPS - 2 * _PAUSES[1] - 1))
    values = _NOISE * draw.standard_normal((_STEPS, 1))
    values[[first, first + pause, first + 2 * pause + _LABELS[label]]] += 1
    return values.astype(np.float32)
