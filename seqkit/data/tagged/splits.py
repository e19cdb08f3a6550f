"""Splits tagged sentences into training, validation and test.

Where the data has documents, a document goes to one part as a whole, since names recur within it. The same sentence
never goes to two parts: equal sentences, or the documents that contain them, go together.
"""

from collections.abc import Sequence

import numpy as np

from seqkit.data.labelled.splits import PARTS, split_examples
from seqkit.data.tagged.schemes import OUTSIDE
from seqkit.data.tagged.sentences import TaggedCorpus
from seqkit.errors import UsageError

_MIN_DOCUMENTS = 10
"""Documents from which they are kept whole; fewer cannot give parts of the requested sizes."""

_MAX_GROUP = 0.1
"""Share of the sentences up to which documents are joined because they have sentences in common."""


def split_sentences(corpus: TaggedCorpus, split: str = "0.8,0.1,0.1") -> tuple[dict[str, np.ndarray], list[str]]:
    """Returns the positions of the sentences of each part, ascending, and notes for the user.

    The split is seeded and the same for all runs on the same sentences. Parts have similar shares of each label.

    Args:
        corpus: The sentences. Parts that the data defines stay as they are; the others are taken from its training.
        split: Fractions of training, validation and test.

    Raises:
        UsageError: `split` is not three fractions, or there are too few sentences for a part.
    """
    is_open = np.ones(len(corpus), bool) if corpus.parts is None else corpus.parts == "train"
    groups, notes = _groups(corpus, np.flatnonzero(is_open))
    if corpus.parts is None and len(corpus) < len(PARTS):
        count = "1 sentence" if len(corpus) == 1 else f"{len(corpus)} sentences"
        raise UsageError(
            f"{corpus.source} has {count}, but training, validation and test need one each. Pass more sentences; in "
            "CoNLL columns, a blank line ends a sentence."
        )
    labels = [_labels(tags) for tags in corpus.tags]
    positions = split_examples(groups, labels, corpus.parts, split)
    drawn = corpus.parts is None or any(not (corpus.parts == part).any() for part in PARTS)
    return positions, [*(notes if drawn else ()), *_repeated(corpus, positions)]


def sentence_keys(words: Sequence[Sequence[str]]) -> np.ndarray:
    """Returns a number for each sentence, int64 of shape (sentences,); equal ones, but for case, share a number."""
    number_of: dict[str, int] = {}
    return np.array([number_of.setdefault("\n".join(sentence).lower(), len(number_of)) for sentence in words], np.int64)


def _labels(tags: Sequence[str]) -> tuple[str, ...]:
    """Returns the labels in a sentence, or its tags where they have no labels."""
    return tuple(dict.fromkeys(tag.partition("-")[2] or tag for tag in tags if tag != OUTSIDE))


def _groups(corpus: TaggedCorpus, rows: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Returns the number of the group of each sentence, of which those in `rows` are to be split, and notes."""
    keys = sentence_keys(corpus.words)
    if not corpus.has_documents:
        return keys, []
    documents = np.array([sentence.document for sentence in corpus.sentences], np.int64)
    count = len(np.unique(documents[rows]))
    if count < _MIN_DOCUMENTS:
        return keys, [
            f"split by sentence: {count:,} document{'s are' if count != 1 else ' is'} too few to stay whole, at least "
            f"{_MIN_DOCUMENTS} are needed"
        ]
    joined = _joined_documents(documents, keys)
    if np.bincount(joined[rows]).max() <= max(_MAX_GROUP * len(rows), np.bincount(documents[rows]).max()):
        return joined, [f"split by document: {count:,} documents stay whole"]
    return documents, [
        f"split by document: {count:,} documents stay whole; too many have sentences in common to keep those in one "
        "part, too"
    ]


def _joined_documents(documents: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Returns the number of each sentence's group: documents that have a sentence in common are joined."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, document_of = np.unique(documents, return_inverse=True)
    nodes = int(document_of.max()) + 1
    size = nodes + int(keys.max()) + 1  # a node for each document, and one for each sentence
    edges = coo_array((np.ones(len(keys), np.int8), (document_of, nodes + keys)), shape=(size, size))
    components: np.ndarray = connected_components(edges, directed=False)[1]
    return components[document_of].astype(np.int64)


def _repeated(corpus: TaggedCorpus, positions: dict[str, np.ndarray]) -> list[str]:
    """Returns notes on sentences of validation and test that also occur in training."""
    keys = sentence_keys(corpus.words)
    notes = []
    for part in PARTS[1:]:
        count = int(np.isin(keys[positions[part]], keys[positions["train"]]).sum())
        if count:
            notes.append(
                f"{count:,} of {len(positions[part]):,} {part} sentences also occur{'s' * (count == 1)} in training"
            )
    return notes
