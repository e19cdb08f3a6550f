"""Peak memory and seconds to train on ten million rows of 14 columns.

The series is simulated, one row per minute, and written once as Parquet, in chunks. `seqkit train` then reads it,
trains on every window for one epoch (`autoregression` has a closed-form solution), exports the model, scores validation
and test with the baselines, and writes the run. The figure is the peak memory of the whole process.
"""

import tempfile
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.measure import note, seqkit_process
from benchmarks.report import Line, Report, report_lines
from seqkit.registry import find_recipe

COLUMNS, PIECE = 14, 250_000
GIBIBYTE = 2**30
MAX_GIB = 4.0


def run(
    *,
    recipes: str = "dense,autoregression",
    dtype: Literal["float32", "float64"] = "float64",
    rows: int = 10_000_000,
    window: int = 24,
    batch_size: int = 4096,
    quick: bool = False,
) -> Report:
    """Trains each recipe once.

    Args:
        recipes: Names, separated by commas.
        dtype: Data type of the columns in the file.
        rows: Length of the series, [1000, inf).
        window: Steps per window, [1, inf).
        batch_size: Windows per step, [1, inf).
        quick: 50,000 rows, as a smoke test.
    """
    rows = min(rows, 50_000) if quick else rows
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "series.parquet"
        note(f"writing {rows:,} rows of {COLUMNS} columns, {dtype}")
        write_series(file, rows, dtype)
        for name in recipes.split(","):
            note(f"training {name}")
            options = ["--data", str(file), "--time", "time", "--target", "x0", "--out", str(Path(folder) / name)]
            options += ["--window", str(window), "--batch-size", str(batch_size)]
            if "READOUT" not in find_recipe(name).constants:
                options += ["--epochs", "1"]
            process = seqkit_process("train", name, *options, show=True)
            lines += [
                Line(f"{name}, peak memory", "GiB", [process.peak_bytes / GIBIBYTE], at_most=MAX_GIB),
                Line(f"{name}, whole process", "s", [process.seconds]),
            ]
    return report_lines(lines, notes=[f"{rows:,} rows of {COLUMNS} columns, {dtype}, window {window}, target one."])


def write_series(path: Path, rows: int, dtype: str) -> None:
    """Writes 14 columns with a daily cycle and autocorrelated noise, one row per minute, starting in 2000.

    Writes in chunks, because the memory of this process would count as that of the training (see `run_process`).
    """
    import pyarrow
    from pyarrow import parquet
    from scipy.signal import lfilter

    rng, names = np.random.default_rng(0), [f"x{column}" for column in range(COLUMNS)]
    fields = [("time", pyarrow.timestamp("ns")), *((name, getattr(pyarrow, dtype)()) for name in names)]
    schema, phases = pyarrow.schema(fields), np.linspace(0, np.pi, COLUMNS)
    state = np.zeros((1, COLUMNS))
    with parquet.ParquetWriter(path, schema) as writer:
        for first in range(0, rows, PIECE):
            minutes = np.arange(first, min(first + PIECE, rows))
            noise, state = lfilter([0.3], [1, -0.95], rng.standard_normal((len(minutes), COLUMNS)), axis=0, zi=state)
            values = 10 + 5 * np.sin(2 * np.pi * minutes[:, None] / 1440 + phases) + noise
            time = np.datetime64("2000-01-01", "ns") + minutes * np.timedelta64(60_000_000_000, "ns")
            columns = [time, *values.astype(dtype).T.copy()]
            writer.write_table(pyarrow.table([pyarrow.array(column) for column in columns], schema=schema))
