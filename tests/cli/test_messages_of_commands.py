"""Commands that contradict themselves, and recipes of one's own that are not what they say."""

import shutil

import pytest

from tests.paths import FORMAT_1


def test_a_test_part_cannot_be_given_and_left_out(refused):
    message = refused("train", "dense", "--test", "demo_reviews", "--data", "demo_reviews", "--no-test", code=2)
    assert message == "--test and --no-test cannot be given both. Leave one of them out."


def test_a_training_that_is_taken_up_again_is_not_told_its_recipe(refused):
    message = refused("train", "--resume", "run", "dense", code=2)
    assert message == "--resume takes recipe, data and options from the run: give nothing but these."


@pytest.mark.parametrize("tasks", ["'forecast'", "7"])
def test_tasks_that_are_no_tuple_are_refused_with_the_recipe(refused, folder, tasks):
    (folder / "mine.py").write_text(f'"""Mine."""\nTASKS = {tasks}\n\n\ndef build_model(spec):\n    """Builds."""\n')
    message = refused("train", "./mine.py", code=2)
    assert message == f"TASKS in {folder / 'mine.py'} must be a tuple of names, got {tasks}."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--data", "x.csv"), "Word vectors are scored by --analogies and --pairs; --data is for other runs."),
        (("--data", "x.csv", "--pairs", "y.csv"), "Word vectors are scored by --analogies and --pairs; --data is for"),
    ],
)
def test_word_vectors_are_not_scored_on_other_text(refused, folder, arguments, message):
    shutil.copytree(FORMAT_1 / "embed", folder / "embed")
    assert refused("evaluate", "embed", *arguments, code=2).startswith(message)


def test_of_several_files_each_must_be_there(refused, folder):
    (folder / "one.txt").write_text("a b c\n")
    message = refused("train", "skipgram", "--data", "one.txt", "--data", "two.txt", code=4)
    assert message.startswith("There is no file 'two.txt'. ") and message.endswith("Of several, each must be a file.")
    message = refused("train", "dense", "--data", "one.txt", "--data", "two.txt", code=2)
    assert message == "2 files are given, and only word vectors are learned from several: give one."


def test_word_vectors_have_no_test_part(refused, folder):
    message = refused("train", "skipgram", "--data", "demo_royalty", "--test", "demo_royalty", code=2)
    assert message.startswith("Word vectors have no test part. Score them with `seqkit evaluate RUN --analogies FILE")
