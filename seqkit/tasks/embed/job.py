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
        self.source, self._callbacks, self._reading = source, callbacks, {name: options[name] for name in READING}
        scratch = next(parent for parent in folder.absolute().parents if parent.is_dir())
        began = time.perf_counter()
        with spent("reading the data"):
            self.corpus = read_corpus(source.read(chosen["data"]), scratch=scratch, **self._reading)
        self._reading_seconds = time.perf_counter() - began
        for line in self.corpus.notes:
            callbacks.on_message(line)
        with spent("preparing the data"):
            self.state, self._ngrams = embed.prepare(self.corpus, **options)
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
            },
        }

    def start_background(self) -> None:
        """Does nothing: the baseline is computed in evaluation."""

    def initialise(self, model: "keras.Model") -> None:
        """Adapts the layers to the word counts, and to the n-grams of the words."""
        from seqkit.layers.negative_sampling import NegativeSampling

        for layer in model.layers:
            if isinstance(layer, NegativeSampling):
                layer.adapt(self.corpus.counts)
        if self._ngrams is not None:
            model.get_layer("embedding").adapt(self._ngrams.values, self._ngrams.offsets)

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
        return fit_vectors(model, feed, callbacks.on_progress, checkpoints, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes words and vectors, and the model if it is not too large."""
        from seqkit.training.export import save

        lines = (f"{word} {count}\n" for word, count in zip(self.corpus.words, self.corpus.counts, strict=True))
        write_bytes(run.path / "vocabulary.txt", "".join(lines).encode())
        if self.corpus.tokenizer is not None:
            write_bytes(run.path / "tokenizer.json", self.corpus.tokenizer.to_json())
        embedding = model.get_layer("embedding")
        ids = np.arange(1, self.state.vocabulary + 1)
        if self._ngrams is None:
            self._write_rows(run, "vectors", embedding, ids)
        else:
            self._write_rows(run, "vectors", embedding.vectors, ids)
            buckets = np.unique(self._ngrams.values)
            with atomic_write(run.path / "buckets.npy") as temporary:
                np.save(temporary, buckets)
            self._write_rows(run, "ngrams", embedding.ngram_vectors, buckets)
        size = sum(math.prod(weight.shape) * 4 for weight in model.weights)
        if size > MAX_MODEL_BYTES:
            self._callbacks.on_message(f"model.keras not saved: it would take {size / 2**30:.1f} GiB")
        else:
            save(run, model)
        return {"parameters": model.count_params()}

    def _write_rows(self, run: Run, name: str, lookup: Callable[[np.ndarray], Any], ids: np.ndarray) -> None:
        """Writes vectors to an array file in parts: a copy of all may not fit in memory."""
        header = {"descr": "<f4", "fortran_order": False, "shape": (len(ids), self.state.dim)}
        with atomic_write(run.path / f"{name}.npy") as temporary, temporary.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for first in range(0, len(ids), ROWS):
                file.write(np.ascontiguousarray(lookup(ids[first : first + ROWS]), "<f4").data)

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
