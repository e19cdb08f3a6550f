"""Unreadable files: the message names file, reason and remedy."""

import re
from pathlib import Path

import pandas as pd
import pyarrow
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from seqkit.data.files.download_archives import open_member
from seqkit.data.files.encodings import to_utf8
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.data.text.corpus_files import corpus_text
from seqkit.data.vectors.formats import read_vectors
from seqkit.errors import DataError, SeqkitError, UsageError
from seqkit.options import parse_file

REMEDY = "Make it readable, or name another."


@pytest.fixture
def failing(monkeypatch):
    """Makes a method of `Path` fail as on a broken disk."""

    def fail(method: str) -> None:
        def broken(self, *arguments, **named):
            raise OSError(5, "Input/output error", str(self))

        monkeypatch.setattr(Path, method, broken)

    return fail


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("time,y\n2024-01-01,1\n2024-01-02,2\n")
    return path


def said(path: Path) -> str:
    return rf"^{re.escape(str(path))} cannot be read: Input/output error\. {REMEDY}$"


def test_unreadable_table_is_reported_with_the_reason(table, failing):
    failing("open")
    with pytest.raises(SeqkitError, match=said(table)):
        read_frame(table)


def test_unreadable_word_vectors_are_reported_with_the_reason(table, failing):
    failing("open")
    with pytest.raises(SeqkitError, match=said(table)):
        read_vectors(table)


def test_table_without_numeric_columns_is_refused_with_its_columns():
    frame = pd.DataFrame({"time": ["2024-01-01", "2024-01-02", "2024-01-03"], "name": ["a", "b", "c"]})
    with pytest.raises(UsageError, match=r"no numeric column to predict; the columns are .*name.*\. Add one\."):
        regularise(frame)


def test_unreadable_folder_is_reported_with_the_reason(tmp_path, failing):
    failing("iterdir")
    with pytest.raises(SeqkitError, match=said(tmp_path)):
        "".join(corpus_text([tmp_path]))


def test_unreadable_recipe_is_reported_with_the_reason(tmp_path, failing):
    failing("read_text")
    with pytest.raises(UsageError, match=said(tmp_path / "mine.py")):
        parse_file(tmp_path / "mine.py")


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"y\n1.5\n", "It is valid UTF-8: omit --encoding."),
        (b"ti\xe4me-..", "It looks like Latin-1 (Western European)"),
    ],
)
def test_text_that_is_not_punycode_suggests_the_likely_encoding(data, remedy):
    with pytest.raises(DataError, match=rf"^mine\.csv is not punycode: .*\. {re.escape(remedy)}"):
        to_utf8(data, "punycode", "mine.csv")


def test_cached_file_that_is_not_an_archive_is_to_be_deleted(tmp_path):
    path = tmp_path / "data.zip"
    path.write_text("<html>Not found</html>")
    message = f"{path} is not an archive. Delete it to download it again."
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"), open_member(path, "data.csv"):
        pass


def test_file_without_cells_is_not_a_table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('"' + "x" * 200_000 + '"\n1\n')
    with pytest.raises(DataError, match=r"mine\.csv is not a table: no line can be split .* Pass a CSV file\.$"):
        read_frame(path)


def test_columns_without_rows_are_not_a_table(tmp_path):
    path = tmp_path / "mine.parquet"
    parquet.write_table(pyarrow.table({"time": pyarrow.array([], pyarrow.int64())}), path)
    with pytest.raises(DataError, match=r"mine\.parquet has columns but no rows\. Save it with its rows\.$"):
        read_frame(path)


def test_cell_longer_than_a_block_is_refused_with_a_remedy(table, monkeypatch):
    original = arrow_csv.read_csv

    def in_small_blocks(data, *, read_options, **named):
        read_options.block_size = 1 << 12
        return original(data, read_options=read_options, **named)

    monkeypatch.setattr(arrow_csv, "read_csv", in_small_blocks)
    table.write_text("time,y\n2024-01-01,1\n" + "2024-01-02," + "1" * 10_000 + "\n2024-01-03,1\n")
    with pytest.raises(DataError, match=r"mine\.csv cannot be read as CSV: [^\n.]*\. Fix it, or save it as Parquet\.$"):
        read_frame(table)


HOURS = pd.date_range("2024-01-01", periods=6, freq="h")
TABLE = pd.DataFrame({"y": [1.0, 2, 1, 2, 1, 3], "date": HOURS, "count": range(6), "hour": range(6)})
TABLE["flag"], TABLE["text"] = [True, False] * 3, [str(time) for time in HOURS]
FIELDS = {name: [1] * 6 for name in ("month", "day", "h", "m", "s", "ms")}


@pytest.mark.parametrize(
    ("frame", "time", "form", "message"),
    [
        (TABLE.assign(count=range(6), a="1", b="2"), ("count", "a", "b"), None, "--time takes one column, a date and"),
        (TABLE.assign(a=1, b=2, c=3, d=4), ("date", "a", "b", "c", "d"), None, "--time takes one column, a date and"),
        (TABLE.assign(year=2024, **FIELDS), ("year", *FIELDS), None, "--time takes year, month, day, hour, minute and"),
        (TABLE, ("flag",), None, "The column 'flag' cannot be the time: its type is bool. Choose another with --time."),
        (TABLE, ("date", "flag"), None, "The column 'flag' cannot be hours or minutes: its type is bool. Choose"),
        (TABLE, ("text",), "ms", "--time-format ms needs numbers, but 'text' contains texts such as ['2024-01-01"),
    ],
)
def test_column_that_cannot_be_the_time_is_refused(frame, time, form, message):
    with pytest.raises(UsageError, match=f"^{re.escape(message)}"):
        regularise(frame, time=time, time_format=form, target=("y",))
