"""What a linear forecast reads of a window, for recipes that NumPy alone can train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class LinearWindow:
    """The features of a window below the readout of a linear forecast.

    Attributes:
        order: Last steps that are read, at least 1.
        shared: Whether each target is forecast from its own column, with one set of weights for all targets. Otherwise
            all columns are read, and the last step itself.
    """

    order: int
    shared: bool

    def features(self, inputs: np.ndarray, targets: tuple[int, ...]) -> np.ndarray:
        """Returns the changes of the last steps against the very last one.

        Args:
            inputs: Windows, of shape (batch, steps, columns).
            targets: Positions of the targets among the columns.

        Returns:
            Features of shape (batch, targets, width) if `shared`, else (batch, width).
        """
        import numpy as np

        last = inputs[:, -1:]
        changes = inputs[:, -self.order : -1] - last  # (batch, order - 1, columns)
        if self.shared:
            return np.ascontiguousarray((changes if self.order > 1 else last)[:, :, targets].transpose(0, 2, 1))
        return np.concatenate([changes, last], axis=1).reshape(len(inputs), -1)

    def width(self, columns: int) -> int:
        """Returns the number of features that each forecast is a weighted sum of."""
        return max(self.order - 1, 1) if self.shared else self.order * columns
