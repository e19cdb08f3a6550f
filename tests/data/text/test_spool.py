"""An even sample of a text, drawn while the text is spooled to disk."""

import os

from seqkit.data.text import spool
from seqkit.data.text.spool import spooled


def test_short_text_is_the_sample_itself_and_is_returned_in_its_pieces(tmp_path):
    pieces = ["a b\nc\n", "", "d \ud800e"]
    with spooled(iter(pieces), tmp_path, sample=100) as (sample, text):
        assert sample == ["a b", "c", "", "d \ud800e"]
        assert list(text) == pieces
    assert os.listdir(tmp_path) == []


def test_sample_of_a_long_text_is_even_and_made_of_whole_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "_PART", 20)
    lines = [f"line {i:04d}" for i in range(1000)]  # 10 characters with the line end: two lines a part
    text = "\n".join([*lines, ""])
    with spooled([text[i : i + 1000] for i in range(0, 10_000, 1000)], tmp_path, sample=1000) as (sample, again):
        assert "".join(again) == text
    chosen = [int(line[5:]) for line in sample if line]
    assert 500 <= 10 * len(chosen) <= 1000 and {line for line in sample if line} <= set(lines)
    steps = {after - before for before, after in zip(chosen[::2], chosen[2::2], strict=False)}
    assert len(steps) == 1 and chosen[0] == 0 and chosen[-1] > 950


def test_line_without_an_end_is_cut_into_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "_PART", 4)
    with spooled(["abcdefghij"], tmp_path, sample=100) as (sample, _):
        assert sample == ["abcd", "efgh", "ij"]
