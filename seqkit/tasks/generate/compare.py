"""Compares language models of the same text: ranked by validation, with a paired test against the best."""

from typing import Any

import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics, score_rows
from seqkit.runs.run import Run
from seqkit.tasks.generate.inference import read_state
from seqkit.tasks.generate.music.compare import compare_music
from seqkit.tasks.generate.opening import is_music
from seqkit.tasks.generate.scoring import ERROR_COLUMNS, compare_blocks


class _Scores(BaseModel):
    """Scores of one model on one part; other keys of the file are ignored."""

    nats: float
    perplexity: float
    bits_per_character: float


class _PartScores(BaseModel):
    """Scores on one part of the text, the run's own model first."""

    models: list[_Scores] = Field(min_length=1)


def compare(runs: list[Run]) -> dict[str, Any]:
    """Compares language models by a paired test over blocks of text; see `seqkit.workflows.compare.compare`."""
    if any(map(is_music, runs)):
        return compare_music(runs)
    first = runs[0]
    for run in runs[1:]:
        same = all(
            values[0] == values[1]
            for values in (
                [each.manifest.data.get("sha256") for each in (first, run)],
                [each.manifest.options.get("split") for each in (first, run)],
                [read_state(each).units_sha256 for each in (first, run)],
            )
        )
        if not same:
            raise UsageError(
                f"{first.path} and {run.path} answer different questions: text, split or units differ. Compare runs "
                "of the same text, --split and --tokenizer."
            )
    part, metrics = read_metrics(runs, _PartScores)
    rows = score_rows(runs, part, metrics, "nats", "perplexity", "bits_per_character")
    ranked = rank_runs(
        rows,
        [_blocks(run, part) for run in runs],
        lambda pairs: compare_blocks(pairs["best"].to_numpy(), pairs["other"].to_numpy()),
        by="validation_nats",
        larger_is_better=False,
        items="blocks",
        all_items=True,
    )
    return {"task": "generate", "part": part, "runs": ranked}


def _blocks(run: Run, part: str) -> "pd.Series[float]":
    errors = read_errors(run, ERROR_COLUMNS)
    return errors[errors["part"] == part].set_index("block")["nats"]
