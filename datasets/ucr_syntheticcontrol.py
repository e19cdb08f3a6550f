"""SyntheticControl: classify simulated control charts by six shapes.

600 charts of 60 steps, one channel, without a unit: every chart is scaled to mean 0 and standard deviation 1. Class "1"
is normal, "2" cyclic, "3" increasing, "4" decreasing, "5" shifts up at some step, "6" shifts down; 300 charts for
training and 300 for testing, with 50 of each class in each.

The protocol keeps both parts and takes a quarter of the training part for validation. For comparison, the archive's
test error of the nearest neighbour is 12.0 % with Euclidean distance and 0.7 % with dynamic time warping.

Source: Alcock & Manolopoulos, "Time-Series Similarity Queries Employing a Feature-Based Approach", 7th Hellenic
Conference on Informatics (1999); Dau et al., "The UCR Time Series Archive", https://arxiv.org/abs/1810.07758.
"""

import pandas as pd

from seqkit.data.labelled.series_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/SyntheticControl.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 600 charts: "series" (arrays of shape (60, 1)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or the download is not an archive of this data set.
    """
    return load_problem("ucr_syntheticcontrol", "SyntheticControl", SOURCE)
