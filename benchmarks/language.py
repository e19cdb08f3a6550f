"""Language models of tiny Shakespeare and WikiText-2, beside n-grams and their mixture with the recent text.

`seqkit train` trains a recipe with each seed, in a new process. The table shows the mean scores of the seeds on
validation and test, in nats for each character or as perplexity for each word. Weights, epochs and orders are chosen on
validation: of tiny Shakespeare two hundredths before the last tenth, which is the test part, and of WikiText-2 the
part that comes with it. A network with the same settings is then trained on nearly all nine tenths of tiny
Shakespeare, too, as the n-grams are counted there: "trained on validation text, too". Below the table stands what the
first run writes after a prompt.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import mean
from typing import Any, Literal

from benchmarks.measure import note, seqkit_process
from benchmarks.report import Report, markdown_table, number
from seqkit.data.files.download import fetch
from seqkit.errors import SeqkitError
from seqkit.runs.run import read_run

SHAKESPEARE = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare"
WIKITEXT = "https://raw.githubusercontent.com/pytorch/examples/main/word_language_model/data/wikitext-2"

SETTINGS = {
    "tiny_shakespeare": {"split": "0.88,0.02,0.1"},
    "wikitext2": {
        "tokenizer": "word",
        "vocabulary": "40000",
        "samples": "1024",
        "learning-rate": "0.004",
        "epochs": "6",
    },
}
"""Options of each data set, besides the defaults."""

REFIT = {"tiny_shakespeare": {"split": "0.899,0.001,0.1", "combine": "none", "patience": "none"}}
"""Options of the training on training and validation text."""

QUICK = {"epochs": "1", "units": "16", "embedding": "16"}

PROMPTS = {"tiny_shakespeare": "ROMEO:", "wikitext2": " = The"}
LENGTHS = {"tiny_shakespeare": 400, "wikitext2": 60}
"""Tokens of the sample."""


def run(
    *,
    data: Literal["tiny_shakespeare", "wikitext2"] = "tiny_shakespeare",
    recipe: str = "gru",
    seeds: int = 1,
    out: str | None = None,
    quick: bool = False,
) -> Report:
    """Trains language models.

    Args:
        data: The text.
        recipe: Recipe of the network.
        seeds: Trainings, with the seeds 0, 1, …, [1, inf).
        out: Folder to keep the runs in; finished runs in it are not trained again, interrupted ones go on.
        quick: One epoch of a small network, as a smoke test.
    """
    with ExitStack() as stack:
        root = Path(out).resolve() if out else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root.mkdir(parents=True, exist_ok=True)
        text, split = _text_file(data, root)
        settings = {**SETTINGS[data], **(QUICK if quick else {})}
        flags = ["--data", str(text), *_flags({**settings, **split})]
        rows = [
            _train(recipe, root / f"{data}-{recipe}-{seed}", [*flags, "--seed", str(seed)]) for seed in range(seeds)
        ]
        refits = []
        if refit := REFIT.get(data):
            flags = ["--data", str(text), *_flags({**settings, **refit})]
            refits = [
                _train(recipe, root / f"{data}-{recipe}-refit-{seed}", [*flags, "--seed", str(seed)])
                for seed in range(seeds)
            ]
        model = str(root / f"{data}-{recipe}-0")
        command = ("generate", model, "--prompt", PROMPTS[data], "--length", str(LENGTHS[data]), "--seed", "0")
        sample = seqkit_process(*command).output.strip("\n")
    words = data == "wikitext2"
    caption = f"`seqkit train {recipe} --task generate {' '.join(_flags(settings))}`: {_caption(rows)}"
    title = f"**{data}**: {rows[0]['test']['tokens']:,} test {'words' if words else 'characters'}"
    continuation = f"After `{PROMPTS[data]}`, temperature 0.8, seed 0:\n\n~~~text\n{sample}\n~~~"
    parts = [title, _table(rows, refits, "perplexity" if words else "nats"), caption, continuation]
    return Report("\n\n".join(parts), {"results": rows, "refits": refits, "sample": sample})


def _text_file(data: str, root: Path) -> tuple[Path, dict[str, str]]:
    """Returns the file of a text, and the option that splits it; the parts of WikiText-2 are joined in a file."""
    if data == "tiny_shakespeare":
        return fetch(data, "input.txt", url=f"{SHAKESPEARE}/input.txt"), {}
    names = ("train.txt", "valid.txt", "test.txt")
    parts = [fetch(data, name, url=f"{WIKITEXT}/{name}").read_text(encoding="utf-8") for name in names]
    path = root / "wikitext2.txt"
    path.write_text("".join(parts), encoding="utf-8")
    ends = [(len(part) - 1) / sum(map(len, parts)) for part in parts[:2]]  # each part ends at a line end
    fractions = (ends[0], ends[1], 1 - sum(ends))
    return path, {"split": ",".join(f"{fraction:.9f}" for fraction in fractions)}


def _flags(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _train(recipe: str, path: Path, flags: list[str]) -> dict[str, Any]:
    """Trains a run, unless it is finished, and returns its figures."""
    note(f"{path.name}: {' '.join(flags)}")
    state = read_run(path, finished=False).manifest.state if (path / "run.json").is_file() else None
    cpu_seconds = None
    if state is None:
        arguments = ("train", recipe, "--task", "generate", *flags, "--out", str(path))
        cpu_seconds = seqkit_process(*arguments, show=True).cpu_seconds
    elif state != "done":
        seqkit_process("train", "--resume", str(path), show=True)
    run = read_run(path, finished=False)
    if run.manifest.state != "done":
        raise SeqkitError(f"The training of {path} has not ended. Run the benchmark again with the same --out.")
    return {"seconds": run.manifest.seconds, "cpu_seconds": cpu_seconds, **run.read_json("metrics.json")}


def _table(rows: list[dict[str, Any]], refits: list[dict[str, Any]], measure: str) -> str:
    headings = ["", f"val. {measure}", f"test {measure}"]
    cells = []
    for number_of_model, model in enumerate(rows[0]["test"]["models"]):
        means = [mean(row[part]["models"][number_of_model][measure] for row in rows) for part in ("validation", "test")]
        cells.append([model["name"], *(f"{value:.4f}" if measure == "nats" else f"{value:.2f}" for value in means)])
        if refits and number_of_model == 1:
            refit = mean(row["test"]["models"][0][measure] for row in refits)
            cells.append([f"{model['name']}, trained on validation text, too", "", f"{refit:.4f}"])
    return markdown_table(headings, cells)


def _caption(rows: list[dict[str, Any]]) -> str:
    seconds = mean(row["seconds"] for row in rows)
    cpu = [row["cpu_seconds"] for row in rows if row["cpu_seconds"] is not None]
    used = f", {number(mean(cpu))} CPU seconds" if len(cpu) == len(rows) else ""
    seeds = "one seed" if len(rows) == 1 else f"means of {len(rows)} seeds"
    return f"{seeds}, {number(seconds)} s{used} on {os.cpu_count()} cores."
