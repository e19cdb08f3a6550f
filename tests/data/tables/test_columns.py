"""The default target of `check`."""

import numpy as np
import pandas as pd

from seqkit.data.tables.regularise import regularise
from seqkit.data.tables.report import check


def hourly(**columns) -> pd.DataFrame:
    """Three hundred hours of two columns and those given."""
    rows = np.arange(300)
    times = pd.date_range("2020-01-06", periods=300, freq="h")
    return pd.DataFrame({"ds": times, "a": rows % 7, "b": rows % 5, **columns})


def test_constant_last_column_is_not_the_default_target():
    frame = hourly(c=3.0, e=np.nan)
    report = check(frame)
    assert (report.targets, report.chosen_target, report.blocking) == (("b",), False, ())
    assert report.fixes_all and "No flag" not in report.text()
    assert regularise(frame, target=("b",)).targets == ("b",)


def test_column_that_is_constant_except_for_sentinels_or_as_text_is_not_the_default_target():
    frame = hourly(c=np.where(np.arange(300) == 9, -9999, 3), t=["3.0", "3"] * 150)
    assert check(frame, sentinel=(-9999.0,)).targets == ("b",)


def test_constant_target_is_refused_if_chosen_or_the_only_candidate():
    assert not check(hourly(c=3.0), target=("c",)).fixes_all
    constant = hourly(a=1, b=2)
    constant.insert(0, "Unnamed: 0", np.arange(300))
    assert check(constant).targets == ("b",) and not check(constant).fixes_all


def test_row_numbers_are_preferred_to_a_constant_default_target():
    frame = pd.DataFrame({"ds": pd.date_range("2020", periods=9, freq="h"), "n": np.arange(9), "c": 1})
    assert check(frame).targets == ("n",)
