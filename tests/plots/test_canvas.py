"""The shared figure style: fonts, files, and Matplotlib's state."""

import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from matplotlib.image import imread

from seqkit.errors import SeqkitError
from seqkit.tasks.forecast.plots import error_by_step, forecast_and_actual, residuals

HOURS = np.datetime64("2021-03-01", "ns") + np.arange(200) * np.timedelta64(3_600_000_000_000, "ns")

WAVE = np.sin(np.arange(200) / 4)


@pytest.mark.parametrize("text", ["기온", "気温", "$x_1$ and $", "100 % größer", "µg/m³"])
def test_labels_in_any_script_are_drawn_without_a_warning(tmp_path, figures, text):
    forecast_and_actual(HOURS, WAVE, {text: WAVE}, title=text, unit=text, path=tmp_path / "a.png")
    error_by_step({text: np.array([1.0])}, interval_label=text, unit=text, path=tmp_path / "b.png")
    assert [figure.axes[0].get_title(loc="left") for figure in figures] == [text, f"Horizon 1, {text}"]
    assert not figures[0].axes[0].yaxis.label.get_parse_math()  # or "$x_1$" would lose its signs


def test_installed_font_with_the_letters_is_used(tmp_path, figures):
    letter = "\u210a"  # a script g, which DejaVu Sans lacks and two others that come with Matplotlib have
    forecast_and_actual(HOURS, WAVE, {"m": WAVE}, title=letter, unit="", path=tmp_path / "a.png")
    families = figures[0].axes[0].title.get_fontfamily()
    having = [name for name in families if ord(letter) in FT2Font(findfont(name)).get_charmap()]
    assert families[0] == "DejaVu Sans"
    assert having == families[1:]
    assert len(having) == 1


def test_file_is_an_image_in_a_new_folder(tmp_path):
    path = tmp_path / "plots" / "a.png"
    residuals(HOURS, WAVE, unit="", path=str(path))
    assert imread(path).shape == (930, 1425, 4)
    assert list(path.parent.iterdir()) == [path]


def test_failed_plot_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def fill_the_disk(figure: Figure, target: Path, **_):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", fill_the_disk)
    with pytest.raises(SeqkitError, match=r"a\.png cannot be written: No space left on device"):
        residuals(HOURS, WAVE, unit="", path=path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_matplotlib_state_is_unchanged(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    with matplotlib.rc_context({"font.family": ["monospace"], "axes.grid": False, "text.parse_math": True}):
        before = dict(matplotlib.rcParams)
        residuals(HOURS, WAVE, unit="", path=tmp_path / "a.png")
        assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules
