"""Normalisation and pre-tokenization steps of seqkit's tokenizers, and validation of `tokenizer.json` files.

The `tokenizers` library reads far more than seqkit writes: steps that truncate or pad, that sample randomly, that crash
it, or that encode the name of a special token as its id. The steps in a file must therefore equal seqkit's exactly.
"""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from seqkit.data.text.invisible import JOINERS, REMOVED, ZERO_WIDTH_SPACE
from seqkit.errors import DataError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.models import Model
    from tokenizers.normalizers import Normalizer
    from tokenizers.pre_tokenizers import PreTokenizer

Kind = Literal["word", "bpe", "char"]
KINDS: tuple[Kind, ...] = ("word", "bpe", "char")

PAD_TOKEN, UNKNOWN_TOKEN = "[PAD]", "[UNK]"
"""Names of ids 0 and 1. The library treats them as ordinary tokens, and no text is split into them."""
MARKER = "▁"
"""Prefix of the first piece of a word."""

_MAX_BYTES = 64 << 20
_UNUSED: dict[str, Any] = {
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "post_processor": None,
    "decoder": None,
}
_MODEL_TYPES: dict[Kind, str] = {"word": "WordLevel", "bpe": "BPE", "char": "BPE"}
_MODEL_OPTIONS: dict[str, Any] = {
    "unk_token": UNKNOWN_TOKEN,
    "dropout": None,
    "continuing_subword_prefix": None,
    "end_of_word_suffix": None,
    "fuse_unk": False,
    "byte_fallback": False,
    "ignore_merges": False,
}


def assembled(model: Model, kind: Kind, lower: bool, *, keeps_invisible: bool = False) -> Tokenizer:
    """Returns a tokenizer with the given model and the steps of a kind; `keeps_invisible` as in `normalizer`."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizer(kind, lower, keeps_invisible=keeps_invisible)
    if (splitter := _splitter(kind, "" if keeps_invisible else JOINERS)) is not None:
        tokenizer.pre_tokenizer = splitter
    return tokenizer


def normalizer(kind: Kind, lower: bool, *, keeps_invisible: bool = False) -> Normalizer:
    """Returns the normaliser: NFKC, optional lower-casing, one space per run of whitespace and HTML line breaks.

    Invisible characters are removed, and a zero-width space is a space; `keeps_invisible` keeps both as tokens of their
    own, as runs of earlier versions do.
    """
    from tokenizers import Regex, normalizers

    steps: list[Normalizer] = [normalizers.NFKC()]
    if not keeps_invisible:
        steps.append(normalizers.Replace(Regex(f"[{REMOVED}]+"), ""))
    if lower:
        steps.append(normalizers.Lowercase())
    # With BPE, a space becomes the marker before the next word. A marker in the text itself therefore reads as a space,
    # and markers that precede no word are dropped when the text is split.
    blank = MARKER if kind == "bpe" else " "
    blanks = r"\s" + (MARKER if kind == "bpe" else "") + ("" if keeps_invisible else ZERO_WIDTH_SPACE)
    blanks = blanks if blanks == r"\s" else f"[{blanks}]"
    steps.append(normalizers.Replace(Regex(rf"(?i)(?:<br\s*/?>|{blanks})+"), blank))
    steps.append(normalizers.Prepend(MARKER) if kind == "bpe" else normalizers.Strip())
    return normalizers.Sequence(steps)


def _splitter(kind: Kind, joiners: str) -> PreTokenizer | None:
    from tokenizers import Regex, pre_tokenizers

    if kind == "char":
        return None
    word, mark = rf"\w+(?:['’{joiners}]\w+)*", r"[^\w\s]"
    pattern = f"{word}|{mark}" if kind == "word" else rf"{MARKER}?(?:{word}|[^\w\s{MARKER}])"
    return pre_tokenizers.Split(Regex(pattern), "removed", invert=True)


def read_tokenizer(content: bytes) -> Tokenizer:
    """Returns the tokenizer in a `tokenizer.json` file written by seqkit; its content is never executed.

    Raises:
        DataError: The content is damaged, larger than 64 MiB, or not written by seqkit; the message says which part.
    """
    from tokenizers import Tokenizer

    if len(content) > _MAX_BYTES:
        raise _unusable(f"it has {len(content):,} bytes, the limit is {_MAX_BYTES:,}")
    try:
        text = content.decode()
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unusable(f"it is not JSON ({error})") from error
    _check_document(document)
    try:
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # the library raises nothing narrower
        raise _unusable(str(error)) from error
    if not any(_has_steps_of(tokenizer, *steps) for steps in product(KINDS, (False, True), (False, True))):
        raise _unusable("it normalises or splits texts differently from this version")
    return tokenizer


def _has_steps_of(tokenizer: Tokenizer, kind: Kind, lower: bool, keeps_invisible: bool) -> bool:
    # Compared as the library serialises them, so that fields omitted by another version of it do not matter.
    reference = assembled(type(tokenizer.model)(), kind, lower, keeps_invisible=keeps_invisible)
    return type(tokenizer.model).__name__ == _MODEL_TYPES[kind] and all(
        (None if step is None else step.__getstate__()) == (None if expected is None else expected.__getstate__())
        for step, expected in (
            (tokenizer.normalizer, reference.normalizer),
            (tokenizer.pre_tokenizer, reference.pre_tokenizer),
        )
    )


def _check_document(document: Any) -> None:
    if not isinstance(document, dict):
        raise _unusable("it is not a JSON object")
    for part, expected in _UNUSED.items():
        if document.get(part, expected) != expected:
            raise _unusable(f"'{part}' is not {json.dumps(expected)}")
    model = document.get("model")
    if not isinstance(model, dict) or model.get("type") not in _MODEL_TYPES.values():
        raise _unusable("its model is neither a WordLevel nor a BPE model")
    for option, expected in _MODEL_OPTIONS.items():
        if model.get(option, expected) != expected:
            raise _unusable(f"'{option}' of its model is not {json.dumps(expected)}")
    vocabulary = model.get("vocab")
    if not isinstance(vocabulary, dict) or any(type(number) is not int for number in vocabulary.values()):
        raise _unusable("its vocabulary does not give each token a number")
    if sorted(vocabulary.values()) != list(range(len(vocabulary))):
        raise _unusable(f"the ids of its {len(vocabulary):,} tokens are not consecutive numbers from 0")
    for number, token in enumerate((PAD_TOKEN, UNKNOWN_TOKEN)):
        if vocabulary.get(token) != number:
            raise _unusable(f"the id of '{token}' is {vocabulary.get(token)}, expected {number}")
    _check_merges(model.get("merges", []), vocabulary.keys() - {PAD_TOKEN, UNKNOWN_TOKEN})


def _check_merges(merges: Any, pieces: set[str]) -> None:
    if not isinstance(merges, list):
        raise _unusable("its merges are not a list")
    for number, merge in enumerate(merges, start=1):
        if not (isinstance(merge, list) and len(merge) == 2 and all(isinstance(piece, str) for piece in merge)):
            raise _unusable(f"merge {number:,} is not a pair of tokens")
        if not {*merge, "".join(merge)} <= pieces:
            raise _unusable(f"merge {number:,} has tokens that are not in the vocabulary")


def _unusable(why: str) -> DataError:
    return DataError(f"The tokenizer cannot be used: {why}. Restore tokenizer.json, or train the run again.")
