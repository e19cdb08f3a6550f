"""Simulated series whose label needs two time scales: a slow drift over all steps, and two pulses near the end.

The channel "slow" is noise around a level so small that only the mean of all 200 steps shows its sign. The channel
"fast" is noise with a positive and a negative pulse, three steps apart, among the last ten steps; their order counts.
Sign and order make four labels, such as "up, down first". A plain recurrent network forgets the drift, and one that
only averages blurs the order. Since the drift is hidden in noise, 98 % is the best that is possible.

The protocol takes 60 % of the series for training, and 20 % each for validation and test. Requesting more series never
changes the first ones. Source: this module, after El Hihi & Bengio (1995), Hierarchical Recurrent Neural Networks for
Long-Term Dependencies, https://papers.nips.cc/paper/1102
"""

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "none", "split": "0.6,0.2,0.2"}

_STEPS, _LEVEL, _NOISE, _PULSE = 200, 0.15, 0.3, 2.0
_LABELS = ("up, up first", "up, down first", "down, up first", "down, down first")


def load(*, series: int = 3_000, scales_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated series.

    Args:
        series: Series to return, [40, 100000].
        scales_seed: Seed of the series, [0, 4294967295].

    Returns:
        DataFrame with "series" (arrays of shape (200, 2), channels slow and fast) and "label", a quarter of each.

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("series", series, 40, 100_000), ("scales_seed", scales_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw = np.random.default_rng(scales_seed)
    rows = [(_two_scales(draw, _LABELS[number % 4]), _LABELS[number % 4]) for number in range(series)]
    return pd.DataFrame(rows, columns=["series", "label"])


def _two_scales(draw: np.random.Generator, label: str) -> np.ndarray:
    """Returns a series of shape (steps, 2)."""
    drift, first_pulse = (1 if part.startswith("up") else -1 for part in label.split(", "))
    slow = drift * _LEVEL + draw.standard_normal(_STEPS)
    fast = _NOISE * draw.standard_normal(_STEPS)
    start = _STEPS - int(draw.integers(4, 11))
    fast[start] += first_pulse * _PULSE
    fast[start + 3] -= first_pulse * _PULSE
    return np.column_stack([slow, fast]).astype(np.float32)
