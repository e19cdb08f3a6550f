"""Every message that a user can get is provoked by some test, and says what, where and what to do."""

import re

from tests.messages import LEDGER, all_places

EXPECTED = re.compile(r"\b(expected|must|needs?|Known|There are none)\b")
"""What a message of one sentence holds that says what should have been."""


def test_every_message_was_provoked():
    places = list(all_places())
    assert len(places) > 250
    unseen = [str(place) for place in places if not place.was_reached()]
    assert not unseen, "\n".join([f"{len(unseen)} of {len(places)} were not:", *unseen])


def test_every_message_says_what_is_wrong_and_what_to_do():
    assert len(LEDGER.messages) > 500
    wrong = [f"{place}: {message}" for message, place in sorted(LEDGER.messages.items()) if not is_helpful(message)]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(LEDGER.messages)} do not:", *wrong])


def is_helpful(message: str) -> bool:
    """Whether it begins like a sentence, ends like one, and has a second one, or says what was expected."""
    first, last = message.lstrip(" '`\"([-–.")[:1], message.rstrip()[-1:]
    parts = re.split(r"(?<=[.?!:;])\s+", message.strip())
    return bool(first) and bool(last) and (len(parts) >= 2 or bool(EXPECTED.search(message)))
