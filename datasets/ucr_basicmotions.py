"""BasicMotions: classify smartwatch recordings by four movements.

80 recordings of ten seconds at 10 Hz: 100 steps of six channels, acceleration along three axes and angular velocity
about three. Four students wore the watch while standing, walking, running or playing badminton, five times each; 40
recordings for training and 40 for testing, with ten of each class ("Badminton", "Running", "Standing", "Walking") in
each. Students and units are not given.

The protocol keeps both parts and takes a quarter of the training part for validation. For comparison, the test accuracy
of the nearest neighbour with dynamic time warping in the archive's paper is 97.5 % (all channels warped together) or
100 % (each channel warped separately).

Source: Bagnall et al., "The UEA multivariate time series classification archive, 2018",
https://arxiv.org/abs/1811.00075.
"""

import pandas as pd

from seqkit.data.labelled.series_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/BasicMotions.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 80 recordings: "series" (arrays of shape (100, 6)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or the download is not an archive of this data set.
    """
    return load_problem("ucr_basicmotions", "BasicMotions", SOURCE)
