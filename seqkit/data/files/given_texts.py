"""Texts given to a command: as its arguments, or as the lines of standard input."""

import sys
from collections.abc import Sequence

from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.lines import split_lines
from seqkit.errors import UsageError


def given_texts(texts: Sequence[str], encoding: str) -> list[str]:
    """Returns the texts of the command line, or for a single "-" the lines of standard input.

    Args:
        texts: The arguments.
        encoding: Encoding of standard input.

    Raises:
        UsageError: A text is not UTF-8.
        DataError: Standard input has another encoding.
    """
    if list(texts) == ["-"]:
        content = to_utf8(sys.stdin.buffer.read(), encoding, "standard input")
        texts = split_lines(content.decode("utf-8", "surrogatepass"))
    for number, text in enumerate(texts, start=1):
        if any("\ud800" <= character <= "\udfff" for character in text):  # how Python reads bytes that are not UTF-8
            raise UsageError(f"Text {number} is not UTF-8: {text[:60]!a}. Encode it as UTF-8, or use --data FILE.")
    return list(texts)
