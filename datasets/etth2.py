"""ETTh2: load and oil temperature of a second power transformer, hourly for two years.

17,420 rows from July 2016 to June 2018, complete and regular: useful and useless load of high, middle and low level
(HUFL, HULL, MUFL, MULL, LUFL, LULL; the source gives no unit), and the oil temperature OT that depends on them.

The protocol is the one of the long-horizon literature: forecast all seven columns from all seven, 96 hours (four days)
ahead from the 336 (two weeks) before; 12, 4 and 4 months of 30 days for training, validation and test, the rest unused;
errors in standard deviations of the training rows.

Source: Zhou et al., "Informer: Beyond Efficient Transformer for Long Sequence Time-Series Forecasting", AAAI 2021,
https://arxiv.org/abs/2012.07436.
"""

import pandas as pd

from seqkit.data.tables.ett import load_ett

LICENCE = "CC BY-ND 4.0"
SOURCE = "https://github.com/zhouhaoyi/ETDataset"
UNITS = {
    "HUFL": "",
    "HULL": "",
    "MUFL": "",
    "MULL": "",
    "LUFL": "",
    "LULL": "",
    "OT": "degC",
}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("date",),
    "target": ("all",),
    "window": 336,
    "horizon": 96,
    "lead": 1,
    "split": "8640,2880,2880",
    "scale": "standard",
    "calendar": "none",
    "scores": "scaled",
}

_SHA256 = "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b"


def load() -> pd.DataFrame:
    """Returns the 17,420 rows of the file: "date" and the columns in `UNITS`.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
    """
    return load_ett("etth2", "ETTh2.csv", _SHA256)
