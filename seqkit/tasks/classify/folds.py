"""Folds of cross-validation, for data with too few examples for a validation part."""

import numpy as np

from seqkit.data.labelled.duplicates import series_groups
from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.splits import SEED, part_sizes
from seqkit.data.labelled.stratification import stratify
from seqkit.errors import UsageError

FEW = 100
"""A smaller validation part is given up for cross-validation."""

FOLDS = 5
"""Default number of folds."""


def fold_numbers(examples: Examples, rows: dict[str, np.ndarray], folds: int | None) -> np.ndarray | None:
    """Returns the fold of each training and validation example, in the order of their rows.

    Folds are stratified by label, and copies of a series are in the same fold.

    Args:
        examples: Labelled series.
        rows: Row numbers of "train" and "validation".
        folds: Number of folds; 0 for none. None chooses `FOLDS` if the data defines no validation part and the drawn
            one has fewer than `FEW` examples.

    Returns:
        Fold numbers from 0, int64 of shape (examples,), or None if the validation part chooses.

    Raises:
        UsageError: There are fewer examples than folds, or only one fold.
    """
    if folds is None:
        is_given = examples.parts is not None and (examples.parts == "validation").any()
        folds = 0 if is_given or len(rows["validation"]) >= FEW else FOLDS
        folds = 0 if len(rows["train"]) + len(rows["validation"]) < 2 * FOLDS else folds
    if folds == 0:
        return None
    joined = np.sort(np.concatenate([rows["train"], rows["validation"]]))
    if not 2 <= folds <= len(joined):
        raise UsageError(
            f"Cross-validation of {len(joined):,} examples needs from 2 to {len(joined):,} folds, got {folds}. Pass "
            "such a number with --folds, or 0 for a validation part."
        )
    series = examples.series or []
    groups = series_groups([series[i] for i in joined.tolist()])
    labels = [examples.labels[i] for i in joined.tolist()]
    sizes = part_sizes(len(joined), np.full(folds, 1 / folds))
    return stratify(groups, labels, sizes, np.random.default_rng(SEED))
