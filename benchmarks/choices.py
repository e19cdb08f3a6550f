"""Ablation of the forecast defaults: validation error and training time with each default changed.

Dropout on the state, with one mask per window (Gal & Ghahramani), is compared with dropout on the recurrent weights,
the same for a whole batch (Merity et al.), and with neither. The table shows the validation errors of the network alone
and of the combined forecast, and the seconds of training and validation without compilation: medians of runs with
different seeds, in turn. The test part is not read.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import note
from benchmarks.report import Report, caption, format_figures, markdown_table, number
from seqkit.stopwatch import measured
from seqkit.tasks.forecast.model_names import uncombined_name
from seqkit.training.keras_import import import_keras
from seqkit.workflows.train import train

RECIPE = "recurrent_dropout"

CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"supervise": "last"},
    {"combine": "none"},
    {"loss": "mse"},
    {"schedule": "constant"},
    {"batch_size": 128},
    {"calendar": "none"},
    {"cell": "lstm"},
    {"recurrent_dropout": 0.0},
    {"recurrent_dropout": 0.0, "weight_dropout": 0.25},
)


def run(*, data: str = "demo_weather", runs: int = 3, quick: bool = False) -> Report:
    """Trains `recurrent_dropout` with each choice.

    Args:
        data: Names of datasets, separated by commas.
        runs: Trainings per choice, [1, inf).
        quick: One run of one epoch each, with 2,000 rows of simulated data, as a smoke test.
    """
    import_keras()
    runs = 1 if quick else runs
    texts, content = [], {}
    for name in data.split(","):
        given: dict[str, Any] = {"epochs": 1} if quick else {}
        if quick and name.startswith("demo_"):
            given["rows"] = 2000
        figures: dict[str, list[dict[str, float]]] = {_flags(choice): [] for choice in CHOICES}
        for seed in range(runs):
            for choice in CHOICES:
                note(f"{name}, seed {seed}: {_flags(choice)}")
                figures[_flags(choice)].append(_train(name, {**given, **choice, "seed": seed}))
        content[name] = figures
        texts.append(f"**{name}**\n\n{_table(figures)}")
    return Report("\n\n".join([*texts, caption(runs, "seeds")]), {"results": content})


def _table(figures: dict[str, list[dict[str, float]]]) -> str:
    rows = [
        [
            flags,
            format_figures([run["alone"] for run in runs], "{:.4g}".format),
            format_figures([run["kept"] for run in runs], "{:.4g}".format),
            format_figures([run["seconds"] for run in runs], number),
        ]
        for flags, runs in figures.items()
    ]
    return markdown_table([f"`{RECIPE}`", "val. MAE alone", "val. MAE", "seconds training"], rows)


def _flags(choice: dict[str, Any]) -> str:
    """Returns a choice as command-line flags."""
    return " ".join(f"`--{name.replace('_', '-')} {value}`" for name, value in choice.items()) or "defaults"


def _train(data: str, options: dict[str, Any]) -> dict[str, float]:
    """Returns the validation errors and the duration of a training."""
    with tempfile.TemporaryDirectory() as folder, measured() as watch:
        run = train(RECIPE, data, out=Path(folder) / "run", test=False, **options)
        models = run.read_json("metrics.json")["validation"]["models"]
    uncombined = [model["mae"] for model in models if model["name"] == uncombined_name(RECIPE)]
    return {
        "kept": models[0]["mae"],
        "alone": (uncombined or [models[0]["mae"]])[0],
        "seconds": watch.seconds["training"] + watch.seconds["validating"],
    }
