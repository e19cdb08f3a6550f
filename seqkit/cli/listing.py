"""`seqkit recipes`, `seqkit datasets` and `seqkit tasks`: lists and descriptions."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from seqkit import registry
from seqkit.console.completion import complete_dataset, complete_recipe
from seqkit.console.flags import option, options_to_rows, rows_as_text
from seqkit.console.tables import show_json
from seqkit.data.kinds import kinds
from seqkit.errors import NotFoundError, nearest
from seqkit.options import REQUIRED
from seqkit.tasks import tasks as all_tasks
from seqkit.workflows.settings import tasks_of


def complete_task(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the name of a task in the shell."""
    del ctx, param
    known = all_tasks()
    return [CompletionItem(name, help=known[name].summary) for name in known if name.startswith(incomplete)]


@click.command()
@click.argument("name", required=False, shell_complete=complete_recipe)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def recipes(name: str | None, as_json: bool) -> None:
    """List the recipes, or describe one with its options."""
    if name is None:
        _list(registry.recipes(), as_json)
    else:
        _describe(registry.find_recipe(name), "build_model", ("TASKS", "CAUSAL", "TRAINING", "READOUT"), as_json)


@click.command()
@click.argument("name", required=False, shell_complete=complete_dataset)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def datasets(name: str | None, as_json: bool) -> None:
    """List the datasets, or describe one with its protocol."""
    if name is None:
        _list(registry.datasets(), as_json)
    else:
        _describe(registry.find_dataset(name), "load", ("LICENCE", "SOURCE", "PROTOCOL", "UNITS"), as_json)


@click.command("tasks")
@click.argument("name", required=False, shell_complete=complete_task)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def tasks(name: str | None, as_json: bool) -> None:
    """List the tasks, or describe one with the data it reads and its commands."""
    known = all_tasks()
    if name is None:
        if as_json:
            show_json({name: task.summary for name, task in known.items()})
            return
        for line in rows_as_text([(name, task.summary) for name, task in known.items()]):
            click.echo(line)
        return
    if name not in known:
        raise NotFoundError(f"There is no task '{name}'. {nearest(name, known)}")
    task = known[name]
    recipes = [recipe.name for recipe in registry.recipes().values() if name in tasks_of(recipe)]
    content: dict[str, Any] = {
        "name": name,
        "summary": task.summary,
        "reads": {kind: kinds()[kind].title for kind in task.reads},
        "recipes": recipes,
        "demo": task.demo,
        "commands": dict(task.commands),
    }
    if as_json:
        show_json(content)
        return
    click.echo(f"{name}: {task.summary}\n")
    click.echo(f"Reads: {', '.join(content['reads'].values())}")
    click.echo(f"Recipes: {', '.join(recipes)}")
    click.echo(f"Simulated data: {task.demo}")
    click.echo("Commands:")
    for line in rows_as_text(list(task.commands.items())):
        click.echo(f"  {line}")


def _list(sources: dict[str, registry.Source], as_json: bool) -> None:
    if as_json:
        show_json({name: source.summary for name, source in sources.items()})
        return
    for line in rows_as_text([(name, source.summary) for name, source in sources.items()]):
        click.echo(line)


def _describe(source: registry.Source, function: str, constants: tuple[str, ...], as_json: bool) -> None:
    options = source.options(function)
    if as_json:
        content: dict[str, Any] = {"name": source.name, "file": str(source.path), "docstring": source.docstring}
        content |= {name.lower(): source.constants[name] for name in constants if name in source.constants}
        content["options"] = {
            o.name: {"expected": o.expected(), "help": o.help}
            | ({"required": True} if o.default is REQUIRED else {"default": o.default})
            for o in options
        }
        show_json(content)
        return
    click.echo(f"{source.name}: {source.docstring}\n")
    if options:
        click.echo("Options:")
        for line in rows_as_text(options_to_rows(options)):
            click.echo(f"  {line}")
        click.echo()
    for name in constants:
        if name in source.constants:
            click.echo(f"{name.capitalize()}: {_readable(source.constants[name])}".replace(": \n", ":\n"))
    click.echo(f"File: {source.path}")


def _readable(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {key}: {_readable(item)}".rstrip() for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
