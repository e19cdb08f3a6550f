"""State and parts of the translate task: byte pairs of both sides fitted on the training pairs, and three parts."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.pairs.sentence_pairs import Pairs
from seqkit.data.pairs.splits import split_pairs
from seqkit.data.text.text_units import TextUnits
from seqkit.errors import DataError
from seqkit.spec import Spec
from seqkit.tasks.translate.encoding import encode, end_of, fit_units

MIN_VOCABULARY = 258
"""The bytes, the unknown token, and one pair."""


class TranslateState(BaseModel):
    """Fitted state of the translate task; with the units of both sides, all that inference needs. Stored as JSON.

    Attributes:
        source_vocabulary, target_vocabulary: Number of tokens of each side.
        source_units_sha256, target_units_sha256: Hash of `source_units.json` and `target_units.json`.
        end: Id of the target token that ends a sentence.
        embedding: Dimension of the token embeddings.
        length: Maximum number of tokens of a side in training.
        ratio: Target tokens per source token in training.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_vocabulary: int = Field(ge=MIN_VOCABULARY - 1)
    target_vocabulary: int = Field(ge=MIN_VOCABULARY - 1)
    source_units_sha256: str
    target_units_sha256: str
    end: int = Field(ge=1)
    embedding: int = Field(ge=1)
    length: int = Field(ge=2)
    ratio: float = Field(gt=0, le=1000, allow_inf_nan=False)

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec.translation(
            source_vocabulary=self.source_vocabulary,
            target_vocabulary=self.target_vocabulary,
            embedding=self.embedding,
        )


@dataclass(frozen=True)
class Part:
    """Encoded pairs.

    Attributes:
        sources, targets: Token ids, each sentence with its end.
        rows: Position of each pair among all pairs, int64, of shape (pairs,).
    """

    sources: Ragged
    targets: Ragged
    rows: np.ndarray

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.rows)


@dataclass(frozen=True)
class Splits:
    """The training, validation and test part.

    Attributes:
        train, validation, test: The parts.
        source_units, target_units: Byte pairs of each side.
        notes: Messages about the data, one line each.
    """

    train: Part
    validation: Part
    test: Part
    source_units: TextUnits
    target_units: TextUnits
    notes: list[str]


def prepare(
    pairs: Pairs,
    *,
    vocabulary: int = 4000,
    subwords: Literal["joint", "separate"] = "joint",
    length: int = 100,
    embedding: int = 256,
    split: str = "0.8,0.1,0.1",
) -> tuple[TranslateState, Splits]:
    """Fits the byte pairs on the training sentences, and encodes the three parts.

    Args:
        pairs: The pairs of sentences.
        vocabulary: Maximum number of tokens, which are pieces of words, [258, inf).
        subwords: Pieces of words. `joint`: the same for both sides, for languages of one script: names are then spelt
            alike. `separate`: as many for each side.
        length: Maximum number of tokens of either side in training; longer pairs are left out of it, [2, inf).
        embedding: Dimension of the token embeddings, [1, inf).
        split: Shares of training, validation and test. Pairs that share a sentence are in the same part. If the data
            has its own parts, these are kept.

    Returns:
        The fitted state, and the parts.

    Raises:
        UsageError: The split is invalid.
        DataError: A part is empty, or all training pairs are too long.
    """
    rows = split_pairs(pairs, split)
    sources, targets = ([pairs.sources[i] for i in rows["train"]], [pairs.targets[i] for i in rows["train"]])
    if subwords == "joint":
        source_units = target_units = fit_units([*sources, *targets], vocabulary)
    else:
        source_units, target_units = fit_units(sources, vocabulary), fit_units(targets, vocabulary)
    parts = {
        name: Part(
            encode(source_units, [pairs.sources[i] for i in positions]),
            encode(target_units, [pairs.targets[i] for i in positions]),
            positions,
        )
        for name, positions in rows.items()
    }
    train = parts["train"]
    lengths = np.maximum(train.sources.lengths, train.targets.lengths)
    too_long = int((lengths > length).sum())
    if too_long == len(lengths):
        raise DataError(
            f"All {len(lengths):,} training pairs have more than {length} tokens on a side; the shortest has "
            f"{lengths.min()}. Raise --length, or split the texts into sentences."
        )
    notes = [_length_note(train, source_units, target_units, subwords)]
    if too_long:
        count = "1 training pair" if too_long == 1 else f"{too_long:,} training pairs"
        notes.append(f"left {count} with more than {length} tokens on a side out of training")
    state = TranslateState(
        source_vocabulary=len(source_units),
        target_vocabulary=len(target_units),
        source_units_sha256=hashlib.sha256(source_units.to_json()).hexdigest(),
        target_units_sha256=hashlib.sha256(target_units.to_json()).hexdigest(),
        end=end_of(target_units),
        embedding=embedding,
        length=length,
        ratio=round(len(train.targets.values) / len(train.sources.values), 4),
    )
    return state, Splits(
        **{name: parts[name] for name in ("train", "validation", "test")},
        source_units=source_units,
        target_units=target_units,
        notes=notes,
    )


def _length_note(train: Part, source_units: TextUnits, target_units: TextUnits, subwords: str) -> str:
    sizes = f"{len(source_units):,} joint pieces"
    if subwords == "separate":
        sizes = f"{len(source_units):,} source pieces, {len(target_units):,} target pieces"
    source, target = float(train.sources.lengths.mean()), float(train.targets.lengths.mean())
    return f"vocabulary: {sizes}; tokens per training pair: {source:.1f} source, {target:.1f} target"
