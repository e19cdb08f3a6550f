"""The cases of the fuzz: a folder with a broken file in it, and a command that reads that file.

A case is a pure function of seed, kind and number, so that one can be run again alone.
"""

import gzip
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from random import Random

from benchmarks import fuzz_seeds as sound
from benchmarks.fuzz_options import options_case
from benchmarks.fuzz_runs import RUN, Arguments, Case, Runs, file_case, in_folder, manifest_case, run_files
from benchmarks.mutations import ENCODINGS, broken_bytes, broken_json, broken_pack, broken_text

LARGE = 2 << 30
"""Bytes that a small file unpacks to, in a few cases."""


def make_case(seed: int, kind: str, number: int, runs: Mapping[str, Path]) -> Case:
    """Returns a case.

    Args:
        seed: Of all cases.
        kind: One of `KINDS`.
        number: Of the case within its kind, [0, inf).
        runs: A finished run of each sort that `fuzz_seeds.TRAININGS` names.
    """
    chance = Random(f"{seed}:{kind}:{number}")
    return KINDS[kind](chance, {name: run_files(path) for name, path in runs.items()})


def _broken_file(chance: Random, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Returns one of some files, broken; now and then packed, or bearing another's name."""
    name = chance.choice(list(files))
    data = files[name]
    packed_already = name.endswith((".parquet", ".zip", ".tar", ".gz", ".bin"))
    way = chance.random()
    if way < 0.005:
        return name, _bomb(data)
    if way < 0.1:
        return name + ".gz" * (chance.random() < 0.8), broken_pack(chance, data)
    if way < 0.13:  # what stands there is another thing altogether
        others = {**sound.table_files(), **sound.series_files(), **sound.text_files(), **sound.vector_files()}
        return name, others[chance.choice(list(others))]
    broken = broken_bytes if packed_already else broken_json if name.endswith(".json") else broken_text
    return name, broken(chance, data)


@cache
def _block() -> bytes:
    return gzip.compress(bytes(1 << 24), mtime=0)


def _bomb(data: bytes) -> bytes:
    """Returns a gzip file that goes on for very long."""
    return gzip.compress(data, mtime=0) + _block() * (LARGE >> 24)


def _table(chance: Random, runs: Runs) -> Case:
    name, data = _broken_file(chance, sound.table_files())
    flags = {
        "german": ("--decimal", ",", "--time-format", "%d.%m.%Y %H:%M"),
        "parts": ("--time", "year", "--time", "month", "--time", "day", "--time", "hour"),
        "zoned": ("--timezone", "Europe/Berlin"),
        "unix": ("--time-format", "s"),
        "utf16": ("--encoding", "utf-16"),
    }.get(name.partition(".")[0], ())
    if chance.random() < 0.2:
        flags = ()
    mending: Arguments = ()
    for flag, values in {
        "--missing": ("ffill", "interpolate", "drop"),
        "--duplicates": ("first", "last", "mean"),
        "--resample": ("D", "2h", "MS", "W-SUN", "10min"),
        "--sentinel": ("-9999", "0"),
        "--encoding": ENCODINGS,
        "--id": ("unique_id", "ds"),
    }.items():
        if chance.random() < 0.15 and flag not in flags:
            mending += (flag, chance.choice(values))
    target = ("--target", "all") if chance.random() < 0.5 else ()
    where = chance.random()
    if where < 0.4:
        json_flag = ("--json",) if chance.random() < 0.3 else ()
        known = tuple(mending[i + j] for i in range(0, len(mending), 2) if mending[i] in CHECKED for j in (0, 1))
        return Case(("check", name, *flags, *known, *json_flag), {name: data})
    if where < 0.85:
        sizes = ("--window", chance.choice(("3", "6", "24")), "--horizon", chance.choice(("1", "2")), "--lead", "1")
        return Case(("train", "dense", "--data", name, *flags, *mending, *target, *sizes), {name: data})
    run = runs["forecast"]
    context = broken_text(chance, run["context.csv"])
    if chance.random() < 0.3:
        return Case(("forecast", RUN, "--data", "-"), in_folder(run), stdin=context)
    return Case(("forecast", RUN, "--data", "new.csv"), {**in_folder(run), "new.csv": context})


CHECKED = ("--missing", "--duplicates", "--resample", "--sentinel", "--encoding", "--id")
"""Flags that `seqkit check` knows as training does."""


def _series(chance: Random, runs: Runs) -> Case:
    name, data = _broken_file(chance, sound.series_files())
    where = chance.random()
    encoding = ("--encoding", chance.choice(ENCODINGS)) if chance.random() < 0.06 else ()
    if where < 0.6:
        return Case(("train", "dense", "--data", name, *encoding), {name: data})
    if where < 0.7:
        whole = sound.series_files()["waves.ts"]
        return Case(("train", "dense", "--data", "whole.ts", "--test", name), {"whole.ts": whole, name: data})
    if "series" not in runs:
        return Case(("train", "dense", "--data", name, "--scale", "none"), {name: data})
    command = ("predict", RUN) if where < 0.9 else ("evaluate", RUN)
    return Case((*command, "--data", name), {**in_folder(runs["series"]), name: data})


def _texts(chance: Random, runs: Runs) -> Case:
    name, data = _broken_file(chance, sound.text_files())
    encoding = ("--encoding", "cp949") if name.startswith("korean") else ()
    if chance.random() < 0.08:
        encoding = ("--encoding", chance.choice(ENCODINGS))
    separator = ("--separator", "|") if name.startswith("several") else ()
    quotes = ("--quotes", "none") if chance.random() < 0.2 else ()
    tokenizer = ("--tokenizer", chance.choice(("word", "word", "bpe", "char")))
    where = chance.random()
    files = {name: data}
    if where < 0.1:
        broken = {f"texts/{label}/{i}.txt": b"A fine film." for label in ("pos", "neg") for i in range(4)}
        broken[f"texts/{chance.choice(('pos', 'neg', '', ' ', 'x' * 200, 'train/pos'))}/{data[:3].hex()}.txt"] = data
        return Case(("train", "conv1d", "--data", "texts"), broken)
    if where < 0.6:
        return Case(("train", "conv1d", "--data", name, *encoding, *separator, *quotes, *tokenizer), files)
    if where < 0.7:
        whole = sound.text_files()["texts.csv"]
        return Case(("train", "conv1d", "--data", "whole.csv", "--test", name), {"whole.csv": whole, **files})
    run = in_folder(runs["classify"])
    if where < 0.8:
        return Case(("predict", RUN, "-"), run, stdin=data)
    json_flag = ("--json",) if chance.random() < 0.2 else ()
    if where < 0.95:
        return Case(("predict", RUN, "--data", name, *encoding, *quotes, *json_flag), {**run, **files})
    return Case(("evaluate", RUN, "--data", name), {**run, **files})


def _corpus(chance: Random, runs: Runs) -> Case:
    name, data = _broken_file(chance, {**sound.corpus_files(), "texts.csv": sound.text_files()["texts.csv"]})
    more: Arguments = ("--phrases", "0.5") if chance.random() < 0.2 else ()
    more += ("--subwords", "3-6") if chance.random() < 0.2 else ()
    more += ("--tokenizer", "blank") if chance.random() < 0.2 else ()
    more += ("--encoding", chance.choice(ENCODINGS)) if chance.random() < 0.1 else ()
    if chance.random() < 0.1:
        return Case(("train", "skipgram", "--data", "-", *more), {}, stdin=data)
    if chance.random() < 0.1:
        whole = sound.corpus_files()["corpus.txt"]
        return Case(("train", "cbow", "--data", "whole.txt", "--data", name, *more), {"whole.txt": whole, name: data})
    return Case(("train", chance.choice(("skipgram", "cbow")), "--data", name, *more), {name: data})


def _vectors(chance: Random, runs: Runs) -> Case:
    if chance.random() < 0.15:
        asked, questions = chance.choice(list(sound.QUESTIONS.items()))
        flag = "--analogies" if asked.startswith("analogies") else "--pairs"
        files = {"v.txt": sound.vector_files()["vectors.txt"], asked: broken_text(chance, questions)}
        return Case(("evaluate", "v.txt", flag, asked), files)
    name, data = _broken_file(chance, sound.vector_files())
    files = {name: data, "texts.csv": sound.text_files()["texts.csv"]}
    commands: tuple[Arguments, ...] = (
        ("neighbors", name, "king"),
        ("neighbors", name, "king", "--json", "--top", "3"),
        ("similarity", name, "king", "queen"),
        ("analogy", name, "man", "king", "woman"),
        ("analogy", name, "man", "king", "woman", "--method", "3cosmul"),
        ("export", name, "--output", "out.bin", "--format", chance.choice(("word2vec", "word2vec-bin", "glove"))),
        ("train", "conv1d", "--data", "texts.csv", "--vectors", name),
    )
    return Case(chance.choice(commands), files)


def _options(chance: Random, runs: Runs) -> Case:
    own = {"f": "forecast", "c": "classify", "e": "embed"}
    placed = {path: each for name, sort in own.items() for path, each in in_folder(runs[sort], name).items()}
    arguments, files = options_case(chance, placed)
    return Case(arguments, files)


KINDS: dict[str, Callable[[Random, Runs], Case]] = {
    "table": _table,
    "ts": _series,
    "texts": _texts,
    "corpus": _corpus,
    "vectors": _vectors,
    "run.json": manifest_case,
    "tokenizer.json": partial(file_case, only="tokenizer.json"),
    "run files": file_case,
    "options": _options,
}
"""What is broken, and what makes a case of it."""
