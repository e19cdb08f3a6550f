"""Running text as word ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Words:
    """Word ids, which start at 1; 0 ends a line.

    Attributes:
        vocabulary: Number of words, at least 2.
        dim: Length of the vectors, at least 1.
        buckets: Number of n-gram vectors; 0 for word vectors without n-grams.
        ngrams: Total number of n-grams of all words, with `buckets`.
        name: Name of the input in ONNX.
        steps: None: text has any length.
        length: None: text has any length.
    """

    vocabulary: int
    dim: int = 100
    buckets: int = 0
    ngrams: int = 0
    name: ClassVar[str] = "words"
    steps: ClassVar[None] = None
    length: ClassVar[None] = None

    def __post_init__(self) -> None:
        check_count("vocabulary", self.vocabulary, least=2)
        check_count("dim", self.dim)
        check_count("buckets", self.buckets, least=0)
        check_count("ngrams", self.ngrams, least=0)

    @property
    def features(self) -> int:
        """Length of the vectors."""
        return self.dim

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the input, None for dynamic dimensions."""
        return (None, None)

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the input (batch, time), int32, and the words' vectors (batch, time, dim), without a mask."""
        import keras

        words = keras.Input((None,), dtype="int32", name=self.name)
        if self.buckets:
            from seqkit.layers.subword_embedding import SubwordEmbedding

            return words, SubwordEmbedding(self.vocabulary, self.dim, self.buckets, self.ngrams, name="embedding")(
                words
            )
        from seqkit.layers.rows import NearZero
        from seqkit.layers.word_embedding import WordEmbedding

        embedding = WordEmbedding(self.vocabulary + 1, self.dim, embeddings_initializer=NearZero(), name="embedding")
        return words, embedding(words)
