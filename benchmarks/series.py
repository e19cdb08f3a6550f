"""Labels of series: accuracies of recipes beside nearest neighbours, with and without dynamic time warping.

`seqkit train` trains each recipe in a new process with its defaults and the protocol of the dataset. What is chosen is
chosen on the training part, by cross-validation or leave-one-out; the test part is read once a run. The seconds are
those of the whole command: imports, training, export, baselines and scores. `p` tests the first run against the first
baseline of the table (McNemar).
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import note, seconds, seqkit_process
from benchmarks.report import Report, caption, format_figures, markdown_table, number
from seqkit.runs.run import read_run


def run(
    *,
    data: str = "ucr_basicmotions,ucr_italypowerdemand,ucr_japanesevowels,ucr_syntheticcontrol",
    recipes: str = "random_convolutions,conv1d,inception",
    runs: int = 3,
    quick: bool = False,
) -> Report:
    """Trains recipes on datasets of labelled series.

    Args:
        data: Names of datasets, or paths, separated by commas; by default the four of the UCR and UEA archives.
        recipes: Recipes, separated by commas.
        runs: Trainings of each, each with another seed, [1, inf).
        quick: One run, as a smoke test.
    """
    texts, content = [], {}
    for name in data.split(","):
        measured: dict[str, list[dict[str, Any]]] = {}
        for recipe in recipes.split(","):
            measured[recipe] = []
            for seed in range(1 if quick else runs):
                note(f"{name}: {recipe}, run {seed + 1}")
                measured[recipe].append(_measure(recipe, name, seed))
        content[name] = measured
        texts.append(_text(name, measured))
    return Report("\n\n".join([*texts, caption(1 if quick else runs)]), {"results": content})


def _measure(recipe: str, data: str, seed: int) -> dict[str, Any]:
    """Trains once; returns the scores by part, the size and the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        took = seconds(
            lambda: seqkit_process("train", recipe, "--data", data, "--out", str(path), "--seed", str(seed), "-q")
        )
        finished = read_run(path)
        return {
            "seconds": took,
            "parameters": finished.manifest.model["parameters"],
            "folds": finished.manifest.data["folds"],
            **finished.read_json("metrics.json"),
        }


def _text(data: str, measured: dict[str, list[dict[str, Any]]]) -> str:
    """Returns the heading and the table of a dataset."""
    first = next(iter(measured.values()))[0]["test"]
    rows = []
    for recipe, results in measured.items():
        p_value = results[0]["test"]["models"][1]["against_model"]["p_value"]
        size = f"{results[0]['parameters']:,}"
        cells = [size, format_figures([result["seconds"] for result in results], number), *_cells(results, 0)]
        rows.append([f"`{recipe}`", *cells, "<.001" if p_value < 0.001 else f"{p_value:.3f}"])
    results = next(iter(measured.values()))
    for position, baseline in list(enumerate(first["models"]))[1:]:
        rows.append([baseline["name"], "", "", *_cells(results, position), ""])
    headings = ["", "parameters", "seconds", "val. accuracy", "test accuracy", "log loss", "p"]
    classes = len(first["models"][0]["classes"])
    return f"**{data}**: {first['examples']:,} test series, {classes} classes\n\n{markdown_table(headings, rows)}"


def _cells(results: list[dict[str, Any]], position: int) -> list[str]:
    """Returns the figures of the model (position 0) or of a baseline."""
    figures = (("validation", "accuracy"), ("test", "accuracy"), ("test", "log_loss"))
    return [
        format_figures([result[part]["models"][position][key] for result in results], "{:.4f}".format)
        for part, key in figures
    ]
