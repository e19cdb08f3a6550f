"""Detection of the columns of sentence pairs, and what becomes of empty sides."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.pairs.sentence_pairs import find_pairs, fingerprint_pairs
from seqkit.errors import DataError, UsageError


def frame(columns: dict[str, list], source: str = "x.csv", **attrs) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    table.attrs = {"source": source, **attrs}
    return table


@pytest.mark.parametrize(
    ("names", "options", "expected"),
    [
        (("1", "2"), {}, ("1", "2")),
        (("1", "2"), {"source": "2"}, ("2", "1")),
        (("1", "2", "3"), {}, ("1", "2")),
        (("1", "2", "3"), {"target": "1"}, ("2", "1")),
        (("1", "2", "3"), {"source": "3", "target": "1"}, ("3", "1")),
        (("target", "source"), {}, ("source", "target")),
        (("id", "en", "de"), {}, ("en", "de")),
        (("id", "en", "de"), {"source": "de"}, ("de", "en")),
        (("id", "en", "de"), {"target": "en"}, ("de", "en")),
        (("frage", "antwort"), {}, ("frage", "antwort")),
        (("frage", "antwort"), {"source": "antwort"}, ("antwort", "frage")),
        (("a", "part", "b"), {}, ("a", "b")),
        (("text", "label"), {"source": "text", "target": "label"}, ("text", "label")),
        (("a", "b", "c"), {"source": "c", "target": "a"}, ("c", "a")),
    ],
)
def test_columns_are_found(names, options, expected):
    pairs = find_pairs(frame({name: [f"{name} one", f"{name} two"] for name in names}), **options)
    assert pairs.columns == expected
    assert pairs.sources == [f"{expected[0]} one", f"{expected[0]} two"] and pairs.targets[0] == f"{expected[1]} one"
    is_noted = any(note.startswith(f"translates '{expected[0]}' to '{expected[1]}'") for note in pairs.notes)
    assert is_noted == (len(options) < 2)


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (("a", "b", "c"), {}, "x.csv has no usual names of source and target. The columns are 'a', 'b', 'c'. Choose"),
        (("a", "b", "c"), {"source": "a"}, "Choose with --target."),
        (("a",), {}, "Choose with --source and --target."),
        (("text", "label"), {}, "contains labelled texts, not sentence pairs"),
        (("a", "b"), {"source": "c"}, "'c'"),
        (("1", "2"), {"source": "en"}, "If the first line names the columns, use --header yes."),
        (("a", "b"), {"source": "a", "target": "a"}, "'a' cannot be both source and target."),
    ],
)
def test_unclear_columns_are_refused(names, options, message):
    with pytest.raises(UsageError) as refusal:
        find_pairs(frame({name: ["x"] for name in names}), **options)
    assert message in str(refusal.value)


def test_pairs_with_an_empty_side_are_left_out_and_counted():
    pairs = find_pairs(frame({"en": ["Go.", " ", "", None, "Sit."], "fr": ["Va.", "x", "", "y", "Assis."]}))
    assert pairs.sources == ["Go.", "Sit."] and pairs.targets == ["Va.", "Assis."]
    assert pairs.rows.tolist() == [1, 5] and len(pairs) == 2
    assert pairs.notes[-1] == "left out 3 pairs with an empty side (first row 2)"


def test_a_single_pair_left_out_is_named():
    pairs = find_pairs(frame({"en": ["Go.", "Sit."], "fr": ["Va.", float("nan")]}))
    assert pairs.notes[-1] == "left out 1 pair with an empty side (first row 2)"


def test_all_pairs_with_an_empty_side_are_refused():
    with pytest.raises(DataError, match="in each of the 2 rows, 'en' or 'fr' is empty"):
        find_pairs(frame({"en": ["", "a"], "fr": ["b", " "]}))


def test_sentences_come_in_one_line_and_keep_no_break_spaces():
    pairs = find_pairs(frame({"en": [" Go,\r\nnow!\t\tPlease  "], "fr": ["Va\u202f!"]}))
    assert (pairs.sources, pairs.targets) == (["Go, now! Please"], ["Va\u202f!"])


def test_numbers_are_sentences():
    pairs = find_pairs(frame({"en": ["one", "two"], "fr": [1.0, 2.5]}))
    assert pairs.targets == ["1", "2.5"]


def test_parts_follow_the_pairs_that_are_kept():
    pairs = find_pairs(frame({"en": ["a", "", "c", "d"], "fr": list("wxyz"), "split": ["train", "dev", "dev", "test"]}))
    assert pairs.parts.tolist() == ["train", "validation", "test"]
    assert "parts: 1 train, 2 validation, 1 test" in pairs.notes


@pytest.mark.parametrize("cell", [["a", "b"], {"a": "b"}, np.array(["a"])])
def test_lists_and_objects_are_refused(cell):
    with pytest.raises(DataError, match="'fr' in row 2 contains a list or an object, expected a sentence"):
        find_pairs(frame({"en": ["a", "b"], "fr": ["a", cell]}))


def test_lone_surrogates_are_refused():
    with pytest.raises(DataError, match="'en' in row 1 contains half of a surrogate pair, U\\+D83D"):
        find_pairs(pd.DataFrame({"en": ["a\ud83d"], "fr": ["b"]}, dtype=object))


def test_frames_without_rows_or_with_duplicate_names_are_refused():
    with pytest.raises(DataError, match=r"x\.csv has no rows"):
        find_pairs(frame({"en": [], "fr": []}))
    table = pd.DataFrame([["a", "b"]], columns=["en", "en"])
    with pytest.raises(DataError, match="duplicate column names: 'en'"):
        find_pairs(table)


def test_notes_of_reading_come_first():
    assert find_pairs(frame({"en": ["a"], "fr": ["b"]}, notes=["first"])).notes[0] == "first"


def test_fingerprint_depends_on_every_sentence_and_their_order():
    def fingerprint(*pairs: tuple[str, str]) -> str:
        return fingerprint_pairs(
            find_pairs(frame(dict(zip(("en", "fr"), map(list, zip(*pairs, strict=True)), strict=True))))
        )

    same = fingerprint(("a", "b"), ("c", "d"))
    assert same == fingerprint(("a", "b"), ("c", "d"))
    parts = [
        fingerprint_pairs(find_pairs(frame({"en": ["a", "c"], "fr": ["b", "d"], "part": ["train", part]})))
        for part in ("test", "validation")
    ]
    assert len({same, *parts}) == 3
    assert len({same, fingerprint(("c", "d"), ("a", "b")), fingerprint(("b", "a"), ("c", "d"))}) == 3
