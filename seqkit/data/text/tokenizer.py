"""Texts as token ids: words and punctuation marks, pieces of words, or characters.

How a text is written out, split and looked up stands in one `tokenizer.json` of the `tokenizers` library, so that a
finished run reads texts exactly as its training did.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
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
"""Id of what fills a text up to the length of a longer one; no text holds it."""
UNKNOWN = 1
"""Id of every token that is not in the vocabulary."""

_CHUNK_TEXTS, _CHUNK_CHARACTERS = 512, 1 << 18
_MIN_CHARACTERS = 256
_EXPANSION = 18
"""Characters that NFKC makes of one, at most: U+FDFA."""
_MAX_WORD_LENGTH = 1 << 12
_WORD, _PIECE = re.compile(r"\S+"), re.compile(rf"\S{{1,{_MAX_WORD_LENGTH}}}")
_CODE_POINTS = 0x110000


@dataclass(frozen=True)
class Encoded:
    """Texts as token ids.

    Attributes:
        ragged: The ids of each text, int32, at least one to a text.
        full_lengths: Tokens of each text before it was cut, int64, of shape (texts,).
        unknown: How many of the ids are `UNKNOWN`.
    """

    ragged: Ragged
    full_lengths: np.ndarray
    unknown: int


class TextTokenizer:
    """Turns texts into token ids; it does not change once it is made.

    Every text is first written out in one way: Unicode NFKC, lower-case if so fitted, and each run of blanks and HTML
    line breaks (`<br>`, `<br />`) as one blank. NFKC composes: a Hangul syllable stays whole, or becomes so. A Korean
    letter that stands alone, such as the one of laughter (U+314B), becomes its conjoining form (U+110F).
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def fit(
        cls, texts: Sequence[str], *, kind: Kind = "word", vocabulary: int = 20_000, lower: bool = True
    ) -> TextTokenizer:
        """Returns the tokenizer whose vocabulary is what the texts hold most often.

        The same texts give the same tokenizer, on every machine: equally frequent tokens are taken in the order of
        their code points. A token that occurs once is as good as any other while there is room.

        Args:
            texts: At least one of them not blank.
            kind: "word" makes a token of each word ("don't" is one) and each punctuation mark. "bpe" makes words of
                pieces that were merged, most frequent pair first, as long as a pair occurs twice; a piece that begins a
                word begins with "▁". "char" makes a token of each character, blanks included.
            vocabulary: Most ids there may be, padding and the unknown token included, [3, inf). Of "bpe", at most half
                of them, or 256, are single characters.
            lower: Whether capital letters become small ones.

        Raises:
            DataError: The texts hold nothing but blanks.
            ValueError: `kind` is none of the three, or `vocabulary` is below 3.

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
        fitted = {"word": _fit_words, "bpe": _fit_pieces, "char": _fit_characters}[kind]
        # The library makes room for as many as it is asked for, and texts hold no more tokens than characters.
        most = min(vocabulary - 2, _EXPANSION * sum(map(len, texts)) + 1)
        tokenizer = assembled(fitted(texts, most, lower), kind, lower)
        if tokenizer.get_vocab_size() == 2:
            raise DataError(
                f"There is nothing to learn a vocabulary from: the {len(texts):,} texts hold no "
                f"{'character' if kind == 'char' else 'word'}. Check that the right column is read as text."
            )
        return cls(tokenizer)

    @classmethod
    def from_json(cls, content: bytes) -> TextTokenizer:
        """Returns the tokenizer that `to_json` wrote; nothing in the content is ever executed.

        Raises:
            DataError: The content is damaged, is larger than 64 MiB, or is not of our make.
        """
        _library()
        return cls(read_tokenizer(content))

    def to_json(self) -> bytes:
        """Returns the `tokenizer.json` that `from_json` reads; equal tokenizers give equal bytes."""
        return self._tokenizer.to_str(pretty=True).encode()

    @property
    def size(self) -> int:
        """How many ids there are: they run from 0 to one less."""
        return len(self.tokens)

    @cached_property
    def tokens(self) -> list[str]:
        """What each id stands for, by id; the first two are names for padding and for the unknown token."""
        by_token = self._tokenizer.get_vocab(with_added_tokens=False)
        return sorted(by_token, key=by_token.__getitem__)

    def encode(
        self, texts: Sequence[str], *, length: int | None = None, keep: Literal["start", "end"] = "end"
    ) -> Encoded:
        """Returns the ids of the texts' tokens.

        A text without any token is encoded as one `UNKNOWN`, so that no sequence is empty. Half a surrogate pair, which
        is no character, is read as U+FFFD.

        Args:
            texts: At least one.
            length: Most tokens that are kept of a text, [1, inf); all of them if None.
            keep: Which end of a longer text is kept.

        Raises:
            ValueError: `length` is below 1.
        """
        if length is not None and length < 1:
            raise ValueError(
                f"Received an invalid value for argument `length`, expected an integer of at least 1, got {length}."
            )
        kept = slice(None) if length is None else slice(length) if keep == "start" else slice(-length, None)
        parts: list[np.ndarray] = []
        full_lengths: list[int] = []
        lengths: list[int] = []
        for chunk in _chunks(texts):
            ids: list[int] = []
            for encoding in self._tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
                found = encoding.ids or [UNKNOWN]
                full_lengths.append(len(found))
                found = found[kept]
                lengths.append(len(found))
                ids += found
            parts.append(np.array(ids, np.int32))
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        values = np.concatenate(parts)
        return Encoded(Ragged(values, offsets), np.array(full_lengths, np.int64), int((values == UNKNOWN).sum()))


@cache
def _library() -> None:
    """Lets the library use all cores here and one in a forked process, where its threads do not exist."""
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


def _fit_pieces(texts: Sequence[str], most: int, lower: bool) -> Model:
    from tokenizers import models, trainers

    # The library breaks ties between rare characters at random when it has to leave some out, so they are chosen here.
    characters = _characters(texts, "bpe", lower)
    alphabet = characters[: min(most, max((most + 2) // 2, _MIN_CHARACTERS))] if characters != [MARKER] else []
    scratch = assembled(models.BPE(unk_token=UNKNOWN_TOKEN), "bpe", lower)
    trainer = trainers.BpeTrainer(
        vocab_size=most + 2,
        min_frequency=2,
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

    # Pieces that were never merged are characters, and are found many times faster than by splitting the text.
    return models.BPE(_numbered(_characters(texts, "char", lower)[:most]), [], unk_token=UNKNOWN_TOKEN)


def _numbered(tokens: list[str]) -> dict[str, int]:
    return {token: number for number, token in enumerate([PAD_TOKEN, UNKNOWN_TOKEN, *tokens])}


def _characters(texts: Sequence[str], kind: Kind, lower: bool) -> list[str]:
    """Returns the characters of the texts as they are written out, most frequent first, ties by code point."""
    written_out = normalizer(kind, lower).normalize_str
    counts = np.zeros(_CODE_POINTS, np.int64)
    for chunk in _chunks(texts):
        written = "".join(map(written_out, chunk)).encode("utf-32-le")
        counts += np.bincount(np.frombuffer(written, "<u4"), minlength=_CODE_POINTS)
    found = np.flatnonzero(counts)
    return [chr(point) for point in found[np.argsort(-counts[found], kind="stable")]]


def _without_overlong_words(text: str) -> str:
    """Returns a text with blanks inside what has none for very long: the time that a word takes grows by its square."""
    if len(text) <= _MAX_WORD_LENGTH:
        return text
    return _WORD.sub(lambda word: " ".join(_PIECE.findall(word[0])), text)


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yields the texts in their order, a few at a time, so that what is made of them never fills the memory."""
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
