"""Recognition of sentence pairs, and of files that only look like them."""

import gzip
import json

import pandas as pd
import pytest

from seqkit.data.files.sniffing import kind_of
from seqkit.data.pairs.column_names import is_language, usual_columns
from seqkit.sources import find_source

GREETINGS = [
    ("Go.", "Va !"),
    ("Run!", "Cours !"),
    ("I see.", "Je comprends."),
    ("Who?", "누구?"),
    ("Stop!", "Arrête !"),
]


def tabbed(*ends: str) -> bytes:
    return "".join("\t".join([*pair, *ends]) + "\n" for pair in GREETINGS).encode()


def comma(*names: str, rows: list[tuple[str, ...]] = GREETINGS) -> bytes:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in [names, *rows]).encode()


def lines(*names: str) -> bytes:
    return "".join(json.dumps(dict(zip(names, pair, strict=True))) + "\n" for pair in GREETINGS).encode()


PAIRS = [
    ("fra.txt", tabbed()),
    ("fra.txt", tabbed("CC-BY 2.0 (France) Attribution: tatoeba.org #1 (a) & #2 (b)")),
    ("fra.txt", tabbed().replace(b"\n", b"\r\n")),
    ("fra.tsv.gz", gzip.compress(tabbed(), mtime=0)),
    ("fra.txt", "".join(f"Take {i} of them.\tPrends-en {i}.\n" for i in range(9000)).encode()),
    ("fra.txt", "Go.\tVa".encode("utf-16")),
    ("x.csv", comma("source", "target")),
    ("x.csv", comma("English", "French")),
    ("x.csv", b"\xef\xbb\xbf" + comma("de", "en-US")),
    ("x.csv", comma("target", "source")),
    ("x.tsv", b"src\ttgt\n" + tabbed()),
    ("x.csv", comma("source", "target", "score", rows=[(*pair, "0.5") for pair in GREETINGS])),
    ("x.jsonl", lines("en", "fr")),
    ("x.json", b"[" + lines("en", "fr").strip().replace(b"\n", b",\n") + b"]"),
    ("x.jsonl", b'{"id": 1, "translation": {"en": "Go on.", "fr": "Continue."}}\n'),
]

OTHERS = [
    ("x.tsv", b"text\tlabel\n" + tabbed(), "texts"),
    ("x.tsv", b"comment\tsentiment\nGood film.\tpos\n", "texts"),
    ("x.tsv", "".join(f"Film {i} was good.\t{'pos' if i % 2 else 'neg'}\n" for i in range(20)).encode(), "table"),
    ("x.csv", comma("source", "text", "target", rows=[("web", "Good.", "pos")]), "texts"),
    ("x.csv", comma("en", "fr", "label", rows=[("Go.", "Va.", "pos")]), "table"),
    ("x.csv", b"time,source,target\n2020-01-01,1,2\n2020-01-02,2,3\n", "table"),
    ("x.csv", b"date,de,fr\n2020-01-01,1,2\n2020-01-02,2,3\n", "table"),
    ("x.csv", comma("source", "target", rows=[(f"Film {i} was good.", "pos") for i in range(20)]), "table"),
    ("x.csv", b"en,fr\n", "table"),
    ("x.csv", b"en,fr,de\nGo.,Va.,Los.\n", "table"),
    ("x.tsv", b"time\tvalue\n2020-01-01\t1\n", "table"),
    ("x.tsv", b"1\t2\n3\t4\n", "table"),
    ("x.conll", b"Ada\tB-PER\nmet\tO\nTim\tB-PER\n\nHello\tO\n", "tagged"),
    ("x.txt", tabbed() + b"no tab\n", "table"),
    ("x.tsv", tabbed() * 40, "table"),
    ("x.jsonl", b'{"source": "web", "text": "Good.", "label": "pos"}\n', "texts"),
    ("x.jsonl", b"".join(b'{"source": "Film %d.", "target": "pos"}\n' % i for i in range(20)), "texts"),
    ("x.jsonl", b'{"en": "Go.", "fr": ', "texts"),
    ("x.jsonl", b"[1, 2]", "texts"),
]


@pytest.mark.parametrize(("name", "content"), PAIRS)
def test_pairs_are_recognised(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name) == "pairs"


@pytest.mark.parametrize(("name", "content", "kind"), OTHERS)
def test_other_files_are_not_taken_for_pairs(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name) == kind


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (pd.DataFrame(GREETINGS, columns=["eng", "fra"]), "pairs"),
        (pd.DataFrame(GREETINGS, columns=["source", "target"]), "pairs"),
        (pd.DataFrame([[1.0, 2.0]], columns=["de", "fr"]), "table"),
        (pd.DataFrame(GREETINGS, columns=["text", "label"]), "texts"),
        (pd.DataFrame([], columns=["en", "fr"]), "table"),
    ],
)
def test_frames_and_parquet_files_are_recognised_by_names_and_types(tmp_path, frame, kind):
    assert kind_of(frame) == kind
    if len(frame):
        frame.to_parquet(tmp_path / "x.parquet")
        assert kind_of(tmp_path / "x.parquet") == kind


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("source", "target"), "pairs"),
        (("source",), "pairs"),
        (("target",), "table"),
        (("text", "label"), "texts"),
        (("window", "source"), "table"),
        ((), "table"),
    ],
)
def test_options_determine_the_kind_of_an_ambiguous_file(tmp_path, options, kind):
    (tmp_path / "x.csv").write_text("first,second\nGo.,Va.\n")
    assert find_source(tmp_path / "x.csv", options).kind == kind


def test_recognised_pairs_stay_pairs_with_an_option_that_tables_have_too(tmp_path):
    (tmp_path / "x.txt").write_bytes(tabbed())
    assert find_source(tmp_path / "x.txt", ("target", "units")).kind == "pairs"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("source", "target"), ("source", "target")),
        (("Target", "id", "Source "), ("Source ", "Target")),
        (("question", "answer"), ("question", "answer")),
        (("fra", "eng"), ("fra", "eng")),
        (("eng", "fra", "part"), ("eng", "fra")),
        (("translation.de", "translation.en"), ("translation.de", "translation.en")),
        (("de", "en", "fr"), None),
        (("source", "en"), None),
        (("source", "target", "en", "de"), None),
        (("id", "en"), None),
        (("no", "de"), None),
        (("a", "b"), None),
        ((), None),
    ],
)
def test_usual_names_of_source_and_target(names, expected):
    assert usual_columns(names) == expected


@pytest.mark.parametrize("name", ["de", "DE", "deu", "German", "pt-BR", "pt_br", "zh-Hans", "data.ko"])
def test_languages_by_name_or_code(name):
    assert is_language(name)


@pytest.mark.parametrize("name", ["", "id", "no", "delay", "de-", "german-shepherd", "temperature", "in_"])
def test_other_names_are_no_languages(name):
    assert not is_language(name)


@pytest.mark.parametrize("path", ["anki_fra_eng/fra.txt", "anki_kor_eng/kor.txt"])
def test_public_pairs_are_recognised(requires_data, path):
    assert kind_of(str(requires_data(path))) == "pairs"
