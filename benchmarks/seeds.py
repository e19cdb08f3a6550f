"""Scores of recipes over several seeds: median, lowest and highest on the test part.

`seqkit train` trains each recipe once per seed, in a new process, with the protocol of the dataset. Recipes are sorted
by the median on validation. Settings were chosen on validation; test is read once for each seed.
"""

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import note, seqkit_process
from benchmarks.report import Report, markdown_table, number
from benchmarks.scores import option_flags, parse_settings
from seqkit.runs.run import read_run

QUICK = {"epochs": "1", "series": "60", "rows": "2000"}


def run(
    *,
    data: str = "demo_timing",
    recipes: str = "lstm,peephole_lstm",
    seeds: int = 3,
    set: tuple[str, ...] = (),
    out: str | None = None,
    quick: bool = False,
) -> Report:
    """Trains recipes on a dataset, each with several seeds.

    Args:
        data: Name of a dataset of labelled series or a forecast.
        recipes: Names of recipes, separated by commas, each with settings of its own after colons, as in gru:units=16.
        seeds: Trainings of each recipe, with seeds from 0, [1, inf).
        set: A training option for all recipes that have it, as in epochs=10; may be repeated.
        out: Folder to keep the runs in; finished ones are not trained again. By default they are deleted.
        quick: One seed and epoch on little data, as a smoke test.
    """
    seeds = 1 if quick else seeds
    common = {**(QUICK if quick else {}), **parse_settings(set)}
    results: dict[str, list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        root = Path(out).resolve() if out else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for seed in range(seeds):  # One seed of each after the other, so that other load affects all of them.
            for name in recipes.split(","):
                recipe, *settings = name.split(":")
                given = {**common, **parse_settings(settings), "seed": str(seed)}
                flags = option_flags([recipe], data, given, optional=QUICK if quick else ())[recipe]
                path = root / f"{data}-{name.replace(':', '-')}-{seed}"
                if not _is_finished(path):
                    note(f"{data}: {recipe} {' '.join(flags)}")
                    seqkit_process("train", recipe, "--data", data, "--out", str(path), "--overwrite", *flags)
                results.setdefault(name, []).append(_figures(path))
    return Report(_text(data, results, seeds), {"results": results})


def _is_finished(path: Path) -> bool:
    """Whether a run has been scored on the test part, which comes last."""
    metrics = path / "metrics.json"
    return metrics.is_file() and "test" in json.loads(metrics.read_text(encoding="utf-8"))


def _figures(path: Path) -> dict[str, Any]:
    """Returns the figures of a run."""
    run = read_run(path)
    metrics = run.read_json("metrics.json")
    return {"parameters": run.manifest.model["parameters"], "seconds": run.manifest.seconds, **metrics}


def _text(data: str, results: dict[str, list[dict[str, Any]]], seeds: int) -> str:
    """Returns the heading and the table: error of forecasts, or accuracy of labels."""
    one = next(iter(results.values()))[0]["test"]["models"]
    score = "accuracy" if "accuracy" in one[0] else "mae"
    sign = -1 if score == "accuracy" else 1

    def scores(runs: list[dict[str, Any]], part: str, position: int = 0) -> list[float]:
        return [run[part]["models"][position][score] for run in runs]

    rows = []
    for name, runs in sorted(results.items(), key=lambda item: sign * median(scores(item[1], "validation"))):
        recipe, *settings = name.split(":")
        test = scores(runs, "test")
        seconds = number(median(run["seconds"] for run in runs))
        figures = [median(scores(runs, "validation")), median(test), min(test), max(test)]
        cost = [f"{runs[0]['parameters']:,}", seconds]
        rows.append([f"`{recipe}`", ", ".join(settings), *cost, *(f"{figure:.4g}" for figure in figures)])
    for position in range(1, len(one)):
        if not one[position]["name"].endswith(" alone"):
            runs = next(iter(results.values()))
            figures = [median(scores(runs, part, position)) for part in ("validation", "test")]
            rows.append([one[position]["name"], "", "", "", *(f"{figure:.4g}" for figure in figures), "", ""])
    noun = "accuracy" if score == "accuracy" else "MAE"
    headings = ["", "settings", "parameters", "seconds", f"val. {noun}", f"test {noun}", "lowest", "highest"]
    return f"**{data}**: median of {seeds} seeds\n\n{markdown_table(headings, rows)}"
