"""The same table through every format: text with any delimiter, gzip, Parquet, a frame, and a frame with an index."""

import gzip

import numpy as np
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from seqkit.data.series.table import Table
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.errors import SeqkitError

NAMES = st.one_of(
    st.integers(0, 10**6),
    st.sampled_from(["007", "00417", "417", "1e5", "0x1F", "12345678901234567890"]),
    st.text("abcXYZ äß-_.", min_size=1, max_size=6).map(str.strip).filter(lambda name: name not in ("", "-", ".")),
)
VALUES = st.one_of(
    st.integers(-(10**9), 10**9).map(float),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3)),
    st.floats(-1e300, 1e300, allow_nan=False),
)


@st.composite
def panels(draw):
    """A long table: series named by one or two columns, times on a grid, two columns of numbers."""
    count = draw(st.integers(1, 3))
    kind = draw(st.sampled_from([int, str]))
    names = draw(
        st.lists(NAMES.filter(lambda name: isinstance(name, kind)), min_size=count, max_size=count, unique=True)
    )
    frequency = draw(st.sampled_from(["D", "h", "MS", "10min"]))
    parts = []
    for name in names:
        rows = draw(st.integers(2, 8))
        values = draw(st.lists(VALUES, min_size=rows, max_size=rows, unique=True))
        whole = draw(st.lists(st.integers(0, 10**12), min_size=rows, max_size=rows))
        times = pd.date_range("2021-03-01", periods=rows, freq=frequency)
        parts.append(pd.DataFrame({"unique_id": name, "ds": times, "y": values, "n": whole}))
    return pd.concat(parts, ignore_index=True)


def outcome(frame: pd.DataFrame, **choices) -> Table | list[str]:
    """The table, or what is wrong with it."""
    try:
        return regularise(frame, target=("y",), **choices)
    except SeqkitError as error:
        lines = str(error).replace("--encoding utf-16 ", "").replace("--decimal , ", "").splitlines()[1:]
        return [line.replace(" --decimal ,", "") for line in lines]


def assert_same(result: Table | list[str], expected: Table | list[str]) -> None:
    if not isinstance(expected, Table) or not isinstance(result, Table):
        assert result == expected
        return
    for field in ("ids", "interval", "targets", "time_column", "id_column", "notes", "utc"):
        assert getattr(result, field) == getattr(expected, field)
    for field in ("time", "starts", "segments"):
        np.testing.assert_array_equal(getattr(result, field), getattr(expected, field))
    assert list(result.columns) == list(expected.columns)
    for name, values in expected.columns.items():
        np.testing.assert_array_equal(result.columns[name], values)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(panels())
def test_every_format_gives_the_same_table(tmp_path_factory, frame):
    folder = tmp_path_factory.mktemp("formats")
    expected = outcome(frame)
    for delimiter in (",", ";", "\t", "|"):
        text = frame.to_csv(index=False, sep=delimiter)
        (folder / "table.csv").write_text(text)
        assert_same(outcome(read_frame(folder / "table.csv")), expected)
    (folder / "table.csv.gz").write_bytes(gzip.compress(text.encode("utf-16")))
    assert_same(outcome(read_frame(folder / "table.csv.gz", encoding="utf-16")), expected)
    frame.to_csv(folder / "table.csv", index=False, sep=";", decimal=",")
    assert_same(outcome(read_frame(folder / "table.csv"), decimal=","), expected)
    indexed = frame.set_index(["unique_id", "ds"])
    assert_same(outcome(indexed), expected)
    for table in (frame, indexed):
        table.to_parquet(folder / "table.parquet")
        assert_same(outcome(read_frame(folder / "table.parquet")), expected)
