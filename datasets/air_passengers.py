"""International airline passengers by month, 1949 to 1960: the classic of trend and growing season.

144 months in one column. It is small enough to inspect by eye and too small for a large model: the linear baseline is
hard to beat.

The protocol forecasts a year from the two years before: eight years for training, two each for validation and test.

Source: Box & Jenkins, "Time Series Analysis: Forecasting and Control" (1976), series G.
"""

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.tables.reading import read_frame

LICENCE = "none stated; published figures"
SOURCE = "https://raw.githubusercontent.com/unit8co/darts/master/datasets/AirPassengers.csv"
UNITS = {"#Passengers": "thousand"}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("Month",),
    "target": ("#Passengers",),
    "horizon": 12,
    "lead": 1,
    "split": "96,24,24",
    "scale": "standard",
    "calendar": "auto",
    "season": 12,
}

_SHA256 = "5f8b316b84545d9cfb05612298df8415ce4c44421c7012d109465564b07ebc06"


def load() -> pd.DataFrame:
    """Returns the 144 rows of the file: "Month", such as 1949-01, and "#Passengers".

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
    """
    return read_frame(fetch("air_passengers", "AirPassengers.csv", url=SOURCE, sha256=_SHA256))
