"""A run in Python: one line to look at, scores as a table, plots by name."""

import json
from dataclasses import replace

import pytest

from seqkit.errors import DataError
from seqkit.runs.run import read_run
from tests.paths import ROOT

GOLDEN = ROOT / "tests" / "golden" / "format-1"


@pytest.mark.parametrize("task", ["classify", "embed", "forecast", "generate", "tag"])
def test_run_is_shown_in_one_line_and_its_scores_as_a_table(task):
    run = read_run(GOLDEN / task)
    assert repr(run) == f"Run({str(GOLDEN / task)!r}, {run.manifest.recipe['name']}, {task}, done)"
    scores = run.scores
    assert scores.columns[:2].tolist() == ["part", "model"]
    assert scores.drop(columns=["part", "model"]).dtypes.map(lambda kind: kind.kind in "if").all()
    content = json.loads((GOLDEN / task / "metrics.json").read_text())
    rows = [row for part in content.values() for row in part.get("models", [part])]
    assert len(scores) == len(rows) and set(scores["part"]) == set(content)
    assert scores["model"].iloc[0] == run.manifest.recipe["name"]
    html = run._repr_html_()
    assert html.startswith("<p>Run(") and all(f"<td>{model}</td>" in html for model in scores["model"])


def test_run_that_is_not_scored_has_no_table(tmp_path):
    run = replace(read_run(GOLDEN / "forecast"), path=tmp_path)
    assert "<table" not in run._repr_html_()
    assert run.plots == {}
    (tmp_path / "metrics.json").write_text("[1]")
    with pytest.raises(DataError, match=r"metrics\.json is damaged\. Score the run with `seqkit evaluate`"):
        _ = run.scores


def test_plots_are_found_by_name(tmp_path):
    (tmp_path / "plots").mkdir()
    for name in ("forecast", "learning_curve"):
        (tmp_path / "plots" / f"{name}.png").touch()
    (tmp_path / "plots" / "page.html").touch()
    plots = replace(read_run(GOLDEN / "forecast"), path=tmp_path).plots
    assert list(plots) == ["forecast", "learning_curve"]
    assert plots["forecast"] == tmp_path / "plots" / "forecast.png"
