"""Scores word vectors on analogies and similarity ratings, next to the PPMI + SVD baseline."""

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
from seqkit.tasks.embed.inference import KeyedVectors, open_run, read_subwords
from seqkit.tasks.embed.metrics import Method, analogy_scores, pair_scores
from seqkit.tasks.embed.paired_tests import compare_analogies, compare_pairs
from seqkit.tasks.embed.prepare import EmbedState
from seqkit.tasks.embed.spelling import known_spelling, lower_case_note

BASELINE = "PPMI + SVD"


class _Data(BaseModel):
    source: str
    sources: list[str]
    sha256: str


Questions = tuple[list[Section], list[tuple[str, str, float]]]


def find_questions(
    analogies: str | Path | None, pairs: str | Path | None, *, note: Callable[[str], object] = lambda line: None
) -> Questions:
    """Returns the analogies and rated pairs of the given files; by default Google's analogies and WordSim-353.

    Args:
        analogies: File of analogies.
        pairs: File of rated pairs.
        note: Called with the column of the scores, if the file of pairs has several columns.

    Raises:
        NotFoundError: A file does not exist.
        DataError: A file is damaged.
    """
    if analogies is None and pairs is None:
        known = datasets()
        rated_pairs = known["wordsim353"].load().load().itertuples(index=False, name=None)
        return sections_of(known["questions_words"].load().load()), list(rated_pairs)
    sections = [] if analogies is None else read_analogies(analogies)
    return sections, [] if pairs is None else read_pairs(pairs, note=note)


def score_run(
    run: Run, questions: Questions, *, method: Method = "3cosadd", note: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Scores the vectors of a run next to baseline vectors from the same text.

    Writes the scores under "evaluation" in `metrics.json`, and the baseline vectors to `baseline.npy`.

    Args:
        run: A finished run of the embed task.
        questions: Analogies and rated pairs, from `find_questions`.
        method: Method for analogies; see `analogy_scores`.
        note: Called with the reason if there is no baseline, because the text is no longer available; and with the
            number of words looked up in lower case, if the text was not lower-cased.
    """
    vectors = open_run(run)
    words = [word.removeprefix(vectors.marker) for word in vectors.index_to_key]
    models = [(run.manifest.recipe["name"], words, vectors.vectors)]
    baseline = _baseline_vectors(run, vectors, note)
    if baseline is not None:
        models.append((BASELINE, words[: len(baseline)], baseline))
    if not vectors.lower:
        _note_lower_case(vectors, questions, note)
    scores = _scores(models, questions, method=method)
    write_json(run.path / "metrics.json", {**run.read_json("metrics.json"), "evaluation": scores})
    return scores


def score_vectors(
    vectors: KeyedVectors,
    questions: Questions,
    *,
    method: Method = "3cosadd",
    note: Callable[[str], object] = lambda line: None,
) -> dict[str, Any]:
    """Scores vectors from a file; `note` is called with the number of words looked up in lower case."""
    _note_lower_case(vectors, questions, note)
    return _scores([(Path(vectors.name).name, vectors.index_to_key, vectors.vectors)], questions, method=method)


def _note_lower_case(vectors: KeyedVectors, questions: Questions, note: Callable[[str], object]) -> None:
    """Counts the words of the questions that have a vector in lower case only."""
    sections, pairs = questions
    asked = dict.fromkeys(word for section in sections for question in section.questions for word in question)
    asked |= dict.fromkeys(word for pair in pairs for word in pair[:2])
    known = {word.removeprefix(vectors.marker) for word in vectors.index_to_key}
    lowered = [word for word in asked if known_spelling(word, known, lower=False) is None]
    lowered = [word for word in lowered if known_spelling(word, known, lower=True) is not None]
    if lowered:
        note(lower_case_note(vectors.name, lowered, f"{len(asked):,} words of the questions"))


def _scores(
    models: Sequence[tuple[str, list[str], np.ndarray]],
    questions: Questions,
    *,
    method: Method,
) -> dict[str, Any]:
    sections, pairs = questions
    rows: list[dict[str, Any]] = []
    model: Any = None
    for name, words, matrix in models:
        analogies = analogy_scores(words, matrix, sections, lower=True, method=method) if sections else None
        similarity = pair_scores(words, matrix, pairs, lower=True) if pairs else None
        row: dict[str, Any] = {
            "name": name,
            "analogies": analogies.summary() if analogies else None,
            "pairs": similarity.summary() if similarity else None,
        }
        if model is None:
            model = (analogies, similarity)
        else:
            row["against_model"] = {
                "analogies": compare_analogies(model[0], analogies)._asdict() if analogies else None,
                "pairs": compare_pairs(model[1], similarity)._asdict() if similarity else None,
            }
        rows.append(row)
    return {"task": "embed", "method": method, "models": rows}


def _baseline_vectors(run: Run, vectors: KeyedVectors, note: Callable[[str], None]) -> np.ndarray | None:
    """Returns the baseline vectors of the trained words; computes and stores them in the run the first time."""
    path = run.path / "baseline.npy"
    file, options = run.path / "run.json", run.manifest.options
    kept = validated(EmbedState, run.manifest.task_state, file, "task_state").kept
    if options.get("vectors") is not None:
        note(f"{BASELINE} knows only this text, while the training went on from {options['vectors']}")
    if run.has(path.name):
        try:
            baseline = mapped_array(path)
        except ValueError as error:
            raise DataError(f"{path} is damaged: {error}. Delete it, and evaluate again to recompute it.") from error
        shape = (len(vectors) - kept, vectors.vector_size)
        if baseline.shape != shape or baseline.dtype != np.float32 or not np.isfinite(baseline).all():
            raise DataError(
                f"{path} is damaged: expected finite float32 vectors of shape {shape}. Delete it, and evaluate again "
                "to recompute it."
            )
        return baseline
    data = validated(_Data, run.manifest.data, file, "data")
    if "-" in data.sources or data.source == "frame":
        note(f"no {BASELINE} baseline: the run was trained on text without a name")
        return None
    fitted = read_subwords(run) if vectors.marker else None
    try:
        for name in data.sources:
            check_data_path(file, name)
        source = find_source(data.sources or data.source, kind="corpus")
        reading = {o.name: o.check(options[o.name]) for o in source.options if o.name in options}
        corpus = read_corpus(source.read(reading), scratch=run.path, fitted=fitted, **run.manifest.reading)
    except SeqkitError as error:
        # A file named by the run may not be the training data: messages must not show its contents.
        reason = f"{data.source} is missing or has changed" if data.sources else str(error)
        note(f"no {BASELINE} baseline: the training text cannot be read: {reason}")
        return None
    if corpus.sha256 != data.sha256 or corpus.words != vectors.index_to_key[: len(vectors) - kept]:
        note(f"no {BASELINE} baseline: {data.source} has changed since the run was trained")
        return None
    baseline = ppmi_svd(corpus.ids, len(corpus.words), window=options.get("window", 5), dim=vectors.vector_size)
    with atomic_write(path) as temporary:
        np.save(temporary, baseline)
    return baseline
