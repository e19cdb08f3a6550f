"""Recognises labelled examples by a file's first bytes or a DataFrame's columns."""

from seqkit.data.files.sniffing import FORECAST_NAMES, LABEL_NAMES, TEXT_NAMES, Look, matching_names


def holds_series(look: Look) -> bool:
    """Whether it is a `.ts` file, or a DataFrame whose column `series` has arrays, (steps, channels) or (steps,)."""
    if look.frame is None:
        return look.form == "ts"
    from seqkit.data.labelled.series_frames import array_columns  # imports NumPy

    return look.has_arrays("series") or bool(len(look.frame) and array_columns(look.frame))


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
