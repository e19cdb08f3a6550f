"""Inputs of the fuzz test: small valid files of all formats that seqkit reads, and small runs."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.measure import note, seqkit_process

TRAININGS = {
    "forecast": ("dense", "--data", "demo_weather", "--rows", "300", "--window", "6", "--lead", "1", "--units", "4"),
    "classify": ("conv1d", "--data", "demo_reviews", "--rows", "60", "--filters", "2", "--embedding", "4"),
    "series": ("dense", "--units", "4"),
    "tag": ("conv1d", "--data", "demo_names", "--sentences", "60", "--filters", "4", "--embedding", "4"),
    "embed": ("skipgram", "--data", "demo_royalty", "--sentences", "300", "--dim", "4"),
    "generate": (
        "gru", "--task", "generate", "--data", "demo_tales", "--tales", "8", "--tokenizer", "word", "--units", "4",
        "--embedding", "4", "--batch-size", "2", "--chunk", "8",
    ),
    "subwords": ("cbow", "--data", "demo_royalty", "--sentences", "300", "--dim", "4", "--subwords", "3-4"),
    "translate": (
        "encoder_decoder", "--data", "demo_commands", "--commands", "100", "--units", "4", "--embedding", "4",
    ),
}  # fmt: skip
"""Arguments of `seqkit train` for a run of each type."""

ROWS = 48

SENTENCES = (
    "the old king and the queen ruled the land", "a man walked to the river with the woman",
    "the prince is the son of the king", "the princess is the daughter of the queen", "왕은 나라를 다스렸다",
    "Don't ask why; the café was closed.", "boys and girls play in the royal garden", "the woman saw the old man",
)  # fmt: skip


def train_runs(folder: Path) -> dict[str, Path]:
    """Trains a run of each type in a folder, and returns their paths."""
    (folder / "waves.ts").write_bytes(series_files()["waves.ts"])
    for name, arguments in TRAININGS.items():
        data = ("--data", str(folder / "waves.ts")) if name == "series" else ()
        note(f"training a run: {' '.join(arguments)}")
        seqkit_process("train", *arguments, *data, "--epochs", "1", "--out", str(folder / name), "--quiet")
    return {name: folder / name for name in TRAININGS}


@cache
def table_files() -> dict[str, bytes]:
    """Returns time series tables: wide and long, with various delimiters, dates, encodings and formats."""
    times = [f"2015-01-{1 + i // 24:02} {i % 24:02}:00:00" for i in range(ROWS)]
    values = [(10 + i % 24 / 2, 990 + i / 7) for i in range(ROWS)]
    wide = "".join(f"{t},{a:.2f},{b:.2f}\n" for t, (a, b) in zip(times, values, strict=True))
    long = "".join(
        f"{name},{t},{a:.2f}\n" for name in ("north", "süd") for t, (a, _) in zip(times, values, strict=True)
    )
    german = "".join(
        f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:16]};" + f"{a:.2f};{b:.2f}\n".replace(".", ",")
        for t, (a, b) in zip(times, values, strict=True)
    )
    parts = "".join(f"2015\t1\t{1 + i // 24}\t{i % 24}\t{a}\n" for i, (a, _) in enumerate(values))
    quoted = "".join(f'"{t}","{a}","a ""b"", c"\n' for t, (a, _) in zip(times, values, strict=True))
    zoned = "".join(f"{t.replace(' ', 'T')}+01:00,{a},{b}\n" for t, (a, b) in zip(times, values, strict=True))
    unix = "".join(f"{1420070400 + 3600 * i},{a},{b}\n" for i, (a, b) in enumerate(values))
    months = "".join(f"{1970 + i // 12}-{1 + i % 12:02},{100 + i}\n" for i in range(ROWS))
    files = {
        "wide.csv": f"Date Time,T (degC),p (mbar)\n{wide}",
        "long.csv": f"unique_id,ds,y\n{long}",
        "german.csv": f"Zeit;T;Druck\n{german}",
        "parts.tsv": f"year\tmonth\tday\thour\ty\n{parts}",
        "quoted.csv": f'time,y,"a note, of sorts"\n{quoted}',
        "zoned.csv": f"timestamp,target,other\n{zoned}",
        "unix.csv": f"time,y,x\n{unix}",
        "months.csv": f"Month,Passengers\n{months}",
    }
    return {name: text.encode() for name, text in files.items()} | {
        "utf16.csv": files["wide.csv"].encode("utf-16"),
        "table.parquet": _parquet(times, [a for a, _ in values]),
    }


@cache
def series_files() -> dict[str, bytes]:
    """Returns `.ts` files: univariate and multivariate, of equal and variable length, with and without labels.

    Also the other formats of the archives: ARFF, and lines with the class first.
    """
    head = "# waves\n@problemName waves\n@timeStamps false\n"
    waves = [[round(i * (1 + k % 2) % 7 / 2 + k / 50, 2) for i in range(8 + k % 3)] for k in range(24)]
    one = "".join(f"{','.join(map(str, wave))}:{'fast' if k % 2 else 'slow'}\n" for k, wave in enumerate(waves))
    two = "".join(
        f"{','.join(map(str, wave[:8]))}:{','.join(str(-v) for v in wave[:8])}:{k % 3}\n"
        for k, wave in enumerate(waves)
    )
    bare = "".join(f"{','.join(map(str, wave))}\n" for wave in waves)
    steps = "".join(f"@attribute t{step} numeric\n" for step in range(8))
    plain = "".join(f"{','.join(map(str, wave[:8]))},{k % 2}\n" for k, wave in enumerate(waves))
    nested = "".join(
        f"'{','.join(map(str, wave[:8]))}\\n{','.join(str(-v) for v in wave[:8])}',{k % 2}\n"
        for k, wave in enumerate(waves)
    )
    first = "".join(f"{k % 2}\t" + "\t".join(map(str, wave[:8])) + "\n" for k, wave in enumerate(waves))
    files = {
        "plain.arff": f"% waves\n@relation waves\n{steps}@attribute class {{0,1}}\n@data\n{plain}",
        "nested.arff": f"@relation waves\n@attribute x relational\n{steps}@end x\n@attribute class {{0,1}}\n@data\n"
        f"{nested}",
        "waves_TEST.tsv": first,
        "waves.ts": f"{head}@univariate true\n@equalLength false\n@classLabel true slow fast\n@data\n{one}",
        "two.ts": f"{head}@missing false\n@univariate false\n@dimensions 2\n@equalLength true\n@seriesLength 8\n"
        f"@classLabel true 0 1 2\n@data\n{two}",
        "bare.ts": f"{head}@univariate true\n@classLabel false\n@data\n{bare}",
    }
    return {name: text.encode() for name, text in files.items()}


@cache
def text_files() -> dict[str, bytes]:
    """Returns labelled texts: CSV, TSV, JSON lines, a JSON array, fastText, Parquet, and archives of folders."""
    rows = [(f"{SENTENCES[i % len(SENTENCES)]} {i}", "pos" if i % 2 else "neg") for i in range(24)]
    records = [{"text": text, "label": label, "stars": i} for i, (text, label) in enumerate(rows)]
    files = {
        "texts.csv": "text,label\n" + "".join(f'"{text}",{label}\n' for text, label in rows),
        "several.csv": "id;review;labels\n" + "".join(f"{i};{t};a|{b}\n" for i, (t, b) in enumerate(rows)),
        "texts.tsv": "text\tlabel\tpart\n" + "".join(f"{t}\t{b}\ttrain\n" for t, b in rows),
        "texts.jsonl": "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records),
        "texts.json": json.dumps(records),
        "nested.jsonl": "".join(json.dumps({"text": {"body": t}, "label": [{"name": b}]}) + "\n" for t, b in rows),
        "wrapped.json": json.dumps({"version": 1, "data": records}, indent=1),
        "columns.json": json.dumps({"text": dict(enumerate(t for t, _ in rows)), "label": dict(enumerate("ab" * 12))}),
        "escaped.csv": "text,label\n" + "".join(f'"a \\"{text}\\"", "{label}"\n' for text, label in rows),
        "fasttext.txt": "".join(f"__label__{label} {text}\n" for text, label in rows),
    }
    packed = {name: text.encode() for name, text in files.items()}
    packed["korean.csv"] = files["texts.csv"].encode("cp949", "replace")
    packed["texts.parquet"] = _parquet([text for text, _ in rows], [label for _, label in rows], ("text", "label"))
    return packed | {f"texts.{form}": _archive(form, rows) for form in ("zip", "tar", "tar.gz")}


@cache
def tagged_files() -> dict[str, bytes]:
    """Returns tagged words: CoNLL columns of several schemes, JSON of annotation tools, and tables of words."""
    texts = [f"Ada {name} met Tim in Paris {i} times ." for i, name in enumerate(("Lee", "왕", "de la Cruz") * 8)]
    rows: list[list[tuple[str, str]]] = []
    for text in texts:
        words = text.split()
        person = words.index("met")
        tags = ["B-person", *["I-person"] * (person - 1), "O", "B-person", "O", "B-place"]
        rows.append(list(zip(words, [*tags, *["O"] * (len(words) - len(tags))], strict=True)))

    def columns(separator: str, form: Callable[[int, str, str], tuple[str, ...]], before: str = "") -> str:
        sentences = (
            "".join(separator.join(form(i, word, tag)) + "\n" for i, (word, tag) in enumerate(row, start=1))
            for row in rows
        )
        return "\n".join(before * (number % 6 == 0) + sentence for number, sentence in enumerate(sentences))

    spans = [{"text": text, "spans": [{"start": 0, "end": text.index(" met"), "label": "person"}]} for text in texts]
    lists = [{"tokens": [word for word, _ in row], "ner_tags": [tag for _, tag in row]} for row in rows]
    table = "".join(f"{n},{word},{tag}\n" for n, row in enumerate(rows) for word, tag in row)
    files = {
        "words.conll": columns("\t", lambda _, word, tag: (word, tag)),
        "documents.conll": columns(" ", lambda _, word, tag: (word, "N", tag), "-DOCSTART- -X- O\n\n# a = b\n"),
        "iob1.txt": columns("\t", lambda _, word, tag: (word, tag.replace("B-", "I-"))),
        "speech.conllu": columns(
            "\t", lambda i, word, tag: (str(i), word, word, tag.upper(), *"______"), "# newdoc id = 1\n"
        ),
        "spans.jsonl": "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in spans),
        "doccano.jsonl": "".join(
            json.dumps({"text": text, "label": [[0, text.index(" met"), "person"]]}) + "\n" for text in texts
        ),
        "lists.json": json.dumps(lists, indent=1),
        "words.csv": f"sentence,word,tag\n{table}",
    }
    return {name: text.encode() for name, text in files.items()}


@cache
def pair_files() -> dict[str, bytes]:
    """Returns sentence pairs: lines with tabs, CSV, TSV with a header, JSON lines, Parquet, and two aligned files."""
    pairs = [(f"{SENTENCES[i % len(SENTENCES)]} {i}", f"{i} {SENTENCES[-1 - i % len(SENTENCES)]}") for i in range(24)]
    files = {
        "tatoeba.txt": "".join(f"{a}\t{b}\n" for a, b in pairs),
        "licence.txt": "".join(f"{a}\t{b}\tCC-BY 2.0 (France) #{i}\n" for i, (a, b) in enumerate(pairs)),
        "pairs.csv": "source,target,part\n" + "".join(f'"{a}","{b}",train\n' for a, b in pairs),
        "pairs.tsv": "en\tde\n" + "".join(f'"{a}"\t{b}\n' for a, b in pairs),
        "pairs.jsonl": "".join(json.dumps({"src": a, "tgt": b}, ensure_ascii=False) + "\n" for a, b in pairs),
        "pairs.json": json.dumps([{"translation": {"en": a, "fr": b}} for a, b in pairs]),
        "a.de": "".join(f"{a}\n" for a, _ in pairs),
        "a.en": "".join(f"{b}\n" for _, b in pairs),
    }
    return {name: text.encode() for name, text in files.items()} | {
        "utf16.txt": files["tatoeba.txt"].encode("utf-16"),
        "pairs.parquet": _parquet([a for a, _ in pairs], [b for _, b in pairs], ("english", "french")),
    }


@cache
def corpus_files() -> dict[str, bytes]:
    """Returns running text."""
    text = "\n".join(SENTENCES * 4)
    return {"corpus.txt": text.encode(), "latin.txt": text.encode("latin-1", "replace")}


@cache
def vector_files() -> dict[str, bytes]:
    """Returns word vectors: word2vec text and binary, and GloVe."""
    words = ["king", "queen", "man", "woman", "the", "old", "왕", "café", "son", "river"]
    rows = [[round(((7 * i + 3 * j) % 11 - 5) / 5, 3) for j in range(8)] for i in range(len(words))]
    lines = [f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, rows, strict=True)]
    records = [word.encode() + b" " + struct.pack("<8f", *row) for word, row in zip(words, rows, strict=True)]
    head = f"{len(words)} 8\n".encode()
    return {
        "vectors.txt": head + "".join(lines).encode(),
        "vectors.vec": head + "".join(lines).encode(),
        "glove.txt": "".join(lines).encode(),
        "vectors.bin": head + b"".join(records),
        "ended.bin": head + b"\n".join(records) + b"\n",
    }


@cache
def music_files() -> dict[str, bytes]:
    """Returns music: JSON of frames, and a MIDI file written by hand."""
    piece = [[67 + i % 5, 64 - i % 3, 60, 48 + i % 2] for i in range(32)]
    delta, track = b"\x30", b""
    for pitch in (60, 64, 67, 72):
        track += b"\x00\x90" + bytes((pitch, 64)) + delta + b"\x80" + bytes((pitch, 0))
    track += b"\x00\xff\x2f\x00"
    midi = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 48) + b"MTrk" + struct.pack(">I", len(track)) + track
    return {
        "pieces.json": json.dumps([piece[k:] for k in range(8)]).encode(),
        "parts.json": json.dumps({"train": [piece, piece], "valid": [piece[:9]], "test": [piece[3:]]}).encode(),
        "piece.mid": midi,
    }


@cache
def newer_weather() -> bytes:
    """Returns rows that continue the training data of the forecast run."""
    from seqkit.registry import find_dataset

    frame = find_dataset("demo_weather").load().load(rows=360)
    return frame.to_csv(index=False).encode()


QUESTIONS = {
    "analogies.txt": b": family\nking queen man woman\nman woman king queen\n: other\nthe old son river\n",
    "pairs.tsv": b"king\tqueen\t8.5\nman\twoman\t8.3\nson\triver\t1.2\n",
    "pairs.csv": b"Word 1,Word 2,Human (mean)\nking,queen,8.5\nman,woman,8.3\nson,river,1.2\n",
}
"""Files that score word vectors."""


def _archive(form: str, rows: list[tuple[str, str]]) -> bytes:
    file = io.BytesIO()
    names = [f"data/{label}/{i}.txt" for i, (_, label) in enumerate(rows)]
    if form == "zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, (text, _) in zip(names, rows, strict=True):
                archive.writestr(zipfile.ZipInfo(name), text)
        return file.getvalue()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, (text, _) in zip(names, rows, strict=True):
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    if form == "tar":
        return file.getvalue()
    return gzip.compress(file.getvalue(), mtime=0)


def _parquet(first: list[str], second: list[float] | list[str], names: tuple[str, str] = ("time", "y")) -> bytes:
    import pyarrow
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(pyarrow.table({names[0]: first, names[1]: second}), file)
    return file.getvalue()
