"""Public holidays as a feature: like the calendar, they are known for any row, past or future."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from seqkit.errors import MissingExtraError, UsageError


@dataclass(frozen=True)
class Holidays:
    """Countries whose public holidays are features.

    Attributes:
        countries: ISO codes, such as "KR", or with a subdivision, "DE-BY".
        zone: Time zone of the dates, where times are UTC; None for dates of the times as they are.
    """

    countries: tuple[str, ...]
    zone: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(f"holiday {country}" for country in self.countries)

    def values(self, times: np.ndarray) -> np.ndarray:
        """Returns whether each time is on a public holiday, 0 or 1, of shape (*times.shape, countries).

        Args:
            times: Times, datetime64, of any shape.

        Raises:
            UsageError: A country is unknown.
            MissingExtraError: The package `holidays` is not installed.
        """
        days = _local(times, self.zone).astype("datetime64[D]")
        first, last = (int(str(day)[:4]) for day in (days.min(), days.max()))
        return np.stack(
            [np.isin(days, _dates(country, first, last)).astype(np.float64) for country in self.countries], axis=-1
        )


def _local(times: np.ndarray, zone: str | None) -> np.ndarray:
    """Returns times of UTC in a zone."""
    if zone is None:
        return times
    import pandas as pd

    local = pd.DatetimeIndex(times.ravel()).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().reshape(times.shape)


def _dates(country: str, first: int, last: int) -> np.ndarray:
    """Returns the holidays of the years from `first` to `last`, datetime64[D]."""
    try:
        package: Any = import_module("holidays")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "--holidays needs the package holidays, which is not installed: pip install 'seqkit[holidays]'"
        ) from error
    code, _, subdivision = country.partition("-")
    try:
        found = package.country_holidays(code, subdiv=subdivision or None, years=range(first, last + 1))
    except NotImplementedError as error:
        raise UsageError(
            f"The package holidays knows no country '{country}' for --holidays. Use an ISO code such as KR, or with a "
            f"subdivision, DE-BY. {error}"
        ) from error
    return np.array(sorted(found), "datetime64[D]")
