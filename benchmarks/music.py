"""Models of music beside n-grams: nats a frame of pieces that were never read, and how fast they compose.

Each recipe is trained with its default options on the training pieces and their transpositions; epoch, order of the
n-grams and weights of the mixture are chosen on the validation pieces, and the test pieces are read once. A frame is a
note of each voice; the end of a piece counts, too. *alone* is the network without the n-grams. *p* tests the mixture
against the n-gram model by pieces (Diebold-Mariano).
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import note
from benchmarks.report import Report, caption, format_figures, markdown_table, number
from seqkit.console.tables import p_value
from seqkit.tasks.generate.music.inference import open_music
from seqkit.tasks.generate.music.scoring import FREQUENCIES
from seqkit.tasks.generate.scoring import COUNTS, COUNTS_AND_RECENT
from seqkit.workflows.train import train

FRAMES = 256
"""Frames of the pieces that measure the speed of composing."""


def run(*, data: str = "jsb_chorales", recipes: str = "lstm", runs: int = 1, quick: bool = False) -> Report:
    """Trains each recipe, and scores it beside the baselines.

    Args:
        data: Music: a dataset or a file.
        recipes: Recipes, separated by commas.
        runs: Trainings of each, each with another seed, [1, inf).
        quick: A network of 8 units and one epoch without transpositions, as a smoke test.
    """
    given: dict[str, Any] = {"units": 8, "epochs": 1, "transpose": 0} if quick else {}
    rows, content, counts = [], {}, ""
    for recipe in recipes.split(","):
        measured = []
        for seed in range(1 if quick else runs):
            note(f"{data}: {recipe}, run {seed + 1}")
            measured.append(_measure(recipe, data, {**given, "seed": seed}))
        content[recipe] = measured
        test = measured[0]["test"]
        counts = f"{test['pieces']:,} test pieces, {test['frames']:,} frames"
        rows.append([f"`{recipe}`", *_cells(measured, recipe, f"{recipe} alone")])
    for name in (COUNTS_AND_RECENT, COUNTS, FREQUENCIES):
        if name in _scores(measured[0]["test"]):
            rows.append([name, "", "", *_nats(measured, name), "", "", ""])
    headings = ["", "parameters", "seconds", "val. nats/frame", "test nats/frame", "alone", "p", "notes/s composed"]
    table = markdown_table(headings, rows)
    return Report(f"**{data}**: {counts}\n\n{table}\n\n{caption(len(measured))}", {"data": data, "results": content})


def _measure(recipe: str, data: str, options: dict[str, Any]) -> dict[str, Any]:
    """Trains once; returns the scores by part, the size and the seconds, and the speed of composing."""
    with tempfile.TemporaryDirectory() as folder:
        finished = train(recipe, data, out=Path(folder) / "run", **options)
        metrics = finished.read_json("metrics.json")
        model = open_music(finished)
        started = time.perf_counter()
        given = {model.state.names[-1]: [model.generate(1, seed=0)[0, -1]] * FRAMES}  # so that no piece ends early
        notes = model.generate(given=given, particles=1, seed=0).size
        seconds = time.perf_counter() - started
        return {**metrics, **finished.summary, "notes_per_second": notes / seconds}


def _scores(part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in part["models"]}


def _nats(measured: list[dict[str, Any]], name: str) -> list[str]:
    """Returns the nats a frame of a model on validation and test."""
    figures = [[_scores(run[part])[name]["nats_per_frame"] for run in measured] for part in ("validation", "test")]
    return [format_figures(values, "{:.3f}".format) for values in figures]


def _cells(measured: list[dict[str, Any]], name: str, alone: str) -> list[str]:
    """Returns the figures of a recipe as a row of the table."""
    test = [_scores(run["test"]) for run in measured]
    return [
        f"{measured[0]['parameters']:,}",
        format_figures([run["seconds"] for run in measured], number),
        *_nats(measured, name),
        format_figures([scores.get(alone, scores[name])["nats_per_frame"] for scores in test], "{:.3f}".format),
        format_figures([scores[COUNTS]["against_model"]["p_value"] for scores in test], p_value),
        format_figures([run["notes_per_second"] for run in measured], number),
    ]
