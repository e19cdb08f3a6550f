"""The way of a table from a frame as it was read to regular rows, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqkit.data.drafting import start_draft
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.gaps import fill_holes
from seqkit.data.tables.grid import find_grid
from seqkit.data.tables.ordering import merge_duplicates, resample, sort_rows, turn_to_utc
from seqkit.data.tables.working_table import Draft

if TYPE_CHECKING:
    import pandas

_MOST_ROUNDS = 20


def examine(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool = True) -> Draft:
    """Takes a frame through all stages.

    Args:
        frame: As it was read.
        choices: Roles and remedies.
        must_choose: Whether it is an error that no target is told.

    Returns:
        A draft whose rows are regular, if none of its findings is blocking.

    Raises:
        UsageError: A choice does not fit the columns.
        DataError: There are no rows, or columns of the same name.
    """
    draft = start_draft(frame, choices, must_choose=must_choose)
    if len(draft):
        sort_rows(draft)
        turn_to_utc(draft)
    if len(draft):
        merge_duplicates(draft)
        resample(draft)
        if find_grid(draft):
            fill_holes(draft)
        draft.forget_empty_series()
    return draft


def examine_roles(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool) -> Draft:
    """As `examine`, but examines the table again where it was misread, so that what is found is about the right one.

    It was misread where rows of the same time show that a column is part of the time, or names the series.
    """
    draft = examine(frame, choices, must_choose=must_choose)
    misread = [finding for finding in draft.findings if finding.remedy.keys() & {"time", "id"}]
    if not misread:
        return draft
    again = examine(frame, choices.merged(misread[0].remedy), must_choose=must_choose)
    again.findings = misread[:1] + [f for f in again.findings if not f.remedy.keys() & {"time", "id"}]
    return again


def remedied(frame: pandas.DataFrame, draft: Draft) -> tuple[Choices, bool]:
    """Returns the choices that mend all that can be mended, and whether they mend everything.

    A remedy can bring out what it hid: a sentinel read as missing is a hole, bins can be empty. So the mended table is
    examined again, until nothing new is found.

    Args:
        frame: As it was read.
        draft: What `examine` or `examine_roles` made of it.
    """
    choices = draft.choices
    for _ in range(_MOST_ROUNDS):
        blocking = [finding for finding in draft.findings if finding.blocking]
        if not blocking:
            return choices, True
        amended = choices
        for finding in blocking:
            amended = amended.merged(finding.remedy)
        draft = examine(frame, amended, must_choose=False)
        if amended == choices and any(finding.blocking for finding in draft.findings):
            return choices, False
        choices = amended
    return choices, False
