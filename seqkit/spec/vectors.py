"""Vectors of words, at every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Vectors:
    """A vector for each word that is read.

    Attributes:
        dim: Length of the vectors, at least 1.
        name: Name of the output in ONNX.
    """

    dim: int
    name: ClassVar[str] = "vectors"

    def __post_init__(self) -> None:
        check_count("dim", self.dim)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the output, None where any size will do."""
        return (None, None, self.dim)

    def outputs(self, x: KerasTensor, *, per_step: bool = False) -> KerasTensor:
        """Returns `x`: the vectors (batch, time, dim) are what is learned, and there is no readout."""
        return x
