"""Words as rows of integers: the id of the word, those of its characters, and those of its hashed features."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from zlib import crc32

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seqkit.tasks.tag.word_features import sentence_features

UNKNOWN = 1
"""Id of words and characters that the training sentences do not contain; 0 is padding."""

RESERVED = 2
"""Number of ids below those of words and characters."""


class _Content(BaseModel):
    """Content of `words.json`."""

    model_config = ConfigDict(extra="forbid")

    words: tuple[str, ...] = Field(max_length=10_000_000)
    characters: tuple[str, ...] = Field(max_length=1_200_000)


@dataclass(frozen=True)
class Vocabulary:
    """Words and characters of the training sentences.

    Attributes:
        words: Words in lower case with zeros for digits, by frequency; the first has the id 2.
        characters: Characters, by frequency; the first has the id 2.
    """

    words: tuple[str, ...]
    characters: tuple[str, ...]

    @classmethod
    def fit(cls, sentences: Iterable[Sequence[str]], *, size: int, more: Iterable[str] = ()) -> "Vocabulary":
        """Returns the vocabulary of sentences.

        Args:
            sentences: The words of each sentence.
            size: Maximum number of word ids, including padding and the unknown word.
            more: Further words, after those of the sentences, such as those that have a pretrained vector.
        """
        counts = Counter(word for words in sentences for word in words)
        words: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for word, count in counts.items():
            words[normalised(word)] += count
            for character in word:
                characters[character] += count
        known = dict.fromkeys(word for word, _ in words.most_common())
        known |= dict.fromkeys(word for word in more if normalised(word) == word)
        return cls(
            tuple(islice(known, max(size - RESERVED, 0))),
            tuple(character for character, _ in characters.most_common()),
        )

    @classmethod
    def from_json(cls, content: bytes) -> "Vocabulary":
        """Restores a vocabulary from `to_json`.

        Raises:
            ValueError: The content is damaged.
        """
        try:
            stored = _Content.model_validate(json.loads(content))
        except (ValueError, RecursionError) as error:
            raise ValueError("it has no lists of words and characters") from error
        return cls(stored.words, stored.characters)

    def to_json(self) -> bytes:
        """Returns the vocabulary as JSON."""
        content = {"words": self.words, "characters": self.characters}
        return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()

    @property
    def size(self) -> int:
        """Number of word ids."""
        return len(self.words) + RESERVED

    @property
    def alphabet(self) -> int:
        """Number of character ids."""
        return len(self.characters) + RESERVED

    def encode(self, words: Sequence[str], *, characters: int, slots: int, buckets: int) -> np.ndarray:
        """Returns the words of a sentence as rows of integers; see `seqkit.spec.Sentences`.

        Args:
            words: The words.
            characters: Characters that are read of a word; of a longer one, the first and the last half of them.
            slots: Features of a word; 0 for none.
            buckets: Number of feature ids.

        Returns:
            Array of shape (words, 1 + characters + slots), int32.
        """
        rows = np.zeros((len(words), 1 + characters + slots), np.int32)
        rows[:, 0] = [self._word_ids.get(normalised(word), UNKNOWN) for word in words]
        for row, word in zip(rows, words, strict=True):
            spelling = word if len(word) <= characters else word[: (characters + 1) // 2] + word[-(characters // 2) :]
            ids = [self._character_ids.get(character, UNKNOWN) for character in spelling[:characters]]
            row[1 : 1 + len(ids)] = ids
        if slots:
            for row, features in zip(rows, sentence_features(words), strict=True):
                ids = feature_ids(features[:slots], buckets)
                row[1 + characters : 1 + characters + len(ids)] = ids
        return rows

    @cached_property
    def _word_ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, start=RESERVED)}

    @cached_property
    def _character_ids(self) -> dict[str, int]:
        return {character: number for number, character in enumerate(self.characters, start=RESERVED)}


def normalised(word: str) -> str:
    """Returns a word in lower case, with zeros for digits."""
    word = word.lower()
    return word if word.isalpha() else "".join("0" if character.isdigit() else character for character in word)


def feature_ids(features: Sequence[str], buckets: int) -> list[int]:
    """Returns the ids of features: their hashes, from 1 to `buckets` - 1."""
    return [crc32(feature.encode("utf-8", "surrogatepass")) % (buckets - 1) + 1 for feature in features]
