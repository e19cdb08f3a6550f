"""Composes a piece note by note, freely or to given voices.

To given voices, several pieces (particles) are composed side by side. Where it is the turn of a given voice, its note
is set, and the weight of each particle is multiplied by the probability that the model gives that note after the
particle: what leads badly to the given notes loses weight. When few particles have most of the weight, new ones are
drawn from them by weight. With more and more particles, the result tends to a draw from the model's distribution of the
other voices under the condition that the given ones are as they are. With one, each note is drawn with the given notes
before it in mind, but not those to come.

A. Doucet, N. de Freitas and N. Gordon (eds.), "Sequential Monte Carlo Methods in Practice", 2001, chapter 1,
https://doi.org/10.1007/978-1-4757-3437-9
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np

from seqkit.data.music.notes import END
from seqkit.inference.sampling import Sampling
from seqkit.inference.softmax import softmax
from seqkit.inference.stepping import Stepper
from seqkit.tasks.generate.kneser_ney import KneserNey, Reader
from seqkit.tasks.generate.mixture import Shares
from seqkit.tasks.generate.music.prepare import MusicState

RESAMPLING = 0.5
"""New particles are drawn when the effective number of particles is less than this share of them."""


@dataclass(frozen=True)
class NoteModel:
    """What gives notes their probabilities.

    Attributes:
        state: State fitted on the training pieces.
        stepper: The network.
        kneser_ney: N-gram model of the training pieces.
        shares: Weights of the network, of the n-gram model and of the notes just read.
        baseline_share: Weight of the notes just read in their mixture with the n-gram model alone, the baseline.
    """

    state: MusicState
    stepper: Stepper
    kneser_ney: KneserNey
    shares: Shares
    baseline_share: float = 0.0


def compose(
    model: NoteModel,
    frames: int,
    given: Mapping[int, np.ndarray],
    *,
    sampling: Sampling,
    particles: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Returns the notes of a piece, without its end.

    The n-grams of notes just read have no part in it: with its own, a piece would repeat itself.

    Args:
        model: The model.
        frames: Maximum number of frames; the number of frames with given voices.
        given: Ids of given voices by their number, each of shape (frames,).
        sampling: How to draw notes.
        particles: Number of particles.
        rng: Random generator.
    """
    voices, places = model.state.voices, model.state.places
    notes = np.full((particles, (frames + 1) * voices), END, np.int32)  # after a frame of ends, as in training
    states, weights = model.stepper.start(particles), np.zeros(particles)
    counts = [Reader(model.kneser_ney) for _ in range(particles)]
    for reader in counts:
        reader.read(END)
    for step in range(frames * voices):
        frame, turn = divmod(step, voices)
        voice, now = model.state.order[turn], step + voices
        columns = np.column_stack([notes[:, step:now][:, ::-1], np.full(particles, step % places, np.int32)])
        logits, states = model.stepper.read(columns[:, None], states)
        probabilities = softmax(logits[:, -1])
        if model.shares.network < 1:
            by_counts = np.stack([reader.distribution() for reader in counts])
            probabilities = model.shares.combine(probabilities, by_counts)
        if voice in given:
            note = int(given[voice][frame])
            weights = weights + np.log(probabilities[:, note])
            notes[:, now] = note
        else:
            if given or turn or not frame:  # an end would be in the wrong place
                probabilities[:, END] = 0
            notes[:, now] = [sampling.draw(row, rng) for row in probabilities]
            if notes[0, now] == END:
                return notes[0, voices:now]
        for reader, note in zip(counts, notes[:, now].tolist(), strict=True):
            reader.read(note)
        if turn == voices - 1 and (chosen := _resampled(weights, rng)) is not None:
            notes, states = notes[chosen], [state[chosen] for state in states]
            counts, weights = [copy(counts[number]) for number in chosen], np.zeros(particles)
    return notes[int(rng.choice(particles, p=_normalised(weights))), voices:]


def _resampled(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    """Returns the particles to go on with, drawn evenly by weight; None if all of them are good enough.

    Args:
        weights: Logarithms of the weights, of shape (particles,).
        rng: Random generator.
    """
    shares, size = _normalised(weights), len(weights)
    if size == 1 or 1 / np.sum(shares**2) >= RESAMPLING * size:
        return None
    chosen = np.searchsorted(np.cumsum(shares), (rng.random() + np.arange(size)) / size)
    clipped: np.ndarray = chosen.clip(max=size - 1)
    return clipped


def _normalised(weights: np.ndarray) -> np.ndarray:
    shares = np.exp(weights - weights.max())
    result: np.ndarray = shares / shares.sum()
    return result
