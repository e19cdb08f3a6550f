"""JapaneseVowels: classify recordings of two vowels, of unequal length, by nine male speakers.

640 recordings of /ae/ at 10 kHz, 7 to 29 steps of 12 channels: the LPC cepstrum coefficients, without a unit, of frames
of 25.6 ms, one every 6.4 ms. Classes "1" to "9" are the speakers; 270 recordings for training, 30 of each, and 370 for
testing, 24 to 88 of each.

The protocol keeps both parts and takes a quarter of the training part for validation. For comparison, the test accuracy
of the nearest neighbour with dynamic time warping (all channels warped together) in the archive's paper is 94.9 %.

Source: Kudo, Toyama & Shimbo, "Multidimensional curve classification using passing-through regions", Pattern
Recognition Letters 20 (1999); Bagnall et al., "The UEA multivariate time series classification archive, 2018",
https://arxiv.org/abs/1811.00075.
"""

import pandas as pd

from seqkit.data.labelled.series_files import load_problem

LICENCE = "none stated; offered for research, cite the archive's paper"
SOURCE = "https://www.timeseriesclassification.com/aeon-toolkit/JapaneseVowels.zip"
TASKS = ("classify",)
KIND = "series"
PROTOCOL = {"scale": "standard", "split": "0.6,0.2,0.2"}


def load() -> pd.DataFrame:
    """Returns the 640 recordings: "series" (arrays of shape (steps, 12)), "label", and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or the download is not an archive of this data set.
    """
    return load_problem("ucr_japanesevowels", "JapaneseVowels", SOURCE)
