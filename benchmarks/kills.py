"""Kill test: trainings that are killed and resumed repeatedly must give the results of uninterrupted ones.

A small training of each task runs once without interruption. Then it is started, killed (SIGKILL) at a random time,
while reading, training, writing or scoring, and resumed with `--resume` until it ends; this repeats until there are
enough kills. Weights, history, scores, forecasts and vectors are compared bit for bit.
"""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import ROOT, note, seqkit_process
from benchmarks.report import Report
from seqkit.errors import SeqkitError

TRAININGS = {
    "forecast": ("train", "gru", "--data", "demo_weather", "--rows", "1500", "--units", "4", "--dropout", "0.1"),
    "classify": (
        "train",
        "conv1d",
        "--data",
        "demo_reviews",
        "--rows",
        "300",
        "--filters",
        "4",
        "--token-dropout",
        "0.1",
    ),
    "embed": ("train", "skipgram", "--data", "demo_royalty", "--sentences", "1500", "--dim", "8"),
    "generate": ("train", "lstm", "--task", "generate", "--tales", "80", "--units", "4", "--batch-size", "4"),
    "tag": ("train", "bidirectional_gru", "--data", "demo_names", "--sentences", "300", "--units", "4"),
    "translate": ("train", "encoder_decoder", "--commands", "200", "--units", "4", "--embedding", "8"),
}
EPOCHS = ("--epochs", "6")
PATIENT = ("--patience", "6")

EARLIEST = 0.3
"""Earliest kill, as a fraction of the uninterrupted duration: before that, the process only imports libraries."""


@dataclass
class Tally:
    """Results of a task.

    Attributes:
        task: One of `TRAININGS`.
        kills: Processes that were killed or failed.
        trainings: Trainings that were started.
        different: Trainings with results that differ from those of the uninterrupted one.
        unusable: Trainings that failed and left no usable run.
    """

    task: str
    kills: int = 0
    trainings: int = 0
    different: int = 0
    unusable: int = 0


def run(*, kills: int = 100, seed: int = 0, quick: bool = False) -> Report:
    """Kills and resumes trainings.

    Args:
        kills: Number of kills, over all tasks, [1, inf).
        seed: Seed of the times.
        quick: Three kills, as a smoke test.
    """
    kills, rng = 3 if quick else kills, random.Random(seed)
    tallies: list[Tally] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, task in enumerate(TRAININGS):
            wanted = kills // len(TRAININGS) + (number < kills % len(TRAININGS))
            whole = Path(folder) / f"{task}-whole"
            seconds = seqkit_process(*command(task, whole)).seconds
            tally = Tally(task)
            while tally.kills < wanted:
                out = Path(folder) / f"{task}-{tally.trainings}"
                tally.trainings += 1
                try:
                    tally.kills += train_killed(task, out, wanted - tally.kills, seconds, rng)
                    tally.different += numbers_of(out) != numbers_of(whole)
                except SeqkitError as error:
                    note(str(error))
                    tally.kills, tally.unusable = tally.kills + 1, tally.unusable + 1
                note(f"{task}: {tally.kills} of {wanted} kills, {tally.different} trainings different")
            tallies.append(tally)
    rows = [asdict(tally) for tally in tallies]
    head = tuple(rows[0])
    table = [head, *(tuple(map(str, row.values())) for row in rows)]
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return Report("\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]]), {"tasks": rows})


def command(task: str, out: Path) -> tuple[str, ...]:
    """Returns the arguments of `seqkit` for a small training."""
    return (*TRAININGS[task], *EPOCHS, *(PATIENT if task != "embed" else ()), "--out", str(out), "--quiet")


def train_killed(task: str, out: Path, max_kills: int, seconds: float, rng: random.Random) -> int:
    """Trains a run, killing its processes at random times; returns the number of kills.

    Args:
        task: One of `TRAININGS`.
        out: Run directory.
        max_kills: Maximum number of kills, [1, inf).
        seconds: Duration of an uninterrupted process.
        rng: Draws the times.

    Raises:
        SeqkitError: A process failed, so the run is not usable.
    """
    kills = 0
    while True:
        arguments = ("train", "--resume", str(out)) if (out / "run.json").exists() else command(task, out)
        process = subprocess.Popen(
            [sys.executable, "-m", "seqkit", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        if kills < max_kills:
            time.sleep(seconds * rng.uniform(EARLIEST, 1))
            if process.poll() is None:
                process.kill()
                kills += 1
                process.communicate()
                continue
        _, errors = process.communicate()
        if process.returncode:
            raise SeqkitError(f"`seqkit {' '.join(arguments)}` ended with {process.returncode}: {errors.decode()}")
        return kills


def numbers_of(run: Path) -> dict[str, str]:
    """Returns the hashes of a run's results, without dates and durations."""
    found = {}
    for path in sorted(run.iterdir()):
        if path.suffix in (".npy", ".npz", ".csv", ".txt") and path.name != "history.csv":
            found[path.name] = path.read_bytes()
    with zipfile.ZipFile(run / "model.keras") as model:
        found["weights"] = model.read("model.weights.h5")
    rows = [line.split(",") for line in (run / "history.csv").read_text(encoding="utf-8").splitlines()]
    timeless = [i for i, name in enumerate(rows[0]) if "second" not in name]
    found["history"] = "\n".join(",".join(row[i] for i in timeless) for row in rows).encode()
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    metrics.pop("training", None)
    found["metrics"] = json.dumps(metrics, sort_keys=True).encode()
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
