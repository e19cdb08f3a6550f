"""Paired significance tests for two models scored on the same examples."""

import math
from dataclasses import dataclass

import numpy as np


def mcnemar(correct_a: np.ndarray, correct_b: np.ndarray) -> tuple[int, float]:
    """Tests whether two models label the same examples equally well.

    Only examples that exactly one model labels correctly are informative; under the null hypothesis each model is right
    in half of them. The binomial test is exact for any number of examples: Q. McNemar, 1947,
    https://doi.org/10.1007/BF02295996

    Args:
        correct_a: Whether model `a` labels each example correctly, of shape (examples,).
        correct_b: The same for model `b`.

    Returns:
        Number of examples that only `a` labels correctly minus those that only `b` does; and the two-sided p-value of
        the binomial test, 1 if the models never disagree.

    Raises:
        ValueError: The shapes differ.
    """
    a, b = np.asarray(correct_a, bool), np.asarray(correct_b, bool)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"Expected two arrays of shape (examples,), got {a.shape} and {b.shape}.")
    wins, losses = int((a & ~b).sum()), int((b & ~a).sum())
    if wins + losses == 0:
        return 0, 1.0
    from scipy.stats import binomtest

    return wins - losses, float(binomtest(wins, wins + losses).pvalue)


@dataclass(frozen=True)
class DieboldMariano:
    """Result of `diebold_mariano`.

    Attributes:
        statistic: Corrected test statistic; positive if the losses of `a` are larger. NaN without a test.
        p_value: Two-sided p-value under the hypothesis of equal accuracy. NaN without a test.
        mean_difference: Mean loss of `a` minus mean loss of `b`.
        reason: Why there is no test; None if there is one.
    """

    statistic: float
    p_value: float
    mean_difference: float
    reason: str | None = None


def diebold_mariano(losses_a: np.ndarray, losses_b: np.ndarray, *, steps_overlap: int) -> DieboldMariano:
    """Tests whether two forecasts of the same windows are equally accurate on average.

    Losses of neighbouring windows are correlated, so a plain paired t-test overstates the evidence. The variance of the
    mean difference is therefore a Newey-West estimate (Bartlett weights, never negative). Its bandwidth is the largest
    of twice the overlap, Andrews' choice for Bartlett weights and a first-order autoregression, and 1.3 √windows,
    limited to half the windows. Such a wide bandwidth requires the heavier tails of fixed-b theory: Student's t with
    1.5 windows / bandwidth degrees of freedom, and a variance corrected by the factor 1 − bandwidth / windows that
    estimating the mean costs. The small-sample correction of Harvey, Leybourne and Newbold is applied as well.

    There is no test of fewer windows than twice the steps over which they overlap, steps_overlap + 1. Losses may be
    correlated up to lag `steps_overlap`, and the bandwidth, at most half the windows, then ends before that lag. The
    small-sample correction, (windows − steps)(windows − steps + 1) / windows², tends to 0 besides, and is 0 from
    windows = steps on: the p-value would be near 1 whatever the losses are. In simulations with equal accuracy and
    moving averages of the order of the overlap, 3 to 6 % of the p-values are below 0.05 from this bound on, and 0 to
    4 % of those of fewer windows.

    Losses that differ by the same amount in all windows have no variance to test with. Their p-value is that of the
    sign test on the windows that do not overlap, 2 / 2^(windows / steps).

    - F. X. Diebold and R. S. Mariano, 1995, https://doi.org/10.1080/07350015.1995.10524599
    - W. K. Newey and K. D. West, 1987, https://doi.org/10.2307/1913610
    - D. W. K. Andrews, 1991, https://doi.org/10.2307/2938229
    - D. Harvey, S. Leybourne and P. Newbold, 1997, https://doi.org/10.1016/S0169-2070(96)00719-4
    - N. M. Kiefer and T. J. Vogelsang, 2005, https://doi.org/10.1017/S0266466605050565
    - E. Lazarus, D. J. Lewis, J. H. Stock and M. W. Watson, 2018, https://doi.org/10.1080/07350015.2018.1506926

    Args:
        losses_a: One loss per window in chronological order, of shape (windows,). Average simultaneous series first:
            they are not independent.
        losses_b: Losses of the other forecast on the same windows.
        steps_overlap: Number of following windows whose targets overlap with those of a window:
            sampling_rate * (lead + horizon − 1) − 1 for windows that start at every row.

    Raises:
        ValueError: The shapes differ, the overlap is negative, or a loss is not finite.
    """
    if np.shape(losses_a) != np.shape(losses_b) or np.ndim(losses_a) != 1 or steps_overlap < 0:
        raise ValueError(
            "Expected two arrays of shape (windows,) and an overlap of at least 0, got shapes "
            f"{np.shape(losses_a)} and {np.shape(losses_b)} and an overlap of {steps_overlap}."
        )
    differences = np.asarray(losses_a, np.float64) - losses_b
    if not np.isfinite(differences).all():
        window = int(np.flatnonzero(~np.isfinite(differences))[0])
        raise ValueError(
            f"The losses of window {window} are {losses_a[window]} and {losses_b[window]}, expected finite numbers."
        )
    n, steps = len(differences), steps_overlap + 1
    if n > 1 and not differences.any():
        return DieboldMariano(0.0, 1.0, 0.0)
    mean = float(differences.mean()) if n else math.nan
    if n < 2 * steps:
        overlap = f" where forecasts span {steps:,} rows" if steps > 1 else ""
        reason = f"{n:,} time{'s are' if n != 1 else ' is'} too few{overlap}; at least {2 * steps:,} are needed"
        return DieboldMariano(math.nan, math.nan, mean, reason)
    covariances = _autocovariances(differences)
    bandwidth = _bandwidth(covariances, steps_overlap)
    lags = np.arange(1, math.ceil(bandwidth))
    variance = float(covariances[0] + 2 * (1 - lags / bandwidth) @ covariances[lags])
    if variance <= 1e-24 * mean**2:  # all differences are equal up to rounding
        return DieboldMariano(math.copysign(math.inf, mean), 2.0 ** (1 - math.ceil(n / steps)), mean)
    correction = math.sqrt((n - steps) * (n - steps + 1)) / n * math.sqrt(1 - bandwidth / n)
    statistic = correction * mean / math.sqrt(variance / n)
    return DieboldMariano(statistic, student_p_value(statistic, min(n - 1, 1.5 * n / bandwidth)), mean)


def student_p_value(statistic: float, degrees: float) -> float:
    """Returns the two-sided p-value of Student's t `statistic` with `degrees` of freedom, above 0.

    The p-value is the regularised incomplete beta function I_x(degrees / 2, 1 / 2) at
    x = degrees / (degrees + statistic²), evaluated by its continued fraction: https://dlmf.nist.gov/8.17.E22
    """
    square = statistic * statistic
    x = degrees / (degrees + square)
    y = square / (degrees + square)  # 1 - x, without rounding error
    if x == 0 or y == 0:
        return x
    a, b = degrees / 2, 0.5
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log1p(-y) + b * math.log(y))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, y) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Returns the continued fraction 1 / (1 + d₁ / (1 + d₂ / …)) by the modified Lentz method."""
    tiny = 1e-300
    value, numerator, denominator = 1.0, math.inf, 1.0
    for i in range(1, 10_000):
        m = i // 2
        if i % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        denominator = 1 / (1 + term * denominator or tiny)
        numerator = 1 + term / numerator or tiny
        value *= numerator * denominator
        if abs(1 - numerator * denominator) < 1e-15:
            break
    return value


def _autocovariances(values: np.ndarray) -> np.ndarray:
    """Returns the autocovariance at every lag, (n,); dividing by n, not n − lag, keeps variances non-negative."""
    n = len(values)
    size = 1 << (2 * n - 1).bit_length()  # padding avoids circular correlation
    spectrum = np.fft.rfft(values - values.mean(), size)
    return np.fft.irfft(np.abs(spectrum) ** 2, size)[:n] / n


def _bandwidth(covariances: np.ndarray, steps_overlap: int) -> float:
    """Returns the lag at which the Bartlett weights reach 0: at least 1, and below half of three or more windows."""
    n = len(covariances)
    lag_one = float(covariances[1] / covariances[0]) if covariances[0] > 0 else 0.0
    lag_one = min(max(lag_one, -0.97), 0.999)
    andrews = 1.1447 * (4 * lag_one**2 / (1 - lag_one**2) ** 2 * n) ** (1 / 3)
    return max(1.0, min(max(2 * (steps_overlap + 1), andrews, 1.3 * math.sqrt(n)), (n - 1) / 2))
