"""Reads files of labelled series: the `.ts`, ARFF and TSV files of the UEA and UCR archives.

https://www.timeseriesclassification.com
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from seqkit.data.files.archives import expand_gzip
from seqkit.data.files.download import fetch
from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.lines import split_lines
from seqkit.data.files.opening import bytes_unless_parquet
from seqkit.data.files.sniffing import form_of
from seqkit.data.labelled.arff_files import parse_arff
from seqkit.data.labelled.class_first_rows import parse_class_first
from seqkit.data.labelled.parsed_series import resolve_missing, without_padding
from seqkit.data.labelled.recognition import is_class_first
from seqkit.data.labelled.ts_files import parse_ts
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

_HEAD = 1 << 16
_FORMATS = {"ts": ("ts", parse_ts), "arff": ("ARFF", parse_arff), "rows": ("class first", parse_class_first)}


def read_series(
    path: str | Path, *, encoding: str = "utf-8", missing: Literal["error", "interpolate", "drop"] = "error"
) -> pandas.DataFrame:
    """Returns the series of a file with their labels.

    Args:
        path: The file, gzipped or not.
        encoding: Encoding of the file, such as utf-8 or latin-1.
        missing: What to do about missing values, ? or NaN, in series: error stops; interpolate draws a straight line
            between the neighbouring steps; drop leaves these series out.

    Returns:
        DataFrame with the columns `series`, float64 arrays of shape (steps, channels), and `label`, unless the header
        says that there are no labels. Its index is the position in the file. `frame.attrs` holds "source", "format",
        "encoding", "notes" and "channels", the names dim_0, dim_1 and so on.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory, or the encoding is unknown.
        DataError: It contains no series, or a line is invalid; the message names it. A value is missing and `missing`
            is error.
    """
    import pandas

    name = str(path)
    data = bytes_unless_parquet(Path(path))
    if data is None:
        raise DataError(f"{name} is a Parquet file, not a file of series. Choose a .ts, ARFF or TSV file.")
    if data.startswith(b"\x1f\x8b"):
        data = expand_gzip(data, name)
    lines = split_lines(to_utf8(data, encoding, name).decode("utf-8", "replace"))
    form: str = form_of(data[:_HEAD], Path(path).name)
    if form == "delimited":
        if not is_class_first(data[:_HEAD], Path(path).name):
            raise DataError(
                f"{name} is not a .ts or ARFF file. If each line is a class and then the values of a series, give it a "
                "name that ends with _TRAIN.tsv or _TEST.tsv."
            )
        form = "rows"
    title, parse = _FORMATS.get(form, _FORMATS["ts"])
    parsed = parse(lines, name)
    parsed = resolve_missing(parsed if form == "ts" else without_padding(parsed), missing, name)
    notes = list(parsed.notes)
    lengths = [len(values) for values in parsed.series]
    if form != "ts" and min(lengths) < max(lengths):
        notes.append(f"the series have {min(lengths):,} to {max(lengths):,} steps")
    cells = np.empty(len(parsed.series), object)
    cells[:] = parsed.series
    frame = pandas.DataFrame({"series": cells} | ({} if parsed.labels is None else {"label": parsed.labels}))
    if parsed.rows is not None:
        frame.index = pandas.Index(parsed.rows)
    frame.attrs = {
        "source": Path(path).name,
        "format": title,
        "encoding": encoding,
        "notes": notes,
        "channels": list(parsed.channels),
    }
    return frame


def load_problem(dataset: str, problem: str, url: str) -> pandas.DataFrame:
    """Returns the training and test series of a problem of the archives, in that order.

    Args:
        dataset: Name of the dataset: the folder in the cache.
        problem: Name of the problem in its file names.
        url: Download URL of its ZIP file.

    Returns:
        DataFrame with the columns of `read_series` and "part" ("train" or "test").

    Raises:
        NotFoundError: The files are not in the cache and cannot be downloaded; the message says where to put them.
        DataError: A file is damaged, or the download is not an archive of this problem.
    """
    import pandas

    files = [fetch(dataset, f"{problem}_{part}.ts", url=url) for part in ("TRAIN", "TEST")]
    train, test = map(read_series, files)
    frame = pandas.concat([train.assign(part="train"), test.assign(part="test")], ignore_index=True)
    frame.attrs = train.attrs | {"source": dataset}
    return frame
