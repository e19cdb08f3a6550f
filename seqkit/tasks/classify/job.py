"""The jobs of labelling: texts or series, and what a run keeps of them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.labelled.examples import fingerprint_examples
from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.tokenizer import PAD
from seqkit.errors import UsageError
from seqkit.files.atomic import write_bytes
from seqkit.runs.run import Run, Task
from seqkit.sources import DataSource, find_source, read_labelled
from seqkit.spec import SERIES_PAD
from seqkit.stopwatch import spent
from seqkit.tasks.classify import prepare as classify
from seqkit.tasks.classify.baselines import shared_texts
from seqkit.tasks.classify.series import prepare_series
from seqkit.tasks.classify.texts import prepare_texts

if TYPE_CHECKING:
    import keras

    from seqkit.progress import Callbacks
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.feeds.examples import ExampleFeed
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES = 32
"""Examples of each batch that the export is checked by: short ones, long ones, and both together."""


class LabelJob:
    """What texts and series have in common; see `seqkit.tasks.contract.Job`."""

    task: Task = "classify"
    state: classify.State
    splits: classify.Splits
    pad: float

    def __init__(
        self, source: DataSource, chosen: dict[str, dict[str, Any]], test: Any, callbacks: "Callbacks"
    ) -> None:
        self.source, self._chosen = source, chosen
        with spent("checking the data"):
            self.examples = read_labelled(source, chosen["Data"], chosen["Examples"], test)
        self._test_source = None if test is None else find_source(test, kind=source.kind).name
        with spent("preparing the data"):
            self._prepare(chosen["Classify"])
            notes = [*self.splits.notes, *self._shared()]
        for line in notes:
            callbacks.on_message(line)
        parts = (self.splits.train, self.splits.validation, self.splits.test)
        callbacks.on_message("{:,} examples to learn from, {:,} to choose by, {:,} to test".format(*map(len, parts)))
        self.spec = self.state.spec

    def _prepare(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def _shared(self) -> list[str]:
        """Tells of texts that are asked in test after they were learned from."""
        texts = self.examples.texts
        if texts is None:
            return []
        train, test = self.splits.train.rows, self.splits.test.rows
        count, pairs = shared_texts([texts[i] for i in train], [texts[i] for i in test])
        if not count:
            return []
        rows = ", ".join(f"{test[there] + 1:,} (as {train[here] + 1:,})" for here, there in pairs)
        return [
            f"{count:,} text{'s' * (count > 1)} of test stand{'s' * (count == 1)} in training, too: row {rows}"
            + (", …" if count > len(pairs) else "")
        ]

    def facts(self) -> dict[str, Any]:
        """Returns what `run.json` says of task and data."""
        parts = {name: getattr(self.splits, name) for name in ("train", "validation", "test")}
        return {
            "task_state": self.state.model_dump(mode="json", by_alias=True),
            "reading": dict(self._chosen["Examples"]),
            "data": {
                "source": self.source.name,
                "test_source": self._test_source,
                "examples": len(self.examples),
                **{name: len(part) for name, part in parts.items()},
                "sha256": fingerprint_examples(self.examples),
            },
        }

    def feed(self) -> "ExampleFeed":
        """Returns the examples to learn from and to choose by."""
        from seqkit.training.feeds.examples import ExampleFeed

        return ExampleFeed(self.splits.train, self.splits.validation, self.pad, self.spec.steps)

    def start_background(self) -> None:
        """Begins nothing: what is scored beside the model is found in Python, which would hold up the imports."""

    def begin(self, model: "keras.Model") -> None:
        """Sets the pretrained vectors, where there are any."""
        if self.splits.embedding is not None:
            model.get_layer("embedding").set_weights([self.splits.embedding])

    def fit(
        self,
        model: "keras.Model",
        build: "Build",
        chosen: dict[str, dict[str, Any]],
        callbacks: "Callbacks",
        checkpoints: "Checkpoints",
        *,
        closed_form: bool,
    ) -> "History":
        """Fits the model: by descent, or in one pass where the readout is solved for."""
        from seqkit.tasks.classify.objective import classify_objective
        from seqkit.training.loop import fit
        from seqkit.training.ridge_readout import solve_readout

        if closed_form:
            return solve_readout(model, self.feed(), callbacks.on_progress, **chosen["Training"])
        y_true = self.splits.train.y_true
        classes = len(self.state.classes)
        class_priors = (
            y_true.mean(axis=0) if self.state.multi_label else np.bincount(y_true, minlength=classes) / len(y_true)
        )
        objective = classify_objective(class_priors, self.state.multi_label, **chosen["Objective"])
        return fit(model, None, self.feed(), objective, callbacks.on_progress, checkpoints, **chosen["Training"])

    def _samples(self) -> list[np.ndarray]:
        """Returns validation examples: the shortest, the longest, and some of both."""
        inputs: Ragged = self.splits.validation.inputs
        order = np.argsort(inputs.lengths, kind="stable")
        chosen = (order[:SAMPLES], order[-SAMPLES:], np.concatenate([order[: SAMPLES // 2], order[-SAMPLES // 2 :]]))
        return [inputs.padded(which, self.pad) for which in chosen]

    def keep(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model, and the tokenizer where there is one."""
        from seqkit.training.export import export

        if self.splits.tokenizer is not None:
            write_bytes(run.path / "tokenizer.json", self.splits.tokenizer.to_json())
        return export(run, model, self._samples())

    def record(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes baselines, scores and plots."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.classify.inference import open_run
        from seqkit.tasks.classify.scoring import LabelEvaluator, fit_baselines, write_label_results

        fit_baselines(run, self.state, self.examples, self.splits)
        evaluator = LabelEvaluator(open_run(run), self.examples)
        parts = {"validation": evaluator.score(self.splits.validation)}
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


class TextJob(LabelJob):
    """Labels texts.

    Raises:
        DataError: Something is wrong in the examples.
    """

    pad = PAD

    def _prepare(self, options: dict[str, Any]) -> None:
        if self.examples.texts is None:
            raise UsageError(f"{self.source.name} holds series, no texts. Give texts.")
        from seqkit.tasks.embed.inference import vectors_of

        self.state, self.splits = prepare_texts(self.examples, vectors_of, **options)


class SeriesJob(LabelJob):
    """Labels series.

    Raises:
        DataError: Something is wrong in the examples.
    """

    pad = SERIES_PAD

    def _prepare(self, options: dict[str, Any]) -> None:
        if self.examples.series is None:
            raise UsageError(f"{self.source.name} holds texts, no series. Give series.")
        self.state, self.splits = prepare_series(self.examples, **options)
