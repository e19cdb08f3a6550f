"""ItalyPowerDemand: classify days of electricity demand in Italy as winter or summer half-year.

1,096 days of 24 hourly values, one channel, without a unit: every day is scaled to mean 0 and standard deviation 1.
Class "1" is October to March, with its evening peak at seven, "2" April to September; 67 days for training (34 and 33)
and 1,029 for testing (513 and 516).

The protocol keeps both parts and takes a quarter of the training part for validation. For comparison, the archive's
test error of the nearest neighbour is 4.5 % with Euclidean distance and 5.0 % with dynamic time warping.

Source: Keogh et al., "Intelligent Icons: Integrating Lite-Weight Data Mining and Visualization into GUI Operating
Systems", ICDM 2006; Dau et al., "The UCR Time Series Archive", https://arxiv.org/abs/1810.07758.
"""

import pandas as pd

from seqkit.data.labelled.series_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/ItalyPowerDemand.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 1,096 days: "series" (arrays of shape (24, 1)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or the download is not an archive of this data set.
    """
    return load_problem("ucr_italypowerdemand", "ItalyPowerDemand", SOURCE)
