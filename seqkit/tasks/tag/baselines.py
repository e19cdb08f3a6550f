"""Baselines of the tag task: the majority tag of each word, and a linear-chain CRF with hand-made features.

Each has `fit`, `predict`, which returns a tag for each word, and `arrays` and `from_arrays`, which store the fitted
baseline in a run.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from seqkit.data.tagged.schemes import OUTSIDE
from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.inference.linear_chain import most_likely
from seqkit.tasks.tag.decoding import choose_bias
from seqkit.tasks.tag.metrics import span_counts
from seqkit.tasks.tag.word_features import sentence_features

Words = Sequence[Sequence[str]]
"""Words of each sentence."""

L1, L2, ITERATIONS = 0.1, 0.1, 100
"""Regularisation and number of iterations of the CRF, as its tutorials use them."""

_MAX_ENTRIES = 1 << 22
"""Number of scores of words and tags that are decoded at once."""


@dataclass(frozen=True)
class MajorityTag:
    """Gives each word the tag that it has most often in training; other words get the most frequent tag of all.

    Attributes:
        tags: The tags; the first one is for other words.
        words: The words that get another tag than other words do.
        tag_of_word: Position of the tag of each of them, of shape (words,).
    """

    tags: tuple[str, ...]
    words: tuple[str, ...]
    tag_of_word: np.ndarray

    @classmethod
    def fit(cls, words: Words, tags: Words) -> "MajorityTag":
        """Counts the tags of each word; of equally frequent ones, the more frequent one of all words counts."""
        counts: dict[str, Counter[str]] = {}
        for sentence, sentence_tags in zip(words, tags, strict=True):
            for word, tag in zip(sentence, sentence_tags, strict=True):
                counts.setdefault(word, Counter())[tag] += 1
        total: Counter[str] = Counter()
        for of_word in counts.values():
            total.update(of_word)
        order = sorted(total, key=lambda tag: (-total[tag], tag))
        best = {word: max(of_word, key=lambda tag: (of_word[tag], total[tag], tag)) for word, of_word in counts.items()}
        kept = {word: tag for word, tag in best.items() if tag != order[0]}
        return cls(tuple(order), tuple(kept), np.array([order.index(tag) for tag in kept.values()], np.int64))

    def predict(self, words: Words) -> list[list[str]]:
        """Returns the tag of each word of each sentence."""
        tag_of = {word: self.tags[i] for word, i in zip(self.words, self.tag_of_word.tolist(), strict=True)}
        return [[tag_of.get(word, self.tags[0]) for word in sentence] for sentence in words]

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`."""
        return {"tags": _stored(self.tags), "words": _stored(self.words), "tag_of_word": self.tag_of_word}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "MajorityTag":
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
        """
        tags, words = _restored(arrays, "tags"), _restored(arrays, "words")
        return cls(tags, words, _positions(arrays, "tag_of_word", len(words), len(tags)))


@dataclass(frozen=True)
class CrfBaseline:
    """Linear-chain conditional random field over the features of `seqkit.tasks.tag.word_features`.

    CRFsuite fits it; weights other than 0 are kept as arrays, so that predicting needs NumPy and SciPy alone.

    Attributes:
        tags: The tags.
        features: The features that have a weight.
        feature_of_weight: Position of the feature of each weight, ascending, of shape (weights,).
        tag_of_weight: Position of its tag, of shape (weights,).
        weights: The weights, float32 of shape (weights,).
        transitions: Weights of pairs of tags, from row to column, float32 of shape (tags, tags).
        outside_bias: Amount by which the score of the tag O is lowered, in nats.
    """

    tags: tuple[str, ...]
    features: tuple[str, ...]
    feature_of_weight: np.ndarray
    tag_of_weight: np.ndarray
    weights: np.ndarray
    transitions: np.ndarray
    outside_bias: float = 0.0

    @classmethod
    def fit(cls, words: Words, tags: Words, *, iterations: int = ITERATIONS) -> "CrfBaseline":
        """Fits the weights by L-BFGS.

        Args:
            words: Words of each training sentence.
            tags: Their tags.
            iterations: Maximum number of iterations.
        """
        import pycrfsuite

        names: dict[str, int] = {}
        known = tuple(dict.fromkeys(tag for sentence in tags for tag in sentence))
        number = {tag: str(i) for i, tag in enumerate(known)}
        trainer = pycrfsuite.Trainer(verbose=False)
        trainer.set_params({"c1": L1, "c2": L2, "max_iterations": iterations, "feature.possible_transitions": True})
        for sentence, sentence_tags in zip(words, tags, strict=True):
            # CRFsuite sees numbers, not the strings, which may contain characters that it cannot write.
            items = [[str(names.setdefault(name, len(names))) for name in row] for row in sentence_features(sentence)]
            trainer.append(items, [number[tag] for tag in sentence_tags])
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/crf"
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            info = tagger.info()
            tagger.close()
        return cls._from_info(info, tuple(names), known)

    @classmethod
    def _from_info(cls, info: Any, names: tuple[str, ...], tags: tuple[str, ...]) -> "CrfBaseline":
        entries = sorted((int(name), int(tag), weight) for (name, tag), weight in info.state_features.items())
        numbers = sorted({name for name, _, _ in entries})
        position = {name: i for i, name in enumerate(numbers)}
        transitions = np.zeros((len(tags), len(tags)), np.float32)
        for (before, after), weight in info.transitions.items():
            transitions[int(before), int(after)] = weight
        return cls(
            tags=tags,
            features=tuple(names[i] for i in numbers),
            feature_of_weight=np.array([position[name] for name, _, _ in entries], np.int64),
            tag_of_weight=np.array([tag for _, tag, _ in entries], np.int64),
            weights=np.array([weight for _, _, weight in entries], np.float32),
            transitions=transitions,
        )

    def tuned(self, words: Words, tags: Words, scheme: str) -> "CrfBaseline":
        """Returns the baseline with the score of O lowered as far as F1 of spans grows.

        Args:
            words: Words of each validation sentence.
            tags: Their tags.
            scheme: Scheme of the tags.
        """

        def counts(amounts: Sequence[float]) -> np.ndarray:
            return np.array([span_counts(tags, tagged, scheme).sum(axis=0) for tagged in self._tag(words, amounts)])

        return replace(self, outside_bias=choose_bias(counts))

    def predict(self, words: Words) -> list[list[str]]:
        """Returns the most likely tags of the words of each sentence."""
        return self._tag(words, [self.outside_bias])[0]

    def _tag(self, words: Words, outside_biases: Sequence[float]) -> list[list[list[str]]]:
        """Returns the most likely tags of the words of each sentence, for each amount by which O is lowered."""
        border = np.zeros(len(self.tags) + 1, np.float32)
        transitions = np.vstack([np.column_stack([self.transitions, border[:-1]]), border])
        is_outside = np.array([tag == OUTSIDE for tag in self.tags])
        predicted: list[list[list[str]]] = [[[] for _ in words] for _ in outside_biases]
        for rows in self._batches(words):
            lengths = np.array([len(words[row]) for row in rows])
            logits = np.zeros((len(rows), int(lengths.max()), len(self.tags)), np.float32)
            is_word = np.arange(logits.shape[1]) < lengths[:, None]
            logits[is_word] = self.logits([words[row] for row in rows])
            for sentences, bias in zip(predicted, outside_biases, strict=True):
                best = most_likely(logits - np.float32(bias) * is_outside, lengths, transitions)
                for row, tags in zip(rows, best, strict=True):
                    sentences[row] = [self.tags[i] for i in tags[: len(words[row])].tolist()]
        return predicted

    def logits(self, words: Words) -> np.ndarray:
        """Returns the scores of the tags of all words of some sentences, float32 of shape (words, tags)."""
        scores: np.ndarray = (_indicators(words, self._number_of_feature) @ self._weights).toarray()
        return scores

    @cached_property
    def _number_of_feature(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.features)}

    @cached_property
    def _weights(self) -> Any:
        from scipy.sparse import csr_array

        shape = (len(self.features), len(self.tags))
        return csr_array((self.weights, (self.feature_of_weight, self.tag_of_weight)), shape=shape)

    def _batches(self, words: Words) -> list[list[int]]:
        """Returns the positions of the sentences that are decoded together, of similar lengths."""
        batches: list[list[int]] = []
        room = 0
        for row in sorted((row for row, sentence in enumerate(words) if sentence), key=lambda row: -len(words[row])):
            cost = len(words[row]) * len(self.tags) ** 2
            if cost > room:
                batches.append([])
                room = _MAX_ENTRIES
            batches[-1].append(row)
            room -= cost if len(batches[-1]) == 1 else len(words[batches[-1][0]]) * len(self.tags) ** 2
        return batches

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`."""
        return {
            "tags": _stored(self.tags),
            "features": _stored(self.features),
            "feature_of_weight": self.feature_of_weight,
            "tag_of_weight": self.tag_of_weight,
            "weights": self.weights,
            "transitions": self.transitions,
            "outside_bias": np.array(self.outside_bias),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "CrfBaseline":
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
        """
        tags, features = _restored(arrays, "tags"), _restored(arrays, "features")
        weights = stored_array(arrays, "weights", np.floating, None)
        return cls(
            tags=tags,
            features=features,
            feature_of_weight=_positions(arrays, "feature_of_weight", len(weights), len(features)),
            tag_of_weight=_positions(arrays, "tag_of_weight", len(weights), len(tags)),
            weights=weights,
            transitions=stored_array(arrays, "transitions", np.floating, len(tags), len(tags)),
            outside_bias=float(stored_array(arrays, "outside_bias", np.floating)),
        )


def _indicators(sentences: Words, number: dict[str, int]) -> Any:
    """Returns which features the words of sentences have, a sparse float32 matrix of shape (words, features)."""
    from scipy.sparse import csr_array

    columns: list[int] = []
    ends = [0]
    for sentence in sentences:
        for features in sentence_features(sentence):
            columns += [number[name] for name in features if name in number]
            ends.append(len(columns))
    return csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(ends) - 1, len(number)))


def _stored(strings: Sequence[str]) -> np.ndarray:
    """Returns strings as the bytes of a JSON list, which may contain any character."""
    return np.frombuffer(json.dumps(list(strings)).encode(), np.uint8)


def _restored(arrays: Mapping[str, np.ndarray], name: str) -> tuple[str, ...]:
    content = stored_array(arrays, name, np.uint8, None).tobytes()
    try:
        strings = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"The stored baseline is damaged: '{name}': {error}. Train the run again.") from error
    if not isinstance(strings, list) or not all(isinstance(string, str) for string in strings):
        raise DataError(f"The stored baseline is damaged: '{name}' is no list of strings. Train the run again.")
    if len(set(strings)) != len(strings) or (name == "tags" and not strings):
        raise DataError(f"The stored baseline is damaged: '{name}' is empty or has duplicates. Train the run again.")
    return tuple(strings)


def _positions(arrays: Mapping[str, np.ndarray], name: str, length: int, limit: int) -> np.ndarray:
    positions = stored_array(arrays, name, np.int64, length)
    if len(positions) and not 0 <= positions.min() <= positions.max() < limit:
        raise DataError(f"The stored baseline is damaged: '{name}' has numbers out of range. Train the run again.")
    return positions
