"""Scores a tagger next to simple baselines, with a paired bootstrap of the difference by sentence.

Writes `metrics.json`, `predictions.csv` (every word with both tags), `errors.csv` (counts of each sentence) and
`plots/`. `baselines.npz` stores the fitted baselines, so that scoring on new sentences does not need the training data.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.tagged.schemes import convert
from seqkit.data.tagged.sentences import TaggedCorpus
from seqkit.errors import DataError
from seqkit.files.atomic import atomic_write
from seqkit.runs.results import read_run_arrays, write_arrays, write_errors, write_metrics
from seqkit.runs.run import Run
from seqkit.stats.bootstrap import paired_bootstrap
from seqkit.stopwatch import spent
from seqkit.tasks.tag import plots
from seqkit.tasks.tag.baselines import CrfBaseline, MajorityTag
from seqkit.tasks.tag.inference import Tagger
from seqkit.tasks.tag.metrics import accuracy, f1, span_counts, tag_summary, token_counts
from seqkit.tasks.tag.prepare import PLAIN, Splits

CRF_TUNED, CRF, MAJORITY = "CRF of hand features, O tuned", "CRF of hand features", "majority tag of the word"

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

MAX_BASELINE_BYTES = 1 << 30
"""Maximum size of `baselines.npz` in bytes."""

Baselines = Mapping[str, Any]


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


@spent("fitting baselines")
def fit_baselines(run: Run, corpus: TaggedCorpus, splits: Splits) -> Baselines:
    """Fits the baselines on the training sentences, and writes them to `baselines.npz`.

    The CRF gets what the model gets: the score of O is chosen on validation.
    """
    training, validation = ([corpus.sentences[i] for i in part.rows] for part in (splits.train, splits.validation))
    words, tags = [sentence.words for sentence in training], [sentence.tags for sentence in training]
    crf, majority = CrfBaseline.fit(words, tags), MajorityTag.fit(words, tags)
    if corpus.scheme != PLAIN:
        crf = crf.tuned([each.words for each in validation], [each.tags for each in validation], corpus.scheme)
    stored = {CRF: crf.arrays(), MAJORITY: majority.arrays()}
    arrays = {f"{name}/{key}": array for name, each in stored.items() for key, array in each.items()}
    write_arrays(run, "baselines.npz", arrays, compress=True)
    return _by_name(crf, majority)


def load_baselines(run: Run) -> Baselines:
    """Returns the baselines of a run.

    Raises:
        DataError: `baselines.npz` is missing or damaged.
    """
    arrays = read_run_arrays(run, "baselines.npz", MAX_BASELINE_BYTES)
    stored: dict[str, dict[str, np.ndarray]] = {CRF: {}, MAJORITY: {}}
    for key, array in arrays.items():
        name, _, of_baseline = key.partition("/")
        if name in stored:
            stored[name][of_baseline] = array
    return _by_name(CrfBaseline.from_arrays(stored[CRF]), MajorityTag.from_arrays(stored[MAJORITY]))


def _by_name(crf: CrfBaseline, majority: MajorityTag) -> Baselines:
    """Returns the baselines by name, the best first: the CRF with and without its score of O tuned."""
    tuned = {CRF_TUNED: crf} if crf.outside_bias else {}
    return {**tuned, CRF: replace(crf, outside_bias=0.0), MAJORITY: majority}


def score(tagger: Tagger, baselines: Baselines, corpus: TaggedCorpus, rows: np.ndarray) -> TagScores:
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
    tags: dict[str, Sequence[Sequence[str]]] = {tagger.name: tagger.tag_words(words)[0]}
    tags |= {name: baseline.predict(words) for name, baseline in baselines.items()}
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
    plots.scores_by_label(metrics[name]["models"], folder / "labels.png", is_plain=scores.scheme == PLAIN)
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
