"""Sets the weights and the optimizer of a training that starts from given vectors."""

import math
from typing import Any

import numpy as np

from seqkit.layers.bag_of_words import BagOfWords
from seqkit.layers.negative_sampling import NegativeSampling
from seqkit.layers.rows import set_rows
from seqkit.layers.subword_embedding import SubwordEmbedding
from seqkit.tasks.embed.start import Start
from seqkit.training.optimizers.row_adagrad import RowAdagrad

ROWS = 1 << 14
"""Number of vectors set at a time."""

MIN_STEPS = 100
"""Steps that a given vector counts as trained, at least: the first steps of Adagrad would move it far away."""

GRADIENT = 0.5
"""Typical gradient of a number of a vector, for each word of a block, divided by the words of the block."""


def set_starting_weights(model: Any, start: Start) -> None:
    """Sets the vectors of the words that the source has, and their context vectors if it has them for this layer.

    With n-grams, the vectors of n-grams are those of the source if it has the same ones, and each word's own vector
    makes the composed vector that of the source.
    """
    embedding, known = model.get_layer("embedding"), start.known
    vectors = start.source.vectors
    if isinstance(embedding, SubwordEmbedding):
        if start.ngrams is not None:
            _set_rows(embedding.parts, start.ngrams.buckets, start.ngrams.vectors)
        counts = np.diff(embedding.offset.numpy()) + 1  # the word itself, and its n-grams
        own = embedding.words.numpy()
        for first in range(0, len(known), ROWS):
            positions = known[first : first + ROWS]
            ids = positions + 1
            change = vectors.vectors[start.rows[positions]] - embedding.vectors(ids).numpy()
            set_rows(embedding.words, ids, own[ids] + change * counts[ids, None])
    else:
        _set_rows(embedding.embeddings, known + 1, vectors.vectors, start.rows[known])
    if (layer := context_layer(model)) is not None and start.source.context_layer == type(layer).__name__:
        assert start.source.context is not None
        _set_rows(layer.context, known + 1, start.source.context, start.rows[known])


def accumulate_steps(model: Any, optimizer: RowAdagrad, start: Start, length: int) -> None:
    """Sets the accumulators of the given vectors as if they had been trained before, on blocks of this length."""
    counts = start.source.vectors.counts
    known = start.known
    steps = np.full(len(known), MIN_STEPS, np.float32)
    if counts is not None:
        steps = np.maximum(counts[start.rows[known]], MIN_STEPS).astype(np.float32)
    sums = steps * np.float32((GRADIENT / length) ** 2)
    embedding = model.get_layer("embedding")
    if isinstance(embedding, SubwordEmbedding):
        optimizer.accumulate(embedding.words, known + 1, sums)
        if start.ngrams is not None:
            buckets = start.ngrams.buckets
            optimizer.accumulate(embedding.parts, buckets, np.full(len(buckets), sums.mean(), np.float32))
    else:
        optimizer.accumulate(embedding.embeddings, known + 1, sums)
    if (layer := context_layer(model)) is not None and start.source.context_layer == type(layer).__name__:
        optimizer.accumulate(layer.context, known + 1, sums)


def loss_of_guessing(model: Any) -> float:
    """Returns an upper bound of the loss per word of vectors that know nothing; given ones start below it."""
    layer = context_layer(model)
    if layer is None:
        return 0.0
    predictions = 1 if isinstance(layer, BagOfWords) else layer.window + 1  # mean number of context words
    return math.log(2) * (1 + layer.negative) * predictions


def context_layer(model: Any) -> NegativeSampling | None:
    """Returns the layer with the context vectors."""
    return next((layer for layer in model.layers if isinstance(layer, NegativeSampling)), None)


def _set_rows(variable: Any, ids: np.ndarray, values: np.ndarray, rows: np.ndarray | None = None) -> None:
    for first in range(0, len(ids), ROWS):
        part = slice(first, first + ROWS)
        chosen = values[part] if rows is None else values[rows[part]]
        set_rows(variable, ids[part], chosen)
