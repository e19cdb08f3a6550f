"""WNUT 2017: the published counts, and refusal of wrong files."""

import importlib

import pytest

from seqkit.data.tagged.schemes import spans_of
from seqkit.data.tagged.token_tables import corpus_of_frame
from seqkit.errors import DataError

wnut17 = importlib.import_module("seqkit.datasets.wnut17")


def test_parts_and_names_are_the_published_ones(requires_data):
    for name in wnut17._COUNTS:
        requires_data(f"wnut17/{name}")
    corpus = corpus_of_frame(wnut17.load())
    assert "parts: 3,394 train, 1,009 validation, 1,287 test" in corpus.notes
    names = dict.fromkeys(("train", "validation", "test"), 0)
    for part, tags in zip(corpus.parts.tolist(), corpus.tags, strict=True):
        names[part] += len(spans_of(tags))
    assert names == {"train": 1975, "validation": 836, "test": 1079}
    assert corpus.words[0][:3] == ("@paulwalk", "It", "'s")


def test_another_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))
    (tmp_path / "wnut17").mkdir()
    (tmp_path / "wnut17" / "wnut17train.conll").write_text("Ada\tB-person\nmet\tO\n")
    with pytest.raises(DataError, match="1 sentences of 2 words, expected 3,394 of 62,730"):
        wnut17.load()
