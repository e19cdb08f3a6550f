"""One spelling of labels whatever the file format."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.labelled.examples import find_examples
from seqkit.data.labelled.spelling import class_finder, spell, spelled, spellings
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("1.0", "1"),
        ("+1", "1"),
        ("-1.00", "-1"),
        ("-0.0", "0"),
        ("01", "01"),
        ("1.", "1."),
        ("1.50", "1.50"),
        ("1e3", "1e3"),
        ("version 2.0", "version 2.0"),
        (" very \t good\n", "very good"),
        ("a\u00a0b", "a b"),
        ("pos\u200b", "pos"),
        ("\ufeffpos", "pos"),
        ("po\u00ads", "pos"),
        ("po\u200ds", "pos"),
        ("\u200epos\u202c", "pos"),
        ("pos\x00", "pos"),
        ("\u200b", ""),
        ("cafe\u0301", "caf\u00e9"),
        ("\u1100\u1173\u11bc\u110c\u1165\u11bc", "\uae0d\uc815"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\uff50\uff4f\uff53", "\uff50\uff4f\uff53"),
    ],
)
def test_label_keeps_what_can_be_seen(label, expected):
    assert spelled(label) == expected


@given(st.text(max_size=8))
def test_spelling_is_stable(label):
    assert spelled(spelled(label)) == spelled(label)


def test_truth_values_are_lower_case_if_there_are_no_other_labels():
    assert spellings(["True", "FALSE", "true"]) == {"True": "true", "FALSE": "false", "true": "true"}
    assert spellings(["True", "False", "Mostly true"])["True"] == "True"
    assert spellings(["Yes", "No"]) == {"Yes": "Yes", "No": "No"}


def test_labels_that_become_one_are_noted():
    labels, notes = spell([("1",), ("1.0",), ("0",), ("pos\u200b",), ("pos",)], "file.csv: 'label'")
    assert labels == [("1",), ("1",), ("0",), ("pos",), ("pos",)]
    merged = "'1', '1.0' as '1', 'pos\\u200b', 'pos' as 'pos'"
    assert notes == [f"file.csv: 'label': labels with several spellings are read as one: {merged}"]
    assert spell([("1.0",), ("0.0",)], "x")[1] == []


@pytest.mark.parametrize(
    ("labels", "listed"),
    [
        (["Pos", "pos", "neg"], "'Pos' (1) and 'pos' (1)"),
        (["1.1", "1.10", "1.2"], "'1.1' (1) and '1.10' (1)"),
        (["01", "1", "2"], "'01' (1) and '1' (1)"),
        (["\uff50os", "pos", "pos"], "'\\uff50os' (1) and 'pos' (2)"),
        (["p\u043es", "pos"], "'p\\u043es' (1) and 'pos' (1)"),
        (["non-toxic", "non\u2010toxic"], "'non-toxic' (1) and 'non\\u2010toxic' (1)"),
        (["-1", "\u22121", "1"], "'-1' (1) and '\\u22121' (1)"),
        (["R&B", "R&amp;B", "rock"], "'R&B' (1) and 'R&amp;B' (1)"),
        (["pos", "'pos'", '"pos"'], "'pos' (1) and \"'pos'\" (1) and '\"pos\"' (1)"),
        (["\u2764", "\u2764\ufe0f"], "'\\u2764' (1) and '\\u2764\\ufe0f' (1)"),
    ],
)
def test_labels_that_look_alike_are_noted(labels, listed):
    (note,) = spell([(label,) for label in labels], "f")[1]
    assert note == f"f: labels that look alike are different classes: {listed}. If they mean the same, edit them"


def test_only_the_first_labels_that_look_alike_are_listed():
    (note,) = spell([(label,) for letter in "abcde" for label in (letter, letter.upper())], "f")[1]
    assert "'c' (1) and 'C' (1) and 2 more. If" in note


def test_classes_are_found_however_they_are_spelled():
    find = class_finder(("0.0", "1.0", "1.50", "x"))
    assert [find(label) for label in ("0", "0.0", "1.00", "1.5", "1.50", "x", "X", "2")] == [
        0,
        0,
        1,
        2,
        2,
        3,
        None,
        None,
    ]
    find = class_finder(("1", "1.0"))
    assert [find("1"), find("1.0"), find("1.00")] == [0, 1, 0]
    find = class_finder(("False", "True"))
    assert [find("true"), find("FALSE"), find("maybe")] == [1, 0, None]
    assert class_finder(("True", "true", "no"))("TRUE") is None
    assert class_finder(("no", "True"))("true") == 1 and class_finder(("no", "True"))("NO") is None


@pytest.mark.parametrize("dtype", ["float32", "Float32", "float64", "float[pyarrow]"])
def test_floats_of_any_precision_give_the_same_labels(dtype, tmp_path):
    frame = pd.DataFrame({"text": list("xyz"), "label": pd.Series([4.1, 4.0, 0.5], dtype=dtype)})
    assert find_examples(frame).labels == [("4.1",), ("4",), ("0.5",)]
    frame.to_parquet(tmp_path / "a.parquet")
    assert find_examples(read_examples(tmp_path / "a.parquet")).labels == [("4.1",), ("4",), ("0.5",)]
    with pytest.raises(DataError, match="no label"):
        find_examples(frame.assign(label=pd.Series([4.1, None, 0.5], dtype=dtype)))


LABELS = (
    st.sampled_from([0, 1, 2]),
    st.sampled_from([-1.0, 0.0, 1.5]),
    st.booleans(),
    st.sampled_from(["Yes", "No", "caf\u00e9", "cafe\u0301", "\uae0d\uc815", "very good", "1.0", "1", "True"]),
)


@pytest.mark.parametrize("kind", LABELS, ids=["integers", "floats", "booleans", "texts"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_labels_do_not_depend_on_the_file_format(kind, data, tmp_path_factory):
    column = data.draw(st.lists(kind, min_size=2, max_size=8))
    folder = tmp_path_factory.mktemp("formats")
    frame = pd.DataFrame({"text": [f"text {i}" for i in range(len(column))], "label": column})
    frame.loc[len(frame)] = ["last", "b" if isinstance(column[0], str) else type(column[0])(not column[0])]
    frame = frame.astype({"label": type(column[0])})
    frame.to_csv(folder / "a.csv", index=False)
    frame.to_csv(folder / "a.tsv", index=False, sep="\t")
    frame.to_parquet(folder / "a.parquet")
    rows = frame.to_dict("records")
    (folder / "a.jsonl").write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), encoding="utf-8")
    try:
        expected = find_examples(frame).labels
    except ValueError:
        return
    for name in ("a.csv", "a.tsv", "a.parquet", "a.jsonl"):
        assert find_examples(read_examples(folder / name)).labels == expected
    assert find_examples(pd.DataFrame({"text": list(frame["text"]), "label": list(frame["label"])})).labels == expected
    if not isinstance(column[0], str):
        assert find_examples(pd.read_csv(folder / "a.csv")).labels == expected
