"""Recognises labelled examples by a file's first bytes or a DataFrame's columns."""

from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import FORECAST_NAMES, LABEL_NAMES, TEXT_NAMES, Look, matching_names
from seqkit.data.labelled.class_first_lines import looks_like_class_first


def holds_series(look: Look) -> bool:
    """Whether it is a file of series, or a DataFrame whose column `series` has arrays of (steps, channels)."""
    if look.form == "delimited":
        return is_class_first(look.head, look.path.name)
    if look.frame is None:
        return look.form in ("ts", "arff")
    from seqkit.data.labelled.series_frames import array_columns  # imports NumPy

    return look.has_arrays("series") or bool(len(look.frame) and array_columns(look.frame))


def is_class_first(head: bytes, name: str) -> bool:
    """Whether a file without a header has a series in each line, its class first; the last line may be cut."""
    lines = split_lines(head.decode("utf-8", "replace"))
    return looks_like_class_first(lines[:-1] or lines, name)


def holds_texts(look: Look) -> bool:
    """Whether it contains labelled texts.

    Folders, archives, JSON lines and fastText lines do, and so does a table with usual column names for texts and
    labels.
    """
    if look.form in ("folder", "tar", "zip", "json", "fasttext"):
        return True
    names = look.names
    if look.form != "frame" and matching_names(names, FORECAST_NAMES):  # the user chooses the columns of a DataFrame
        return False
    return bool(matching_names(names, TEXT_NAMES) and matching_names(names, LABEL_NAMES))
