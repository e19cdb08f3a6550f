"""Encodes running text as a sequence of units (characters, words or pieces) and decodes it again.

Unlike the tokenizer of labelled texts, this one loses nothing that generated text needs: capitals, line ends and,
except between words, blanks.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from seqkit.errors import DataError

Unit = Literal["char", "word", "bpe"]

UNKNOWN, END_OF_LINE = "<unk>", "\n"
"""Tokens 0 and 1 of characters and words."""

_MAX_BYTES = 64 << 20
_MAX_CODE_POINT = 0x110000
_WINDOW = 32
_OVERLONG = re.compile(r"\S{256}(?=\S)")


class TextUnits:
    """Token ids of running text; immutable.

    Id 0 is the unknown token: a character or word that does not occur in the training text. With "bpe" every text can
    be encoded, and the id is never used. Id 1 is the end of a line; with "bpe" that is a piece like others.

    Args:
        unit: "char", "word" (separated by white space) or "bpe".
        tokens: The tokens, in the order of their ids.
        merges: Pairs of pieces to merge, in order, with "bpe".
    """

    def __init__(self, unit: Unit, tokens: Sequence[str], merges: Sequence[tuple[str, str]] = ()) -> None:
        self.unit, self.tokens, self.merges = unit, tuple(tokens), tuple(merges)
        self._ids = {token: number for number, token in enumerate(self.tokens)}
        self._pieces = _byte_pairs(self._ids, self.merges) if unit == "bpe" else None
        self._id_of_code_point = _code_points(self.tokens) if unit == "char" else None

    @classmethod
    def fit(cls, text: str, *, unit: Unit = "char", vocabulary: int = 20_000) -> TextUnits:
        """Returns the units of a training text, the most frequent first; ties are ordered by code point.

        Args:
            text: The training text.
            unit: See the class.
            vocabulary: Maximum number of tokens, including the unknown one and the end of a line, [3, inf). With "bpe"
                256 of them are bytes.

        Raises:
            DataError: The text has no units.
            ValueError: `unit` is not known.
        """
        if unit == "bpe":
            return cls("bpe", *_fit_byte_pairs(text, vocabulary))
        if unit not in ("char", "word"):
            raise ValueError(
                f"Received an invalid value for argument `unit`, expected char, word or bpe, got {unit!r}."
            )
        counts: Counter[str] = Counter(text) if unit == "char" else Counter(text.split())
        for token in (UNKNOWN, END_OF_LINE):
            counts.pop(token, None)
        if not counts:
            raise DataError("The text contains only white space. Choose another file.")
        frequent = sorted(counts, key=lambda token: (-counts[token], token))[: vocabulary - 2]
        return cls(unit, [UNKNOWN, END_OF_LINE, *frequent])

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self.tokens)

    def encode(self, text: str) -> np.ndarray:
        """Returns the token ids of a text, int32."""
        if self._id_of_code_point is not None:
            code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
            return self._id_of_code_point[code_points]
        if self._pieces is not None:
            lines = text.splitlines(keepends=True) or [""]
            return np.concatenate([np.array(e.ids, np.int32) for e in self._pieces.encode_batch(lines)])
        ids = self._ids
        *lines, rest = text.split("\n")
        numbers: list[int] = []
        for line in lines:
            numbers.extend([ids.get(word, 0) for word in line.split()])
            numbers.append(1)
        numbers.extend([ids.get(word, 0) for word in rest.split()])
        return np.array(numbers, np.int32)

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Returns the text of token ids; words are separated by a blank, and the unknown token is "<unk>"."""
        if self._pieces is not None:
            return str(self._pieces.decode([int(number) for number in ids], skip_special_tokens=False))
        tokens = [self.tokens[number] for number in ids]
        if self.unit == "char":
            return "".join(tokens)
        return "".join(
            token if token == END_OF_LINE or number == 0 or tokens[number - 1] == END_OF_LINE else f" {token}"
            for number, token in enumerate(tokens)
        )

    def pieces(self, ids: np.ndarray) -> list[str]:
        """Returns what each token adds to the text; a character of several byte pieces comes with the last of them."""
        if self.unit == "char":
            return [self.tokens[number] for number in ids]
        text = Continuation(self)
        return [text.append(int(number)) for number in ids]

    def to_json(self) -> bytes:
        """Returns the content of `units.json`, for `from_json`."""
        document = {"unit": self.unit, "tokens": self.tokens, "merges": self.merges}
        return json.dumps(document, ensure_ascii=False, indent=0).encode("utf-8", "surrogatepass")

    @classmethod
    def from_json(cls, content: bytes) -> TextUnits:
        """Returns the units that `to_json` wrote.

        Raises:
            DataError: The content is damaged, or larger than 64 MiB.
        """
        if len(content) > _MAX_BYTES:
            raise _unusable(f"it has {len(content):,} bytes, the limit is {_MAX_BYTES:,}")
        try:
            document = json.loads(content.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            raise _unusable(f"it is not JSON ({error})") from error
        return cls(*_checked(document))


class Continuation:
    """Decodes tokens as they come.

    Args:
        units: Units of the text.
        before: Ids of the last tokens before.
    """

    def __init__(self, units: TextUnits, before: Sequence[int] | np.ndarray = ()) -> None:
        self._units, self._window = units, [int(number) for number in before]
        self._shown = len(units.decode(self._window))

    def append(self, token: int) -> str:
        """Returns what a token adds to the text; empty for the first bytes of a character."""
        self._window.append(token)
        text = self._units.decode(self._window)
        if text.endswith("\ufffd"):
            return ""
        added = text[self._shown :]
        if len(self._window) > 2 * _WINDOW:
            self._window = self._window[-_WINDOW:]
            text = self._units.decode(self._window)
        self._shown = len(text)
        return added


def _code_points(tokens: Sequence[str]) -> np.ndarray:
    """Returns the id of each Unicode code point, 0 for those that are no token, int32 of shape (1,114,112,)."""
    ids = np.zeros(_MAX_CODE_POINT, np.int32)
    for number, token in enumerate(tokens):
        if len(token) == 1:
            ids[ord(token)] = number
    return ids


def _fit_byte_pairs(text: str, vocabulary: int) -> tuple[list[str], list[tuple[str, str]]]:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=max(vocabulary, 258),
        special_tokens=[UNKNOWN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    # The time of a merge grows with the square of a word's length.
    tokenizer.train_from_iterator(_OVERLONG.sub(r"\g<0>\n", text).splitlines(keepends=True), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].__getitem__)
    return tokens, [(first, second) for first, second in model["merges"]]


def _byte_pairs(ids: dict[str, int], merges: Sequence[tuple[str, str]]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(ids, list(merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _checked(document: Any) -> tuple[Unit, list[str], list[tuple[str, str]]]:
    if not isinstance(document, dict) or document.get("unit") not in ("char", "word", "bpe"):
        raise _unusable("it names no unit")
    unit, tokens, merges = document["unit"], document.get("tokens"), document.get("merges", [])
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise _unusable("its tokens are not a list of texts")
    if len(set(tokens)) < len(tokens) or len(tokens) < 3 or tokens[0] != UNKNOWN:
        raise _unusable("its tokens are repeated, fewer than three, or do not start with the unknown token")
    if unit != "bpe" and tokens[1] != END_OF_LINE:
        raise _unusable("its second token is not the end of a line")
    if not isinstance(merges, list):
        raise _unusable("its merges are not a list")
    known = set(tokens)
    for merge in merges:
        is_pair = isinstance(merge, list) and len(merge) == 2 and all(isinstance(piece, str) for piece in merge)
        if not is_pair or not {*merge, "".join(merge)} <= known:
            raise _unusable(f"{merge!r:.60} is not a pair of its tokens")
    return unit, tokens, [(first, second) for first, second in merges]


def _unusable(why: str) -> DataError:
    return DataError(f"units.json cannot be used: {why}. Restore the file, or train the run again.")
