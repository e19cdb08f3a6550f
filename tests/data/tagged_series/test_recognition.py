"""Which tables are series with a label in every row: no table to forecast or to classify becomes one by chance."""

import numpy as np
import pandas as pd
import pytest

from seqkit.errors import UsageError
from seqkit.registry import find_recipe
from seqkit.sources import find_source
from seqkit.workflows.settings import plan_training

COUNT = 60


def machine(**columns):
    return pd.DataFrame(
        {
            "time": pd.date_range("2024-01-01", periods=COUNT, freq="min"),
            "x": np.sin(np.arange(COUNT)),
            "z": np.arange(COUNT) % 9,
            "state": np.repeat(["off", "on", "off"], COUNT // 3),
            **columns,
        }
    )


def kind_of(frame, *options, tmp_path):
    """The kind of a frame, which is that of its CSV and Parquet files."""
    kinds = {find_source(frame, options).kind}
    for name, write in (("a.csv", frame.to_csv), ("a.parquet", frame.to_parquet)):
        write(tmp_path / name, index=False)
        kinds.add(find_source(tmp_path / name, options).kind)
    (kind,) = kinds
    return kind


def test_table_over_time_with_runs_of_labels_is_recognised(tmp_path):
    assert kind_of(machine(), tmp_path=tmp_path) == "tagged_series"
    assert kind_of(machine().rename(columns={"state": "Activity"}), tmp_path=tmp_path) == "tagged_series"
    several = pd.concat([machine(subject="a"), machine(subject="b")])
    assert kind_of(several, tmp_path=tmp_path) == "tagged_series"


OTHERS = {
    "numbers as labels": machine(state=np.repeat([0, 1, 0], COUNT // 3)),
    "two columns of labels": machine(phase=np.repeat(["u", "v"], COUNT // 2)),
    "a label that changes from row to row": machine(state=["off", "on"] * (COUNT // 2)),
    "a single label": machine(state="on"),
    "rows without times": machine().drop(columns="time"),
    "a column to forecast": machine(y=1.5),
    "states of a country, each with all times": pd.concat(
        [machine(state=name).iloc[:20] for name in ("CA", "TX", "WI")]
    ),
    "no numbers": machine().drop(columns=["x", "z"]),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_tables_are_not_taken_for_tagged_series(case, tmp_path):
    assert kind_of(OTHERS[case], tmp_path=tmp_path) == "table"


def test_texts_with_a_label_stay_labelled_texts(tmp_path):
    frame = machine(text=[f"a review of some words, number {i}" for i in range(COUNT)]).rename(
        columns={"state": "label"}
    )
    assert kind_of(frame, tmp_path=tmp_path) == "texts"
    assert kind_of(frame.rename(columns={"text": "z2"}).drop(columns=["time"]), "label", tmp_path=tmp_path) == "texts"


@pytest.mark.parametrize("case", [case for case in OTHERS if case != "no numbers"])
def test_options_and_the_task_ask_for_labels_of_rows(case, tmp_path):
    assert kind_of(OTHERS[case], "label", tmp_path=tmp_path) == "tagged_series"
    plan = plan_training(find_recipe("gru"), OTHERS[case], ["label"], "tag")
    assert (plan.task.name, plan.source.kind) == ("tag", "tagged_series")
    assert plan_training(find_recipe("gru"), OTHERS[case], [], "tag").source.kind == "tagged_series"


def test_target_or_a_recipe_that_does_not_tag_forecasts_the_table(tmp_path):
    assert kind_of(machine(), "target", tmp_path=tmp_path) == "table"
    assert kind_of(machine(), "window", tmp_path=tmp_path) == "tagged_series"
    for recipe, task in (("dense", None), ("gru", "forecast")):
        plan = plan_training(find_recipe(recipe), machine(), [], task)
        assert (plan.task.name, plan.source.kind) == ("forecast", "table")
    with pytest.raises(UsageError, match="does not support the task 'tag'"):
        plan_training(find_recipe("dense"), machine(), [], "tag")


def test_words_are_still_tagged_on_request(tmp_path):
    (tmp_path / "words.txt").write_text("Ada\tB-person\nmet\tO\nTim\tB-person\n")
    assert plan_training(find_recipe("gru"), tmp_path / "words.txt", [], "tag").source.kind == "tagged"
