"""Units of running text: what is encoded comes back, what is unknown has id 0, damaged files are refused."""

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.text.text_units import TextUnits
from seqkit.errors import DataError

TEXT = "Ten green bottles\nhanging on the wall,\nten green bottles.\n"


def test_characters_are_ordered_by_frequency_then_code_point():
    units = TextUnits.fit("baab\ncc c", unit="char")
    assert units.tokens == ("<unk>", "\n", "c", "a", "b", " ")
    assert units.encode("cab\nz").tolist() == [2, 3, 4, 1, 0]
    assert units.decode([2, 3, 4, 1]) == "cab\n"


def test_words_are_separated_by_white_space_and_lines_end():
    units = TextUnits.fit("b a  a\nb a\n", unit="word")
    assert units.tokens == ("<unk>", "\n", "a", "b")
    assert units.encode("a\tb\n\nc").tolist() == [2, 3, 1, 1, 0]
    assert units.decode([2, 3, 1, 2, 2]) == "a b\na a"


def test_text_that_spells_the_unknown_token_is_unknown():
    units = TextUnits.fit("one <unk> two\n", unit="word")
    assert units.encode("<unk> one")[0] == 0
    assert units.tokens.count("<unk>") == 1


def test_vocabulary_is_limited():
    assert TextUnits.fit("a a b b c\n", unit="word", vocabulary=4).tokens == ("<unk>", "\n", "a", "b")


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_restored_by_pieces_fitted_on_another_one(text):
    units = PIECES
    assert units.decode(units.encode(text)) == text


PIECES = TextUnits.fit(TEXT * 3, unit="bpe", vocabulary=300)


@pytest.mark.parametrize("unit", ["char", "word", "bpe"])
def test_stored_units_encode_alike(unit):
    units = TextUnits.fit(TEXT, unit=unit, vocabulary=280)
    again = TextUnits.from_json(units.to_json())
    assert again.tokens == units.tokens and len(again) == len(units)
    assert np.array_equal(again.encode(TEXT + "ü"), units.encode(TEXT + "ü"))


def test_empty_text_has_no_ids():
    for unit in ("char", "word", "bpe"):
        assert TextUnits.fit(TEXT, unit=unit).encode("").tolist() == []


def test_blank_text_is_refused():
    with pytest.raises(DataError, match=r"The text contains only white space\. Choose another file\."):
        TextUnits.fit("\n\n", unit="char")


def test_unknown_unit_is_refused():
    with pytest.raises(ValueError, match=r"argument `unit`, expected char, word or bpe, got 'letter'"):
        TextUnits.fit(TEXT, unit="letter")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(unit="letter"), "it names no unit"),
        (lambda d: d.update(tokens="abc"), "its tokens are not a list of texts"),
        (lambda d: d.update(tokens=["<unk>", "\n", "a", "a"]), "its tokens are repeated"),
        (lambda d: d.update(tokens=["a", "\n", "b"]), "do not start with the unknown token"),
        (lambda d: d.update(tokens=["<unk>", "a", "b"]), "its second token is not the end of a line"),
        (lambda d: d.update(merges={}), "its merges are not a list"),
        (lambda d: d.update(merges=[["a", "z"]]), "is not a pair of its tokens"),
    ],
)
def test_damaged_units_are_refused(change, reason):
    document = json.loads(TextUnits.fit("a b\n", unit="char").to_json())
    change(document)
    with pytest.raises(DataError, match=reason):
        TextUnits.from_json(json.dumps(document).encode())


def test_units_that_are_no_json_are_refused():
    with pytest.raises(DataError, match="it is not JSON"):
        TextUnits.from_json(b"{")


@pytest.mark.parametrize("unit", ["char", "word", "bpe"])
def test_pieces_join_to_the_text(unit):
    units = TextUnits.fit(TEXT, unit=unit, vocabulary=280)
    ids = units.encode("green wall,\nünly ten\n")
    pieces = units.pieces(ids)
    assert len(pieces) == len(ids) and "".join(pieces) == units.decode(ids)


def test_units_that_are_too_large_are_refused(monkeypatch):
    monkeypatch.setattr("seqkit.data.text.text_units._MAX_BYTES", 10)
    with pytest.raises(DataError, match="it has 11 bytes, the limit is 10"):
        TextUnits.from_json(b"x" * 11)


def test_byte_pairs_of_overlong_words_are_fitted_in_time_that_grows_with_them():
    began = time.process_time()
    units = TextUnits.fit("ab" * 200_000 + "\nab abc", unit="bpe", vocabulary=300)
    assert time.process_time() - began < 5
    assert units.decode(units.encode("ab" * 1000 + " c")) == "ab" * 1000 + " c" and "ab" in units.tokens
