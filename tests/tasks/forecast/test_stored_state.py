"""Roles of columns in `run.json` that no training writes."""

import json
import shutil

import pytest

import seqkit
from seqkit.errors import DataError


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"future": ["T (degC)"]}, "a feature known ahead occurs twice, is a target, or is not a column"),
        ({"future": ["p (mbar)", "p (mbar)"]}, "a feature known ahead occurs twice"),
        ({"future": ["price"]}, "a feature known ahead occurs twice, is a target, or is not a column"),
        ({"future": ["p (mbar)"], "lead": 1_000_000}, "the features known ahead have more than 10,000 columns each"),
        ({"categories": {"sky": ["dry"]}}, "a category is not a column, or a target"),
        ({"holidays": {"countries": ["KR"]}}, "the holidays are not the last features known ahead"),
        ({"holidays": {"countries": [], "zone": "Moon/Base"}}, "unknown time zone 'Moon/Base' of holidays"),
    ],
)
def test_roles_that_do_not_fit_the_columns_are_refused(small_run, tmp_path, changes, message):
    shutil.copytree(small_run, tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    manifest = json.loads(file.read_text())
    manifest["task_state"] |= changes
    file.write_text(json.dumps(manifest))
    with pytest.raises(DataError) as error:
        seqkit.load(tmp_path / "run")
    assert f"run.json is damaged: task_state: {message}" in str(error.value)
