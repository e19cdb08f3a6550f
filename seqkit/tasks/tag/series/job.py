"""Trains a tagger of series, and writes its run."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.labelled.splits import PARTS
from seqkit.data.tables.findings import COUNT_ROWS
from seqkit.data.tagged_series.rows import label_rows
from seqkit.data.tagged_series.windows import covering_windows
from seqkit.errors import UsageError
from seqkit.runs.results import write_arrays
from seqkit.runs.run import Run
from seqkit.sources import DataSource
from seqkit.spec import SERIES_PAD
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.tag.series.fingerprint import fingerprint_rows
from seqkit.tasks.tag.series.prepare import prepare_series
from seqkit.tasks.tag.series.state import encode

if TYPE_CHECKING:
    import keras

    from seqkit.progress import Callbacks
    from seqkit.tasks.tag.decoding import Decoding
    from seqkit.tasks.tag.series.inference import RowScores
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES = 16
"""Windows of the batch that compares the exported model with the Keras model."""


class SeriesJob:
    """Reads labelled rows and prepares their parts; see `seqkit.tasks.contract.Job`.

    Raises:
        UsageError: Separate test data is given.
        DataError: The table or its labels are invalid.
    """

    task = "tag"

    def __init__(self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks") -> None:
        if test is not None:
            raise UsageError(
                "The test part of a series with labels is a part of its table: set its size with --split, or name the "
                "part of each row in a column 'part', instead of --test. To evaluate a run on other rows, use "
                "`seqkit evaluate RUN --data FILE`."
            )
        self.source, self._reading, self._mixture = source, chosen["table"], chosen["mixture"]
        with spent("checking the data"):
            self.rows = label_rows(source.read(chosen["data"]), chosen["table"], **chosen["labels"])
        with spent("preparing the data"):
            self.state, self.splits = prepare_series(self.rows, **chosen["tag"])
            self.values = encode(self.state, self.rows.table)
        self.spec = self.state.spec
        for line in [*self.rows.notes, *self.splits.notes]:
            callbacks.on_message(line)
        counts = ", ".join(f"{self._row_count(part):,} {part}" for part in PARTS)
        shape = f"columns: {len(self.state.columns)}; labels: {len(self.state.labels)}; window: {self.state.window}"
        callbacks.on_message(f"rows: {counts}; {shape}")
        self._on_validation: RowScores | None = None

    def _row_count(self, part: str) -> int:
        pieces = self.splits.pieces[part]
        return int((pieces[:, 1] - pieces[:, 0]).sum())

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        table = self.rows.table
        return {
            "task_state": self.state.model_dump(mode="json"),
            "reading": self._reading_of_other_rows(),
            "data": {
                "source": self.source.name,
                "rows": len(table),
                "recordings": len(table.ids),
                "first": str(table.time.min()),
                "last": str(table.time.max()),
                "sha256": fingerprint_rows(self.rows),
            },
            "units": self.source.units,
        }

    def _reading_of_other_rows(self) -> dict[str, Any]:
        """Returns the options of reading the table, with those that its rows decided."""
        table = self.rows.table
        hidden = ("target", "features", "interval")
        reading = {name: value for name, value in self._reading.items() if name not in hidden}
        if not table.time_column:
            reading["time"] = (COUNT_ROWS,)
        if reading["time_format"] is None:
            reading["time_format"] = table.time_format
        return reading

    def start_background(self) -> None:
        """Does nothing: the baseline is fitted while the model is exported."""

    def initialise(self, model: "keras.Model") -> None:
        """Leaves the weights as they are."""

    def fit(
        self,
        model: "keras.Model",
        build: "Build",
        chosen: Chosen,
        callbacks: "Callbacks",
        checkpoints: "Checkpoints",
        *,
        closed_form: bool,
    ) -> "History":
        """Fits the model by gradient descent."""
        from seqkit.tasks.tag.series.objective import series_objective
        from seqkit.training.feeds.tagged_windows import TaggedWindowFeed
        from seqkit.training.loop import fit

        pieces, labels = self.splits.pieces, self.splits.labels
        known = np.where(labels < len(self.state.labels), labels, -1)  # labels of other parts cannot be learned
        feed = TaggedWindowFeed(self.values, known, pieces["train"], pieces["validation"], self.state.window)
        training = np.concatenate([known[first:end] for first, end in pieces["train"].tolist()])
        objective = series_objective(model, self.state, is_complete=bool((training >= 0).all()))
        return fit(model, None, feed, objective, callbacks.on_progress, checkpoints, None, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model, the weights of pairs of labels and the baseline, and chooses the share of the network."""
        from seqkit.tasks.tag.decoding import Decoding
        from seqkit.tasks.tag.series.inference import open_with
        from seqkit.tasks.tag.series.objective import pair_weights
        from seqkit.training.export import export

        if self.state.decoder == "crf":
            write_arrays(run, "transitions.npz", {"weights": pair_weights(model, self.state)})
        run.manifest.model = export(run, model, self.spec, self._samples())
        self._fit_baseline(run)
        tagger = open_with(run, Decoding())
        self._on_validation = tagger.score(self.rows.table, self.splits.pieces["validation"])
        share = self._choose(
            lambda decoding: tagger.decoded(self._validation_scores(), decoding), self._mixture["combine"]
        )
        return {**run.manifest.model, "share": share.share}

    def _validation_scores(self) -> "RowScores":
        assert self._on_validation is not None
        return self._on_validation

    def _choose(self, labels_by: Any, combine: Any) -> "Decoding":
        """Returns the share with which F1 of segments on validation is best."""
        from seqkit.tasks.tag.series.mixture import choose_share

        return choose_share(lambda decoding: self._validation_f1(labels_by(decoding)), combine=combine)

    def _validation_f1(self, labels: np.ndarray) -> float:
        """Returns F1 of segments of the labels of all validation rows."""
        from seqkit.tasks.tag.metrics import f1
        from seqkit.tasks.tag.series.metrics import segment_counts

        pieces = self.splits.pieces["validation"]
        true = np.concatenate([self.splits.labels[first:end] for first, end in pieces.tolist()])
        stretches = np.repeat(np.arange(len(pieces)), pieces[:, 1] - pieces[:, 0])
        known = true >= 0
        return float(f1(segment_counts(true[known], labels[known], stretches[known])))

    def _fit_baseline(self, run: Run) -> None:
        """Fits the baseline, and chooses the weight of its evidence on validation."""
        from seqkit.inference.linear_chain import most_likely
        from seqkit.tasks.tag.series.baselines import WEIGHTS, SmoothedRegression

        with spent("fitting baselines"):
            pieces, labels = self.splits.pieces, self.splits.labels
            fitted = SmoothedRegression.fit(self.values, labels, pieces["train"], len(self.state.labels))
            logits = [fitted.logits(self.values[first:end]) for first, end in pieces["validation"].tolist()]

            def f1_of(weight: float) -> float:
                paths = [most_likely(weight * x[None], np.array([len(x)]), fitted.transitions)[0] for x in logits]
                return self._validation_f1(np.concatenate(paths))

            write_arrays(run, "baselines.npz", replace(fitted, weight=max(WEIGHTS, key=f1_of)).arrays())

    def _samples(self) -> list[np.ndarray]:
        """Returns a batch of validation windows, some of them padded."""
        windows = covering_windows(self.splits.pieces["validation"], self.state.window)[:SAMPLES]
        longest = int(windows[:, 1].max())
        batch = np.full((len(windows), longest, self.values.shape[1]), SERIES_PAD, np.float32)
        for row, (first, length) in enumerate(windows[:, :2].tolist()):
            kept = length if row % 2 == 0 else max(1, length // 2)
            batch[row, :kept] = self.values[first : first + kept]
        return [batch]

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes scores and plots."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.tag.series.inference import open_series
        from seqkit.tasks.tag.series.scoring import score, write_scores

        tagger, pieces = open_series(run), self.splits.pieces
        parts = {"validation": score(tagger, self.rows, pieces["validation"], network=self._on_validation)}
        if test:
            parts["test"] = score(tagger, self.rows, pieces["test"])
        metrics = write_scores(tagger, self.rows, parts)
        learning_curve(
            {"validation": history.column("validation_accuracy")},
            history.best_epoch,
            reference={row["name"]: row["accuracy"] for row in metrics["validation"]["models"][1:]},
            unit="",
            path=run.path / "plots" / "learning_curve.png",
            score="accuracy",
        )
