"""Names the columns of answers apart from columns that are already there."""

from collections.abc import Iterable, Sequence


def distinct_columns(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Returns names of new columns: a name that is taken, or repeated, gets the next free number from 2.

    Args:
        names: Preferred names.
        taken: Names of the columns that are already there.

    Example:
        >>> distinct_columns(["predicted", "probability"], ["text", "predicted"])
        ['predicted_2', 'probability']
    """
    used, reserved = set(taken), {*taken, *names}
    distinct = []
    for name in names:
        new, number = name, 2
        while new in used or (new != name and new in reserved):
            new, number = f"{name}_{number}", number + 1
        used.add(new)
        distinct.append(new)
    return distinct
