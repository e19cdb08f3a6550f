"""Scores a tagger on the test part of its data, or on other tagged sentences."""

from contextlib import nullcontext
from typing import Any

from seqkit.errors import DataError
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all of `data`; see `seqkit.evaluate`."""
    import numpy as np

    from seqkit.data.tagged.sentences import fingerprint_corpus
    from seqkit.data.tagged.splits import split_sentences
    from seqkit.tasks.tag.inference import open_words
    from seqkit.tasks.tag.reading import read_corpus
    from seqkit.tasks.tag.scoring import score, write_scores
    from seqkit.tasks.tag.series.inference import is_series

    if is_series(run):
        from seqkit.tasks.tag.series.evaluate import evaluate_series

        return evaluate_series(run, data, note)
    tagger, is_test_part = open_words(run), data is None
    source = training_source(run, "source", "tagged") if is_test_part else find_source(data, kind="tagged")
    test = None
    if is_test_part and run.manifest.data.get("test_source") is not None:
        test = training_source(run, "test_source", "tagged").name
    with hide_contents(run, source) if is_test_part else nullcontext():
        reading = reading_options(run, source)
        if not is_test_part:
            reading.pop("scheme", None)  # other data may have another scheme
        corpus = read_corpus(source, {**_defaults(source), **reading}, test)
    for line in corpus.notes:
        note(line)
    if not is_test_part:
        return score(tagger, corpus, np.arange(len(corpus))).summary()
    if fingerprint_corpus(corpus) != run.manifest.data.get("sha256"):
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. To score the run on all of it, name it "
            "with --data."
        )
    rows, _ = split_sentences(corpus, run.manifest.options["split"])
    metrics: dict[str, Any] = write_scores(tagger, {"test": score(tagger, corpus, rows["test"])})
    return dict(metrics["test"])


def _defaults(source: Any) -> dict[str, Any]:
    return {option.name: option.default for option in source.options}
