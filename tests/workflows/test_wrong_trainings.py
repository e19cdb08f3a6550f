"""Trainings that cannot start, resume or finish: the message gives the reason and a remedy."""

import json
import re
import shutil
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, DivergedTraining, NotFoundError, UsageError
from seqkit.progress import Callbacks
from seqkit.registry import Source, find_recipe
from seqkit.runs.run import read_run
from seqkit.sources import DataSource, find_source
from seqkit.tasks import tasks
from seqkit.tasks.classify.job import Job
from seqkit.training.checkpoints import Checkpoints
from seqkit.workflows.settings import Plan
from seqkit.workflows.train import resume

SMALL = {"rows": 300, "epochs": 1, "window": 12, "sampling_rate": 1, "lead": 1}

UNSOUND = '''
"""A dense layer whose output is finite in training only."""
import keras


@keras.saving.register_keras_serializable("tests")
class Unsound(keras.layers.Layer):
    def call(self, x, training=False):
        return x if training else x * float("nan")


def build_model(spec):
    """Builds it."""
    inputs, x = spec.inputs()
    return keras.Model(inputs, spec.outputs(Unsound(name="unsound")(keras.layers.Flatten()(x))))
'''

SOLVED = '''
"""A linear model with a closed-form readout."""
import keras

TASKS = ("forecast", "classify")
READOUT = "ridge"


def build_model(spec):
    """Builds it."""
    inputs, x = spec.inputs()
    x = keras.layers.Flatten()(x)
    return keras.Model(inputs, END)
'''


def waves() -> pd.DataFrame:
    series = [np.sin(np.arange(8.0)[:, None] * (1 + i % 2) + i) for i in range(40)]
    return pd.DataFrame({"series": series, "kind": ["slow", "fast"] * 20})


def refusal(error, message: str):
    return pytest.raises(error, match=f"^{re.escape(message)}")


@pytest.fixture
def recipe(tmp_path):
    """Writes a recipe file, and returns its path."""

    def write(text: str) -> str:
        path = tmp_path / "mine.py"
        path.write_text(text)
        return str(path)

    return write


def test_non_finite_validation_stops_training_and_names_its_source(recipe, tmp_path):
    message = (
        "The validation loss or score became NaN after epoch 1. First non-finite value: the output of the layer "
        "'unsound'; "
    )
    with refusal(DivergedTraining, message) as caught:
        seqkit.train(recipe(UNSOUND), out=tmp_path / "run", **SMALL)
    assert "try --learning-rate" in str(caught.value) and "seqkit check" in str(caught.value)


def test_closed_form_readout_must_be_the_output_layer_of_the_spec(recipe, tmp_path):
    end = "keras.layers.Reshape(spec.output_shape[1:])(keras.layers.Dense(24)(x))"
    message = "A recipe with READOUT must end with `spec.outputs(x)`, which creates the layer 'readout'."
    with refusal(UsageError, message):
        options = {"rows": 300, "window": 12, "sampling_rate": 1, "horizon": 24, "lead": 1}
        seqkit.train(recipe(SOLVED.replace("END", end)), out=tmp_path / "run", **options)


def test_closed_form_readout_of_a_classifier_must_be_the_output_layer_of_the_spec(recipe, tmp_path):
    text = SOLVED.replace("END", "keras.layers.Dense(spec.classes)(x)")
    message = "A recipe with READOUT must end with `spec.outputs(x)`, which creates the layer 'readout'."
    with refusal(UsageError, message):
        seqkit.train(recipe(text), waves(), label="kind", out=tmp_path / "run")


def test_word_vectors_reject_test_data(tmp_path):
    with refusal(UsageError, "Word vectors have no test part. Score them with `seqkit evaluate RUN --analogies FILE"):
        seqkit.train("skipgram", "demo_royalty", test="demo_royalty", sentences=50, out=tmp_path / "run")


@pytest.mark.parametrize(
    ("frame", "kind", "message"),
    [
        (waves(), "texts", "frame contains series, not texts. Give texts."),
        (
            pd.DataFrame({"text": ["good", "bad"] * 20, "kind": ["slow", "fast"] * 20}),
            "series",
            "frame contains texts, not series. Give series.",
        ),
    ],
)
def test_wrong_kind_of_data_raises(frame, kind, message, tmp_path):
    source = find_source(frame, kind=kind)
    chosen = Plan(find_recipe("dense"), tasks()["classify"], source).choose({"label": "kind"})
    with refusal(UsageError, message):
        Job(source, chosen, None, Callbacks(), tmp_path)


def test_frame_of_series_stays_a_frame_of_series_with_a_label_column():
    assert find_source(waves(), ["label"]).kind == "series"


def test_corpus_needs_a_text_column():
    source = DataSource("frame", frame=pd.DataFrame({"words": ["a b"], "number": [1]}), kind="corpus")
    message = "frame has no column 'text'; the columns are words, number. Rename one to 'text'."
    with refusal(DataError, message):
        source.read({})


def test_several_files_are_for_word_vectors_only_and_must_exist(tmp_path):
    (tmp_path / "one.txt").write_text("a b c\n")
    both = [tmp_path / "one.txt", tmp_path / "two.txt"]
    with pytest.raises(
        NotFoundError, match=r"^There is no file '.*two\.txt'\. .*With several paths, each must be a file\.$"
    ):
        find_source(both, kind="corpus")
    message = "Only 'sentence pairs', 'running text' may consist of several files, got 2 files. Give one file."
    with refusal(UsageError, message):
        find_source(both)


def test_recipe_must_be_a_python_file(tmp_path):
    path = tmp_path / "recipe.txt"
    path.write_text("def build_model(spec): ...\n")
    with refusal(UsageError, f"{path} cannot be imported as a Python file. Rename it to end with .py."):
        Source("recipe", path, None).load()


@pytest.fixture
def cut_off(small_run, tmp_path):
    """Returns a function that makes an interrupted run with modified entries in `run.json`."""

    def make(**said) -> Path:
        run = Path(shutil.copytree(small_run, tmp_path / "run"))
        content = json.loads((run / "run.json").read_text())
        (run / "run.json").write_text(json.dumps({**content, "state": "failed", **said}))
        return run

    return make


def test_run_without_its_call_cannot_be_resumed(cut_off):
    run = cut_off(call={})
    message = f"{run / 'run.json'} does not record recipe and data of the training. Train the run again."
    with refusal(DataError, message):
        resume(run)


def test_run_of_other_rules_cannot_be_resumed(cut_off, small_run):
    data = json.loads((small_run / "run.json").read_text())["data"]
    run = cut_off(data={**data, "rules": 2})
    message = (
        f"The training of {run} was started by another version of seqkit, which reads or splits the data differently. "
        "Resume it with that version, or train with another --out."
    )
    with refusal(UsageError, message):
        resume(run)


def test_run_whose_state_does_not_match_its_data_cannot_be_resumed(cut_off, small_run):
    state = json.loads((small_run / "run.json").read_text())["task_state"]
    run = cut_off(task_state={**state, "mean": [0.0] * len(state["mean"])})
    message = f"{run / 'run.json'} is damaged, or of another version of seqkit: task_state does not match the data."
    message += " Train the run again."
    with refusal(DataError, message):
        resume(run)


def test_checkpoint_of_another_model_raises(cut_off):
    run = cut_off()
    checkpoints = Checkpoints(read_run(run, finished=False))
    checkpoints.save([keras.Variable(np.zeros((2, 3)))], {"epoch": 1, "step": 0})
    path = run / "checkpoints" / "000001-000000000.npz"
    message = f"{path} does not fit the model that the recipe builds now. Train the run again."
    with refusal(DataError, message):
        checkpoints.restore([keras.Variable(np.zeros((3, 2)))])
