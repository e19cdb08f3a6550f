"""Weather station at Jena, 2009 to 2016, every 10 minutes, 14 columns: the climate data of the Keras book.

Chollet, "Deep Learning with Python", teaches forecasting with it: the temperature in 24 hours, from the 14 columns of
the last five days, one record per hour. The protocol is the book's: half of the rows for training, a quarter each for
validation and test, columns standardised with the training rows, no calendar features.

It differs from the book, which treats consecutive rows as 10 minutes apart, in three ways:

- Some times occur twice: the first row of each is kept.
- Rows are missing (the eight years have 420,768 intervals of 10 minutes): the series is split there ("drop"), so that
  no window spans a gap and every scored temperature was measured. Filling would score invented weather.
- −9999 in the wind speed columns is a missing value; these rows are dropped. Read as wind speeds, as in the book, a few
  of them inflate the standard deviation of these columns.

Copies with two lengths exist: 420,551 rows, and 420,451 as in the book's second edition. Both are accepted; there is no
published checksum, so header, first time and number of rows are checked.

Source: Max Planck Institute for Biogeochemistry, Jena, https://www.bgc-jena.mpg.de/wetter/.
"""

from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.tables.reading import read_frame
from seqkit.errors import DataError

LICENCE = "none stated; name the Max Planck Institute for Biogeochemistry, Jena, as the source"
SOURCE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/jena_climate_2009_2016.csv.zip"
UNITS = {
    "p (mbar)": "mbar",
    "T (degC)": "degC",
    "Tpot (K)": "K",
    "Tdew (degC)": "degC",
    "rh (%)": "%",
    "VPmax (mbar)": "mbar",
    "VPact (mbar)": "mbar",
    "VPdef (mbar)": "mbar",
    "sh (g/kg)": "g/kg",
    "H2OC (mmol/mol)": "mmol/mol",
    "rho (g/m**3)": "g/m**3",
    "wv (m/s)": "m/s",
    "max. wv (m/s)": "m/s",
    "wd (deg)": "deg",
}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("Date Time",),
    "time_format": "%d.%m.%Y %H:%M:%S",
    "target": ("T (degC)",),
    "sentinel": (-9999.0,),
    "missing": "drop",
    "duplicates": "first",
    "window": 120,
    "lead": 24,
    "horizon": 1,
    "sampling_rate": 6,
    "split": "0.5,0.25,0.25",
    "scale": "standard",
    "calendar": "none",
}

_FILE = "jena_climate_2009_2016.csv"
_HEADER = ",".join(["Date Time", *UNITS])
_FIRST = "01.01.2009 00:10:00"
_ROWS = range(420_451, 420_551 + 1)


def load() -> pd.DataFrame:
    """Returns the rows of the file: "Date Time" (text) and the columns in `UNITS`.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    return read_frame(fetch("jena_climate", _FILE, url=SOURCE, check=_check))


def _check(path: Path) -> None:
    """Checks header, first time and number of rows."""
    with path.open("rb") as file:
        header = file.readline().decode(errors="replace").strip().replace('"', "")
        first = file.readline().decode(errors="replace").partition(",")[0]
        rows = 1 + sum(1 for line in file if line.strip())
    if header != _HEADER:
        raise DataError(f"its header is '{header[:200]}', expected '{_HEADER}'.")
    if first != _FIRST:
        raise DataError(f"its first time is '{first[:40]}', expected '{_FIRST}'.")
    if rows not in _ROWS:
        raise DataError(f"it has {rows:,} rows, expected {_ROWS.start:,} to {_ROWS.stop - 1:,}.")
