"""ItalyPowerDemand: whether a day's demand for electricity in Italy is one of the winter or of the summer half-year.

1,096 days of 24 hourly values, one channel, without a unit: every day is scaled to mean 0 and deviation 1. Class "1" is
October to March, with its evening peak at seven, "2" April to September; 67 days for training (34 and 33) and 1,029 for
testing (513 and 516).

The protocol keeps the two parts and takes a quarter of the first for validation. For comparison, in the archive the
nearest neighbour errs in 4.5 % of the test days by Euclidean distance, and in 5.0 % by dynamic time warping.

Source: Keogh et al., "Intelligent Icons: Integrating Lite-Weight Data Mining and Visualization into GUI Operating
Systems", ICDM 2006; Dau et al., "The UCR Time Series Archive", https://arxiv.org/abs/1810.07758.
"""

import pandas as pd

from seqkit.data.labelled.ts_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/ItalyPowerDemand.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 1,096 days: "series" (arrays of shape (24, 1)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or what came is no archive of this set.
    """
    return load_problem("ucr_italypowerdemand", "ItalyPowerDemand", SOURCE)
