"""Makes the golden runs beside this file: one finished run a task, as small as possible, with the answers they give.

`python tests/golden/make.py` needs no network and takes under a minute. They are kept so that a later version can show
that it still reads the runs of an earlier one, and answers the same: so each is made once for a format of the run
directory, and only what is missing is made. A later format gets a folder of its own, and the older folders stay.
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
    "generate": (
        "gru",
        "demo_tales",
        {
            "task": "generate",
            "tales": 8,
            "tokenizer": "word",
            "units": 8,
            "embedding": 4,
            "epochs": 8,
            "batch_size": 2,
            "chunk": 8,
        },
    ),
    "tag": (
        "gru",
        "demo_names",
        {
            "sentences": 150,
            "units": 8,
            "embedding": 4,
            "character_filters": 2,
            "buckets": 64,
            "epochs": 8,
            "learning_rate": 2e-2,
        },
    ),
}
"""Of each task: recipe, data and options."""

TEXTS = ["What a wonderful film, I loved it.", "Dull, and far too long."]
WORDS = ["king", "kingly"]
"""One of the text, and one that is composed of its letters."""

PROMPT = "One day "
NAMED = ["we danced with rose all night.", "the train from may ford was late."]

ROWS, REVIEWS = "rows.csv", "reviews.csv"
"""Weather that comes after that of training, and reviews that training never saw."""


def main() -> None:
    """Trains the runs that are missing, and writes what all are asked and what the new ones answer."""
    missing = [task for task in RUNS if not (HERE / task).exists()]
    for task in missing:
        recipe, data, options = RUNS[task]
        run = seqkit.train(recipe, data, out=HERE / task, **options)
        shutil.rmtree(run.path / "plots", ignore_errors=True)
    weather = find_dataset("demo_weather").load().load(rows=460)
    reviews = find_dataset("demo_reviews").load().load(rows=20, reviews_seed=1)
    weather.tail(60).to_csv(HERE / ROWS, index=False, lineterminator="\n")
    reviews.to_csv(HERE / REVIEWS, index=False, lineterminator="\n")
    kept = json.loads((HERE / "answers.json").read_text(encoding="utf-8")) if len(missing) < len(RUNS) else {}
    made = answers(HERE)
    scores = {task: made["scores"][task] for task in made["scores"] if task in missing} | kept.get("scores", {})
    document = {**kept, **{task: made[task] for task in missing}, "scores": scores}
    (HERE / "answers.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8", newline="\n")


def answers(runs: Path) -> dict[str, Any]:
    """Returns what the runs in a folder answer."""
    forecast = seqkit.load(runs / "forecast").forecast(pd.read_csv(runs / ROWS))
    labels = seqkit.load(runs / "classify").predict(TEXTS)
    vectors, language_model = seqkit.load(runs / "embed"), seqkit.load(runs / "generate")
    scores = {
        "forecast": (seqkit.evaluate(runs / "forecast", runs / ROWS), "mae"),
        "classify": (seqkit.evaluate(runs / "classify", runs / REVIEWS), "log_loss"),
    }
    return {
        "forecast": {"ds": forecast["ds"].astype(str).tolist(), "dense": forecast["dense"].tolist()},
        "classify": {"predicted": labels["predicted"].tolist(), "probability": labels["probability"].tolist()},
        "embed": {word: dict(vectors.most_similar(word, topn=3)) for word in WORDS},
        "scores": {task: {row["name"]: row[name] for row in own["models"]} for task, (own, name) in scores.items()},
        "generate": {
            "text": language_model.generate(PROMPT, 40, seed=0),
            "nats": language_model.score(TEXTS)["nats"].tolist(),
            "next": language_model.next(PROMPT).head(3).to_dict(),
        },
        "tag": seqkit.load(runs / "tag").tag(NAMED).to_dict("list"),
    }


if __name__ == "__main__":
    main()
