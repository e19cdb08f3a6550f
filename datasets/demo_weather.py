"""Simulated weather of a central European station, with the 14 columns of the Jena climate data; needs no file.

Seeded and without gaps, it replaces the Jena data where these are not available: for a first run, tests and teaching.
The station records every ten minutes, and a coarser interval keeps every n-th record, so that a seed gives the same
weather at every interval, and requesting more rows never changes the first ones.

The dependence of tomorrow on the past follows the atmosphere, and much of it is nonlinear:

- Cyclones pass one after another, some days apart. Ahead of a cold front the pressure falls, the wind backs to the
  south and cloud thickens; behind it the wind veers to north-west, the air turns cooler (in summer above all) and
  drier, the sky breaks up.
- Spells of blocking weaken the westerlies or turn them round. An east wind is warm in summer and cold in winter, a
  west wind the other way about, and either changes the air the faster the harder it blows.
- The sun, by latitude, day and hour, warms through what cloud there is; nights cool under a clear sky, more so in
  calm air. Cloud to come means a cooler day, but a milder night.
- Ground and air keep part of this for hours and for days.

The protocol is that of the Jena climate data: the temperature in 24 hours, from the 14 columns of five days.

Physics, by source: position of the sun, its distance and the equation of time, Spencer, "Fourier series
representation of the position of the sun", Search 2 (1971); daily insolation, Iqbal, "An Introduction to Solar
Radiation" (1983); clear-sky irradiance, Haurwitz, J. Meteor. 2 (1945); sunlight through cloud, Kasten & Czeplak, Solar
Energy 24 (1980); emissivity of a clear sky, Brutsaert, Water Resour. Res. 11 (1975), and of a cloudy one, Sugita &
Brutsaert, Water Resour. Res. 29 (1993); saturation vapour pressure and dew point, Alduchov & Eskridge, J. Appl.
Meteor. 35 (1996); potential temperature, Bolton, Mon. Wea. Rev. 108 (1980); specific humidity and density from the
gas law of moist air, WMO Guide to Instruments and Methods of Observation (No. 8); Ornstein-Uhlenbeck processes in
their exact discretisation, Gillespie, Phys. Rev. E 54 (1996). The dynamics of the fronts and the strengths of the
couplings are this module's own, chosen so that means, spreads and day-to-day changes are close to those of Jena.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
UNITS = {
    "p (mbar)": "mbar",
    "T (degC)": "degC",
    "Tpot (K)": "K",
    "Tdew (degC)": "degC",
    "rh (%)": "%",
    "VPmax (mbar)": "mbar",
    "VPact (mbar)": "mbar",
    "VPdef (mbar)": "mbar",
    "sh (g/kg)": "g/kg",
    "H2OC (mmol/mol)": "mmol/mol",
    "rho (g/m**3)": "g/m**3",
    "wv (m/s)": "m/s",
    "max. wv (m/s)": "m/s",
    "wd (deg)": "deg",
}
TASKS = ("forecast",)
PROTOCOL = {
    "time": ("Date Time",),
    "target": ("T (degC)",),
    "window": 120,
    "lead": 24,
    "horizon": 1,
    "sampling_rate": 1,
    "split": "0.5,0.25,0.25",
    "scale": "standard",
    "calendar": "auto",
}

_RECORD = pd.Timedelta("10min")
_A_DAY = 144  # records
_SPIN_UP = 30 * _A_DAY  # records discarded at the start, until the initial state has no influence
_MAX_SPAN = pd.Timedelta(days=50 * 365.25)
_YEAR = 365.2425  # days
_INSOLATION_AT_JENA = 278.0  # W/m², mean of the year at the top of the atmosphere


def load(
    *,
    rows: int = 35040,
    interval: str = "1h",
    weather_seed: int = 0,
    latitude: float = 50.9,
    start: str = "2015-01-01",
) -> pd.DataFrame:
    """Returns the simulated records.

    Args:
        rows: Records to return, [1, 2000000]. The default is four years of hourly records.
        interval: Time between records as a pandas offset alias: a whole multiple of 10min, at most 1D.
        weather_seed: Seed of the weather, [0, 4294967295]. The climate is the same for all seeds.
        latitude: Degrees north, [35, 65]: the zone whose weather is driven by passing cyclones.
        start: Date and time of the first record, in local mean solar time; years 1700 to 2200.

    Returns:
        DataFrame with `rows` rows: "Date Time" (datetime64[ns]) and the 14 columns in `UNITS`, rounded as in the
        station's files (two decimals; one for relative humidity and wind direction).

    Raises:
        UsageError: An option is out of range, or the records would span more than 50 years.
    """
    first, step = _check(rows, interval, weather_seed, latitude, start)
    every = step // _RECORD
    records = _SPIN_UP + (rows - 1) * every + 1
    weather = _simulate(_sun(first, records, latitude), weather_seed, records)
    frame = pd.DataFrame({"Date Time": pd.date_range(first, periods=rows, freq=step, unit="ns")})
    for name, values in _columns(**{name: path[_SPIN_UP::every] for name, path in weather.items()}).items():
        frame[name] = values.round(1 if name in ("rh (%)", "wd (deg)") else 2)
    return frame


def _check(rows: int, interval: str, seed: int, latitude: float, start: str) -> tuple[pd.Timestamp, pd.Timedelta]:
    """Returns the first record's time and the interval, or refuses an invalid option."""

    def refuse(name: str, expected: str, got: object) -> UsageError:
        return UsageError(f"Received an invalid value for `{name}`, expected {expected}, got {got!r}.")

    numbers: tuple[tuple[str, float, int, int], ...] = (
        ("rows", rows, 1, 2_000_000),
        ("weather_seed", seed, 0, 2**32 - 1),
        ("latitude", latitude, 35, 65),
    )
    for name, value, low, high in numbers:
        if not low <= value <= high:
            raise refuse(name, f"{low} to {high}", value)
    try:
        step = pd.Timedelta(interval)
    except ValueError as error:
        raise refuse("interval", "a time such as 10min, 1h or 1D", interval) from error
    if not _RECORD <= step <= pd.Timedelta("1D") or step % _RECORD:
        raise refuse("interval", "a whole multiple of 10min up to 1D", interval)
    if rows * step > _MAX_SPAN:
        raise UsageError(f"{rows} rows at an interval of {interval} span more than 50 years. Use fewer `rows`.")
    try:
        first = pd.Timestamp(start)
    except ValueError as error:
        raise refuse("start", "a date such as 2015-01-01", start) from error
    if not (first == first and first.tz is None and 1700 <= first.year <= 2200):  # NaT is not equal to itself
        raise refuse("start", "a date of 1700 to 2200 without a time zone", start)
    return first.as_unit("ns"), step


@dataclass(frozen=True)
class _Sun:
    """Solar quantities, each of shape (records,).

    Attributes:
        irradiance: At the ground under a clear sky, W/m².
        insolation: Daily mean at the top of the atmosphere, W/m².
        climate: Mean temperature of the time of year, °C.
        winter: 1 at the winter solstice, -1 at the summer solstice.
    """

    irradiance: np.ndarray
    insolation: np.ndarray
    climate: np.ndarray
    winter: np.ndarray


def _sun(first: pd.Timestamp, records: int, latitude: float) -> _Sun:
    begin = first - _SPIN_UP * _RECORD
    days = (begin - pd.Timestamp(begin.year, 1, 1)) / pd.Timedelta("1D") + np.arange(records) / _A_DAY
    angle, north = 2 * np.pi * days / _YEAR, np.deg2rad(latitude)
    declination, nearness, clock_error = _orbit(angle)
    hour_angle = 2 * np.pi * (days % 1.0) - np.pi + clock_error
    height = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    height = np.maximum(height, 1e-3)  # sine of the sun's elevation
    lagged = _insolation(angle - 2 * np.pi * 28 / _YEAR, north)  # temperature lags the sun by four weeks
    whole_year = _insolation(2 * np.pi * np.arange(365) / 365, north).mean()
    return _Sun(
        irradiance=1098.0 * nearness * height * np.exp(-0.057 / height),
        insolation=_insolation(angle, north),
        climate=9.3 + 0.13 * (whole_year - _INSOLATION_AT_JENA) + 0.042 * (lagged - whole_year),
        winter=-declination / np.deg2rad(23.45),
    )


def _orbit(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns declination (rad), eccentricity factor and equation of time (rad) for the day angle (Spencer)."""
    c1, s1, c2, s2 = np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)
    c3, s3 = np.cos(3 * angle), np.sin(3 * angle)
    declination = (
        0.006918 - 0.399912 * c1 + 0.070257 * s1 - 0.006758 * c2 + 0.000907 * s2 - 0.002697 * c3 + 0.00148 * s3
    )
    nearness = 1.00011 + 0.034221 * c1 + 0.00128 * s1 + 0.000719 * c2 + 0.000077 * s2
    equation_of_time = 0.0000075 + 0.001868 * c1 - 0.032077 * s1 - 0.014615 * c2 - 0.040849 * s2
    return declination, nearness, equation_of_time


def _insolation(angle: np.ndarray, north: float) -> np.ndarray:
    """Returns the daily mean irradiance at the top of the atmosphere, W/m² (solar constant 1361 W/m²)."""
    declination, nearness, _ = _orbit(angle)
    sunset = np.arccos(np.clip(-np.tan(north) * np.tan(declination), -1, 1))
    daily = sunset * np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.sin(sunset)
    return 1361.0 / np.pi * nearness * daily


def _simulate(sun: _Sun, seed: int, records: int) -> dict[str, np.ndarray]:
    """Returns the physical quantities, under the argument names of `_columns`, each of shape (records,)."""

    def noise(stream: int, days: float) -> np.ndarray:
        # A separate random stream per process keeps the first records independent of their number.
        return _ornstein_uhlenbeck(np.random.default_rng([seed, stream]).standard_normal(records), days)

    # Cyclones: a phase that completes a cycle from front to front, with randomly varying speed and strength.
    pace = 2 * np.pi / 5.0 * np.exp(0.4 * noise(0, 3.0) - 0.08)  # rad/day
    phase = np.random.default_rng([seed, 1]).uniform(0, 2 * np.pi) + np.cumsum(pace) / _A_DAY
    westerly = 0.6 + 0.8 * _relax(noise(2, 7.0), 1 / 0.3)  # negative: blocking, with wind from the east
    mobile = 1 / (1 + np.exp(-3 * westerly))
    strength = (0.4 + 0.75 * mobile) * (1 + 0.2 * sun.winter) * np.exp(0.4 * _relax(noise(3, 4.0), 1 / 0.3) - 0.08)
    # A sawtooth with a rounded flank: +1 ahead of the front, -1 behind it, an hour or two in between.
    southerly = -2 / np.pi * np.arctan2(0.94 * np.sin(phase), 1 - 0.94 * np.cos(phase))
    east, north = westerly * (1.9 + 1.3 * np.cos(phase)), 3.4 * strength * southerly  # m/s
    flow = np.hypot(east, north)
    from_west, from_south = east / (flow + 0.7), north / (flow + 0.7)
    turn = np.mod(phase, 2 * np.pi) / np.pi - 1  # -1 just behind a front, 0 in the ridge, +1 just ahead of the next
    trough = strength * (3 * turn**2 - 1)
    pressure = 989.5 - 5.0 * trough + 6.0 * _relax(noise(4, 6.0), 1 / 0.3) - 3.5 * (westerly - 0.6)

    ahead, behind = np.exp(2.5 * (np.cos(phase + 0.6) - 1)), np.exp(6.0 * (np.cos(phase - 0.35) - 1))
    stratus = 0.75 * mobile * (1 + sun.winter)
    cloud = 1 / (1 + np.exp(1.6 - strength * (7.0 * ahead + 2.0 * behind) - stratus - 0.7 * noise(5, 0.35)))

    # Advected air mass, and how fast it replaces the local air.
    origin = 5.0 * from_south + (2.5 + 12.0 * sun.winter) * from_west - 3.0 * sun.winter
    front = 1.3 * strength * southerly * (1 - 0.9 * sun.winter)
    air = _relax(origin, 0.1 + 0.4 * flow) + front + (1.0 + 0.3 * sun.winter) * noise(6, 1.5)

    # Net radiation at the ground relative to the seasonal mean; its effect is larger in calm air. Cooling stays in a
    # shallow layer, warming is mixed into a deep one.
    heating = (_net_radiation(sun, cloud) - 0.36 * sun.insolation + 55.0) * (0.3 + 0.8 / (1 + (flow / 3.5) ** 2))
    at_once = 0.019 * _relax(np.where(heating < 0, 2.0, 1.0) * heating, 24 / 3.5)
    eddies = (0.15 + 0.25 * sun.irradiance / 600) * noise(7, 0.05)
    temperature = sun.climate + air + at_once + 0.032 * _relax(heating, 1 / 2.0) + eddies

    # Moisture is advected with the air; condensation increases towards saturation.
    dryness = 6.8 - 2.8 * sun.winter - 3.0 * cloud - 1.2 * from_west + noise(8, 0.8)
    most = _saturation(temperature)
    wet = _saturation(sun.climate + 0.85 * air - _relax(dryness, 2.5)) / most
    stirred = 0.5 + 0.6 * _relax(sun.irradiance / 600, 24 / 1.5)  # turbulent mixing: more wind at the ground by day
    return {
        "pressure": pressure,
        "temperature": temperature,
        "vapour": most * wet / (1 + wet**8) ** (1 / 8),
        "east": stirred * east + 0.75 * noise(9, 0.04),
        "north": stirred * north + 0.75 * noise(10, 0.04),
        "gusts": 1.3 + 0.35 * np.exp(0.4 * noise(11, 0.03)),
    }


def _net_radiation(sun: _Sun, cloud: np.ndarray) -> np.ndarray:
    """Returns the net radiation at the ground, W/m², at the seasonal mean temperature."""
    kelvin = sun.climate + 273.15
    clear = 1.24 * (_saturation(sun.climate - 4.0) / kelvin) ** (1 / 7)
    sky = np.minimum(clear * (1 + 0.22 * cloud**2.75), 1.0)
    return 0.8 * sun.irradiance * (1 - 0.75 * cloud**3.4) + 0.97 * 5.67e-8 * kelvin**4 * (sky - 1)


def _columns(
    *,
    pressure: np.ndarray,
    temperature: np.ndarray,
    vapour: np.ndarray,
    east: np.ndarray,
    north: np.ndarray,
    gusts: np.ndarray,
) -> dict[str, np.ndarray]:
    """Returns the station's columns from pressure and vapour (mbar), temperature (°C), wind (m/s), gusts (1)."""
    kelvin = temperature + 273.15
    most = _saturation(temperature)
    log = np.log(vapour / 6.1094)
    wind = np.hypot(east, north)
    return {
        "p (mbar)": pressure,
        "T (degC)": temperature,
        "Tpot (K)": kelvin * (1000 / pressure) ** 0.2854,
        "Tdew (degC)": 243.04 * log / (17.625 - log),
        "rh (%)": 100 * vapour / most,
        "VPmax (mbar)": most,
        "VPact (mbar)": vapour,
        "VPdef (mbar)": most - vapour,
        "sh (g/kg)": 622 * vapour / (pressure - 0.378 * vapour),
        "H2OC (mmol/mol)": 1000 * vapour / pressure,
        # Gas law, dry air (287.05 J/(kg K)) and vapour (461.5 J/(kg K)) together; 1 mbar is 100 Pa, 1 kg is 1000 g.
        "rho (g/m**3)": 1e5 * ((pressure - vapour) / 287.05 + vapour / 461.5) / kelvin,
        "wv (m/s)": wind,
        "max. wv (m/s)": wind * gusts,
        "wd (deg)": np.degrees(np.arctan2(-east, -north)) % 360,
    }


def _saturation(celsius: np.ndarray) -> np.ndarray:
    """Returns the saturation vapour pressure over water in mbar (Alduchov & Eskridge, 1996)."""
    return 6.1094 * np.exp(17.625 * celsius / (243.04 + celsius))


def _ornstein_uhlenbeck(draws: np.ndarray, days: float) -> np.ndarray:
    """Returns a stationary process of mean 0 and variance 1 with a memory of `days`, from standard normal draws."""
    decay = float(np.exp(-1 / (days * _A_DAY)))
    value, path = float(draws[0]), []
    for push in (draws * np.sqrt(1 - decay**2)).tolist():
        value = decay * value + push
        path.append(value)
    return np.array(path)


def _relax(goal: np.ndarray, rate: np.ndarray | float) -> np.ndarray:
    """Returns the exponential relaxation towards `goal` at `rate` (1/day), exact if both are constant over a record."""
    shares = np.broadcast_to(-np.expm1(-np.asarray(rate) / _A_DAY), goal.shape)
    value, path = float(goal[0]), []
    for aim, share in zip(goal.tolist(), shares.tolist(), strict=True):
        value += share * (aim - value)
        path.append(value)
    return np.array(path)
