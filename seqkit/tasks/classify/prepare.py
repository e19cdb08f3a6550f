"""Classify: which label a whole text or a whole series carries.

`prepare_texts` and `prepare_series`, in the files beside this one, fit all that inference needs to know into a frozen
state, on training examples only; a text's tokenizer stands beside it. A model reads token ids, or scaled steps, and
gives out one logit for each class; `decode` turns those into probabilities.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged
from seqkit.data.labelled.splits import split_examples
from seqkit.data.text.tokenizer import TextTokenizer
from seqkit.errors import DataError, nearest
from seqkit.spec import Spec
from seqkit.tasks.classify.metrics import predicted


class TextState(BaseModel):
    """All that inference needs to know of texts beside the tokenizer, as JSON.

    Attributes:
        classes: The labels, in the order of the model's outputs.
        multi_label: Whether a text may carry several labels.
        length: Tokens of a text that are read at most.
        keep: Which end of a longer text is read.
        vocabulary: Token ids there are.
        tokenizer_sha256: Hash of `tokenizer.json`.
        embedding: Numbers that a token becomes.
        one_hot: Whether these are not learned but say which token it is.
        tune: Whether the embedding is learned.
        token_dropout: Share of the tokens that were read as unknown in training.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["texts"] = "texts"
    classes: tuple[str, ...] = Field(min_length=2)
    multi_label: bool = Field(validation_alias=AliasChoices("multi_label", "several"), serialization_alias="several")
    length: int = Field(ge=1)
    keep: Literal["start", "end"]
    vocabulary: int = Field(ge=3)
    tokenizer_sha256: str
    embedding: int = Field(ge=1)
    one_hot: bool
    tune: bool
    token_dropout: float = Field(ge=0, lt=1)

    @property
    def spec(self) -> Spec:
        """What a model for this state takes in and gives out."""
        return Spec.tokens(
            length=self.length,
            vocabulary=self.vocabulary,
            classes=len(self.classes),
            multi_label=self.multi_label,
            embedding=self.embedding,
            one_hot=self.one_hot,
            tune=self.tune,
            token_dropout=self.token_dropout,
        )


class SeriesState(BaseModel):
    """All that inference needs to know of series, as JSON.

    Attributes:
        classes: The labels, in the order of the model's outputs.
        multi_label: Whether a series may carry several labels.
        channels: Names of the channels, in order.
        steps: Length of every series; None where lengths differ.
        mean, deviation: Of each channel, over the training series.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["series"] = "series"
    classes: tuple[str, ...] = Field(min_length=2)
    multi_label: bool = Field(validation_alias=AliasChoices("multi_label", "several"), serialization_alias="several")
    channels: tuple[str, ...] = Field(min_length=1)
    steps: int | None = Field(ge=1)
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @property
    def spec(self) -> Spec:
        """What a model for this state takes in and gives out."""
        return Spec.series(
            steps=self.steps, features=len(self.channels), classes=len(self.classes), multi_label=self.multi_label
        )


State = TextState | SeriesState


@dataclass(frozen=True)
class Splits:
    """The three parts, and what was fitted on the first beside the state.

    Attributes:
        train, validation, test: The parts.
        tokenizer: Of texts.
        embedding: Pretrained vectors of the tokens, (vocabulary, embedding); None where there are none.
        notes: What a person wants to know of the data, a line each.
    """

    train: Part
    validation: Part
    test: Part
    tokenizer: TextTokenizer | None
    embedding: np.ndarray | None
    notes: list[str]


def find_parts(examples: Examples, split: str) -> dict[str, np.ndarray]:
    """Returns where the examples of "train", "validation" and "test" stand; see `split_examples`."""
    keys = examples.texts if examples.texts is not None else [each.tobytes() for each in examples.series or ()]
    return split_examples(keys, examples.labels, examples.parts, split)


def encode_series(state: SeriesState, series: Sequence[np.ndarray]) -> Ragged:
    """Returns the series scaled, as float32; scaling is done in float64.

    Raises:
        DataError: A series has other channels or another length than those of training, or a value is not finite.
    """
    for number, each in enumerate(series, start=1):
        if each.ndim != 2 or each.shape[1] != len(state.channels):
            raise DataError(
                f"Series {number} has the shape {each.shape}; the model was trained on (steps, {len(state.channels)})."
            )
        if state.steps is not None and len(each) != state.steps:
            raise DataError(
                f"Series {number} has {len(each)} steps; the model was trained on series of {state.steps}. Cut or "
                "resample it to that length."
            )
        if not len(each) or not np.isfinite(each).all():
            raise DataError(f"Series {number} is empty or holds a value that is not a number. Mend or leave it out.")
    mean, deviation = np.array(state.mean), np.array(state.deviation)
    with np.errstate(over="ignore"):
        scaled = [((each - mean) / deviation).astype(np.float32) for each in series]
    for number, (each, own) in enumerate(zip(series, scaled, strict=True), start=1):
        if not np.isfinite(own).all():
            raise DataError(
                f"Series {number} reaches {each.flat[np.abs(each).argmax()]:g}, which scaled is beyond what 32 bits "
                "hold. Mend or leave it out."
            )
    return Ragged.from_sequences(scaled)


def decode(state: State, logits: np.ndarray) -> np.ndarray:
    """Returns the probability of each class, float64, of shape (examples, classes); rows sum to 1 unless `multi_label`.

    Args:
        state: The fitted state.
        logits: Of the model, of shape (examples, classes).
    """
    x = logits.astype(np.float64)
    if state.multi_label:
        return np.exp(-np.logaddexp(0, -x))
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def chosen_labels(state: State, probabilities: np.ndarray) -> list[tuple[str, ...]]:
    """Returns the labels that each example is said to carry: the likeliest, or all that are likely."""
    if not state.multi_label:
        return [(state.classes[i],) for i in predicted(probabilities, multi_label=False)]
    return [tuple(np.array(state.classes)[row].tolist()) for row in predicted(probabilities, multi_label=True)]


def encode_labels(
    classes: tuple[str, ...], multi_label: bool, labels: Sequence[tuple[str, ...]], part: str
) -> np.ndarray:
    """Returns the truth of labelled examples, as `Part` has it.

    Args:
        classes: The labels that are known, in order.
        multi_label: Whether an example may carry several.
        labels: Of each example.
        part: What the examples are for, as a message calls it.

    Raises:
        DataError: A label is none that training has seen.
    """
    number_of = {label: i for i, label in enumerate(classes)}
    counts = Counter(label for own in labels for label in own if label not in number_of)
    if counts:
        label, count = counts.most_common(1)[0]
        first = next(i for i, own in enumerate(labels, start=1) if label in own)
        hint = nearest(label, classes)
        raise DataError(
            f"The {part} part has the label '{label}' ({count} examples, the first is its number {first}), which no "
            f"training example has. {hint if hint.startswith('Did') else 'Known: ' + _listed(classes) + '.'} Mend it, "
            "leave those examples out, or train with some of them."
        )
    if not multi_label:
        return np.array([number_of[own[0]] for own in labels], np.int64)
    y_true = np.zeros((len(labels), len(classes)), bool)
    for i, own in enumerate(labels):
        y_true[i, [number_of[label] for label in own]] = True
    return y_true


def classes_of(examples: Examples, rows: dict[str, np.ndarray]) -> tuple[str, ...]:
    """Returns the labels of the training examples, numbers in their order and words in theirs.

    Raises:
        DataError: There is one label only.
    """
    seen = {label for i in rows["train"] for label in examples.labels[i]}
    if len(seen) < 2:
        raise DataError(
            f"All training examples have the label '{next(iter(seen), '')}': there is nothing to tell apart. Give "
            "examples of another label, or another --split."
        )
    return tuple(sorted(seen, key=lambda label: (0, int(label), "") if _is_count(label) else (1, 0, label)))


def _is_count(label: str) -> bool:
    return label.isascii() and label.isdigit()


def truth_of(examples: Examples, rows: np.ndarray, classes: tuple[str, ...], part: str) -> np.ndarray:
    """Returns the truth of some examples, of the given part; see `encode_labels`."""
    return encode_labels(classes, examples.multi_label, [examples.labels[i] for i in rows], part)


def _listed(classes: Sequence[str]) -> str:
    return ", ".join(f"'{each}'" for each in classes[:10]) + (", …" if len(classes) > 10 else "")
