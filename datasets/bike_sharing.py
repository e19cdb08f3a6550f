"""Hourly bicycle rentals in Washington, 2011 and 2012, with weather and type of day.

17,379 of 17,544 hours. The time is in two columns, "dteday" and "hr"; the dates are written 2011-01-01 in the archive's
file and 1/1/11 in copies that passed through a spreadsheet; both are read. The source scales "temp", "atemp", "hum" and
"windspeed" to 0…1: (t + 8 °C) / 47 °C, (t + 16 °C) / 66 °C, by 100 % and by 67.

The protocol forecasts the rentals of the next 24 hours from the week before. It excludes "instant", which numbers the
rows, and "casual" and "registered", whose sum is the target. Most of the 165 missing hours are single hours before dawn
without rentals; others are outages, the longest the 36 hours of the storm of October 2012, in the test part. All take
the values of the hour before ("ffill"), which were known at the time. Splitting the series at all 75 gaps instead
("drop") would invent nothing, but cost a third of the windows. The season is a week: working days differ from weekends.

Source (please cite): Fanaee-T & Gama, "Event labeling combining ensemble detectors and background knowledge", Progress
in Artificial Intelligence 2 (2014), https://doi.org/10.1007/s13748-013-0040-3.
"""

from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.tables.reading import read_frame
from seqkit.errors import DataError

LICENCE = "CC BY 4.0"
SOURCE = "https://archive.ics.uci.edu/dataset/275/bike+sharing+dataset"
UNITS = {
    "instant": "",
    "season": "",
    "yr": "",
    "mnth": "",
    "holiday": "",
    "weekday": "",
    "workingday": "",
    "weathersit": "",
    "temp": "",
    "atemp": "",
    "hum": "",
    "windspeed": "",
    "casual": "rentals",
    "registered": "rentals",
    "cnt": "rentals",
}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("dteday", "hr"),
    "target": ("cnt",),
    "features": (
        "season",
        "yr",
        "mnth",
        "holiday",
        "weekday",
        "workingday",
        "weathersit",
        "temp",
        "atemp",
        "hum",
        "windspeed",
    ),
    "missing": "ffill",
    "window": 168,
    "horizon": 24,
    "lead": 1,
    "split": "0.7,0.1,0.2",
    "scale": "standard",
    "calendar": "auto",
    "season": 168,
}

_URL = "https://archive.ics.uci.edu/static/public/275/bike+sharing+dataset.zip"
_HEADER = (
    "instant,dteday,season,yr,mnth,hr,holiday,weekday,workingday,weathersit,"
    "temp,atemp,hum,windspeed,casual,registered,cnt"
)
_ROWS = 17_379


def load() -> pd.DataFrame:
    """Returns the 17,379 rows of the file: "dteday", "hr" and the columns in `UNITS`.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    return read_frame(fetch("bike_sharing", "hour.csv", url=_URL, check=_check))


def _check(path: Path) -> None:
    """Checks header and number of rows; the source publishes no checksum."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline().strip()
        rows = sum(1 for line in file if line.strip())
    if header != _HEADER:
        raise DataError(f"its header is '{header[:200]}', expected '{_HEADER}'.")
    if rows != _ROWS:
        raise DataError(f"it has {rows:,} rows, expected {_ROWS:,}.")
