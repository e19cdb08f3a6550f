"""M4 hourly: the 414 hourly series of the M4 forecasting competition.

Each series has 748 or 1,008 positive values, without times or units: 700 or 960 to train on and the 48 that the
competition asked for. Here all series end at the same time, so that the last 48 rows of each are the test part, the 48
before them the validation part. Rows are numbered by hours.

The protocol is the competition's: 48 hours ahead, from one origin a series. Its measure OWA is printed by
`python -m benchmarks forecasting --data m4_hourly`.

Source: Makridakis, Spiliotis & Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods",
International Journal of Forecasting 36(1), 2020, https://doi.org/10.1016/j.ijforecast.2019.04.014.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from seqkit.data.files.download import fetch

LICENCE = "free for research; see the source"
SOURCE = "https://github.com/Mcompetitions/M4-methods"
UNITS = {"unique_id": "", "y": ""}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("ds",),
    "id": ("unique_id",),
    "target": ("y",),
    "window": 168,
    "horizon": 48,
    "lead": 1,
    "split": "912,48,48",
    "scale": "standard",
    "log": True,
    "calendar": "none",
    "season": 24,
}

_URL = "https://raw.githubusercontent.com/Mcompetitions/M4-methods/master/Dataset"
_SHA256 = {
    "Train": "ea59b7783573c49077a835ab6465c7d66f1474783360f310988a9a737fbca62f",
    "Test": "71a57fccb15e534d973626ada4fb87febf789e9317715b7cc6dd3b5f90db6f42",
}


def load() -> pd.DataFrame:
    """Returns the 373,372 rows of all series: "unique_id", "ds" (a row number that ends at 1008) and "y".

    Raises:
        NotFoundError: A file is not in the cache and cannot be downloaded; the message says where to put it.
    """
    train, test = (_read(part) for part in ("Train", "Test"))
    series = {name: np.concatenate([values, test[name]]) for name, values in train.items()}
    longest = max(map(len, series.values()))
    return pd.DataFrame(
        {
            "unique_id": np.repeat(list(series), [len(values) for values in series.values()]),
            "ds": np.concatenate([np.arange(longest - len(values), longest) + 1 for values in series.values()]),
            "y": np.concatenate(list(series.values())),
        }
    )


def _read(part: str) -> dict[str, np.ndarray]:
    """Returns the values of each series by name."""
    file = f"Hourly-{part.lower()}.csv"
    path: Path = fetch("m4_hourly", file, url=f"{_URL}/{part}/{file}", sha256=_SHA256[part])
    with path.open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    return {name: np.array([float(value) for value in values if value]) for name, *values in rows}
