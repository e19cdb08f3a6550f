"""Levels of the index of a frame are columns, in memory and in Parquet files."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.files.frame_index import with_index_columns
from seqkit.data.tables.reading import read_frame
from seqkit.errors import DataError

DAYS = pd.date_range("2023-01-01", periods=3)


def panel() -> pd.DataFrame:
    """Two series of three days in long format."""
    return pd.DataFrame({"unique_id": ["a"] * 3 + ["b"] * 3, "ds": [*DAYS, *DAYS], "y": np.arange(6.0)})


def frames():
    """Frames with their columns when read."""
    plain = panel()
    yield "two levels", plain.set_index(["unique_id", "ds"]), ["unique_id", "ds", "y"]
    yield "series", plain.set_index("unique_id"), ["unique_id", "ds", "y"]
    yield "time", plain.set_index("ds"), ["ds", "unique_id", "y"]
    yield "numbered series", plain.assign(unique_id=[7] * 3 + [2] * 3).set_index("unique_id"), ["unique_id", "ds", "y"]
    yield "no name, times", plain[:3].set_index("ds").rename_axis(None), ["index", "unique_id", "y"]
    yield "no name, texts", plain.set_index("unique_id").rename_axis(None), ["index", "ds", "y"]
    yield "no names", plain.set_index(["unique_id", "ds"]).rename_axis([None, None]), ["index", "index_2", "y"]
    yield "keys", pd.concat({"a": plain[:3], "b": plain[3:]})[["ds", "y"]], ["index", "ds", "y"]
    yield "default", plain, ["unique_id", "ds", "y"]
    yield "filtered", plain.query("unique_id == 'b'"), ["unique_id", "ds", "y"]
    yield "shuffled", plain.sample(6, random_state=1), ["unique_id", "ds", "y"]
    yield "floats", plain.set_axis(np.arange(6) / 2), ["unique_id", "ds", "y"]
    wide = plain.pivot(index="ds", columns="unique_id", values="y").rename_axis(columns=None)
    yield "wide", wide, ["ds", "a", "b"]
    yield (
        "wide with levels",
        pd.concat({"low": wide, "high": wide + 1}, axis=1),
        ["ds", "low_a", "low_b", "high_a", "high_b"],
    )


@pytest.mark.parametrize(("frame", "names"), [pytest.param(frame, names, id=name) for name, frame, names in frames()])
def test_levels_of_the_index_are_the_first_columns(frame, names, tmp_path):
    frame.attrs = {"source": "mine"}
    result = with_index_columns(frame)
    assert list(result.columns) == names and isinstance(result.index, pd.RangeIndex)
    assert result.attrs == {"source": "mine"} and with_index_columns(result) is result
    assert result.iloc[:, -1].tolist() == frame.iloc[:, -1].tolist()
    frame.to_parquet(tmp_path / "frame.parquet")
    stored = read_frame(tmp_path / "frame.parquet")
    assert list(stored.columns) == names
    for name in names:
        assert stored[name].tolist() == result[name].tolist()


def test_periods_and_categories_in_the_index_are_columns():
    months = pd.period_range("2023-01", periods=2, freq="M", name="ds")
    index = pd.MultiIndex.from_product([pd.CategoricalIndex(["a", "b"], name="unique_id"), months])
    result = with_index_columns(pd.DataFrame({"y": [1, 2, 3, 4]}, index=index))
    assert list(result.columns) == ["unique_id", "ds", "y"] and result["unique_id"].tolist() == ["a", "a", "b", "b"]
    assert result["ds"].tolist() == [*months, *months]


def test_a_level_that_repeats_a_column_is_one_column():
    result = with_index_columns(panel().set_index("unique_id", drop=False))
    assert list(result.columns) == ["unique_id", "ds", "y"]


def test_a_level_with_the_name_of_another_column_is_refused():
    frame = panel().set_index("unique_id", drop=False).assign(unique_id="c")
    with pytest.raises(DataError, match=r"'unique_id' has the name of a column and other values\. Rename one of them"):
        with_index_columns(frame)
