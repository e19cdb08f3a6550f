"""The job of word vectors: a corpus, and what a run keeps of it."""

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

READING = ("tokenizer", "lower", "min_count", "phrases")
"""Options that say how a corpus is read."""

ROWS = 1 << 14
"""Vectors that are computed at once."""

MAX_MODEL_BYTES = 1 << 30
"""Bytes of a model's weights up to which it is kept: Keras needs twice as much again to write them."""


class Job:
    """Reads a corpus; see `seqkit.tasks.contract.Job`.

    Raises:
        UsageError: Test data is given on its own.
        DataError: Something is wrong in the corpus.
    """

    task = "embed"

    def __init__(self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: Path) -> None:
        if test is not None:
            raise UsageError(
                "Word vectors have no test part. Score them with `seqkit evaluate RUN --analogies FILE --pairs FILE`."
            )
        options = chosen["embed"]
        self.source, self._callbacks, self._reading = source, callbacks, {name: options[name] for name in READING}
        scratch = next(folder for folder in folder.absolute().parents if folder.is_dir())
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
        """Begins nothing: its baselines are words counted in Python, which would hold up the imports."""

    def initialise(self, model: "keras.Model") -> None:
        """Tells the layers how often words occur and what they are made of."""
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
        """Fits the vectors, in all epochs."""
        from seqkit.tasks.embed.feed import WordFeed
        from seqkit.tasks.embed.loop import fit_vectors

        feed = WordFeed(self.corpus, self.state.sample)
        return fit_vectors(model, feed, callbacks.on_progress, checkpoints, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the words and their vectors, which is all that answers need, and the model if it is not too large."""
        from seqkit.training.export import save

        lines = (f"{word} {count}\n" for word, count in zip(self.corpus.words, self.corpus.counts, strict=True))
        write_bytes(run.path / "vocabulary.txt", "".join(lines).encode())
        embedding = model.get_layer("embedding")
        numbers = np.arange(1, self.state.vocabulary + 1)
        if self._ngrams is None:
            self._write_rows(run, "vectors", embedding, numbers)
        else:
            self._write_rows(run, "vectors", embedding.vectors, numbers)
            seen = np.unique(self._ngrams.values)
            with atomic_write(run.path / "buckets.npy") as temporary:
                np.save(temporary, seen)
            self._write_rows(run, "ngrams", embedding.ngram_vectors, seen)
        size = sum(math.prod(weight.shape) * 4 for weight in model.weights)
        if size > MAX_MODEL_BYTES:
            self._callbacks.on_message(f"the model takes {size / 2**30:.1f} GiB and is not kept: its vectors are")
        else:
            save(run, model)
        return {"parameters": model.count_params()}

    def _write_rows(self, run: Run, name: str, look_up: Callable[[np.ndarray], Any], numbers: np.ndarray) -> None:
        """Writes vectors as an array, some at a time: a copy of them all may not fit into memory."""
        header = {"descr": "<f4", "fortran_order": False, "shape": (len(numbers), self.state.dim)}
        with atomic_write(run.path / f"{name}.npy") as temporary, temporary.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for first in range(0, len(numbers), ROWS):
                file.write(np.ascontiguousarray(look_up(numbers[first : first + ROWS]), "<f4").data)

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes how the training went."""
        last = history.epochs[-1]
        speed = self.corpus.raw_words * len(history.epochs) / sum(history.column("seconds"))
        training = {
            "words": self.corpus.raw_words,
            "reading_seconds": round(self._reading_seconds, 2),
            "words_per_second": round(speed),
            "loss": last["loss"],
        }
        write_json(run.path / "metrics.json", {"training": training})
