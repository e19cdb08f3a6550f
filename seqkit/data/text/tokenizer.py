"""Tokenizers: encode texts as ids of words and punctuation marks, subwords, or characters.

Normalisation, splitting and vocabulary are stored in one `tokenizer.json` of the `tokenizers` library, so a finished
run encodes texts exactly as in training.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.tokenizer_files import (
    KINDS,
    MARKER,
    PAD_TOKEN,
    UNKNOWN_TOKEN,
    Kind,
    assembled,
    normalizer,
    read_tokenizer,
)
from seqkit.errors import DataError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.models import Model

PAD = 0
"""Id of padding; no text contains it."""
UNKNOWN = 1
"""Id of tokens outside the vocabulary."""

_CHUNK_TEXTS, _CHUNK_CHARACTERS = 512, 1 << 18
_MIN_CHARACTERS = 256
_EXPANSION = 18
"""Maximum number of characters that NFKC makes of one: U+FDFA."""
_MAX_WORD_LENGTH = 1 << 12
_WORD, _PIECE = re.compile(r"\S+"), re.compile(rf"\S{{1,{_MAX_WORD_LENGTH}}}")
_CODE_POINTS = 0x110000


@dataclass(frozen=True)
class Encoded:
    """Texts as token ids.

    Attributes:
        ragged: The ids of each text, int32, at least one per text.
        full_lengths: Number of tokens of each text before truncation, int64, of shape (texts,).
        unknown: Number of ids that are `UNKNOWN`.
    """

    ragged: Ragged
    full_lengths: np.ndarray
    unknown: int


class TextTokenizer:
    """Encodes texts as token ids; immutable once created.

    Texts are first normalised: Unicode NFKC, no invisible characters such as soft hyphens, optional lower-casing, and a
    single space for each run of whitespace (zero-width spaces, too) and HTML line breaks (`<br>`, `<br />`). NFKC
    composes Hangul syllables; an isolated Korean letter, such as the one for laughter (U+314B), becomes its conjoining
    form (U+110F).
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        *,
        kind: Kind = "word",
        vocabulary: int = 20_000,
        lower: bool = True,
        min_frequency: int = 2,
    ) -> TextTokenizer:
        """Returns a tokenizer with the most frequent tokens of the texts as its vocabulary.

        The result is deterministic on every machine: equally frequent tokens are ordered by code point. There is no
        minimum frequency: tokens that occur once are included while there is room.

        Args:
            texts: Texts, at least one of them not blank.
            kind: "word" makes a token of each word ("don't" is one) and each punctuation mark. "bpe" (byte-pair
                encoding) merges the most frequent pairs of characters while a pair occurs at least `min_frequency`
                times; a piece at the start of a word starts with "▁". "char" makes a token of each character,
                including spaces.
            vocabulary: Maximum number of ids, including padding and the unknown token, [3, inf). With "bpe", at most
                half of them, or 256, are single characters.
            lower: Whether to convert texts to lower case.
            min_frequency: Minimum count of a pair that "bpe" merges, [1, inf).

        Raises:
            DataError: The texts contain only whitespace.
            ValueError: `kind` is invalid, or `vocabulary` is below 3.

        Source: R. Sennrich, B. Haddow, A. Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016
            (https://doi.org/10.18653/v1/P16-1162), for "bpe".
        """
        if kind not in KINDS:
            raise ValueError(
                f"Received an invalid value for argument `kind`, expected one of {', '.join(KINDS)}, got {kind!r}."
            )
        if vocabulary < 3:
            raise ValueError(
                "Received an invalid value for argument `vocabulary`, expected an integer of at least 3, "
                f"got {vocabulary}."
            )
        _library()
        fitted: dict[str, Callable[[Sequence[str], int, bool], Model]] = {
            "word": _fit_words,
            "bpe": partial(_fit_pieces, min_frequency=min_frequency),
            "char": _fit_characters,
        }
        # The library allocates the requested size, and texts have no more tokens than characters.
        most = min(vocabulary - 2, _EXPANSION * sum(map(len, texts)) + 1)
        tokenizer = assembled(fitted[kind](texts, most, lower), kind, lower)
        if tokenizer.get_vocab_size() == 2:
            raise DataError(
                f"Cannot learn a vocabulary: the {len(texts):,} texts contain no "
                f"{'character' if kind == 'char' else 'word'}. Check that the right column is used as text."
            )
        return cls(tokenizer)

    @classmethod
    def from_json(cls, content: bytes) -> TextTokenizer:
        """Returns the tokenizer that `to_json` wrote; the content is never executed.

        Raises:
            DataError: The content is damaged, larger than 64 MiB, or was not written by `to_json`.
        """
        _library()
        return cls(read_tokenizer(content))

    def to_json(self) -> bytes:
        """Returns the content of `tokenizer.json`, for `from_json`; equal tokenizers give equal bytes."""
        return self._tokenizer.to_str(pretty=True).encode()

    @property
    def size(self) -> int:
        """Number of ids, including padding and the unknown token."""
        return len(self.tokens)

    @cached_property
    def tokens(self) -> list[str]:
        """Token of each id; the first two are the names of padding and of the unknown token."""
        by_token = self._tokenizer.get_vocab(with_added_tokens=False)
        return sorted(by_token, key=by_token.__getitem__)

    def split(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Yields the tokens of each text, none for a blank one; `UNKNOWN_TOKEN` for those outside the vocabulary."""
        tokens = self.tokens
        for chunk in _chunks(texts):
            for encoding in self._tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
                yield [tokens[i] for i in encoding.ids]

    def encode(
        self, texts: Sequence[str], *, length: int | None = None, keep: Literal["start", "end"] = "end"
    ) -> Encoded:
        """Encodes texts as token ids.

        A text without tokens is encoded as a single `UNKNOWN`, so that no sequence is empty. A lone surrogate is read
        as U+FFFD.

        Args:
            texts: At least one text.
            length: Maximum number of tokens per text, [1, inf); unlimited if None.
            keep: Which end of a longer text to keep.

        Raises:
            ValueError: `length` is below 1.
        """
        if length is not None and length < 1:
            raise ValueError(
                f"Received an invalid value for argument `length`, expected an integer of at least 1, got {length}."
            )
        span = slice(None) if length is None else slice(length) if keep == "start" else slice(-length, None)
        parts: list[np.ndarray] = []
        full_lengths: list[int] = []
        lengths: list[int] = []
        for chunk in _chunks(texts):
            ids: list[int] = []
            for encoding in self._tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
                tokens = encoding.ids or [UNKNOWN]
                full_lengths.append(len(tokens))
                tokens = tokens[span]
                lengths.append(len(tokens))
                ids += tokens
            parts.append(np.array(ids, np.int32))
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        values = np.concatenate(parts)
        return Encoded(Ragged(values, offsets), np.array(full_lengths, np.int64), int((values == UNKNOWN).sum()))


@cache
def _library() -> None:
    """Lets the library use all cores here, and one in a forked process, where its threads do not exist."""
    if "TOKENIZERS_PARALLELISM" not in os.environ:
        os.environ["TOKENIZERS_PARALLELISM"] = "true"
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: os.environ.__setitem__("TOKENIZERS_PARALLELISM", "false"))


def _fit_words(texts: Sequence[str], most: int, lower: bool) -> Model:
    from tokenizers import models, trainers

    scratch = assembled(models.WordLevel({}, unk_token=UNKNOWN_TOKEN), "word", lower)
    trainer = trainers.WordLevelTrainer(vocab_size=most, special_tokens=[], show_progress=False)
    scratch.train_from_iterator(_chunks(texts), trainer)
    by_word = scratch.get_vocab()
    return models.WordLevel(_numbered(sorted(by_word, key=by_word.__getitem__)), unk_token=UNKNOWN_TOKEN)


def _fit_pieces(texts: Sequence[str], most: int, lower: bool, *, min_frequency: int) -> Model:
    from tokenizers import models, trainers

    # The library breaks ties between rare characters at random when it must drop some, so they are chosen here.
    characters = _characters(texts, "bpe", lower)
    alphabet = characters[: min(most, max((most + 2) // 2, _MIN_CHARACTERS))] if characters != [MARKER] else []
    scratch = assembled(models.BPE(unk_token=UNKNOWN_TOKEN), "bpe", lower)
    trainer = trainers.BpeTrainer(
        vocab_size=most + 2,
        min_frequency=min_frequency,
        special_tokens=[PAD_TOKEN, UNKNOWN_TOKEN],
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    scratch.train_from_iterator(_chunks(map(_without_overlong_words, texts)), trainer)
    learned = json.loads(scratch.to_str())["model"]
    merges = [(first, second) for first, second in learned["merges"]]
    return models.BPE(learned["vocab"], merges, unk_token=UNKNOWN_TOKEN)


def _fit_characters(texts: Sequence[str], most: int, lower: bool) -> Model:
    from tokenizers import models

    # BPE without merges encodes characters many times faster than splitting the text does.
    return models.BPE(_numbered(_characters(texts, "char", lower)[:most]), [], unk_token=UNKNOWN_TOKEN)


def _numbered(tokens: list[str]) -> dict[str, int]:
    return {token: number for number, token in enumerate([PAD_TOKEN, UNKNOWN_TOKEN, *tokens])}


def _characters(texts: Sequence[str], kind: Kind, lower: bool) -> list[str]:
    """Returns the characters of the normalised texts, most frequent first, ties by code point."""
    normalize = normalizer(kind, lower).normalize_str
    counts = np.zeros(_CODE_POINTS, np.int64)
    for chunk in _chunks(texts):
        encoded = "".join(map(normalize, chunk)).encode("utf-32-le")
        counts += np.bincount(np.frombuffer(encoded, "<u4"), minlength=_CODE_POINTS)
    present = np.flatnonzero(counts)
    return [chr(point) for point in present[np.argsort(-counts[present], kind="stable")]]


def _without_overlong_words(text: str) -> str:
    """Returns a text with spaces inserted into overlong words: the time of BPE training is quadratic in word length."""
    if len(text) <= _MAX_WORD_LENGTH:
        return text
    return _WORD.sub(lambda word: " ".join(_PIECE.findall(word[0])), text)


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yields the texts in order, in small batches, to limit the memory of the results."""
    chunk: list[str] = []
    characters = 0
    for text in texts:
        chunk.append(_whole_characters(text))
        characters += len(text)
        if len(chunk) == _CHUNK_TEXTS or characters >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def _whole_characters(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
