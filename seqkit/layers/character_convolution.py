"""Vectors of words from their characters."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class CharacterConvolution(keras.layers.Layer):
    """Convolution over the characters of a word, and the maximum of each filter over the word.

    Padding at the end of a word has no effect: a padded character is a zero vector, and the maximum does not include
    it.

    Args:
        alphabet: Number of character ids, [2, inf); 0 is padding.
        filters: Number of filters, [1, inf).
        dim: Dimensions of the character embedding, [1, inf).
        kernel_size: Characters that each filter spans, an odd number, [1, inf).
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Character ids of shape (batch, time, characters).

    Returns:
        Tensor of shape (batch, time, filters); zero and masked for a word without characters.

    Paper: Ma & Hovy (2016), End-to-end Sequence Labeling via Bi-directional LSTM-CNNs-CRF,
    https://arxiv.org/abs/1603.01354
    """

    def __init__(self, alphabet: int, filters: int, dim: int = 25, kernel_size: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alphabet, self.filters, self.dim, self.kernel_size = alphabet, filters, dim, kernel_size

    def build(self, input_shape: Any) -> None:  # noqa: D102
        self.embeddings = self.add_weight((self.alphabet, self.dim), initializer="uniform", name="embeddings")
        self.kernel = self.add_weight((self.kernel_size * self.dim, self.filters), name="kernel")
        self.bias = self.add_weight((self.filters,), initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:  # noqa: D102
        ops = keras.ops
        shape, side = ops.shape(inputs), self.kernel_size // 2
        characters = ops.reshape(inputs, (-1, shape[2]))  # (words, characters)
        is_character = ops.cast(characters != 0, self.compute_dtype)[:, :, None]
        vectors = ops.take(self.embeddings, characters, axis=0) * is_character  # (words, characters, dim)
        padded = ops.pad(vectors, ((0, 0), (side, side), (0, 0)))
        windows = ops.concatenate([padded[:, k : k + shape[2]] for k in range(self.kernel_size)], axis=2)
        filtered = ops.matmul(windows, self.kernel) + self.bias  # (words, characters, filters)
        strongest = ops.max(ops.relu(filtered) * is_character, axis=1)  # of values of at least 0
        return ops.reshape(strongest, (shape[0], shape[1], self.filters))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        return keras.ops.any(inputs != 0, axis=2)

    def compute_output_shape(self, input_shape: Any) -> Any:  # noqa: D102
        return (*input_shape[:2], self.filters)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        names = ("alphabet", "filters", "dim", "kernel_size")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
