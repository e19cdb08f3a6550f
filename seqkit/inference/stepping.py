"""Reads sequences in parts with the ONNX model of a run, with its state carried from part to part."""

from collections.abc import Sequence

import numpy as np
import onnxruntime

from seqkit.errors import DataError

States = list[np.ndarray]


class Stepper:
    """A model that reads the next tokens of some sequences.

    Args:
        session: The model; see `seqkit.training.export.export_stepwise`.
        ends: Names of its input and output.
        states: Units of each of its states.
    """

    def __init__(self, session: onnxruntime.InferenceSession, ends: tuple[str, str], states: Sequence[int]) -> None:
        self._session, self._input, self._states = session, ends[0], tuple(states)
        self._inputs = [f"state_{n}" for n in range(1, len(states) + 1)]
        self._outputs = [ends[1], *(f"last_{name}" for name in self._inputs)]

    def start(self, batch: int) -> States:
        """Returns the states before the first token of `batch` sequences."""
        return [np.zeros((batch, size), np.float32) for size in self._states]

    def read(self, tokens: np.ndarray, states: States) -> tuple[np.ndarray, States]:
        """Reads the next tokens.

        Args:
            tokens: Token ids, int32, of shape (batch, time).
            states: States after the tokens before.

        Returns:
            The outputs, of shape (batch, time, …), and the states after the last token.

        Raises:
            DataError: The model fails.
        """
        inputs = dict(zip(self._inputs, states, strict=True))
        try:
            outputs, *states = self._session.run(self._outputs, {self._input: tokens, **inputs})
        except Exception as error:  # ONNX Runtime's errors have no common base class.
            raise DataError(f"The model of the run fails: {error} Train the run again.") from error
        return outputs, states
