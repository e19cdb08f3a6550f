"""The archives of labelled series of the universities of East Anglia and Riverside: one ZIP file a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqkit.data.files.download import fetch
from seqkit.data.labelled.ts_files import read_ts

if TYPE_CHECKING:
    import pandas


def load_problem(dataset: str, problem: str, url: str) -> pandas.DataFrame:
    """Returns the series of a problem, those of training first.

    Args:
        dataset: Name of the dataset: the folder in the cache.
        problem: Name of the problem, as its files have it.
        url: Where its ZIP file comes from.

    Returns:
        Frame of the columns of `read_ts` and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or what came is no archive of this problem.
    """
    import pandas

    files = [fetch(dataset, f"{problem}_{part}.ts", url=url) for part in ("TRAIN", "TEST")]
    train, test = map(read_ts, files)
    frame = pandas.concat([train.assign(part="train"), test.assign(part="test")], ignore_index=True)
    frame.attrs = train.attrs | {"source": dataset}
    return frame
