"""SyntheticControl: six shapes of control charts, simulated.

600 charts of 60 steps, one channel, without a unit: every chart is scaled to mean 0 and deviation 1. Class "1" is
normal, "2" cyclic, "3" rises, "4" falls, "5" shifts up at some step, "6" shifts down; 300 charts for training and 300
for testing, 50 of each class in either.

The protocol keeps the two parts and takes a quarter of the first for validation. For comparison, in the archive the
nearest neighbour errs in 12.0 % of the test charts by Euclidean distance, and in 0.7 % by dynamic time warping.

Source: Alcock & Manolopoulos, "Time-Series Similarity Queries Employing a Feature-Based Approach", 7th Hellenic
Conference on Informatics (1999); Dau et al., "The UCR Time Series Archive", https://arxiv.org/abs/1810.07758.
"""

import pandas as pd

from seqkit.data.labelled.ts_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/SyntheticControl.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 600 charts: "series" (arrays of shape (60, 1)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or what came is no archive of this set.
    """
    return load_problem("ucr_syntheticcontrol", "SyntheticControl", SOURCE)
