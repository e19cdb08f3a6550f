"""Trains word vectors on a corpus, and writes the run."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.text.corpus import read_corpus
from seqkit.errors import UsageError
from seqkit.files.atomic import atomic_write, write_bytes, write_json
from seqkit.runs.run import Run
from seqkit.sources import DataSource
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.embed import prepare as embed
from seqkit.tasks.embed.start import read_source, start_from

if TYPE_CHECKING:
    import keras

    from seqkit.progress import Callbacks
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

READING = ("tokenizer", "lower", "min_count", "vocabulary", "phrases")
"""Options for reading a corpus."""

ROWS = 1 << 14
"""Number of vectors computed at a time."""

MAX_MODEL_BYTES = 1 << 30
"""Maximum size of the weights of a model to save, in bytes: Keras needs twice as much additional memory to save it."""


class Job:
    """Reads a corpus; see `seqkit.tasks.contract.Job`.

    Raises:
        UsageError: Test data is given.
        DataError: The corpus is invalid.
    """

    task = "embed"

    def __init__(self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: Path) -> None:
        if test is not None:
            raise UsageError(
                "Word vectors have no test part. Score them with `seqkit evaluate RUN --analogies FILE --pairs FILE`."
            )
        options = chosen["embed"]
        self._source = None if options["vectors"] is None else read_source(options["vectors"], callbacks.on_message)
        self.source, self._callbacks, self._reading = source, callbacks, {name: options[name] for name in READING}
        scratch = next(parent for parent in folder.absolute().parents if parent.is_dir())
        began = time.perf_counter()
        with spent("reading the data"):
            fitted = self._source.tokenizer if self._source is not None and options["tokenizer"] == "bpe" else None
            text = source.read(chosen["data"])
            self.corpus = read_corpus(text, scratch=scratch, fitted=fitted, **self._reading)
        self._reading_seconds = time.perf_counter() - began
        for line in self.corpus.notes:
            callbacks.on_message(line)
        with spent("preparing the data"):
            self._start = None
            if self._source is not None:
                hashed = embed.hashed_ngrams(options["subwords"], options["buckets"])
                self._start = start_from(self._source, self.corpus.words, hashed)
            dimensions, kept = None, 0
            if self._start is not None:
                dimensions, kept = self._start.source.vectors.vector_size, len(self._start.kept)
            self.state, self._ngrams = embed.prepare(self.corpus, dimensions, kept, **options)
        for line in () if self._start is None else self._start.notes:
            callbacks.on_message(line)
        self.spec = self.state.spec

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        return {
            "task_state": self.state.model_dump(mode="json"),
            "reading": self._reading,
            "data": {
                "source": self.source.name,
                "sources": list(self.source.files),
                "words": self.corpus.raw_words,
                "lines": self.corpus.lines,
                "sha256": self.corpus.sha256,
                **({} if self._source is None else {"vectors_sha256": self._source.sha256}),
            },
        }

    def start_background(self) -> None:
        """Does nothing: the baseline is computed in evaluation."""

    def initialise(self, model: "keras.Model") -> None:
        """Adapts the layers to the word counts, and to the n-grams of the words, and sets the starting vectors."""
        from seqkit.layers.negative_sampling import NegativeSampling

        for layer in model.layers:
            if isinstance(layer, NegativeSampling):
                layer.adapt(self.corpus.counts)
        if self._ngrams is not None:
            model.get_layer("embedding").adapt(self._ngrams.values, self._ngrams.offsets)
        if self._start is not None:
            from seqkit.tasks.embed.starting_weights import set_starting_weights

            set_starting_weights(model, self._start)

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
        """Fits the vectors."""
        from seqkit.tasks.embed.feed import WordFeed
        from seqkit.tasks.embed.loop import fit_vectors

        feed = WordFeed(self.corpus, self.state.sample)
        return fit_vectors(model, feed, callbacks.on_progress, checkpoints, self._start, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes words and vectors, and the model if it is not too large."""
        from seqkit.training.export import save

        words, counts, kept = self.corpus.words, self.corpus.counts.tolist(), None
        if self._start is not None:
            kept = self._start.source.vectors.vectors
            words, counts = [*words, *self._start.kept_words], [*counts, *self._start.kept_counts.tolist()]
        lines = (f"{word} {count}\n" for word, count in zip(words, counts, strict=True))
        write_bytes(run.path / "vocabulary.txt", "".join(lines).encode())
        if self.corpus.tokenizer is not None:
            write_bytes(run.path / "tokenizer.json", self.corpus.tokenizer.to_json())
        embedding = model.get_layer("embedding")
        ids = np.arange(1, len(self.corpus.words) + 1)
        if self._ngrams is None:
            self._write_rows(run, "vectors", embedding, ids, kept)
        else:
            self._write_rows(run, "vectors", embedding.vectors, ids, kept)
            buckets = np.unique(self._ngrams.values)
            if self._start is not None and self._start.ngrams is not None:
                buckets = np.union1d(buckets, self._start.ngrams.buckets)
            with atomic_write(run.path / "buckets.npy") as temporary:
                np.save(temporary, buckets)
            self._write_rows(run, "ngrams", embedding.ngram_vectors, buckets)
        exported = {"parameters": model.count_params(), **self._export_context(run, model, ids)}
        size = sum(math.prod(weight.shape) * 4 for weight in model.weights)
        if size > MAX_MODEL_BYTES:
            self._callbacks.on_message(f"model.keras not saved: it would take {size / 2**30:.1f} GiB")
        else:
            save(run, model)
        return exported

    def _export_context(self, run: Run, model: "keras.Model", ids: np.ndarray) -> dict[str, Any]:
        """Writes the context vectors, from which another training may go on, and returns their layer."""
        import keras

        from seqkit.tasks.embed.starting_weights import context_layer

        layer = context_layer(model)
        if layer is None:
            return {}
        name, kept = type(layer).__name__, None
        if self._start is not None:
            kept = self._start.source.context if self._start.source.context_layer == name else None
            kept = np.broadcast_to(np.float32(0), self._start.source.vectors.vectors.shape) if kept is None else kept
        self._write_rows(run, "context", lambda rows: keras.ops.take(layer.context, rows, axis=0), ids, kept)
        return {"context": name}

    def _write_rows(
        self,
        run: Run,
        name: str,
        lookup: Callable[[np.ndarray], Any],
        ids: np.ndarray,
        kept: np.ndarray | None = None,
    ) -> None:
        """Writes vectors to an array file in parts: a copy of all may not fit in memory.

        Args:
            run: The run.
            name: Name of the file.
            lookup: Returns the vectors of ids.
            ids: The ids.
            kept: All vectors of the source, from which those of the kept words follow.
        """
        rows = np.empty(0, np.int64) if kept is None or self._start is None else self._start.kept
        header = {"descr": "<f4", "fortran_order": False, "shape": (len(ids) + len(rows), self.state.dim)}
        with atomic_write(run.path / f"{name}.npy") as temporary, temporary.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for first in range(0, len(ids), ROWS):
                file.write(np.ascontiguousarray(lookup(ids[first : first + ROWS]), "<f4").data)
            for first in range(0, len(rows), ROWS):
                assert kept is not None
                file.write(np.ascontiguousarray(kept[rows[first : first + ROWS]], "<f4").data)

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes loss and speed of the training to `metrics.json`."""
        last = history.epochs[-1]
        speed = self.corpus.raw_words * len(history.epochs) / sum(history.column("seconds"))
        training = {
            "words": self.corpus.raw_words,
            "reading_seconds": round(self._reading_seconds, 2),
            "words_per_second": round(speed),
            "loss": last["loss"],
        }
        write_json(run.path / "metrics.json", {"training": training})
