"""Simulated Mackey-Glass series: deterministic chaos, the classic test of how far a model can see ahead.

The equation describes the number of blood cells x, whose production answers with a delay to their number:

    dx/dt = 0.2 x(t − delay) / (1 + x(t − delay)¹⁰) − 0.1 x(t)

With a delay of 17 the series is mildly chaotic. It has no noise, so that every error of a forecast is the model's own:
small errors double about every 100 steps. One row is one unit of time; the equation is integrated in steps of a tenth
(Runge-Kutta of fourth order). Requesting more rows never changes the first ones.

The protocol forecasts the next 84 steps, the distance at which forecasts of this series are commonly compared.

Source: this module. Papers: Mackey & Glass (1977), Oscillation and Chaos in Physiological Control Systems,
https://doi.org/10.1126/science.267326; Jaeger & Haas (2004), Harnessing Nonlinearity,
https://doi.org/10.1126/science.1091277 (84 steps)
"""

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
UNITS = {"x": ""}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("time",),
    "target": ("x",),
    "window": 120,
    "horizon": 84,
    "lead": 1,
    "split": "0.6,0.2,0.2",
    "scale": "standard",
    "calendar": "none",
}

_STEP = 0.1  # units of time
_SPIN_UP = 1_000  # rows discarded at the start, until the series is on its attractor


def load(*, rows: int = 10_000, delay: int = 17, series_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated series.

    Args:
        rows: Rows to return, [1, 1000000].
        delay: Delay of the equation in rows, [1, 100]. The series is periodic below 17 and wilder at 30.
        series_seed: Seed of the values before the first row, [0, 4294967295].

    Returns:
        DataFrame with `rows` rows: "time" (datetime64[ns], one second a row) and "x".

    Raises:
        UsageError: An option is out of range.
    """
    limits = (("rows", rows, 1, 1_000_000), ("delay", delay, 1, 100), ("series_seed", series_seed, 0, 2**32 - 1))
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    time = pd.date_range("2000-01-01", periods=rows, freq="s", unit="ns")
    return pd.DataFrame({"time": time, "x": simulate(rows + _SPIN_UP, delay, series_seed)[_SPIN_UP:]})


def simulate(rows: int, delay: int, seed: int) -> np.ndarray:
    """Returns the solution at whole units of time, of shape (rows,), from random values around 1.2."""
    per_row = round(1 / _STEP)
    lag = delay * per_row
    past = (1.2 + 0.2 * (np.random.default_rng(seed).random(lag + 1) - 0.5)).tolist()

    def slope(x: float, delayed: float) -> float:
        production: float = 0.2 * delayed / (1 + delayed**10)
        return production - 0.1 * x

    for number in range(rows * per_row):
        x, before, after = past[-1], past[number], past[number + 1]
        middle = (before + after) / 2
        first = slope(x, before)
        second = slope(x + _STEP / 2 * first, middle)
        third = slope(x + _STEP / 2 * second, middle)
        fourth = slope(x + _STEP * third, after)
        past.append(x + _STEP / 6 * (first + 2 * second + 2 * third + fourth))
    return np.array(past[lag + per_row :: per_row])
