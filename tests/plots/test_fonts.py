"""Font selection: which font is chosen for which letters, and the message if none has them."""

import importlib.util
from importlib.machinery import ModuleSpec

import matplotlib
import pytest
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from seqkit.errors import MissingExtraError, UsageError
from seqkit.plots import fonts
from seqkit.plots.fonts import font_files

DEFAULT_FONT = font_manager.findfont("DejaVu Sans")
SCRIPT_G = "\u210a"  # missing from DejaVu Sans, present in Matplotlib's math fonts


@pytest.fixture
def no_other_font(monkeypatch):
    """Simulates a system with no fonts besides Matplotlib's default."""
    default = [font for font in font_manager.fontManager.ttflist if font.fname == DEFAULT_FONT]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", default)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def has(file: str, text: str) -> bool:
    return {ord(letter) for letter in text} <= FT2Font(file).get_charmap().keys()


def test_matplotlibs_default_font_is_preferred():
    assert font_files(["king", "größer", "царь", "βασιλιάς"]) == [DEFAULT_FONT] * 4


def test_one_font_serves_all_texts_if_it_has_all_letters():
    files = font_files(["king", SCRIPT_G])
    assert len(set(files)) == 1
    assert has(files[0], "king" + SCRIPT_G)


def test_each_text_gets_its_own_font_if_none_has_all_letters():
    king, script = font_files(["Ѫ ⱶ", SCRIPT_G])
    assert king != script
    assert has(king, "Ѫⱶ") and has(script, SCRIPT_G)


def test_hangul_font_comes_from_the_korean_extra_without_importing_it(tmp_path, monkeypatch, no_other_font):
    (tmp_path / "fonts").mkdir()
    file = tmp_path / "fonts" / "NanumGothic.ttf"
    file.write_bytes(b"")
    spec = ModuleSpec("koreanize_matplotlib", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", {"koreanize_matplotlib": spec}.get)
    monkeypatch.setattr(
        fonts, "_charmap", lambda name: frozenset(map(ord, "왕여 ")) if name == str(file) else frozenset()
    )
    settings = dict(matplotlib.rcParams)
    assert font_files(["왕", "여왕"]) == [str(file)] * 2
    assert dict(matplotlib.rcParams) == settings


def test_missing_hangul_names_the_extra_and_the_flag(no_other_font):
    with pytest.raises(MissingExtraError) as refusal:
        font_files(["king", "여왕"])
    assert str(refusal.value) == (
        "No installed font has the letters '여', '왕'. Install one: pip install 'seqkit[korean]', or pass a font file "
        "with --font."
    )
    assert refusal.value.exit_code == 3


def test_other_missing_letters_name_only_the_flag(no_other_font):
    with pytest.raises(MissingExtraError, match=r"has the letters '王'\. Pass a font file with --font\.$"):
        font_files(["王"])


def test_font_is_a_name_or_a_file():
    serif = font_manager.findfont("DejaVu Serif")
    assert font_files(["king"], "dejavu serif") == [serif]
    assert font_files(["king", "man"], serif) == [serif, serif]


def test_missing_fonts_and_missing_letters_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"no installed font is called 'DejaVu Sanz'\. Did you mean 'DejaVu Sans'"):
        font_files(["king"], "DejaVu Sanz")
    with pytest.raises(UsageError, match="The font DejaVu Sans lacks '王'"):
        font_files(["王 king"], "DejaVu Sans")
    (tmp_path / "a.ttf").write_text("no font")
    with pytest.raises(UsageError, match=r"a\.ttf is not a readable font"):
        font_files(["king"], str(tmp_path / "a.ttf"))
