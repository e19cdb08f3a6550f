"""Bicycles rented in Washington by the hour, 2011 and 2012, with the weather and the kind of day.

17,379 of 17,544 hours. The time stands in two columns, "dteday" and "hr"; the dates are written 2011-01-01 in the
archive's file and 1/1/11 in copies that went through a spreadsheet, and both are read. "temp", "atemp", "hum" and
"windspeed" are scaled to 0…1 by the source: (t + 8 °C) / 47 °C, (t + 16 °C) / 66 °C, by 100 % and by 67.

The protocol predicts the rentals of the next 24 hours from the week before. Not read are "instant", which counts the
rows, and "casual" and "registered", whose sum is what is to be predicted. Of the 165 missing hours most stand alone
before dawn, when nobody rented; others are outages, the longest the 36 hours of the storm of October 2012, in the test
part. All take the values of the hour before ("ffill"), which were known at the time. Cutting the series in all 75
places instead ("drop") would make nothing up, but costs a third of the windows. The season is a week: working days
differ from weekends.

Source: Fanaee-T & Gama, "Event labeling combining ensemble detectors and background knowledge", Progress in Artificial
Intelligence 2 (2014), https://doi.org/10.1007/s13748-013-0040-3, which is to be cited.
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
    """Returns the 17,379 rows as the file has them: "dteday", "hr" and the columns named in `UNITS`.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The file in the cache, or the one that came, is not this set.
    """
    return read_frame(fetch("bike_sharing", "hour.csv", url=_URL, check=_check))


def _check(path: Path) -> None:
    """Refuses a file of another header or another number of rows: the source tells no checksum."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline().strip()
        rows = sum(1 for line in file if line.strip())
    if header != _HEADER:
        raise DataError(f"its header is '{header[:200]}', expected '{_HEADER}'.")
    if rows != _ROWS:
        raise DataError(f"it has {rows:,} rows, expected {_ROWS:,}.")
