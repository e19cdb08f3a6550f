"""Forecasting the textbook's way beside ours: seconds to its best validation error, and the test errors.

The textbook's way is that of Chollet, "Deep Learning with Python", for the weather of Jena, built from Keras' public
functions: windows of 120 steps one row apart, each with one temperature to tell, batches of 256, RMSprop on the squared
error, columns normalised by the training rows, the best epoch of a fixed number by validation. Ours is `seqkit train`
of the recipe that stands for the same network, as it comes. Both forecast the same windows of the same parts and are
timed from the building of the model, validation included. What ours reaches on the way are errors of the network alone;
what is told of the end, on all windows, is the forecast as it is kept: combined with the linear one. Both are run in
turns, each run with a seed of its own; told are medians, with the lowest and the highest in brackets.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import note
from benchmarks.report import Report, how_often, markdown_table, number, told
from benchmarks.scores import named
from seqkit.console.tables import p_value
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.registry import find_recipe
from seqkit.tasks.forecast.job import Job
from seqkit.tasks.forecast.scoring import LINEAR
from seqkit.training.keras_import import import_keras
from seqkit.workflows.settings import plan_training
from seqkit.workflows.train import train

EPOCHS = {"lstm": 10, "recurrent_dropout": 50, "stacked_gru": 50}
"""Epochs that the book trains each network for; a recipe of the same kind stands beside it."""

BATCH = 256

TEN_MINUTES = {"rows": 420_551, "interval": "10min", "sampling_rate": 6}
"""The simulated weather in the form of the book's file, of which every sixth row is read."""


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
        data: A dataset that holds one table and has a protocol.
        recipes: Of lstm, recurrent_dropout and stacked_gru, separated by commas.
        ten_minutes: Take the simulated weather as the book's file is: 420,551 rows ten minutes apart.
        runs: How often each is trained, [1, inf).
        epochs: Epochs of the textbook's way; none takes the book's, 10 to 50, [1, inf).
        patience: Epochs without a better validation error that end the textbook's way; none, as in the book, for no
            end but that of the epochs, [1, inf).
        quick: One run of one epoch of each, and 2,000 rows where the data is simulated, to see that it works.
    """
    if ten_minutes and data != "demo_weather":
        raise UsageError(
            f"--ten-minutes is for demo_weather, not for {data}: leave it out, or take --data demo_weather."
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
            note(f"{data}: {name}, run {seed + 1} of {runs}, {most} epochs the textbook's way")
            book = _textbook(name, job, most, patience, seed)
            note(f"{data}: {name}, run {seed + 1} of {runs}, ours")
            own = _ours(name, data, {**given, "seed": seed, **({"epochs": 1} if quick else {})})
            pairs.append({"textbook": book, "seqkit": own, **_race(book, own)})
        content[name] = pairs
        cells.append([f"`{name}`", *_cells(pairs)])
    headings = [
        "", "textbook: best val. MAE", "seconds to it", "seqkit to it", "faster", "in the end", "after s",
        "test MAE: textbook", "seqkit", "linear", "p",
    ]  # fmt: skip
    what = f"{data}, every 10 minutes" if ten_minutes else data
    return Report(
        f"**{what}**\n\n{markdown_table(headings, cells)}\n\n{how_often(runs)}", {"data": data, "results": content}
    )


def _race(book: dict[str, Any], own: dict[str, Any]) -> dict[str, float | None]:
    """Returns the textbook's best validation MAE, and the seconds until each of both had reached it."""
    bar = min(book["scores"])
    taken, reached = sum(book["seconds"][: book["scores"].index(bar) + 1]), _reached(own, bar)
    return {"bar": bar, "taken": taken, "reached": reached, "faster": None if reached is None else taken / reached}


def _cells(pairs: Sequence[dict[str, Any]]) -> list[str]:
    """Returns a recipe's figures, run by run as in `_race`, as a row of the table."""
    own = [pair["seqkit"] for pair in pairs]
    return [
        told([pair["bar"] for pair in pairs], "{:.4g}".format),
        told([pair["taken"] for pair in pairs], number),
        told([pair["reached"] for pair in pairs], number),
        told([pair["faster"] for pair in pairs], "{:.1f}".format, "×"),
        told([each["validation"] for each in own], "{:.4g}".format),
        told([each["all"] for each in own], number),
        told([pair["textbook"]["test"] for pair in pairs], "{:.4g}".format),
        told([each["test"] for each in own], "{:.4g}".format),
        told([each["linear"] for each in own], "{:.4g}".format),
        told([each["p"] for each in own], p_value),
    ]


def _job(data: str, given: dict[str, Any]) -> Any:
    """Reads the data by its protocol; normalised by the training rows, and without the calendar."""
    plan = plan_training(find_recipe("dense"), data)
    return Job(plan.source, plan.choose({"calendar": "none", **given}), None, Callbacks())


def _textbook(name: str, job: Any, epochs: int, patience: int | None, seed: int) -> dict[str, Any]:
    """Returns the validation MAE and the seconds of each epoch, and the test MAE of the best one."""
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

    def ended(epoch: int, logs: dict[str, float]) -> None:
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
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=ended)],
        shuffle=False,  # The windows are already.
        verbose=0,
    )
    model.set_weights(best)
    test = model.evaluate(dataset(parts.test, shuffle=False), verbose=0)[1]
    return {"scores": scores, "seconds": np.diff(times).tolist(), "test": test}


def _ours(name: str, data: str, given: dict[str, Any]) -> dict[str, Any]:
    """Returns the same of a run of the recipe as it comes."""
    import pandas as pd

    times: list[float] = []

    def noted(line: str) -> None:
        if len(times) < 2:  # What is read is told of before anything is built: the last of it starts the clock.
            times[:] = [time.perf_counter()]

    def told(progress: Any) -> None:
        if progress.ended:
            times.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        found = train(
            name, data, out=Path(folder) / "run", callbacks=Callbacks(on_message=noted, on_progress=told), **given
        )
        taken = time.perf_counter() - times[0]
        history = pd.read_csv(found.path / "history.csv")
        parts = found.read_json("metrics.json")
    linear = named(parts, "test", LINEAR)
    return {
        "scores": history["validation_mae"].tolist(),
        "seconds": np.diff(times).tolist(),
        "validation": parts["validation"]["models"][0]["mae"],
        "test": parts["test"]["models"][0]["mae"],
        "all": taken,
        "linear": linear["mae"],
        "p": linear["against_model"]["p_value"],
        "share": found.manifest.model["share"],
        "parameters": found.manifest.model["parameters"],
    }


def _reached(own: dict[str, Any], bar: float) -> float | None:
    """Returns the seconds after which a validation MAE was reached: in training, or by what is kept in the end."""
    taken = np.cumsum(own["seconds"])
    on_the_way = (float(t) for t, score in zip(taken, own["scores"], strict=True) if score <= bar)
    return next(on_the_way, own["all"] if own["validation"] <= bar else None)
