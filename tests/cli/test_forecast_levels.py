"""`seqkit forecast RUN --levels` and the intervals that `seqkit evaluate` prints."""

import pytest


def test_forecast_writes_the_bounds(done, small_run):
    header, first, *_ = done("forecast", small_run, "--levels", "95,80").stdout.splitlines()
    assert header == "unique_id,ds,dense,dense-lo-95,dense-lo-80,dense-hi-80,dense-hi-95"
    _, _, forecast, *bounds = first.split(",")
    assert float(bounds[0]) < float(bounds[1]) < float(forecast) < float(bounds[2]) < float(bounds[3])


@pytest.mark.parametrize("levels", ["0", "100", "80,x", "80.5"])
def test_invalid_levels_are_refused(refused, small_run, levels):
    assert "--levels, expected whole numbers separated by commas in [1, 99]" in refused(
        "forecast", small_run, "--levels", levels, code=2
    )


def test_evaluate_prints_coverage_and_scores_of_the_intervals(done, small_run):
    _, _, table = done("evaluate", small_run).stdout.partition("\nintervals")
    heading, *rows = table.splitlines()
    assert heading.split() == [
        "80",
        "%:",
        "covered",
        "width",
        "Winkler",
        "95",
        "%:",
        "covered",
        "width",
        "Winkler",
        "CRPS",
    ]
    assert [row.split("  ")[0] for row in rows] == [
        "dense",
        "linear (ridge)",
        "Holt-Winters",
        "seasonal naive",
        "last value",
    ]
