"""Errors of recipes and baselines on the datasets: the tables of docs/benchmarks.md.

`seqkit train` trains each recipe in a new process, with the protocol of the dataset. The table lists the recipes,
sorted by validation, and the baselines. `p` is the p-value of the difference in test error between a recipe and the
linear baseline (for labels, the first baseline); `same` means that both agree to five digits, as for `autoregression`
without a calendar. `share` is the weight of the recipe in the combination with the linear forecast, `alone` its test
error without the combination.
"""

import math
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.label_tables import label_text
from benchmarks.measure import note, seqkit_process
from benchmarks.report import Report, markdown_table, number
from seqkit.errors import NotFoundError, SeqkitError, UsageError, nearest
from seqkit.registry import find_recipe
from seqkit.registry import recipes as known_recipes
from seqkit.runs.run import read_run
from seqkit.sources import find_source
from seqkit.tasks.forecast.model_names import LINEAR, uncombined_name
from seqkit.workflows.settings import plan_training

ALL_DATA = ("demo_weather", "jena_weather_2020", "etth1")
FAST = ("autoregression", "dense", "conv1d", "stacked_gru")
QUICK = {"epochs": "1", "rows": "2000"}


def run(
    *,
    data: str = "demo_weather",
    recipes: str | None = None,
    full: bool = False,
    set: tuple[str, ...] = (),
    out: str | None = None,
    quick: bool = False,
) -> Report:
    """Trains recipes on datasets.

    Args:
        data: Names of datasets, separated by commas; or all: demo_weather, jena_weather_2020 and etth1.
        recipes: Names of recipes, separated by commas; by default autoregression, dense, conv1d and stacked_gru.
        full: Train all recipes.
        set: A training option for all recipes that have it, as in epochs=10; may be repeated.
        out: Folder to keep the runs in; by default they are deleted.
        quick: One epoch, with 2,000 rows of simulated data, as a smoke test.
    """
    chosen = recipes.split(",") if recipes else list(known_recipes()) if full else list(FAST)
    datasets = list(ALL_DATA) if data == "all" else data.split(",")
    settings = {**(QUICK if quick else {}), **parse_settings(set)}
    flags = {name: option_flags(chosen, name, settings, optional=QUICK if quick else ()) for name in datasets}
    for name in datasets:
        _check_available(name)
    texts, content = [], {}
    with ExitStack() as stack:
        root = Path(out) if out else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in datasets:
            rows = [row for recipe in chosen if (row := _train(recipe, name, root, flags[name][recipe]))]
            content[name] = rows
            texts.append(_text(name, rows))
    return Report("\n\n".join(texts), {"results": content})


def _train(recipe: str, data: str, root: Path, flags: Sequence[str]) -> dict[str, Any] | None:
    """Returns the figures of a run; None if training failed, so that the other recipes are still reported."""
    path = root.resolve() / data / recipe
    note(f"{data}: {recipe} {' '.join(flags)}".rstrip())
    try:
        seqkit_process("train", recipe, "--data", data, "--out", str(path), *flags, show=True)
    except SeqkitError as error:
        note(f"Error: {error}")
        return None
    run = read_run(path)
    return {
        "recipe": recipe,
        "parameters": run.manifest.model["parameters"],
        "seconds": run.manifest.seconds,
        "share": run.manifest.model.get("share", 1.0),
        **run.read_json("metrics.json"),
    }


def _text(data: str, rows: list[dict[str, Any]]) -> str:
    """Returns the heading and the table of a dataset."""
    if not rows:
        return f"**{data}**: no recipe was trained."
    if "examples" in rows[0]["test"]:
        return label_text(data, rows)
    test = rows[0]["test"]
    span = f"{test['windows']:,} test windows, {test['first'][:10]} to {test['last'][:10]}"
    return f"**{data}**: {span}; errors in {test['unit'] or 'the unit of the target'}\n\n{table(rows)}"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Returns a Markdown table of the recipes, best on validation first, and the baselines.

    Args:
        rows: Name, parameters, seconds, share and scores by part of each recipe.
    """
    scaled = rows[0]["test"]["unit"] == "deviations"
    errors = ["val. MAE", "test MAE", *(["test MSE"] if scaled else [])]
    headings = ["", "parameters", "seconds", "share", *errors, "skill", "alone", "p"]
    cells = []
    for row in sorted(rows, key=lambda row: row["validation"]["models"][0]["mae"]):
        cost = [f"{row['parameters']:,}", number(row["seconds"])]
        share, uncombined = ("", "") if row["share"] == 1 else (f"{100 * row['share']:.0f} %", _alone(row))
        name = row["recipe"]
        cells.append([f"`{name}`", *cost, share, *_scores(row, name, scaled=scaled), uncombined, _p(row)])
    for baseline in rows[0]["test"]["models"][1:]:
        name = baseline["name"]
        if name != uncombined_name(rows[0]["recipe"]):
            cells.append([name, "", "", "", *_scores(rows[0], name, scaled=scaled), "", ""])
    return markdown_table(headings, cells)


def scores_by_name(row: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    """Returns the scores of a model or baseline on a part of the data."""
    scores: dict[str, Any] = next(model for model in row[part]["models"] if model["name"] == name)
    return scores


def _alone(row: dict[str, Any]) -> str:
    return f"{scores_by_name(row, 'test', uncombined_name(row['recipe']))['mae']:.4g}"


def _scores(row: dict[str, Any], name: str, *, scaled: bool) -> list[str]:
    """Returns the cells with the scores of a model or baseline."""
    validation, test = scores_by_name(row, "validation", name), scores_by_name(row, "test", name)
    errors = [validation["mae"], test["mae"], *([test["mse"]] if scaled else [])]
    skill = "–" if test["skill"] is None else f"{100 * test['skill']:.1f} %"
    return [*(f"{error:.4g}" for error in errors), skill]


def _p(row: dict[str, Any]) -> str:
    """Returns the p-value of a run against the linear baseline, or "same" for errors that are equal up to rounding."""
    model, linear = row["test"]["models"][0], scores_by_name(row, "test", LINEAR)
    if math.isclose(model["mae"], linear["mae"], rel_tol=1e-5):
        return "same"
    value = linear["against_model"]["p_value"]
    return "–" if value is None else "<.001" if value < 0.001 else f"{value:.3f}"


def parse_settings(texts: Sequence[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise UsageError(f"Received an invalid value for --set, expected NAME=VALUE, got {text!r}.")
    return {name.replace("-", "_"): value for name, _, value in (text.partition("=") for text in texts)}


def option_flags(
    recipes: Sequence[str], data: str, settings: dict[str, str], *, optional: Sequence[str] | dict[str, str]
) -> dict[str, list[str]]:
    """Returns the flags of each recipe for the settings that it has.

    Raises:
        UsageError: No recipe has the option.
    """
    known = {recipe: {option.name for option in plan_training(find_recipe(recipe), data).options} for recipe in recipes}
    all_names = {name for names in known.values() for name in names}
    for name in settings:
        if name not in all_names and name not in optional:
            raise UsageError(f"No recipe here has an option `{name}`. {nearest(name, all_names)}")
    return {
        recipe: [f"--{name.replace('_', '-')}={value}" for name, value in settings.items() if name in names]
        for recipe, names in known.items()
    }


def _check_available(data: str) -> None:
    """Reads the data once, so that missing data is reported before any training."""
    source = find_source(data)
    try:
        source.read({option.name: option.default for option in source.options})
    except NotFoundError as error:
        raise NotFoundError(f"{error} Or set SEQKIT_DATA to a folder that contains {data}.") from error
