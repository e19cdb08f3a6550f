"""Public holidays as features known ahead; a module with the interface of the package `holidays` takes its place."""

import sys
from datetime import date
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.data.series.holidays import Holidays
from seqkit.errors import UsageError

DAYS = {"KR": [(1, 1), (3, 1), (5, 5), (10, 3)], "DE": [(1, 1), (5, 1)], "DE-BY": [(1, 1), (1, 6)]}


@pytest.fixture
def package(monkeypatch):
    """A module whose countries have holidays on the same days of every year."""

    def country_holidays(country, subdiv=None, years=None):
        code = country if subdiv is None else f"{country}-{subdiv}"
        if code not in DAYS:
            raise NotImplementedError(f"Country '{country}' not available")
        return {date(year, *day): "a holiday" for year in years for day in DAYS[code]}

    module = ModuleType("holidays")
    module.country_holidays = country_holidays
    monkeypatch.setitem(sys.modules, "holidays", module)


def visits(rows=800, *, start="2022-01-01") -> pd.DataFrame:
    """Daily visits that are few on holidays in Korea."""
    times = pd.date_range(start, periods=rows)
    closed = np.array([(day.month, day.day) in DAYS["KR"] for day in times])
    return pd.DataFrame({"ds": times, "y": 100 - 60 * closed + np.random.default_rng(0).normal(size=rows)})


def test_holiday_is_known_ahead_without_a_file(package, tmp_path):
    frame = visits(790)  # up to 2024-02-29
    options = {"window": 3, "holidays": ("KR",), "calendar": "none", "split": "500,150,140", "test": False}
    seqkit.train("autoregression", frame, out=tmp_path / "run", **options)
    run = seqkit.load(tmp_path / "run")
    assert run.state.columns == ("y", "holiday KR") and run.state.future == ("holiday KR",)
    on_holiday = run.forecast()
    assert on_holiday["ds"][0] == pd.Timestamp("2024-03-01") and on_holiday["autoregression"][0] < 60
    assert run.forecast(frame[:-1])["autoregression"][0] > 90
    with pytest.raises(UsageError, match="reads no features ahead"):
        run.forecast(future=frame)
    assert seqkit.evaluate(tmp_path / "run", frame)["models"][0]["mae"] < 5


def test_subdivisions_and_time_zones_decide_the_date(package):
    times = np.array(["2024-05-04T15:00", "2024-05-04T14:00", "2023-01-06T00:00"], "datetime64[ns]")
    assert Holidays(("KR", "DE-BY")).values(times).tolist() == [[0, 0], [0, 0], [0, 1]]
    assert Holidays(("KR",), "Asia/Seoul").values(times).tolist() == [[1], [0], [0]]


def test_holidays_stay_beside_other_features_and_in_panels(package, tmp_path):
    frame = pd.concat([visits(300).assign(unique_id=name, price=np.arange(300.0) % 7) for name in "ab"])
    options = {"window": 3, "future": ("price",), "holidays": ("KR", "DE"), "test": False}
    seqkit.train("autoregression", frame, out=tmp_path / "run", **options)
    run = seqkit.load(tmp_path / "run")
    assert run.state.future == ("price", "holiday KR", "holiday DE")
    assert run.state.scaled_by_series == ("y", "price")
    future = pd.DataFrame({"ds": pd.to_datetime(["2022-10-28"]), "price": [1.0]})
    assert len(run.forecast(future=future)) == 2


@pytest.mark.parametrize(
    ("frame", "country", "message"),
    [
        (visits(), "XX", "The package holidays knows no country 'XX' for --holidays. Use an ISO code such as KR"),
        (visits().drop(columns="ds"), "KR", "--holidays needs the times of the rows, but they are counted"),
        (visits().assign(**{"holiday KR": 0.0}), "KR", "The column 'holiday KR' has the name that --holidays gives"),
    ],
)
def test_holidays_that_cannot_be_known_are_refused(package, tmp_path, frame, country, message):
    with pytest.raises(UsageError) as error:
        seqkit.train("autoregression", frame, out=tmp_path / "run", target=("y",), window=3, holidays=(country,))
    assert message in str(error.value)


def test_absent_package_is_named_with_the_command_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "holidays", None)
    visits(60).to_csv(tmp_path / "visits.csv", index=False)
    command = ["train", "autoregression", "--data", str(tmp_path / "visits.csv"), "--window", "3", "--holidays", "KR"]
    result = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "run")])
    assert result.exit_code == 3 and "pip install 'seqkit[holidays]'" in result.stderr
