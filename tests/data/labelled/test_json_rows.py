"""JSON in its usual shapes: rows by line or in a list, tables by column, objects as cells."""

import json

import pandas as pd
import pytest

from seqkit.data.labelled import text_files
from seqkit.data.labelled.examples import find_examples, find_texts
from seqkit.data.labelled.nesting import fields_as_columns
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError, UsageError

FILE = "rows.json"
ROWS = [{"text": f"a {'good' if i % 2 else 'bad'} film {i}", "label": "pos" if i % 2 else "neg"} for i in range(4)]
TABLE = pd.DataFrame(ROWS)
NESTED = [{"text": {"title": "x", "body": row["text"]}, "label": {"name": row["label"], "id": 1}} for row in ROWS]


def rows_of(path) -> list[dict]:
    return read_examples(path).to_dict("records")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("key", ["data", "Rows", "reviews"])
def test_rows_inside_an_object_are_read_and_noted(written, key, indent):
    path = written(json.dumps({"version": "1.0", key: ROWS}, indent=indent))
    assert rows_of(path) == ROWS
    assert read_examples(path).attrs["notes"] == [f"read the rows in '{key}'"]


def test_a_table_schema_of_pandas_is_read(written):
    path = written(TABLE.to_json(orient="table", index=False))
    assert rows_of(path) == ROWS


@pytest.mark.parametrize("orient", ["columns", "index", "split"])
def test_a_table_by_columns_is_refused_with_the_orientation_that_can_be_read(written, orient):
    path = written(TABLE.to_json(orient=orient))
    with pytest.raises(DataError) as refusal:
        read_examples(path)
    assert str(refusal.value) == (
        f"{path} contains one object of columns, as DataFrame.to_json() writes it by default, not one object per row. "
        'Save it with to_json(orient="records").'
    )
    assert rows_of(written(TABLE.to_json(orient="records"))) == ROWS


def test_an_object_of_lists_is_refused_too(written):
    with pytest.raises(DataError, match="contains one object of columns"):
        read_examples(written(json.dumps(TABLE.to_dict("list"), indent=1)))


def test_a_list_per_part_is_refused(written):
    with pytest.raises(DataError, match=r"contains 2 lists of objects, 'train', 'test'\. Save each in a file"):
        read_examples(written(json.dumps({"train": ROWS, "test": ROWS})))


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Good."},
        {"text": "Good.", "tags": ["a", "b"]},
        {"text": "Good.", "turns": [{"by": "a"}, {"by": "b"}]},
        {"text": {"title": "x", "body": "y"}},
        {"text": ["a"]},
    ],
)
def test_a_single_row_stays_a_row(written, row):
    path = written(json.dumps(row), "row.jsonl")
    assert len(read_examples(path)) == 1 and read_examples(path).attrs["notes"] == []


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"text": "a"}\n{"text": "b", "label": "x", "text": "c"}\n', "line 2"),
        ('[{"text": "a"}, {"text": "b", "text": "c"}]', "an object"),
        ('{"text": "b", "text": "c"}', "line 1"),
        ('{\n"data": [{"text": "b", "text": "c"}]}', "an object"),
    ],
)
def test_a_key_that_occurs_twice_is_refused(written, content, place):
    with pytest.raises(DataError, match=rf": {place} has the key 'text' twice\. Rename one\."):
        read_examples(written(content))


def test_an_object_over_several_lines_that_is_damaged_is_refused_with_its_line(written):
    with pytest.raises(DataError, match=r"line 1 is not JSON: .*Write one object per line"):
        read_examples(written('{\n "text": \n'))


@pytest.mark.parametrize("form", ["lines", "list", "parquet"])
def test_fields_of_objects_become_columns(tmp_path, written, form):
    if form == "parquet":
        path = tmp_path / "nested.parquet"
        pd.DataFrame(NESTED).to_parquet(path)
    else:
        lines = "\n".join(map(json.dumps, NESTED))
        path = written(lines if form == "lines" else json.dumps(NESTED))
    frame = read_examples(path)
    assert list(frame.columns) == ["text.title", "text.body", "label.name", "label.id"]
    with pytest.raises(UsageError) as refusal:
        find_examples(frame, label="label.name")
    assert str(refusal.value) == (
        "'text' contains objects, expected texts. Choose a field with --text text.title or --text text.body."
    )
    with pytest.raises(UsageError, match=r"'label' contains objects, expected labels\. .*--label label\.name or"):
        find_examples(frame, text="text.body")
    with pytest.raises(UsageError, match="'text' contains objects"):
        find_texts(frame, text="Text")
    examples = find_examples(frame, text="text.body", label="label.name")
    assert examples.texts == TABLE["text"].tolist()
    assert [label for (label,) in examples.labels] == TABLE["label"].tolist()


def test_fields_of_lists_of_objects_are_several_labels(written):
    rows = [{"text": "a", "tags": [{"name": "x"}, {"name": "y"}]}, {"text": "b", "tags": [{"name": "x"}]}]
    examples = find_examples(read_examples(written(json.dumps(rows))), label="tags.name")
    assert examples.labels == [("x", "y"), ("x",)]


def test_texts_in_some_rows_and_objects_in_others_are_refused(written):
    rows = [*ROWS, {"text": {"body": "good"}, "label": "pos"}]
    frame = read_examples(written(json.dumps(rows)))
    assert frame["text"][:4].tolist() == TABLE["text"].tolist() and frame["text.body"][4] == "good"
    with pytest.raises(UsageError, match=r"'text' contains objects, .*--text text\.body\."):
        find_examples(frame)


def test_objects_without_common_fields_stay_as_they_are(written):
    rows = [{"text": {f"word{i}": 1}, "label": "x"} for i in range(200)]
    frame = read_examples(written(json.dumps(rows)))
    assert frame["text"][1] == '{"word1": "1"}'
    with pytest.raises(UsageError, match=r"'text' contains objects, .* Save the texts in a column of their own\."):
        find_examples(frame)


def test_objects_in_a_frame_are_refused_with_their_fields():
    with pytest.raises(DataError, match=r"'text' in row 1 contains an object, .*one of 'title', 'body'\."):
        find_examples(pd.DataFrame(NESTED), label="label")
    frame = pd.DataFrame({"text": ["a", "b"], "label": [["x"], [{"name": "y"}]]})
    with pytest.raises(DataError, match=r"'label' in row 2 contains an object, expected a label\. .*one of 'name'\."):
        find_examples(frame)


@pytest.mark.parametrize(
    ("tags", "cell"),
    [
        ('["a", ["b", 2], {"c": [true]}]', ("a", '["b", "2"]', '{"c": [true]}')),
        ("[null, [], [[]]]", ("", "[]", "[[]]")),
    ],
)
def test_lists_inside_a_list_are_json(written, tags, cell):
    assert read_examples(written(f'{{"text": "a", "tags": {tags}}}\n{{"text": "b"}}\n'))["tags"][0] == cell


def test_nesting_at_the_limit_of_python_is_refused(written, monkeypatch):
    def too_deep(value):
        raise RecursionError

    monkeypatch.setattr(text_files, "cell_text", too_deep)  # between the limits of decoding and encoding JSON
    path = written('{"text": [[]]}', "x.jsonl")
    with pytest.raises(DataError) as refusal:
        read_examples(path)
    assert str(refusal.value) == f"{path} contains lists or objects nested too deeply. Flatten them."


@pytest.mark.parametrize("depth", [30, 300, 900, 5000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("word", ["x", "\\u00e9"])
def test_deep_nesting_is_read_or_refused_at_once(written, opening, closing, depth, word):
    value = opening * depth + f'"{word}"' + closing * depth
    path = written(f'{{"label": "a", "text": {value}}}\n{{"label": "b", "text": "c"}}\n', "x.jsonl")
    try:
        frame = read_examples(path)
    except DataError as error:
        assert (depth >= 300 and "nested too deeply. Flatten them." in str(error)) or "is not JSON" in str(error)
    else:
        assert depth <= 900 and len(str(frame.to_dict())) < 20 * len(value)


@pytest.mark.parametrize(
    ("columns", "result", "objects"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}, {}),
        ({"a": [{"b": {"c": 1}}, None]}, {"a.b.c": [1, None]}, {"a": ["a.b.c"]}),
        ({"a": [{}]}, {"a": [{}]}, {"a": []}),
        ({"a": [{"b": 1}], "a.b": [2]}, {"a": [{"b": 1}], "a.b": [2]}, {"a": []}),
        ({"a": [{"b.c": 1, "b": {"c": 2}}]}, {"a": [{"b.c": 1, "b": {"c": 2}}]}, {"a": []}),
        ({"a": [[{"b": 1}, {"b": [2, 3]}]]}, {"a.b": [[1, 2, 3]]}, {"a": ["a.b"]}),
        ({"a": [[1, {"b": 2}]]}, {"a": [[1, {"b": 2}]]}, {"a": []}),
        ({"a": [{"b": {"c": {"d": {"e": {"f": 1}}}}}]}, {"a.b.c.d.e": [{"f": 1}]}, {"a": ["a.b.c.d.e"]}),
    ],
)
def test_nested_fields_have_dotted_names(columns, result, objects):
    assert fields_as_columns(columns) == (result, objects)
