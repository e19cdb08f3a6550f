"""A task and a kind of data are added by adding folders: nothing else of the package is edited.

The package is copied, the folders of a small task (the sum of the numbers in a line) and of its kind of data (files of
numbers) are written into the copy, and the copy's command line trains, evaluates, compares, loads, shows and asks.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import seqkit

KIND = '''
"""Files of numbers: some in a line, separated by blanks, the last one their sum."""
from seqkit.data.kinds import Kind

KINDS = (
    Kind("sums", "lines of numbers", reader=("seqkit.data.sums.reading", "read_sums"),
         recognises=("seqkit.data.sums.reading", "holds_sums")),
)
'''

READING = '''
from pathlib import Path


def holds_sums(look):
    """Whether a file is one of sums, by its name."""
    return look.path.suffix == ".sums"


def read_sums(source, *, skip: int = 0):
    """Returns the lines of numbers.

    Args:
        source: The file.
        skip: Lines left out at the start, [0, inf).
    """
    import numpy as np

    return np.array([line.split() for line in Path(source).read_text().splitlines()[skip:]], np.float32)
'''

CARD = '''
"""Add: the sum of the numbers in a line."""
from seqkit.tasks.contract import Task

TASK = Task(
    name="add",
    summary="Add up the numbers in a line.",
    reads={"sums": {"add": ("seqkit.tasks.add.prepare", "prepare")}},
    training={"training": ("seqkit.tasks.add.job", "fit_sums")},
    demo="demo_weather",
    answers=("adds up numbers", "add"),
    commands={"add": "Add up numbers with a finished run."},
)
'''

PREPARE = '''
from pydantic import BaseModel

from seqkit.spec import Spec


class State(BaseModel):
    steps: int

    @property
    def spec(self):
        return Spec.series(steps=self.steps, features=1)


def prepare(rows, *, held_out: int = 8):
    """Parts the lines.

    Args:
        rows: The numbers.
        held_out: Lines that are scored, [1, inf).
    """
    return State(steps=rows.shape[1] - 1), rows[:-held_out], rows[-held_out:]


def encode(rows):
    return rows[:, :-1, None], (rows[:, -1] - rows[:, -2])[:, None, None]
'''

JOB = '''
import numpy as np

from seqkit.files.atomic import write_json
from seqkit.tasks.add.prepare import encode, prepare


def fit_sums(model, inputs, targets, *, epochs: int = 60, seed: int = 0):
    """Fits the model.

    Args:
        model: The model.
        inputs: Its inputs.
        targets: What it is to give.
        epochs: Passes over the lines, [1, inf).
        seed: Of the weights, [0, 4294967295].
    """
    from seqkit.training.state import History

    model.compile("adam", "mse")
    model.optimizer.learning_rate = 0.05
    losses = model.fit(inputs, targets, epochs=epochs, verbose=0).history["loss"]
    rows = [{"epoch": i + 1, "loss": loss} for i, loss in enumerate(losses)]
    return History(rows, best_epoch=len(rows), stopped="done")


class Job:
    task = "add"

    def __init__(self, source, chosen, test, callbacks, folder):
        self.state, self.train, self.held_out = prepare(source.read(chosen["data"]), **chosen["add"])
        self.source, self.spec = source, self.state.spec

    def describe(self):
        return {"task_state": self.state.model_dump(mode="json"), "reading": {},
                "data": {"source": str(self.source.name), "lines": len(self.train)}}

    def start_background(self):
        pass

    def initialise(self, model):
        pass

    def fit(self, model, build, chosen, callbacks, checkpoints, *, closed_form):
        return fit_sums(model, *encode(self.train), **chosen["training"])

    def export(self, run, model):
        from seqkit.training.export import export

        return export(run, model, self.spec, [encode(self.held_out)[0]])

    def evaluate(self, run, history, *, test):
        from seqkit.tasks.add.evaluate import scores_of
        from seqkit.tasks.add.inference import open_run

        write_json(run.path / "metrics.json", {"test": scores_of(open_run(run), self.held_out)})
'''

INFERENCE = """
import numpy as np

from seqkit.inference.sessions import open_session, run_batches
from seqkit.runs.run import validated
from seqkit.tasks import check_task
from seqkit.tasks.add.prepare import State


class Adder:
    def __init__(self, state, session):
        self.state, self.session = state, session

    def add(self, numbers):
        x = np.asarray(numbers, np.float32)[None, :, None]
        return float(x[0, -1, 0] + run_batches(self.session, [x], lambda batch: batch)[0][0, 0, 0])


def open_run(run):
    check_task(run, "add")
    state = validated(State, run.manifest.task_state, run.path / "run.json", "task_state")
    return Adder(state, open_session(run, state.spec.ends))
"""

EVALUATE = '''
from seqkit.sources import find_source
from seqkit.tasks.add.inference import open_run


def scores_of(adder, rows, round_to=3):
    errors = [abs(adder.add(row[:-1]) - float(row[-1])) for row in rows]
    return {"task": "add", "mae": round(sum(errors) / len(errors), round_to), "lines": len(rows)}


def evaluate(run, data, note, *, digits: int = 3):
    """Scores a run.

    Args:
        run: The run.
        data: A file; the training data by default.
        note: Called with notes.
        digits: Digits of the error, [0, 9].
    """
    rows = find_source(run.manifest.data["source"] if data is None else data, kind="sums").read({})
    return scores_of(open_run(run), rows[-8:], digits)
'''

COMPARE = """
def compare(runs):
    rows = [{**run.summary, "mae": run.read_json("metrics.json")["test"]["mae"]} for run in runs]
    return {"task": "add", "part": "test", "runs": sorted(rows, key=lambda row: row["mae"])}
"""

SHOW = """
import click


def show_run(run, metrics, *, quiet):
    show_evaluation(metrics["test"])


def show_evaluation(scores):
    click.echo(f"mean error of {scores['lines']} sums: {scores['mae']}")


def show_comparison(comparison):
    for row in comparison["runs"]:
        click.echo(f"{row['run']} {row['mae']}")
"""

COMMANDS = '''
import click

from seqkit.tasks import open_source


@click.command()
@click.argument("run")
@click.argument("numbers", nargs=-1, type=float)
def add(run, numbers):
    """Add up numbers with a finished run."""
    click.echo(f"{open_source(run, 'add').add(numbers):.1f}")
'''

RECIPE = '''
"""A linear sum."""
import keras

TASKS = ("forecast", "add")


def build_model(spec, *, bias: bool = True):
    """Builds the model.

    Args:
        spec: What the model reads and gives.
        bias: Whether there is a bias.
    """
    inputs, x = spec.inputs()
    return keras.Model(inputs, spec.outputs(keras.layers.Flatten()(x)))
'''

CALLS = """
import json, sys
from click.testing import CliRunner
from seqkit.cli import main

answers = []
for words in json.load(sys.stdin):
    result = CliRunner().invoke(main, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    answers.append((result.exit_code, result.stdout, result.stderr))
import seqkit
from seqkit.workflows.compare import compare
adder = seqkit.load("one")
python = [type(adder).__name__, round(adder.add([1, 2, 3]), 1), seqkit.evaluate("one", digits=1)["task"],
          compare(["one", "two"])["task"]]
print(json.dumps([answers, python]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A copy of the package with the folders of the task and of its kind of data, and nothing else changed."""
    root = tmp_path_factory.mktemp("package")
    source = Path(seqkit.__file__).parent
    shutil.copytree(source, root / "seqkit", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("recipes", "datasets"):
        if not any((root / "seqkit" / folder).glob("[!_]*.py")):
            shutil.copytree(source.parent / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(source.parent / "pyproject.toml", root) if (source.parent / "pyproject.toml").is_file() else None
    kind, task = root / "seqkit" / "data" / "sums", root / "seqkit" / "tasks" / "add"
    files = {
        kind: {"__init__": KIND, "reading": READING},
        task: {
            "__init__": CARD,
            "prepare": PREPARE,
            "job": JOB,
            "inference": INFERENCE,
            "evaluate": EVALUATE,
            "compare": COMPARE,
            "show": SHOW,
            "commands": COMMANDS,
        },
    }
    for folder, modules in files.items():
        folder.mkdir()
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(text.lstrip())
    return root


def test_a_task_and_a_kind_of_data_are_added_by_their_folders_alone(package, tmp_path):
    (tmp_path / "linear.py").write_text(RECIPE.lstrip())
    lines = [f"{a} {b} {a * b % 7} {a + b + a * b % 7}" for a in range(-5, 6) for b in range(-5, 6)]
    (tmp_path / "small.sums").write_text("\n".join(["0 0 0 99", *lines]))
    train = ["train", "./linear.py", "--data", "small.sums", "--skip", "1"]
    calls = [
        ["--help"],
        ["tasks"],
        ["tasks", "add"],
        ["train", "./linear.py", "--data", "small.sums", "--help-all"],
        [*train, "--out", "one"],
        [*train, "--out", "two", "--epochs", "1", "--task", "add", "--json"],
        [*train, "--out", "three", "--task", "forecast"],
        ["evaluate", "one", "--digits", "1"],
        ["evaluate", "one", "--help"],
        ["evaluate", "one", "--analogies", "x"],
        ["compare", "one", "two"],
        ["add", "one", "1", "2", "3"],
        ["forecast", "one"],
        ["train", "--resume", "one"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package)},
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers, python = json.loads(done.stdout.splitlines()[-1])
    answer = dict(zip(map(" ".join, calls), answers, strict=True))

    assert "add         Add up numbers with a finished run." in answer["--help"][1]
    assert "add        Add up the numbers in a line." in answer["tasks"][1]
    assert "Reads: lines of numbers" in answer["tasks add"][1]
    help_of_train = answer["train ./linear.py --data small.sums --help-all"][1]
    assert all(flag in help_of_train for flag in ("--bias", "--skip", "--held-out", "--epochs"))
    assert "Add options:" in help_of_train and "Forecast options:" not in help_of_train
    code, shown, _ = answer[" ".join([*train, "--out", "one"])]
    assert (code, shown.partition(":")[0]) == (0, "mean error of 8 sums")
    assert float(shown.rpartition(" ")[2]) < 0.1
    code, shown, _ = answer[" ".join([*train, "--out", "two", "--epochs", "1", "--task", "add", "--json"])]
    assert code == 0 and json.loads(shown)["test"]["task"] == "add"
    code, _, told = answer[" ".join([*train, "--out", "three", "--task", "forecast"])]
    assert code == 2 and "needs the task 'add', not 'forecast'" in told
    assert answer["evaluate one --digits 1"][:2] == [0, "mean error of 8 sums: 0.0\n"]
    assert "--digits" in answer["evaluate one --help"][1]
    code, _, told = answer["evaluate one --analogies x"]
    assert (
        code == 2 and "There is no option --analogies for evaluating one, which adds up numbers (task 'add')." in told
    )
    assert [line.split()[0] for line in answer["compare one two"][1].splitlines()] == ["one", "two"]
    assert answer["add one 1 2 3"][:2] == [0, "6.0\n"]
    code, _, told = answer["forecast one"]
    assert code == 2 and "The run one adds up numbers (task 'add'), but a run of the task 'forecast' is needed." in told
    assert answer["train --resume one"][0] == 0
    assert python == ["Adder", 6.0, "add", "add"]
