"""The shell completes commands, options and their values, recipes, datasets, runs and files, and does so at once."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from seqkit import registry
from seqkit.cli import main

ROOT = Path(__file__).parent.parent.parent
PROGRAM = "import sys; sys.argv[0] = 'seqkit'; from seqkit.__main__ import run; run()"


def complete(*words: str) -> list[tuple[str, str]]:
    """What the shell offers for the last word, each with its type."""
    *given, incomplete = words
    items = ShellComplete(main, {}, "seqkit", "_SEQKIT_COMPLETE").get_completions(list(given), incomplete)
    return [(item.type, item.value) for item in items]


def values(*words: str) -> list[str]:
    offered = complete(*words)
    assert all(kind == "plain" for kind, _ in offered), offered
    return [value for _, value in offered]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working directory with two runs, the second one newer, and files."""
    monkeypatch.chdir(tmp_path)
    for age, name in enumerate(["second", "first"]):
        (tmp_path / "runs" / name).mkdir(parents=True)
        manifest = tmp_path / "runs" / name / "run.json"
        manifest.write_text("{}")
        os.utime(manifest, (1e9 - age, 1e9 - age))
    (tmp_path / "runs" / "unfinished").mkdir()
    (tmp_path / "demo.csv").write_text("time,value\n2024-01-01,1\n")
    (tmp_path / "demo_texts.csv").write_text("text,label\nfine,good\n")
    return tmp_path


def test_commands_are_completed():
    assert values("tr") == ["train", "translate"]
    assert {"train", "forecast", "predict", "neighbors", "recipes", "tasks"} <= set(values(""))


def test_recipes_are_completed_and_files_where_no_recipe_begins_so():
    assert values("train", "st") == ["stacked_gru"]
    assert set(values("train", "")) == {*registry.recipes(), "auto"}
    assert complete("train", "./my") == [("file", "./my")]
    assert values("recipes", "cb") == ["cbow"]
    assert complete("recipes", "./my") == [("file", "./my")]


def test_options_are_those_of_recipe_and_data():
    assert values("train", "gru", "--un") == ["--units"]
    assert values("train", "gru", "--data", "demo.csv", "--hor") == ["--horizon"]
    assert values("train", "dense", "--data", "demo_texts.csv", "--tokeni") == ["--tokenizer"]
    assert values("train", "dense", "--data", "demo_texts.csv", "--hor") == []


def test_values_are_the_choices_of_an_option():
    assert values("train", "gru", "--schedule", "") == ["constant", "cosine", "warmup_cosine"]
    assert values("train", "gru", "--schedule", "cos") == ["cosine"]
    assert values("analogy", "runs/first", "--method", "3cosm") == ["3cosmul"]
    assert values("train", "gru", "--units", "") == []
    assert values("train", "gru", "--task", "fo") == ["forecast"]


def test_columns_are_those_of_the_named_file(folder):
    (folder / "own.csv").write_text("ds,Load (kW),temperature\n2024-01-01,1,2\n")
    assert values("train", "gru", "--data", "own.csv", "--target", "") == ["ds", "Load (kW)", "temperature"]
    assert values("train", "gru", "--data", "own.csv", "--target", "Lo") == ["Load (kW)"]
    assert values("train", "dense", "--data", "demo_texts.csv", "--label", "l") == ["label"]
    assert values("train", "gru", "--data", "missing.csv", "--target", "") == []
    assert values("train", "gru", "--target", "") == []


def test_data_is_a_dataset_or_a_file():
    assert values("train", "gru", "--data", "demo_r") == ["demo_reviews", "demo_royalty"]
    assert values("train", "gru", "--data", "demo") == [
        "demo_chorales",
        "demo_commands",
        "demo_machine",
        "demo_mackey_glass",
        "demo_names",
        "demo_prices",
        "demo_reviews",
        "demo_royalty",
        "demo_tales",
        "demo_time_scales",
        "demo_timing",
        "demo_weather",
        "demo.csv",
        "demo_texts.csv",
    ]
    assert complete("train", "gru", "--data", "./de") == [("file", "./de")]
    assert complete("check", "other") == [("file", "other")]
    assert values("datasets", "demo_r") == ["demo_reviews", "demo_royalty"]
    assert values("tasks", "em") == ["embed"]


@pytest.mark.parametrize(
    "command", ["forecast", "predict", "evaluate", "compare", "neighbors", "analogy", "export", "tag"]
)
def test_runs_are_those_under_runs_the_newest_first(command):
    assert values(command, "") == ["runs/second", "runs/first"]
    assert values(command, "runs/f") == ["runs/first"]


def test_other_folders_and_files_are_left_to_the_shell():
    assert complete("forecast", "elsewhere/") == [("dir", "elsewhere/")]
    assert complete("similarity", "glove") == [("file", "glove")]
    assert complete("train", "gru", "--config", "") == [("file", "")]
    assert complete("train", "conv1d", "--data", "demo_texts.csv", "--vectors", "") == [("file", "")]
    assert complete("forecast", "runs/first", "--output", "") == [("file", "")]
    assert values("train", "--resume", "") == ["runs/second", "runs/first"]


@pytest.mark.parametrize(
    "words",
    [
        ("train", "no_such_recipe", "--un"),
        ("train", "./no_such.py", "--un"),
        ("train", "gru", "--data", "no_such.csv", "--un"),
        ("train", "gru", "--config", "no_such.toml", "--un"),
        ("no_such_command", "--un"),
        ("evaluate", "no_such_run", "--un"),
    ],
)
def test_mistakes_in_the_words_before_are_silent(words):
    assert complete(*words) == []


@pytest.fixture
def program(tmp_path, monkeypatch) -> Path:
    """The program as it is installed, by its name on the path."""
    path = tmp_path / "bin" / "seqkit"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(PROGRAM)} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return path


def test_bash_completes_with_the_script_that_the_program_prints(program):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = (
        'eval "$(_SEQKIT_COMPLETE=bash_source seqkit)"\n'
        'COMP_WORDS=(seqkit train gru --sched); COMP_CWORD=3\n_seqkit_completion seqkit\necho "${COMPREPLY[@]}"\n'
        "COMPREPLY=()\n"
        'COMP_WORDS=(seqkit forecast runs/f); COMP_CWORD=2\n_seqkit_completion seqkit\necho "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["--schedule", "runs/first"]
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(program, shell):
    environment = {**os.environ, "_SEQKIT_COMPLETE": f"{shell}_source"}
    done = subprocess.run([str(program)], env=environment, capture_output=True, text=True, check=True)
    assert f"_SEQKIT_COMPLETE={shell}_complete" in done.stdout


def test_completion_imports_nothing_heavy(folder):
    code = (
        "import sys, os\n"
        "from click.shell_completion import ShellComplete\n"
        "from seqkit.cli import main\n"
        "shell = ShellComplete(main, {}, 'seqkit', '_SEQKIT_COMPLETE')\n"
        "for words in (['train'], ['train', 'gru', '--data'], ['forecast'], ['predict'], ['neighbors'], ['tasks']):\n"
        "    assert shell.get_completions(words, '')\n"
        "for words in (['train', 'gru'], ['train', 'gru', '--data', 'demo.csv'], ['evaluate']):\n"
        "    assert shell.get_completions(words, '--')\n"
        "heavy = {'keras', 'tensorflow', 'pandas', 'numpy', 'matplotlib', 'onnxruntime', 'sklearn'}\n"
        "print(*heavy & set(sys.modules))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
