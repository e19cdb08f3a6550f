"""Reading of `.ts` files: labelled series, and one message for each invalid line."""

from collections import Counter

import numpy as np
import pytest

from seqkit.data.labelled.series_files import read_series
from seqkit.errors import DataError, NotFoundError, UsageError
from seqkit.options import module_options

FILE = "Small_TRAIN.ts"

HEADER = """# A comment: with a colon
@problemName Small
@timeStamps false
@univariate false
@dimensions 2
@equalLength false
@classLabel true up down
@data
"""
FIRST_LINE = HEADER.count("\n") + 1


def test_dimensions_become_channels_and_lengths_may_differ(written):
    frame = read_series(written(HEADER + "1,2,3:-4,5e-1,6:up\n\n7, 8 :9,10:down"))
    assert list(frame.columns) == ["series", "label"] and frame["label"].tolist() == ["up", "down"]
    first, second = frame["series"]
    np.testing.assert_array_equal(first, [[1, -4], [2, 0.5], [3, 6]])
    np.testing.assert_array_equal(second, [[7, 9], [8, 10]])
    assert first.dtype == np.float64 and first.shape == (3, 2)
    assert frame.attrs == {
        "source": "Small_TRAIN.ts",
        "format": "ts",
        "encoding": "utf-8",
        "notes": ["the series have 2 to 3 steps"],
        "channels": ["dim_0", "dim_1"],
    }


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_all_line_ends_and_tags_in_any_case_are_read(written, end):
    content = "@PROBLEMNAME x\n@Univariate TRUE\n@classlabel True 1 2\n@DATA\n1,2:1\n3,4:2\n".replace("\n", end)
    frame = read_series(written("\ufeff" + content))
    assert [one.tolist() for one in frame["series"]] == [[[1], [2]], [[3], [4]]]
    assert frame["label"].tolist() == ["1", "2"] and frame.attrs["channels"] == ["dim_0"]


def test_series_without_labels_have_no_label_column(written):
    frame = read_series(written("@problemName x\n@classLabel false\n@data\n1,2:3,4\n5,6:7,8\n"))
    assert list(frame.columns) == ["series"]
    np.testing.assert_array_equal(frame["series"][1], [[5, 7], [6, 8]])


def test_any_label_is_allowed_if_the_header_names_none(written):
    frame = read_series(written("@problemName x\n@classLabel true\n@data\n1,2:a\n5,6:b\n"))
    assert frame["label"].tolist() == ["a", "b"]


def test_wrong_length_in_the_header_is_noted_if_all_series_agree(written):
    frame = read_series(
        written("@problemName x\n@equalLength true\n@seriesLength 5\n@classLabel true a\n@data\n1,2:a\n")
    )
    assert frame.attrs["notes"] == ["@seriesLength is 5, but all series have 2 steps"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "1,?,3:4,5,6:up",
            r"line {0}, dimension 1, value 2 is missing; 1 series has missing values\. Fill them with --mi",
        ),
        ("1,2:3,NaN:up", r"line {0}, dimension 2, value 2 is missing; 1 series has"),
        ("1,2:3,:up", r"line {0}, dimension 2, value 2 is missing; 1 series has"),
        ("1,2:3,x:up", r"line {0}, dimension 2, value 2 is 'x', expected a number"),
        ("1,2:3,inf:up", r"line {0}, dimension 2, value 2 is 'inf', expected a number"),
        ("1,2:3,1_0:up", r"line {0}, dimension 2, value 2 is '1_0', expected a number"),
        ("1,2:3,4:up\n(0,1),(1,2):(0,3),(1,4):up", r"line {1}: the values have timestamps"),
        ("1,2:3,4:up\n(0,1),(1,2):(0,3),(1,4)", r"line {1}: the values have timestamps"),
        ("1,2,3:4,5:up", r"line {0}: dimension 2 has 2 values, dimension 1 3"),
        ("1,2:3,4:up\n1,2:up", r"line {1} has 1 dimension and a label, the lines before it 2"),
        ("1,2:3,4:5,6:up", r"line {0} has 3 dimensions and a label, the header 2"),
        ("up", r"line {0} has 0 dimensions and a label, the header 2"),
        ("1,2:3,4:upp", r"line {0} ends with the label 'upp', which @classLabel does not name\. Did you mean 'up'"),
        ("1,2:3,4", r"line {0} ends with the label '3,4', which @classLabel does not name\. Known: down, up"),
        ("1,2:3,4:", r"line {0} ends with the label ''"),
        ("# only a comment\n", "a header but no series"),
    ],
)
def test_invalid_line_is_refused_with_its_number(written, lines, message):
    path = written(HEADER + lines + "\n")
    with pytest.raises(DataError, match=message.format(FIRST_LINE, FIRST_LINE + 1)) as error:
        read_series(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "@univariate true\n@classLabel true a\n@data\n1,2:3,4:a\n",
            "line 4 has 2 dimensions and a label, the header 1",
        ),
        (
            "@classLabel true a\n@data\n1,2:3,4:a\n1,2:a\n",
            r"line 4 has 1 dimension and a label, .* it 2\. .*:…:label\.$",
        ),
        ("@classLabel true a\n@data\na\n", "line 3 has 0 dimensions and a label"),
        (
            "@data\n1:2\n1:2:3\n",
            r"line 3 has 3 dimensions, the lines before it 2\. Write each line as dimension:dimension:…\.$",
        ),
        ("@dimensions ²\n@data\n1:2\n", "@dimensions is '²', expected a whole number"),
        ("@equalLength true\n@data\n1,2\n1\n3,4\n", "line 4 has 1 steps, others 2"),
        ("@classLabel true\n@data\n1,2:\n", "line 3 ends with the label ''"),
        ("@classLabel true a\n@data\n" + "1," * 99 + "1\n", r"line 3 ends with the label '(1,){38}1…', .* Known: a\."),
    ],
)
def test_incomplete_headers_are_validated(written, content, message):
    with pytest.raises(DataError, match=message):
        read_series(written(content))


def test_line_of_another_length_is_refused_if_equallength_is_true(written):
    header = HEADER.replace("@equalLength false", "@equalLength true\n@seriesLength 3")
    with pytest.raises(DataError, match=rf"line {FIRST_LINE + 2} has 2 steps, others 3, .*@equalLength true"):
        read_series(written(header + "1,2,3:4,5,6:up\n1,2:4,5:down\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("# comments\n", "is empty"),
        ("const x = 1;\n", "is not a .ts file: line 1 is not a tag such as @problemName"),
        ("@problemName x\n1,2:a\n", "is not a .ts file: line 2 contains data before @data"),
        ("@problemName x\n@classLabel true a", "has no line @data: it is not a .ts file, or truncated"),
        ("@problemName x\n@timeStamps true\n@data\n", "@timeStamps true: the values have timestamps"),
        ("@problemName x\n@targetLabel true\n@data\n1,2:0.5\n", "numeric targets, not class labels"),
        ("@problemName x\n@dimensions two\n@data\n", "@dimensions is 'two', expected a whole number above 0"),
        ("@problemName x\n@seriesLength 0\n@data\n", "@seriesLength is '0'"),
        ("@problemName x\n@ \n@data\n1,2:a\n", "line 2 has @ without a name"),
        (
            "@problemName x\n@seriesLength " + "9" * 5000 + "\n@data\n",
            "@seriesLength is '9999.*', expected a whole number",
        ),
        (b"@problemName x\n@data\n1,\x002:a\n", "a NUL byte in line 3"),
        ("# Größe\n@data\n".encode("latin-1"), "--encoding latin-1"),
        (b"PAR1....", "is a Parquet file"),
    ],
)
def test_invalid_ts_file_is_refused(written, content, message):
    with pytest.raises(DataError, match=message):
        read_series(written(content))


def test_missing_file_and_folder_are_refused(written):
    path = written(HEADER)
    with pytest.raises(NotFoundError, match=r"Did you mean 'Small_TRAIN\.ts'"):
        read_series(path.with_name("Small_TRAN.ts"))
    with pytest.raises(UsageError, match="is a directory"):
        read_series(path.parent)


def test_options_come_from_the_signature():
    encoding, missing = module_options("seqkit.data.labelled.series_files", "read_series")
    assert encoding.flag == "--encoding" and "latin-1" in encoding.help
    assert missing.flag == "--missing" and missing.choices == ("error", "interpolate", "drop")


SPEAKERS = {"1": 31, "2": 35, "3": 88, "4": 44, "5": 29, "6": 24, "7": 40, "8": 50, "9": 29}
ARCHIVE = [
    (
        "basicmotions/BasicMotions",
        40,
        (100, 100),
        6,
        dict.fromkeys(("Standing", "Running", "Walking", "Badminton"), 10),
    ),
    ("italypowerdemand/ItalyPowerDemand", 1029, (24, 24), 1, {"1": 513, "2": 516}),
    ("japanesevowels/JapaneseVowels", 370, (7, 29), 12, SPEAKERS),
    ("syntheticcontrol/SyntheticControl", 300, (60, 60), 1, dict.fromkeys("123456", 50)),
]


@pytest.mark.parametrize(("name", "count", "lengths", "channels", "labels"), ARCHIVE)
def test_files_of_the_archive_are_read_whole(requires_data, name, count, lengths, channels, labels):
    path = requires_data(f"ucr_{name}_TEST.ts")
    frame = read_series(path)
    series = frame["series"].tolist()
    assert len(frame) == count and Counter(frame["label"]) == labels
    assert (min(map(len, series)), max(map(len, series))) == lengths
    assert {one.shape[1] for one in series} == {channels}
    # The last line again, cut by hand.
    *dimensions, label = path.read_text().strip().rpartition("\n")[2].split(":")
    assert label == frame["label"].iloc[-1]
    np.testing.assert_array_equal(series[-1].T, [np.array(one.split(","), np.float64) for one in dimensions])
