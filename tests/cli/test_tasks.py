"""Tasks on the command line: listed, chosen with --task, and each with its own options of `evaluate`."""

import json

import pytest


def test_tasks_are_listed_and_described(done, strict_json):
    lines = done("tasks").stdout.splitlines()
    names = ["classify", "embed", "forecast", "generate", "tag", "translate"]
    assert [line.split()[0] for line in lines] == names
    assert list(strict_json(done("tasks", "--json").stdout)) == names
    shown = done("tasks", "embed").stdout
    assert "Reads: running text" in shown and "Recipes: cbow, skipgram" in shown and "  neighbors" in shown
    described = json.loads(done("tasks", "forecast", "--json").stdout)
    assert described["reads"] == {"table": "a table of numbers over time"}
    assert "stacked_gru" in described["recipes"] and described["commands"].keys() == {"forecast"}


def test_an_unknown_task_is_refused_with_the_nearest(refused):
    assert refused("tasks", "forcast", code=4) == "There is no task 'forcast'. Did you mean 'forecast'?"
    message = refused("train", "dense", "--task", "forcast", code=2)
    assert message == "There is no task 'forcast'. Did you mean 'forecast'?"


def test_a_task_that_the_recipe_does_not_support_is_refused(refused):
    message = refused("train", "skipgram", "--task", "forecast", code=2)
    assert message == "The recipe skipgram does not support the task 'forecast'. Its tasks: 'embed'."


def test_the_task_decides_what_is_trained_without_data(done):
    help_of_classify = done("train", "dense", "--task", "classify", "--help").stdout
    assert "Classify options:" in help_of_classify and "Forecast options:" not in help_of_classify
    assert "Forecast options:" in done("train", "dense", "--help").stdout


def test_data_that_no_task_reads_is_refused(refused):
    message = refused("train", "dense", "--data", "wordsim353", code=2)
    assert message == "wordsim353 contains pairs of words, which no task reads. Name other data."


def test_data_of_another_task_than_the_requested_one_is_refused(refused):
    message = refused("train", "conv1d", "--task", "classify", "--data", "demo_weather", code=2)
    assert message == (
        "demo_weather contains a table of numbers over time, which needs the task 'forecast', not 'classify'. Name "
        "other data, or leave --task out."
    )
    assert "not 'tag'" in refused("train", "conv1d", "--task", "tag", "--data", "demo_weather", code=2)


def test_a_file_is_read_as_the_requested_task_needs_it_whatever_it_looks_like(refused, folder):
    (folder / "words.txt").write_text("Ada\tB-person\nmet\n")
    message = refused("train", "conv1d", "--task", "tag", "--data", "words.txt", code=5)
    assert message.startswith("words.txt: line 2 has 1 column, but the first word has 2")
    assert "'forecast'" not in message


def test_an_option_of_another_task_is_refused_by_evaluate(refused, small_run):
    message = refused("evaluate", str(small_run), "--pairs", "x.csv", code=2)
    assert message.startswith(
        f"There is no option --pairs for evaluating {small_run}, which forecasts a series (task 'forecast')."
    )


@pytest.mark.parametrize("command", [("forecast",), ("predict", "a text")])
def test_a_file_in_place_of_a_run_is_refused(refused, folder, command):
    (folder / "own.csv").write_text("ds,y\n2024-01-01,1\n")
    name, *rest = command
    assert refused(name, "own.csv", *rest, code=4).startswith("There is no run directory own.csv.")
