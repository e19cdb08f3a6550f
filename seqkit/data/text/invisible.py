"""Characters that no reader sees: they would split a word, or make two spellings of it."""

REMOVED = "\u00ad\u061c\u180e\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff"
"""Soft hyphens, marks of the writing direction, word joiners, variation selectors of emoji and byte order marks, as the
inside of a character class."""

ZERO_WIDTH_SPACE = "\u200b"
"""Separates words in scripts without blanks, such as Khmer and Thai."""

JOINERS = "\u200c\u200d"
"""Join or separate letters within a word, such as in Persian and Hindi; they stay."""
