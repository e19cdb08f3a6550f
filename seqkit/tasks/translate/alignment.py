"""Guidance of attention: which source token each target token probably comes from, by IBM model 1.

A decoder may translate short sentences from its first state alone, and never find out where to look. Guidance at the
start of the training makes attention mean what it shows, and speeds it up. Measured on `demo_commands`: 0.04 nats per
token after 3 epochs with it, after 9 without. Chen, Matusov, Khadivi and Peter, "Guided Alignment Training for
Topic-Aware Neural Machine Translation", 2016, https://arxiv.org/abs/1607.01628.
"""

from dataclasses import dataclass

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.stopwatch import spent
from seqkit.tasks.translate.prepare import Part
from seqkit.tasks.translate.translation_table import TranslationTable, fit_translation_table

EMPTY, TENSION = 0.08, 4.0
"""Prior probability that a token comes from none, and how strongly the prior prefers links near the diagonal."""

CHUNK = 5000
"""Pairs that are aligned at once."""


@dataclass(frozen=True)
class Guidance:
    """Where to look.

    Attributes:
        positions: Position in its source of each target token of all pairs, one after the other, −1 for none; int32.
        weight: Weight of the guidance in the loss at the start of the training.
    """

    positions: np.ndarray
    weight: float


def guide(part: Part, *, guidance: float = 0.3) -> Guidance | None:
    """Returns the guidance of a recipe with attention.

    Args:
        part: The training pairs.
        guidance: Weight of the alignment by IBM model 1 in the loss of a recipe with attention; it falls to 0 over the
            training. 0 leaves attention to itself, [0, 10].
    """
    if not guidance:
        return None
    with spent("preparing the data"):
        sources, targets = ([side[i].tolist() for i in range(len(part))] for side in (part.sources, part.targets))
        table = fit_translation_table(sources, targets, empty=EMPTY, tension=TENSION)
        chunks = [np.arange(first, min(first + CHUNK, len(part))) for first in range(0, len(part), CHUNK)]
        positions = [align(table, part.sources.take(rows), part.targets.take(rows)) for rows in chunks]
    return Guidance(np.concatenate(positions), guidance)


def align(table: TranslationTable, sources: Ragged, targets: Ragged) -> np.ndarray:
    """Returns the most probable position in its source of each target token.

    Args:
        table: Translation table of source and target tokens.
        sources: The sources.
        targets: The targets, as many.

    Returns:
        Positions, int32, of shape (target tokens,); −1 where a token more probably comes from no source token.
    """
    sentence = np.repeat(np.arange(len(targets)), targets.lengths)  # of each target token
    sizes = sources.lengths[sentence]
    firsts = np.cumsum(sizes) - sizes  # of the links of each target token
    token = np.repeat(np.arange(len(sentence)), sizes)  # of each link
    place = np.arange(len(token)) - firsts[token]
    source = sources.values[sources.offsets[sentence][token] + place]
    target_place = np.arange(len(sentence)) - targets.offsets[sentence]
    height = (target_place + 0.5) / targets.lengths[sentence]
    closeness = np.exp(-TENSION * np.abs((place + 0.5) / sizes[token] - height[token]))
    prior = (1 - EMPTY) * closeness / np.add.reduceat(closeness, firsts)[token]
    weights = prior * _probabilities(table, source, targets.values[token])
    best = np.maximum.reduceat(weights, firsts)
    is_best = np.flatnonzero(weights == best[token])
    _, first_best = np.unique(token[is_best], return_index=True)
    positions = place[is_best[first_best]].astype(np.int32)
    empty = EMPTY * _probabilities(table, np.full(len(sentence), -1), targets.values)
    return np.where(best > empty, positions, np.int32(-1))


def _probabilities(table: TranslationTable, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns the probability of each target token given a source token; 0 for pairs that the table lacks."""
    keys = (table.sources + 1) << 32 | table.targets
    if not len(keys):
        return np.zeros(len(sources))
    wanted = (sources.astype(np.int64) + 1) << 32 | targets
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, table.probabilities[found], 0.0)
