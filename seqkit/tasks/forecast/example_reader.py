"""Reads an exported forecast with NumPy and ONNX Runtime alone: an example to copy, or to translate.

    python example_reader.py rows.csv

`rows.csv` has the columns that `preprocessing.json` names, a column `ds` of times and, for several series, `unique_id`.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime


def calendar_terms(times: np.ndarray, periods: list[str]) -> np.ndarray:
    """Returns sine and cosine of each period, of shape (rows, 2 · periods)."""
    one_day, day, year = np.timedelta64(1, "D"), times.astype("datetime64[D]"), times.astype("datetime64[Y]")
    first, end = year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]")
    fractions = {
        "hour of day": (times - day) / one_day,
        "day of week": (day.astype(np.int64) + 3) % 7 / 7,
        "day of year": (times - first) / one_day / ((end - first) / one_day),
    }
    angles = [2 * np.pi * fractions[period] for period in periods]
    return np.array([wave(angle) for angle in angles for wave in (np.sin, np.cos)], np.float32).T


def forecast(
    folder: Path, values: Any, times: np.ndarray, series: str | None = None
) -> tuple[np.ndarray, dict[int, Any]]:
    """Returns the forecast of one series, of shape (horizon, targets), and by level the bounds of its intervals.

    Args:
        folder: The exported folder.
        values: The newest rows, of shape (rows, columns), columns in the order of `preprocessing.json`.
        times: Their times, datetime64, of shape (rows,).
        series: Name of the series, if each is scaled by its own statistics.
    """
    p = json.loads((folder / "preprocessing.json").read_text(encoding="utf-8"))
    scaling = p["scaling"] if p["series"] is None else p["series"][series]
    mean, deviation = np.array(scaling["mean"]), np.array(scaling["deviation"])
    targets = [p["columns"].index(name) for name in p["targets"]]
    rows, times = np.array(values, np.float64)[-p["rows"] :], times[-p["rows"] :]
    if p["log"]:
        rows[:, targets] = np.log(rows[:, targets])
    scaled = ((rows - mean) / deviation).astype(np.float32)
    inputs = np.concatenate([scaled, calendar_terms(times, p["calendar"])], axis=1) if p["calendar"] else scaled
    window = inputs[:: p["sampling_rate"]]  # (window, columns + calendar terms)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    (outputs,) = session.run(None, {p["input"]: window[None]})
    changes = outputs[0].astype(np.float64).reshape(p["horizon"], len(targets), 1 + len(p["quantiles"]))
    ahead = rows[-1, targets][:, None] + changes * deviation[targets][:, None]
    ahead = np.exp(ahead) if p["log"] else ahead  # (horizon, targets, forecast and quantiles)
    if p["nonnegative"]:
        ahead = np.maximum(ahead, 0.0)
    unit = deviation[targets] * (np.exp(mean[targets]) if p["log"] else 1)
    by_window = np.maximum(window[:, targets].astype(np.float64).std(axis=0), p["min_deviation"]) * unit
    bounds = {}
    for level in p["intervals"]:
        lower, upper = np.array(level["lower"]), np.array(level["upper"])  # (horizon, targets)
        if level["quantiles"]:
            first, last = (ahead[:, :, 1 + position] for position in level["quantiles"])
            ends = first + lower * unit, last + upper * unit
            bounds[level["level"]] = np.minimum(*ends), np.maximum(*ends)
        else:
            scale = by_window if level["by_window"] else unit
            bounds[level["level"]] = ahead[:, :, 0] + lower * scale, ahead[:, :, 0] + upper * scale
    lowest = 0.0 if p["nonnegative"] else -np.inf
    limited = {level: tuple(np.maximum(end, lowest) for end in ends) for level, ends in bounds.items()}
    return ahead[:, :, 0], limited


if __name__ == "__main__":
    here = Path(__file__).parent
    columns = json.loads((here / "preprocessing.json").read_text(encoding="utf-8"))["columns"]
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    for name in dict.fromkeys(row.get("unique_id") for row in table):
        own = [row for row in table if row.get("unique_id") == name]
        times = np.array([row["ds"].removesuffix("+00:00") for row in own], "datetime64[ns]")
        numbers = [[float(row[column]) for column in columns] for row in own]
        ahead, bounds = forecast(here, numbers, times, name)
        print(json.dumps({"series": name, "forecast": ahead.tolist(), "levels": list(bounds)}))
