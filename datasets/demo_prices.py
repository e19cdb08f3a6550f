"""Eight exchange rates per working day, 20 years, simulated: random walks, on which no forecast beats the last value.

The changes of logarithms of such prices are close to independent, but their sizes are not: calm and restless weeks
alternate, and some days bring a jump. This set has those properties and nothing to predict, so it shows what a model
finds where there is nothing: an error like that of the last value, or a larger one.

- The daily change of the logarithm has mean 0 and fat tails: a Student's t distribution of 5 degrees of freedom.
- Its deviation follows GARCH(1, 1), by currency and in common: a large change makes the next ones larger.
- The rates are against one currency, whose own changes all have in common.

Each rate is in units of the common currency; the first is 1, and the rates differ in how much they move.

Sources: Meese & Rogoff (1983), Empirical exchange rate models of the seventies: do they fit out of sample?, Journal of
International Economics 14, 3-24; Bollerslev (1986), Generalized autoregressive conditional heteroskedasticity, Journal
of Econometrics 31, 307-327. The rates are not those of any real currency.
"""

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
UNITS = {f"rate {number}": "" for number in range(1, 9)}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("Date",),
    "target": ("all",),
    "window": 120,
    "horizon": 5,
    "lead": 1,
    "split": "0.7,0.1,0.2",
    "scale": "standard",
    "calendar": "none",
}

_ALPHA, _BETA = 0.06, 0.92  # GARCH: weight of the last squared change and of the last variance
_DEGREES = 5  # of freedom of the changes
_SPIN_UP = 500  # days discarded at the start


def load(*, rows: int = 5200, prices_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated rates.

    Args:
        rows: Working days to return, [2, 100000]. The default is twenty years.
        prices_seed: Seed of the changes, [0, 4294967295].

    Returns:
        DataFrame with "Date" (Monday to Friday from 2004-01-01) and the columns "rate 1" to "rate 8".

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("rows", rows, 2, 100_000), ("prices_seed", prices_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    days, count = rows + _SPIN_UP, len(UNITS)
    generator = np.random.default_rng(prices_seed)
    shocks = generator.standard_t(_DEGREES, (days, count + 1)) / np.sqrt(_DEGREES / (_DEGREES - 2))  # of variance 1
    variance, changes = np.ones(count + 1), np.empty((days, count + 1))
    for day in range(days):
        changes[day] = np.sqrt(variance) * shocks[day]
        variance = 1 - _ALPHA - _BETA + _ALPHA * changes[day] ** 2 + _BETA * variance
    size = np.geomspace(0.002, 0.01, count)  # deviation of a daily change
    logarithms = np.cumsum(size * (changes[_SPIN_UP:, :-1] + 0.5 * changes[_SPIN_UP:, -1:]), axis=0)
    rates = np.exp(logarithms - logarithms[0])
    frame = pd.DataFrame({"Date": pd.bdate_range("2004-01-01", periods=rows)})
    return frame.assign(**{name: rates[:, number].round(6) for number, name in enumerate(UNITS)})
