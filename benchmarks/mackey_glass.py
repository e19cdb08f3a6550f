"""Free-running forecasts of the Mackey-Glass series by an echo state network: error at 84 steps.

The network is trained to predict the next value. From there on it reads its own predictions: 84 of them, from 100 times
of the test part. NRMSE is the root mean squared error at the last step divided by the standard deviation of the series.
The weights are drawn by the recipe, the states are computed in double precision, and the penalty is chosen by the
free-running error on the validation part. Settings were chosen on the series of another seed. `seconds` includes
drawing the reservoir, the states and the readout. The linear rows read the last 120 values and no state.
"""

import time
from typing import Any

import numpy as np

from benchmarks.measure import note
from benchmarks.report import Report, markdown_table
from seqkit.registry import find_dataset, find_recipe
from seqkit.spec import Spec
from seqkit.stats.ridge import NormalEquations, solve_all
from seqkit.training.keras_import import import_keras

HORIZON, STARTS, WASHOUT = 84, 100, 1_000
TRAIN, PART = 3_000, 4_000
LAGS = 120
PENALTIES = tuple(float(penalty) for penalty in 10.0 ** np.arange(-15, -8.0))
SETTINGS = {"spectral_radius": 1.2, "sparsity": 0.99, "leak": 0.5, "input_scale": 0.3}
TARGET, MIN_UNITS = 1e-3, 1_000


class Reservoir:
    """A reservoir in double precision, with the weights of the recipe `echo_state` and a linear readout.

    Args:
        units: Units of the reservoir.
        seed: Seed of its weights.
    """

    def __init__(self, units: int, seed: int) -> None:
        from scipy.sparse import csr_array

        import_keras().utils.set_random_seed(seed)
        model = find_recipe("echo_state").load().build_model(Spec.series(steps=1, features=1), units=units, **SETTINGS)
        kernel, recurrent_kernel, bias = model.get_layer("reservoir").get_weights()
        self._recurrent_kernel = csr_array(recurrent_kernel.T.astype(np.float64))
        self._kernel, self._bias = (weights.reshape(-1, 1).astype(np.float64) for weights in (kernel, bias))
        self.readout: tuple[np.ndarray, np.ndarray] = (np.zeros((units + 1, 1)), np.zeros(1))

    def step(self, state: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Returns the states (units, batch) after values x (batch,)."""
        leak = SETTINGS["leak"]
        new = np.tanh(self._kernel * x + self._recurrent_kernel @ state + self._bias)
        return (1 - leak) * state + leak * new

    def features(self, values: np.ndarray) -> np.ndarray:
        """Returns the states and values at each step of a series, of shape (rows, units + 1)."""
        states, state = [], np.zeros((len(self._bias), 1))
        for value in values:
            state = self.step(state, value)
            states.append(state[:, 0])
        return np.column_stack([states, values])

    def free_run(self, values: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """Returns the predictions 84 steps after each start, from the values before it."""
        state = np.zeros((len(self._bias), len(starts)))
        for step in range(-WASHOUT // 2, 0):
            state = self.step(state, x := values[starts + step])
        for step in range(HORIZON):
            state = self.step(state, x) if step else state
            x = (np.vstack([state, x]).T @ self.readout[0] + self.readout[1])[:, 0]
        return x


def run(*, units: str = "300,1000", seeds: int = 5, quick: bool = False) -> Report:
    """Trains a network for each size and seed.

    Args:
        units: Sizes of the reservoir, separated by commas.
        seeds: Seeds of the reservoir, [1, inf).
        quick: 50 units and one seed, as a smoke test.
    """
    sizes, seeds = ([50], 1) if quick else ([int(size) for size in units.split(",")], seeds)
    values = find_dataset("demo_mackey_glass").load().load(rows=WASHOUT + TRAIN + 2 * PART)["x"].to_numpy()
    values = (values - values.mean()) / values.std()
    first = WASHOUT + TRAIN
    validation, test = (
        np.linspace(begin + WASHOUT // 2, begin + PART - HORIZON, STARTS).astype(int) for begin in (first, first + PART)
    )
    rows: list[dict[str, Any]] = []
    for size in sizes:
        for seed in range(seeds):
            rows.append(
                {"model": "echo_state", "units": size, "seed": seed, **_measure(values, size, seed, validation, test)}
            )
            note(str(rows[-1]))
    linear = {"free-running": _linear(values, test, direct=False), "direct": _linear(values, test, direct=True)}
    truth = values[test + HORIZON - 1]
    last = _nrmse(values[test - 1], truth)
    table = [_line(size, [row for row in rows if row["units"] == size]) for size in sizes]
    table += [[f"linear, {name}", f"{error:.1e}", "", "", "", ""] for name, error in linear.items()]
    table.append(["last value", f"{last:.1e}", "", "", "", ""])
    headings = ["model", "NRMSE at 84", "lowest", "highest", "seconds", f"≤ {TARGET:g}"]
    text = markdown_table(headings, table)
    return Report(text, {"rows": rows, "linear": linear, "last_value": last})


def _measure(values: np.ndarray, units: int, seed: int, validation: np.ndarray, test: np.ndarray) -> dict[str, Any]:
    began = time.perf_counter()
    reservoir, end = Reservoir(units, seed), WASHOUT + TRAIN
    features, equations = reservoir.features(values[:end]), NormalEquations(units + 1, 1)
    equations.add(features[WASHOUT:], values[WASHOUT + 1 : end + 1, None])
    candidates = solve_all(equations, PENALTIES)
    seconds = time.perf_counter() - began

    def error(readout: tuple[np.ndarray, np.ndarray], starts: np.ndarray) -> float:
        reservoir.readout = readout
        return _nrmse(reservoir.free_run(values, starts), values[starts + HORIZON - 1])

    errors = [error(readout, validation) for readout in candidates]
    best = int(np.nanargmin(errors))
    return {
        "penalty": PENALTIES[best],
        "validation": errors[best],
        "test": error(candidates[best], test),
        "seconds": seconds,
    }


def _linear(values: np.ndarray, starts: np.ndarray, *, direct: bool) -> float:
    """Returns the error of a linear forecast from the last values, step by step or of the last step alone."""
    lead = HORIZON if direct else 1
    windows = np.lib.stride_tricks.sliding_window_view(values, LAGS)
    first = np.arange(WASHOUT - LAGS, WASHOUT + TRAIN - LAGS - lead)
    equations = NormalEquations(LAGS, 1)
    equations.add(windows[first], values[first + LAGS - 1 + lead, None])
    coefficients, intercept = equations.solve(1e-12)
    x = windows[starts - LAGS]
    for _ in range(1 if direct else HORIZON):
        x = np.column_stack([x[:, 1:], x @ coefficients + intercept])
    return _nrmse(x[:, -1], values[starts + HORIZON - 1])


def _nrmse(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Returns the root mean squared error in standard deviations of the series, which is scaled."""
    with np.errstate(over="ignore", invalid="ignore"):  # A free-running forecast may diverge.
        return float(np.sqrt(np.mean((predicted - truth) ** 2)))


def _line(units: int, rows: list[dict[str, Any]]) -> list[str]:
    errors = [row["test"] for row in rows]
    met = "met" if np.median(errors) <= TARGET else "missed"
    seconds = float(np.median([row["seconds"] for row in rows]))
    figures = [f"{value:.1e}" for value in (np.median(errors), min(errors), max(errors))]
    return [f"`echo_state`, {units:,} units", *figures, f"{seconds:.2g}", met if units >= MIN_UNITS else ""]
