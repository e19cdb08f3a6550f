"""Simulated weather: deterministic, physically consistent, with a climate like Jena's, and predictable."""

import importlib

import numpy as np
import pandas as pd
import pytest

from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_weather")
load = demo.load


@pytest.fixture(scope="module")
def years() -> pd.DataFrame:
    """Four years of hours, the default."""
    return load()


def test_same_seed_is_the_same_weather() -> None:
    pd.testing.assert_frame_equal(load(rows=300, weather_seed=7), load(rows=300, weather_seed=7))


def test_other_seed_is_other_weather() -> None:
    one, two = load(rows=1000, weather_seed=7), load(rows=1000, weather_seed=8)
    assert (one["T (degC)"] - two["T (degC)"]).abs().mean() > 1
    assert abs(one["wv (m/s)"].diff().corr(two["wv (m/s)"].diff())) < 0.2


@pytest.mark.parametrize("interval", ["10min", "1h", "1D"])
def test_more_rows_never_change_the_first_ones(interval: str) -> None:
    few, many = load(rows=101, interval=interval), load(rows=1009, interval=interval)
    pd.testing.assert_frame_equal(few, many.iloc[:101])


@pytest.mark.parametrize(("interval", "every"), [("20min", 2), ("1h", 6), ("1D", 144)])
def test_coarser_interval_keeps_every_nth_record(interval: str, every: int) -> None:
    fine, coarse = load(rows=2017, interval="10min"), load(rows=2016 // every + 1, interval=interval)
    pd.testing.assert_frame_equal(fine.iloc[::every].reset_index(drop=True), coarse)


def test_columns_are_the_time_and_those_of_the_station(years: pd.DataFrame) -> None:
    assert list(years.columns) == ["Date Time", *demo.UNITS]
    assert list(demo.UNITS) == [
        "p (mbar)", "T (degC)", "Tpot (K)", "Tdew (degC)", "rh (%)", "VPmax (mbar)", "VPact (mbar)", "VPdef (mbar)",
        "sh (g/kg)", "H2OC (mmol/mol)", "rho (g/m**3)", "wv (m/s)", "max. wv (m/s)", "wd (deg)",
    ]  # fmt: skip
    assert years.shape == (4 * 365 * 24, 15)
    expected = pd.Series(pd.date_range("2015-01-01", periods=len(years), freq="h", unit="ns"), name="Date Time")
    pd.testing.assert_series_equal(years["Date Time"], expected)


def test_start_is_the_first_time_and_determines_the_season() -> None:
    winter, summer = load(rows=24 * 14, start="2021-01-10 06:00"), load(rows=24 * 14, start="2021-07-10 06:00")
    assert winter["Date Time"][0] == pd.Timestamp("2021-01-10 06:00")
    assert summer["T (degC)"].mean() > winter["T (degC)"].mean() + 10


def test_no_value_is_missing_or_out_of_range(years: pd.DataFrame) -> None:
    numbers = years.drop(columns="Date Time")
    assert np.isfinite(numbers.to_numpy()).all()
    assert years["rh (%)"].between(10, 100).all()
    assert years["wd (deg)"].between(0, 360).all()
    assert (years["wv (m/s)"] >= 0).all() and (years["max. wv (m/s)"] >= years["wv (m/s)"]).all()
    assert (years["Tdew (degC)"] <= years["T (degC)"]).all() and (years["VPdef (mbar)"] >= 0).all()
    assert years["T (degC)"].between(-30, 45).all() and years["p (mbar)"].between(930, 1030).all()


def test_columns_are_rounded_as_the_stations_are(years: pd.DataFrame) -> None:
    for name in demo.UNITS:
        decimals = 1 if name in ("rh (%)", "wd (deg)") else 2
        assert (years[name].round(decimals) == years[name]).all()
        assert (years[name].round(decimals - 1) != years[name]).any()


def disagreement(frame: pd.DataFrame) -> dict[str, float]:
    """Returns the largest difference of each column from what others imply, by formulas written here anew.

    Vapour pressure after Bolton (1980), 6.112 exp(17.67 T / (T + 243.5)), in percent, where the module takes another
    fit; the rest by definition, in the column's unit.
    """
    t, p, e = frame["T (degC)"], frame["p (mbar)"], frame["VPact (mbar)"]
    mixing_ratio = 0.62198 * e / (p - e)
    virtual = (t + 273.15) * (1 + mixing_ratio / 0.62198) / (1 + mixing_ratio)
    implied = {
        "Tpot (K)": (t + 273.15) * (1000 / p) ** (2 / 7),
        "VPdef (mbar)": frame["VPmax (mbar)"] - e,
        "rh (%)": 100 * e / frame["VPmax (mbar)"],
        "sh (g/kg)": 1000 * mixing_ratio / (1 + mixing_ratio),
        "H2OC (mmol/mol)": 1000 * e / p,
        "rho (g/m**3)": 1e5 * p / (287.05 * virtual),
    }
    differences = {name: float((frame[name] - values).abs().max()) for name, values in implied.items()}
    for name, celsius in (("VPmax (mbar)", t), ("VPact (mbar)", frame["Tdew (degC)"])):
        bolton = 6.112 * np.exp(17.67 * celsius / (celsius + 243.5))
        differences[name] = float((100 * (frame[name] / bolton - 1)).abs().max())
    return differences


def test_columns_agree_with_one_another_to_rounding(years: pd.DataFrame) -> None:
    # Twice half a hundredth for VPdef; half of 0.01 mbar in 1.5 mbar is 0.33 %, of which rh and the pressures suffer.
    limits = {
        "Tpot (K)": 0.05,
        "VPdef (mbar)": 0.0151,
        "rh (%)": 0.7,
        "sh (g/kg)": 0.015,
        "H2OC (mmol/mol)": 0.0155,
        "rho (g/m**3)": 0.1,
        "VPmax (mbar)": 0.5,
        "VPact (mbar)": 0.5,
    }
    differences = disagreement(years)
    assert {name: differences[name] <= limit for name, limit in limits.items()} == dict.fromkeys(limits, True), (
        differences
    )


def test_the_real_station_agrees_with_the_same_formulas(requires_data) -> None:
    real = pd.read_csv(requires_data("jena_weather_2020/weather.csv"))
    limits = {"Tpot (K)": 0.6, "VPdef (mbar)": 0.03, "rh (%)": 0.7, "sh (g/kg)": 0.05, "H2OC (mmol/mol)": 0.05}
    differences = disagreement(real)
    assert {name: differences[name] <= limit for name, limit in limits.items()} == dict.fromkeys(limits, True), (
        differences
    )
    assert differences["VPmax (mbar)"] < 1.5 and differences["VPact (mbar)"] < 1.5 and differences["rho (g/m**3)"] < 7


def test_saturation_equals_the_steam_tables() -> None:
    # WMO (Goff-Gratch): 6.11 hPa at 0 °C, 12.27 at 10 °C, 23.37 at 20 °C, 42.43 at 30 °C.
    differences = demo._saturation(np.array([0.0, 10.0, 20.0, 30.0]))
    np.testing.assert_allclose(differences, [6.11, 12.27, 23.37, 42.43], rtol=2e-3)


def test_insolation_equals_the_almanac() -> None:
    day = 2 * np.pi / 365
    equinox, solstice = np.array([79 * day]), np.array([171 * day])
    # Equator: S / pi; pole: S sin(23.44 deg) and 3.3 % less in June, when the sun is far. S = 1361 W/m².
    np.testing.assert_allclose(demo._insolation(equinox, 0.0), 1361 / np.pi, rtol=0.01)
    np.testing.assert_allclose(demo._insolation(solstice, np.pi / 2), 1361 * 0.3978 * 0.967, rtol=0.005)
    np.testing.assert_allclose(demo._insolation(np.array([355 * day]), np.deg2rad(70)), 0, atol=1e-9)


def test_climate_is_near_that_of_jena(years: pd.DataFrame) -> None:
    t = years["T (degC)"]
    assert 8 < t.mean() < 11.5 and 7.5 < t.std() < 9.5
    assert 2.2 < (t - t.shift(24)).abs().mean() < 2.9
    assert 985 < years["p (mbar)"].mean() < 992 and 6.5 < years["p (mbar)"].std() < 9.5
    assert 68 < years["rh (%)"].mean() < 80 and years["rh (%)"].min() < 35
    assert 1.5 < years["wv (m/s)"].mean() < 2.5
    by_month = t.groupby(years["Date Time"].dt.month).mean()
    assert by_month.idxmax() in (7, 8) and by_month.idxmin() in (1, 2, 12)
    by_hour = t.groupby(years["Date Time"].dt.hour).mean()
    assert by_hour.idxmax() in (14, 15) and by_hour.idxmin() in (4, 5, 6)


def test_north_is_colder_with_a_smaller_diurnal_range_in_winter() -> None:
    south, north = (load(latitude=degrees).set_index("Date Time")["T (degC)"].resample("D") for degrees in (38.0, 62.0))
    assert south.mean().mean() > north.mean().mean() + 10
    swings = [(days.max() - days.min())[lambda swing: swing.index.month == 12].mean() for days in (south, north)]
    assert swings[0] > swings[1]


def winds(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Returns the wind's parts from the west and from the south, m/s."""
    angle = np.deg2rad(frame["wd (deg)"])
    return -frame["wv (m/s)"] * np.sin(angle), -frame["wv (m/s)"] * np.cos(angle)


def test_wind_veers_and_air_dries_behind_a_front(years: pd.DataFrame) -> None:
    p = years["p (mbar)"]
    trough = (p == p.rolling(49, center=True).min()) & (p < p.rolling(97, center=True).mean() - 5)
    rows = np.flatnonzero(trough)
    rows = rows[(rows > 48) & (rows < len(years) - 48)]
    assert len(rows) > 100
    _, from_south = winds(years)
    assert from_south.to_numpy()[rows - 9].mean() > 1 and from_south.to_numpy()[rows + 9].mean() < -1
    # The same hour of the next day: drier, and in summer colder.
    assert years["Tdew (degC)"].to_numpy()[rows + 15].mean() < years["Tdew (degC)"].to_numpy()[rows - 9].mean()
    summer = rows[years["Date Time"].dt.month.to_numpy()[rows] % 12 // 3 == 2]
    t = years["T (degC)"].to_numpy()
    assert (t[summer + 18] - t[summer - 6]).mean() < -2


def test_east_wind_is_warm_in_summer_and_cold_in_winter(years: pd.DataFrame) -> None:
    daily = years.assign(west=winds(years)[0]).set_index("Date Time")[["T (degC)", "west"]].resample("D").mean()
    unusual = daily["T (degC)"] - daily["T (degC)"].groupby(daily.index.month).transform("mean")
    quarter = daily.index.month % 12 // 3
    assert unusual[quarter == 0].corr(daily["west"][quarter == 0]) > 0.3
    assert unusual[quarter == 2].corr(daily["west"][quarter == 2]) < -0.3


def test_calm_dry_days_have_a_larger_diurnal_range(years: pd.DataFrame) -> None:
    summer = years[years["Date Time"].dt.month.isin([5, 6, 7, 8])].set_index("Date Time")
    days = summer.resample("D").agg({"T (degC)": ["max", "min"], "wv (m/s)": "mean", "rh (%)": "mean"}).dropna()
    swing = days["T (degC)", "max"] - days["T (degC)", "min"]
    assert swing.corr(days["wv (m/s)", "mean"]) < -0.2
    assert swing.corr(days["rh (%)", "mean"]) < -0.3


def test_past_predicts_tomorrow_and_not_only_linearly(years: pd.DataFrame) -> None:
    """Ridge regression beats the last value, boosted trees beat ridge regression; on the last year, unseen."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    west, south = winds(years)
    inputs = years.drop(columns="Date Time").assign(west=west, south=south)
    parts = [inputs, *(inputs - inputs.shift(lag) for lag in (3, 12, 24, 48)), inputs.rolling(24).mean()]
    features = pd.concat([*parts, inputs.rolling(119).mean()], axis=1).to_numpy()
    t = years["T (degC)"].to_numpy()
    rows = np.arange(119, len(t) - 24, 5)  # Not a divisor of 24: every hour of the day has its turn.
    change = t[rows + 24] - t[rows]
    train, test = rows < len(t) // 2, rows >= len(t) * 3 // 4
    scaler = StandardScaler().fit(features[rows[train]])
    x, held_out = scaler.transform(features[rows[train]]), scaler.transform(features[rows[test]])
    last_value = np.abs(change[test]).mean()
    linear = np.abs(Ridge(100.0).fit(x, change[train]).predict(held_out) - change[test]).mean()
    trees = HistGradientBoostingRegressor(max_iter=80, learning_rate=0.1, max_leaf_nodes=8, random_state=0)
    with threadpool_limits(1):
        bent = np.abs(trees.fit(x, change[train]).predict(held_out) - change[test]).mean()
    assert linear < 0.85 * last_value
    assert bent < 0.96 * linear


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"rows": 0}, "`rows`, expected 1 to 2000000, got 0"),
        ({"weather_seed": -1}, "`weather_seed`, expected 0 to 4294967295, got -1"),
        ({"latitude": 80.0}, "`latitude`, expected 35 to 65, got 80.0"),
        ({"latitude": float("nan")}, "`latitude`, expected 35 to 65, got nan"),
        ({"interval": "15min"}, "`interval`, expected a whole multiple of 10min up to 1D, got '15min'"),
        ({"interval": "0min"}, "`interval`, expected a whole multiple"),
        ({"interval": "2D"}, "`interval`, expected a whole multiple"),
        ({"interval": "MS"}, "`interval`, expected a time such as 10min, 1h or 1D, got 'MS'"),
        ({"interval": "nat"}, "`interval`, expected"),
        ({"rows": 20_000, "interval": "1D"}, "20000 rows at an interval of 1D span more than 50 years"),
        ({"start": "yesterday week"}, "`start`, expected a date such as 2015-01-01, got 'yesterday week'"),
        ({"start": "NaT"}, "`start`, expected a date of 1700 to 2200"),
        ({"start": "2015-01-01T00:00Z"}, "without a time zone"),
        ({"start": "1500-01-01"}, "1700 to 2200"),
    ],
)
def test_invalid_option_is_named(options: dict, complaint: str) -> None:
    with pytest.raises(UsageError) as refusal:
        load(**options)
    assert complaint in str(refusal.value)
