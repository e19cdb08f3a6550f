"""Classify texts: what is fitted on the training texts, and the three parts as token ids."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.splits import PARTS
from seqkit.data.text.tokenizer import UNKNOWN, TextTokenizer
from seqkit.data.vectors.formats import WordVectors
from seqkit.errors import DataError, UsageError
from seqkit.tasks.classify.prepare import Splits, TextState, classes_of, find_parts, truth_of


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
        vectors_of: Finds the vectors of tokens where `vectors` says, those that there are.
        tokenizer: What a token is: a word, a piece of one (byte-pair encoding), or a character.
        vocabulary: Token ids at most, padding and unknown among them; the most frequent tokens get one, [3, inf).
        length: Tokens of a text that are read at most, [1, inf).
        keep: Which end of a longer text is read.
        lower: Whether case is put aside.
        embedding: Numbers that a token becomes; none is 64, or as many as `vectors` have, [1, inf).
        one_hot: Read tokens one-hot instead of by a learned embedding; for small vocabularies.
        vectors: Pretrained vectors: a run of `seqkit train skipgram` or `cbow`, or a file of word2vec (text or binary)
            or GloVe. Tokens it lacks start at random.
        tune: Whether the embedding is learned; frozen vectors stay as they are.
        token_dropout: Share of the tokens that are read as unknown in training, so that no single one is relied upon,
            [0, 1).
        split: Shares of training, validation and test, drawn by label. Where the data has a test part of its own, the
            first two share the rest.

    Raises:
        UsageError: The split does not fit, or options contradict each other.
        DataError: A label of validation or test is none of training, or the vectors are of another dimension.
    """
    assert examples.texts is not None
    texts = examples.texts
    rows = find_parts(examples, split)
    classes, notes = classes_of(examples, rows), list(examples.notes)
    fitted = TextTokenizer.fit([texts[i] for i in rows["train"]], kind=tokenizer, vocabulary=vocabulary, lower=lower)
    parts = {}
    for name in PARTS:
        encoded = fitted.encode([texts[i] for i in rows[name]], length=length, keep=keep)
        parts[name] = Part(encoded.ragged, truth_of(examples, rows[name], classes, name), rows[name])
        if name == "train":
            notes.append(_length_line(encoded.full_lengths, length, keep, fitted.size, tokenizer))
        notes.append(f"unknown tokens in {name}: {encoded.unknown / len(encoded.ragged.values):.2%}")
    matrix, width = None, embedding or 64
    if vectors is not None:
        if one_hot:
            raise UsageError("--vectors and --one-hot cannot be given both: one-hot tokens have no vectors.")
        matrix, line = _pretrained(vectors_of, vectors, fitted.tokens, embedding)
        notes.append(line)
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
    middle, high = np.percentile(lengths, [50, 95])
    cut = float(np.mean(lengths > length))
    kind = {"word": "words", "bpe": "pieces of words", "char": "characters"}[tokenizer]
    return (
        f"{vocabulary:,} {kind}; a training text has {middle:.0f} in the middle, {high:.0f} at 95 %, {lengths.max():,} "
        f"at most; {cut:.1%} are cut to their {'first' if keep == 'start' else 'last'} {length}"
    )


def _pretrained(
    vectors_of: Callable[[str, Sequence[str]], WordVectors], path: str, tokens: list[str], width: int | None
) -> tuple[np.ndarray, str]:
    """Returns the vectors of the tokens, those that have none drawn at random at the scale of the others."""
    known = vectors_of(path, tokens[UNKNOWN + 1 :])
    found = known.vectors.shape[1]
    if width is not None and width != found:
        raise DataError(
            f"The vectors in {path} have {found} dimensions, and --embedding asks for {width}. Leave it out."
        )
    row_of = {word: i for i, word in enumerate(known.words)}
    chosen = np.array([row_of.get(token, -1) for token in tokens])
    have = chosen >= 0
    if not have.any():
        raise DataError(
            f"The vectors in {path} cover none of the {len(tokens):,} tokens. Are they of this language, and of words "
            "as --tokenizer makes them?"
        )
    deviation = float(known.vectors.std()) or 1.0
    matrix = np.random.default_rng(0).normal(0, deviation, (len(tokens), found)).astype(np.float32)
    matrix[have] = known.vectors[chosen[have]]
    return matrix, f"vectors: {have.sum():,} of {len(tokens):,} tokens ({have.mean():.1%}) have one in {path}"
