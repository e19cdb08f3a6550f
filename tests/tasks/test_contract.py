"""What every task owes: found by its folder, so that a new one is held to it by being there."""

import inspect
import shlex
from pathlib import Path

import click
import pytest

import seqkit
from seqkit.data.kinds import imported, kinds
from seqkit.registry import datasets, recipes
from seqkit.runs.run import read_run
from seqkit.tasks import task_of_run, tasks, tasks_that_read
from seqkit.tasks.contract import Job, Task
from seqkit.workflows.settings import plan_training, tasks_of
from tests.conftest import SMALL_RUNS

TASKS = sorted(tasks())


@pytest.fixture(params=TASKS)
def task(request: pytest.FixtureRequest) -> Task:
    return tasks()[request.param]


def test_every_task_has_a_small_run_for_the_tests():
    assert sorted(SMALL_RUNS) == TASKS


def test_card_names_its_folder_kinds_data_and_commands_that_exist(task):
    assert Path(inspect.getfile(task.module("prepare"))).parent.name == task.name
    assert task.summary.endswith(".") and task.reads.keys() <= kinds().keys()
    assert all(task in tasks_that_read(kind) for kind in task.reads)
    assert datasets()[task.demo].constants.get("KIND", "table") in task.reads
    assert any(task.name in tasks_of(recipe) for recipe in recipes().values())
    for name, summary in task.commands.items():
        command = getattr(task.module("commands"), name)
        assert isinstance(command, click.Command) and command.name == name
        assert (command.help or "").split("\n")[0] == summary, "the help of a command begins with its summary"
    does, command = task.answers
    assert command in task.commands and does == does.lower()


def test_options_are_explained_and_named_once(task):
    for kind in task.reads:
        for closed_form in (False, True):
            options = [option for part in task.options(kind, closed_form=closed_form).values() for option in part]
            assert len({option.name for option in options}) == len(options) > 0
            assert all(option.help for option in options)
            assert "seed" in {option.name for option in options}
    assert all(option.help for option in task.evaluate_options())


def test_job_has_the_methods_of_the_contract(task):
    job = task.module("job").Job
    assert job.task == task.name
    for name in ("describe", "start_background", "initialise", "fit", "export", "evaluate"):
        expected, found = (list(inspect.signature(getattr(each, name)).parameters) for each in (Job, job))
        assert found == expected, name
    assert list(inspect.signature(job).parameters) == ["source", "chosen", "test", "callbacks", "folder"]


def test_the_first_recipe_of_a_task_is_planned_on_its_demonstration(task):
    recipe = next(recipe for recipe in recipes().values() if task.name in tasks_of(recipe))
    plan = plan_training(recipe, task=task.name)
    assert (plan.task, plan.source.name) == (task, task.demo)
    chosen = plan.choose({})
    assert {"recipe", "data", "training"} <= chosen.keys()


def test_finished_run_is_opened_evaluated_and_shown_by_its_task(finished_run, capsys):
    run = read_run(finished_run)
    task = task_of_run(run)
    assert seqkit.load(finished_run) is not None
    show = task.module("show")
    show.show_run(run, run.read_json("metrics.json"), quiet=False)
    shown = capsys.readouterr().out
    assert f"seqkit {task.answers[1]} {shlex.quote(str(finished_run))}" in shown


def test_scores_name_their_task_and_are_shown(finished_run, capsys, requires_words):
    task = task_of_run(read_run(finished_run))
    options = requires_words if task.name == "embed" else {}
    scores = seqkit.evaluate(finished_run, **options)
    assert scores["task"] == task.name
    task.module("show").show_evaluation(scores)
    assert scores["models"][0]["name"] in capsys.readouterr().out


@pytest.fixture
def requires_words(tmp_path: Path) -> dict[str, str]:
    """Questions for word vectors, as files."""
    (tmp_path / "analogies.txt").write_text(": some\nking queen man woman\n")
    (tmp_path / "pairs.tsv").write_text("king\tqueen\t9\nman\twoman\t8\nking\twoman\t2\n")
    return {"analogies": str(tmp_path / "analogies.txt"), "pairs": str(tmp_path / "pairs.tsv")}


@pytest.mark.parametrize("name", sorted(kinds()))
def test_kind_has_a_title_and_functions_that_exist(name):
    kind = kinds()[name]
    assert kind.title and set(kind.accepts) <= kinds().keys()
    for function in (kind.reader, kind.recognises, kind.from_frame):
        assert function is None or callable(imported(function))


def test_one_kind_is_the_default():
    assert [kind.name for kind in kinds().values() if kind.is_default] == ["table"]
