"""Scores a model of music beside the Kneser-Ney model and note frequencies, with a paired test over pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.music.notes import encode_piece
from seqkit.runs.results import write_errors, write_metrics
from seqkit.runs.run import Run
from seqkit.tasks.generate.mixture import Shares
from seqkit.tasks.generate.music.inference import MusicModel
from seqkit.tasks.generate.scoring import COUNTS, COUNTS_AND_RECENT, compare_blocks

FREQUENCIES = "note frequencies"

ERROR_COLUMNS = {"part": str, "piece": int, "frames": int, "nats_per_frame": float}
"""Columns of `errors.csv`."""


@dataclass(frozen=True)
class MusicScores:
    """Surprise of each piece of a part.

    Attributes:
        frames: Frames of each piece, of shape (pieces,).
        notes: Number of notes of all pieces, their ends included.
        totals: −log probability of each piece, of shape (pieces,), by name of the model; the run's own first.
    """

    frames: np.ndarray
    notes: int
    totals: dict[str, np.ndarray]

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON: one entry for each model, the run's own first."""
        model = next(iter(self.totals.values()))
        rows: list[dict[str, Any]] = []
        for name, totals in self.totals.items():
            mean = float(totals.sum() / self.notes)
            row: dict[str, Any] = {
                "name": name,
                "nats": mean,
                "nats_per_frame": float(totals.sum() / self.frames.sum()),
                "perplexity": float(np.exp(min(mean, 700))),
            }
            if rows:
                row["against_model"] = compare_blocks(model / self.frames, totals / self.frames, item="piece")
            rows.append(row)
        frames = int(self.frames.sum())
        return {"task": "generate", "pieces": len(self.frames), "frames": frames, "notes": self.notes, "models": rows}


def score(
    model: MusicModel, pieces: Sequence[np.ndarray], *, network: Sequence[np.ndarray] | None = None
) -> MusicScores:
    """Scores the model and the baselines on pieces.

    Args:
        model: The model.
        pieces: Pitches of each piece, of shape (frames, voices).
        network: Probabilities of their notes by the network alone, if they are known already.
    """
    notes = [encode_piece(piece, model.state.order) for piece in pieces]
    network = model.network_probabilities(notes) if network is None else network
    counts = model.count_probabilities(notes)
    recent, shares = model.recent_probabilities(notes), model.model.shares
    frequencies, baseline = model.model.kneser_ney.frequencies, Shares(1.0, model.model.baseline_share)
    models = zip(network, counts, recent, strict=True)
    mixed = [shares.combine(by_network, by_counts, *others) for by_network, by_counts, others in models]
    probabilities = {model.name: mixed}
    if shares != Shares():
        probabilities[f"{model.name} alone"] = list(network)
    if baseline.recent:
        mixed = [baseline.combine(by_counts, 0.0, *others) for by_counts, others in zip(counts, recent, strict=True)]
        probabilities[COUNTS_AND_RECENT] = mixed
    probabilities[COUNTS] = counts
    probabilities[FREQUENCIES] = [frequencies[ids] for ids in notes]
    totals = {name: np.array([-np.log(p).sum() for p in values]) for name, values in probabilities.items()}
    return MusicScores(np.array([len(piece) for piece in pieces]), sum(map(len, notes)), totals)


def write_scores(run: Run, parts: dict[str, MusicScores]) -> dict[str, Any]:
    """Writes `metrics.json` and `errors.csv`; returns the content of the first."""
    metrics = write_metrics(run, {name: scores.summary() for name, scores in parts.items()})
    rows = {}
    for name, scores in parts.items():
        nats = next(iter(scores.totals.values())) / scores.frames
        columns = {"piece": np.arange(1, len(nats) + 1), "frames": scores.frames, "nats_per_frame": nats}
        rows[name] = [pd.DataFrame(columns)]
    write_errors(run, rows, ERROR_COLUMNS)
    return metrics


def references(models: list[dict[str, Any]]) -> dict[str, float]:
    """Returns the reference lines of the learning curve: the n-gram model, and its mixture with the network."""
    nats = {row["name"]: row["nats"] for row in models}
    mixture = {f"mixed with {COUNTS}": models[0]["nats"]} if f"{models[0]['name']} alone" in nats else {}
    return {**mixture, COUNTS: nats[COUNTS]}
