"""What word vectors are worth: analogies and pairs of words, beside vectors that are counted instead of learned."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from seqkit.data.text.corpus import read_corpus
from seqkit.data.vectors.analogies import Section, read_analogies, sections_of
from seqkit.data.vectors.pairs import read_pairs
from seqkit.errors import DataError, SeqkitError
from seqkit.files.arrays import mapped_array
from seqkit.files.atomic import atomic_write, write_json
from seqkit.registry import datasets
from seqkit.runs.files import check_data_path
from seqkit.runs.run import Run, validated
from seqkit.sources import find_source
from seqkit.tasks.embed.baseline import ppmi_svd
from seqkit.tasks.embed.inference import KeyedVectors, open_run
from seqkit.tasks.embed.metrics import Method, analogy_scores, pair_scores
from seqkit.tasks.embed.paired_tests import compare_analogies, compare_pairs

BASELINE = "PPMI + SVD"


class _Data(BaseModel):
    source: str
    sources: list[str]
    sha256: str


Questions = tuple[list[Section], list[tuple[str, str, float]]]


def find_questions(analogies: str | Path | None, pairs: str | Path | None) -> Questions:
    """Returns what is asked of word vectors: what the files hold; with neither, Google's analogies and WordSim-353.

    Raises:
        NotFoundError: A file is not there.
        DataError: It is damaged.
    """
    if analogies is None and pairs is None:
        known = datasets()
        rated = known["wordsim353"].load().load().itertuples(index=False, name=None)
        return sections_of(known["questions_words"].load().load()), list(rated)
    return ([] if analogies is None else read_analogies(analogies)), ([] if pairs is None else read_pairs(pairs))


def score_run(
    run: Run, questions: Questions, *, method: Method = "3cosadd", note: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Scores the vectors of a run beside counted ones from the same text, which the run keeps.

    The run keeps the scores, too, under "evaluation" in `metrics.json`.

    Args:
        run: A finished run of the task embed.
        questions: From `find_questions`.
        method: How analogies are completed; see `analogy_scores`.
        note: Told in a line why there are no counted vectors, where the text is not to be had any more.
    """
    vectors = open_run(run)
    models = [(run.manifest.recipe["name"], vectors.vectors)]
    counted = _counted(run, vectors, note)
    if counted is not None:
        models.append((BASELINE, counted))
    scores = _scores(vectors.index_to_key, models, questions, lower=vectors.lower, method=method)
    write_json(run.path / "metrics.json", {**run.read_json("metrics.json"), "evaluation": scores})
    return scores


def score_vectors(vectors: KeyedVectors, questions: Questions, *, method: Method = "3cosadd") -> dict[str, Any]:
    """Scores vectors from a file; where all their words are in small letters, the questions are put in such."""
    words = vectors.index_to_key
    lower = all(word == word.lower() for word in words)
    return _scores(words, [(Path(vectors.name).name, vectors.vectors)], questions, lower=lower, method=method)


def _scores(
    words: list[str],
    models: Sequence[tuple[str, np.ndarray]],
    questions: Questions,
    *,
    lower: bool,
    method: Method,
) -> dict[str, Any]:
    sections, pairs = questions
    rows: list[dict[str, Any]] = []
    first: Any = None
    for name, matrix in models:
        analogies = analogy_scores(words, matrix, sections, lower=lower, method=method) if sections else None
        rated = pair_scores(words, matrix, pairs, lower=lower) if pairs else None
        row: dict[str, Any] = {
            "name": name,
            "analogies": analogies.summary() if analogies else None,
            "pairs": rated.summary() if rated else None,
        }
        if first is None:
            first = (analogies, rated)
        else:
            row["against_model"] = {
                "analogies": compare_analogies(first[0], analogies)._asdict() if analogies else None,
                "pairs": compare_pairs(first[1], rated)._asdict() if rated else None,
            }
        rows.append(row)
    return {"task": "embed", "method": method, "models": rows}


def _counted(run: Run, vectors: KeyedVectors, note: Callable[[str], None]) -> np.ndarray | None:
    """Returns the baseline's vectors: those that the run keeps, or else counted now and kept."""
    kept = run.path / "baseline.npy"
    if run.has(kept.name):
        try:
            found = mapped_array(kept)
        except ValueError as error:
            raise DataError(f"{kept} is damaged: {error}. Delete it; it is then counted again.") from error
        if found.shape != vectors.vectors.shape or found.dtype != np.float32 or not np.isfinite(found).all():
            raise DataError(f"{kept} is damaged: it holds other vectors. Delete it; they are then counted again.")
        return found
    file, options = run.path / "run.json", run.manifest.options
    data = validated(_Data, run.manifest.data, file, "data")
    if "-" in data.sources or data.source == "frame":
        note(f"No {BASELINE} stands beside: the run was trained on text without a name.")
        return None
    try:
        for name in data.sources:
            check_data_path(file, name)
        source = find_source(data.sources or data.source, kind="corpus")
        reading = {o.name: o.check(options[o.name]) for o in source.options if o.name in options}
        corpus = read_corpus(source.read(reading), scratch=run.path, **run.manifest.reading)
    except SeqkitError as error:
        # A file that the run names may be another one than that of training: nothing of what stands in it is told.
        why = f"{data.source} is not there any more, or is not what it was" if data.sources else str(error)
        note(f"No {BASELINE} stands beside, the text of training cannot be read again: {why}")
        return None
    if corpus.sha256 != data.sha256 or corpus.words != vectors.index_to_key:
        note(f"No {BASELINE} stands beside: {data.source} has changed since the run was trained.")
        return None
    counted = ppmi_svd(corpus.ids, len(corpus.words), window=options.get("window", 5), dim=vectors.vectors.shape[1])
    with atomic_write(kept) as temporary:
        np.save(temporary, counted)
    return counted
