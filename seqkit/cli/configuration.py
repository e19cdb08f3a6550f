"""Configuration files of trainings: options in TOML, which those of the command line override."""

import tomllib
from pathlib import Path
from typing import Any

from seqkit.errors import UNREADABLE, UsageError
from seqkit.options import Option, with_current_names
from seqkit.registry import Source

RUN_OPTIONS = (
    Option("data", str, None),
    Option("out", str, None),
    Option("overwrite", bool, False),
    Option("test", str, None),
    Option("task", str, None),
)
"""Options of a configuration file that are not options of the training itself."""


def read_config(path: str, recipe: Source) -> dict[str, Any]:
    """Returns the options of a configuration file; those of a run are checked.

    Raises:
        UsageError: The file cannot be read, is for another recipe, or has a value of the wrong type.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The configuration '{path}' cannot be read: {error.strerror}. {UNREADABLE}") from error
    except (ValueError, RecursionError) as error:  # invalid UTF-8, huge integers, deep nesting
        raise UsageError(f"The configuration {path} is not valid TOML: {error}.") from error
    config = with_current_names({name.replace("-", "_"): value for name, value in content.items()})
    if config.pop("recipe", recipe.name) != recipe.name:
        raise UsageError(
            f"The configuration {path} is for the recipe '{content['recipe']}', not '{recipe.name}'. Train that "
            "recipe, or name another file."
        )
    for name, value in config.items():
        if isinstance(value, dict):
            raise UsageError(f"The configuration {path} has a table [{name}]. Write options at the top level.")
    return {**config, **{o.name: check_value(o, config[o.name], path) for o in RUN_OPTIONS if o.name in config}}


def check_value(option: Option, value: Any, path: str) -> Any:
    """Returns the checked value of an option in the configuration file at `path`."""
    if option.name == "test" and isinstance(value, bool):
        return value  # whether to score the test part; a text names test data
    try:
        return option.check(value)
    except UsageError as error:
        raise UsageError(f"In the configuration {path}: {error}") from error
