"""An option given twice is refused, unless it repeats."""

from collections.abc import Iterator

import click
import pytest

from seqkit.cli import main
from seqkit.console.flags import Flag
from seqkit.registry import recipes


def all_commands(command: click.Command, context: click.Context) -> Iterator[click.Command]:
    """The command and those below it; one recipe stands for all."""
    yield command
    if isinstance(command, click.Group):
        names = command.list_commands(context)
        for name in names[:1] if set(names) == set(recipes()) else names:
            below = command.get_command(context, name)
            assert below is not None
            yield from all_commands(below, click.Context(below, parent=context, info_name=name))


def test_every_option_of_every_command_is_a_flag():
    commands = list(all_commands(main, click.Context(main)))
    options = [param for command in commands for param in command.params if isinstance(param, click.Option)]
    assert len(commands) > 12 and len(options) > 60
    assert [option.opts for option in options if not isinstance(option, Flag)] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "t.csv", "--decimal", ".", "--decimal", ","), "--decimal is given twice; give it once."),
        (("check", "t.csv", "--encoding", "ascii", "--encoding=utf-8"), "--encoding is given twice; give it once."),
        (
            ("check", "t.csv", "--sentinel", "-9999", "--genuine", "5", "--sentinel", "-1"),
            "--sentinel is given twice; give it once, with commas: --sentinel -9999,-1.",
        ),
        (("check", "t.csv", "--json", "--json", "--json"), "--json is given 3 times; give it once."),
        (
            ("check", "t.csv", "--genuine", "1", "--not-sentinel", "2"),
            "--not-sentinel is given twice; give it once, with commas: --not-sentinel 1,2.",
        ),
        (("train", "gru", "--window", "5", "--window", "6"), "--window is given twice; give it once."),
        (("train", "gru", "--units", "5", "--units", "6"), "--units is given twice; give it once"),
        (("train", "gru", "--out", "a", "-o", "b"), "--out is given twice; give it once."),
        (
            ("train", "skipgram", "--lower", "--no-lower"),
            "--lower and --no-lower exclude each other. Give one of them.",
        ),
        (("train", "--resume", "a", "--resume", "b"), "--resume is given twice; give it once."),
        (("forecast", "a", "--output", "b", "-o", "b"), "--output is given twice; give it once."),
        (("neighbors", "a", "b", "--top", "2", "--top", "3"), "--top is given twice; give it once."),
        (("recipes", "--json", "--json"), "--json is given twice; give it once."),
    ],
)
def test_an_option_given_twice_is_refused(refused, arguments, message):
    assert message in refused(*arguments, code=2)


def test_a_text_option_with_several_values_repeats(done, folder):
    (folder / "t.csv").write_text("ds,a,b\n2020-01-01,1,3\n2020-01-02,?,2\n2020-01-03,2,-\n2020-01-04,2,5\n")
    output = done(
        "check", "t.csv", "--target", "a", "--target", "b", "--null", "?", "--null", "-", "--missing", "ffill"
    )
    assert "Ready for training" in output.stdout and "a, b" in output.stdout
