"""Simulated tales: a small corpus for language models, in which the end of a tale depends on its beginning.

Seeded and generated without any file. In each tale somebody loses a thing, asks some others for it, and finds it:

- Who the tale is about has a name, is an animal, and is he or she throughout.
- The thing that is found is the one that was lost, usually more than two hundred characters before.
- Whoever is asked answers in a way of their own kind: a frog croaks, a duck quacks.
- One tale takes a line.

A model of the last few words can learn the phrases, but not what was lost: that takes memory. Requesting more tales
never changes the first ones. Source: this module.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("generate",)
KIND = "corpus"

_MAX_ROWS = 1_000_000  # tales

_SOUNDS = {
    "frog": "croaked",
    "duck": "quacked",
    "owl": "hooted",
    "lamb": "bleated",
    "mouse": "squeaked",
    "crow": "cawed",
    "hen": "clucked",
    "bee": "hummed",
}
_NAMES = {"he": "Bram|Otto|Finn|Jasper|Milo|Arno", "she": "Ida|Greta|Wilma|Nora|Tilda|Edda"}
_OBJECT, _OWN = {"he": "him", "she": "her"}, {"he": "his", "she": "her"}
_THINGS = "button|lantern|whistle|ribbon|kettle|marble|feather|thimble|compass|pebble"
_PLACES = "mill|meadow|orchard|bridge|cellar|well|harbour|hayloft"
_OPENINGS = "Once upon a time|One day|Long ago|One cold morning|Last summer"
_MOODS = "sad|worried|brave|quiet|patient|busy"
_SENTENCES = (
    '{name} asked the {other} at the {place}. "I have not seen it," {sound} the {other}.',
    'By the {place} sat a {mood} {other}. "Ask somebody else," {sound} the {other}.',
    "{Pronoun} looked behind the {place}, but there was only a {mood} {other}.",
    "The {other} came along to help {object}, and they went to the {place} together.",
)
_ENDINGS = (
    "At last {pronoun} found the {thing} in {own} pocket.",
    "And there, under a leaf, lay the {thing} of {name}.",
    "In the evening the {other} brought {object} the {thing}.",
)


def load(*, tales: int = 2_000, tales_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated tales.

    Args:
        tales: Tales to return, [1, 1000000].
        tales_seed: Seed of the tales, [0, 4294967295].

    Returns:
        DataFrame with one column, "text", and a tale in each of its `tales` rows.

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("tales", tales, 1, _MAX_ROWS), ("tales_seed", tales_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw = np.random.default_rng(tales_seed)
    return pd.DataFrame({"text": [_tale(draw) for _ in range(tales)]})


def _tale(draw: np.random.Generator) -> str:
    def one_of(options: Sequence[str]) -> str:
        return options[int(draw.integers(len(options)))]

    pronoun = one_of(list(_NAMES))
    name, animal, thing = one_of(_NAMES[pronoun].split("|")), one_of(list(_SOUNDS)), one_of(_THINGS.split("|"))
    words = {
        "name": name,
        "pronoun": pronoun,
        "Pronoun": pronoun.capitalize(),
        "object": _OBJECT[pronoun],
        "own": _OWN[pronoun],
        "thing": thing,
    }

    def sentence(templates: Sequence[str]) -> str:
        other = one_of([kind for kind in _SOUNDS if kind != animal])
        place, mood = one_of(_PLACES.split("|")), one_of(_MOODS.split("|"))
        return one_of(templates).format(**words, other=other, sound=_SOUNDS[other], place=place, mood=mood)

    opening = f"{one_of(_OPENINGS.split('|'))} {name} the {animal} lost a {thing} at the {one_of(_PLACES.split('|'))}."
    middle = [sentence(_SENTENCES) for _ in range(int(draw.integers(2, 5)))]
    return " ".join([opening, *middle, sentence(_ENDINGS)])
