"""Command lines of the fuzz test: known and unknown flags with arbitrary values."""

from collections.abc import Mapping
from functools import cache
from random import Random

import click

from benchmarks import fuzz_seeds
from benchmarks.mutations import ENCODINGS, broken_text, hostile_value

VALUES = (
    "", " ", "0", "-1", "1", "2", "3", "7", "0.5", "1.5", "-0", "nan", "inf", "-inf", "1e308", "1e-320", "1e400",
    "none",
    "None", "true", "99999999999999999999", "9" * 5000, "inf,1,1", "0x10", "1_000", "1,2", "1,,2", ",", "1,2,3,4,5",
    "a,b", "a:b",
    "0.5,0.25,0.25", "0.7,0.3,0", "1e9,1,1", "nan,nan,nan", "2015-01-01,2015-01-02", "9999-99-99,2015-01-01", "h", "D",
    "0h", "-1h", "1e9h", "W-SUN", "MS", "10min", "99999999999999h", "Europe/Berlin", "../../etc", "UTC+99", "%Y", "%",
    "%s%n%Z", "%d.%m.%Y %H:%M", "s", "ns", "utf-16", *ENCODINGS[:-1], "all", "y",
    "time", "Date Time", "T (degC)", "king", "--", "-", ".", "..", "/", "/dev/null", "*", "\udcff", "\u0130", "é" * 300,
    "a" * 5000, "(" * 500, "[" * 100_000, "3-6", "6-3", "0-0", "3-", "-", "1-99999999999", "word", "bpe", "char",
    "auto",
    "standard", "balanced", "original", "error", "drop", "mean", "\x1b[31m", "x\ny", "=", "no such file", "|", "||",
)  # fmt: skip
"""Values of flags."""

FILES = (
    "wide.csv",
    "long.csv",
    "texts.csv",
    "waves.ts",
    "tatoeba.txt",
    "corpus.txt",
    "vectors.txt",
    "vectors.bin",
    "f",
    "c",
    "e",
    "t",
    ".",
    "-",
    "",
)
RECIPES = (
    "dense",
    "gru",
    "conv1d",
    "transformer",
    "autoregression",
    "skipgram",
    "cbow",
    "lstm",
    "encoder_decoder",
    "dens",
    "",
    "./x.py",
)
DATASETS = ("demo_weather", "demo_reviews", "demo_royalty", "wordsim353", "air_passengers", "nothing")

COMMON = ("--out", "--overwrite", "--test", "--no-test", "--json", "--quiet", "--verbose", "-q", "--config", "--resume")
"""Flags of all trainings."""

SAFE = ("--out", "-o", "--output")
"""Flags of output paths, which must stay within the folder of the case."""

TAKES_LONG = ("--commands", "--rows", "--sentences", "--buckets", "--vocabulary")
"""Flags whose large values are valid and slow."""


def options_case(rng: Random, runs: Mapping[str, bytes]) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Returns a command line, and the files that it may refer to."""
    files = {
        **{name: fuzz_seeds.table_files()[name] for name in ("wide.csv", "long.csv")},
        "texts.csv": fuzz_seeds.text_files()["texts.csv"],
        "waves.ts": fuzz_seeds.series_files()["waves.ts"],
        "corpus.txt": fuzz_seeds.corpus_files()["corpus.txt"],
        "tatoeba.txt": fuzz_seeds.pair_files()["tatoeba.txt"],
        **{name: fuzz_seeds.vector_files()[name] for name in ("vectors.txt", "vectors.bin")},
    }
    way = rng.random()
    if way < 0.45:
        return _train(rng), files
    if way < 0.6:
        files["options.toml"] = _configuration(rng)
        return (
            "train",
            "dense",
            "--config",
            "options.toml",
            *_flags(rng, _training_flags("dense", "wide.csv"), 1),
        ), files
    command = rng.choice(list(COMMANDS))
    arguments = COMMANDS[command]
    positional = tuple(_argument(rng, each) for each in arguments)
    files |= {name: content for name, content in runs.items() if name.partition("/")[0] in positional}
    line = (*positional, *_flags(rng, _own_flags(command), 4))
    if rng.random() < 0.1:
        line = tuple(rng.sample(line, len(line)))
    return (command, *line), files


COMMANDS = {
    "check": ("wide.csv",), "forecast": ("f",), "predict": ("c", "good"), "evaluate": ("vectors.txt",),
    "compare": ("f", "f"),
    "neighbors": ("vectors.bin", "king"), "analogy": ("e", "man", "king", "woman"), "similarity": ("e", "king",
    "queen"),
    "export": ("e",), "plot": ("vectors.txt",), "recipes": ("dense",), "datasets": ("etth1",), "nothing": ("x",),
    "translate": ("t", "go"), "--help": (),
}  # fmt: skip


def _argument(rng: Random, usual: str) -> str:
    way = rng.random()
    return usual if way < 0.7 else rng.choice(FILES) if way < 0.85 else rng.choice(VALUES)


def _train(rng: Random) -> tuple[str, ...]:
    recipe = "dense" if rng.random() < 0.4 else rng.choice(RECIPES)
    fitting = {"skipgram": "corpus.txt", "cbow": "corpus.txt", "encoder_decoder": "tatoeba.txt"}.get(
        recipe, rng.choice(FILES[:5])
    )
    data = fitting if rng.random() < 0.85 else rng.choice((*FILES, *VALUES, *DATASETS))
    known = _training_flags(recipe, fitting)
    sizes = ("--window", "6") if fitting.endswith(".csv") and fitting != "texts.csv" and rng.random() < 0.7 else ()
    return ("train", recipe, "--data", data, *sizes, *_flags(rng, known, 3))


def _flags(rng: Random, known: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Returns flags: with a value, with "=" and a value, or without a value."""
    line: tuple[str, ...] = ()
    for _ in range(rng.randint(0, most)):
        flag = rng.choice(known) if rng.random() < 0.93 else rng.choice(("--nothing", "-x", "--", "---", "-", "--=1"))
        value = rng.choice(VALUES)
        if flag in SAFE:
            value = rng.choice(("out", "-", "", "a/b/c", "wide.csv", ".", "x" * 300, "out.png", "é.png", "f", "\udcff"))
        elif flag in TAKES_LONG:
            value = rng.choice(("", "0", "-1", "3", "10", "nan", "2000000000", "9" * 20, "a", "300"))
        elif flag in ("--data", "--test", "--vectors", "--analogies", "--pairs", "--font") and rng.random() < 0.6:
            value = rng.choice(FILES)
        way = rng.random()
        line += (f"{flag}={value}",) if way < 0.3 else (flag, value) if way < 0.9 else (flag,)
    return line


@cache
def _own_flags(command: str) -> tuple[str, ...]:
    from seqkit.cli import main

    cli_command = main.get_command(click.Context(main), command)
    options = [param for param in cli_command.params if isinstance(param, click.Option)] if cli_command else []
    return (*(name for option in options for name in option.opts), "--json", "--help")


@cache
def _training_flags(recipe: str, data: str) -> tuple[str, ...]:
    """Returns the flags of a recipe for a file; those of `dense` for an unknown recipe."""
    from seqkit.registry import find_recipe, recipes
    from seqkit.sources import DataSource
    from seqkit.tasks import tasks
    from seqkit.workflows.settings import Plan, tasks_of

    source = find_recipe(recipe if recipe in recipes() else "dense")
    task = tasks()[tasks_of(source)[0]]
    kind = {"texts.csv": "texts", "waves.ts": "series", "tatoeba.txt": "pairs"}.get(data, "table")
    if kind not in task.reads:
        others = [tasks()[name] for name in tasks_of(source) if kind in tasks()[name].reads]
        task, kind = (others[0], kind) if others else (task, next(iter(task.reads)))
    plan = Plan(source, task, DataSource(data, kind=kind, files=(data,)))
    return (*(option.flag for option in plan.options), *COMMON)


def _configuration(rng: Random) -> bytes:
    """Returns a TOML configuration file."""
    lines = {"data": '"wide.csv"', "window": "6"}
    names = [flag[2:] for flag in _training_flags("dense", "wide.csv")[: -len(COMMON)]]
    for name in rng.sample([*names, "data", "out", "test", "recipe", "nothing"], 2):
        value = hostile_value(rng, rng.choice((1, "x", 0.5)))
        if isinstance(value, str):
            lines[name] = _quoted(value if name != "out" or "/" not in value else "out")
        else:
            lines[name] = str(value).lower() if isinstance(value, bool) else f"{value!r}"
    text = "\n".join(f"{name} = {value}" for name, value in lines.items())
    content = text.encode("utf-8", "replace")
    return broken_text(rng, content) if rng.random() < 0.4 else content


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in text) + '"'
