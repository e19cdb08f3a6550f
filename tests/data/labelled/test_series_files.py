"""Series in ARFF and class-first files, and missing values in all formats."""

import gzip

import pytest

from seqkit.data.files.sniffing import kind_of
from seqkit.data.labelled.series_files import read_series
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError

FILE = "Small_TRAIN.arff"

UNIVARIATE = """% A comment, with a comma
@RELATION Small

@attribute att1 numeric
@attribute att2 REAL
@attribute 'att 3' numeric
@attribute target {up,'way down'}

@DATA
1,2,3.5,up
-4e0,5,?,'way down'
"""
MULTIVARIATE = r"""@relation 'Small'
@attribute relationalAtt relational
  @attribute att0 numeric
  @attribute att1 numeric
  @attribute att2 numeric
@end relationalAtt
@attribute activity {Standing,"Play, loud"}
@data
'1,2,3\n-4,5e-1,6',Standing
"7,8,?\n9,10,?","Play, loud"
"""
ROWS = "1\t0.5\t1.5\t2.5\n-1\t3\t4\tNaN\n1.0000000e+00\t5\t6\t7\n"


def lists(frame) -> list:
    return [values.tolist() for values in frame["series"]]


@pytest.mark.parametrize("packed", [False, True])
def test_univariate_arff_is_read(written, packed):
    path = written(gzip.compress(UNIVARIATE.encode()), FILE + ".gz") if packed else written(UNIVARIATE)
    assert kind_of(path) == "series"
    frame = read_series(path)
    assert lists(frame) == [[[1], [2], [3.5]], [[-4], [5]]] and frame["label"].tolist() == ["up", "way down"]
    assert frame.attrs == {
        "source": path.name,
        "format": "ARFF",
        "encoding": "utf-8",
        "notes": ["1 of 2 series end in missing values and are shorter", "the series have 2 to 3 steps"],
        "channels": ["dim_0"],
    }


@pytest.mark.parametrize("name", ["x.arff", "x.txt"])
def test_relational_arff_has_a_channel_in_each_line_of_its_cell(written, name):
    frame = read_series(written(MULTIVARIATE, name))
    assert lists(frame) == [[[1, -4], [2, 0.5], [3, 6]], [[7, 9], [8, 10]]]
    assert frame["label"].tolist() == ["Standing", "Play, loud"] and frame.attrs["channels"] == ["dim_0", "dim_1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (UNIVARIATE.replace("-4e0", "x"), r"line 11, dimension 1, value 1 is 'x', expected a number"),
        (UNIVARIATE.replace("-4e0", "inf"), r"value 1 is 'inf', expected a number"),
        (UNIVARIATE.replace("3.5,up", "up"), r"line 10 has 3 values, the header 4 attributes"),
        (UNIVARIATE.replace("3.5,up", "3.5,upp"), r"line 10 has the class 'upp', .* Did you mean 'up'"),
        (UNIVARIATE.replace("{up,'way down'}", "numeric"), "is not an ARFF file of labelled series"),
        (UNIVARIATE.replace("REAL", "date"), r"line 5: an attribute is of type 'date'\. Save it with numeric"),
        (UNIVARIATE.replace("@attribute att2 REAL", "att2"), r"line 5 is 'att2' before @data"),
        (UNIVARIATE.partition("@DATA")[0], "has no line @data"),
        (UNIVARIATE.partition("1,2")[0], "has a header but no series"),
        (MULTIVARIATE.replace(r"3\n-4", r"\n-4"), r"line 9, dimension 1, value 3 is missing"),
        (MULTIVARIATE.replace(r"2,3\n-4", r"2\n-4"), r"line 9 has dimensions of 2 to 3 values"),
        (MULTIVARIATE.replace(r"\n9,10,?", ""), r"line 10 has 1 dimensions, the lines before it 2"),
    ],
)
def test_invalid_arff_is_refused_with_its_line(written, content, message):
    path = written(content)
    with pytest.raises(DataError, match=message) as error:
        read_series(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (ROWS, "Small_TRAIN.tsv"),
        (ROWS.replace("\t", ","), "Small_TEST.txt"),
        (ROWS.replace("\t", "  ").replace("\n", "\r\n"), "small_test.txt"),
    ],
)
def test_lines_with_the_class_first_are_read(written, content, name):
    path = written(content, name)
    assert kind_of(path) == "series"
    frame = read_series(path)
    assert lists(frame) == [[[0.5], [1.5], [2.5]], [[3], [4]], [[5], [6], [7]]]
    assert frame["label"].tolist() == ["1", "-1", "1"]
    assert frame.attrs["notes"] == [
        "no header: each line is a series after its class",
        "1 of 3 series end in missing values and are shorter",
        "the series have 2 to 3 steps",
    ]


NUMBERS = "\t".join(map(str, range(9)))


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (f"1\t{NUMBERS}\n" * 5, "waves.tsv", "series"),
        ("".join(f"{i}\t{NUMBERS}\n" for i in range(30)), "waves.tsv", "table"),
        (f"1\t{NUMBERS}\n" * 5, "waves.csv", "table"),
        ("1\t2\t3\n" * 9, "waves.tsv", "table"),
        (f"class\t{NUMBERS}\n" + f"1\t{NUMBERS}\n" * 5, "waves.tsv", "table"),
        ("text\tlabel\na\t1\n", "texts_TRAIN.tsv", "texts"),
        ("ds\ty\n2024-01-01\t1\n", "weather_TEST.tsv", "table"),
        (f"1.5\t{NUMBERS}\n" * 5, "waves_TRAIN.tsv", "table"),
    ],
)
def test_only_files_whose_lines_begin_with_repeated_classes_are_series(written, content, name, kind):
    assert kind_of(written(content, name)) == kind


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (
            "1\t2\t3\n2\t3\tx\n1\t4\t5\n",
            "x_TEST.tsv",
            r"line 2, value 2 is 'x', expected a number: the file has no header",
        ),
        ("1\t2\t3\n2\n1\t4\t5\n", "x_TEST.tsv", r"line 2 has a class but no values"),
        ("0.5\t2\t3\n", "new.tsv", r"is not a \.ts or ARFF file\. .* ends with _TRAIN\.tsv or _TEST\.tsv"),
    ],
)
def test_invalid_line_after_a_class_is_refused(written, content, name, message):
    with pytest.raises(DataError, match=message):
        read_series(written(content, name))


def test_arff_is_not_read_as_texts(written):
    with pytest.raises(DataError, match=r"contains series, not texts: it is an ARFF file"):
        read_examples(written(UNIVARIATE))


GAPS = "@problemName x\n@classLabel true a b\n@data\n1,?,?,4:a\n5,6:b\n?,7,NaN:a\n2,?,4:b\n"


def test_missing_values_are_interpolated_within_their_series(written):
    frame = read_series(written(GAPS, "x.ts"), missing="interpolate")
    assert lists(frame) == [[[1], [2], [3], [4]], [[5], [6]], [[7], [7], [7]], [[2], [3], [4]]]
    assert frame.attrs["notes"][-1] == "interpolated 5 values in 3 of 4 series (first in line 4)"


def test_series_with_missing_values_are_left_out_and_the_others_keep_their_rows(written):
    frame = read_series(written(GAPS, "x.ts"), missing="drop")
    assert lists(frame) == [[[5], [6]]] and frame["label"].tolist() == ["b"] and frame.index.tolist() == [1]
    assert frame.attrs["notes"][-1] == "left out 3 of 4 series with missing values (first in line 4)"


@pytest.mark.parametrize(
    ("missing", "content", "message"),
    [
        (
            "error",
            GAPS,
            r"line 4, dimension 1, value 2 is missing; 3 series have .*--missing interpolate, or .*--missing drop",
        ),
        (
            "drop",
            GAPS.replace("5,6", "5,?"),
            r"all 4 series have missing values\. Fill them with --missing interpolate\.",
        ),
        ("interpolate", GAPS.replace("5,6", "?,?"), r"line 5: dimension 1 has no values\. Leave .*--missing drop"),
    ],
)
def test_missing_values_that_cannot_be_resolved_are_refused(written, missing, content, message):
    with pytest.raises(DataError, match=message):
        read_series(written(content, "x.ts"), missing=missing)
