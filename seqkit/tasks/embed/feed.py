"""What word vectors are learned from: stretches of running text, read from disk as they are needed."""

from collections.abc import Iterator

import numpy as np

from seqkit.data.text.corpus import Corpus
from seqkit.tasks.embed.prepare import keep_probabilities

PART = 1 << 16
"""Word numbers that are read at once; the parts of a corpus come in a random order."""

MIN_STEPS = 50
"""Steps that an epoch has at least, as far as the text goes: a small corpus is read in shorter stretches."""

MIN_BLOCK = 256
"""The length of a stretch is a multiple of this."""


class WordFeed:
    """The words of a corpus.

    Args:
        corpus: The words.
        sample: Share of the text from which on a word is left out at random; see `keep_probabilities`.
    """

    def __init__(self, corpus: Corpus, sample: float) -> None:
        self._ids = corpus.ids
        self._chances = keep_probabilities(corpus.counts, sample)
        self.words = corpus.raw_words
        self.expected = float(self._chances[1:] @ corpus.counts) + corpus.lines

    def length(self, batch_size: int) -> int:
        """Returns the words of a stretch: `batch_size` as nearly as may be, fewer in a small corpus."""
        most = min(batch_size, int(self.expected / MIN_STEPS))
        return max(most // MIN_BLOCK * MIN_BLOCK, MIN_BLOCK)

    def steps(self, batch_size: int) -> int:
        """Returns about how many stretches an epoch has: how many words are left out is drawn anew each time."""
        return max(round(self.expected / self.length(batch_size)), 1)

    def blocks(self, batch_size: int, seed: int, epoch: int, at_once: int) -> Iterator[np.ndarray]:
        """Yields an epoch's text, a pure function of its arguments.

        Every word is either left out at random or stands in it once. A line that goes beyond a stretch, or a part of
        the corpus, is read as two.

        Returns:
            Word numbers of shape (stretches, length), int32, at most `at_once` stretches; the last one is filled up
            with zeros.
        """
        length = self.length(batch_size)
        rng = np.random.Generator(np.random.Philox(key=[seed, epoch]))
        held, count = [], 0
        for part in rng.permutation(-(-len(self._ids) // PART)):
            words = self._ids[part * PART : (part + 1) * PART]
            words = words[rng.random(len(words), np.float32) < self._chances[words]]
            held.append(words)
            count += len(words)
            if count >= at_once * length:
                together = np.concatenate(held)
                whole = count // length * length
                for first in range(0, whole, at_once * length):
                    yield together[first : min(first + at_once * length, whole)].reshape(-1, length)
                held, count = [together[whole:]], count - whole
        rest = np.concatenate([*held, np.zeros(-count % length, np.int32)])
        for first in range(0, len(rest), at_once * length):
            yield rest[first : first + at_once * length].reshape(-1, length)
