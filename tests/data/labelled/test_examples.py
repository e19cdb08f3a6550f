"""Labelled examples from a frame: column detection, labels, and refusals."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.labelled.examples import find_examples, find_texts
from seqkit.data.labelled.series_files import read_series
from seqkit.data.labelled.series_frames import find_series
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError, UsageError
from seqkit.options import module_options


def labelled(labels, **columns) -> pd.DataFrame:
    """A frame of texts with these labels."""
    return pd.DataFrame({"text": [f"text {number}" for number in range(len(labels))], "label": labels, **columns})


@pytest.mark.parametrize("name", ["text", "Review", "document", "sentence", "content", "comment", "body", "message"])
@pytest.mark.parametrize("label", ["label", "labels", "Class", "category", "target", "sentiment", "y"])
def test_columns_are_inferred_from_usual_names(name, label):
    examples = find_examples(pd.DataFrame({"id": [1, 2], label: ["a", "b"], name: ["x", "y"]}))
    assert examples.texts == ["x", "y"] and examples.labels == [("a",), ("b",)]
    assert examples.series is None and examples.parts is None and examples.channels == () and not examples.multi_label
    assert len(examples) == 2 and examples.source == "frame"


def test_columns_are_chosen_by_flags():
    frame = pd.DataFrame({"title": ["x", "y"], "text": ["p", "q"], "label": ["a", "b"], "topic": ["c", "d"]})
    examples = find_examples(frame, text="title", label="topic")
    assert examples.texts == ["x", "y"] and examples.labels == [("c",), ("d",)]
    assert find_examples(frame, text="label", label="topic").texts == ["a", "b"]
    assert find_texts(frame, text="Title") == ["x", "y"]


def test_column_requested_for_one_role_is_not_used_for_the_other():
    frame = pd.DataFrame({"text": ["x", "y"], "title": ["a", "b"]})
    assert find_examples(frame, label="title").texts == ["x", "y"]
    frame = pd.DataFrame({"y": ["x", "y"], "label": ["a", "b"]})
    assert find_examples(frame, text="y").labels == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (
            ("txt", "label"),
            {},
            r"Which column contains the texts\? Choose one with --text\. The columns are 'txt', 'label'\. The first "
            r"line names the columns; if it is an example, write names above it, such as text and label\.$",
        ),
        (
            ("text", "kind"),
            {},
            r"Which column contains the labels\? Choose one with --label\. The columns are 'text', 'kind'",
        ),
        (
            ("text", "title", "label"),
            {},
            r"'text', 'title' could .* texts\. Choose one with --text text or --text title",
        ),
        (("text", "class", "y"), {}, r"'class', 'y' could .* labels\. Choose one with --label class or --label y"),
        (
            ("text", "label"),
            {"text": "tex"},
            r"no column 'tex' for --text\. Did you mean 'text'\? The columns are 'text', ",
        ),
        (("text", "label"), {"label": "zzz"}, r"no column 'zzz' for --label\. Known: label, text\.$"),
        (
            ("text", "label"),
            {"text": "label", "label": "label"},
            "'label' cannot contain both the texts and the labels",
        ),
        (("x" * 1000, "label"), {}, r"The columns are 'x{59}…', 'label'"),
    ],
)
def test_missing_or_ambiguous_column_is_refused_with_the_flag(columns, options, message):
    with pytest.raises(UsageError, match=message):
        find_examples(pd.DataFrame([["a"] * len(columns), ["b"] * len(columns)], columns=list(columns)), **options)


def test_duplicate_column_names_are_refused():
    with pytest.raises(DataError, match="frame has duplicate column names: 'text'"):
        find_examples(pd.DataFrame([["a", "b", "c"]], columns=["text", "text", "label"]))


def test_options_come_from_the_signature():
    options = {option.flag: option for option in module_options("seqkit.data.labelled.examples", "find_examples")}
    assert list(options) == ["--text", "--label", "--separator"]
    assert all(option.help and option.optional and option.default is None for option in options.values())


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([0, 1], ["0", "1"]),
        ([1.0, 2.5], ["1", "2.5"]),
        ([True, False], ["true", "false"]),
        ([np.int8(3), "x"], ["3", "x"]),
        ([" pos ", "neg\n"], ["pos", "neg"]),
        (["1.0", "1", "0"], ["1", "1", "0"]),
        (["True", "FALSE"], ["true", "false"]),
        (["True", "False", "Unknown"], ["True", "False", "Unknown"]),
        (["very good", "²"], ["very good", "²"]),
        (pd.Categorical(["b", "a"]), ["b", "a"]),
        (pd.array([1, 0], dtype="Int64"), ["1", "0"]),
        (pd.array([True, False], dtype="boolean"), ["true", "false"]),
    ],
)
def test_labels_become_text(labels, expected):
    assert find_examples(labelled(labels)).labels == [(label,) for label in expected]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, "", "  ", "\u200b"])
def test_missing_label_is_refused_with_count_and_first_row(missing):
    frame = labelled(pd.Series(["a", missing, "b", missing], dtype=object))
    frame.attrs["source"] = "reviews.csv"
    with pytest.raises(DataError, match=r"reviews\.csv: 'label': 2 of 4 rows have no label \(first row 2\)"):
        find_examples(frame)
    with pytest.raises(DataError, match=r"'label': 1 row has no label \(first row 2\)"):
        find_examples(frame[:3])


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        ([("a", "b"), (), ["b", "b"], np.array(["c"])], None),
        ([["a", "b"], None, {"b"}, "c"], None),
        (["a|b", "", " b |b|", "c"], "|"),
        (["a and b", None, "b", "c"], " and "),
    ],
)
def test_multi_label_example_may_have_any_number_of_labels(cells, separator):
    examples = find_examples(labelled(pd.Series(cells, dtype=object)), separator=separator)
    assert examples.labels == [("a", "b"), (), ("b",), ("c",)] and examples.multi_label
    assert examples.notes == ["4 texts: 1 a, 2 b, 1 c; 1 without a label"]


@pytest.mark.parametrize(
    "cells",
    [
        ["['a', 'b']", "[]", "['b']", "['c']"],
        ['["a","b"]', "[]", "b", "c"],
        ["['a' 'b']", "", "['b', 'b']", "c"],
        ["[a, b]", "[]", "[b, b]", "[c,]"],
    ],
)
def test_lists_written_as_text_are_multiple_labels(cells):
    examples = find_examples(labelled(cells))
    assert examples.labels == [("a", "b"), (), ("b",), ("c",)] and examples.multi_label
    assert examples.notes[0] == f"frame: 'label': cells such as {max(sorted(cells[:3]), key=len)} are lists of labels"
    assert examples.former_labels[0] == (cells[0],)


@pytest.mark.parametrize("separator", ["|", ";", ", "])
def test_cells_that_seem_to_contain_several_labels_are_noted(separator):
    cells = [separator.join(pair) for pair in ("ab", "bc", "ac", "abc", "ba")] + ["a", "c"]
    note = f"frame: 'label': each cell is one label, also 'a{separator}b'; with --separator '{separator.strip()}' it is"
    assert find_examples(labelled(cells)).notes[0] == note + " several"
    assert len(find_examples(labelled(cells), separator=separator).notes) == 1


@pytest.mark.parametrize("cells", [["Paris, France", "Rome, Italy", "Paris, France"], ["a|b", "c"] + ["c", "d"] * 20])
def test_cells_with_a_comma_in_a_label_are_not_noted(cells):
    assert len(find_examples(labelled(cells)).notes) == 1


def test_brackets_alone_do_not_make_a_list():
    examples = find_examples(labelled(["[unknown]", "[a, b]", "c"]))
    assert not examples.multi_label and examples.labels == [("[unknown]",), ("[a, b]",), ("c",)]


@pytest.mark.parametrize("cells", [[(0, 1, 1), (1, 0, 0)], ["[0, 1, 1]", "[1, 0, 0]"], ["[0 1]", "[True, False]"]])
def test_lists_of_zeros_and_ones_are_refused(cells):
    with pytest.raises(DataError, match=r"'label' contains lists of \d zeros and ones, .* pass each with --label"):
        find_examples(labelled(pd.Series(cells, dtype=object)))


@pytest.mark.parametrize("yes", [1, 1.0, "1", "1.0", True, "True", "TRUE"])
def test_several_columns_of_truth_values_are_multiple_labels(yes):
    no = type(yes)(0) if not isinstance(yes, str) else {"1": "0", "1.0": "0.0", "True": "False", "TRUE": "FALSE"}[yes]
    frame = pd.DataFrame({"text": list("xyz"), "toxic": [yes, no, no], "odd": [yes, yes, no]})
    examples = find_examples(frame, label=("toxic", "odd"))
    assert examples.labels == [("toxic", "odd"), ("odd",), ()] and examples.multi_label
    assert examples.notes == ["3 texts: 2 odd, 1 toxic; 1 without a label"]
    assert find_examples(frame, label=("odd", "odd")).labels[0] in {("1",), ("true",)}
    notes = find_examples(frame.assign(even=no), label=("toxic", "odd", "even")).notes
    assert notes[0] == "frame: 'even' contains no 1, so it is no label"
    notes = find_examples(frame.assign(all=yes, even=no), label=("toxic", "all", "even")).notes
    assert notes[1] == "frame: 'all' contains no 0, so it is a label of every example; leave it out"


@pytest.mark.parametrize(("cell", "found"), [("2", "contains '2'"), (None, "is empty"), ("yes", "contains 'yes'")])
def test_several_columns_of_other_values_are_refused(cell, found):
    frame = pd.DataFrame({"text": ["x", "y"], "toxic": ["0", "1"], "odd": ["1", cell]})
    with pytest.raises(
        DataError, match=rf"frame: 'odd' in row 2 {found}, expected 0 or 1: .* or pass a single --label"
    ):
        find_examples(frame, label=("toxic", "odd"))


def test_several_columns_exclude_a_separator_and_are_not_joined_by_commas():
    frame = pd.DataFrame({"text": ["x", "y"], "toxic": ["0", "1"], "odd": ["1", "0"]})
    with pytest.raises(UsageError, match="--separator does not apply to several --label columns"):
        find_examples(frame, label=("toxic", "odd"), separator="|")
    with pytest.raises(UsageError, match=r"no column 'toxic, odd' .*, pass --label toxic --label odd\.$"):
        find_examples(frame, label="toxic, odd")


def test_cell_is_one_label_without_a_separator():
    examples = find_examples(labelled(["a|b", "b"]))
    assert examples.labels == [("a|b",), ("b",)] and not examples.multi_label


def test_unused_separator_is_noted_and_an_empty_one_refused():
    examples = find_examples(labelled(["a", "b"]), separator=";")
    assert examples.multi_label and examples.notes[0] == "no cell of 'label' contains multiple labels separated by ';'"
    with pytest.raises(UsageError, match="--separator is empty"):
        find_examples(labelled(["a", "b"]), separator="")


@pytest.mark.parametrize("labels", [["a", "a"], [("a",), ()], [("a",), ("a",)]])
def test_single_class_is_refused(labels):
    with pytest.raises(DataError, match="'label' has fewer than two classes: the only label is 'a'"):
        find_examples(labelled(pd.Series(labels, dtype=object)))
    with pytest.raises(DataError, match="no example has a label"):
        find_examples(labelled(pd.Series([(), ()], dtype=object)))


def test_column_of_identifiers_is_refused_as_label():
    with pytest.raises(DataError, match=r"100 different labels in 100 rows, such as '0', '1', '2'.*with --label"):
        find_examples(labelled(range(100)))
    assert len(find_examples(labelled([number // 2 for number in range(100)]))) == 100
    assert len(find_examples(labelled([(str(number),) for number in range(100)]))) == 100


def test_label_counts_are_sorted_numerically():
    assert find_examples(labelled(["neg", "pos", "neg"])).notes == ["3 texts: 2 neg, 1 pos"]
    assert find_examples(labelled([10, 9, 10, 2])).notes == ["4 texts: 1 2, 1 9, 2 10"]
    assert find_examples(labelled([number % 20 for number in range(2000)])).notes[0].endswith("100 18, 100 19")
    many = find_examples(labelled([number % 21 for number in range(2100)]))
    assert many.notes == ["2,100 texts with 21 different labels"]


def test_empty_texts_are_kept_with_a_note():
    texts = pd.Series(["a", None, float("nan"), "", " \n", pd.NA], dtype=object)
    examples = find_examples(pd.DataFrame({"text": texts, "label": list("ababab")}))
    assert examples.texts == ["a", "", "", "", " \n", ""]
    assert examples.notes[0] == "5 texts are empty (first row 2) and kept"
    assert find_texts(pd.DataFrame({"text": texts})) == examples.texts
    one = find_examples(pd.DataFrame({"text": ["a", ""], "label": ["x", "y"]}))
    assert one.notes[0] == "1 text is empty (first row 2) and kept"


def test_numbers_among_texts_become_text():
    assert find_texts(pd.DataFrame({"text": pd.Series(["a", 5, 2.0, True], dtype=object)})) == ["a", "5", "2", "true"]


@pytest.mark.parametrize(
    ("cell", "message"), [(["a", "b"], "contains a list, expected a text"), ("\ud83d", r"U\+D83D")]
)
def test_cell_that_is_not_text_is_refused(cell, message):
    frame = pd.DataFrame({"text": pd.Series(["fine", cell], dtype=object), "label": ["a", "b"]})
    with pytest.raises(DataError, match=rf"frame: 'text' in row 2 .*{message}"):
        find_examples(frame)


def test_frame_without_rows_is_refused_and_has_no_texts():
    frame = pd.DataFrame({"text": [], "label": []})
    with pytest.raises(DataError, match="has no rows"):
        find_examples(frame)
    assert find_texts(frame) == []


def test_rows_are_counted_whatever_the_index():
    frame = labelled(pd.Series(["a", "b", None], dtype=object))
    frame.index = [7, 7, 7]
    with pytest.raises(DataError, match="first row 3"):
        find_examples(frame)


def test_series_keep_their_lengths_and_channels():
    frame = pd.DataFrame({"series": [[1, 2, 3], np.array([[4.0], [5.0]])], "label": [0, 1], "text": ["x", "y"]})
    examples = find_examples(frame)
    assert examples.texts is None and [one.tolist() for one in examples.series] == [[[1], [2], [3]], [[4], [5]]]
    assert examples.series[0].dtype == np.float64
    assert examples.channels == ("dim_0",) and examples.notes == ["2 series: 1 0, 1 1"]
    with pytest.raises(UsageError, match="--text text does not apply"):
        find_examples(frame, text="text")
    with pytest.raises(UsageError, match="'series' cannot contain both the series and the labels"):
        find_examples(frame, label="series")


def test_names_of_channels_are_kept():
    frame = pd.DataFrame({"series": [np.zeros((2, 2)), np.ones((3, 2))], "label": ["a", "b"]})
    frame.attrs["channels"] = ["left", "right"]
    assert find_examples(frame).channels == ("left", "right")


def test_column_called_series_without_arrays_is_an_ordinary_column():
    assert find_examples(labelled(["a", "b"], series=[1, 2])).texts == ["text 0", "text 1"]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (np.zeros((2, 3)), "row 2 has 3 channels, the rows before it 1"),
        ([1.0, float("nan")], "row 2 contains nan at step 2, channel 1"),
        ([[float("inf")]], "row 2 contains inf at step 1, channel 1"),
        (["a"], "row 2 is not an array of numbers"),
        ([], r"row 2 has shape \(0, 1\)"),
        (np.zeros((2, 1, 1)), r"row 2 has shape \(2, 1, 1\)"),
        (None, "row 2 "),
    ],
)
def test_cell_that_is_not_a_series_is_refused(cell, message):
    frame = pd.DataFrame({"series": pd.Series([[1.0, 2.0], cell], dtype=object), "label": ["a", "b"]})
    with pytest.raises(DataError, match="frame: 'series' in " + message):
        find_examples(frame)


def test_series_are_found_without_labels():
    assert find_series(pd.DataFrame({"series": [[1, 2], [3]]}))[1].tolist() == [[3]]
    with pytest.raises(DataError, match="has no column 'series'; the columns are 'text'"):
        find_series(pd.DataFrame({"text": ["a"]}))


def test_notes_and_source_of_a_file_are_kept(tmp_path):
    for path, text in {"train/a/1.txt": "x", "train/b/1.txt": "", "test/a/1.txt": "y", "about": ""}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    examples = find_examples(read_examples(tmp_path))
    assert examples.source == tmp_path.name
    assert examples.texts == ["y", "x", ""] and examples.labels == [("a",), ("a",), ("b",)]
    assert examples.parts.tolist() == ["test", "train", "train"]
    assert examples.notes == [
        "skipped 1 other file: 'about'",
        "1 text is empty (first row 3) and kept",
        "3 texts: 2 a, 1 b",
        "parts: 2 train, 1 test",
    ]


def test_fasttext_data_is_multi_label_if_a_line_has_multiple_labels(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("__label__a __label__b x\nno label\n")
    examples = find_examples(read_examples(path))
    assert examples.multi_label and examples.labels == [("a", "b"), ()]


def test_series_of_the_archive_become_examples(requires_data):
    examples = find_examples(read_series(requires_data("ucr_japanesevowels/JapaneseVowels_TRAIN.ts")))
    assert len(examples) == 270 and examples.channels == tuple(f"dim_{channel}" for channel in range(12))
    assert examples.notes[-1] == "270 series: " + ", ".join(f"30 {speaker}" for speaker in range(1, 10))
    assert examples.source == "JapaneseVowels_TRAIN.ts"


def test_film_reviews_become_examples(requires_data):
    examples = find_examples(read_examples(requires_data("nsmc/ratings_test.txt"), quotes="none"))
    assert len(examples) == 50_000 and examples.notes == ["50,000 texts: 25,029 0, 24,971 1"]


def test_words_for_missing_values_are_noted_and_kept():
    frame = pd.DataFrame({"text": ["x", "nan", "N/A", "", "y"], "label": ["a", "NA", "b", "NA", "a"]})
    examples = find_examples(frame)
    assert examples.texts == ["x", "nan", "N/A", "", "y"] and examples.labels[1] == ("NA",)
    assert examples.notes == [
        "1 text is empty (first row 4) and kept",
        "2 texts are a word for missing values, such as 'nan' (first row 2), and kept",
        "frame: 'label': 'NA' (2) is read as a label like others; if it stands for a missing label, drop those rows",
        "5 texts: 2 NA, 2 a, 1 b",
    ]
