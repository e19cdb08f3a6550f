"""What tells labelled examples from other data, by a file's head or a frame's columns."""

from seqkit.data.files.sniffing import FORECAST_NAMES, LABEL_NAMES, TEXT_NAMES, Look, usual


def holds_series(look: Look) -> bool:
    """Whether it is a `.ts` file, or a frame whose column `series` holds arrays of shape (steps, channels)."""
    return look.form == "ts" or look.has_arrays("series")


def holds_texts(look: Look) -> bool:
    """Whether it holds labelled texts.

    Folders, archives, JSON lines and fastText lines do, and so does a table that has a column with a usual name of
    texts and one with a usual name of labels.
    """
    if look.form in ("folder", "tar", "zip", "json", "fasttext"):
        return True
    names = look.names
    is_file = look.form != "frame"  # a frame's columns of a forecast are its user's choice
    return bool(
        usual(names, TEXT_NAMES) and usual(names, LABEL_NAMES) and not (is_file and usual(names, FORECAST_NAMES))
    )
