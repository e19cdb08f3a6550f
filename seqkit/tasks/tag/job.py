"""Trains a tagger, and writes its run."""

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tagged.sentences import fingerprint_corpus
from seqkit.files.atomic import write_bytes
from seqkit.runs.results import write_arrays
from seqkit.runs.run import Run
from seqkit.sources import DataSource, find_source
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.embed.inference import vectors_of
from seqkit.tasks.tag.prepare import PLAIN, prepare
from seqkit.tasks.tag.reading import read_corpus

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from seqkit.progress import Callbacks
    from seqkit.tasks.tag.decoding import Decoding
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES = 16
"""Size of each batch that checks the export: one of short sentences, one of long ones, one of both."""


class Job:
    """Reads tagged sentences and prepares their parts; see `seqkit.tasks.contract.Job`.

    Raises:
        DataError: The sentences are invalid.
    """

    task = "tag"

    def __new__(
        cls, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> Any:
        """Returns the training of a tagger of series if the data is a series."""
        if source.kind == "tagged_series":
            from seqkit.tasks.tag.series.job import SeriesJob

            return SeriesJob(source, chosen, test, callbacks)
        return super().__new__(cls)

    def __init__(
        self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> None:
        self.source, self._decoding = source, chosen["decoding"]
        with spent("reading the data"):
            self.corpus = read_corpus(source, chosen["data"], test)
        self._test_source = None if test is None else find_source(test, kind=source.kind).name
        with spent("preparing the data"):
            self.state, self.vocabulary, self.splits = prepare(self.corpus, vectors_of, **chosen["tag"])
        self.spec = self.state.spec
        if self.state.scheme == PLAIN:  # no word is outside of spans
            self._decoding = {**self._decoding, "outside": "trained"}
        for line in [*self.corpus.notes, *self.splits.notes]:
            callbacks.on_message(line)
        parts = (self.splits.train, self.splits.validation, self.splits.test)
        counts = "{:,} train, {:,} validation, {:,} test".format(*map(len, parts))
        callbacks.on_message(f"sentences: {counts}; words: {self.state.vocabulary:,}; tags: {len(self.state.tags):,}")

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        parts = {name: getattr(self.splits, name) for name in ("train", "validation", "test")}
        return {
            "task_state": self.state.model_dump(mode="json"),
            "reading": {},
            "data": {
                "source": self.source.name,
                "test_source": self._test_source,
                "sentences": len(self.corpus),
                **{name: len(part) for name, part in parts.items()},
                "sha256": fingerprint_corpus(self.corpus),
            },
        }

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
        """Fits the model by gradient descent."""
        from seqkit.tasks.tag.objective import tag_objective
        from seqkit.training.feeds.sentences import SentenceFeed
        from seqkit.training.loop import fit

        train, validation = self.splits.train, self.splits.validation
        feed = SentenceFeed(train.inputs, train.tags, validation.inputs, validation.tags)
        objective = tag_objective(model, self.state, self._decoding["outside"])
        return fit(model, None, feed, objective, callbacks.on_progress, checkpoints, None, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model, the vocabulary and the weights of pairs of tags."""
        from seqkit.tasks.tag.stored_baselines import fit_baselines
        from seqkit.training.export import export

        write_bytes(run.path / "words.json", self.vocabulary.to_json())
        if self.state.decoder == "crf":
            write_arrays(run, "transitions.npz", {"weights": model.get_layer("transitions").weight.numpy()})
        run.manifest.model = export(run, model, self.spec, self._samples())
        fit_baselines(run, self.corpus, self.splits)
        mixture, alone = self._choose_weights(run)
        weights = {"share": mixture.share, "outside_bias": mixture.bias, "alone_bias": alone.bias}
        return {**run.manifest.model, **weights}

    def _choose_weights(self, run: Run) -> "tuple[Decoding, Decoding]":
        """Returns the weights of the scores of tags that are best on validation: of the mixture, and of the network."""
        from seqkit.tasks.tag.decoding import Decoding, choose_decoding
        from seqkit.tasks.tag.inference import open_tagger
        from seqkit.tasks.tag.scoring import statistics

        validation = [self.corpus.sentences[row] for row in self.splits.validation.rows]
        true, lengths = [sentence.tags for sentence in validation], [len(sentence) for sentence in validation]
        tagger = open_tagger(run, Decoding(), with_crf=self._decoding["combine"] == "crf")
        batches = tagger.score([sentence.words for sentence in validation])
        count, score = statistics(self.state.scheme)
        return choose_decoding(
            lambda decoding: float(score(count(true, tagger.decoded(batches, lengths, decoding)).sum(axis=0))),
            **self._decoding,
        )

    def _samples(self) -> list[np.ndarray]:
        """Returns three batches of validation sentences: the shortest, the longest, and half of each."""
        inputs = self.splits.validation.inputs
        order = np.argsort(inputs.lengths, kind="stable")
        batches = (order[:SAMPLES], order[-SAMPLES:], np.concatenate([order[: SAMPLES // 2], order[-SAMPLES // 2 :]]))
        return [inputs.padded(rows, 0) for rows in batches]

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes baselines, scores and plots."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.tag.inference import open_words
        from seqkit.tasks.tag.scoring import score, write_scores

        tagger = open_words(run)
        parts = {"validation": score(tagger, self.corpus, self.splits.validation.rows)}
        if test:
            parts["test"] = score(tagger, self.corpus, self.splits.test.rows)
        metrics = write_scores(tagger, parts)
        key = "token_accuracy" if self.state.scheme == PLAIN else "f1"
        learning_curve(
            {"validation": history.column("validation_accuracy" if key == "token_accuracy" else "validation_f1")},
            history.best_epoch,
            reference={row["name"]: row[key] for row in metrics["validation"]["models"][1:]},
            unit="",
            path=run.path / "plots" / "learning_curve.png",
            score="accuracy" if key == "token_accuracy" else "F1 of spans",
        )
