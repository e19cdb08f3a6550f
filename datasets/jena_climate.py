"""The weather station at Jena from 2009 to 2016, every 10 minutes, 14 columns: the climate set of the Keras book.

The set on which Chollet, "Deep Learning with Python", teaches forecasting: the temperature in 24 hours, from the 14
columns of the last five days, one record an hour. The protocol is the book's: half of the rows for training, a quarter
each for validation and test, columns scaled by mean and deviation of the training rows, no calendar.

Where it goes beyond the book, which takes rows as they come for 10 minutes each:

- Some times are written twice: the first row of each is kept.
- Rows are missing (the eight years have 420,768 times 10 minutes): the series is cut there ("drop"), so that no window
  spans a gap and every temperature that is scored was measured. Filling would make up weather to be scored.
- −9999 in the columns of wind speed stands for a missing value; these rows are left out. Taken for wind,
  as in the book, a few of them multiply the deviation by which these columns are scaled.

Copies of two lengths circulate: 420,551 rows, and 420,451 as the book's second edition prints it. Both are taken; no
checksum is known, so the header, the first time and the number of rows say whether a file is whole.

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
    """Returns the rows as the file has them: "Date Time" (text) and the columns named in `UNITS`.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The file in the cache, or the one that came, is not this set.
    """
    return read_frame(fetch("jena_climate", _FILE, url=SOURCE, check=_check))


def _check(path: Path) -> None:
    """Refuses a file of another header, another first time or another number of rows."""
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
