"""A font that has the letters: of those installed with the system, with Matplotlib, or with seqkit's Korean extra.

Nothing is registered with Matplotlib: a font is handed to each text by its file.
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

OWN = "DejaVu Sans"
"""The font that comes with Matplotlib and is taken where it has the letters."""


def font_files(texts: Sequence[str], font: str | None = None) -> list[str]:
    """Returns the file of a font for each text: one for all if one has all letters, else one for each.

    Args:
        texts: What is to be written.
        font: A font file, or the name of an installed font, that is to be taken.

    Raises:
        UsageError: There is no such font, or it lacks a letter.
        MissingExtraError: No installed font has a letter.
    """
    if font is not None:
        file = _named(font)
        if lacks := _letters("".join(texts)) - _has(file):
            raise UsageError(f"The font {font} has no letter {_shown(lacks)}. Name another --font, or leave it out.")
        return [file] * len(texts)
    for file in _installed():
        if _letters("".join(texts)) <= _has(file):
            return [file] * len(texts)
    return [_first_with(text) for text in texts]


def _first_with(text: str) -> str:
    for file in _installed():
        if _letters(text) <= _has(file):
            return file
    letters = _letters(text)
    missing = letters - set().union(*map(_has, _installed())) or letters
    install = "Install one: pip install 'seqkit[korean]', or name" if any(map(_is_hangul, missing)) else "Name"
    raise MissingExtraError(f"No installed font has the letters {_shown(missing)}. {install} a font file with --font.")


def _installed() -> Iterator[str]:
    """Yields font files: Matplotlib's own, that of the Korean extra, then all others, those without serifs first."""
    from matplotlib import font_manager

    yield font_manager.findfont(OWN)
    extra = importlib.util.find_spec("koreanize_matplotlib")  # not imported: that would change Matplotlib's settings
    if extra is not None and extra.submodule_search_locations:
        file = Path(extra.submodule_search_locations[0]) / "fonts" / "NanumGothic.ttf"
        if file.is_file():
            yield str(file)
    upright = [f for f in font_manager.fontManager.ttflist if f.style == "normal" and "Last Resort" not in f.name]
    for each in sorted(upright, key=_strangeness):
        yield each.fname


def _strangeness(font: "FontEntry") -> tuple[bool, bool, str]:
    """Sorts fonts: those of usual weight first, of these those without serifs, of these by name."""
    name = font.name.lower()
    return font.weight not in (400, "normal", "regular"), "sans" not in name and "gothic" not in name, name


@cache
def _has(file: str) -> frozenset[int]:
    """Returns the letters of a font, none where it cannot be read or has no outlines to draw."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(file)
        return frozenset(font.get_charmap() if font.scalable else ())
    except (OSError, RuntimeError):
        return frozenset()


def _named(font: str) -> str:
    from matplotlib import font_manager

    if os.path.isfile(font):
        if not _has(font):
            raise UsageError(
                f"{font} is no font that can be read. Give a .ttf or .otf file, or an installed font's name."
            )
        return font
    names = {each.name for each in font_manager.fontManager.ttflist}
    match = next((name for name in names if name.lower() == font.lower()), None)
    if match is None:
        raise UsageError(f"There is no font file and no installed font '{font}'. {nearest(font, names)}")
    return font_manager.findfont(match)


def _letters(text: str) -> set[int]:
    return {ord(letter) for letter in text if letter.isprintable()}


def _is_hangul(letter: int) -> bool:
    return 0x1100 <= letter <= 0x11FF or 0x3130 <= letter <= 0x318F or 0xAC00 <= letter <= 0xD7FF


def _shown(letters: set[int]) -> str:
    first = sorted(letters)[:5]
    return ", ".join(f"'{chr(letter)}'" for letter in first) + (", …" if len(letters) > len(first) else "")
