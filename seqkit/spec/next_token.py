"""The next token at every step: the output of a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class NextToken:
    """One logit per token of the vocabulary, at every step.

    Attributes:
        vocabulary: Number of tokens, at least 2.
        tied: Whether the token embedding of the inputs is the output layer, too; see `Tokens`.
        name: Name of the output in ONNX.
    """

    vocabulary: int
    tied: bool = False
    name: ClassVar[str] = "logits"

    def __post_init__(self) -> None:
        check_count("vocabulary", self.vocabulary, least=2)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output at one step."""
        return (None, self.vocabulary)

    def outputs(self, x: KerasTensor, *, per_step: bool = True) -> KerasTensor:
        """Returns the logits (batch, time, vocabulary), a dense layer on `x` (batch, time, width).

        If the output layer is tied, `x` is projected to the width of the embedding first, and the result is the output
        of a layer named "hidden".

        Raises:
            ValueError: `x` has another shape.
        """
        import keras

        if len(x.shape) != 3:
            raise ValueError(
                f"Received an invalid shape for argument `x`, expected (batch, time, width), got {tuple(x.shape)}: "
                "return an output at every step if `spec.per_step`."
            )
        if not self.tied:
            return keras.layers.Identity(name=self.name)(keras.layers.Dense(self.vocabulary, name="readout")(x))
        table = _embedding_below(x)
        if x.shape[-1] != table.output_dim:
            x = keras.layers.Dense(table.output_dim, name="project_output")(x)  # (batch, time, embedding)
        x = keras.layers.Identity(name="hidden")(x)
        return keras.layers.Identity(name=self.name)(table(x, reverse=True))


def _embedding_below(x: KerasTensor) -> Any:
    """Returns the embedding that a tensor has been computed from."""
    from seqkit.layers.tied_embedding import TiedEmbedding

    tensors, seen = [x], {id(x)}
    while tensors:
        operation, node, _ = tensors.pop()._keras_history
        if isinstance(operation, TiedEmbedding):
            return operation
        below = [tensor for tensor in operation._inbound_nodes[node].input_tensors if id(tensor) not in seen]
        seen.update(map(id, below))
        tensors += below
    raise ValueError(
        "Received an argument `x` that does not depend on the token embedding: start with `spec.inputs()`."
    )
