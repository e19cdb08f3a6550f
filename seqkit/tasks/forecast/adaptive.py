"""Levels of prediction intervals that follow the coverage at earlier cutoffs.

I. Gibbs and E. J. Candès, "Adaptive Conformal Inference Under Distribution Shift", 2021,
https://arxiv.org/abs/2106.00170
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

STEP_SIZE = 0.3
"""Points by which a level rises for each point that the coverage at a cutoff lacks."""

MIN_SHARE, MAX_SHARE = 0.01, 0.99
"""Bounds of the shares whose calibrated intervals are used."""

MIN_CUTOFFS = 3
"""Earlier cutoffs from which a drift is reported."""

MIN_DEVIATION = 0.05
"""Least difference of coverage and level that is reported as a drift."""


class AdaptiveLevels:
    """The shares whose calibrated intervals are used for some levels, updated from cutoff to cutoff.

    At each cutoff, only values up to it are known. If fewer of them than nominal lay in their intervals, the next
    intervals are those of a higher level, else of a lower one.

    Args:
        levels: Nominal levels in percent.
        model: Column of the forecasts, from which those of the bounds follow.
    """

    def __init__(self, levels: Sequence[int], model: str) -> None:
        self._model, self._pending = model, list[tuple[pd.DataFrame, int]]()
        self._shares = {level: level / 100 for level in levels}

    def at(self, cutoff: object) -> dict[int, float]:
        """Returns the share of each level for forecasts at a cutoff, (0, 1).

        Args:
            cutoff: Time of the newest known row; no earlier than those before.
        """
        for frame, size in self._pending:
            observed = frame[(frame["ds"] <= cutoff) & frame["y"].notna()]
            for level in self._shares if len(observed) else ():
                lower, upper = (observed[f"{self._model}-{side}-{level}"] for side in ("lo", "hi"))
                missing = level / 100 - float(observed["y"].between(lower, upper).mean())
                share = self._shares[level] + STEP_SIZE * missing * len(observed) / size
                self._shares[level] = float(np.clip(share, MIN_SHARE, MAX_SHARE))
        left = [(frame[frame["ds"] > cutoff], size) for frame, size in self._pending]
        self._pending = [(frame, size) for frame, size in left if len(frame)]
        return dict(self._shares)

    def add(self, forecasts: pd.DataFrame) -> None:
        """Adds the forecasts at a cutoff, with the columns `ds`, `y` and those of the bounds."""
        self._pending.append((forecasts, len(forecasts)))


def drift_notes(forecasts: pd.DataFrame, start: str, levels: Sequence[int], *, adaptive: bool) -> list[str]:
    """Returns a line for each level whose intervals cover far more or fewer values at earlier cutoffs.

    Earlier are all but the last. Far is more than `MIN_DEVIATION`, and than three standard errors of the mean over the
    cutoffs.

    Args:
        forecasts: Forecasts at all cutoffs, with the bounds of intervals that are not adapted.
        start: What the names of the columns of the bounds start with.
        levels: Levels in percent.
        adaptive: Whether the levels are adapted, too.
    """
    cutoffs = np.sort(forecasts["cutoff"].unique())
    if len(cutoffs) <= MIN_CUTOFFS:
        return []
    known = forecasts[(forecasts["cutoff"] < cutoffs[-1]) & forecasts["y"].notna()]
    notes = []
    for level in levels:
        inside = known["y"].between(known[f"{start}lo-{level}"], known[f"{start}hi-{level}"])
        by_cutoff = inside.groupby(known["cutoff"]).mean()
        coverage, error = float(by_cutoff.mean()), float(by_cutoff.std() / len(by_cutoff) ** 0.5)
        if abs(coverage - level / 100) > max(MIN_DEVIATION, 3 * error):
            remedy = "" if adaptive else " Use --adaptive to follow it, or --refit to train on newer rows."
            notes.append(
                f"the {level} % intervals cover {100 * coverage:.1f} % at the first {len(by_cutoff)} cutoffs: the data "
                f"has drifted since the validation part.{remedy}"
            )
    return notes
