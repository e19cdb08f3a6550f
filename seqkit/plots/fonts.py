"""Finds a font that has all letters of a text: from the system, Matplotlib, or seqkit's Korean extra.

Nothing is registered with Matplotlib: each text gets its font by file name.
"""

import importlib.util
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from seqkit.errors import MissingExtraError, UsageError, nearest

if TYPE_CHECKING:
    from matplotlib.font_manager import FontEntry

DEFAULT_FONT = "DejaVu Sans"
"""The font that ships with Matplotlib, preferred where it has the letters."""


def font_files(texts: Sequence[str], font: str | None = None) -> list[str]:
    """Returns a font file for each text: the same file if one font has all letters, otherwise one per text.

    Args:
        texts: The texts to draw.
        font: A font file or the name of an installed font; None chooses one.

    Raises:
        UsageError: There is no such font, or it lacks a letter.
        MissingExtraError: No installed font has a letter.
    """
    if font is not None:
        file = _font_file(font)
        if missing := _letters("".join(texts)) - _charmap(file):
            raise UsageError(f"The font {font} lacks {_quote_letters(missing)}. Choose another --font, or omit it.")
        return [file] * len(texts)
    for file in _installed_fonts():
        if _letters("".join(texts)) <= _charmap(file):
            return [file] * len(texts)
    return [_font_for(text) for text in texts]


def _font_for(text: str) -> str:
    for file in _installed_fonts():
        if _letters(text) <= _charmap(file):
            return file
    letters = _letters(text)
    missing = letters - set().union(*map(_charmap, _installed_fonts())) or letters
    install = "Install one: pip install 'seqkit[korean]', or pass" if any(map(_is_hangul, missing)) else "Pass"
    raise MissingExtraError(
        f"No installed font has the letters {_quote_letters(missing)}. {install} a font file with --font."
    )


def _installed_fonts() -> Iterator[str]:
    """Yields font files: Matplotlib's default, the Korean extra's, then all others, sans-serif fonts first."""
    from matplotlib import font_manager

    yield font_manager.findfont(DEFAULT_FONT)
    extra = importlib.util.find_spec("koreanize_matplotlib")  # not imported: that would change Matplotlib's settings
    if extra is not None and extra.submodule_search_locations:
        file = Path(extra.submodule_search_locations[0]) / "fonts" / "NanumGothic.ttf"
        if file.is_file():
            yield str(file)
    upright = [f for f in font_manager.fontManager.ttflist if f.style == "normal" and "Last Resort" not in f.name]
    for font in sorted(upright, key=_font_order):
        yield font.fname


def _font_order(font: "FontEntry") -> tuple[bool, bool, str]:
    """Sort key of fonts: regular weight first, then sans-serif, then by name."""
    name = font.name.lower()
    return font.weight not in (400, "normal", "regular"), "sans" not in name and "gothic" not in name, name


@cache
def _charmap(file: str) -> frozenset[int]:
    """Returns the code points of a font; empty if it cannot be read or has no outlines."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(file)
        return frozenset(font.get_charmap() if font.scalable else ())
    except (OSError, RuntimeError):
        return frozenset()


def _font_file(font: str) -> str:
    from matplotlib import font_manager

    if os.path.isfile(font):
        if not _charmap(font):
            raise UsageError(f"{font} is not a readable font. Pass a .ttf or .otf file, or an installed font's name.")
        return font
    names = {entry.name for entry in font_manager.fontManager.ttflist}
    match = next((name for name in names if name.lower() == font.lower()), None)
    if match is None:
        raise UsageError(f"No font file and no installed font is called '{font}'. {nearest(font, names)}")
    return font_manager.findfont(match)


def _letters(text: str) -> set[int]:
    return {ord(letter) for letter in text if letter.isprintable()}


def _is_hangul(letter: int) -> bool:
    return 0x1100 <= letter <= 0x11FF or 0x3130 <= letter <= 0x318F or 0xAC00 <= letter <= 0xD7FF


def _quote_letters(letters: set[int]) -> str:
    first = sorted(letters)[:5]
    return ", ".join(f"'{chr(letter)}'" for letter in first) + (", …" if len(letters) > len(first) else "")
