"""A sequence of tokens with a length of its own: the output of a model with a decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class TargetTokens:
    """One logit per token of the target's vocabulary, at every step of the target.

    Attributes:
        vocabulary: Number of tokens, at least 2; id 0 is padding.
        embedding: Dimensions of the embedding of the tokens that the decoder reads, at least 1.
        name: Name of the output in ONNX.
        decoder_name: Name of the decoder's input.
        decoder_shape: Shape of the decoder's input.
        attention_shape: Shape of the attention weights that a model may give beside the logits.
    """

    vocabulary: int
    embedding: int = 64
    name: ClassVar[str] = "logits"
    decoder_name: ClassVar[str] = "previous"
    decoder_shape: ClassVar[tuple[None, None]] = (None, None)
    attention_shape: ClassVar[tuple[None, None, None]] = (None, None, None)

    def __post_init__(self) -> None:
        check_count("vocabulary", self.vocabulary, least=2)
        check_count("embedding", self.embedding)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output."""
        return (None, None, self.vocabulary)

    def decoder_inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the decoder's input (batch, target time), int32, and the tensor to build on.

        The input is the target, shifted by one step: at every step, the token before the one to predict. Padding needs
        no mask: it comes after the last token, and a decoder does not look ahead.
        """
        import keras

        tokens = keras.Input((None,), dtype="int32", name=self.decoder_name)
        return tokens, keras.layers.Embedding(self.vocabulary, self.embedding, name="target_embedding")(tokens)

    def outputs(
        self, x: KerasTensor, attention: KerasTensor | None = None, *, per_step: bool = True
    ) -> KerasTensor | list[KerasTensor]:
        """Returns the logits (batch, target time, vocabulary), a dense layer on `x` (batch, target time, width).

        Args:
            x: The tensor.
            attention: Weights of the source tokens at each step of the target, of shape (batch, target time, source
                time), if the recipe has some to show; returned beside the logits.
            per_step: A decoder always has an output at every step.

        Raises:
            ValueError: `x` or `attention` has another shape.
        """
        import keras

        for argument, tensor, shape in (
            ("x", x, "(batch, target time, width)"),
            ("attention", attention, "(batch, target time, source time)"),
        ):
            if tensor is not None and len(tensor.shape) != 3:
                raise ValueError(
                    f"Received an invalid shape for argument `{argument}`, expected {shape}, got {tuple(tensor.shape)}."
                )
        logits = keras.layers.Identity(name=self.name)(keras.layers.Dense(self.vocabulary, name="readout")(x))
        return logits if attention is None else [logits, keras.layers.Identity(name="attention")(attention)]
