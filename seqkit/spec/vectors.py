"""Word vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Vectors:
    """One vector per word.

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
        """Shape of the output, None for dynamic dimensions."""
        return (None, None, self.dim)

    def outputs(self, x: KerasTensor, *, per_step: bool = False) -> KerasTensor:
        """Returns `x` unchanged: the vectors (batch, time, dim) are the outputs."""
        return x
