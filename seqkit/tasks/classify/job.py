"""Trains a classifier of texts or series, and writes its run."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.labelled.duplicates import series_groups, shared_groups, text_groups
from seqkit.data.labelled.examples import Examples, fingerprint_examples
from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.tokenizer import PAD
from seqkit.errors import UsageError
from seqkit.files.atomic import write_bytes
from seqkit.runs.run import Run
from seqkit.sources import DataSource, find_source
from seqkit.spec import SERIES_PAD
from seqkit.stopwatch import spent
from seqkit.tasks.classify.prepare import Splits, State
from seqkit.tasks.classify.reading import read_labelled
from seqkit.tasks.classify.rules import RULES
from seqkit.tasks.classify.series import prepare_series
from seqkit.tasks.classify.texts import prepare_texts
from seqkit.tasks.classify.warped_neighbour import MAX_OPERATIONS, count_operations
from seqkit.tasks.contract import Chosen

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from seqkit.progress import Callbacks
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.feeds.examples import ExampleFeed
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES = 32
"""Size of each batch that checks the export: one of short examples, one of long ones, one of both."""

_MAX_SHARE_OF_COPIES = 0.05


class Job:
    """Reads labelled texts or series and prepares their parts; see `seqkit.tasks.contract.Job`.

    Raises:
        DataError: The examples are invalid.
    """

    task = "classify"

    def __init__(
        self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> None:
        self.source, self._chosen, self.pad = source, chosen, PADDING[source.kind]
        with spent("checking the data"):
            self.examples = read_labelled(source, chosen["data"], chosen["examples"], test)
        self._test_source = None if test is None else find_source(test, kind=source.kind).name
        with spent("preparing the data"):
            self.state, self.splits = PREPARE[source.kind](source, self.examples, chosen["classify"])
            notes = [*self.splits.notes, *self._duplicates()]
            self._warped = self._is_warping_quick()
            if self.state.kind == "series" and not self._warped:
                notes.append("no baseline of dynamic time warping: on so many or so long series it would take minutes")
        for line in notes:
            callbacks.on_message(line)
        parts = (self.splits.train, self.splits.validation, self.splits.test)
        validation = ", {1:,} validation" if self.splits.folds is None else ""
        callbacks.on_message(("examples: {0:,} train" + validation + ", {2:,} test").format(*map(len, parts)))
        self.spec = self.state.spec
        self._held_out: np.ndarray | None = None

    def _is_warping_quick(self) -> bool:
        train, held_out = self.splits.train, len(self.splits.validation) + len(self.splits.test)
        if self.state.kind == "texts":
            return False
        steps, channels = int(train.inputs.lengths.max()), len(self.state.channels)
        return count_operations(len(train), held_out, steps, channels) <= MAX_OPERATIONS

    def _duplicates(self) -> list[str]:
        """Warns about copies within the test part; and if the data defines its parts, of examples of training."""
        texts, splits = self.examples.texts, self.splits
        if self.examples.parts is None:
            return self._copies(self._groups(splits.test.rows))
        groups = self._groups(np.arange(len(self.examples)))
        is_blank = np.zeros(len(groups), bool) if texts is None else np.array([not text.strip() for text in texts])
        train = splits.train.rows[~is_blank[splits.train.rows]]
        notes = []
        held_out = {"validation": splits.validation.rows, "test": splits.test.rows}
        if splits.folds is not None:
            del held_out["validation"]
        for part, rows_of_part in held_out.items():
            scored = rows_of_part[~is_blank[rows_of_part]]
            count, pairs = shared_groups(groups[train], groups[scored])
            if count:
                noun = "series" if texts is None else "text" + "s" * (count > 1)
                rows = ", ".join(f"{scored[j] + 1:,} (same as {train[i] + 1:,})" for i, j in pairs)
                more = ", …" if count > len(pairs) else ""
                notes.append(f"{count:,} {part} {noun} also occur{'s' * (count == 1)} in training: row {rows}{more}")
        return notes + self._copies(groups[splits.test.rows])

    def _groups(self, rows: np.ndarray) -> np.ndarray:
        """Returns the number of the group of duplicates of each example in `rows`."""
        if self.examples.texts is None:
            series = self.examples.series or []
            return series_groups([series[i] for i in rows.tolist()])
        return text_groups([self.examples.texts[i] for i in rows.tolist()])

    def _copies(self, groups: np.ndarray) -> list[str]:
        """Warns about copies within the test part, which intervals and paired tests take for independent."""
        copies = len(groups) - len(np.unique(groups))
        if copies <= _MAX_SHARE_OF_COPIES * len(groups):
            return []
        noun = "series" if self.examples.texts is None else "texts"
        return [
            f"{copies:,} of {len(groups):,} test {noun} are copies of others there, which intervals and p-values take "
            "for independent examples; leave the copies out for honest ones"
        ]

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        parts = {name: getattr(self.splits, name) for name in ("train", "validation", "test")}
        return {
            "task_state": self.state.model_dump(mode="json", by_alias=True),
            "reading": dict(self._chosen["examples"]),
            "data": {
                "rules": RULES,
                "source": self.source.name,
                "test_source": self._test_source,
                "examples": len(self.examples),
                **{name: len(part) for name, part in parts.items()},
                "folds": 0 if self.splits.folds is None else int(self.splits.folds.max()) + 1,
                "sha256": fingerprint_examples(self.examples),
            },
        }

    def feed(self) -> "ExampleFeed":
        """Returns the training and validation examples, to be read in batches."""
        from seqkit.training.feeds.examples import ExampleFeed

        return ExampleFeed(self.splits.train, self.splits.validation, self.pad, self.spec.steps)

    def start_background(self) -> None:
        """Does nothing: the baselines run Python code, which would slow down the imports in the other thread."""

    def initialise(self, model: "keras.Model") -> None:
        """Sets the pretrained vectors, if there are any."""
        if self.splits.embedding is not None:
            model.get_layer("embedding").set_weights([self.splits.embedding])

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
        """Fits the model, by gradient descent or in closed form."""
        from seqkit.tasks.classify.objective import classify_objective
        from seqkit.training.cross_validation import fit_by_cross_validation
        from seqkit.training.label_readout import LabelReadout
        from seqkit.training.loop import fit

        if closed_form:
            readout = LabelReadout(model, self.pad, callbacks.on_progress, chosen["training"]["batch_size"])
            validation = None if self.splits.folds is not None else self.splits.validation
            history, self._held_out = readout.solve(self.splits.train, validation)
            return history
        y_true = self.splits.train.labels
        classes = len(self.state.classes)
        class_priors = (
            y_true.mean(axis=0) if self.state.multi_label else np.bincount(y_true, minlength=classes) / len(y_true)
        )
        objective = classify_objective(class_priors, self.state.multi_label, **chosen["objective"])
        training = chosen["training"]
        if self.splits.folds is not None:
            ends = (self.splits.train, self.splits.folds, self.pad, self.spec.steps, objective, callbacks, checkpoints)
            history, self._held_out = fit_by_cross_validation(model, *ends, **training)
            return history
        return fit(model, None, self.feed(), objective, callbacks.on_progress, checkpoints, None, **training)

    def _samples(self) -> list[np.ndarray]:
        """Returns three batches of validation examples: the shortest, the longest, and half of each."""
        inputs: Ragged = self.splits.validation.inputs
        order = np.argsort(inputs.lengths, kind="stable")
        batches = (order[:SAMPLES], order[-SAMPLES:], np.concatenate([order[: SAMPLES // 2], order[-SAMPLES // 2 :]]))
        return [inputs.padded(rows, self.pad) for rows in batches]

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model, and for texts the tokenizer."""
        from seqkit.training.export import export

        if self.splits.tokenizer is not None:
            write_bytes(run.path / "tokenizer.json", self.splits.tokenizer.to_json())
        return export(run, model, self.spec, self._samples())

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes baselines, scores and plots."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.classify.inference import open_run
        from seqkit.tasks.classify.scoring import LabelEvaluator, fit_baselines, write_label_results

        fit_baselines(run, self.state, self.examples, self.splits, warped=self._warped)
        evaluator = LabelEvaluator(open_run(run), self.examples)
        if self.splits.folds is None or self._held_out is None:
            parts = {"validation": evaluator.score(self.splits.validation)}
        else:
            parts = {"validation": evaluator.score_held_out(self.splits.validation, self._held_out)}
        if test:
            parts["test"] = evaluator.score(self.splits.test)
        metrics = write_label_results(evaluator, parts)
        learning_curve(
            {"validation": history.column("validation_accuracy")},
            history.best_epoch,
            reference={row["name"]: row["accuracy"] for row in metrics["validation"]["models"][1:]},
            unit="",
            path=run.path / "plots" / "learning_curve.png",
            score="accuracy",
        )


def _prepare_texts(source: DataSource, examples: Examples, options: dict[str, Any]) -> tuple[State, Splits]:
    if examples.texts is None:
        raise UsageError(f"{source.name} contains series, not texts. Give texts.")
    from seqkit.tasks.embed.inference import vectors_of

    return prepare_texts(examples, vectors_of, **options)


def _prepare_series(source: DataSource, examples: Examples, options: dict[str, Any]) -> tuple[State, Splits]:
    if examples.series is None:
        raise UsageError(f"{source.name} contains texts, not series. Give series.")
    return prepare_series(examples, **options)


PREPARE: dict[str, Callable[[DataSource, Examples, dict[str, Any]], tuple[State, Splits]]] = {
    "texts": _prepare_texts,
    "series": _prepare_series,
}
PADDING = {"texts": PAD, "series": SERIES_PAD}
