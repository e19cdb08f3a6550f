"""What the defaults of a forecast buy: validation errors and seconds as it comes, and with one of them undone.

Dropout on the state, by a mask of its own for each window (Gal & Ghahramani), stands beside dropout on the weights
between states, the same ones for a whole batch (Merity et al.), and beside neither. Told are the errors on validation
of the network alone and of the forecast as it is kept, and the seconds of training and validating, compiling not
counted: medians of runs with different seeds, in turns. The test part is not read.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import note
from benchmarks.report import Report, how_often, markdown_table, number, told
from seqkit.stopwatch import measured
from seqkit.tasks.forecast.scoring import alone
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
        runs: How often each is trained, [1, inf).
        quick: One run of one epoch each, and 2,000 rows where the data is simulated, to see that it works.
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
    return Report("\n\n".join([*texts, how_often(runs, "seeds")]), {"results": content})


def _table(figures: dict[str, list[dict[str, float]]]) -> str:
    rows = [
        [
            flags,
            told([each["alone"] for each in found], "{:.4g}".format),
            told([each["kept"] for each in found], "{:.4g}".format),
            told([each["seconds"] for each in found], number),
        ]
        for flags, found in figures.items()
    ]
    return markdown_table([f"`{RECIPE}`", "val. MAE alone", "val. MAE", "seconds training"], rows)


def _flags(choice: dict[str, Any]) -> str:
    """Returns a choice as it is told on the command line."""
    return " ".join(f"`--{name.replace('_', '-')} {value}`" for name, value in choice.items()) or "as it comes"


def _train(data: str, options: dict[str, Any]) -> dict[str, float]:
    """Returns the errors on validation and the seconds of a training."""
    with tempfile.TemporaryDirectory() as folder, measured() as watch:
        found = train(RECIPE, data, out=Path(folder) / "run", test=False, **options)
        models = found.read_json("metrics.json")["validation"]["models"]
    by_itself = [model["mae"] for model in models if model["name"] == alone(RECIPE)]
    return {
        "kept": models[0]["mae"],
        "alone": (by_itself or [models[0]["mae"]])[0],
        "seconds": watch.seconds["training"] + watch.seconds["validating"],
    }
