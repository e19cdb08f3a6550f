"""State, splits, encoding and decoding of the classify task.

`prepare_texts` and `prepare_series` fit a frozen state, and for texts a tokenizer, on the training examples only.
Inference needs nothing else. A model reads token ids or scaled steps and outputs one logit per class; `decode` turns
logits into probabilities.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from seqkit.data.labelled.duplicates import group_numbers, series_groups, text_groups
from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.former_splits import draw_by_label
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged
from seqkit.data.labelled.spelling import class_finder
from seqkit.data.labelled.splits import split_examples
from seqkit.data.text.tokenizer import TextTokenizer
from seqkit.errors import DataError, nearest
from seqkit.spec import Spec
from seqkit.tasks.classify.metrics import predicted
from seqkit.tasks.classify.rules import RULES


class TextState(BaseModel):
    """Fitted state for texts; with the tokenizer, all that inference needs. Stored as JSON.

    Attributes:
        classes: Class names, in the order of the model's outputs.
        multi_label: Whether a text may have several labels.
        length: Maximum number of tokens per text.
        keep: The end of a longer text that is kept.
        vocabulary: Number of token ids.
        tokenizer_sha256: Hash of `tokenizer.json`.
        embedding: Dimension of the token embedding.
        one_hot: Whether tokens are read one-hot instead of by a learned embedding.
        tune: Whether the embedding is trained.
        token_dropout: Share of the tokens replaced by the unknown token in training.
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
        """Inputs and outputs of a model for this state."""
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
    """Fitted state for series: all that inference needs. Stored as JSON.

    Attributes:
        classes: Class names, in the order of the model's outputs.
        multi_label: Whether a series may have several labels.
        channels: Names of the channels, in order.
        steps: Length of every series; None if lengths differ.
        longest: Length of the longest training series if lengths differ; None in runs that did not store it.
        mean, deviation: Mean and standard deviation of each channel over the training series.
        each_series: Whether each series is standardised by its own mean and deviation instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["series"] = "series"
    classes: tuple[str, ...] = Field(min_length=2)
    multi_label: bool = Field(validation_alias=AliasChoices("multi_label", "several"), serialization_alias="several")
    channels: tuple[str, ...] = Field(min_length=1)
    steps: int | None = Field(ge=1)
    longest: int | None = Field(default=None, ge=1)
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    each_series: bool = False

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec.series(
            steps=self.steps,
            features=len(self.channels),
            classes=len(self.classes),
            multi_label=self.multi_label,
            longest=self.longest,
        )


State = TextState | SeriesState


@dataclass(frozen=True)
class Splits:
    """The encoded train, validation and test parts.

    Attributes:
        train, validation, test: The parts.
        tokenizer: Tokenizer fitted on the training texts; None for series.
        embedding: Pretrained vectors of the tokens, of shape (vocabulary, embedding); None without `vectors`.
        notes: Messages about the data, one line each.
        folds: Fold of each training example, from 0, if cross-validation takes the place of a validation part: then all
            examples but those of the test part are both in `train` and in `validation`. None otherwise.
    """

    train: Part
    validation: Part
    test: Part
    tokenizer: TextTokenizer | None
    embedding: np.ndarray | None
    notes: list[str]
    folds: np.ndarray | None = None


def split_rows(examples: Examples, split: str, rules: int = RULES) -> dict[str, np.ndarray]:
    """Returns the row numbers of the "train", "validation" and "test" parts; see `split_examples`.

    Args:
        examples: The examples.
        split: Fractions of training, validation and test.
        rules: Version of the rules; see `seqkit.tasks.classify.rules`.
    """
    texts, series = examples.texts, examples.series or []
    if rules == 1:
        keys = texts if texts is not None else [values.tobytes() for values in series]
        return split_examples(group_numbers(keys), examples.labels, examples.parts, split, draw=draw_by_label)
    groups = series_groups(series) if texts is None else text_groups(texts)
    return split_examples(groups, examples.labels, examples.parts, split)


def uncovered_classes(examples: Examples, rows: dict[str, np.ndarray], classes: tuple[str, ...]) -> list[str]:
    """Returns a note if validation or test has no example of some classes."""
    counts = {
        part: len(set(classes).difference(*(examples.labels[i] for i in rows[part]))) for part in ("validation", "test")
    }
    missing = ", ".join(f"{count:,} of {len(classes):,} in {part}" for part, count in counts.items() if count)
    return [f"classes without an example: {missing}; scores there say nothing about them"] if missing else []


def encode_series(state: SeriesState, series: Sequence[np.ndarray]) -> Ragged:
    """Standardises series with the training statistics, or each alone, in float64, and returns them as float32.

    Raises:
        DataError: A series differs from the training series in its channels or length, or a value is not finite.
    """
    for number, values in enumerate(series, start=1):
        if values.ndim != 2 or values.shape[1] != len(state.channels):
            is_transposed = values.ndim == 2 and len(values) == len(state.channels)
            raise DataError(
                f"Series {number} has the shape {values.shape}; the model was trained on (steps, "
                f"{len(state.channels)}). {'Transpose the series.' if is_transposed else 'Give series of that shape.'}"
            )
        if state.steps is not None and len(values) != state.steps:
            raise DataError(
                f"Series {number} has {len(values)} steps; the model was trained on series of {state.steps}. Cut or "
                "resample it to that length."
            )
        if not len(values) or not np.isfinite(values).all():
            raise DataError(f"Series {number} is empty or contains a value that is not finite. Fix it or leave it out.")
    mean, deviation = np.array(state.mean), np.array(state.deviation)
    with np.errstate(over="ignore"):
        scaled = [
            ((values - mean) / deviation).astype(np.float32)
            for values in (map(standardised_alone, series) if state.each_series else series)
        ]
    for number, (values, scaled_values) in enumerate(zip(series, scaled, strict=True), start=1):
        if not np.isfinite(scaled_values).all():
            raise DataError(
                f"Series {number} reaches {values.flat[np.abs(values).argmax()]:g}, which overflows float32 after "
                "scaling. Fix it or leave it out."
            )
    return Ragged.from_sequences(scaled)


def standardised_alone(values: np.ndarray) -> np.ndarray:
    """Returns a series (steps, channels) with mean 0 and deviation 1 in each channel; a constant channel becomes 0."""
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    is_constant = deviation <= 1e-12 * np.abs(mean)  # up to rounding
    standardised: np.ndarray = (values - mean) / np.where(is_constant | (deviation == 0), 1.0, deviation)
    return np.where(is_constant, 0.0, standardised)


def decode(state: State, logits: np.ndarray) -> np.ndarray:
    """Turns logits into class probabilities: softmax, or sigmoid if `multi_label`.

    Args:
        state: The fitted state.
        logits: Outputs of the model, of shape (examples, classes).

    Returns:
        Probabilities, float64, of shape (examples, classes).
    """
    x = logits.astype(np.float64)
    if state.multi_label:
        return np.exp(-np.logaddexp(0, -x))
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def predicted_labels(state: State, probabilities: np.ndarray) -> list[tuple[str, ...]]:
    """Returns the predicted labels of each example: the most likely one, or if `multi_label` all above one half."""
    if not state.multi_label:
        return [(state.classes[i],) for i in predicted(probabilities, multi_label=False)]
    return [tuple(np.array(state.classes)[row].tolist()) for row in predicted(probabilities, multi_label=True)]


def encode_labels(
    classes: tuple[str, ...], multi_label: bool, labels: Sequence[tuple[str, ...]], part: str
) -> np.ndarray:
    """Encodes labels as class indices, or as booleans per class if `multi_label`; see `Part`.

    Args:
        classes: Class names, in order.
        multi_label: Whether an example may have several labels.
        labels: Labels of each example.
        part: Name of the part, for the message.

    Raises:
        DataError: No training example has one of the labels.
    """
    find = class_finder(classes)
    names = dict.fromkeys(label for example in labels for label in example)
    index = {label: i for label in names if (i := find(label)) is not None}
    unknown = Counter(label for example in labels for label in example if label not in index)
    if unknown:
        label, count = unknown.most_common(1)[0]
        first = next(i for i, example in enumerate(labels, start=1) if label in example)
        hint, number_of = nearest(label, classes), f"{count:,} example{'s' * (count > 1)}"
        raise DataError(
            f"The {part} part has the label '{label}' ({number_of}, the first is its number {first}), which no "
            f"training example has. {hint if hint.startswith('Did') else 'Known: ' + _quoted(classes) + '.'} Fix it, "
            "leave those examples out, or train with some of them."
        )
    if not multi_label:
        _check_single(labels, part)
        return np.array([index[example[0]] for example in labels], np.int64)
    y_true = np.zeros((len(labels), len(classes)), bool)
    for i, example in enumerate(labels):
        y_true[i, [index[label] for label in example]] = True
    return y_true


def _check_single(labels: Sequence[tuple[str, ...]], part: str) -> None:
    """Raises DataError if an example does not have exactly one label."""
    for number, example in enumerate(labels, start=1):
        if len(example) != 1:
            raise DataError(
                f"Example {number:,} of the {part} part has {len(example)} labels; the run was trained on one "
                "label for each. Keep one, or train a run with several labels."
            )


def training_classes(examples: Examples, rows: dict[str, np.ndarray]) -> tuple[str, ...]:
    """Returns the labels of the training examples, sorted: numbers by value, then words alphabetically.

    Raises:
        DataError: There is only one label.
    """
    classes = {label for i in rows["train"] for label in examples.labels[i]}
    if len(classes) < 2:
        raise DataError(
            f"All training examples have the label '{next(iter(classes), '')}', and a classifier needs at least two "
            "classes. Add examples of another label, or choose another --split."
        )
    return tuple(sorted(classes, key=lambda label: (0, int(label), "") if _is_number(label) else (1, 0, label)))


def _is_number(label: str) -> bool:
    return label.isascii() and label.isdigit()


def part_labels(examples: Examples, rows: np.ndarray, classes: tuple[str, ...], part: str) -> np.ndarray:
    """Returns the encoded labels of a part; see `encode_labels`."""
    return encode_labels(classes, examples.multi_label, [examples.labels[i] for i in rows], part)


def _quoted(classes: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in classes[:10]) + (", …" if len(classes) > 10 else "")
