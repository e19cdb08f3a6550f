"""Whatever a table with labels contains: it is read, or refused with one message."""

import random

import pandas as pd
import pytest

from seqkit.data.tables.reading import read_frame
from seqkit.data.tagged_series.rows import label_rows
from seqkit.data.tagged_series.splits import split_rows
from seqkit.errors import DataError, SeqkitError, UsageError
from seqkit.sources import find_source
from seqkit.tasks.tag.series.prepare import prepare_series

ODD = (
    "",
    "NaN",
    "-9999",
    "1e308",
    "1e999",
    "x",
    "on",
    "0x1F",
    "1,5",
    '"',
    "\ud55c",
    "2024-13-45",
    "inf",
    " ",
    "\x00",
    "9" * 400,
)


def mutated(seed: int) -> str:
    """A table of which some cells, rows, columns or names are broken."""
    draw = random.Random(seed)
    states = [("off", "on", "fault")[i // 9 % 3] for i in range(80)]
    rows = [["time", "machine", "x", "z", "state"]]
    rows += [
        [f"2024-01-01 {i // 60:02d}:{i % 60:02d}", f"m{i // 40}", f"{i % 7}.5", str(i % 5), states[i]]
        for i in range(80)
    ]
    for _ in range(draw.randint(1, 4)):
        kind, row, column = draw.randrange(8), draw.randrange(1, len(rows)), draw.randrange(5)
        if kind == 0:
            rows[row][column % len(rows[row])] = draw.choice(ODD)
        elif kind == 1:
            rows[0][column] = draw.choice((*ODD, "state", "label", "split", "ds"))
        elif kind == 2:
            rows.insert(draw.randrange(1, len(rows)), list(rows[row]))
        elif kind == 3:
            del rows[row : row + draw.randint(1, 60)]
            rows = rows if len(rows) > 1 else [*rows, ["2024-01-01", "m0", "1", "2", "on"]]
        elif kind == 4:
            rows = [rows[0], *draw.sample(rows[1:], len(rows) - 1)]
        elif kind == 5:
            value = draw.choice(ODD)
            rows = [rows[0], *([*cells[:column], value, *cells[column + 1 :]] for cells in rows[1:])]
        elif kind == 6:
            rows = [rows[0], *([*cells[:column], str(draw.random()), *cells[column + 1 :]] for cells in rows[1:])]
        else:
            rows[row] = rows[row][:-1]
    return "\n".join(",".join(cells) for cells in rows) + "\n"


@pytest.mark.parametrize("first", range(0, 240, 60))
def test_broken_tables_are_read_or_refused(first, tmp_path):
    refused, prepared, file = set(), 0, tmp_path / "own.csv"
    for seed in range(first, first + 60):
        file.write_text(mutated(seed), encoding="utf-8")
        find_source(file, ["label"])
        options = {"missing": ("error", "drop", "ffill", "skip")[seed % 4], "duplicates": ("error", "first")[seed % 2]}
        try:
            rows = label_rows(read_frame(file), options, label=None if seed % 3 else "state")
            _, splits = prepare_series(rows, window=8)
            assert len(splits.labels) == len(rows) and splits.labels.max() < len(splits.names)
            prepared += 1
        except SeqkitError as error:
            assert isinstance(error, (DataError, UsageError)) and str(error).strip()
            refused.add(str(error)[:40])
    assert prepared > 5 and len(refused) > 5


def test_frames_of_odd_types_are_read_or_refused():
    times = pd.date_range("2024-01-01", periods=40, freq="h")
    columns = {
        "categories": pd.Categorical(["a", "b"] * 20),
        "booleans": [True] * 20 + [False] * 20,
        "objects": [("a",), None] * 20,
        "dates": times,
    }
    for name, labels in columns.items():
        frame = pd.DataFrame({"time": times, "x": range(40), "state": labels})
        try:
            rows = label_rows(frame, {})
        except DataError:
            assert name in ("objects", "dates")
            continue
        assert name != "dates"
        assert len(rows.names) == 2
        assert len(split_rows(rows, "0.6,0.2,0.2")[0]) == 40
