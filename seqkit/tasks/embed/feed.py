"""Feeds blocks of running text to the training of word vectors, read from disk as needed."""

from collections.abc import Iterator

import numpy as np

from seqkit.data.text.corpus import Corpus
from seqkit.tasks.embed.prepare import keep_probabilities

PART = 1 << 16
"""Number of word ids read at a time; each epoch shuffles these parts of the corpus."""

MIN_STEPS = 50
"""Minimum number of steps per epoch: a small corpus is read in shorter blocks."""

MIN_BLOCK = 256
"""Minimum length of a block; all lengths are multiples of it."""


class WordFeed:
    """Reads a corpus in blocks, with subsampling of frequent words.

    Args:
        corpus: The corpus.
        sample: Relative frequency above which words are subsampled; see `keep_probabilities`.
    """

    def __init__(self, corpus: Corpus, sample: float) -> None:
        self._ids = corpus.ids
        self._keep_probabilities = keep_probabilities(corpus.counts, sample)
        self.words = corpus.raw_words
        self.expected = float(self._keep_probabilities[1:] @ corpus.counts) + corpus.lines

    def length(self, batch_size: int) -> int:
        """Returns the number of words per block: about `batch_size`, fewer for a small corpus."""
        max_length = min(batch_size, int(self.expected / MIN_STEPS))
        return max(max_length // MIN_BLOCK * MIN_BLOCK, MIN_BLOCK)

    def steps(self, batch_size: int) -> int:
        """Returns the expected number of blocks per epoch; the actual one varies with subsampling."""
        return max(round(self.expected / self.length(batch_size)), 1)

    def blocks(self, batch_size: int, seed: int, epoch: int, max_blocks: int) -> Iterator[np.ndarray]:
        """Yields the text of an epoch, a deterministic function of the arguments.

        Each word is either dropped by subsampling or occurs once. Lines are split at the ends of blocks and of parts of
        the corpus.

        Returns:
            Word ids of shape (blocks, length), int32, at most `max_blocks` blocks; the last block is padded with zeros.
        """
        length = self.length(batch_size)
        rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
        buffer, count = [], 0
        for part in rng.permutation(-(-len(self._ids) // PART)):
            words = self._ids[part * PART : (part + 1) * PART]
            words = words[rng.random(len(words), np.float32) < self._keep_probabilities[words]]
            buffer.append(words)
            count += len(words)
            if count >= max_blocks * length:
                text = np.concatenate(buffer)
                end = count // length * length
                for first in range(0, end, max_blocks * length):
                    yield text[first : min(first + max_blocks * length, end)].reshape(-1, length)
                buffer, count = [text[end:]], count - end
        rest = np.concatenate([*buffer, np.zeros(-count % length, np.int32)])
        for first in range(0, len(rest), max_blocks * length):
            yield rest[first : first + max_blocks * length].reshape(-1, length)
