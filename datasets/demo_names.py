"""Simulated sentences, in English or Korean, in which a word is a name only by its context.

Seeded and generated without any file, they demonstrate models that tag words. All names are words such as rose, brook
and may, written without capital letters, that mean a thing half of the time, and else a person or a place:

- No word says what it is: each one is a person and a place equally often, and a thing more often than either. A list of
  names, or the tag that each word has most often, finds no name at all.
- In some sentences the neighbours tell ("we danced with rose", "the train from rose"). In others it is mentioned at the
  other end of the clause ("rose, to tell the truth, sings in the choir" or "lies on the river"), beyond the words next
  to the name, which are the same for persons, places and things.
- Names and things have one or two words. Sentences have one or two clauses, which are independent.
- Tags are in the scheme IOB2. Korean words are separated as they are written, so that a particle belongs to its word.

No two sentences are equal; requesting more sentences never changes the first ones. The protocol splits them into
training, validation and test in the ratio 8 to 1 to 1. Source: this module.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("tag",)
KIND = "tagged"
PROTOCOL = {"split": "0.8,0.1,0.1"}

_MAX_ROWS = 100_000  # sentences
_FINAL_N = 4  # number of a final consonant of a Hangul syllable
_SENSES = ("thing", "thing", "person", "place")
_TWO_WORDS, _TWO_CLAUSES = 0.3, 0.5  # shares

# "_" is the word in question, and "…" an aside; a bar separates alternatives. A Korean particle has one form after a
# consonant and one after a vowel, as in "_은/는"; Korean clauses end with the stem of a verb, which ends in a vowel.
_ENGLISH = {
    "words": "rose|may|hope|mark|bill|grace|amber|ivy|joy|dawn|penny|heather|basil|ruby|pearl|olive|clay|reed|"
    "dale|glen|ford|brook|heath|cliff|holly|daisy|iris|violet|sandy|frost",
    "asides": "to tell the truth|as everybody knows|if i remember it well|which surprised nobody|"
    "by the way|they say|as the teacher told us|strange as it is",
    "person": "_ , … , sings in the choir|_ , … , plays the flute|_ , … , is afraid of geese|_ , … , married a baker|"
    "_ , … , cannot swim|_ , … , wants to be a doctor|the name of the new teacher is , … , _|"
    "the best swimmer of the school is , … , _|we danced with _ all night|did you write to _ yesterday",
    "place": "_ , … , lies on the river|_ , … , has two churches|_ , … , was flooded last year|"
    "_ , … , is an hour from the sea|_ , … , is full of tourists|_ , … , lost its railway|"
    "the name of the nearest village is , … , _|the oldest bridge of the county is , … , _|"
    "the train from _ was late again|we spent the summer near _ in a tent",
    "thing": "_ , … , is sold by the pound|_ , … , costs more than last year|_ , … , must be kept dry|"
    "_ , … , goes well with tea|_ , … , is hard to draw|_ , … , sells well in winter|"
    "the dearest thing in the shop is , … , _|the finest colour of all is , … , _|"
    "we bought some _ at the market|there is more _ on the table",
    "joints": ", but|, and|, while|, because",
}
_KOREAN = {
    "words": "하늘|바다|이슬|가을|나라|보람|사랑|슬기|지혜|은하|노을|여름|소라|단비|미소|새벽|초롱|보라|구슬|나래|"
    "다래|마루|바위|시내|버들|솔잎|누리|한솔|달래|고을",
    "asides": "다들 알다시피|솔직히 말하면|내 기억이 맞다면|놀랍게도 올해부터|선생님 말씀으로는|들리는 말로는|"
    "이상하게 들리겠지만|누가 뭐라 해도",
    "person": "_은/는 … 합창단에서 노래를 부르|_은/는 … 피리를 늘 연주하|_은/는 … 거위를 무서워하|"
    "_은/는 … 헤엄을 못 치|_은/는 … 의사가 되고 싶어 하|_은/는 … 빵집에서 일하|새로 온 선생님의 이름은 … _이라/라 하|"
    "헤엄을 가장 잘 치는 아이를 … _이라/라 부르|합창단이 어제 _을/를 초대하|할머니가 _을/를 꼭 안아 주",
    "place": "_은/는 … 강가에 자리하|_은/는 … 관광객으로 붐비|_은/는 … 해마다 홍수를 당하|"
    "_은/는 … 바다를 바라보|_은/는 … 기차역을 자랑하|_은/는 … 시장으로 이름나|가장 가까운 마을의 이름은 … _이라/라 하|"
    "고을에서 가장 오래된 다리를 … _이라/라 부르|기차가 저녁마다 _을/를 떠나|우리는 걸어서 _을/를 지나가",
    "thing": "_은/는 … 한 근씩 팔리|_은/는 … 작년보다 비싸지|_은/는 … 물에 젖으면 상하|_은/는 … 차와 잘 어울리|"
    "_은/는 … 겨울에 잘 팔리|_은/는 … 오래 두면 빛바래|가게에서 가장 비싼 것을 … _이라/라 하|"
    "가장 고운 빛깔을 … _이라/라 부르|우리는 시장에서 _을/를 사|식탁에 _을/를 올리",
    "joints": "지만|고|는데|며",
}
_LANGUAGES = {"english": _ENGLISH, "korean": _KOREAN}


def load(
    *, language: Literal["english", "korean"] = "english", sentences: int = 3000, names_seed: int = 0
) -> pd.DataFrame:
    """Returns the words of the simulated sentences.

    Args:
        language: Language of the sentences.
        sentences: Sentences to return, [3, 100000].
        names_seed: Seed of the sentences, [0, 4294967295].

    Returns:
        DataFrame with a row per word: "sentence", its number from 0; "word"; and "tag".

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("sentences", sentences, 3, _MAX_ROWS), ("names_seed", names_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    if language not in _LANGUAGES:
        known = " or ".join(_LANGUAGES)
        raise UsageError(f"Received an invalid value for `language`, expected {known}, got {language!r}.")
    draw = np.random.default_rng(names_seed)
    drawn: dict[tuple[str, ...], tuple[str, ...]] = {}
    while len(drawn) < sentences:
        words, tags = _sentence(_LANGUAGES[language], draw)
        drawn.setdefault(words, tags)
    lengths = [len(words) for words in drawn]
    return pd.DataFrame(
        {
            "sentence": np.repeat(np.arange(sentences), lengths),
            "word": [word for words in drawn for word in words],
            "tag": [tag for tags in drawn.values() for tag in tags],
        }
    )


def _sentence(language: dict[str, str], draw: np.random.Generator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns words and tags of a sentence of one or two clauses."""
    first, first_tags = _clause(language, draw)
    if draw.random() >= _TWO_CLAUSES:
        return _ended(first, first_tags)
    joint = _one_of(language["joints"].split("|"), draw)
    second, second_tags = _clause(language, draw)
    between = joint.split() if joint.startswith(",") else []
    if not between:
        first[-1] += joint
    return _ended([*first, *between, *second], [*first_tags, *["O"] * len(between), *second_tags])


def _clause(language: dict[str, str], draw: np.random.Generator) -> tuple[list[str], list[str]]:
    sense = _one_of(_SENSES, draw)
    template = _one_of(language[sense].split("|"), draw)
    aside = _one_of(language["asides"].split("|"), draw)
    names = language["words"].split("|")
    chosen = [names[i] for i in draw.choice(len(names), size=2 if draw.random() < _TWO_WORDS else 1, replace=False)]
    words, tags = [], []
    for token in template.replace("…", aside).split():
        if "_" in token:
            words += [*chosen[:-1], _with_particle(chosen[-1], token[1:])]
            tags += ["O" if sense == "thing" else f"{letter}-{sense}" for letter in "BI"[: len(chosen)]]
        else:
            words.append(token)
            tags.append("O")
    return words, tags


def _with_particle(word: str, particle: str) -> str:
    """Returns a word with the form of its particle, as in 하늘은 and 바다는."""
    after_consonant, _, after_vowel = particle.partition("/")
    last = (ord(word[-1]) - ord("가")) % 28
    return word + (after_consonant if last or not after_vowel else after_vowel)


def _ended(words: list[str], tags: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns a sentence with its full stop, and the last verb of a Korean one in the present tense: 부르 is 부른다."""
    last = words[-1]
    if "가" <= last[-1] <= "힣":
        last = f"{last[:-1]}{chr(ord(last[-1]) + _FINAL_N)}다"
    return (*words[:-1], last, "."), (*tags, "O")


def _one_of(options: Sequence[str], draw: np.random.Generator) -> str:
    return options[int(draw.integers(len(options)))]
