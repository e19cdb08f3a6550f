"""Feed of sentences with a tag for every word."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged
from seqkit.training.feeds.examples import ExampleFeed


class SentenceFeed:
    """Sentences in batches of similar length, with the tags of their words.

    Args:
        train: Rows of integers of the words of training sentences.
        train_tags: Their tags, int64, of shape (words,); negative for words that are not trained.
        validation: Rows of integers of validation sentences.
        validation_tags: Their tags.

    Attributes:
        example_shape, validation_shape: See `Feed`.
    """

    example_shape: tuple[int, ...] = ()
    validation_shape: tuple[int, ...] = ()

    def __init__(self, train: Ragged, train_tags: np.ndarray, validation: Ragged, validation_tags: np.ndarray) -> None:
        self._examples = ExampleFeed(_part(train, train_tags), _part(validation, validation_tags), 0)
        self.steps, self.batches = self._examples.steps, self._examples.batches

    def gather(self, batch: Any) -> tuple[Any, Any]:
        """Returns padded sentences (batch, time, columns), int32, and tags (batch, time), -1 for padding."""
        rows, _ = self._examples.gather(batch)
        return rows[:, :, :-1], rows[:, :, -1] - 1

    gather_validation = gather

    def validation_batches(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the validation sentences, short ones first."""
        return self._examples.validation_batches(batch_size)


def _part(sentences: Ragged, tags: np.ndarray) -> Part:
    """Returns sentences with the tags as a further column, 0 for a word without one."""
    values = np.concatenate([sentences.values, (np.maximum(tags, -1) + 1)[:, None].astype(np.int32)], axis=1)
    count = len(sentences)
    return Part(Ragged(values, sentences.offsets), np.zeros(count, np.int64), np.arange(count))
