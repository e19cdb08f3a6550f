"""What `seqkit inspect` measures of a forecast run: its windows, and its error on them."""

from typing import Any

import numpy as np
import pandas as pd

from seqkit.errors import DataError
from seqkit.inference.memory import Probe
from seqkit.inference.sessions import open_session, run_batches
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.tasks.forecast.evaluate import open_evaluator
from seqkit.tasks.forecast.model_names import LINEAR

BATCH_SIZE = 256


def probe(run: Run, data: Any, note: Note, examples: int) -> Probe:
    """Returns the validation windows of a run, or the windows of `data` after these, and the error on them.

    Args:
        run: The run.
        data: Newer rows; None for the training data.
        note: Called with one line for each correction made while reading the data.
        examples: Most windows, at least 2.

    Raises:
        DataError: There are fewer than two windows.
    """
    evaluator, on_training_data = open_evaluator(run, data, note)
    state, splits = evaluator.state, evaluator.splits
    windows = (splits.validation if on_training_data else splits.test).thinned(examples)
    if len(windows) < 2:
        raise DataError(f"The data has {len(windows)} windows to inspect, expected at least 2. Give more rows.")
    if (share := evaluator.forecaster.share) < 1:
        note(
            f"measured: the combined forecast, {share:.0%} {evaluator.forecaster.name} and {1 - share:.0%} {LINEAR}; "
            "train with --combine none to inspect the network alone"
        )
    inputs, session = windows.read(evaluator.values), open_session(run, state.spec.ends)
    targets = evaluator.values[:, list(state.target_positions)]
    changes = windows.read_targets(targets) - targets[windows.last_rows][:, None]

    def predict(changed: np.ndarray) -> np.ndarray:
        parts = [changed[first : first + BATCH_SIZE] for first in range(0, len(changed), BATCH_SIZE)]
        return np.concatenate(run_batches(session, parts, lambda part: part))

    def error(changed: np.ndarray) -> float:
        return float(np.abs(predict(changed) - changes).mean())

    return Probe(
        inputs=inputs,
        predict=predict,
        error=error,
        score="MAE (deviations)",
        columns=state.input_names,
        in_words=lambda steps: span_in_words(steps, state.interval, state.sampling_rate),
    )


def span_in_words(steps: int, interval: str, rate: int) -> str:
    """Returns the length of some steps in words, such as "31 hours", or "12 steps" of a counter or of months."""
    try:
        length = steps * rate * pd.Timedelta(pd.tseries.frequencies.to_offset(interval).nanos)
    except (ValueError, TypeError):
        return f"{steps} steps" if steps > 1 else "1 step"
    units = {"days": "1D", "hours": "1h", "minutes": "1min", "seconds": "1s"}
    least = {"days": 3}  # two days are 48 hours
    fitting = [name for name, unit in units.items() if length >= least.get(name, 1) * pd.Timedelta(unit)]
    name = fitting[0] if fitting else "seconds"
    count = f"{length / pd.Timedelta(units[name]):.1f}".removesuffix(".0")
    return f"{count} {name.removesuffix('s') if count == '1' else name}"
