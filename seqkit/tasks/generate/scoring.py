"""Scores a language model beside n-grams and token frequencies, with a paired test over blocks of text."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqkit.runs.results import write_errors, write_metrics
from seqkit.stats.paired_tests import diebold_mariano
from seqkit.tasks.generate.inference import LanguageModel
from seqkit.tasks.generate.mixture import Shares
from seqkit.tasks.generate.plots import MAX_TOKENS, surprise
from seqkit.tasks.generate.prepare import Part

COUNTS, FREQUENCIES = "Kneser-Ney", "token frequencies"
COUNTS_AND_RECENT = f"{COUNTS} + recent text"

Probabilities = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Probabilities of tokens by the network, the n-gram model and the recent text, and the weights of the recent text."""

BLOCK = 256
"""Tokens per block of the paired test and of `errors.csv`: neighbouring tokens are not independent."""

ERROR_COLUMNS = {"part": str, "block": int, "nats": float}
"""Columns of `errors.csv`."""

CONTEXT = 1024
"""Tokens of the part before that a model has read when it is scored on a part."""


@dataclass(frozen=True)
class LanguageScores:
    """Surprise of each token of a part.

    Attributes:
        part: The part.
        nats: −log probability of each token, of shape (tokens,), by name of the model; the run's own first.
    """

    part: Part
    nats: dict[str, np.ndarray]

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON: one entry for each model, the run's own first."""
        model = next(iter(self.nats.values()))
        rows: list[dict[str, Any]] = []
        for name, nats in self.nats.items():
            mean = float(nats.mean())
            per_character = float(nats.sum()) / max(self.part.characters, 1)
            row: dict[str, Any] = {
                "name": name,
                "nats": mean,
                "perplexity": float(np.exp(min(mean, 700))),
                "nats_per_character": per_character,
                "bits_per_character": per_character / float(np.log(2)),
            }
            if rows:
                row["against_model"] = compare_blocks(blocks(model), blocks(nats))
            rows.append(row)
        tokens = len(self.part.ids)
        return {"task": "generate", "tokens": tokens, "characters": self.part.characters, "models": rows}


def blocks(nats: np.ndarray) -> np.ndarray:
    """Returns the mean of each block of `BLOCK` tokens; the last one may be shorter."""
    firsts = np.arange(0, len(nats), BLOCK)
    means: np.ndarray = np.add.reduceat(nats, firsts) / np.diff(np.append(firsts, len(nats)))
    return means


def compare_blocks(nats: np.ndarray, other_nats: np.ndarray, *, item: str = "block") -> dict[str, Any]:
    """Returns `statistic` and `p_value` of a Diebold–Mariano test of two models over the same blocks.

    Both are None where there are fewer than two blocks, and a `reason` says so.

    Args:
        nats: Mean −log probability of each block by one model, of shape (blocks,).
        other_nats: The same by the other model.
        item: What a block is called.
    """
    if len(nats) < 2:
        return {"statistic": None, "p_value": None, "reason": f"one {item} is too few; at least 2 are needed"}
    test = diebold_mariano(nats, other_nats, steps_overlap=0)
    return {"statistic": test.statistic, "p_value": test.p_value}


def part_probabilities(model: LanguageModel, ids: np.ndarray, before: np.ndarray | None = None) -> Probabilities:
    """Returns the probabilities of tokens by the network, the n-gram model and the recent text, and its weights."""
    before = None if before is None or not len(before) else before
    context = None if before is None else before[-CONTEXT:]
    network, counts = model.network_probabilities(ids, context), model.count_probabilities(ids, context)
    return network, counts, *model.recent_probabilities(ids, before)


def score(
    model: LanguageModel,
    part: Part,
    before: np.ndarray | None = None,
    *,
    known: Probabilities | None = None,
    frequencies: np.ndarray | None = None,
) -> LanguageScores:
    """Scores the model and the baselines on a part.

    Args:
        model: The language model.
        part: The part.
        before: Token ids of the text before the part. Default: the end of a line.
        known: Result of `part_probabilities`, if it is known already.
        frequencies: Frequencies of the tokens, of shape (vocabulary,). Default: those of the model's n-grams.
    """
    network, counts, *recent = known or part_probabilities(model, part.ids, before)
    probabilities = {model.name: model.shares.combine(network, counts, *recent)}
    if model.shares != Shares():
        probabilities[f"{model.name} alone"] = network
    if model.baseline_share:
        probabilities[COUNTS_AND_RECENT] = Shares(1.0, model.baseline_share).combine(counts, 0.0, *recent)
    probabilities[COUNTS] = counts
    frequencies = model.kneser_ney.frequencies if frequencies is None else frequencies
    probabilities[FREQUENCIES] = frequencies[part.ids]
    return LanguageScores(part, {name: -np.log(values) for name, values in probabilities.items()})


def write_scores(model: LanguageModel, parts: dict[str, LanguageScores]) -> dict[str, Any]:
    """Writes `metrics.json`, `errors.csv` and `plots/surprise.html`; returns the content of the first."""
    metrics = write_metrics(model.run, {name: scores.summary() for name, scores in parts.items()})
    rows = {}
    for name, scores in parts.items():
        means = blocks(scores.nats[model.name])
        rows[name] = [pd.DataFrame({"block": np.arange(1, len(means) + 1), "nats": means})]
    write_errors(model.run, rows, ERROR_COLUMNS)
    name, scores = list(parts.items())[-1]
    surprise(
        model.units.pieces(scores.part.ids[:MAX_TOKENS]),
        scores.nats[model.name],
        title=f"Surprise of {model.name}, start of the {name} text",
        path=model.run.path / "plots" / "surprise.html",
    )
    return metrics
