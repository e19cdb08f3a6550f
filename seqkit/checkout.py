"""Finds the folders `recipes` and `datasets` of a checkout, where they stand at the top level.

An installed package holds both inside itself and has no such folders beside it.
"""

import tomllib
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def source_dir(name: str) -> list[str]:
    """Returns the folder of that name at the top of the checkout this package is imported from.

    Args:
        name: `"recipes"` or `"datasets"`.

    Returns:
        The folder's path as the only element; no element where the package is installed and stands in no checkout
        of seqkit, or where the checkout has no such folder.
    """
    folder = _ROOT / name
    return [str(folder)] if folder.is_dir() and _is_checkout(_ROOT) else []


def _is_checkout(root: Path) -> bool:
    """Whether `root` has a pyproject.toml and it is ours, not that of a project which carries a copy of the package."""
    try:
        with (root / "pyproject.toml").open("rb") as file:
            return tomllib.load(file).get("project", {}).get("name") == "seqkit"
    except (FileNotFoundError, tomllib.TOMLDecodeError):
        return False
