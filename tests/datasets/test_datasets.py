"""Requirements of every dataset: metadata is readable without import, and the protocol works."""

import importlib
import re
from pathlib import Path

import pandas as pd
import pytest
import requests

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, NotFoundError
from seqkit.options import module_options
from seqkit.registry import datasets
from seqkit.tasks.forecast.prepare import prepare

FORECAST = (
    "air_passengers",
    "bike_sharing",
    "demo_mackey_glass",
    "demo_weather",
    "etth1",
    "etth2",
    "ettm1",
    "jena_climate",
    "jena_weather_2020",
    "m4_hourly",
)
KINDS = {
    "demo_reviews": "texts",
    "demo_time_scales": "series",
    "demo_timing": "series",
    "imdb": "texts",
    "nsmc": "texts",
    "ucr_basicmotions": "series",
    "ucr_italypowerdemand": "series",
    "ucr_japanesevowels": "series",
    "ucr_syntheticcontrol": "series",
}  # of the labelled ones
OURS = (*FORECAST, *KINDS)
FILES = {
    "air_passengers": ("AirPassengers.csv", "https://raw.githubusercontent.com/"),
    "bike_sharing": ("bike+sharing+dataset.zip", "https://archive.ics.uci.edu/"),
    "etth1": ("ETTh1.csv", "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/"),
    "etth2": ("ETTh2.csv", "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/"),
    "ettm1": ("ETTm1.csv", "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/"),
    "jena_climate": ("jena_climate_2009_2016.csv.zip", "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
    "jena_weather_2020": ("weather.csv", "https://huggingface.co/datasets/thuml/Time-Series-Library/"),
    "m4_hourly": ("Hourly-train.csv", "https://raw.githubusercontent.com/Mcompetitions/M4-methods/"),
    "imdb": ("aclImdb_v1.tar.gz", "https://ai.stanford.edu/~amaas/data/sentiment/"),
    "nsmc": ("ratings_train.txt", "https://raw.githubusercontent.com/e9t/nsmc/"),
    "ucr_basicmotions": ("BasicMotions.zip", "https://www.timeseriesclassification.com/aeon-toolkit/"),
    "ucr_italypowerdemand": ("ItalyPowerDemand.zip", "https://www.timeseriesclassification.com/aeon-toolkit/"),
    "ucr_japanesevowels": ("JapaneseVowels.zip", "https://www.timeseriesclassification.com/aeon-toolkit/"),
    "ucr_syntheticcontrol": ("SyntheticControl.zip", "https://www.timeseriesclassification.com/aeon-toolkit/"),
}


def module(name: str):
    return importlib.import_module(f"seqkit.datasets.{name}")


def constants(name: str) -> dict:
    return datasets()[name].constants


def reading_and_task_options(name: str) -> dict:
    if name in FORECAST:
        options = module_options("seqkit.data.tables.regularise", "regularise") + module_options(
            "seqkit.tasks.forecast.prepare", "prepare"
        )
    else:
        options = module_options("seqkit.data.labelled.examples", "find_examples")
        options += module_options(f"seqkit.tasks.classify.{KINDS[name]}", f"prepare_{KINDS[name]}")
    return {option.name: option for option in options}


def carried_out(name: str, frame: pd.DataFrame):
    """Returns the table that the protocol makes of the frame, and what the task makes of that."""
    protocol = constants(name)["PROTOCOL"]
    reading = {option.name for option in module_options("seqkit.data.tables.regularise", "regularise")}
    table = regularise(frame, **{k: v for k, v in protocol.items() if k in reading})
    options = {k: v for k, v in protocol.items() if k not in reading}
    return table, *prepare(
        table, **{"window": 24, **options}
    )  # a protocol of short series leaves the window to be chosen


def counts(splits) -> tuple[int, int, int]:
    return len(splits.train), len(splits.validation), len(splits.test)


def test_all_are_found_by_name() -> None:
    assert set(OURS) <= set(datasets())


@pytest.mark.parametrize("name", OURS)
def test_constants_are_literals_of_the_documented_types(name: str) -> None:
    said = constants(name)
    assert isinstance(said["LICENCE"], str) and said["LICENCE"]
    assert isinstance(said["SOURCE"], str) and said["SOURCE"]
    assert said["TASKS"] == (("forecast",) if name in FORECAST else ("classify",))
    assert said.get("KIND") == KINDS.get(name)
    units = said.get("UNITS", {})
    assert bool(units) == (name in FORECAST)
    assert all(isinstance(column, str) and isinstance(unit, str) for column, unit in units.items())
    assert {k: getattr(module(name), k) for k in said} == said


@pytest.mark.parametrize("name", OURS)
def test_docstring_has_a_summary_line_and_details(name: str) -> None:
    first, blank, *more = datasets()[name].docstring.splitlines()
    assert first.endswith(".") and len(first) <= 117
    assert blank == ""
    assert "The protocol" in "\n".join(more) and "source" in "\n".join(more).lower()


@pytest.mark.parametrize("name", OURS)
def test_protocol_contains_valid_options(name: str) -> None:
    options = reading_and_task_options(name)
    for key, value in constants(name)["PROTOCOL"].items():
        assert options[key].check(value) == value


@pytest.mark.parametrize("name", FORECAST)
def test_protocol_columns_have_units(name: str) -> None:
    said = constants(name)
    named = (*said["PROTOCOL"]["target"], *said["PROTOCOL"].get("features", ()))
    assert set(named) <= {*said["UNITS"], "all"}
    assert not set(said["PROTOCOL"]["time"]) & set(said["UNITS"])


@pytest.mark.parametrize("name", OURS)
def test_load_options_are_documented(name: str) -> None:
    assert all(option.help for option in datasets()[name].options("load"))


@pytest.mark.parametrize("name", FILES)
def test_offline_message_names_source_and_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*arguments: object, **options: object) -> None:
        raise requests.ConnectionError("no route")

    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))
    monkeypatch.setattr(requests, "get", unreachable)
    with pytest.raises(NotFoundError) as refusal:
        module(name).load()
    file, address = FILES[name]
    assert f"by hand and save it as {tmp_path / name / file}." in str(refusal.value)
    assert f"Download {address}" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", [name for name in FORECAST if name in FILES and name != "jena_climate"])
def test_units_cover_all_columns_except_the_time(name: str, requires_data) -> None:
    requires_data(name)
    said = constants(name)
    assert set(module(name).load().columns) == {*said["PROTOCOL"]["time"], *said["UNITS"]}


@pytest.mark.parametrize(
    ("name", "interval", "windows"),
    [
        # Targets wholly in a part of n rows: n - horizon + 1; in the first part the window goes off too.
        ("etth1", "h", (8640 - 336 - 95, 2880 - 95, 2880 - 95)),
        ("etth2", "h", (8640 - 336 - 95, 2880 - 95, 2880 - 95)),
        ("ettm1", "15min", (34560 - 336 - 95, 11520 - 95, 11520 - 95)),
        ("air_passengers", "MS", (96 - 24 - 11, 24 - 11, 24 - 11)),
    ],
)
def test_clean_datasets_give_every_window_of_their_protocol(name: str, interval: str, windows, requires_data) -> None:
    requires_data(name)
    table, state, splits = carried_out(name, module(name).load())
    assert (table.interval, len(table.segments), table.notes) == (interval, 1, ())
    assert counts(splits) == windows
    assert state.targets == tuple(constants(name)["UNITS"])


def test_weather_of_2020_is_fixed_as_documented(requires_data) -> None:
    requires_data("jena_weather_2020")
    frame = module("jena_weather_2020").load()
    assert len(frame) == 52_696
    assert {c: int((frame[c] == -9999).sum()) for c in frame if (frame[c] == -9999).any()} == {
        "wv (m/s)": 1,
        "max. PAR (\ufffdmol/m\ufffd/s)": 30,
        "OT": 50,
    }
    table, state, splits = carried_out("jena_weather_2020", frame)
    rows = 52_696 - 1 + 9  # one row comes twice, nine are missing
    assert table.segments.tolist() == [[0, rows]]
    # The nine missing rows are all in the training part; what is filled there is no target.
    assert counts(splits) == (rows // 2 - 6 * (120 - 1 + 24) - 9, rows // 4, rows // 4)
    assert len(state.columns) == 21 and table.frame.to_numpy().min() > -9999


def test_rentals_exclude_the_summands_of_the_target(requires_data) -> None:
    requires_data("bike_sharing")
    frame = module("bike_sharing").load()
    assert (frame["casual"] + frame["registered"] == frame["cnt"]).all()
    table, state, splits = carried_out("bike_sharing", frame)
    assert not {"casual", "registered", "instant"} & set(state.columns)
    assert table.segments.tolist() == [[0, 731 * 24]]
    assert state.season == 7 * 24
    # In the longest gap of 36 hours, 13 windows have only filled targets.
    assert sum(counts(splits)) == 731 * 24 - 168 - 3 * 23 - 13


def test_rentals_with_iso_dates_give_the_same_table(requires_data, tmp_path, monkeypatch) -> None:
    original = requires_data("bike_sharing/hour.csv")
    dates = pd.read_csv(original)
    dates["dteday"] = pd.to_datetime(dates["dteday"], format="%m/%d/%y").dt.strftime("%Y-%m-%d")
    (tmp_path / "bike_sharing").mkdir()
    dates.to_csv(tmp_path / "bike_sharing" / "hour.csv", index=False)
    as_it_circulates = carried_out("bike_sharing", module("bike_sharing").load())[0]
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))
    as_published: Table = carried_out("bike_sharing", module("bike_sharing").load())[0]
    assert (as_published.time == as_it_circulates.time).all()
    assert as_published.frame.equals(as_it_circulates.frame)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>\nNot found\n", "its header is '<html>', expected 'instant,dteday,"),
        ("{header}\n1,2\n\n3,4\n", "it has 2 rows, expected 17,379."),
    ],
)
def test_rentals_with_another_header_or_length_are_refused(text, message, tmp_path) -> None:
    rentals, path = module("bike_sharing"), tmp_path / "hour.csv"
    path.write_text(text.format(header=rentals._HEADER))
    with pytest.raises(DataError, match=f"^{re.escape(message)}"):
        rentals._check(path)
