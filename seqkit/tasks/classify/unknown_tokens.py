"""Explains why many tokens of the validation texts are unknown, before a training on them is wasted."""

import re
from collections import Counter
from collections.abc import Sequence

from seqkit.data.text.blanks import words_without_blanks

_MIN_SHARE, _MIN_SHARE_WITHOUT_CAUSE = 0.1, 0.3
_WORD = re.compile(r"\w+")


def explain_unknown(share: float, texts: Sequence[str], tokenizer: str, *, is_full: bool) -> str | None:
    """Returns the cause and the flag that helps; None if few tokens are unknown.

    Args:
        share: Share of unknown tokens in the validation texts.
        texts: The training texts.
        tokenizer: The unit of a token.
        is_full: Whether the vocabulary has its maximum size.
    """
    if share < _MIN_SHARE or tokenizer == "char":
        return None
    if tokenizer == "word":
        words = Counter(word for text in texts for word in _WORD.findall(text))
        if cause := words_without_blanks(words, words.values()):
            return cause
    if share < _MIN_SHARE_WITHOUT_CAUSE:
        return None
    if is_full:
        return "many validation tokens are not among the most frequent ones: raise --vocabulary"
    return "the validation texts have few tokens in common with the training texts: compare some of them" + (
        "; if words have many forms, --tokenizer bpe splits off their endings" if tokenizer == "word" else ""
    )
