"""Values of series as files write them; the command line reads them before it has NumPy."""

import math

_MISSING = ("?", "nan", "")


def number_or_nan(written: str) -> float:
    """Returns a value, NaN if it is missing; raises ValueError if it is not a finite number."""
    text = written.strip().lower()
    if text in _MISSING:
        return math.nan
    value = float(text)
    if "_" in text or not math.isfinite(value):
        raise ValueError(written)
    return value
