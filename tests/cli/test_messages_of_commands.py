"""Errors of contradictory commands and of invalid recipe files."""

import shutil

import pytest

from tests.paths import FORMAT_1


def test_test_and_no_test_exclude_each_other(refused):
    message = refused("train", "dense", "--test", "demo_reviews", "--data", "demo_reviews", "--no-test", code=2)
    assert message == "--test and --no-test exclude each other. Leave one of them out."


def test_resume_takes_no_recipe(refused):
    message = refused("train", "--resume", "run", "dense", code=2)
    assert message == "--resume takes recipe, data and options from the run. Leave the recipe out."


@pytest.mark.parametrize("tasks", ["'forecast'", "7"])
def test_tasks_that_are_not_a_tuple_are_rejected_with_the_recipe(refused, folder, tasks):
    (folder / "mine.py").write_text(f'"""Mine."""\nTASKS = {tasks}\n\n\ndef build_model(spec):\n    """Builds."""\n')
    message = refused("train", "./mine.py", code=2)
    assert message == f"TASKS in {folder / 'mine.py'} must be a tuple of names, got {tasks}."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--data", "x.csv"), "Word vectors are scored on --analogies and --pairs. Leave --data out."),
        (
            ("--data", "x.csv", "--pairs", "y.csv"),
            "Word vectors are scored on --analogies and --pairs. Leave --data out.",
        ),
    ],
)
def test_word_vectors_are_not_scored_on_data(refused, folder, arguments, message):
    shutil.copytree(FORMAT_1 / "embed", folder / "embed")
    assert refused("evaluate", "embed", *arguments, code=2).startswith(message)


def test_each_of_several_files_must_exist(refused, folder):
    (folder / "one.txt").write_text("a b c\n")
    message = refused("train", "skipgram", "--data", "one.txt", "--data", "two.txt", code=4)
    assert message.startswith("There is no file 'two.txt'. ") and message.endswith(
        "With several paths, each must be a file."
    )
    message = refused("train", "dense", "--data", "one.txt", "--data", "two.txt", code=2)
    assert message == "Only 'sentence pairs', 'running text' may consist of several files, got 2 files. Give one file."


def test_word_vectors_have_no_test_part(refused, folder):
    message = refused("train", "skipgram", "--data", "demo_royalty", "--test", "demo_royalty", code=2)
    assert message.startswith("Word vectors have no test part. Score them with `seqkit evaluate RUN --analogies FILE")
