"""Simulated sentences about kings and queens, men and women: a small corpus in which context determines meaning.

Seeded and generated without any file, they demonstrate word vectors. The people have one of seven ranks and one of two
genders, in the singular or the plural:

- Each rank has its own things and activities: whoever has a throne is reigning, whoever has a kite is giggling.
- Each gender has its own pronouns and forms of address: he, his, himself, sir; she, her, hers, herself, madam. In the
  plural all are "they", but are addressed as gentlemen or ladies.
- Verbs agree in number: is, was, has, does, goes, loves; are, were, have, do, go, love.

Nothing else distinguishes people, and gender has the same effect in every rank. The difference of "man" and "woman" is
therefore also that of "king" and "queen": with vectors learnt from context alone, king - man + woman is nearest to
queen, and prince - man + woman to princess.

Requesting more sentences never changes the first ones. The protocol keeps all words (minimum count 1) and does not
subsample frequent ones, because in a small vocabulary all words are frequent. Source: this module.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("embed",)
KIND = "corpus"
PROTOCOL = {"dim": 32, "min_count": 1, "sample": 0.0}

_MAX_ROWS = 1_000_000  # sentences

# Male and female, each in the singular and the plural.
_PEOPLE = {
    "sovereign": (("king", "kings"), ("queen", "queens")),
    "heir": (("prince", "princes"), ("princess", "princesses")),
    "peer": (("duke", "dukes"), ("duchess", "duchesses")),
    "host": (("landlord", "landlords"), ("landlady", "landladies")),
    "actor": (("actor", "actors"), ("actress", "actresses")),
    "adult": (("man", "men"), ("woman", "women")),
    "child": (("boy", "boys"), ("girl", "girls")),
}
# Things and activities of each rank.
_THINGS = {
    "sovereign": "crown|throne|realm|sceptre|decree|parliament",
    "heir": "castle|pony|tutor|inheritance|tower|coronet",
    "peer": "manor|carriage|estate|park|footman|emblem",
    "host": "inn|cellar|taproom|ale|kitchen|signboard",
    "actor": "stage|costume|play|curtain|script|applause",
    "adult": "field|plough|market|cottage|wagon|harvest",
    "child": "school|kite|toy|swing|homework|playground",
}
_DEEDS = {
    "sovereign": "reigning|ruling|governing",
    "heir": "inheriting|succeeding|waiting",
    "peer": "hunting|feasting|duelling",
    "host": "brewing|serving|cooking",
    "actor": "performing|rehearsing|reciting",
    "adult": "working|toiling|trading",
    "child": "learning|giggling|scribbling",
}
# Forms for one man, one woman, many men, many women.
_FORMS = {
    "he": "he she they they",
    "his": "his her their their",
    "mine": "his hers theirs theirs",
    "self": "himself herself themselves themselves",
    "sir": "sir madam gentlemen ladies",
    "is": "is is are are",
    "was": "was was were were",
    "has": "has has have have",
    "does": "does does do do",
    "goes": "goes goes go go",
    "loves": "loves loves love love",
}
_SENTENCES = (
    "the {person} {is} {deeds}, and {he} {loves} {his} {thing}",
    "{when} the {person} {was} {deeds}, for {he} {has} the {thing}",
    "yes, {sir}, people tell the {person} of the {thing}",
    "good day, {sir}, people tell the {deeds} {person}",
    "the {thing} which the {person} {has} is only {mine}",
    "the {person} {goes} to {his} {thing} by {self}",
    "{adjective} {is} the {person} who {has} that {thing}",
    "the {adjective} {person} {does} it {self} when {deeds}",
    "people ask the {person} who {is} {deeds} {when}",
)
_WHEN = "today|always|in spring|in winter|on Monday|nowadays|as ever"
_ADJECTIVES = "kind|proud|tall|clever|famous|quiet|lively|patient"


def load(*, sentences: int = 20_000, royalty_seed: int = 0) -> pd.DataFrame:
    """Returns the simulated sentences.

    Args:
        sentences: Sentences to return, [1, 1000000].
        royalty_seed: Seed of the sentences, [0, 4294967295].

    Returns:
        DataFrame with one column, "text", and a sentence in each of its `sentences` rows.

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (
        ("sentences", sentences, 1, _MAX_ROWS),
        ("royalty_seed", royalty_seed, 0, 2**32 - 1),
    ):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    draw = np.random.default_rng(royalty_seed)
    return pd.DataFrame({"text": [_sentence(draw) for _ in range(sentences)]})


def _sentence(draw: np.random.Generator) -> str:
    """Returns one sentence with a uniformly drawn rank, gender and number."""

    def one_of(options: Sequence[str]) -> str:
        return options[int(draw.integers(len(options)))]

    rank, is_female, are_many = one_of(list(_PEOPLE)), int(draw.integers(2)), int(draw.integers(2))
    text = one_of(_SENTENCES).format(
        person=_PEOPLE[rank][is_female][are_many],
        deeds=one_of(_DEEDS[rank].split("|")),
        thing=one_of(_THINGS[rank].split("|")),
        when=one_of(_WHEN.split("|")),
        adjective=one_of(_ADJECTIVES.split("|")),
        **{name: forms.split()[2 * are_many + is_female] for name, forms in _FORMS.items()},
    )
    return f"{text[0].upper()}{text[1:]}."
