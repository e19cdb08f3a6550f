"""Reads sources, and targets step by step, with the encoder and the decoder of a run.

See `seqkit.runs.model_files` for the inputs and outputs of the two ONNX models.
"""

import re
from typing import Any

import numpy as np
import onnxruntime

from seqkit.errors import DataError
from seqkit.inference.sessions import load_session
from seqkit.runs.model_files import ATTENTION, DECODER, ENCODER, LOGITS, PREVIOUS
from seqkit.runs.run import Run

State = list[np.ndarray]
"""What the decoder keeps of each source and of the tokens so far: arrays whose first axis are the sequences."""


class EncoderDecoder:
    """An encoder and a decoder that belong together.

    Args:
        encoder: The encoder.
        decoder: The decoder.

    Attributes:
        has_attention: Whether the decoder gives attention weights.
        vocabulary: Number of target tokens.

    Raises:
        DataError: Their inputs and outputs do not fit each other.
    """

    def __init__(self, encoder: onnxruntime.InferenceSession, decoder: onnxruntime.InferenceSession) -> None:
        self._encoder, self._decoder = encoder, decoder
        given, read = _tensors(encoder.get_outputs()), _tensors(decoder.get_inputs())
        outputs = _tensors(decoder.get_outputs())
        if len(encoder.get_inputs()) != 1 or PREVIOUS not in read or not outputs.get(LOGITS, ((), ""))[0]:
            raise _unfit("its inputs or outputs have other names")
        del read[PREVIOUS]
        for name, tensor in read.items():
            if given.get(name) != tensor or not re.fullmatch(r"(memory|state)_\d+", name):
                raise _unfit(f"the decoder reads {name} as {tensor}, and the encoder gives {given.get(name)}")
        self._memories = [name for name in read if name.startswith("memory")]
        self._states = [name for name in read if name.startswith("state")]
        for name in self._states:
            if outputs.get(f"last_{name}") != read[name]:
                raise _unfit(f"the decoder gives last_{name} as {outputs.get(f'last_{name}')}, expected {read[name]}")
        self.has_attention = ATTENTION in outputs
        size = outputs[LOGITS][0][-1]
        if not isinstance(size, int):
            raise _unfit("the number of its target tokens is not known")
        self.vocabulary = size
        self._source = encoder.get_inputs()[0].name
        self._outputs = [LOGITS, *([ATTENTION] if self.has_attention else []), *(f"last_{n}" for n in self._states)]

    @classmethod
    def from_run(cls, run: Run) -> "EncoderDecoder":
        """Opens both models of a run.

        Raises:
            DataError: A file is missing or damaged, or they do not fit each other.
        """
        hashes = run.manifest.model
        sessions = [
            load_session(run, name, hashes.get(f"{name.partition('.')[0]}_sha256")) for name in (ENCODER, DECODER)
        ]
        try:
            return cls(*sessions)
        except DataError as error:
            raise DataError(f"{run.path / DECODER} does not fit {ENCODER}: {error}") from error

    def start(self, source: np.ndarray) -> State:
        """Reads sources.

        Args:
            source: Token ids, int32, of shape (batch, time), padded with 0.

        Returns:
            The state before the first token of the targets.

        Raises:
            DataError: The model fails.
        """
        return _run(self._encoder, [*self._memories, *self._states], {self._source: source})

    def step(self, previous: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Reads the newest token of each target.

        Args:
            previous: All tokens of the targets so far, int32, of shape (batch, time): the same number in each.
            state: The state before the newest token.

        Returns:
            Logits of the next token, of shape (batch, vocabulary), and the state after the newest one.

        Raises:
            DataError: The model fails.
        """
        logits, _, state = self._step(previous, state)
        return logits, state

    def attention(self, source: np.ndarray, previous: np.ndarray) -> np.ndarray:
        """Returns the weight of each source token at each step of a target, of shape (batch, target time, source time).

        Args:
            source: Token ids, int32, of shape (batch, source time).
            previous: The targets shifted by one step, int32, of shape (batch, target time).
        """
        state, steps = self.start(source), []
        for step in range(previous.shape[1]):
            _, weights, state = self._step(previous[:, : step + 1], state)
            steps.append(weights)
        return np.stack(steps, axis=1)

    def _step(self, previous: np.ndarray, state: State) -> tuple[np.ndarray, np.ndarray, State]:
        count = len(self._memories)
        tokens = previous[:, -1:] if self._states else previous  # Without states, all tokens are read again.
        inputs = dict(zip([*self._memories, *self._states], state, strict=True))
        logits, *rest = _run(self._decoder, self._outputs, {PREVIOUS: tokens, **inputs})
        weights = rest.pop(0) if self.has_attention else np.zeros((len(tokens), 0), np.float32)
        if logits.shape != (len(tokens), self.vocabulary):
            raise DataError(
                f"The decoder of the run returned the shape {logits.shape}, expected {(len(tokens), self.vocabulary)}. "
                "Train the run again."
            )
        return logits, weights, [*state[:count], *rest]


def _tensors(tensors: Any) -> dict[str, tuple[tuple[int | None, ...], str]]:
    """Returns shape, without the batch, and type of inputs or outputs by name."""
    return {
        tensor.name: (tuple(size if isinstance(size, int) else None for size in tensor.shape[1:]), tensor.type)
        for tensor in tensors
    }


def _run(session: onnxruntime.InferenceSession, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    try:
        outputs: list[np.ndarray] = session.run(names, inputs)
    except Exception as error:  # ONNX Runtime's errors have no common base class.
        raise DataError(f"The model of the run fails: {error} Train the run again.") from error
    batch = len(next(iter(inputs.values())))
    for name, output in zip(names, outputs, strict=True):
        if output.shape[:1] != (batch,):
            raise DataError(
                f"The model of the run returned {name} with the shape {output.shape} for {batch} sequences. Train the "
                "run again."
            )
    return outputs


def _unfit(why: str) -> DataError:
    return DataError(f"The encoder and the decoder of the run do not fit each other: {why}. Train the run again.")
