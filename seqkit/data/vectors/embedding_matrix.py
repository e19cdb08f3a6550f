"""Pretrained word vectors as the weights of an embedding."""

from collections.abc import Callable, Sequence

import numpy as np

from seqkit.data.vectors.formats import WordVectors
from seqkit.errors import DataError

RESERVED = 2
"""Ids of no word: 0 is padding, 1 the unknown word."""


def embedding_matrix(
    vectors_of: Callable[[str, Sequence[str]], WordVectors], path: str, tokens: Sequence[str], width: int | None
) -> tuple[np.ndarray, list[str]]:
    """Returns the vectors of tokens, and messages on their coverage; other tokens get random ones of the same scale.

    Args:
        vectors_of: Reads the vectors of those words that have one.
        path: The source of the vectors.
        tokens: The token of each id, the reserved ones included.
        width: Required dimension; None for that of the vectors.

    Returns:
        The vectors, float32 of shape (tokens, dimensions), and the messages.

    Raises:
        DataError: The vectors have another dimension, or no token has a vector.
    """
    pretrained = vectors_of(path, tokens[RESERVED:])
    dimensions = pretrained.vectors.shape[1]
    if width is not None and width != dimensions:
        raise DataError(
            f"The vectors in {path} have {dimensions} dimensions, but --embedding is {width}. Leave --embedding out."
        )
    row_of = {word: i for i, word in enumerate(pretrained.words)}
    rows = np.array([row_of.get(token, -1) for token in tokens])
    covered = rows >= 0
    if not covered.any():
        raise DataError(
            f"The vectors in {path} cover none of the {len(tokens):,} tokens. Check that they are for this language, "
            "and for words as --tokenizer splits them."
        )
    deviation = float(pretrained.vectors.std()) or 1.0
    matrix = np.random.default_rng(0).normal(0, deviation, (len(tokens), dimensions)).astype(np.float32)
    matrix[covered] = pretrained.vectors[rows[covered]]
    coverage = f"vectors: {path} covers {covered.sum():,} of {len(tokens):,} tokens ({covered.mean():.1%})"
    return matrix, [*pretrained.notes, coverage]
