"""The job of word vectors: a corpus, and what a run keeps of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.corpus import read_corpus
from seqkit.errors import UsageError
from seqkit.runs import Run, Task, whole_file, write_bytes, write_json
from seqkit.sources import DataSource
from seqkit.tasks import embed

if TYPE_CHECKING:
    import keras

    from seqkit.training.fit import History
    from seqkit.training.listener import Listener

READING = ("tokenizer", "lower", "min_count", "phrases")
"""Options that say how a corpus is read."""

ROWS = 1 << 14
"""Vectors that are computed at once."""


class EmbedJob:
    """Reads a corpus; see `seqkit.training.jobs.Job`.

    Raises:
        UsageError: Test data is given on its own.
        DataError: Something is wrong in the corpus.
    """

    task: Task = "embed"

    def __init__(self, source: DataSource, chosen: dict[str, dict[str, Any]], test: Any, listener: "Listener") -> None:
        if test is not None:
            raise UsageError(
                "Word vectors have no test part. Score them with `seqkit evaluate RUN --analogies FILE --pairs FILE`."
            )
        options = chosen["Embed"]
        self.source, self._reading = source, {name: options[name] for name in READING}
        self.corpus = read_corpus(source.text(chosen["Data"]), scratch=Path.cwd(), **self._reading)
        for line in self.corpus.notes:
            listener.note(line)
        self.state, self._ngrams = embed.prepare(self.corpus, **options)
        self.spec = self.state.spec

    def facts(self) -> dict[str, Any]:
        """Returns what `run.json` says of task and data."""
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

    def begin(self, model: "keras.Model") -> None:
        """Tells the layers how often words occur and what they are made of."""
        from seqkit.layers.negative_sampling import NegativeSampling

        for layer in model.layers:
            if isinstance(layer, NegativeSampling):
                layer.adapt(self.corpus.counts)
        if self._ngrams is not None:
            model.get_layer("embedding").adapt(self._ngrams.values, self._ngrams.offsets)

    def fit(
        self, model: "keras.Model", chosen: dict[str, dict[str, Any]], listener: "Listener", *, solved: bool
    ) -> "History":
        """Fits the vectors, in all epochs."""
        from seqkit.training.fit_vectors import fit_vectors
        from seqkit.training.word_feed import WordFeed

        feed = WordFeed(self.corpus, self.state.sample)
        return fit_vectors(model, feed, listener.progress, **chosen["Training"])

    def keep(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the words and their vectors, which is all that answers need."""
        lines = (f"{word} {count}\n" for word, count in zip(self.corpus.words, self.corpus.counts, strict=True))
        write_bytes(run.path / "vocabulary.txt", "".join(lines).encode())
        embedding = model.get_layer("embedding")
        if self._ngrams is None:
            _save(run, "vectors", embedding.embeddings.value.numpy()[1:])
            return {}
        numbers = np.arange(1, self.state.vocabulary + 1)
        rows = [embedding.vectors(numbers[i : i + ROWS]).numpy() for i in range(0, len(numbers), ROWS)]
        _save(run, "vectors", np.concatenate(rows))
        seen = np.unique(self._ngrams.values)
        _save(run, "buckets", seen)
        _save(run, "ngrams", embedding.parts.value.numpy()[seen])
        return {}

    def record(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes how the training went."""
        last = history.epochs[-1]
        speed = self.corpus.raw_words * len(history.epochs) / sum(history.column("seconds"))
        write_json(
            run.path / "metrics.json",
            {"training": {"words": self.corpus.raw_words, "words_per_second": round(speed), "loss": last["loss"]}},
        )


def _save(run: Run, name: str, array: np.ndarray) -> None:
    with whole_file(run.path / f"{name}.npy") as temporary:
        np.save(temporary, array)
