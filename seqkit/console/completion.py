"""Completion in the shell: runs, recipes, datasets, files. It reads names in folders, and no library is imported."""

import os
from pathlib import Path

from click import Context, Parameter
from click.shell_completion import CompletionItem

from seqkit import registry
from seqkit.options import Option

PATHS = {"analogies", "pairs", "vectors"}
"""Options of signatures that name a file."""

COLUMNS = {"time", "id", "target", "features", "past", "future", "static", "text", "label", "source"}
"""Options of signatures that name a column of the data."""


def complete_run(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes a run: those under `runs/`, else any folder."""
    del ctx, param
    return _runs(incomplete) or [CompletionItem(incomplete, type="dir")]


def complete_run_or_file(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes a run under `runs/`, else a file."""
    del ctx, param
    return _runs(incomplete) or [CompletionItem(incomplete, type="file")]


def complete_recipe(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the name of a recipe, else its file."""
    del ctx, param
    return _names(registry.recipes(), incomplete) or [CompletionItem(incomplete, type="file")]


def complete_dataset(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the name of a dataset."""
    del ctx, param
    return _names(registry.datasets(), incomplete)


def complete_data(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the name of a dataset or a file of the same beginning, else a file."""
    del ctx, param
    names = _names(registry.datasets(), incomplete)
    return [*names, *_files(incomplete)] if names else [CompletionItem(incomplete, type="file")]


def complete_file(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Completes a file."""
    del ctx, param
    return [CompletionItem(incomplete, type="file")]


def complete_value(ctx: Context, option: Option, incomplete: str) -> list[CompletionItem[str]]:
    """Completes the value of an option that a signature has: one of its choices, a column of the data, or a file."""
    if option.name in COLUMNS:
        columns: list[str] = getattr(ctx.command, "column_names", list)()
        return [CompletionItem(name) for name in columns if name.startswith(incomplete)]
    if option.name in PATHS:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(str(choice)) for choice in option.choices if str(choice).startswith(incomplete)]


def _names(sources: dict[str, registry.Source], incomplete: str) -> list[CompletionItem[str]]:
    return [CompletionItem(name, help=sources[name].summary) for name in sources if name.startswith(incomplete)]


def _runs(incomplete: str) -> list[CompletionItem[str]]:
    """Returns the runs under `runs/` whose path begins so, the newest first."""
    manifests = Path("runs").glob("*/run.json")
    paths = [path.parent for path in sorted(manifests, key=_modified, reverse=True)]
    return [CompletionItem(str(path)) for path in paths if str(path).startswith(incomplete)]


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # It has just been replaced.
        return 0.0


def _files(incomplete: str) -> list[CompletionItem[str]]:
    """Returns the visible files and folders of the working directory whose name begins so."""
    with os.scandir() as entries:
        found = [entry.name + "/" * entry.is_dir() for entry in entries if not entry.name.startswith(".")]
    return [CompletionItem(name) for name in sorted(found) if name.startswith(incomplete)]
