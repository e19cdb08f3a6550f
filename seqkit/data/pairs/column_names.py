"""Usual names of the two columns of sentence pairs: source and target, or two languages."""

from collections.abc import Sequence

ROLES = (
    ("source", "target"),
    ("src", "tgt"),
    ("src", "trg"),
    ("source_text", "target_text"),
    ("input", "output"),
    ("question", "answer"),
)
"""Names of the source and target column that belong together."""

_CODES = (
    # ISO 639-1, without "id" and "no", which usually number the rows
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr hu hy is it ja ka kk km kn "
    "ko ku ky la lo lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt ro ru rw si sk sl so sq sr sv sw ta te tg th tl tr "
    "tt uk ur uz vi xh yi yo zh zu"
)
_LONG_CODES = (
    # ISO 639-3, and the older codes of 639-2
    "afr ara bel ben bul cat ces cmn cze dan deu dut ell eng epo est eus fin fra fre ger gre heb hin hrv hun hye ind "
    "isl ita jpn kat kaz kor lat lit lvs mar mkd msa nld nob nor pes pol por ron rum rus slk slv spa sqi srp swe swh "
    "tam tat tel tgl tha tur ukr urd uzb vie yue zho"
)
_NAMES = (
    "afrikaans albanian arabic armenian basque belarusian bulgarian catalan chinese croatian czech danish dutch "
    "english esperanto estonian finnish french galician georgian german greek hebrew hindi hungarian icelandic "
    "indonesian irish italian japanese kazakh korean latin latvian lithuanian macedonian malay mandarin mongolian "
    "norwegian persian polish portuguese romanian russian serbian slovak slovenian spanish swahili swedish tagalog "
    "tamil telugu thai turkish ukrainian urdu uzbek vietnamese welsh"
)
LANGUAGES = frozenset(f"{_CODES} {_LONG_CODES} {_NAMES}".split())


def usual_columns(names: Sequence[str]) -> tuple[str, str] | None:
    """Returns the source and the target column, if exactly two columns have usual names for them.

    Names of roles say which is which; of two languages, the first column is the source. A language may have a region,
    as in `pt-BR`, and be a field of an object, as in `translation.de`.

    Args:
        names: Names of all columns, in order.
    """
    by_name = {name.strip().lower(): name for name in names}
    roles = [(by_name[source], by_name[target]) for source, target in ROLES if {source, target} <= by_name.keys()]
    languages = [name for name in names if is_language(name)]
    if len(roles) == 1 and not languages:
        return roles[0]
    return (languages[0], languages[1]) if len(languages) == 2 and not roles else None


def is_language(name: str) -> bool:
    """Returns whether a name is that of a language, or its code."""
    last = name.strip().lower().rpartition(".")[2].replace("_", "-")
    language, mark, region = last.partition("-")
    return language in LANGUAGES and (not mark or (len(language) <= 3 and region.isalnum() and len(region) <= 4))
