"""Texts of times that are rewritten before they are read."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.report import check
from seqkit.data.tables.times.cleaning import cleaned_column


@pytest.mark.parametrize(
    ("cells", "first", "interval"),
    [
        (["01.01.2020 00:00 - 01.01.2020 01:00", "01.01.2020 01:00 - 01.01.2020 02:00"], "2020-01-01", "h"),
        (
            ["13/01/2020 00:00:00 – 13/01/2020 00:30:00", "13/01/2020 00:30:00 – 13/01/2020 01:00:00"],
            "2020-01-13",
            "30min",
        ),
        (["2020-01-01T00:00Z/2020-01-01T01:00Z", "2020-01-01T01:00Z/2020-01-01T02:00Z"], "2020-01-01 UTC", "h"),
        (["2020-01-01 to 2020-01-07", "2020-01-08 to 2020-01-14"], "2020-01-01", "W-WED"),
        (["2020-01-01 00:00:00 UTC", "2020-01-01 01:00:00 UTC"], "2020-01-01 UTC", "h"),
        (["Wed 01 Jan 2020", "Thu 02 Jan 2020"], "2020-01-01", "D"),
        (["Wednesday, January 1, 2020", "Thursday, January 2, 2020"], "2020-01-01", "D"),
        (["1st January 2020", "2nd January 2020"], "2020-01-01", "D"),
        (["Sept. 2020", "Oct. 2020"], "2020-09-01", "MS"),
        (["Mi, 01.01.2020", "Do, 02.01.2020"], "2020-01-01", "D"),
        (["Mittwoch, 1. Januar 2020", "Donnerstag, 2. Januar 2020"], "2020-01-01", "D"),
        (["mercredi 1er janvier 2020", "jeudi 2 janvier 2020"], "2020-01-01", "D"),
        (["01. 01. 2020", "02. 01. 2020"], "2020-01-01", "D"),
        (["2020. 01. 01.", "2020. 01. 02."], "2020-01-01", "D"),
        (["13.01.2020 00:00 Uhr", "13.01.2020 01:00 Uhr"], "2020-01-13", "h"),
        (["2020-01-01 00:00:00,000", "2020-01-01 01:00:00,000"], "2020-01-01", "h"),
    ],
)
def test_times_in_other_words_are_read(cells, first, interval):
    report = check(pd.DataFrame({"when": cells, "y": [1, 2]}), target=("y",))
    assert (report.time, report.first, report.interval, report.blocking) == (("when",), first, interval, ())


MONTHS = {
    "German": "Januar Feb. März Apr Mai Juni Jul. August Sept Okt November Dez",
    "Austrian": "Jän Feber Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "French": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "Spanish": "ene feb mar abr may jun jul ago sept oct nov dic",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "Portuguese": "jan fev mar abr mai jun jul ago set out nov dez",
    "Dutch": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "Swedish": "jan feb mars april maj juni juli aug sept okt nov dec",
    "Polish": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "Sept among English names": "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
}


@pytest.mark.parametrize("language", MONTHS)
@pytest.mark.parametrize("form", ["{} 2020", "{}-20", "2020 {}", "1. {} 2020", "01-{}-2020", "1 de {} de 2020"])
def test_months_in_other_languages_are_read(language, form):
    cells = [form.format(name) for name in MONTHS[language].split()]
    report = check(pd.DataFrame({"when": cells, "y": np.arange(12.0) ** 2}))
    assert (report.time, report.interval, report.blocking) == (("when",), "MS", ())
    assert (report.first, report.last) == ("2020-01-01", "2020-12-01")


def test_months_in_another_language_are_told():
    cells = [f"{name} 2020" for name in MONTHS["German"].split()]
    report = check(pd.DataFrame({"when": cells, "y": np.arange(12.0) ** 2}))
    assert list(map(str, report.findings)) == [
        "month names in 'when': Januar 2020; names of months in another language are read, here as Jan 2020"
    ]


@pytest.mark.parametrize("language", ["German", "French", "Polish"])
def test_years_beside_months_in_other_languages_are_read(language):
    table = pd.DataFrame({"Jahr": [2019] * 12 + [2020] * 12, "Monat": MONTHS[language].split() * 2})
    report = check(table.assign(y=np.arange(24.0) ** 2), time=("Jahr", "Monat"))
    assert (report.first, report.last, report.interval, report.blocking) == ("2019-01-01", "2020-12-01", "MS", ())


def test_start_of_a_range_is_told():
    cells = [f"2020-01-{day:02} to 2020-01-{day + 1:02}" for day in range(1, 10)]
    report = check(pd.DataFrame({"when": cells, "y": np.arange(9) ** 2}), target=("y",))
    assert str(report.findings[0]) == (
        "time range in 'when': 2020-01-01 to 2020-01-02; of a start and an end, the start is read"
    )


def test_missing_cells_stay_missing():
    text = pd.Series(["Mon 6 Jan 2020", None, "Mon 6 Jan 2020"], dtype="str", index=[3, 4, 7])
    read = cleaned_column(text)
    assert read.isna().tolist() == [False, True, False] and read[7] == "6 Jan 2020"
