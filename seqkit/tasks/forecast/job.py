"""Trains a forecast model: reads the table, fits, exports and evaluates."""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seqkit.data.series.table import fingerprint
from seqkit.data.tables.findings import COUNT_ROWS
from seqkit.errors import UsageError
from seqkit.runs.run import Run
from seqkit.sources import DataSource
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.categories import category_notes, keep_training_categories
from seqkit.tasks.forecast.encode import encode
from seqkit.tasks.forecast.known_ahead import unread_note
from seqkit.tasks.forecast.roles import find_roles
from seqkit.tasks.forecast.seasonal_choice import absent_note
from seqkit.tasks.forecast.series_notes import training_notes
from seqkit.training.linear_model import LinearModel, export_linear, solve_linear

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from seqkit.progress import Callbacks, Progress
    from seqkit.tasks.forecast.baselines import Ridge
    from seqkit.training.background import BackgroundTask
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.feeds.windows import WindowFeed
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

EXPORT_SAMPLES = 64
"""Windows on which the exported model is compared with the Keras model."""


class Job:
    """One training of a forecast model; see `seqkit.tasks.contract.Job`.

    Raises:
        UsageError: Separate test data is given; the test part of a forecast is the end of its table.
        DataError: The table has a fault.
    """

    task = "forecast"

    def __init__(
        self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> None:
        if test is not None:
            raise UsageError(
                "The test part of a forecast is the end of its table: set its size with --split instead of --test. To "
                "evaluate a run on newer rows, use `seqkit evaluate RUN --data FILE`."
            )
        self.source, self._reading, self._callbacks = source, chosen["table"], callbacks
        self._combination = chosen.get("combination", {"combine": "none"})  # absent if solved in closed form
        with spent("checking the data"):
            frame = source.read(chosen["data"])
            roles = find_roles(frame, chosen["table"], **chosen["roles"])
            table = roles.read(frame, chosen["table"])
            self.table = keep_training_categories(table, chosen["forecast"]["split"])
        for line in [*self.table.notes, *category_notes(self.table)]:
            callbacks.on_message(line)
        with spent("preparing the data"):
            self.state, self.splits = forecast.prepare(self.table, **chosen["forecast"])
            train, validation, test = map(len, (self.splits.train, self.splits.validation, self.splits.test))
            callbacks.on_message(f"windows: {train:,} train, {validation:,} validation, {test:,} test")
            notes = [*training_notes(self.state, self.table, self.splits), *absent_note(self.state)]
            if chosen["forecast"]["season"] is None:
                notes += forecast.chosen_season_note(self.state, self.table)
            if self.state.log:
                notes.append("log: forecasts are of logarithms, transformed back: medians, not means")
            for line in notes:
                callbacks.on_message(line)
            if windows := forecast.count_lookahead(self.state, self.table):
                callbacks.on_message(
                    f"{windows:,} windows that end on an interpolated value are left out: it depends on a later value, "
                    "which was not known at the time"
                )
            counts = forecast.count_targets(self.state, self.table).values()
            values, filled = (sum(count[name] for count in counts) for name in ("target_values", "filled_values"))
            if filled:
                callbacks.on_message(
                    f"targets: {filled:,} of {values:,} values were filled, not measured; "
                    "they are left out of training and scores"
                )
            if self.state.quantiles and "combination" not in chosen:
                raise UsageError(
                    "A recipe that is solved in closed form has no heads for --quantiles. Leave it out: "
                    "`seqkit forecast --levels` gives intervals of any recipe."
                )
            self.values = encode(self.state, self.table)
            self._measured = self.table.measured(self.state.targets)
        self.spec = self.state.spec
        self._background: BackgroundTask[Ridge] | None = None

    @property
    def unit(self) -> str:
        """Unit of the validation scores while training; empty if unknown. See `ForecastState.selects_scaled`."""
        from seqkit.tasks.forecast.results import score_unit

        if self.state.log:
            return "deviations of logarithms"
        scores = "scaled" if self.state.selects_scaled else self.state.scores
        return score_unit(self.source.units, scores, self.state.targets)

    @property
    def _selection_error(self) -> str:
        """Key of the scores for the error in the unit of the validation scores while training."""
        return "scaled_mae" if self.state.selects_scaled and self.state.scores != "scaled" else "mae"

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        table = self.table
        return {
            "task_state": self.state.model_dump(mode="json", exclude_defaults=True),
            "reading": self._reading_of_newer_rows(),
            "data": {
                "source": self.source.name,
                "rows": len(table),
                "series": len(table.ids),
                "first": str(table.time.min()),
                "last": str(table.time.max()),
                "sha256": fingerprint(table, table.columns),
                "targets_sha256": fingerprint(table, table.targets, filled=True),
            },
            "units": self.source.units,
        }

    def _reading_of_newer_rows(self) -> dict[str, Any]:
        """Returns the options of reading the table, with those that its rows decided."""
        reading = {name: value for name, value in self._reading.items() if name not in ("target", "features")}
        if not self.table.time_column:
            reading["time"] = (COUNT_ROWS,)
        if reading["time_format"] is None:
            reading["time_format"] = self.table.time_format
        return reading

    def feed(self) -> "WindowFeed":
        """Returns the feed of training and validation windows."""
        from seqkit.training.feeds.windows import WindowFeed

        train, validation = self.splits.train, self.splits.selection
        return WindowFeed(self.values, self.state.target_positions, train, validation, self._measured)

    def start_background(self) -> None:
        """Starts to fit the linear baseline, which is needed after training only."""
        from seqkit.training.background import BackgroundTask

        self._background = BackgroundTask(self._fit_linear)

    def initialise(self, model: "keras.Model") -> None:
        """Leaves the weights as they are."""

    def fit(
        self,
        model: "keras.Model | LinearModel",
        build: "Build",
        chosen: Chosen,
        callbacks: "Callbacks",
        checkpoints: "Checkpoints",
        *,
        closed_form: bool,
    ) -> "History":
        """Fits the model by gradient descent, or its readout in closed form."""
        unit = self.unit

        def report(progress: "Progress") -> None:
            callbacks.on_progress(replace(progress, unit=unit))

        if isinstance(model, LinearModel):
            size, (train, validation) = chosen["training"]["batch_size"], (self.splits.train, self.splits.selection)
            return solve_linear(model, self.values, train, validation, self._measured, report, batch_size=size)
        from seqkit.tasks.forecast.objective import forecast_objective, masked_objective, measured_objective
        from seqkit.training.feeds.chunks import ChunkFeed, supervised
        from seqkit.training.loop import fit
        from seqkit.training.model_building import build_sequence_model
        from seqkit.training.ridge_readout import solve_readout

        if closed_form:

            def build_sequence(steps: int) -> "keras.Model":
                return build_sequence_model(model, self.spec, steps, build)

            return solve_readout(model, self.feed(), report, build_sequence, **chosen["training"])
        objective = forecast_objective(self.state.selection_scale, self.state.quantiles, **chosen["objective"])
        feed, sequence_model = supervised(self.feed(), **chosen["supervision"]), None
        if isinstance(feed, ChunkFeed):
            with spent("building the model"):
                sequence_model = build_sequence_model(model, self.spec, feed.length, build)
        if self._measured is not None:
            objective = measured_objective(objective)
        elif sequence_model is not None:
            objective = masked_objective(objective)
        return fit(model, sequence_model, feed, objective, report, checkpoints, None, **chosen["training"])

    @cached_property
    def _linear(self) -> "Ridge":
        """The linear baseline, which the exported forecast may include."""
        with spent("fitting baselines"):
            return self._background.result() if self._background else self._fit_linear()

    def _fit_linear(self) -> "Ridge":
        from seqkit.tasks.forecast.linear_file import fit_linear

        return fit_linear(self.state, self.values, self.splits, self._measured)

    def export(self, run: Run, model: "keras.Model | LinearModel") -> dict[str, Any]:
        """Writes the model, combined with the linear baseline or not, and the newest rows of each series."""
        from seqkit.tasks.forecast.context import write_context
        from seqkit.tasks.forecast.series_file import write_series

        write_context(run, self.state, self.table)
        write_series(run, self.state)
        samples = self.splits.validation[:EXPORT_SAMPLES].read(self.values)
        predict = model.predict if isinstance(model, LinearModel) else model
        for line in unread_note(self.state, predict, samples, run.manifest.recipe["name"]):
            self._callbacks.on_message(line)
        if isinstance(model, LinearModel):
            return {"share": 1.0, **export_linear(run, model, samples)}
        from seqkit.tasks.forecast.combination import combine_with_linear
        from seqkit.training.export import export

        share = 1.0
        if self._combination["combine"] != "none":
            model, share = combine_with_linear(
                model,
                self._linear,
                self.splits.selection,
                self.state.selection_scale,
                self._measured,
                **self._combination,
            )
            recipe, percent = run.manifest.recipe["name"], round(100 * share)
            self._callbacks.on_message(
                f"forecast: {percent} % {recipe} + {100 - percent} % linear, chosen on validation"
            )
        entries = export(run, model, self.spec, [samples])
        return {"share": share, **entries}

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes the linear baseline, the scores and the plots."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.forecast.inference import open_run
        from seqkit.tasks.forecast.linear_file import write_linear
        from seqkit.tasks.forecast.results import write_results
        from seqkit.tasks.forecast.scoring import Evaluator

        write_linear(run, self._linear)
        evaluator = Evaluator(open_run(run), self.table, values=self.values)
        evaluator.calibrate()
        parts = {"validation": evaluator.score(self.splits.validation, with_intervals=False)}
        if test:
            parts["test"] = evaluator.score(self.splits.test)
        metrics = write_results(evaluator, parts)
        if "loss" in history.epochs[0]:
            learning_curve(
                {"validation": history.column("validation_mae")},
                history.best_epoch,
                reference={} if self.state.log else _references(metrics["validation"]["models"], self._selection_error),
                unit=self.unit,
                path=run.path / "plots" / "learning_curve.png",
                score="MAE",
            )


def _references(models: list[dict[str, Any]], key: str) -> dict[str, float]:
    """Returns the reference lines of the learning curve: the error of the combined forecast and of each baseline.

    Args:
        models: Scores of the models, that of the run first.
        key: Key of the error that chooses the model.
    """
    from seqkit.tasks.forecast.model_names import uncombined_name

    forecast, *others = models
    baselines = [model for model in others if model["name"] != uncombined_name(forecast["name"])]
    combined = {} if len(baselines) == len(others) else {"combined with linear (ridge)": forecast[key]}
    return {**combined, **{model["name"]: model[key] for model in baselines}}
