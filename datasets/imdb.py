"""IMDb: 50,000 film reviews from the Internet Movie Database, in English, half of them praise and half of them not.

25,000 reviews for training and 25,000 for testing, 12,500 of each label in either; no film is in both parts. A review
of four stars of ten or fewer is "neg", one of seven or more is "pos", and what lies between was left out. Texts have
32 to 13,704 characters, half of them more than 970, and stand as they were taken from the pages, line breaks written
as `<br />` included. The 50,000 reviews without a label that the archive holds as well are not read.

The protocol keeps the two parts and takes a tenth of the first for validation.

The archive is known by its checksum where it is downloaded. One that lies in the cache is known by its content, for
copies packed anew hold the same: 12,500 texts for each part and label.

Source: Maas et al., "Learning Word Vectors for Sentiment Analysis", ACL 2011, https://aclanthology.org/P11-1015.
"""

import tarfile
import zlib
from collections import Counter
from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError

LICENCE = "none stated; offered for research, cite the paper"
SOURCE = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
TASKS = ("classify",)
KIND = "texts"
PROTOCOL = {"split": "0.45,0.05,0.5"}

_FILE = "aclImdb_v1.tar.gz"
_SHA256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"
_FOLDERS = ("train/neg", "train/pos", "test/neg", "test/pos")
_TEXTS = 12_500  # in each of them


def load() -> pd.DataFrame:
    """Returns the 50,000 reviews as they are written: "text", "label" ("neg" or "pos"), "part" ("train" or "test").

    Raises:
        NotFoundError: The archive is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The archive in the cache, or the one that came, is damaged or is not this set.
    """
    return read_examples(fetch("imdb", _FILE, url=SOURCE, sha256=_SHA256, check=_check))


def _check(path: Path) -> None:
    """Refuses an archive that does not hold its texts in their number, folder by folder."""
    try:
        with tarfile.open(path) as archive:
            folders = Counter(name.rpartition("/")[0] for name in archive.getnames() if name.endswith(".txt"))
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DataError(f"it is no archive that can be read to its end: {error}.") from error
    found = {folder: folders[f"aclImdb/{folder}"] for folder in _FOLDERS}
    if set(found.values()) != {_TEXTS}:
        counts = ", ".join(f"{count:,} in {folder}" for folder, count in found.items())
        raise DataError(f"it has {counts}, expected {_TEXTS:,} texts in each.")
