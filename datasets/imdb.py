"""IMDb: 50,000 English film reviews from the Internet Movie Database, half positive and half negative.

25,000 reviews for training and 25,000 for testing, with 12,500 of each label in each; no film is in both parts. Reviews
with at most four of ten stars are "neg", those with at least seven are "pos", and others were excluded. Texts have 32
to 13,704 characters, with a median of 970, and contain the line breaks of the web pages, `<br />`. The archive's 50,000
unlabelled reviews are not read.

The protocol keeps both parts and takes a tenth of the training part for validation.

A downloaded archive is verified by its checksum. An archive put into the cache by hand is verified by its content,
since repacked copies are equivalent: 12,500 texts for each part and label.

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
    """Returns the 50,000 unmodified reviews: "text", "label" ("neg" or "pos"), "part" ("train" or "test").

    Raises:
        NotFoundError: The archive is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded archive is damaged or not this data set.
    """
    return read_examples(fetch("imdb", _FILE, url=SOURCE, sha256=_SHA256, check=_check))


def _check(path: Path) -> None:
    """Checks the number of texts in each folder of the archive."""
    try:
        with tarfile.open(path) as archive:
            folders = Counter(name.rpartition("/")[0] for name in archive.getnames() if name.endswith(".txt"))
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DataError(f"it is damaged or not an archive: {error}.") from error
    texts = {folder: folders[f"aclImdb/{folder}"] for folder in _FOLDERS}
    if set(texts.values()) != {_TEXTS}:
        counts = ", ".join(f"{count:,} in {folder}" for folder, count in texts.items())
        raise DataError(f"it has {counts}, expected {_TEXTS:,} texts in each.")
