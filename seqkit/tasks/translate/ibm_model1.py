"""Baseline: translates word by word, in the order of the source, with the lexicon of IBM model 1."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from seqkit.tasks.translate.metrics import bleu_of, bleu_statistics
from seqkit.tasks.translate.translation_table import fit_translation_table
from seqkit.tasks.translate.word_tokens import join_tokens, tokens

SHARES = (0.0, 0.3, 0.5, 0.7)
"""Candidates for `WordByWord.drop_below`."""


@dataclass(frozen=True)
class WordByWord:
    """Translates each source word by its most likely target word, and keeps words that training lacks.

    Attributes:
        lexicon: For each source word, in lower case: its most likely translation, and the expected number of target
            words that come from one occurrence of it, [0, inf).
        drop_below: Source words with a smaller expected number are left out.
        capitalised: Whether translations start with a capital letter, as most target sentences of training do.
        pairs: Number of sentence pairs that the lexicon was fitted on.
    """

    lexicon: dict[str, tuple[str, float]]
    drop_below: float = 0.0
    capitalised: bool = False
    pairs: int = 0

    @classmethod
    def fit(cls, sources: Sequence[str], targets: Sequence[str], *, iterations: int = 5) -> "WordByWord":
        """Fits the lexicon on sentence pairs.

        Args:
            sources: Source sentences.
            targets: Their translations.
            iterations: Iterations of expectation maximisation, [1, inf).
        """
        source_number: dict[str, int] = {}
        target_number: dict[str, int] = {}
        source_ids = [[source_number.setdefault(w, len(source_number)) for w in _source_words(s)] for s in sources]
        target_ids = [[target_number.setdefault(w, len(target_number)) for w in tokens(s)] for s in targets]
        table = fit_translation_table(source_ids, target_ids, iterations=iterations)
        real = table.sources >= 0
        numbers, counts = table.sources[real], table.counts[real]
        order = np.lexsort((table.targets[real], -counts, numbers))  # the likeliest of each source first
        firsts = order[np.flatnonzero(np.diff(numbers[order], prepend=-1))]
        links = np.bincount(numbers, counts, minlength=len(source_number))
        occurrences = np.bincount([i for ids in source_ids for i in ids], minlength=len(source_number))
        expected = links / np.maximum(occurrences * (table.pairs / max(len(sources), 1)), 1e-9)
        source_words, target_words = list(source_number), list(target_number)
        best = zip(numbers[firsts].tolist(), table.targets[real][firsts].tolist(), strict=True)
        return cls(
            {source_words[i]: (target_words[j], float(expected[i])) for i, j in best},
            capitalised=2 * sum(target[:1].isupper() for target in targets) > len(targets),
            pairs=table.pairs,
        )

    def choose(self, sources: Sequence[str], targets: Sequence[str]) -> "WordByWord":
        """Returns it with the `drop_below` that has the best BLEU on validation pairs."""
        candidates = [replace(self, drop_below=share) for share in SHARES]
        scores = [
            float(bleu_of(bleu_statistics(candidate.translate(sources), targets).sum(axis=0)))
            for candidate in candidates
        ]
        return candidates[int(np.argmax(scores))]

    def translate(self, sources: Sequence[str]) -> list[str]:
        """Returns the translation of each sentence."""
        translations = [join_tokens(self._words(source)) for source in sources]
        return [text[:1].upper() + text[1:] for text in translations] if self.capitalised else translations

    def _words(self, source: str) -> list[str]:
        words = []
        for word in tokens(source):
            translation, expected = self.lexicon.get(word.lower(), (word, 1.0))
            if expected >= self.drop_below:
                words.append(translation)
        return words


def _source_words(sentence: str) -> list[str]:
    return [word.lower() for word in tokens(sentence)]
