"""Wide tables are read like the long ones that hold the same series."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError

TIMES = pd.date_range("2024-01-01", periods=40)


def series() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"north": rng.normal(5, 1, 40), "south": rng.normal(9, 1, 25), "west": rng.normal(1, 1, 33)}


def by_column() -> pd.DataFrame:
    return pd.DataFrame({"day": TIMES, **{name: pd.Series(values) for name, values in series().items()}})


def by_row(names=None) -> pd.DataFrame:
    """M4's layout: the values of a series from the left to the right, and blanks at the end."""
    frame = pd.DataFrame(
        [np.pad(v, (0, 40 - len(v)), constant_values=np.nan) for v in series().values()],
        columns=names or [f"V{i}" for i in range(2, 42)],
    )
    frame.insert(0, "V1", list(series()))
    return frame


def assert_same(table, *, times=True):
    assert table.ids == ("north", "south", "west") and table.targets == ("y",) and table.id_column == "unique_id"
    np.testing.assert_array_equal(table.columns["y"], np.concatenate(list(series().values())))
    expected = TIMES.to_numpy() if times else np.arange(40)
    np.testing.assert_array_equal(table.time[:40], expected)
    np.testing.assert_array_equal(table.time[40:65], expected[:25])


def test_columns_are_series():
    assert_same(regularise(by_column(), wide="columns"))
    assert_same(regularise(by_column().rename(columns={"day": "when"}), wide="columns", time=("when",)))
    assert_same(regularise(by_column().drop(columns="day"), wide="columns", time=("none",)), times=False)


def test_rows_are_series():
    assert_same(regularise(by_row(), wide="rows"), times=False)
    assert_same(regularise(by_row([f"{day:%Y-%m-%d}" for day in TIMES]), wide="rows"))
    assert_same(regularise(by_row().rename(columns={"V1": "shop"}), wide="rows", id=("shop",)), times=False)


def test_blank_cells_inside_a_series_are_missing_values():
    frame = by_column()
    frame.loc[5, "south"] = np.nan
    with pytest.raises(DataError, match=r"missing value\s+y"):
        regularise(frame, wide="columns")
    frame.loc[:3, "south"] = np.nan  # before its first value
    table = regularise(frame, wide="columns", missing="ffill")
    assert np.diff(table.starts).tolist() == [40, 21, 33] and table.filled["y"].sum() == 1


def test_a_wide_table_is_recognised():
    with pytest.raises(UsageError, match=r"Each row looks like a series, .* --wide rows"):
        regularise(by_row())
    with pytest.raises(UsageError, match=r"If each column is a series, read them with --wide columns"):
        regularise(by_column())
    with pytest.raises(DataError, match=r"each row is a series: read it with --wide rows"):
        regularise(by_row([f"{day:%Y-%m-%d}" for day in TIMES]), target=("2024-01-01",))


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (by_column().assign(unique_id="a"), {"wide": "columns"}, "also has 'unique_id', as a long table"),
        (by_column().assign(shop="a"), {"wide": "columns", "id": ("shop",)}, "also has 'shop', as a long table"),
        (
            by_column().assign(note="text"),
            {"wide": "columns"},
            "also has 'note', as a long table with one row per time",
        ),
        (by_row().assign(region="east"), {"wide": "rows"}, "also has 'region', as a long table"),
        (by_column(), {"wide": "columns", "target": ("north",)}, "so --target and --features name nothing"),
        (by_row(), {"wide": "rows", "features": ("V3",)}, "predicts every row, so --target"),
    ],
)
def test_wide_mixed_with_long_is_refused(frame, options, message):
    with pytest.raises(UsageError) as error:
        regularise(frame, **options)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["north", "south", "north"], "'V1', but 'north' names row 1 and row 3. Give each row a name of its own"),
        (["north", " ", None], "'V1', which is blank in 2 of 3 rows, the first is row 2. Fill the names"),
    ],
)
def test_each_row_needs_a_name_of_its_own(names, message):
    with pytest.raises(DataError) as error:
        regularise(by_row().assign(V1=names), wide="rows")
    assert message in str(error.value)


def test_series_without_values_are_named_and_rows_are_counted_in_long_form():
    frame = by_column().assign(east=np.nan)
    assert any(
        "empty series: 1 of 4 have no values: 'east'; left out" in n for n in regularise(frame, wide="columns").notes
    )
    frame.loc[frame["south"].notna().idxmax() + 2, "south"] = np.nan
    with pytest.raises(DataError, match=r"y of south .*\n(?s:.*)\nRows are those of the long form: "):
        regularise(frame, wide="columns", missing="error")


def test_run_reads_newer_rows_in_either_form(tmp_path):
    by_column().to_csv(tmp_path / "wide.csv", index=False)
    seqkit.train("autoregression", tmp_path / "wide.csv", wide="columns", out=tmp_path / "run", window=3)
    run = seqkit.load(tmp_path / "run")
    stored, wide = run.forecast(), run.forecast(by_column())
    long = by_column().melt("day", var_name="unique_id", value_name="y").dropna()
    assert stored["unique_id"].tolist() == ["north", "south", "west"]
    pd.testing.assert_frame_equal(stored, wide)
    pd.testing.assert_frame_equal(stored, run.forecast(long))
    assert seqkit.evaluate(tmp_path / "run")["models"][0]["mae"] > 0
