"""`seqkit recipes`, `seqkit datasets` and the help of every command are complete, as text and JSON."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from seqkit import __version__, registry
from seqkit.cli import main
from seqkit.options import REQUIRED
from seqkit.workflows.settings import plan_training

COMMANDS = main.list_commands(click.Context(main))


def in_words(text: str) -> str:
    """Joins wrapped lines, to search for sentences."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("command", "known"),
    [("recipes", registry.recipes()), ("datasets", registry.datasets())],
    ids=["recipes", "datasets"],
)
def test_listing_contains_every_name_with_its_summary(done, strict_json, command, known):
    shown = done(command).stdout
    assert [line.split()[0] for line in shown.splitlines() if not line.startswith(" ")] == list(known)
    for source in known.values():
        assert source.summary in in_words(shown)
    assert strict_json(done(command, "--json").stdout) == {name: source.summary for name, source in known.items()}


@pytest.mark.parametrize("name", registry.recipes())
def test_a_recipe_is_described_with_every_option(done, strict_json, name):
    source = registry.find_recipe(name)
    shown = done("recipes", name).stdout
    assert source.docstring in shown
    assert f"File: {source.path}" in shown
    content = strict_json(done("recipes", name, "--json").stdout)
    assert content["docstring"] == source.docstring
    assert content["tasks"] == list(source.constants["TASKS"])
    for option in source.options("build_model"):
        assert f"  {option.flag} " in shown
        assert option.help.rstrip(".") in in_words(shown)
        told = content["options"][option.name]
        assert told["help"] == option.help
        assert told["default"] == (list(option.default) if isinstance(option.default, tuple) else option.default)


def test_a_dataset_is_described_with_licence_source_protocol_and_units(done, strict_json):
    shown = done("datasets", "etth1").stdout
    lines = [line.rstrip() for line in shown.splitlines()]
    origin = ["Licence: CC BY-ND 4.0", "Source: https://github.com/zhouhaoyi/ETDataset"]
    for line in [*origin, "Protocol:", "  window: 336", "  target: all", "Units:", "  OT: degC"]:
        assert line in lines
    assert lines == shown.splitlines(), "no blanks at the ends"
    assert strict_json(done("datasets", "etth1", "--json").stdout)["protocol"]["horizon"] == 96


def test_an_option_without_a_default_is_listed_as_required(done, folder, strict_json):
    (folder / "mine.py").write_text('"""Mine."""\n\ndef build_model(spec, *, width: int):\n    pass\n')
    assert "[required]" in done("recipes", "./mine.py").stdout
    assert strict_json(done("recipes", "./mine.py", "--json").stdout)["options"] == {
        "width": {"expected": "a whole number", "help": "", "required": True}
    }


@pytest.mark.parametrize("name", registry.recipes())
def test_help_of_training_shows_every_option_with_its_default_by_section(done, name):
    plan = plan_training(registry.find_recipe(name))
    shown = done("train", name, "--help-all").stdout
    sections, standing = plan.sections, plan.defaults()
    titles = [f"{key.capitalize()} options:" for key, options in {**sections, "run": [1]}.items() if options]
    assert [line for line in shown.splitlines() if line.endswith(" options:")] == titles
    words = in_words(shown)
    for option in (option for options in sections.values() for option in options):
        assert option.help.rstrip(".") in words
        default = standing.get(option.name, option.default)
        if default not in (None, (), REQUIRED):
            value = ",".join(map(str, default)) if isinstance(default, tuple) else default
            assert f"{option.help.rstrip('.')} [default {value}]" in words
    for flag in ("--data", "-o, --out", "--overwrite", "--test", "--no-test", "--config", "--json", "-q, --quiet"):
        assert f"\n  {flag} " in shown


@pytest.mark.parametrize("data", ["demo_weather", "demo_reviews", "demo_tales", "demo_names", "demo_commands"])
def test_help_of_training_explains_the_recipe_and_the_main_options(done, data):
    task = registry.datasets()[data].constants["TASKS"][0]
    recipe = next(name for name, source in registry.recipes().items() if task in source.constants["TASKS"])
    arguments = ("train", recipe, "--task", task, "--data", data)
    short, full = done(*arguments, "--help").stdout, done(*arguments, "--help-all").stdout
    assert len(short.splitlines()) < 0.75 * len(full.splitlines())
    flags = {text: set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.M)) for text in (short, full)}
    assert flags[short] < flags[full]
    assert {"--data", "--out", "--seed", "--split"} <= flags[short]
    assert short.endswith(f"\n--help-all explains {len(flags[full] - flags[short])} more options.\n")
    assert "more options" not in full
    recipe_options = {option.flag for option in registry.find_recipe(recipe).options("build_model")}
    assert recipe_options <= flags[short]


def test_help_fits_the_terminal():
    for name, source in registry.recipes().items():
        help_text = CliRunner().invoke(main, ["train", name, "--help-all"], terminal_width=80).stdout
        paragraphs = help_text.partition(" options:")[0]
        assert max(map(len, paragraphs.splitlines())) <= 80, name
        assert source.summary.split()[-1] in paragraphs


def test_help_and_version_are_commands_too(done):
    assert done("help").stdout == done("--help").stdout
    assert done("help", "train", "gru").stdout == done("train", "gru", "--help").stdout
    assert done("version").stdout == done("--version").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_every_option(done, command):
    shown = done(command, "--help").stdout
    params = main.get_command(click.Context(main), command).params
    flags = [option for param in params if isinstance(param, click.Option) for option in param.opts]
    assert {flag for flag in flags if flag not in shown} <= {"--genuine"}  # a former name of --not-sentinel
    assert done(command, "-h").stdout == shown


def test_help_lists_the_commands_and_keeps_the_lines_of_its_examples():
    lines = CliRunner().invoke(main, ["--help"], terminal_width=120).stdout.splitlines()
    assert "  seqkit train stacked_gru --data my.csv --target y  train on your own file" in lines
    assert all(any(line.startswith(f"  {name} ") for line in lines) for name in COMMANDS)
    assert "\\b" not in "".join(lines)


@pytest.mark.parametrize(
    "arguments", [("recipes",), ("datasets", "demo_weather"), ("train", "dense", "--help")], ids=" ".join
)
def test_characters_outside_the_terminal_encoding_become_question_marks(arguments):
    result = CliRunner(charset="latin-1").invoke(main, arguments)
    assert (result.exit_code, result.exception) == (0, None)
    assert "?" in CliRunner(charset="latin-1").invoke(main, ["recipes"]).stdout


def test_python_m_seqkit_works_and_a_closed_pipe_is_no_error():
    environment = {**os.environ, "PYTHONPATH": str(Path(registry.__file__).parent.parent), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "seqkit"]
    done = subprocess.run([*command, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"seqkit {__version__}\n", "")
    with subprocess.Popen(
        [*command, "recipes"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()  # before anything is written
        assert process.stderr.read() == b""
    assert process.returncode == 0
