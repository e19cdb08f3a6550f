"""The ETT files: loads and oil temperatures of power transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqkit.data.files.download import fetch
from seqkit.data.tables.reading import read_frame

if TYPE_CHECKING:
    import pandas

_COMMIT = "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07"


def load_ett(dataset: str, file: str, sha256: str) -> pandas.DataFrame:
    """Returns a file of the ETT data: "date", six loads and "OT".

    Args:
        dataset: Name of the dataset: the folder in the cache.
        file: Name of the file.
        sha256: Its checksum.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
    """
    return read_frame(fetch(dataset, file, url=f"{_COMMIT}/ETT-small/{file}", sha256=sha256))
