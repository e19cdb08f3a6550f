"""Names of months in common European languages, and their replacement by English ones."""

from __future__ import annotations

import re

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish and Polish. A word that two
# of them use means the same month in both; Croatian and Czech are left out because theirs do not.
_NAMES = (
    "januar jänner jän janvier janv enero ene gennaio gen janeiro januari tammikuu styczeń stycznia sty",
    "februar feber février févr fév fevrier febrero febbraio fevereiro fev februari helmikuu luty lutego lut",
    "märz mär mrz mars marzo março marco maart mrt marts maaliskuu marzec marca",
    "avril avr abril abr aprile huhtikuu kwiecień kwietnia kwi",
    "mai mayo maggio mag maio mei maj toukokuu",
    "juni juin junio giugno giu junho kesäkuu czerwiec czerwca cze",
    "juli juillet juil julio luglio lug julho heinäkuu lipiec lipca lip",
    "août aout agosto ago augustus augusti elokuu sierpień sierpnia sie",
    "sept septembre septiembre setiembre settembre set setembro syyskuu wrzesień września wrz",
    "oktober okt octobre octubre ottobre ott outubro out lokakuu październik października paź",
    "novembre noviembre novembro marraskuu listopad listopada lis",
    "dezember dez décembre déc decembre diciembre dic dicembre dezembro desember des joulukuu grudzień grudnia gru",
)
_MONTHS = {word: number for number, words in enumerate(_NAMES, start=1) for word in words.split()}
_ENGLISH = {name.lower(): number for number, name in enumerate(ENGLISH, start=1)}
_FULL = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_REPLACED = _MONTHS | {name: number for number, name in enumerate(_FULL, start=1)}
UNKNOWN_MONTH = "not a known name of a month; write the months of this column as numbers, as in 2020-01"
"""What is wrong with a cell that cannot be read among others with names of months."""

_WORD = re.compile(r"[^\W\d_]+")


def month_number(name: str) -> int | None:
    """Returns the number of a month, 1 to 12, from its name or abbreviation, such as March, Mär. or août; or None."""
    word = name.strip().lower().rstrip(".")
    return _MONTHS.get(word) or _ENGLISH.get(word[:3])


def foreign_month(cell: str) -> str | None:
    """Returns the first word of a cell that names a month in another language than English, or None."""
    return next((word for word in _WORD.findall(cell) if word.lower() in _MONTHS), None)


def with_english_months(cell: str) -> str:
    """Returns a cell with names of months replaced by English abbreviations such as Mar."""
    return _WORD.sub(lambda match: _english(match[0]), cell)


def _english(word: str) -> str:
    number = _REPLACED.get(word.lower())
    return word if number is None else ENGLISH[number - 1]
