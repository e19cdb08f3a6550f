"""Duration of an epoch of `recurrent_dropout`, compared with `keras.Model.fit`.

Both start from the same weights and use the same optimizer, loss, batch size and validation windows; Keras reads its
windows with `keras.utils.timeseries_dataset_from_array`. The second epoch is timed, including validation, so that
compilation is excluded. The validation losses under the table show that both do the same work.
"""

import time
from statistics import median
from typing import Any

import numpy as np

from benchmarks.measure import alternate, note
from benchmarks.report import Line, Report, report_lines
from seqkit.data.series.windows import Windows
from seqkit.data.tables.regularise import regularise
from seqkit.registry import find_dataset, find_recipe
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import encode
from seqkit.tasks.forecast.state import ForecastState
from seqkit.training.keras_import import import_keras

RECIPE, DATASET, TARGET = "recurrent_dropout", "demo_weather", "T (degC)"
LEARNING_RATE, CLIP_NORM = 1e-3, 1.0


def run(*, runs: int = 3, rows: int = 16_000, batch_size: int = 128, quick: bool = False) -> Report:
    """Trains both in turn.

    Args:
        runs: Trainings of each, [1, inf).
        rows: Hours of weather for training and validation, [1000, 2000000].
        batch_size: Windows per step, [1, inf).
        quick: 2,000 rows and two runs, as a smoke test.
    """
    runs, rows = (min(runs, 2), min(rows, 2000)) if quick else (runs, rows)
    keras = import_keras()
    from seqkit.tasks.forecast.objective import forecast_objective
    from seqkit.training.feeds.windows import WindowFeed
    from seqkit.training.loop import VALIDATION_BATCH, fit

    frame = find_dataset(DATASET).load().load(rows=rows)
    table = regularise(frame, time=("Date Time",), target=(TARGET,))
    state, splits = forecast.prepare(table, lead=24, calendar="none")
    values = encode(state, table)
    feed = WindowFeed(values, state.target_positions, splits.train, splits.validation)
    objective = forecast_objective(state.selection_scale, (), loss="mae")
    train = _dataset(state, values, splits.train, batch_size, shuffle=True)
    validation = _dataset(state, values, splits.validation, VALIDATION_BATCH, shuffle=False)
    losses: dict[str, list[float]] = {"seqkit": [], "Keras": []}
    note(f"windows: {len(splits.train):,} train, {len(splits.validation):,} validation; {2 * runs} trainings")

    def build() -> Any:
        keras.utils.set_random_seed(0)
        return find_recipe(RECIPE).load().build_model(state.spec)

    def by_seqkit() -> float:
        history = fit(
            build(), None, feed, objective, lambda progress: None, None, None, epochs=2, batch_size=batch_size,
            learning_rate=LEARNING_RATE, schedule="cosine", patience=None, clip_norm=CLIP_NORM,
        )  # fmt: skip
        losses["seqkit"].append(history.epochs[1]["validation_loss"])
        return history.epochs[1]["seconds"]

    def by_keras() -> float:
        model, times = build(), [0.0]
        steps = 2 * -(-len(splits.train) // batch_size)
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, decay_steps=steps)
        model.compile(keras.optimizers.Adam(rate, global_clipnorm=CLIP_NORM), loss="mae")
        clock = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: times.append(time.perf_counter()),
            on_epoch_end=lambda epoch, logs: times.append(time.perf_counter()),
        )
        history = model.fit(train, validation_data=validation, epochs=2, callbacks=[clock], shuffle=False, verbose=0)
        losses["Keras"].append(history.history["val_loss"][1])
        return times[-1] - times[-2]

    ours, peer = alternate(runs, by_seqkit, by_keras)
    line = Line(f"{RECIPE}, {len(splits.train):,} windows, batch {batch_size}", "s", ours, peer, times=1)
    medians = ", ".join(f"{name} {median(values):.4f}" for name, values in losses.items())
    return report_lines([line], peer="model.fit", notes=[f"Validation loss after two epochs: {medians}."])


def _dataset(state: ForecastState, values: np.ndarray, windows: Windows, batch_size: int, *, shuffle: bool) -> Any:
    """Returns consecutive windows and their target changes as a `tf.data.Dataset`."""
    import keras

    first, targets = windows.starts[0], values[:, list(state.target_positions)]
    return keras.utils.timeseries_dataset_from_array(
        values[first : windows.last_rows[-1] + 1],
        targets=windows.read_targets(targets) - targets[windows.last_rows][:, None],
        sequence_length=windows.steps,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=0,
    )
