"""What column names say about times: usual names of a time column, and of its parts (year, month, …, hour)."""

from __future__ import annotations

import re

TIME_NAMES = ("ds", "timestamp", "datetime", "date", "time", "month", "quarter", "week", "year", "day", "index")
_FOREIGN = (
    "period datestamp datum zeit zeitstempel zeitpunkt uhrzeit monat quartal woche jahr fecha hora mes semana ano "
    "año trimestre periodo período mois semaine annee année jour heure horodatage mese mês settimana anno "
    "giorno ora"
)
_WORDS = {
    *TIME_NAMES,
    *_FOREIGN.split(),
    "dt",
    "ts",
    "epoch",
    "unix",
    "unixtime",
    "stamp",
    "yearmonth",
    "yyyymm",
    "yyyymmdd",
    "yyyyww",
    "yearweek",
} - {"index"}
_DATE_WORDS = {"date", "datum", "fecha"}
_QUALIFIERS = {"utc", "gmt", "local", "cet", "cest", "est", "pst", "start", "end", "begin", "beginning", "ending"}
_PARTS = {
    "year": "year yr yyyy jahr año ano anno annee année",
    "quarter": "quarter qtr quartal trimestre",
    "month": "month mon mnth mo mm monat mes mois mese mês",
    "week": "week wk woche semana semaine settimana kw",
    "day": "day dd mday tag dia día jour giorno",
    "hour": "hour hr hh hours stunde hora heure ora",
    "minute": "minute min minutes mi minuto",
    "second": "second sec seconds ss sekunde segundo",
}
_SLOT_WORDS = {"period", "slot", "interval", "block", "step", "position", "pte", "mtu"}
_CLOCK_WORDS = {"h", "he", "time", "clock", "hhmm", "uhrzeit", "zeit", *_PARTS["hour"].split()}


def time_rank(name: str) -> int | None:
    """Returns the rank of a name among usual time names, 0 being the most likely, or None."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    plain = {"datetimeutc": "datetime", "timeutc": "time", "utc": "datetime", "dateutc": "date"}.get(plain, plain)
    if plain in TIME_NAMES:
        return TIME_NAMES.index(plain)
    return len(TIME_NAMES) if is_time_name(name) else None


def is_time_name(name: str) -> bool:
    """Returns whether a whole name means a time, such as Date, "Date Time", "MONTH (UTC)" or Datum; index does not."""
    words = _words(name)
    known = [word for word in words if word in _WORDS]
    return bool(known) and all(word in _WORDS or word in _QUALIFIERS or word == "of" for word in words)


def is_date_name(name: str) -> bool:
    """Returns whether a name means a date, as Month and Order_Date do; time, index and year may count."""
    words = set(_words(name))
    return bool(words & _DATE_WORDS) or (is_time_name(name) and not words & {"time", "year", "ds"})


def names_period(name: str, part: str) -> bool:
    """Returns whether a name means weeks, or quarters, as yearweek does."""
    return part_of_time(name) == part or part in name.lower()


def mentions_time(name: str) -> bool:
    """Returns whether a name contains a word for a time, as Order_Date and pickup_datetime do; index is one alone."""
    return time_rank(name) is not None or any(word in _WORDS for word in _words(name))


def part_of_time(name: str) -> str | None:
    """Returns the part of a time that a column of this name holds: "year", "month", …, "second"; or None."""
    words = _words(name)
    return next((part for part, names in _PARTS.items() if len(words) == 1 and words[0] in names.split()), None)


def is_clock_name(name: str) -> bool:
    """Returns whether a name means a time of day."""
    return any(word in _CLOCK_WORDS for word in _words(name))


def is_slot_name(name: str) -> bool:
    """Returns whether a name means numbered parts of a day, as SETTLEMENT_PERIOD does."""
    return any(word in _SLOT_WORDS for word in _words(name))


def _words(name: str) -> list[str]:
    """Returns the words of a name in lower case, without a unit in brackets."""
    plain = re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", name)
    plain = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])", " ", plain)
    return re.findall(r"[^\W\d_]+", plain.lower())
