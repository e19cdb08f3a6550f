"""Splits text into lines, which end at a line feed, a carriage return, or both in that order, and nowhere else.

`str.splitlines` also ends a line at form feeds, U+0085, U+2028 and other characters that occur inside texts, which
moves every later line away from its label.
"""


def split_lines(text: str) -> list[str]:
    """Returns the lines of a text without their ends; there is no line after the last end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines
