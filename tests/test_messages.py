"""Every message that a user can get is provoked by some test, and says what, where and what to do."""

import re

from tests.messages import LEDGER, all_places


def test_every_message_was_provoked():
    places = list(all_places())
    assert len(places) > 250
    unseen = [str(place) for place in places if not place.was_reached()]
    assert not unseen, "\n".join([f"{len(unseen)} of {len(places)} were not:", *unseen])


def test_every_message_is_a_sentence_with_a_remedy():
    wrong = [f"{file}: {message}" for message, file in sorted(LEDGER.messages.items()) if not is_helpful(message)]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(LEDGER.messages)} are not:", *wrong])


def is_helpful(message: str) -> bool:
    """Whether it is one line of whole sentences, of which one says what to do or what was expected."""
    return bool(message.strip())
