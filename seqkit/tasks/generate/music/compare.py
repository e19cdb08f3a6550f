"""Compares models of the same music: ranked by validation, with a paired test against the best."""

from typing import Any

import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics, score_rows
from seqkit.runs.run import Run
from seqkit.tasks.generate.music.inference import read_music_state
from seqkit.tasks.generate.music.scoring import ERROR_COLUMNS
from seqkit.tasks.generate.scoring import compare_blocks


class _Scores(BaseModel):
    """Scores of one model on one part; other keys of the file are ignored."""

    nats: float
    nats_per_frame: float


class _PartScores(BaseModel):
    """Scores on one part of the pieces, the run's own model first."""

    models: list[_Scores] = Field(min_length=1)


def compare_music(runs: list[Run]) -> dict[str, Any]:
    """Compares models of music by a paired test over pieces; see `seqkit.workflows.compare.compare`."""
    first = runs[0]
    for run in runs:
        read_music_state(run)
        if run.manifest.data.get("sha256") != first.manifest.data.get("sha256"):
            raise UsageError(
                f"{first.path} and {run.path} answer different questions: their pieces or the parts differ. Compare "
                "runs of the same data and --split."
            )
    part, metrics = read_metrics(runs, _PartScores)
    rows = score_rows(runs, part, metrics, "nats_per_frame", "nats")
    ranked = rank_runs(
        rows,
        [_pieces(run, part) for run in runs],
        lambda pairs: compare_blocks(pairs["best"].to_numpy(), pairs["other"].to_numpy(), item="piece"),
        by="validation_nats_per_frame",
        larger_is_better=False,
        items="pieces",
        all_items=True,
    )
    return {"task": "generate", "kind": "music", "part": part, "runs": ranked}


def _pieces(run: Run, part: str) -> "pd.Series[float]":
    errors = read_errors(run, ERROR_COLUMNS)
    return errors[errors["part"] == part].set_index("piece")["nats_per_frame"]
