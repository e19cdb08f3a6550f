import pandas as pd
import pytest
from pydantic import BaseModel

from seqkit.errors import DataError
from seqkit.runs.results import rank_runs, read_errors, read_metrics, write_errors, write_metrics
from seqkit.runs.run import Run
from tests.runs.test_lifecycle import manifest

COLUMNS = {"part": str, "row": int, "loss": float}


class Scores(BaseModel):
    mae: float


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "one"
    path.mkdir()
    return Run(path, manifest(state="done"))


def errors(row, loss):
    return pd.DataFrame({"row": row, "loss": loss})


def test_metrics_of_other_parts_stay(run):
    write_metrics(run, {"validation": {"mae": 1.0}, "test": {"mae": 2.0}})
    expected = {"validation": {"mae": 1.0}, "test": {"mae": 3.0}}
    assert write_metrics(run, {"test": {"mae": 3.0}}) == expected
    assert run.read_json("metrics.json") == expected


def test_errors_of_other_parts_stay(run):
    write_errors(run, {"validation": [errors([1, 2], [0.1, 0.2])], "test": [errors([3], [0.3])]}, COLUMNS)
    write_errors(run, {"test": [errors([4], [0.4]), errors([5], [1 / 3])]}, COLUMNS)
    assert (run.path / "errors.csv").read_text() == (
        "part,row,loss\nvalidation,1,0.1\nvalidation,2,0.2\ntest,4,0.4\ntest,5,0.33333333\n"
    )
    assert read_errors(run, COLUMNS)["row"].tolist() == [1, 2, 4, 5]


@pytest.mark.parametrize(("second", "part"), [({"test": {"mae": 2.0}}, "test"), ({}, "validation")])
def test_runs_are_compared_on_the_test_part_if_all_are_scored_on_it(run, tmp_path, second, part):
    other = Run(tmp_path / "two", run.manifest)
    other.path.mkdir()
    write_metrics(run, {"validation": {"mae": 1.0}, "test": {"mae": 2.0}})
    write_metrics(other, {"validation": {"mae": 1.0}, **second})
    assert read_metrics([run, other], Scores)[0] == part


@pytest.mark.parametrize(("larger_is_better", "order"), [(False, ["b", "c", "a"]), (True, ["a", "c", "b"])])
def test_runs_are_ranked_by_score_and_tested_against_the_best(larger_is_better, order):
    rows = [{"run": "a", "score": 3.0}, {"run": "b", "score": 1.0}, {"run": "c", "score": 2.0}]
    losses = [pd.Series([score, score], [10, 20]) for score in (3.0, 1.0, 2.0)]
    best = {"a": 3.0, "b": 1.0}[order[0]]

    def paired_test(pairs):
        assert pairs["best"].tolist() == [best, best]
        return {"p_value": pairs["other"].iloc[0] / 10}

    ranked = rank_runs(
        rows, losses, paired_test, by="score", larger_is_better=larger_is_better, items="windows", all_items=True
    )
    assert [row["run"] for row in ranked] == order
    assert [row.get("p_value") for row in ranked] == [None, 0.2, {"a": 0.3, "b": 0.1}[order[2]]]


@pytest.mark.parametrize(("all_items", "rejected"), [(True, True), (False, False)])
def test_missing_items_are_rejected_where_all_must_be_there(all_items, rejected):
    rows = [{"run": "a", "score": 1.0}, {"run": "b", "score": 2.0}]
    losses = [pd.Series([1.0, 1.0], [10, 20]), pd.Series([1.0], [10])]

    def paired_test(pairs):
        return {"p_value": len(pairs)}

    def ranked():
        options = {"by": "score", "larger_is_better": False, "items": "examples", "all_items": all_items}
        return rank_runs(rows, losses, paired_test, **options)

    if rejected:
        with pytest.raises(DataError, match=r"^a and b have 1 of 2 examples in common in errors\.csv\. Score both"):
            ranked()
    else:
        assert ranked()[1]["p_value"] == 1
