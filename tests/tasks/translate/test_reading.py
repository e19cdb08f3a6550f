"""Reading of pairs to train on, to test on, and of sentences to translate."""

import pandas as pd
import pytest

from seqkit.data.pairs.pair_files import read_sentences
from seqkit.data.pairs.sentence_pairs import find_sources
from seqkit.errors import UsageError
from seqkit.registry import find_recipe
from seqkit.sources import find_source
from seqkit.tasks.translate.reading import read_new_pairs, read_translations
from seqkit.workflows.settings import plan_training


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: str) -> str:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return str(tmp_path / name)

    return write


def read(file: str, test: str | None = None, **finding):
    return read_translations(find_source(file, kind="pairs"), {}, finding, test)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "frage,antwort\nWer?,Ich.\n"),
        ("x.csv", "text,label\nWer?,Ich.\n"),
        ("x.txt", "Wer?\tIch.\n"),
        ("x.json", '[{"a": "b"}]'),
    ],
)
def test_recipes_that_translate_read_any_file_as_pairs(file, name, content):
    plan = plan_training(find_recipe("encoder_decoder"), file(name, content))
    assert (plan.task.name, plan.source.kind) == ("translate", "pairs")


def test_two_files_are_read_as_aligned_ones(file):
    plan = plan_training(find_recipe("encoder_decoder"), [file("a.de", "Wer?\n"), file("a.en", "Who?\n")])
    assert plan.source.kind == "pairs" and len(plan.source.files) == 2


def test_pairs_are_refused_by_recipes_that_do_not_translate(file):
    with pytest.raises(UsageError, match="contains sentence pairs, which needs the task 'translate'"):
        plan_training(find_recipe("conv1d"), file("x.txt", "Wer?\tIch.\n"))


def test_files_that_can_be_of_another_kind_only_are_not_read_as_pairs(file):
    with pytest.raises(UsageError, match="contains tagged words, which needs the task 'tag'"):
        plan_training(find_recipe("encoder_decoder"), file("x.conll", "Ada\tB-PER\nmet\tO\n\nTim\tB-PER\n"))


def test_labelled_texts_are_translated_only_if_the_columns_are_named(file):
    path = file("x.csv", "text,label\nWer?,Ich.\n")
    with pytest.raises(UsageError, match="contains labelled texts, not sentence pairs"):
        read(path)
    assert read(path, source="text", target="label").targets == ["Ich."]


def test_test_pairs_follow_those_of_training(file):
    train = file("train.tsv", "Go.\tVa.\n\tx\nSit.\tAssis.\n")
    pairs = read(train, file("test.tsv", "Run.\tCours.\n"), source="2", target="1")
    assert (pairs.sources, pairs.targets) == (["Va.", "Assis.", "Cours."], ["Go.", "Sit.", "Run."])
    assert pairs.parts.tolist() == ["train", "train", "test"] and pairs.rows.tolist() == [1, 3, 1]
    assert pairs.notes == ["left out 1 pair with an empty side (first row 2)", "parts: 2 train, 1 test"]


def test_rows_for_test_in_the_training_data_are_dropped_for_a_test_file(file):
    train = file("train.csv", "en,fr,part\na,b,train\nc,d,test\ne,f,validation\n")
    pairs = read(train, file("test.csv", "fr,en\nh,g\n"))
    assert pairs.sources == ["a", "e", "g"] and pairs.parts.tolist() == ["train", "validation", "test"]


def test_test_file_of_training_data_without_names_may_have_some(file):
    pairs = read(file("train.tsv", "Go.\tVa.\n"), file("test.csv", "en,fr\na,b\n"))
    assert pairs.sources == ["Go.", "a"] and pairs.targets == ["Va.", "b"]


def test_test_file_needs_the_columns_of_training(file):
    with pytest.raises(UsageError, match=r"test\.csv has no column 'fr', which the training data has"):
        read(file("train.csv", "en,fr\na,b\n"), file("test.csv", "en,de\na,b\n"))


def test_pairs_to_score_have_the_columns_of_training_or_their_own(file):
    def pairs(content: str):
        return read_new_pairs(find_source(file("new.csv", content), kind="pairs"), {}, ("fr", "en"))

    assert pairs("en,fr\na,b\n").columns == ("fr", "en") and not pairs("en,fr\na,b\n").notes
    assert pairs("source,target\na,b\n").columns == ("source", "target")
    assert pairs("source,target\na,b\n").notes == [
        "scores translations of 'source' to 'target', as there are no columns 'fr' and 'en', which the run translates"
    ]


@pytest.mark.parametrize(
    ("name", "content", "options", "expected"),
    [
        ("new.txt", "Go, Tom.\n\nRun.\n", {}, ["Go, Tom.", "", "Run."]),
        ("new.txt", "one\ttwo\nthree\tfour\n", {"trained": "2"}, ["two", "four"]),
        ("new.txt", "one\ttwo\nthree\tfour\n", {"trained": "2", "source": "1"}, ["one", "three"]),
        ("new.csv", "id,fr\n1,Va.\n2,\n", {"trained": "fr"}, ["Va.", ""]),
        ("new.txt", "id,fr\n1,Va.\n2,\n", {"trained": "fr"}, ["Va.", ""]),
        ("new.csv", "de,en\nGeh.,Go.\n", {"trained": "1"}, ["Geh."]),
        ("new.jsonl", '{"text": "Geh."}\n{"text": "Komm."}\n', {"trained": "de"}, ["Geh.", "Komm."]),
    ],
)
def test_sentences_to_translate_are_found_in_any_file(file, name, content, options, expected):
    wanted = [value for value in options.values() if value]
    frame = read_sentences(file(name, content), columns=wanted)
    assert find_sources(frame, **{"source": None, "trained": None, **options}) == expected


def test_unclear_column_to_translate_is_refused():
    frame = pd.DataFrame([["a", "b", "c"]], columns=["x", "y", "z"])
    with pytest.raises(UsageError, match=r"frame has no column 'fr', which the training data has.*--source"):
        find_sources(frame, trained="fr")
