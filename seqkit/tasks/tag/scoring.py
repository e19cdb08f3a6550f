"""Scores a tagger next to simple baselines, with a paired bootstrap of the difference by sentence.

Writes `metrics.json`, `predictions.csv` (every word with both tags), `errors.csv` (counts of each sentence) and
`plots/`. `baselines.npz` stores the fitted baselines, so that scoring on new sentences does not need the training data.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.tagged.schemes import convert
from seqkit.data.tagged.sentences import TaggedCorpus
from seqkit.errors import DataError
from seqkit.files.atomic import atomic_write
from seqkit.runs.results import write_errors, write_metrics
from seqkit.stats.bootstrap import paired_bootstrap
from seqkit.tasks.tag import plots
from seqkit.tasks.tag.inference import Tagger, alone
from seqkit.tasks.tag.metrics import accuracy, f1, span_counts, tag_summary, token_counts
from seqkit.tasks.tag.prepare import PLAIN
from seqkit.tasks.tag.stored_baselines import read_baselines

ERROR_COLUMNS = {
    "part": str,
    "sentence": int,
    "correct": int,
    "predicted": int,
    "true": int,
    "right": int,
    "words": int,
}
"""Columns of `errors.csv`: spans that are correct, predicted and true, words with the right tag, and words."""


@dataclass(frozen=True)
class TagScores:
    """Tags by the model and by the baselines on one part of the data.

    Attributes:
        rows: Position of each sentence in the data, of shape (sentences,).
        words: The words of each sentence.
        true: The true tags of each sentence.
        tags: The tags of each sentence, by name of the model; the run's own first.
        scheme: Scheme of all tags.
    """

    rows: np.ndarray
    words: Sequence[Sequence[str]]
    true: Sequence[Sequence[str]]
    tags: dict[str, Sequence[Sequence[str]]]
    scheme: str

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON: one entry for each model, the run's own first."""
        count, score = statistics(self.scheme)
        rows: list[dict[str, Any]] = []
        counts = {name: count(self.true, tags) for name, tags in self.tags.items()}
        own = next(iter(counts.values()))
        for name, tags in self.tags.items():
            row: dict[str, Any] = {"name": name, **tag_summary(self.true, tags, self.scheme)}
            if rows:
                row["against_model"] = compare_counts(own, counts[name], score)
            rows.append(row)
        return {"task": "tag", "scheme": self.scheme, "sentences": len(self.rows), "models": rows}


def statistics(scheme: str) -> tuple[Callable[..., np.ndarray], Callable[[np.ndarray], np.ndarray]]:
    """Returns the function that counts right and wrong answers of each sentence, and the score of summed counts."""
    if scheme == PLAIN:
        return token_counts, accuracy
    return lambda true, tags: span_counts(true, tags, scheme), f1


def compare_counts(counts: np.ndarray, other: np.ndarray, score: Callable[[np.ndarray], np.ndarray]) -> dict[str, Any]:
    """Returns the `difference` of two scores on the same sentences, its 95 % interval and `p_value`."""
    test = paired_bootstrap(counts, other, score)
    return {"difference": test.difference, "low": test.low, "high": test.high, "p_value": test.p_value}


def score(tagger: Tagger, corpus: TaggedCorpus, rows: np.ndarray) -> TagScores:
    """Tags the sentences at `rows` with the model and the baselines.

    Raises:
        DataError: The tags are of another kind than those of training.
    """
    scheme = tagger.state.scheme
    if (corpus.scheme == PLAIN) != (scheme == PLAIN):
        raise DataError(
            f"The run {tagger.run.path} was trained on tags of the scheme {scheme}, but the data has the scheme "
            f"{corpus.scheme}. Name its scheme with --scheme, or give other data."
        )
    words = [corpus.sentences[i].words for i in rows]
    true = [convert(corpus.sentences[i].tags, corpus.scheme, scheme) for i in rows]
    batches, lengths = tagger.score(words), [len(sentence) for sentence in words]
    tags: dict[str, Sequence[Sequence[str]]] = {tagger.name: tagger.decoded(batches, lengths)}
    if tagger.decoding.share < 1:
        tags[f"{tagger.name} alone"] = tagger.decoded(batches, lengths, alone(tagger.run))
    for name, baseline in read_baselines(tagger.run).items():
        tags[name] = [convert(found, tagger.state.model_scheme, scheme) for found in baseline.predict(words)]
    return TagScores(rows, words, true, tags, scheme)


def write_scores(tagger: Tagger, parts: dict[str, TagScores]) -> dict[str, Any]:
    """Writes the scores of the given parts, and words and plots of the last one.

    Args:
        tagger: The tagger.
        parts: Scores of "validation", "test" or both; those of a part that is missing stay in the run.

    Returns:
        The content of `metrics.json`.
    """
    run = tagger.run
    metrics = write_metrics(run, {name: scores.summary() for name, scores in parts.items()})
    write_errors(run, {name: [_error_rows(scores)] for name, scores in parts.items()}, ERROR_COLUMNS)
    name, scores = list(parts.items())[-1]
    with atomic_write(run.path / "predictions.csv") as temporary:
        _predictions(scores).to_csv(temporary, index=False)
    folder = run.path / "plots"
    counted = "words" if scores.scheme == PLAIN else "spans"
    plots.scores_by_label(metrics[name]["models"], folder / "labels.png", counted=counted)
    plots.mistakes(scores.words, scores.true, scores.tags[tagger.name], scores.scheme, folder / "mistakes.html", name)
    return metrics


def _predictions(scores: TagScores) -> pd.DataFrame:
    """Returns each word with its tag and the model's."""
    lengths = [len(words) for words in scores.words]
    columns = (scores.words, scores.true, next(iter(scores.tags.values())))
    word, tag, predicted = ([cell for sentence in column for cell in sentence] for column in columns)
    return pd.DataFrame(
        {"sentence": np.repeat(scores.rows + 1, lengths), "word": word, "tag": tag, "predicted": predicted}
    )


def _error_rows(scores: TagScores) -> pd.DataFrame:
    """Returns the rows of `errors.csv` for one part."""
    tags = next(iter(scores.tags.values()))
    right = token_counts(scores.true, tags)
    spans = np.zeros((len(right), 3), int) if scores.scheme == PLAIN else span_counts(scores.true, tags, scores.scheme)
    columns = np.concatenate([spans, right], axis=1).astype(int)
    names = list(ERROR_COLUMNS)[2:]
    return pd.DataFrame({"sentence": scores.rows + 1, **dict(zip(names, columns.T, strict=True))})
