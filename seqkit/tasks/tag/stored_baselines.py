"""The baselines of a run: fitted, written and read."""

from dataclasses import replace
from typing import Any

import numpy as np

from seqkit.data.tagged.schemes import convert
from seqkit.data.tagged.sentences import TaggedCorpus
from seqkit.runs.results import read_run_arrays, write_arrays
from seqkit.runs.run import Run
from seqkit.stopwatch import spent
from seqkit.tasks.tag.baselines import CrfBaseline, MajorityTag
from seqkit.tasks.tag.prepare import MODEL_SCHEME, PLAIN, Splits

CRF_TUNED, CRF, MAJORITY = "CRF of hand features, O tuned", "CRF of hand features", "majority tag of the word"

MAX_BASELINE_BYTES = 1 << 30
"""Maximum size of `baselines.npz` in bytes."""

Baselines = dict[str, Any]
"""Baselines by name; those of spans tag in the scheme `MODEL_SCHEME`."""


@spent("fitting baselines")
def fit_baselines(run: Run, corpus: TaggedCorpus, splits: Splits) -> None:
    """Fits the baselines on the training sentences, and writes them to `baselines.npz`.

    The CRF gets what the model gets: the score of O is chosen on validation.
    """
    scheme = PLAIN if corpus.scheme == PLAIN else MODEL_SCHEME
    training, validation = ([corpus.sentences[i] for i in part.rows] for part in (splits.train, splits.validation))
    words = [sentence.words for sentence in training]
    tags = [convert(sentence.tags, corpus.scheme, scheme) for sentence in training]
    crf, majority = CrfBaseline.fit(words, tags), MajorityTag.fit(words, tags)
    if scheme != PLAIN:
        true = [convert(sentence.tags, corpus.scheme, scheme) for sentence in validation]
        crf = crf.tuned([sentence.words for sentence in validation], true, scheme)
    stored = {CRF: crf.arrays(), MAJORITY: majority.arrays()}
    arrays = {f"{name}/{key}": array for name, each in stored.items() for key, array in each.items()}
    write_arrays(run, "baselines.npz", arrays, compress=True)


def read_baselines(run: Run) -> Baselines:
    """Returns the baselines of a run by name, the best first: the CRF with and without its score of O tuned.

    Raises:
        DataError: `baselines.npz` is missing or damaged.
    """
    crf, majority = read_crf(run), MajorityTag.from_arrays(_stored(run, MAJORITY))
    tuned = {CRF_TUNED: crf} if crf.outside_bias else {}
    return {**tuned, CRF: replace(crf, outside_bias=0.0), MAJORITY: majority}


def read_crf(run: Run) -> CrfBaseline:
    """Returns the CRF of a run.

    Raises:
        DataError: `baselines.npz` is missing or damaged.
    """
    return CrfBaseline.from_arrays(_stored(run, CRF))


def _stored(run: Run, name: str) -> dict[str, np.ndarray]:
    arrays = read_run_arrays(run, "baselines.npz", MAX_BASELINE_BYTES)
    return {key.removeprefix(f"{name}/"): array for key, array in arrays.items() if key.startswith(f"{name}/")}
