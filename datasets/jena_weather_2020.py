"""Weather station at Jena, 2020, every 10 minutes, 21 columns: the "weather" data of long-horizon benchmarks.

52,696 rows, from 1 January 2020 00:10 to 1 January 2021 00:00. The file is used as published, with its faults:

- Three column names lost a letter (² or µ) and contain U+FFFD instead. They are not renamed, so that a column has the
  same name in the file, in `UNITS` and in a run; nobody needs to type them, since all columns are read.
- −9999 is a missing value: once in "wv (m/s)", 30 times in "max. PAR (…)", 50 times in "OT".
- 2020-05-12 06:00 occurs twice, with the same values; 100 minutes of 29 May are missing, 9 rows.
- "OT" is the benchmarks' name of the last column; the station calls it CO2 (ppm).

The protocol is the Keras book's for the Jena climate data: the temperature in 24 hours, from one record per hour over
five days. Missing values and rows take the value before them ("ffill"), which was known at the time. Splitting the
series there instead ("drop") would invent nothing, but 22 short segments cost every fifth training window and two in
five validation windows; and the temperature itself, which is scored, only lacks the 9 rows.

Source: Max Planck Institute for Biogeochemistry, Jena, https://www.bgc-jena.mpg.de/wetter/; year and columns as in Wu
et al., "Autoformer: Decomposition Transformers with Auto-Correlation for Long-Term Series Forecasting", NeurIPS 2021,
https://arxiv.org/abs/2106.13008.
"""

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.tables.reading import read_frame

LICENCE = "CC BY 4.0"
SOURCE = "https://huggingface.co/datasets/thuml/Time-Series-Library"
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
    "rain (mm)": "mm",
    "raining (s)": "s",
    "SWDR (W/m\N{REPLACEMENT CHARACTER})": "W/m²",
    "PAR (\N{REPLACEMENT CHARACTER}mol/m\N{REPLACEMENT CHARACTER}/s)": "µmol/m²/s",
    "max. PAR (\N{REPLACEMENT CHARACTER}mol/m\N{REPLACEMENT CHARACTER}/s)": "µmol/m²/s",
    "Tlog (degC)": "degC",
    "OT": "ppm",
}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("date",),
    "target": ("T (degC)",),
    "sentinel": (-9999.0,),
    "missing": "ffill",
    "duplicates": "first",
    "window": 120,
    "lead": 24,
    "horizon": 1,
    "sampling_rate": 6,
    "split": "0.5,0.25,0.25",
    "scale": "standard",
    "calendar": "auto",
}

_REVISION = "2b66e59ee19dac8f6f19fb5d4997f289fdfea357"
_URL = f"https://huggingface.co/datasets/thuml/Time-Series-Library/resolve/{_REVISION}/weather/weather.csv"
_SHA256 = "34ee981d07313e51da2a50bb600072c8ae4a69cb4b0651f4cb93a069d7a2ba63"


def load() -> pd.DataFrame:
    """Returns the 52,696 rows of the file: "date" and the columns in `UNITS`.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
    """
    return read_frame(fetch("jena_weather_2020", "weather.csv", url=_URL, sha256=_SHA256))
