"""Chooses the words of a corpus that are frequent enough for a vector."""

from __future__ import annotations

import numpy as np

from seqkit.errors import DataError

_MAX_QUOTE = 60


def frequent_words(
    table: list[str],
    counts: np.ndarray,
    *,
    min_count: int,
    vocabulary: int | None = None,
    unit: str = "word",
    cause: str | None = None,
) -> tuple[list[str], np.ndarray]:
    """Returns the words of the vocabulary in their new order, and their old ids, preceded by that of the line end.

    Args:
        table: All words; the first is the line end.
        counts: Count of each; 0 for one that must not be in the vocabulary.
        min_count: Minimum count of a word.
        vocabulary: Maximum number of words, None without a limit.
        unit: What a word is, for messages.
        cause: Why there may be few words, and the remedy, if that is known.

    Raises:
        DataError: There are fewer than two words.
    """
    frequent = np.flatnonzero(counts[1:] >= min_count) + 1
    if len(frequent) < 2:
        most = int(np.argmax(counts[1:])) + 1
        example = table[most] if len(table[most]) <= _MAX_QUOTE else table[most][:_MAX_QUOTE] + "…"
        example = f"the most frequent, '{example}', occurs {counts[most]:,} time{'' if counts[most] == 1 else 's'}"
        remedy = "Lower --min-count, or pass more text."
        if cause is not None:
            remedy = f"{cause[0].upper()}{cause[1:]}."
        if not len(frequent):
            raise DataError(f"No {unit} occurs {min_count:,} times: {example}. {remedy}")
        if min_count > 1:
            raise DataError(
                f"Only one {unit} occurs at least {min_count:,} times, but training needs at least two: {example}. "
                f"{remedy}"
            )
        raise DataError(
            f"The corpus contains only one distinct {unit}, '{table[most][:_MAX_QUOTE]}', but training needs two. "
            + (remedy if cause is not None else "Pass more text.")
        )
    frequent = np.array(sorted(frequent.tolist(), key=table.__getitem__))
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")][:vocabulary]
    return [table[number] for number in frequent.tolist()], np.concatenate([[0], frequent])
