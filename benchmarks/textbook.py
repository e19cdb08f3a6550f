"""Comparison with a textbook's training: seconds to its best validation error, and test errors.

The textbook is Chollet, "Deep Learning with Python", whose training on the Jena weather is rebuilt with Keras' public
functions: windows of 120 steps, one row apart, with one temperature as the target; batches of 256; RMSprop on the
squared error; columns standardised on the training rows; the best of a fixed number of epochs on validation. It is
compared with `seqkit train` of the recipe with the same kind of network, with default options. Both forecast the same
windows and are timed from building the model, including validation. Errors during training are those of the network
alone; final errors, on all windows, are those of the saved forecast, combined with the linear one. Both run in turn,
each run with another seed; the table shows medians, with minimum and maximum in brackets.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import note
from benchmarks.report import Report, caption, format_figures, markdown_table, number
from benchmarks.scores import scores_by_name
from seqkit.console.tables import p_value
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.registry import find_recipe
from seqkit.tasks.forecast.job import Job
from seqkit.tasks.forecast.model_names import LINEAR
from seqkit.training.keras_import import import_keras
from seqkit.workflows.settings import plan_training
from seqkit.workflows.train import train

EPOCHS = {"lstm": 10, "recurrent_dropout": 50, "stacked_gru": 50}
"""Epochs of each network in the textbook, by the corresponding recipe."""

BATCH = 256

TEN_MINUTES = {"rows": 420_551, "interval": "10min", "sampling_rate": 6}
"""Options that give the simulated weather the format of the textbook's file, of which every sixth row is used."""


def run(
    *,
    data: str = "demo_weather",
    recipes: str = "lstm,recurrent_dropout,stacked_gru",
    ten_minutes: bool = False,
    runs: int = 3,
    epochs: int | None = None,
    patience: int | None = None,
    quick: bool = False,
) -> Report:
    """Trains each network both ways.

    Args:
        data: A dataset with one table and a protocol.
        recipes: Any of lstm, recurrent_dropout and stacked_gru, separated by commas.
        ten_minutes: Simulate the weather in the format of the textbook's file: 420,551 rows, ten minutes apart.
        runs: Trainings of each, [1, inf).
        epochs: Epochs of the textbook's training; none uses those of the book, 10 to 50, [1, inf).
        patience: Epochs without a better validation error that stop the textbook's training; none, as in the book,
            never stops it early, [1, inf).
        quick: One run of one epoch each, with 2,000 rows of simulated data, as a smoke test.
    """
    if ten_minutes and data != "demo_weather":
        raise UsageError(
            f"--ten-minutes is for demo_weather, not for {data}: leave it out, or use --data demo_weather."
        )
    given: dict[str, Any] = dict(TEN_MINUTES) if ten_minutes else {}
    if quick and data.startswith("demo_"):
        given["rows"] = 2000 * given.get("sampling_rate", 1)
    job = _job(data, given)
    runs = 1 if quick else runs
    cells, content = [], {}
    for name in recipes.split(","):
        most = 1 if quick else EPOCHS[name] if epochs is None else epochs
        pairs = []
        for seed in range(runs):
            note(f"{data}: {name}, run {seed + 1} of {runs}, {most} epochs of the textbook's training")
            book = _textbook(name, job, most, patience, seed)
            note(f"{data}: {name}, run {seed + 1} of {runs}, seqkit")
            ours = _ours(name, data, {**given, "seed": seed, **({"epochs": 1} if quick else {})})
            pairs.append({"textbook": book, "seqkit": ours, **_race(book, ours)})
        content[name] = pairs
        cells.append([f"`{name}`", *_cells(pairs)])
    headings = [
        "", "textbook: best val. MAE", "seconds to it", "seqkit to it", "faster", "in the end", "after s",
        "test MAE: textbook", "seqkit", "linear", "p",
    ]  # fmt: skip
    what = f"{data}, every 10 minutes" if ten_minutes else data
    return Report(
        f"**{what}**\n\n{markdown_table(headings, cells)}\n\n{caption(runs)}", {"data": data, "results": content}
    )


def _race(book: dict[str, Any], ours: dict[str, Any]) -> dict[str, float | None]:
    """Returns the textbook's best validation MAE, and the seconds that both need to reach it."""
    best = min(book["scores"])
    seconds, reached = sum(book["seconds"][: book["scores"].index(best) + 1]), _reached(ours, best)
    return {"bar": best, "taken": seconds, "reached": reached, "faster": None if reached is None else seconds / reached}


def _cells(pairs: Sequence[dict[str, Any]]) -> list[str]:
    """Returns the figures of a recipe as a row of the table."""
    ours = [pair["seqkit"] for pair in pairs]
    return [
        format_figures([pair["bar"] for pair in pairs], "{:.4g}".format),
        format_figures([pair["taken"] for pair in pairs], number),
        format_figures([pair["reached"] for pair in pairs], number),
        format_figures([pair["faster"] for pair in pairs], "{:.1f}".format, "×"),
        format_figures([run["validation"] for run in ours], "{:.4g}".format),
        format_figures([run["all"] for run in ours], number),
        format_figures([pair["textbook"]["test"] for pair in pairs], "{:.4g}".format),
        format_figures([run["test"] for run in ours], "{:.4g}".format),
        format_figures([run["linear"] for run in ours], "{:.4g}".format),
        format_figures([run["p"] for run in ours], p_value),
    ]


def _job(data: str, given: dict[str, Any]) -> Any:
    """Reads the data with its protocol, standardised on the training rows and without calendar features."""
    plan = plan_training(find_recipe("dense"), data)
    return Job(plan.source, plan.choose({"calendar": "none", **given}), None, Callbacks())


def _textbook(name: str, job: Any, epochs: int, patience: int | None, seed: int) -> dict[str, Any]:
    """Returns the validation MAE and the duration of each epoch, and the test MAE of the best one."""
    keras = import_keras()
    state, parts = job.state, job.splits
    y_true = job.table.frame[state.targets[0]].to_numpy(np.float64)

    def dataset(windows: Any, *, shuffle: bool) -> Any:
        first = windows.starts[0]  # of windows that start at every row
        return keras.utils.timeseries_dataset_from_array(
            job.values[first : windows.last_rows[-1] + 1],
            targets=y_true[windows.target_rows[:, 0]],
            sequence_length=state.window,
            sampling_rate=state.sampling_rate,
            batch_size=BATCH,
            shuffle=shuffle,
            seed=seed,
        )

    times = [time.perf_counter()]
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((state.window, job.values.shape[-1]))
    if name == "lstm":
        x = keras.layers.LSTM(16)(inputs)
    elif name == "recurrent_dropout":
        x = keras.layers.LSTM(32, recurrent_dropout=0.25)(inputs)
        x = keras.layers.Dropout(0.5)(x)
    else:
        x = keras.layers.GRU(32, recurrent_dropout=0.5, return_sequences=True)(inputs)
        x = keras.layers.GRU(32, recurrent_dropout=0.5)(x)
        x = keras.layers.Dropout(0.5)(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    best: list[Any] = []
    scores: list[float] = []

    def on_epoch_end(epoch: int, logs: dict[str, float]) -> None:
        if not scores or logs["val_mae"] < min(scores):
            best[:] = model.get_weights()
        scores.append(logs["val_mae"])
        times.append(time.perf_counter())
        if patience is not None and epoch - int(np.argmin(scores)) >= patience:
            model.stop_training = True

    model.fit(
        dataset(parts.train, shuffle=True),
        epochs=epochs,
        validation_data=dataset(parts.validation, shuffle=False),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)],
        shuffle=False,  # The dataset is already shuffled.
        verbose=0,
    )
    model.set_weights(best)
    test = model.evaluate(dataset(parts.test, shuffle=False), verbose=0)[1]
    return {"scores": scores, "seconds": np.diff(times).tolist(), "test": test}


def _ours(name: str, data: str, given: dict[str, Any]) -> dict[str, Any]:
    """Returns the same figures for a run of the recipe with default options."""
    import pandas as pd

    times: list[float] = []

    def on_message(line: str) -> None:
        if len(times) < 2:  # The last message before the model is built starts the clock.
            times[:] = [time.perf_counter()]

    def on_progress(progress: Any) -> None:
        if progress.ended:
            times.append(time.perf_counter())

    callbacks = Callbacks(on_message=on_message, on_progress=on_progress)
    with tempfile.TemporaryDirectory() as folder:
        run = train(name, data, out=Path(folder) / "run", callbacks=callbacks, **given)
        seconds = time.perf_counter() - times[0]
        history = pd.read_csv(run.path / "history.csv")
        parts = run.read_json("metrics.json")
    linear = scores_by_name(parts, "test", LINEAR)
    return {
        "scores": history["validation_mae"].tolist(),
        "seconds": np.diff(times).tolist(),
        "validation": parts["validation"]["models"][0]["mae"],
        "test": parts["test"]["models"][0]["mae"],
        "all": seconds,
        "linear": linear["mae"],
        "p": linear["against_model"]["p_value"],
        "share": run.manifest.model["share"],
        "parameters": run.manifest.model["parameters"],
    }


def _reached(ours: dict[str, Any], target: float) -> float | None:
    """Returns the seconds until a validation MAE was reached: during training, or by the saved forecast."""
    times = np.cumsum(ours["seconds"])
    during_training = (float(t) for t, score in zip(times, ours["scores"], strict=True) if score <= target)
    return next(during_training, ours["all"] if ours["validation"] <= target else None)
