"""Makes the golden runs beside this file: one finished run a task, as small as possible, with the answers they give.

`python tests/golden/make.py` needs no network and takes under a minute. They are kept so that a later version can show
that it still reads the runs of an earlier one, and answers the same: so they are made once for a format of the run
directory. A later format gets a folder of its own, and the older folders stay.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

import seqkit
from seqkit.registry import find_dataset
from seqkit.runs.run import FORMAT

HERE = Path(__file__).parent / f"format-{FORMAT}"

RUNS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "forecast": ("dense", "demo_weather", {"rows": 400, "window": 6, "horizon": 3, "units": (4,), "epochs": 1}),
    "classify": ("dense", "demo_reviews", {"rows": 120, "vocabulary": 150, "embedding": 4, "units": (4,), "epochs": 5}),
    "embed": (
        "skipgram",
        "demo_royalty",
        {"sentences": 600, "dim": 8, "epochs": 2, "subwords": "3-3", "buckets": 300},
    ),
}
"""Of each task: recipe, data and options."""

TEXTS = ["What a wonderful film, I loved it.", "Dull, and far too long."]
WORDS = ["king", "kingly"]
"""One of the text, and one that is composed of its letters."""

ROWS, REVIEWS = "rows.csv", "reviews.csv"
"""Weather that comes after that of training, and reviews that training never saw."""


def main() -> None:
    """Trains the runs, and writes what they are asked and what they answer."""
    shutil.rmtree(HERE, ignore_errors=True)
    for task, (recipe, data, options) in RUNS.items():
        run = seqkit.train(recipe, data, out=HERE / task, **options)
        shutil.rmtree(run.path / "plots", ignore_errors=True)
    weather = find_dataset("demo_weather").load().load(rows=460)
    reviews = find_dataset("demo_reviews").load().load(rows=20, reviews_seed=1)
    weather.tail(60).to_csv(HERE / ROWS, index=False, lineterminator="\n")
    reviews.to_csv(HERE / REVIEWS, index=False, lineterminator="\n")
    (HERE / "answers.json").write_text(json.dumps(answers(HERE), indent=2) + "\n", encoding="utf-8", newline="\n")


def answers(runs: Path) -> dict[str, Any]:
    """Returns what the runs in a folder answer."""
    forecast = seqkit.load(runs / "forecast").forecast(pd.read_csv(runs / ROWS))
    labels = seqkit.load(runs / "classify").predict(TEXTS)
    vectors = seqkit.load(runs / "embed")
    scores = {
        "forecast": (seqkit.evaluate(runs / "forecast", runs / ROWS), "mae"),
        "classify": (seqkit.evaluate(runs / "classify", runs / REVIEWS), "log_loss"),
    }
    return {
        "forecast": {"ds": forecast["ds"].astype(str).tolist(), "dense": forecast["dense"].tolist()},
        "classify": {"predicted": labels["predicted"].tolist(), "probability": labels["probability"].tolist()},
        "embed": {word: dict(vectors.most_similar(word, topn=3)) for word in WORDS},
        "scores": {task: {row["name"]: row[name] for row in own["models"]} for task, (own, name) in scores.items()},
    }


if __name__ == "__main__":
    main()
