"""State and parts of the generate task: the units of the training text, and three consecutive parts of the text."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seqkit.data.text.text_units import TextUnits, Unit
from seqkit.errors import DataError, UsageError
from seqkit.spec import Spec

MIN_PIECES = 258
"""Least size of a vocabulary of byte pairs: all bytes, the unknown token and one pair."""


class GenerateState(BaseModel):
    """Fitted state of the generate task; with `units.json`, all that inference needs. Stored as JSON.

    Attributes:
        unit: Unit of the text: "char", "word" or "bpe".
        vocabulary: Number of tokens.
        units_sha256: Hash of `units.json`.
        embedding: Dimension of the token embedding.
        one_hot: Whether tokens are read one-hot instead of by a learned embedding.
        tied: Whether the embedding is the output layer, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Unit
    vocabulary: int = Field(ge=3)
    units_sha256: str
    embedding: int = Field(ge=1)
    one_hot: bool
    tied: bool = False

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec.next_token(
            vocabulary=self.vocabulary, embedding=self.embedding, one_hot=self.one_hot, tied=self.tied
        )


@dataclass(frozen=True)
class Part:
    """Consecutive text.

    Attributes:
        ids: Token ids, int32, of shape (tokens,).
        characters: Number of characters.
    """

    ids: np.ndarray
    characters: int


@dataclass(frozen=True)
class Splits:
    """The training, validation and test part of a text, in this order."""

    train: Part
    validation: Part
    test: Part


def prepare(
    text: str,
    *,
    tokenizer: Literal["char", "word", "bpe"] = "char",
    vocabulary: int = 20_000,
    embedding: int | None = None,
    one_hot: bool = False,
    split: str = "0.9,0.05,0.05",
) -> tuple[GenerateState, TextUnits, Splits]:
    """Fits the units on the training text, and encodes the three parts.

    Args:
        text: The text.
        tokenizer: Units of the text. `char`: characters. `word`: words between white space, and line ends. `bpe`:
            pieces of words by byte-pair encoding.
        vocabulary: Maximum number of units, with `bpe` at least 258; others are unknown, [3, inf).
        embedding: Dimension of the token embedding, which with words and pieces is the output layer, too, [1, inf).
            none: 256.
        one_hot: Read tokens one-hot instead of by a learned embedding, for at most 1,000 units.
        split: Fractions of training, validation and test text, in this order; each part ends at a line end.

    Returns:
        The fitted state, the units and the parts.

    Raises:
        UsageError: The split is invalid, or the vocabulary too small for byte pairs.
        DataError: A part is too short.
    """
    parts = _cut(text, split)
    if tokenizer == "bpe" and vocabulary < MIN_PIECES:
        raise UsageError(
            f"--vocabulary is {vocabulary}, but --tokenizer bpe needs at least {MIN_PIECES:,}: all bytes are among its "
            "pieces. Raise it, or leave it out."
        )
    units = TextUnits.fit(parts[0], unit=tokenizer, vocabulary=vocabulary)
    encoded = [Part(units.encode(part), len(part)) for part in parts]
    for name, part in zip(("training", "validation", "test"), encoded, strict=True):
        if len(part.ids) < 2:
            raise DataError(
                f"The {name} part has {len(part.ids)} token{'s' * (len(part.ids) != 1)}, expected at least 2: the text "
                f"has {len(text):,} characters. Give more text, or change --split."
            )
    state = GenerateState(
        unit=tokenizer,
        vocabulary=len(units),
        units_sha256=hashlib.sha256(units.to_json()).hexdigest(),
        embedding=embedding or 256,
        one_hot=one_hot,
        tied=tokenizer != "char" and not one_hot,
    )
    return state, units, Splits(*encoded)


def read_split(split: str) -> list[float]:
    """Returns the fractions of training, validation and test data.

    Raises:
        UsageError: They are not three fractions above 0 that sum to 1.
    """
    try:
        fractions = [float(fraction) for fraction in split.split(",")]
    except ValueError:
        fractions = []
    if len(fractions) != 3 or min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise UsageError(
            f"The split '{split}' cannot be used. Use three fractions above 0 that sum to 1, such as 0.9,0.05,0.05."
        )
    return fractions


def _cut(text: str, split: str) -> list[str]:
    """Returns the three parts of a text, each cut after a line end where there is one in the next part."""
    fractions, cuts = read_split(split), [0]
    for fraction in (fractions[0], fractions[0] + fractions[1]):
        cut = max(cuts[-1], int(len(text) * fraction))
        line_end = text.find("\n", cut)
        cuts.append(cut if line_end < 0 or line_end + 1 >= len(text) else line_end + 1)
    return [text[first:end] for first, end in zip(cuts, [*cuts[1:], len(text)], strict=True)]
