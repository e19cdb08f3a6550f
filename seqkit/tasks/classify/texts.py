"""Prepares texts: fits tokenizer and state on the training texts, and encodes the parts as token ids."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.splits import PARTS
from seqkit.data.text.tokenizer import TextTokenizer
from seqkit.data.vectors.embedding_matrix import embedding_matrix
from seqkit.data.vectors.formats import WordVectors
from seqkit.errors import UsageError
from seqkit.tasks.classify.prepare import (
    Splits,
    TextState,
    part_labels,
    split_rows,
    training_classes,
    uncovered_classes,
)
from seqkit.tasks.classify.unknown_tokens import explain_unknown


def prepare_texts(
    examples: Examples,
    vectors_of: Callable[[str, Sequence[str]], WordVectors],
    *,
    tokenizer: Literal["word", "bpe", "char"] = "word",
    vocabulary: int = 20_000,
    length: int = 500,
    keep: Literal["start", "end"] = "end",
    lower: bool = True,
    embedding: int | None = None,
    one_hot: bool = False,
    vectors: str | None = None,
    tune: bool = True,
    token_dropout: float = 0.0,
    split: str = "0.8,0.1,0.1",
) -> tuple[TextState, Splits]:
    """Fits tokenizer and state on the training texts, and encodes the three parts.

    Args:
        examples: Labelled texts.
        vectors_of: Reads the vectors of those tokens that have one from the source named by `vectors`.
        tokenizer: The unit of a token: a word, a subword (byte-pair encoding) or a character.
        vocabulary: Maximum number of token ids, including padding and unknown; the most frequent tokens get one,
            [3, inf).
        length: Maximum number of tokens per text, [1, inf).
        keep: The end of a longer text to keep.
        lower: Lower-case the texts.
        embedding: Dimension of the token embedding; none is 64, or that of `vectors`, [1, inf).
        one_hot: Read tokens one-hot instead of by a learned embedding; for small vocabularies.
        vectors: Pretrained vectors: a run of `seqkit train skipgram` or `cbow`, or a word2vec (text or binary) or
            GloVe file. Tokens without a vector are initialised at random.
        tune: Train the embedding; `--no-tune` freezes it.
        token_dropout: Share of the tokens replaced by the unknown token in training, as regularisation, [0, 1).
        split: Shares of training, validation and test, stratified by label. If the data has its own test part, the
            first two apply to the rest.

    Raises:
        UsageError: The split is invalid, or options contradict each other.
        DataError: No training example has a label of validation or test, or the vectors have another dimension.
    """
    assert examples.texts is not None
    texts = examples.texts
    rows = split_rows(examples, split)
    classes = training_classes(examples, rows)
    notes = [*examples.notes, *uncovered_classes(examples, rows, classes)]
    training_texts = [texts[i] for i in rows["train"]]
    fitted = TextTokenizer.fit(training_texts, kind=tokenizer, vocabulary=vocabulary, lower=lower)
    parts: dict[str, Any] = {}
    for name in PARTS:
        encoded = fitted.encode([texts[i] for i in rows[name]], length=length, keep=keep)
        parts[name] = Part(encoded.ragged, part_labels(examples, rows[name], classes, name), rows[name])
        if name == "train":
            notes.append(_length_line(encoded.full_lengths, length, keep, fitted.size, tokenizer))
        unknown = encoded.unknown / len(encoded.ragged.values)
        notes.append(f"unknown tokens in {name}: {unknown:.2%}")
        if name == "validation":
            explanation = explain_unknown(unknown, training_texts, tokenizer, is_full=fitted.size == vocabulary)
            notes += [explanation] if explanation else []
    matrix, width = None, embedding or 64
    if vectors is not None:
        if one_hot:
            raise UsageError("--vectors and --one-hot exclude each other: one-hot tokens have no vectors. Drop one.")
        matrix, lines = embedding_matrix(vectors_of, vectors, fitted.tokens, embedding)
        notes += lines
        width = matrix.shape[1]
    state = TextState(
        classes=classes,
        multi_label=examples.multi_label,
        length=length,
        keep=keep,
        vocabulary=fitted.size,
        tokenizer_sha256=hashlib.sha256(fitted.to_json()).hexdigest(),
        embedding=width,
        one_hot=one_hot,
        tune=tune,
        token_dropout=token_dropout,
    )
    return state, Splits(**parts, tokenizer=fitted, embedding=matrix, notes=notes)


def _length_line(lengths: np.ndarray, length: int, keep: str, vocabulary: int, tokenizer: str) -> str:
    median, high = np.percentile(lengths, [50, 95])
    truncated = float(np.mean(lengths > length))
    kind = {"word": "words", "bpe": "subwords", "char": "characters"}[tokenizer]
    return (
        f"vocabulary: {vocabulary:,} {kind}; tokens per training text: median {median:.0f}, 95th percentile "
        f"{high:.0f}, maximum {lengths.max():,}; {truncated:.1%} truncated to the "
        f"{'first' if keep == 'start' else 'last'} {length}"
    )
