"""The Jena climate data, from a small zipped file of its format on a local server."""

import functools
import importlib
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError

jena = importlib.import_module("seqkit.datasets.jena_climate")
FILE = "jena_climate_2009_2016.csv"


def lines() -> list[str]:
    """Five hours of records: row 7 comes twice and differs, rows 12 to 14 are missing, row 20 has no wind speed."""
    times = pd.date_range("2009-01-01 00:10", periods=30, freq="10min").strftime("%d.%m.%Y %H:%M:%S")
    rows = [",".join([time, *(f"{row + column / 100:.2f}" for column in range(14))]) for row, time in enumerate(times)]
    cells = rows[20].split(",")
    cells[12] = "-9999.00"
    rows[20] = ",".join(cells)
    header = ",".join(f'"{name}"' for name in ["Date Time", *jena.UNITS])
    again = rows[7].replace(",7.01,", ",70.01,")
    return [header, *rows[:8], again, *rows[8:12], *rows[15:]]


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Returns a function that puts lines on the server, zipped; loading then fetches them."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Logs nothing."""

    folder = tmp_path / "server"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(jena, "SOURCE", f"http://127.0.0.1:{server.server_port}/{FILE}.zip")
    monkeypatch.setattr(jena, "_ROWS", range(28, 29))

    def offer(content: list[str]) -> None:
        with zipfile.ZipFile(folder / f"{FILE}.zip", "w") as archive:
            archive.writestr(FILE, "\n".join(content) + "\n")

    yield offer
    server.shutdown()
    thread.join()
    server.server_close()


def test_file_is_downloaded_unpacked_and_read_unchanged(offered, tmp_path: Path) -> None:
    offered(lines())
    frame = jena.load()
    assert list(frame.columns) == ["Date Time", *jena.UNITS]
    assert len(frame) == 28
    assert frame["Date Time"].tolist()[:2] == ["01.01.2009 00:10:00", "01.01.2009 00:20:00"]
    assert frame["max. wv (m/s)"].tolist()[:2] == [0.12, 1.12]
    assert (frame["wv (m/s)"] == -9999).sum() == 1
    assert (tmp_path / "cache" / "jena_climate" / FILE).is_file()


def test_protocol_splits_the_series_at_gaps(offered) -> None:
    offered(lines())
    reading = ("time", "time_format", "target", "sentinel", "missing", "duplicates")
    table = regularise(jena.load(), **{name: jena.PROTOCOL[name] for name in reading})
    # Rows of the 30: 0 to 11, 15 to 19, 21 to 29.
    assert table.segments.tolist() == [[0, 12], [12, 17], [17, 26]]
    assert table.interval == "10min"
    assert table.time[12] == np.datetime64("2009-01-01T02:40")
    assert table.frame["T (degC)"].tolist()[7:13] == [7.01, 8.01, 9.01, 10.01, 11.01, 15.01]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda rows: [rows[0].replace("T (degC)", "T"), *rows[1:]], "its header is 'Date Time,p"),
        (
            lambda rows: [rows[0], *rows[2:], rows[2]],
            "its first time is '01.01.2009 00:20:00', expected '01.01.2009 00:1",
        ),
        (lambda rows: rows[:-1], "it has 27 rows, expected 28 to 28"),
    ],
)
def test_invalid_file_content_is_refused(offered, change, complaint: str) -> None:
    offered(change(lines()))
    with pytest.raises(
        DataError, match=r"The download of jena_climate_2009_2016\.csv is not the expected file"
    ) as refusal:
        jena.load()
    assert complaint in str(refusal.value)


def test_both_published_lengths_are_accepted() -> None:
    assert 420_451 in jena._ROWS and 420_551 in jena._ROWS


def test_protocol_is_the_books() -> None:
    book = {
        "target": ("T (degC)",),
        "window": 120,
        "lead": 24,
        "horizon": 1,
        "sampling_rate": 6,
        "split": "0.5,0.25,0.25",
        "scale": "standard",
        "calendar": "none",
    }
    assert {name: jena.PROTOCOL[name] for name in book} == book
    assert len(jena.UNITS) == 14
