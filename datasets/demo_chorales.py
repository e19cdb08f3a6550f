"""Simulated chorales in four voices, in which the harmony follows from melody and bass.

Seeded and generated without any file. A chorale has four phrases of two bars in one major key:

- Each beat has a chord. The chords of a phrase are one of a few progressions, which ends in a cadence.
- The bass sings the root of the chord, or its third when the chord is held.
- Soprano, alto and tenor share the notes of the chord, each as near as possible to its note before, in this order from
  high to low; so two of the voices and the chord before tell the others.
- Now and then the soprano passes through the note between two chords on the second half of a beat.
- The third phrase repeats the first one.

A beat has four frames, a bar four beats. Requesting more chorales never changes the first ones. Source: this module.
"""

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("generate",)
KIND = "music"

_MAX_ROWS = 100_000  # chorales
_BEAT = 4  # frames
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_PHRASES = (
    (0, 3, 4, 0, 5, 3, 4, 4),
    (0, 5, 3, 4, 0, 1, 4, 0),
    (0, 0, 3, 3, 1, 4, 0, 0),
    (5, 2, 3, 0, 3, 1, 4, 4),
    (0, 4, 5, 2, 3, 0, 4, 0),
)
"""Progressions: the degree of the root of each beat's chord, from 0."""
_RANGES = ((60, 79), (55, 72), (48, 67), (40, 57))  # soprano, alto, tenor and bass
_START = (67, 64, 60)
_PASSING = 0.5


def load(*, chorales: int = 120, chorales_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated chorales.

    Args:
        chorales: Chorales to return, [1, 100000].
        chorales_seed: Seed of the chorales, [0, 4294967295].

    Returns:
        DataFrame with the columns "piece", "soprano", "alto", "tenor" and "bass", and 128 rows for each chorale.

    Raises:
        UsageError: An option is out of range.
    """
    limits = (("chorales", chorales, 1, _MAX_ROWS), ("chorales_seed", chorales_seed, 0, 2**32 - 1))
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw = np.random.default_rng(chorales_seed)
    pieces = [_chorale(draw) for _ in range(chorales)]
    frame = pd.DataFrame(np.concatenate(pieces), columns=["soprano", "alto", "tenor", "bass"])
    frame.insert(0, "piece", np.repeat(np.arange(1, chorales + 1), [len(piece) for piece in pieces]))
    return frame


def _chorale(draw: np.random.Generator) -> np.ndarray:
    key = int(draw.integers(-5, 7))
    first, second, last = (_PHRASES[int(draw.integers(len(_PHRASES)))] for _ in range(3))
    degrees = [*first, *second, *first, *last]
    beats, voices = [], tuple(pitch + key for pitch in _START)
    for beat, degree in enumerate(degrees):
        is_held = beat > 0 and beat % 8 != 0 and degrees[beat - 1] == degree
        voices = _next_voices(voices, _chord(degree, key))
        bass = _chord(degree, key)[1 if is_held else 0]
        beats.append([*voices, _nearest(bass, sum(_RANGES[3]) // 2, _RANGES[3])])
    frames = np.repeat(np.array(beats), _BEAT, axis=0)
    for beat in range(len(beats) - 1):
        low, high = sorted((beats[beat][0], beats[beat + 1][0]))
        between = [pitch for pitch in range(low + 1, high) if (pitch - key) % 12 in _SCALE]
        if len(between) == 1 and draw.random() < _PASSING:
            frames[beat * _BEAT + _BEAT // 2 : (beat + 1) * _BEAT, 0] = between[0]
    return frames


def _chord(degree: int, key: int) -> tuple[int, int, int]:
    """Returns the pitch classes of the root, third and fifth of a chord."""
    root, third, fifth = ((_SCALE[(degree + step) % 7] + key) % 12 for step in (0, 2, 4))
    return root, third, fifth


def _next_voices(before: tuple[int, ...], chord: tuple[int, int, int]) -> tuple[int, ...]:
    """Returns soprano, alto and tenor: all notes of a chord in falling order, with the least motion."""
    options = []
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        voices = [_nearest(chord[i], pitch, limits) for i, pitch, limits in zip(order, before, _RANGES, strict=False)]
        motion = sum(abs(new - old) for new, old in zip(voices, before, strict=True))
        options.append((not voices[0] > voices[1] > voices[2], motion, tuple(voices)))
    return min(options)[2]


def _nearest(pitch_class: int, pitch: int, limits: tuple[int, int]) -> int:
    """Returns the pitch of a class within limits that is nearest to another pitch, the lower one of two."""
    low, high = limits
    options = [option for option in range(low, high + 1) if option % 12 == pitch_class]
    return min(options, key=lambda option: (abs(option - pitch), option))
