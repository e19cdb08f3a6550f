"""Cases of the fuzz test: a folder with a mutated file, and a command that reads it.

A case depends only on seed, kind and number, so that a single one can be repeated.
"""

import gzip
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from random import Random

from benchmarks import fuzz_seeds
from benchmarks.fuzz_options import options_case
from benchmarks.fuzz_runs import RUN, Arguments, Case, Runs, file_case, in_folder, manifest_case, run_files
from benchmarks.mutations import ENCODINGS, broken_bytes, broken_json, broken_pack, broken_text

LARGE = 2 << 30
"""Uncompressed size of the decompression bombs."""


def make_case(seed: int, kind: str, number: int, runs: Mapping[str, Path]) -> Case:
    """Returns a case.

    Args:
        seed: Seed of all cases.
        kind: One of `KINDS`.
        number: Number of the case within its kind, [0, inf).
        runs: A finished run of each type in `fuzz_seeds.TRAININGS`.
    """
    rng = Random(f"{seed}:{kind}:{number}")
    return KINDS[kind](rng, {name: run_files(path) for name, path in runs.items()})


def _broken_file(rng: Random, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Returns a mutated file; sometimes compressed, or with the name of another one."""
    name = rng.choice(list(files))
    data = files[name]
    is_binary = name.endswith((".parquet", ".zip", ".tar", ".gz", ".bin", ".mid"))
    way = rng.random()
    if way < 0.005:
        return name, _bomb(data)
    if way < 0.1:
        return name + ".gz" * (rng.random() < 0.8), broken_pack(rng, data)
    if way < 0.13:  # the content of another file
        sources = (
            *(fuzz_seeds.table_files, fuzz_seeds.series_files, fuzz_seeds.text_files, fuzz_seeds.vector_files),
            fuzz_seeds.tagged_files,
            fuzz_seeds.pair_files,
        )
        others = {other: content for source in sources for other, content in source().items()}
        return name, others[rng.choice(list(others))]
    broken = broken_bytes if is_binary else broken_json if name.endswith(".json") else broken_text
    return name, broken(rng, data)


@cache
def _block() -> bytes:
    return gzip.compress(bytes(1 << 24), mtime=0)


def _bomb(data: bytes) -> bytes:
    """Returns a decompression bomb."""
    return gzip.compress(data, mtime=0) + _block() * (LARGE >> 24)


def _table(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, fuzz_seeds.table_files())
    flags = {
        "german": ("--decimal", ",", "--time-format", "%d.%m.%Y %H:%M"),
        "parts": ("--time", "year", "--time", "month", "--time", "day", "--time", "hour"),
        "zoned": ("--timezone", "Europe/Berlin"),
        "unix": ("--time-format", "s"),
        "utf16": ("--encoding", "utf-16"),
    }.get(name.partition(".")[0], ())
    if rng.random() < 0.2:
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
        if rng.random() < 0.15 and flag not in flags:
            mending += (flag, rng.choice(values))
    target = ("--target", "all") if rng.random() < 0.5 else ()
    where = rng.random()
    if where < 0.4:
        json_flag = ("--json",) if rng.random() < 0.3 else ()
        known = tuple(mending[i + j] for i in range(0, len(mending), 2) if mending[i] in CHECKED for j in (0, 1))
        return Case(("check", name, *flags, *known, *json_flag), {name: data})
    if where < 0.85:
        sizes = ("--window", rng.choice(("3", "6", "24")), "--horizon", rng.choice(("1", "2")), "--lead", "1")
        return Case(("train", "dense", "--data", name, *flags, *mending, *target, *sizes), {name: data})
    run = runs["forecast"]
    context = broken_text(rng, run["context.csv"])
    if rng.random() < 0.3:
        return Case(("forecast", RUN, "--data", "-"), in_folder(run), stdin=context)
    return Case(("forecast", RUN, "--data", "new.csv"), {**in_folder(run), "new.csv": context})


CHECKED = ("--missing", "--duplicates", "--resample", "--sentinel", "--encoding", "--id")
"""Flags of training that `seqkit check` also has."""


def _series(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, fuzz_seeds.series_files())
    where = rng.random()
    encoding = ("--encoding", rng.choice(ENCODINGS)) if rng.random() < 0.06 else ()
    missing = ("--missing", rng.choice(("interpolate", "drop"))) if rng.random() < 0.3 else ()
    if where < 0.6:
        return Case(("train", "dense", "--data", name, *encoding, *missing), {name: data})
    if where < 0.7:
        whole = fuzz_seeds.series_files()["waves.ts"]
        return Case(("train", "dense", "--data", "whole.ts", "--test", name), {"whole.ts": whole, name: data})
    if "series" not in runs:
        return Case(("train", "dense", "--data", name, "--scale", "none"), {name: data})
    command = ("predict", RUN) if where < 0.9 else ("evaluate", RUN)
    return Case((*command, "--data", name), {**in_folder(runs["series"]), name: data})


def _texts(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, fuzz_seeds.text_files())
    encoding = ("--encoding", "cp949") if name.startswith("korean") else ()
    if rng.random() < 0.08:
        encoding = ("--encoding", rng.choice(ENCODINGS))
    separator = ("--separator", "|") if name.startswith("several") else ()
    quotes = ("--quotes", rng.choice(("none", "backslash"))) if rng.random() < 0.3 else ()
    tokenizer = ("--tokenizer", rng.choice(("word", "word", "bpe", "char")))
    where = rng.random()
    files = {name: data}
    if where < 0.1:
        broken = {f"texts/{label}/{i}.txt": b"A fine film." for label in ("pos", "neg") for i in range(4)}
        broken[f"texts/{rng.choice(('pos', 'neg', '', ' ', 'x' * 200, 'train/pos'))}/{data[:3].hex()}.txt"] = data
        return Case(("train", "conv1d", "--data", "texts"), broken)
    if where < 0.6:
        return Case(("train", "conv1d", "--data", name, *encoding, *separator, *quotes, *tokenizer), files)
    if where < 0.7:
        whole = fuzz_seeds.text_files()["texts.csv"]
        return Case(("train", "conv1d", "--data", "whole.csv", "--test", name), {"whole.csv": whole, **files})
    run = in_folder(runs["classify"])
    if where < 0.8:
        return Case(("predict", RUN, "-"), run, stdin=data)
    json_flag = ("--json",) if rng.random() < 0.2 else ()
    if where < 0.95:
        return Case(("predict", RUN, "--data", name, *encoding, *quotes, *json_flag), {**run, **files})
    return Case(("evaluate", RUN, "--data", name), {**run, **files})


def _tagged(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, fuzz_seeds.tagged_files())
    files = {name: data}
    flags: Arguments = ("--repair",) if rng.random() < 0.3 else ()
    for flag, values in {
        "--scheme": ("IOB1", "IOB2", "IOE2", "BIOES", "IO", "plain"),
        "--word-column": ("1", "2", "word"),
        "--tag-column": ("2", "3", "tag"),
        "--tokenizer": ("char",),
        "--encoding": ENCODINGS,
    }.items():
        if rng.random() < 0.08:
            flags += (flag, rng.choice(values))
    where = rng.random()
    if where < 0.1:
        folder = {f"words/train.{name}": data, f"words/dev.{name}": fuzz_seeds.tagged_files()["words.conll"]}
        return Case(("train", "conv1d", "--task", "tag", "--data", "words", *flags), folder)
    if where < 0.6 or "tag" not in runs:
        return Case(("train", "conv1d", "--task", "tag", "--data", name, *flags), files)
    if where < 0.7:
        whole = fuzz_seeds.tagged_files()["words.conll"]
        test = ("--data", "whole.conll", "--test", name)
        return Case(("train", "conv1d", *test), {"whole.conll": whole, **files})
    run = in_folder(runs["tag"])
    if where < 0.8:
        return Case(("tag", RUN, "-"), run, stdin=data)
    if where < 0.95:
        output = ("--output", rng.choice(("out.conll", "out.jsonl", "out.csv"))) if rng.random() < 0.5 else ()
        return Case(("tag", RUN, "--data", name, *output), {**run, **files})
    return Case(("evaluate", RUN, "--data", name), {**run, **files})


def _pairs(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, fuzz_seeds.pair_files())
    whole = fuzz_seeds.pair_files()
    more: Arguments = ("--encoding", "utf-16") if name.startswith("utf16") else ()
    for flag, values in {
        "--source": ("2", "en", "target", "src", "nothing"),
        "--target": ("1", "de", "source", "translation.fr"),
        "--header": ("auto", "yes", "no"),
        "--quotes": ("none", "backslash"),
        "--subwords": ("separate", "joint"),
    }.items():
        more += (flag, rng.choice(values)) if rng.random() < 0.12 else ()
    more += ("--encoding", rng.choice(ENCODINGS)) if rng.random() < 0.08 and "--encoding" not in more else ()
    where = rng.random()
    if where < 0.55 or "translate" not in runs:
        other = {"a.de": "a.en", "a.en": "a.de"}.get(name)
        aligned = ("--data", other) if other and rng.random() < 0.8 else ()
        files = {name: data} | ({other: whole[other]} if other else {})
        return Case(("train", "encoder_decoder", "--data", name, *aligned, *more), files)
    if where < 0.65:
        files = {"whole.txt": whole["tatoeba.txt"], name: data}
        return Case(("train", "encoder_decoder", "--data", "whole.txt", "--test", name, *more), files)
    run = in_folder(runs["translate"])
    if where < 0.75:
        return Case(("translate", RUN, "-"), run, stdin=data)
    json_flag = ("--json",) if rng.random() < 0.2 else ()
    if where < 0.92:
        source = ("--source", rng.choice(("1", "en"))) if rng.random() < 0.3 else ()
        return Case(("translate", RUN, "--data", name, *source, *json_flag), {**run, name: data})
    return Case(("evaluate", RUN, "--data", name), {**run, name: data})


def _corpus(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, {**fuzz_seeds.corpus_files(), "texts.csv": fuzz_seeds.text_files()["texts.csv"]})
    more: Arguments = ("--phrases", "0.5") if rng.random() < 0.2 else ()
    more += ("--subwords", "3-6") if rng.random() < 0.2 else ()
    more += ("--tokenizer", "blank") if rng.random() < 0.2 else ()
    more += ("--encoding", rng.choice(ENCODINGS)) if rng.random() < 0.1 else ()
    if rng.random() < 0.1:
        return Case(("train", "skipgram", "--data", "-", *more), {}, stdin=data)
    if rng.random() < 0.1:
        whole = fuzz_seeds.corpus_files()["corpus.txt"]
        return Case(("train", "cbow", "--data", "whole.txt", "--data", name, *more), {"whole.txt": whole, name: data})
    return Case(("train", rng.choice(("skipgram", "cbow")), "--data", name, *more), {name: data})


def _music(rng: Random, runs: Runs) -> Case:
    name, data = _broken_file(rng, fuzz_seeds.music_files())
    small: Arguments = ("--batch-size", "1", "--chunk", "4", "--transpose", rng.choice(("0", "2")))
    more: Arguments = ("--voices", rng.choice(("1", "4", "5"))) if rng.random() < 0.2 else ()
    more += ("--resolution", rng.choice(("1", "96"))) if rng.random() < 0.2 else ()
    return Case(("train", "lstm", "--data", name, *small, *more), {name: data})


def _vectors(rng: Random, runs: Runs) -> Case:
    if rng.random() < 0.15:
        name, questions = rng.choice(list(fuzz_seeds.QUESTIONS.items()))
        flag = "--analogies" if name.startswith("analogies") else "--pairs"
        files = {"v.txt": fuzz_seeds.vector_files()["vectors.txt"], name: broken_text(rng, questions)}
        return Case(("evaluate", "v.txt", flag, name), files)
    name, data = _broken_file(rng, fuzz_seeds.vector_files())
    files = {name: data, "texts.csv": fuzz_seeds.text_files()["texts.csv"]}
    commands: tuple[Arguments, ...] = (
        ("neighbors", name, "king"),
        ("neighbors", name, "king", "--json", "--top", "3"),
        ("similarity", name, "king", "queen"),
        ("analogy", name, "man", "king", "woman"),
        ("analogy", name, "man", "king", "woman", "--method", "3cosmul"),
        ("export", name, "--output", "out.bin", "--format", rng.choice(("word2vec", "word2vec-bin", "glove"))),
        ("train", "conv1d", "--data", "texts.csv", "--vectors", name),
    )
    return Case(rng.choice(commands), files)


def _options(rng: Random, runs: Runs) -> Case:
    folders = {"f": "forecast", "c": "classify", "e": "embed", "t": "translate"}
    known = {name: runs[sort] for name, sort in folders.items() if sort in runs}
    available = {path: data for name, run in known.items() for path, data in in_folder(run, name).items()}
    arguments, files = options_case(rng, available)
    return Case(arguments, files)


KINDS: dict[str, Callable[[Random, Runs], Case]] = {
    "table": _table,
    "ts": _series,
    "texts": _texts,
    "tagged": _tagged,
    "pairs": _pairs,
    "corpus": _corpus,
    "vectors": _vectors,
    "music": _music,
    "run.json": manifest_case,
    "tokenizer.json": partial(file_case, only="tokenizer.json"),
    "run files": file_case,
    "options": _options,
}
"""Functions that make the cases of each kind."""
