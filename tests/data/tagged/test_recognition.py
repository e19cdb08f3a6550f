"""Tagged words are told from all other kinds of data by their content."""

import json

import pandas as pd
import pytest

from seqkit.data.files.sniffing import kind_of

FILE = "data.txt"
CONLL = "EU NNP B-org\nrejects VBZ O\ncall NN O\n\nPeter NNP B-person\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (FILE, CONLL),
        (FILE, CONLL.replace(" ", "\t")),
        (FILE, CONLL.replace("\n", "\r\n")),
        (FILE, "\ufeff" + CONLL),
        (FILE, "-DOCSTART- -X- O\n\n" + CONLL),
        (FILE, "# a comment = 1\n" + CONLL),
        ("data.csv", CONLL.replace(" ", "\t")),
        (FILE, "the\tDET\ncat\tNOUN\nsat\tVERB\n\nthe\tDET\ndog\tNOUN\n"),
        ("data.conll", "a b\nc\n"),
        ("data.jsonl", '{"text": "Ada met", "spans": [{"start": 0, "end": 3, "label": "person"}]}\n'),
        ("data.jsonl", '{"text": "hi", "label": []}\n{"text": "Ada", "label": [[0, 3, "person"]]}\n'),
        (
            "data.json",
            json.dumps([{"text": "hi", "entities": []}, {"text": "Ada", "entities": [[0, 3, "p"]]}], indent=2),
        ),
        ("data.json", json.dumps({"version": 2, "examples": [{"text": "Ada", "entities": [[0, 3, "p"]]}]})),
        ("data.json", json.dumps([["Ada", {"entities": [[0, 3, "p"]]}]])),
        ("data.jsonl", '{"label": [[0, 3, "person"]], "text": "Ada met"}\n'),
        (FILE, '{"tokens": ["Ada", "met"], "ner_tags": ["B-p", "O"]}\n'),
        ("data.csv", "sentence,word,tag\n1,Ada,B-p\n1,met,O\n2,Tim,B-p\n"),
        ("data.csv", "Sentence #,Word,POS,Tag\nSentence: 1,Ada,N,B-p\n,met,V,O\n"),
        ("data.csv", "sentence,word,label\n1,Ada,B-p\n1,met,O\n2,Tim,B-p\n"),
    ],
)
def test_tagged_words_are_recognised(written, name, text):
    assert kind_of(written(text, name)) == "tagged"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("data.csv", "text,label\nA fine film.,pos\nA dull one.,neg\n", "texts"),
        ("data.tsv", "text\tlabel\nfine\tpos\n\ndull\tneg\n\nbad\tneg\n", "texts"),
        ("data.csv", "word,sentence,label\nbank,He sat on the bank,1\nbank,The bank paid,0\n", "texts"),
        ("data.jsonl", '{"text": "A fine film.", "label": "pos"}\n', "texts"),
        ("data.jsonl", '{"text": "A fine film.", "labels": ["pos", "new", "x"]}\n', "texts"),
        (
            "data.jsonl",
            '{"text": "A film.", "label": "pos", "spans": [{"start": 0, "end": 1, "label": "x"}]}\n',
            "texts",
        ),
        ("data.jsonl", '{"tokens": ["a", "fine", "film"], "label": "pos"}\n', "texts"),
        ("data.jsonl", '{"text": "hi"}\n', "texts"),
        ("data.csv", "date,value\n2020-01-01,1\n2020-01-02,2\n", "table"),
        ("data.csv", "date\tvalue\n\n2020-01-01\t1\n2020-01-02\t2\n\n2020-01-03\t3\n", "table"),
        (FILE, "love sex 6.77\ntiger cat 7.35\n\nbook paper 7.46\nking cabbage 0.23\n", "table"),
        (FILE, "the night is dark\nno star is bright\n\nthe wind is low\nthe sea is slow\n", "table"),
        (FILE, "Hello there!\n\nHow are you today?\nFine.\n", "table"),
        (FILE, ": capitals\nAthens Greece Baghdad Iraq\nAthens Greece Bern Switzerland\n", "table"),
        ("data.tsv", "Go.\tVa !\nHi.\tSalut !\nRun!\tCours !\n", "pairs"),
        ("data.csv", "sentence,word,count\n1,a,3\n1,b,4\n", "table"),
    ],
)
def test_other_kinds_stay_what_they_are(written, name, text, kind):
    assert kind_of(written(text, name)) == kind


def test_folder_is_of_the_kind_of_its_training_file(written, tmp_path):
    written(CONLL, "train.txt")
    assert kind_of(tmp_path) == "tagged"
    written("Just text.\n", "train.txt")
    assert kind_of(tmp_path) == "texts"


def test_frames():
    words = {"sentence": [1, 1, 2], "word": ["Ada", "met", "Tim"], "tag": ["B-p", "O", "B-p"]}
    assert kind_of(pd.DataFrame(words)) == "tagged"
    texts = {"sentence": ["He sat on the bank", "The bank paid"], "word": ["bank", "bank"], "label": [1, 0]}
    assert kind_of(pd.DataFrame(texts)) == "texts"
    assert kind_of(pd.DataFrame({"sentence": [1], "word": ["a b"], "tag": ["O"]})) == "table"
    assert kind_of(pd.DataFrame({"sentence": [1], "word": ["a"]})) == "table"


def test_parquet(tmp_path):
    path = tmp_path / "data.parquet"
    pd.DataFrame({"sentence_id": [1], "token": ["a"], "ner": ["O"]}).to_parquet(path)
    assert kind_of(path) == "tagged"
    pd.DataFrame({"sentence": ["He sat"], "word": ["sat"], "label": ["x"]}).to_parquet(path)
    assert kind_of(path) == "texts"


def test_file_cut_in_the_middle_of_a_line(written):
    assert kind_of(written(CONLL * 3000 + "half a line")) == "tagged"
    record = '{"text": "Ada met", "spans": [{"start": 0, "end": 3, "label": "person"}]},\n'
    assert kind_of(written("[" + record * 3000 + "{}]", "data.json")) == "tagged"
