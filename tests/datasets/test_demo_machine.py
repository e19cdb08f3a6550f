"""Simulated machines: the rules that the module documents hold, and no rule for single rows finds the states."""

import importlib
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_machine")
COLUMNS = ["temperature", "vibration", "current"]


@pytest.fixture(scope="module")
def machines():
    return demo.load(machines=24, rows=400)


@pytest.mark.parametrize("model", [LogisticRegression(max_iter=1000), DecisionTreeClassifier(min_samples_leaf=50)])
def test_rules_for_single_rows_are_little_better_than_the_most_frequent_state(model, machines):
    is_training = machines["machine"] < "M017"
    values = StandardScaler().fit_transform(machines[COLUMNS])
    states = machines["state"].to_numpy()
    accuracy = model.fit(values[is_training], states[is_training]).score(values[~is_training], states[~is_training])
    assert accuracy < (states[~is_training] == "running").mean() + 0.05


def test_vibration_has_the_same_distribution_in_all_states(machines):
    spreads = [machines.loc[machines["state"] == state, "vibration"] for state in sorted(set(machines["state"]))]
    assert len(spreads) == 4
    for values in spreads:
        assert abs(values.mean()) < 0.2 and abs(values.std() - np.sqrt(2 + 0.3**2)) < 0.1


def test_temperature_rises_while_heating_and_falls_while_idle(machines):
    change = machines.groupby("machine")["temperature"].diff(5)
    mean = change.groupby(machines["state"]).mean()
    assert mean["heating"] > 2 and mean["idle"] < -1 and abs(mean["running"]) < 1.5


def test_states_follow_one_another_as_documented(machines):
    following = {"idle": {"heating"}, "heating": {"running"}, "running": {"idle", "fault"}, "fault": {"idle"}}
    for _, states in machines.groupby("machine")["state"]:
        for before, after in pairwise(states):
            assert after == before or after in following[before]


def test_more_rows_and_machines_do_not_change_the_first_ones(machines):
    fewer = demo.load(machines=3, rows=50)
    expected = machines[machines["machine"] <= "M003"].groupby("machine").head(50).reset_index(drop=True)
    pd.testing.assert_frame_equal(fewer, expected)
    assert not demo.load(machines=1, rows=50, machine_seed=1)["vibration"].equals(fewer["vibration"][:50])


@pytest.mark.parametrize("options", [{"machines": 0}, {"rows": 1}, {"machine_seed": -1}])
def test_options_out_of_range_are_refused(options):
    (name,) = options
    with pytest.raises(UsageError, match=f"invalid value for `{name}`, expected"):
        demo.load(**options)
