"""Numbers the sentences of tables that have no such column: a list of words in each row, or blank rows in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import matching_names
from seqkit.data.labelled.cells import column_cells
from seqkit.data.tagged.column_names import SENTENCE_NAMES, TAG_NAMES, WORD_NAMES
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

NUMBER = "sentence"
"""Name of the column that is added."""


def with_blank_rows(text: str, delimiter: str, columns: int) -> str:
    """Returns the text of a table whose blank lines between rows are rows of blank cells, which readers keep."""
    lines = split_lines(text)
    return "\n".join(line if line.strip() else delimiter * (columns - 1) for line in lines).strip("\n") + "\n"


def with_sentence_numbers(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Returns a table with a row per word and a column of sentence numbers, if the table lacks one and can be numbered.

    Args:
        frame: A table; `attrs["rows"]` of the result holds the row number of each word, from 1.

    Raises:
        DataError: A row has another number of tags than of words, or tags that are numbers instead of names.
    """
    names = [str(name) for name in frame.columns]
    if matching_names(names, SENTENCE_NAMES) or not len(frame):
        return frame
    cells = {name: list(column_cells(frame.iloc[:, position])) for position, name in enumerate(names)}
    lists = [name for name in names if any(_is_list(cell) for cell in cells[name])]
    if lists:
        return _with_row_per_word(frame, cells, lists)
    blank = np.array([all(_is_blank(cell) for cell in row) for row in zip(*cells.values(), strict=True)])
    if not blank[:-1].any():
        return frame
    numbered = frame.assign(**{NUMBER: 1 + np.cumsum(blank & ~np.r_[True, blank[:-1]])})[~blank]
    numbered = numbered[[NUMBER, *frame.columns]].reset_index(drop=True)
    numbered.attrs = {**frame.attrs, "rows": np.flatnonzero(~blank) + 1}
    return numbered


def _with_row_per_word(frame: pandas.DataFrame, cells: dict[str, list[Any]], lists: list[str]) -> pandas.DataFrame:
    import pandas

    source = str(frame.attrs.get("source", "frame"))
    words = next(iter(matching_names(lists, WORD_NAMES)), lists[0])
    lengths = np.array([len(cell) if _is_list(cell) else -1 for cell in cells[words]])
    for name in lists:
        for row, (cell, length) in enumerate(zip(cells[name], lengths.tolist(), strict=True), start=1):
            if length < 0 or not _is_list(cell) or len(cell) != length:
                raise DataError(
                    f"{source}: row {row:,} has no list in '{name}' that is as long as that in '{words}'. Give each "
                    "word of the row an entry of its own."
                )
    tags = next(iter(matching_names(lists, TAG_NAMES)), None)
    if tags is not None and any(not isinstance(item, str) for cell in cells[tags] for item in cell):
        raise DataError(
            f"{source}: '{tags}' has numbers, such as {list(cells[tags][0])[:4]}, which name no labels. Replace each "
            "by its name, such as B-person; a data set lists the names in its description."
        )
    spread = {
        name: [item for cell in column for item in cell] if name in lists else np.repeat(column, lengths)
        for name, column in cells.items()
    }
    rows = np.repeat(np.arange(1, len(frame) + 1), lengths)
    exploded = pandas.DataFrame({NUMBER: rows, **spread})
    exploded.attrs = {**frame.attrs, "rows": rows}
    return exploded


def _is_list(cell: Any) -> bool:
    return isinstance(cell, (list, tuple, np.ndarray))


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell) or (isinstance(cell, str) and not cell.strip())
