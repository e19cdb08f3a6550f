"""Normal equations of a closed-form readout, summed over windows; NumPy only.

One pass over the training windows and one over the validation windows accumulate the normal equations; after that,
every penalty needs only small matrices.
"""

from collections.abc import Callable, Iterator

import numpy as np

from seqkit.data.series.measured import all_measured
from seqkit.data.series.windows import Windows
from seqkit.progress import Progress
from seqkit.stats.ridge import NormalEquations, RidgeSolution, choose_averaged, choose_common_penalty, choose_penalty
from seqkit.training.state import History

MAX_PRODUCTS = 1 << 25
"""Most products of features in memory where each output has its own sums, 256 MiB a part."""

Compute = Callable[[Windows], list[np.ndarray]]
"""Returns features (batch, width) or (batch, targets, width) of windows, the changes of their targets (batch, horizon,
targets), and whether each was measured, if some were not."""


def solved_history(solution: RidgeSolution) -> History:
    """Returns the history of a training in closed form: one epoch, with the selected penalty."""
    return History(
        epochs=[{"epoch": 1, "validation_loss": solution.validation_mse, "penalty": solution.penalty}],
        best_epoch=1,
        stopped=f"solved in one pass, penalty {solution.penalty:g} chosen on validation",
    )


class ReadoutSums:
    """Sums the normal equations of a readout over windows.

    Where some targets were not measured, only windows whose targets were all measured count; if these are fewer than
    half, each output has its own sums, over the windows where it was measured.

    Args:
        compute: Computes features and targets of a batch of windows.
        width: Features of each output.
        groups: Targets with weights of their own: 1 if all share them.
        train: Training windows.
        validation: Windows that select the penalty.
        measured: Whether each value of the targets was measured, of shape (rows, targets); None if all were.
    """

    def __init__(
        self,
        compute: Compute,
        width: int,
        groups: int,
        train: Windows,
        validation: Windows,
        measured: np.ndarray | None,
    ) -> None:
        self._compute, self._width, self._outputs = compute, width, train.horizon * groups
        self._train, self._validation, self._by_output, self._done = train, validation, False, 0
        if measured is not None:
            parts = [part[all_measured(part, measured)] for part in (train, validation)]
            self._by_output = 2 * len(parts[0]) < len(train) or 2 * len(parts[1]) < len(validation)
            if not self._by_output:
                self._train, self._validation = parts

    def solve(
        self, on_progress: Callable[[Progress], None], batch_size: int, *, average_windows: bool = False
    ) -> RidgeSolution:
        """Returns the solution with the penalty that has the lowest error on the validation windows.

        Args:
            on_progress: Called with the progress of the training.
            batch_size: Windows per batch.
            average_windows: Whether features run from the oldest step to the newest, so that the regression may be
                averaged with that on a shorter window; see `choose_averaged`.
        """
        self._on_progress, self._batch_size = on_progress, batch_size
        if self._by_output:
            return choose_common_penalty(self._output_equations())
        train, validation = NormalEquations(self._width, self._outputs), NormalEquations(self._width, self._outputs)
        for equations, windows in ((train, self._train), (validation, self._validation)):
            for x, y, *_ in self._rows(windows, passes=1):
                equations.add(x, y)
        return (choose_averaged if average_windows else choose_penalty)(train, validation)

    def _output_equations(self) -> Iterator[tuple[NormalEquations, NormalEquations]]:
        """Yields the equations of the training and of the validation windows of each output."""
        at_a_time = max(1, MAX_PRODUCTS // self._width**2)
        groups = [range(first, min(first + at_a_time, self._outputs)) for first in range(0, self._outputs, at_a_time)]
        for group in groups:
            parts = []
            for windows in (self._train, self._validation):
                parts.append([NormalEquations(self._width, 1) for _ in group])
                for x, y, known in self._rows(windows, passes=len(groups)):
                    for output, equations in zip(group, parts[-1], strict=True):
                        rows = known[:, output]
                        equations.add(x[rows], y[rows, output, None])
            yield from zip(*parts, strict=True)

    def _rows(self, windows: Windows, *, passes: int) -> Iterator[list[np.ndarray]]:
        """Yields the features (rows, width) and outputs (rows, outputs) of batches of windows, and which were measured.

        Args:
            windows: Windows to read.
            passes: Number of times that all windows are read, for the progress.
        """
        batches = -(-len(self._train) // self._batch_size) + -(-len(self._validation) // self._batch_size)
        for batch in windows.batches(self._batch_size):
            rows, *y_rows = self._compute(batch)
            if rows.ndim == 3:  # All targets share the readout: (batch, targets, width).
                y_rows = [values.transpose(0, 2, 1) for values in y_rows]
            rows = rows.reshape(-1, self._width)
            yield [rows, *(values.reshape(len(rows), -1) for values in y_rows)]
            self._done += 1
            self._on_progress(Progress(1, 1, self._done, passes * batches))
