"""`seqkit check FILE`: the contents of a file in the terms of its kind, and its problems, before training."""

import shlex
from typing import Any

import click

from seqkit import registry
from seqkit.cli.listing import complete_task
from seqkit.console.completion import complete_data
from seqkit.console.flags import Flag, NonEmpty, click_options, given_on_command_line
from seqkit.console.tables import show_json
from seqkit.data.kinds import Kind, default_kind, imported, kinds
from seqkit.errors import DataError, UsageError, nearest
from seqkit.options import Option, module_options
from seqkit.sources import DataSource
from seqkit.tasks import tasks, tasks_that_read

RECIPES = {
    "classify": "conv1d",
    "embed": "skipgram",
    "generate": "gru",
    "tag": "bidirectional_gru",
    "translate": "attention_encoder_decoder",
}
"""A recipe to begin with, for the tasks of data that is no table."""


def check_file(file: str, task: str | None, as_json: bool, **_: Any) -> None:
    """Print the contents of a file and its problems, with the flags that fix them.

    A table is checked for forecasting: times, gaps, missing values, columns that are no numbers. Labelled texts and
    series, tagged words, sentence pairs, running text and music are described in their own terms.

    The exit code is 5 if a problem prevents training.
    """
    given = {name: value for name, value in given_on_command_line().items() if name not in ("file", "task", "as_json")}
    source = _source(file, task, given)
    kind = kinds()[source.kind]
    if kind.name == default_kind():
        report, commands = _table_report(source, given), None
    else:
        report, commands = _report(source, kind, given), _commands(file, kind, task, given)
    if as_json:
        show_json(report.as_dict() if commands is None else {"kind": kind.name, **report.as_dict(commands)})
    else:
        click.echo(report.text() if commands is None else report.text(commands))
    if report.blocking:
        click.get_current_context().exit(DataError.exit_code)


def _source(file: str, task: str | None, given: dict[str, Any]) -> DataSource:
    """Returns the file as data of the kind that it shows, or that the task reads."""
    from seqkit.data.files.sniffing import look_at, suitable_kind
    from seqkit.data.text.recognition import is_prose
    from seqkit.sources import find_source

    source = find_source(file, given)
    if task is None:
        is_text = source.kind == default_kind() and source.dataset is None and is_prose(look_at(file))
        return find_source(file, kind="corpus") if is_text else source
    if task not in tasks():
        raise UsageError(f"There is no task '{task}'. {nearest(task, tasks())}")
    read = tasks()[task].reads
    if source.kind in read:
        return source
    requested = [name for name in read if kinds()[name].on_request]
    kind = suitable_kind(file, requested) if requested and source.dataset is None else next(iter(read))
    return find_source(file, kind=kind)


def _table_report(source: DataSource, given: dict[str, Any]) -> Any:
    from seqkit.data.tables.report import check

    options = dict(given)
    reading = {option.name: options.pop(option.name, option.default) for option in source.options}
    frame = source.read(reading)
    _refuse_others(source, options, {option.name for option in _table_options()})
    return check(frame, **{**_check_options(source.protocol), **options})


def _report(source: DataSource, kind: Kind, given: dict[str, Any]) -> Any:
    if kind.report is None:
        raise UsageError(f"{source.name} contains {kind.title}, which no model is trained on. Name other data.")
    options = dict(given)
    reading = {option.name: options.pop(option.name, option.default) for option in source.options}
    reported = {option.name: option for function in kind.report_options for option in module_options(*function)}
    known = set(reported)
    _refuse_others(source, options, known)
    if isinstance(label := options.get("label"), tuple) and not reported["label"].many:
        if len(label) > 1:
            raise UsageError(f"--label is given {len(label)} times, but a row has one label. Give it once.")
        options["label"] = label[0]
    protocol = {name: value for name, value in source.protocol.items() if name in known}
    content = source.read(reading)
    extra = {"name": source.name} if kind.multiple_files and not known else {}
    return imported(kind.report)(content, **{**protocol, **options, **extra})


def _refuse_others(source: DataSource, options: dict[str, Any], known: set[str]) -> None:
    """Refuses options that the kind of data does not have."""
    for name in options:
        if name not in known:
            raise UsageError(
                f"--{name.replace('_', '-')} does not apply: {source.name} contains {kinds()[source.kind].title}. "
                "Leave it out."
            )


def _commands(file: str, kind: Kind, task: str | None, given: dict[str, Any]) -> list[str]:
    """Returns a command that trains on the data for each task that reads it, with the options given to the check."""
    from seqkit.data.tables.findings import flag as written
    from seqkit.sources import find_source

    is_recognised = find_source(file, given).kind == kind.name and kind.recognises is not None
    options = "".join(f" {written(name, value)}" for name, value in given.items())
    commands = []
    for card in [tasks()[task]] if task else tasks_that_read(kind.name):
        if (recipe := RECIPES.get(card.name)) is None:
            continue
        recipe_tasks = registry.find_recipe(recipe).constants["TASKS"]
        needs_task = next(name for name in recipe_tasks if kind.name in tasks()[name].reads) != card.name
        flag = "" if is_recognised and not needs_task else f" --task {card.name}"
        commands.append(f"seqkit train {recipe} --data {shlex.quote(file)}{flag}{options}")
    return commands


def _check_options(protocol: dict[str, Any]) -> dict[str, Any]:
    """Returns those options of a dataset's protocol that the check of a table takes."""
    names = {option.name for option in _table_options()}
    return {name: value for name, value in protocol.items() if name in names}


def _table_options() -> list[Option]:
    """The options of a table but for the interval, which a finished run sets."""
    options = module_options("seqkit.data.tables.regularise", "regularise")
    return [option for option in options if option.name != "interval"]


def _example_options() -> list[Option]:
    """The columns of labelled texts, and the source of sentence pairs; their target is the option of tables."""
    examples = module_options("seqkit.data.labelled.examples", "find_examples")
    pairs = module_options("seqkit.data.pairs.sentence_pairs", "find_pairs")
    return [*examples, *(option for option in pairs if option.name == "source")]


check = click.Command(
    "check",
    callback=check_file,
    help=check_file.__doc__,
    params=[
        click.Argument(["file"], shell_complete=complete_data),
        *click_options(module_options("seqkit.data.tables.reading", "read_frame"), {}),
        *click_options(_table_options(), {}),
        *click_options(_example_options(), {}),
        Flag(
            ["--task"],
            type=NonEmpty(),
            shell_complete=complete_task,
            help="Read the file as this task does.  [default as what it shows]",
        ),
        Flag(["--json", "as_json"], is_flag=True, help="Print JSON."),
    ],
)
