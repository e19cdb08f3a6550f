"""What `seqkit inspect` measures of a run that labels series, and which words of a text decide."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.tokenizer import UNKNOWN
from seqkit.errors import UsageError
from seqkit.inference.memory import Probe
from seqkit.inference.sessions import open_session, run_batches
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.tasks.classify import prepare as classify
from seqkit.tasks.classify.evaluate import open_part
from seqkit.tasks.classify.inference import open_run
from seqkit.tasks.classify.scoring import raw_inputs

BATCH_SIZE = 256


def probe(run: Run, data: Any, note: Note, examples: int) -> Probe:
    """Returns the validation series of a run, or those of `data`, and the error of their labels.

    Args:
        run: The run.
        data: Other series; None for the training data.
        note: Called with one line for each correction made while reading the data.
        examples: Most series, at least 2.

    Raises:
        UsageError: The run labels texts, or series of different lengths.
    """
    classifier = open_run(run)
    if classifier.tokenizer is not None:
        raise UsageError(f'The run {run.path} labels texts. Give some: seqkit inspect {run.path} "…"')
    state = classifier.state
    if state.spec.steps is None:
        raise UsageError(f"The run {run.path} labels series of different lengths. Inspect one of series of one length.")
    _, labelled, rows = open_part(run, data, note, "validation")
    rows = rows[:: max(1, -(-len(rows) // examples))]
    encoded = classifier.encode(raw_inputs(labelled, rows))
    inputs = encoded.padded(np.arange(len(rows)), 0.0)
    y_true = classify.encode_labels(state.classes, state.multi_label, [labelled.labels[i] for i in rows], "validation")
    session = open_session(run, state.spec.ends)

    def predict(changed: np.ndarray) -> np.ndarray:
        parts = [changed[first : first + BATCH_SIZE] for first in range(0, len(changed), BATCH_SIZE)]
        return np.concatenate(run_batches(session, parts, lambda part: part))

    def error(changed: np.ndarray) -> float:
        probabilities = classify.decode(state, predict(changed))
        if state.multi_label:
            probabilities = np.where(y_true, probabilities, 1 - probabilities)
        else:
            probabilities = probabilities[np.arange(len(y_true)), y_true]
        return float(-np.log(np.maximum(probabilities, 1e-12)).mean())

    assert isinstance(state, classify.SeriesState)
    return Probe(
        inputs=inputs,
        predict=predict,
        error=error,
        score="log loss",
        columns=state.channels,
        in_words=lambda steps: f"{steps} steps" if steps > 1 else "1 step",
    )


def deciding_words(run: Run, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Returns for each text its label, and by how much the probability of it falls where a token is unknown.

    Args:
        run: A run that labels texts.
        texts: The texts.

    Returns:
        `text`, `predicted`, `probability` and `tokens`: pairs of a token, as the model reads it, and its effect.

    Raises:
        UsageError: The run labels series.
    """
    classifier = open_run(run)
    if classifier.tokenizer is None:
        raise UsageError(f"The run {run.path} labels series, not texts. Leave out the texts.")
    names, encoded, results = classifier.tokenizer.tokens, classifier.encode(texts), []
    for position, text in enumerate(texts):
        tokens = encoded[position]
        changed = np.tile(tokens, (len(tokens) + 1, 1))
        changed[np.arange(len(tokens)), np.arange(len(tokens))] = UNKNOWN
        probabilities = classifier.probabilities(Ragged.from_sequences(list(changed)))
        best = int(probabilities[-1].argmax())
        effects = probabilities[-1, best] - probabilities[:-1, best]
        results.append(
            {
                "text": text,
                "predicted": classifier.classes[best],
                "probability": float(probabilities[-1, best]),
                "tokens": [(names[token], float(effect)) for token, effect in zip(tokens, effects, strict=True)],
            }
        )
    return results
