"""Datasets for word vectors: contents, and refusal of wrong files."""

import importlib
from pathlib import Path

import pytest
import requests

from seqkit.data.vectors.analogies import read_analogies, sections_of
from seqkit.errors import DataError, NotFoundError
from seqkit.registry import datasets

KINDS = {"questions_words": "analogies", "wordsim353": "word_pairs", "wikitext2": "corpus"}
FILES = {
    "questions_words": ("questions-words.txt", "https://raw.githubusercontent.com/tmikolov/word2vec/"),
    "wordsim353": ("EN-WS-353-ALL.txt", "https://raw.githubusercontent.com/mfaruqui/eval-word-vectors/"),
    "wikitext2": ("train.txt", "https://raw.githubusercontent.com/pytorch/examples/"),
}


def load(name: str, **options):
    return importlib.import_module(f"seqkit.datasets.{name}").load(**options)


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Returns a function that puts a text into an empty cache, as the file of a dataset."""
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))

    def write(name: str, content: str | bytes, file: str | None = None) -> Path:
        path = tmp_path / name / (file or FILES[name][0])
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("name", KINDS)
def test_constants_and_docstring_describe_the_dataset(name):
    source = datasets()[name]
    said = source.constants
    assert (said["KIND"], said["TASKS"]) == (KINDS[name], ("embed",))
    assert said["LICENCE"] and said["SOURCE"].startswith(FILES[name][1])
    first, blank, *more = source.docstring.splitlines()
    assert first.endswith(".") and len(first) <= 117 and blank == ""
    assert "source" in "\n".join(more).lower()
    assert all(option.help for option in source.options("load"))


@pytest.mark.parametrize("name", KINDS)
def test_offline_message_names_source_and_path(name, tmp_path, monkeypatch):
    def unreachable(*arguments: object, **options: object) -> None:
        raise requests.ConnectionError("no route")

    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))
    monkeypatch.setattr(requests, "get", unreachable)
    file, address = FILES[name]
    with pytest.raises(NotFoundError) as refusal:
        load(name)
    assert f"Download {address}" in str(refusal.value)
    assert f"{file} by hand and save it as {tmp_path / name / file}." in str(refusal.value)


def test_questions_equal_the_file_by_section(requires_data):
    path = requires_data("questions_words/questions-words.txt")
    frame = load("questions_words")
    assert list(frame.columns) == ["section", "a", "b", "c", "d"] and len(frame) == 19_544
    assert frame.iloc[0].tolist() == ["capital-common-countries", "Athens", "Greece", "Baghdad", "Iraq"]
    counts = frame["section"].value_counts(sort=False).tolist()
    assert counts == [506, 4524, 866, 2467, 506, 992, 812, 1332, 1122, 1056, 1599, 1560, 1332, 870]
    assert sections_of(frame) == read_analogies(path)


def test_pairs_equal_the_file(requires_data):
    requires_data("wordsim353/EN-WS-353-ALL.txt")
    frame = load("wordsim353")
    assert list(frame.columns) == ["word", "other", "score"] and len(frame) == 353
    assert frame.iloc[1].tolist() == ["tiger", "cat", 7.35]
    assert sorted(frame.loc[(frame["word"] == "money") & (frame["other"] == "cash"), "score"]) == [9.08, 9.15]


@pytest.mark.parametrize(
    ("part", "lines", "words"),
    [("train", 23_767, 2_051_910), ("validation", 2_461, 213_886), ("test", 2_891, 241_211)],
)
def test_articles_are_read_part_by_part_without_blank_lines(part, lines, words, requires_data):
    requires_data("wikitext2")
    text = load("wikitext2", part=part)["text"]
    assert len(text) == lines and text.str.split().str.len().sum() == words
    assert (text == text.str.strip()).all()


def test_corpus_lines_end_only_at_line_feeds(put, monkeypatch):
    put("wikitext2", " \n = A = \n \n b\u2028c \u0085 d . \n", "valid.txt")
    monkeypatch.setitem(importlib.import_module("seqkit.datasets.wikitext2")._WORDS, "valid.txt", 7)
    assert load("wikitext2", part="validation")["text"].tolist() == ["= A =", "b\u2028c \u0085 d ."]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("questions_words", ": a\nb c d e\n: f\n", "it has 1 questions in 2 sections, expected 19,544 in 14."),
        ("questions_words", ": a\nb c d\n", "line 2 has 3 words, expected 4"),
        ("wordsim353", "a\tb\t3\nc\td\t4\n", "it has 2 pairs rated 3 to 4, expected 353 rated 0 to 10."),
        ("wordsim353", "a\tb\t3\n" * 352 + "c\td\t40\n", "it has 353 pairs rated 3 to 40"),
        ("wikitext2", "two words", "it has 2 words, expected 2,051,910."),
        ("wikitext2", b"caf\xe9", "it must be UTF-8."),
    ],
)
def test_wrong_file_is_refused(put, name, content, complaint):
    path = put(name, content)
    with pytest.raises(DataError) as refusal:
        load(name)
    assert str(refusal.value).startswith(f"{path} is not the expected file: ")
    assert complaint in str(refusal.value)
    assert str(refusal.value).endswith("Delete it to download it again.")
