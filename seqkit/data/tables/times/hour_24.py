"""Hour 24: ISO 8601 permits 24:00 for midnight at the end of a day."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_MIDNIGHT = re.compile(
    r"(?P<date>.*\d[T ,]\s*(?=24:00)|\d{8}T?|\d{4}-\d{2}-\d{2}[T ])24(?P<rest>(?::?00){0,2}(?:[.,]0+)?)"
    r"(?P<zone>\s?(?:Z|[+-]\d{2}(?::?\d{2})?))?"
)


def without_hour_24(text: Any) -> tuple[Any, np.ndarray | None]:
    """Returns the texts with 24:00 written as 00:00, and the mask of these texts, to which a day is to be added.

    The mask is None if no text has it.
    """
    import pyarrow
    from pyarrow import compute

    cells = pyarrow.array(text, type=pyarrow.large_string(), from_pandas=True)
    candidates = compute.match_substring_regex(cells, r"[T ,]24(:|$)|^\d{8}T?24").fill_null(False)
    rows = np.flatnonzero(candidates.to_numpy(zero_copy_only=False))
    matches = {int(row): match for row in rows if (match := _MIDNIGHT.fullmatch(text.iloc[row]))}
    if not matches:
        return text, None
    mask = np.zeros(len(text), bool)
    mask[list(matches)] = True
    written = text.to_numpy(object, copy=True)
    written[mask] = [f"{match['date']}00{match['rest']}{match['zone'] or ''}" for match in matches.values()]
    return type(text)(written, index=text.index, dtype=text.dtype), mask
