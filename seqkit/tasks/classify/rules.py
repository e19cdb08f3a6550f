"""Version of the rules by which a run read its labels and drew its parts."""

from seqkit.errors import DataError
from seqkit.runs.run import Run

RULES = 2
"""Current version, `data.rules` in `run.json`; runs without it have version 1."""


def rules_of(run: Run) -> int:
    """Returns the version of the rules of a run.

    Raises:
        DataError: This version of seqkit does not know them.
    """
    rules = run.manifest.data.get("rules", 1)
    if type(rules) is not int or not 1 <= rules <= RULES:
        raise DataError(
            f"{run.path / 'run.json'}: data.rules is {str(rules)[:60]!r}, expected a number from 1 to {RULES}. Install "
            "a newer seqkit, or train the run again."
        )
    return rules
