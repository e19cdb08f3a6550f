"""Scores and errors by part of the data, and runs ranked by them: `metrics.json` and `errors.csv` of a run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel

from seqkit.errors import DataError
from seqkit.files.arrays import read_arrays
from seqkit.files.atomic import atomic_write, write_json
from seqkit.runs.run import Run, validated

PartScores = TypeVar("PartScores", bound=BaseModel)


class Metrics(BaseModel, Generic[PartScores]):
    """The content of `metrics.json`: scores of the validation part, and of the test part once it is scored."""

    validation: PartScores
    test: PartScores | None = None


def write_metrics(run: Run, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Writes scores to `metrics.json`; those of other parts stay.

    Args:
        run: The run.
        parts: Scores by part, as JSON.

    Returns:
        The content of `metrics.json`.
    """
    metrics: dict[str, Any] = run.read_json("metrics.json") if run.has("metrics.json") else {}
    metrics |= parts
    write_json(run.path / "metrics.json", metrics)
    return metrics


def write_errors(run: Run, parts: Mapping[str, Iterable[pd.DataFrame]], columns: Mapping[str, type]) -> None:
    """Writes rows to `errors.csv`; those of other parts stay.

    Args:
        run: The run.
        parts: By part, the rows in pieces, so that not all of them have to fit in memory.
        columns: Names and types of the columns; the first one, "part", is added here.

    Raises:
        DataError: The existing file is damaged.
    """
    path = run.path / "errors.csv"
    existing = read_errors(run, columns) if run.has(path.name) else pd.DataFrame(columns=list(columns))
    with atomic_write(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        existing[~existing["part"].isin(list(parts))].to_csv(file, index=False, float_format="%.8g")
        for name, pieces in parts.items():
            for piece in pieces:
                rows = piece.assign(part=name)[list(columns)]
                rows.to_csv(file, index=False, header=False, float_format="%.8g")


def read_errors(run: Run, columns: Mapping[str, type]) -> pd.DataFrame:
    """Returns the rows of `errors.csv`.

    Args:
        run: The run.
        columns: Names and types of the columns.

    Raises:
        DataError: The file is missing or damaged.
    """
    path = run.text_file("errors.csv")
    try:
        with np.errstate(invalid="raise"):  # an integer column may hold 1e300
            errors = pd.read_csv(path, dtype=dict(columns))
    except (ValueError, ArithmeticError) as error:
        raise DataError(f"{path} is damaged: {error}. Train the run again with --overwrite.") from error
    if tuple(errors.columns) != tuple(columns):
        raise DataError(f"{path} is damaged: its columns are not {', '.join(columns)}. Train the run again.")
    return errors


def read_metrics(runs: Sequence[Run], scores: type[PartScores]) -> tuple[str, list[Metrics[PartScores]]]:
    """Returns the part to compare runs on ("test" if all are scored on it, else "validation"), and their metrics.

    Args:
        runs: The runs.
        scores: Model of the scores of one part.

    Raises:
        DataError: A `metrics.json` is missing or damaged.
    """
    content = Metrics[scores]  # type: ignore[valid-type]
    metrics = [validated(content, run.read_json("metrics.json"), run.path / "metrics.json") for run in runs]
    return "test" if all(each.test for each in metrics) else "validation", metrics


def score_rows(
    runs: Sequence[Run], part: str, metrics: Sequence[Metrics[Any]], score: str, *others: str
) -> list[dict[str, Any]]:
    """Returns a row for each run with the scores of its own model, which is the first of `models` in both parts.

    Args:
        runs: The runs.
        part: The part that they are compared on, "validation" or "test".
        metrics: The metrics of each run.
        score: The score that is shown of both parts.
        others: Scores that are shown of `part` only.
    """
    rows = []
    for run, scores in zip(runs, metrics, strict=True):
        validation, test = scores.validation.models[0], scores.test.models[0] if scores.test else None
        compared = test if test and part == "test" else validation
        rows.append(
            {
                **run.summary,
                f"validation_{score}": getattr(validation, score),
                f"test_{score}": getattr(test, score) if test else None,
                **{other: getattr(compared, other) for other in others},
            }
        )
    return rows


def rank_runs(
    rows: Sequence[dict[str, Any]],
    errors: Sequence["pd.Series[Any]"],
    test: Callable[[pd.DataFrame], Mapping[str, Any]],
    *,
    by: str,
    larger_is_better: bool,
    items: str,
    all_items: bool,
) -> list[dict[str, Any]]:
    """Returns rows of a comparison, the best first, the others with a paired test of their difference to it.

    Args:
        rows: One for each run, with its path under "run".
        errors: For each run, an error or outcome of every window or example, indexed by what identifies it.
        test: Tests the columns "best" and "other", joined by index; what it returns, such as the `p_value`, is added
            to the row.
        by: Key of the score that ranks the runs.
        larger_is_better: Whether the score is, for example, an accuracy and not an error.
        items: The noun for what `errors` has a row for, in messages.
        all_items: Whether another run must have all items of the best one, or only one of them.

    Raises:
        DataError: Runs have too few items in common.
    """
    sign = -1 if larger_is_better else 1
    first, *others = np.argsort([sign * row[by] for row in rows], kind="stable").tolist()
    ranked, best = [rows[first]], errors[first]
    for i in others:
        pairs = best.to_frame("best").join(errors[i].to_frame("other"), how="inner")
        if pairs.empty or (all_items and len(pairs) != len(best)):
            raise DataError(
                f"{rows[first]['run']} and {rows[i]['run']} have {len(pairs):,} of {len(best):,} {items} in common in "
                "errors.csv. Score both again with `seqkit evaluate`."
            )
        ranked.append({**rows[i], **test(pairs)})
    return ranked


def write_arrays(run: Run, name: str, arrays: Mapping[str, Any], *, compress: bool = False) -> None:
    """Writes arrays, such as those of the baselines, to an .npz file of the run.

    Args:
        run: The run.
        name: Name of the file.
        arrays: Arrays by name.
        compress: Whether to compress them: worthwhile for texts, slow and of no use for weights.
    """
    with atomic_write(run.path / name) as temporary:
        (np.savez_compressed if compress else np.savez)(temporary, **arrays)


def read_run_arrays(run: Run, name: str, max_bytes: int) -> dict[str, np.ndarray]:
    """Returns the arrays of an .npz file of the run, by name.

    Args:
        run: The run.
        name: Name of the file.
        max_bytes: Maximum size in bytes after decompression.

    Raises:
        DataError: The file is missing or damaged, or would expand to more.
    """
    try:
        with run.open(name, max_bytes) as file:
            return read_arrays(file, max_bytes)
    except ValueError as error:
        raise DataError(f"{run.path / name} is damaged: {error}. Train the run again.") from error
