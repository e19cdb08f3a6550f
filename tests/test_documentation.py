"""The README names every command, every option of `train`, every recipe and every dataset."""

import re
from pathlib import Path

import click
import pytest

from seqkit import registry
from seqkit.cli import main
from seqkit.tasks import tasks
from seqkit.workflows.settings import plan_training

README = Path(__file__).parent.parent / "README.md"

pytestmark = pytest.mark.skipif(not README.is_file(), reason="the tests stand in no checkout")


FORMER_FLAGS = {"--genuine", "--stretch"}
"""Accepted and no longer documented."""


def commands() -> list[str]:
    return main.list_commands(click.Context(main))


def options(*names: str) -> list[str]:
    """The flags that a command names itself, `("train", "stacked_gru")` being a command of a command."""
    command: click.Command | None = main
    for name in names:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    shown = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    flags = [flag for option in shown for flag in option.opts if flag.startswith("--")]
    return [flag for flag in flags if flag not in FORMER_FLAGS]


def training_options(folder: Path) -> set[str]:
    """Every flag of `train` but those that a single recipe or a single dataset adds: its own page lists these."""
    (folder / "own.csv").write_text("time,value\n2024-01-01,1\n")
    found = set(options("train", "stacked_gru"))
    for name in ("stacked_gru", "autoregression"):  # one is descended, the other solved
        found |= flags_of(name, folder / "own.csv")
    (folder / "own_texts.csv").write_text("text,label\nfine,good\n")
    for data in ("own_texts.csv", "own.ts"):
        (folder / "own.ts").write_text("@problemName Own\n")
        found |= flags_of("dense", folder / data)
    (folder / "own.txt").write_text("a fine film\n")
    return found | flags_of("skipgram", folder / "own.txt") | evaluate_flags()


def flags_of(recipe: str, data: Path) -> set[str]:
    """Every flag of training a recipe on a file but the recipe's own."""
    sections = plan_training(registry.find_recipe(recipe), str(data)).sections
    return {option.flag for key, section in sections.items() if key != "recipe" for option in section}


def evaluate_flags() -> set[str]:
    """What the tasks add to `seqkit evaluate`."""
    return {option.flag for task in tasks().values() for option in task.evaluate_options()}


def unnamed(flags: set[str] | list[str], text: str) -> list[str]:
    return sorted(flag for flag in flags if not re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text))


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


def test_there_are_commands_options_recipes_and_datasets_to_be_named(tmp_path):
    assert {"recipes", "datasets", "check", "train", "evaluate", "forecast", "compare"} <= set(commands())
    assert {"--data", "--out", "--epochs", "--horizon"} <= training_options(tmp_path)
    assert {"stacked_gru", "recurrent_dropout", "dense"} <= set(registry.recipes())
    assert "demo_weather" in registry.datasets()


def test_readme_shows_every_command(readme):
    assert [name for name in commands() if not re.search(rf"seqkit {re.escape(name)}\b", readme)] == []


def test_readme_names_every_option_of_train(readme, tmp_path):
    assert unnamed(training_options(tmp_path), readme) == []


@pytest.mark.parametrize("command", [name for name in commands() if name != "train"])
def test_readme_names_every_option_of_the_other_commands(readme, command):
    assert unnamed(options(command), readme) == []


def test_readme_names_every_recipe_and_every_dataset(readme):
    ours = {name for name, source in registry.recipes().items() if (source.module or "").startswith("seqkit.")}
    assert [name for name in sorted({*ours, *registry.datasets()}) if f"`{name}`" not in readme] == []


def test_readme_shows_no_command_or_option_that_does_not_exist(readme, tmp_path):
    blocks = "\n".join(re.findall(r"```(?:sh|console)\n(.*?)```", readme, flags=re.DOTALL))
    shown = re.findall(r"\bseqkit ([a-z]+)\b", blocks)
    assert shown
    assert set(shown) <= set(commands())
    known = {"--help", "--version"} | training_options(tmp_path)
    known |= {flag for name in commands() for flag in options(name)}
    for source, function in [
        *((recipe, "build_model") for recipe in registry.recipes().values()),
        *((dataset, "load") for dataset in registry.datasets().values()),
    ]:
        known |= {option.flag for option in source.options(function)}
    typed = set()
    for line in re.findall(r"\bseqkit [a-z].*", blocks):
        typed |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line.split(" #")[0]))
    assert {flag.replace("--no-", "--") for flag in typed} <= {flag.replace("--no-", "--") for flag in known}


def test_readme_says_in_one_line_each_how_to_start_and_how_to_test(readme):
    lines = readme.splitlines()
    assert "pip install -e . && seqkit train recurrent_dropout" in lines
    assert "pip install -e '.[test]' && pytest" in lines
