"""Simulated spike trains whose label is the time between two spikes: shorter than a beat, the beat, or longer.

A series has one channel of weak noise with two spikes in it. They are 25 steps apart ("beat"), 22 to 24 ("short") or 26
to 28 ("long"), and come anywhere in the series; nothing else tells the labels apart. A network has to count the steps
of a silence exactly, and to remember the count to the end. The nearest neighbour fails, since the spikes move.

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

_STEPS, _BEAT, _NOISE = 60, 25, 0.05
_GAPS = {"short": (22, 23, 24), "beat": (_BEAT,), "long": (26, 27, 28)}


def load(*, series: int = 3_000, timing_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated series.

    Args:
        series: Series to return, [30, 100000].
        timing_seed: Seed of the series, [0, 4294967295].

    Returns:
        DataFrame with "series" (arrays of shape (60, 1)) and "label" ("short", "beat" or "long"), a third of each.

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("series", series, 30, 100_000), ("timing_seed", timing_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw, labels = np.random.default_rng(timing_seed), list(_GAPS)
    rows = [
        (_spike_train(draw, labels[number % len(labels)]), labels[number % len(labels)]) for number in range(series)
    ]
    return pd.DataFrame(rows, columns=["series", "label"])


def _spike_train(draw: np.random.Generator, label: str) -> np.ndarray:
    """Returns a series of shape (steps, 1)."""
    gap = int(draw.choice(_GAPS[label]))
    first = int(draw.integers(0, _STEPS - max(_GAPS["long"])))
    values = _NOISE * draw.standard_normal((_STEPS, 1))
    values[[first, first + gap]] += 1
    return values.astype(np.float32)
