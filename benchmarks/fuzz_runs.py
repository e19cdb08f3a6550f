"""Cases of the fuzz test with a mutated run: its `run.json`, tokenizer, arrays or tables.

If `run.json` contains the hash of a mutated file, the hash is updated so that the file is read and not just rejected.
"""

import hashlib
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks import fuzz_seeds
from benchmarks.mutations import broken_bytes, broken_json, broken_text

Arguments = tuple[str, ...]

RUN = "run"
"""Name of the run directory in the folder of a case."""

UNREAD = ("model.keras", "history.csv", "predictions.csv")
"""Files of a run that no command reads without TensorFlow, or at all."""


@dataclass(frozen=True)
class Case:
    """A case of the fuzz test.

    Attributes:
        arguments: Arguments of `seqkit`, which runs in the folder of the case.
        files: Content of the files in that folder, by path.
        stdin: Standard input.
    """

    arguments: Arguments
    files: dict[str, bytes]
    stdin: bytes = b""

    def __str__(self) -> str:
        return f"seqkit {shlex.join(self.arguments)}"


Runs = Mapping[str, dict[str, bytes]]


@cache
def run_files(path: Path) -> dict[str, bytes]:
    """Returns the files of a run that commands read."""
    return {
        file.name: file.read_bytes()
        for file in sorted(path.iterdir())
        if file.is_file() and file.name not in UNREAD and not file.name.startswith(".")
    }


def in_folder(run: Mapping[str, bytes], name: str = RUN) -> dict[str, bytes]:
    """Returns the files of a run, with their paths in the folder of a case."""
    return {f"{name}/{file}": content for file, content in run.items()}


READERS: dict[str, tuple[Arguments, ...]] = {
    "forecast": (
        ("forecast", RUN), ("forecast", RUN, "--json", "--levels", "80"), ("compare", RUN, "sound"), ("evaluate", RUN),
        ("evaluate", RUN, "--data", "new"), ("evaluate", RUN, "--data", "new", "--json"),
    ),
    "classify": (
        ("predict", RUN, "a fine film"), ("compare", RUN, "sound"), ("evaluate", RUN),
        ("evaluate", RUN, "--data", "new"),
    ),
    "series": (("predict", RUN, "--data", "new"), ("compare", RUN, "sound"), ("evaluate", RUN, "--data", "new")),
    "tag": (
        ("tag", RUN, "we danced with rose"), ("tag", RUN, "--data", "new"), ("compare", RUN, "sound"),
        ("evaluate", RUN), ("evaluate", RUN, "--data", "new"),
    ),
    "embed": (("neighbors", RUN, "king"), ("similarity", RUN, "king", "queen"), ("compare", RUN, "sound")),
    "generate": (
        ("generate", RUN, "--length", "9"), ("generate", RUN, "--prompt", "the old", "--length", "5", "--json"),
        ("compare", RUN, "sound"), ("evaluate", RUN), ("evaluate", RUN, "--data", "new"),
    ),
    "subwords": (
        ("neighbors", RUN, "kingly"), ("analogy", RUN, "man", "king", "woman"), ("export", RUN, "-o", "v.txt"),
    ),
    "translate": (
        ("translate", RUN, "Push the red box."),
        ("translate", RUN, "Push the box.", "--beam", "2", "--n", "2", "--json"),
        ("compare", RUN, "sound"), ("evaluate", RUN), ("evaluate", RUN, "--data", "new"),
    ),
}  # fmt: skip
"""Commands that read a run of each type; `sound` is an unmodified run of that type, `new` is data for it."""

READ_BY = {
    "linear.npz": "evaluate", "intervals.npz": "forecast", "baselines.npz": "evaluate", "metrics.json": "compare",
    "errors.csv": "compare", "context.csv": "forecast", "tokenizer.json": "predict", "words.json": "tag",
    "transitions.npz": "tag", "source_units.json": "translate", "target_units.json": "translate",
    "encoder.onnx": "translate", "decoder.onnx": "translate", "model.onnx": "", "units.json": "generate",
    "kneser_ney.npz": "generate",
}  # fmt: skip
"""Command that reads a file of a run; any command for files that are not listed."""


def manifest_case(rng: Random, runs: Runs) -> Case:
    sort = rng.choice(list(runs))
    content = runs[sort]["run.json"]
    if rng.random() < 0.15:
        unfinished = json.dumps({**json.loads(content), "state": "failed"}).encode()
        return Case(("train", "--resume", RUN), in_folder({**runs[sort], "run.json": broken_json(rng, unfinished)}))
    return _asked(rng, sort, {**runs[sort], "run.json": broken_json(rng, content)}, runs, rng.choice(READERS[sort]))


def file_case(rng: Random, runs: Runs, only: str | None = None) -> Case:
    sort = rng.choice([name for name in runs if only is None or only in runs[name]])
    name = only or rng.choice([file for file in runs[sort] if file not in ("run.json", "tokenizer.json")])
    broken = broken_json if name.endswith(".json") else broken_text if name.endswith((".csv", ".txt")) else broken_bytes
    content = broken(rng, runs[sort][name])
    run = {**runs[sort], name: content}
    if rng.random() < 0.05:
        del run[name]
    elif rng.random() < 0.9:
        run = _signed(run, name, content)
    fitting = [command for command in READERS[sort] if command[0] == READ_BY.get(name)] or READERS[sort]
    return _asked(rng, sort, run, runs, rng.choice(fitting))


def _signed(run: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """Returns the run with an updated hash of a file."""
    manifest = json.loads(run["run.json"])
    digest = hashlib.sha256(content).hexdigest()
    if name == "tokenizer.json":
        manifest["task_state"]["tokenizer_sha256"] = digest
    elif name == "words.json":
        manifest["task_state"]["vocabulary_sha256"] = digest
    elif name == "units.json":
        manifest["task_state"]["units_sha256"] = digest
    elif name == "model.onnx":
        manifest["model"]["onnx_sha256"] = digest
    elif name in ("source_units.json", "target_units.json"):
        manifest["task_state"][name.replace(".json", "_sha256")] = digest
    elif name in ("encoder.onnx", "decoder.onnx"):
        manifest["model"][name.replace(".onnx", "_sha256")] = digest
    return {**run, "run.json": json.dumps(manifest).encode()}


def _asked(rng: Random, sort: str, run: dict[str, bytes], runs: Runs, command: Arguments) -> Case:
    """Returns the case of a command on a mutated run."""
    files = in_folder(run)
    if "sound" in command:
        files |= in_folder(runs[sort], "sound")
        if rng.random() < 0.5:
            command = tuple({"sound": RUN, RUN: "sound"}.get(word, word) for word in command)
    if "new" in command:
        newer: dict[str, tuple[str, Callable[[], bytes]]] = {
            "forecast": ("new.csv", fuzz_seeds.newer_weather),
            "classify": ("texts.csv", lambda: fuzz_seeds.text_files()["texts.csv"]),
            "tag": ("words.conll", lambda: fuzz_seeds.tagged_files()["words.conll"]),
            "generate": ("corpus.txt", lambda: fuzz_seeds.corpus_files()["corpus.txt"]),
            "series": ("waves.ts", lambda: fuzz_seeds.series_files()["waves.ts"]),
            "translate": ("tatoeba.txt", lambda: fuzz_seeds.pair_files()["tatoeba.txt"]),
        }
        name, content = newer[sort]
        files[name] = content()
        command = tuple(name if word == "new" else word for word in command)
    return Case(command, files)
