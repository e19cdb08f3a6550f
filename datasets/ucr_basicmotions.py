"""BasicMotions: which of four movements a smartwatch felt.

80 recordings of ten seconds at 10 Hz: 100 steps of six channels, acceleration along three axes and rate of turn about
three. Four students wore the watch while they stood, walked, ran or played badminton, five times each; 40 recordings
for training and 40 for testing, ten of each class ("Badminton", "Running", "Standing", "Walking") in either. Nothing
tells which student a recording is of, nor the units.

The protocol keeps the two parts and takes a quarter of the first for validation. For comparison, in the archive's paper
the nearest neighbour by dynamic time warping is right in 97.5 % of the test recordings (all channels warped together)
or in all of them (each for itself).

Source: Bagnall et al., "The UEA multivariate time series classification archive, 2018",
https://arxiv.org/abs/1811.00075.
"""

import pandas as pd

from seqkit.data.labelled.ts_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/BasicMotions.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 80 recordings: "series" (arrays of shape (100, 6)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or what came is no archive of this set.
    """
    return load_problem("ucr_basicmotions", "BasicMotions", SOURCE)
