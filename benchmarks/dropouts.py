"""What dropout on the state and on the weights between states cost and gain, beside none of either.

`recurrent_dropout` is trained with the same share dropped of the state, by a mask for each window (Gal & Ghahramani),
or of the weights, the same ones for a whole batch (Merity et al.), or of neither. Told are the errors on validation of
the network alone and of the forecast as it is kept, and the seconds of its training, compiling and validation included:
medians of runs with different seeds, in turns.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import note
from benchmarks.report import Report, markdown_table, told
from seqkit.scoring import alone
from seqkit.stopwatch import measured
from seqkit.training.listener import Listener
from seqkit.training.startup import import_keras
from seqkit.training.train import train

RECIPE = "recurrent_dropout"


def run(
    *,
    data: str = "demo_weather",
    cell: str = "gru",
    units: int = 32,
    share: float = 0.25,
    runs: int = 3,
    quick: bool = False,
) -> Report:
    """Trains with each.

    Args:
        data: Names of datasets, separated by commas.
        cell: gru or lstm.
        units: Width of the state, [1, inf).
        share: What is dropped of the state or of the weights, (0, 1).
        runs: How often each is trained, [1, inf).
        quick: One run of one epoch each, and 2,000 rows where the data is simulated, to see that it works.
    """
    import_keras()
    ways = {
        "neither": {"recurrent_dropout": 0.0, "weight_dropout": 0.0},
        "state": {"recurrent_dropout": share, "weight_dropout": 0.0},
        "weights": {"recurrent_dropout": 0.0, "weight_dropout": share},
    }
    options: dict[str, Any] = {"cell": cell, "units": units, **({"epochs": 1} if quick else {})}
    texts, content = [], {}
    for name in data.split(","):
        given = {**options, **({"rows": 2000} if quick and name.startswith("demo_") else {})}
        figures: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        for seed in range(1 if quick else runs):
            for way, rates in ways.items():
                note(f"{name}: {way} dropped, seed {seed}")
                figures[way].append(_train(name, {**given, **rates, "seed": seed}))
        content[name] = figures
        rows = [
            [
                way,
                told([each["alone"] for each in found], "{:.4g}".format),
                told([each["kept"] for each in found], "{:.4g}".format),
                told([each["seconds"] for each in found], "{:.3g}".format),
            ]
            for way, found in figures.items()
        ]
        headings = [f"{cell}, {share:g} dropped of", "val. MAE alone", "val. MAE", "seconds training"]
        texts.append(f"**{name}**, {units} units\n\n{markdown_table(headings, rows)}")
    return Report("\n\n".join(texts), {"results": content})


def _train(data: str, options: dict[str, Any]) -> dict[str, float]:
    """Returns the errors on validation and the seconds of a training; the test data is not read."""
    with tempfile.TemporaryDirectory() as folder, measured() as watch:
        found = train(RECIPE, data, out=Path(folder) / "run", test=False, listener=Listener(), **options)
        models = found.read_json("metrics.json")["validation"]["models"]
    by_itself = [model["mae"] for model in models if model["name"] == alone(RECIPE)]
    return {
        "kept": models[0]["mae"],
        "alone": (by_itself or [models[0]["mae"]])[0],
        "seconds": watch.seconds["training"] + watch.seconds["validating"],
    }
