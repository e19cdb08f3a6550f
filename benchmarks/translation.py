"""BLEU and chrF of recipes that translate, beside baselines, and samples of their translations.

`seqkit train` trains each recipe in a new process, with the protocol of the dataset. The table lists the recipes,
sorted by BLEU on validation, and the baselines. `p` is the p-value of the difference in test BLEU between a recipe and
the best baseline, by a paired bootstrap over sentences. The samples are evenly spaced test pairs, not chosen.
"""

import csv
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.measure import note, seqkit_process
from benchmarks.report import Report, markdown_table, number
from seqkit.runs.run import read_run

QUICK = ("--epochs", "1", "--embedding", "8", "--units", "8")


def run(
    *,
    data: str = "anki_fra_eng",
    recipes: str = "attention_encoder_decoder",
    set: tuple[str, ...] = (),
    samples: int = 8,
    out: str | None = None,
    quick: bool = False,
) -> Report:
    """Trains recipes on a dataset of sentence pairs.

    Args:
        data: Name of the dataset.
        recipes: Names of recipes, separated by commas.
        set: A training option for all recipes, as in epochs=10; may be repeated.
        samples: Test pairs to show with the translations of the best recipe on validation, [0, 1000].
        out: Folder to keep the runs in, as DATA/RECIPE, and to take finished ones from; by default they are deleted.
        quick: Tiny models and one epoch on 200 simulated pairs, as a smoke test.
    """
    flags = [f"--{name.replace('_', '-')}={value}" for name, _, value in (text.partition("=") for text in set)]
    if quick:
        data, flags = "demo_commands", [*QUICK, "--commands", "200"]
    with ExitStack() as stack:
        root = Path(out) if out else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rows = [_train(recipe, data, root, flags) for recipe in recipes.split(",")]
        rows.sort(key=lambda row: -row["validation"]["models"][0]["bleu"])
        text = f"{_heading(data, rows[0])}\n\n{table(rows)}"
        if samples:
            text += f"\n\nTranslations by `{rows[0]['recipe']}`:\n\n{sample_table(rows[0]['translations'], samples)}"
    return Report(f"{text}\n\n{rows[0]['test']['signature']}", {"results": rows})


def _train(recipe: str, data: str, root: Path, flags: Sequence[str]) -> dict[str, Any]:
    """Returns the figures of a run, and its translations of the test part."""
    path = root.resolve() / data / recipe
    if not (path / "run.json").exists():
        note(f"{data}: {recipe} {' '.join(flags)}".rstrip())
        seqkit_process("train", recipe, "--data", data, "--out", str(path), *flags, show=True)
    run = read_run(path)
    with (path / "predictions.csv").open(encoding="utf-8", newline="") as file:
        translations = list(csv.DictReader(file))
    return {
        "recipe": recipe,
        "parameters": run.manifest.model["parameters"],
        "seconds": run.manifest.seconds,
        "train": run.manifest.data["train"],
        "translations": translations,
        **run.read_json("metrics.json"),
    }


def _heading(data: str, row: dict[str, Any]) -> str:
    return f"**{data}**: {row['train']:,} training pairs, {row['test']['pairs']:,} test pairs"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Returns a Markdown table of the recipes and the baselines.

    Args:
        rows: Name, parameters, seconds, and scores by part of each recipe, the best on validation first.
    """
    headings = ["", "parameters", "seconds", "val. BLEU", "test BLEU", "test chrF", "p"]
    cells = []
    for row in rows:
        baseline = max(row["test"]["models"][1:], key=lambda model: model["bleu"])
        cost = [f"{row['parameters']:,}", number(row["seconds"])]
        p_value = baseline["against_model"]["p_value"]
        cells.append([f"`{row['recipe']}`", *cost, *_scores(row, 0), "<.001" if p_value < 0.001 else f"{p_value:.3f}"])
    cells += [
        [model["name"], "", "", *_scores(rows[0], place), ""]
        for place, model in enumerate(rows[0]["test"]["models"])
        if place
    ]
    return markdown_table(headings, cells)


def sample_table(translations: Sequence[dict[str, str]], count: int) -> str:
    """Returns a Markdown table of evenly spaced test pairs and their translations.

    Args:
        translations: Rows of `predictions.csv`: "source", "reference" and "translation".
        count: Number of pairs.
    """
    step = max(len(translations) // count, 1)
    rows = [
        [row[name].replace("|", "\\|") for name in ("source", "reference", "translation")]
        for row in translations[step // 2 :: step][:count]
    ]
    return markdown_table(["source", "reference", "translation"], rows)


def _scores(row: dict[str, Any], place: int) -> list[str]:
    """Returns the cells with the scores of a model of a run."""
    validation, test = (row[part]["models"][place] for part in ("validation", "test"))
    return [f"{validation['bleu']:.1f}", f"{test['bleu']:.1f}", f"{test['chrf']:.1f}"]
