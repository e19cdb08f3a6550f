"""The measures of the M4 competition: sMAPE, MASE, and their average relative to Naive 2, OWA.

Makridakis, Spiliotis & Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods", 2020,
https://doi.org/10.1016/j.ijforecast.2019.04.014
"""

from collections.abc import Sequence

import numpy as np

CRITICAL = 1.645
"""Critical value of the competition's test for a season, at 90 %."""


def smape(y_true: np.ndarray, forecast: np.ndarray) -> float:
    """Returns the symmetric mean absolute percentage error, in percent from 0 to 200."""
    return float(np.mean(200 * np.abs(y_true - forecast) / (np.abs(y_true) + np.abs(forecast))))


def mase(y_true: np.ndarray, forecast: np.ndarray, history: np.ndarray, season: int) -> float:
    """Returns the mean absolute error relative to that of the seasonal naive forecast within the history."""
    return float(np.mean(np.abs(y_true - forecast)) / np.mean(np.abs(history[season:] - history[:-season])))


def is_seasonal(history: np.ndarray, season: int) -> bool:
    """Returns whether the autocorrelation at the season is significant, by Bartlett's formula."""
    if len(history) < 3 * season:
        return False
    centred = history - history.mean()
    lags = np.array([centred[lag:] @ centred[:-lag] for lag in range(1, season + 1)]) / (centred @ centred)
    return bool(abs(lags[-1]) > CRITICAL * np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / len(history)))


def seasonal_indices(history: np.ndarray, season: int) -> np.ndarray:
    """Returns the factor of each phase of the season, from ratios to a centred moving average; their mean is 1."""
    weights = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        weights[[0, -1]] = 0.5
    average = np.convolve(history, weights / season, "valid")
    ratios = history[season // 2 :][: len(average)] / average
    phases = (np.arange(len(ratios)) + season // 2) % season
    indices = np.array([ratios[phases == phase].mean() for phase in range(season)])
    return indices / indices.mean()


def naive2(history: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """Returns the last value, seasonally adjusted if the series is seasonal: the competition's reference."""
    if not is_seasonal(history, season):
        return np.full(horizon, history[-1])
    indices, ahead = seasonal_indices(history, season), np.arange(len(history), len(history) + horizon)
    return history[-1] / indices[(len(history) - 1) % season] * indices[ahead % season]


def owa(
    y_true: Sequence[np.ndarray], forecasts: Sequence[np.ndarray], histories: Sequence[np.ndarray], season: int
) -> dict[str, float]:
    """Returns sMAPE and MASE, averaged over the series, and OWA.

    Args:
        y_true: Actual values of each series, of shape (horizon,).
        forecasts: Forecasts of each series, of shape (horizon,).
        histories: Values of each series before the forecast.
        season: Rows per season.
    """
    references = [naive2(history, len(values), season) for history, values in zip(histories, y_true, strict=True)]
    by_name = {"model": forecasts, "naive": references}
    means = {}
    for name, predicted in by_name.items():
        pairs = list(zip(y_true, predicted, histories, strict=True))
        means[name] = (
            float(np.mean([smape(y, p) for y, p, _ in pairs])),
            float(np.mean([mase(y, p, history, season) for y, p, history in pairs])),
        )
    (model_smape, model_mase), (naive_smape, naive_mase) = means["model"], means["naive"]
    relative = (model_smape / naive_smape + model_mase / naive_mase) / 2
    return {"smape": model_smape, "mase": model_mase, "owa": relative}
