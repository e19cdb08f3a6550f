"""Sentences as token ids: byte pairs, so that every name and number can be spelled, and an end."""

from collections.abc import Sequence

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.text_units import END_OF_LINE, TextUnits

PAD = 0
"""Id of padding: that of the unknown token, which byte pairs never use."""


def fit_units(sentences: Sequence[str], vocabulary: int) -> TextUnits:
    """Returns the byte pairs of some sentences.

    Args:
        sentences: The sentences.
        vocabulary: Maximum number of tokens, [258, inf).
    """
    return TextUnits.fit(
        "".join(f"{sentence}\n" for sentence in map(one_line, sentences)), unit="bpe", vocabulary=vocabulary
    )


def end_of(units: TextUnits) -> int:
    """Returns the id that ends a sentence, and that the decoder reads before the first token."""
    return int(units.encode(END_OF_LINE)[0])


def encode(units: TextUnits, sentences: Sequence[str]) -> Ragged:
    """Returns the token ids of sentences, each followed by the end."""
    ids = units.encode("".join(f"{one_line(sentence)}\n" for sentence in sentences))
    ends = np.flatnonzero(ids == end_of(units)) + 1
    return Ragged(ids, np.concatenate([[0], ends]))


def decode(units: TextUnits, ids: Sequence[int]) -> str:
    """Returns the sentence of token ids without the end."""
    return one_line(units.decode(ids))


def one_line(sentence: str) -> str:
    """Returns a sentence without line ends and without blanks around it."""
    return sentence.replace("\r", " ").replace("\n", " ").strip()
