"""Simulated film and restaurant reviews, in English or Korean, whose label depends on word order.

Seeded and generated without any file, they demonstrate sequence models. Every review says something good and something
bad, and its label is the writer's verdict:

- Only the writer's own verdict counts: not expectations or hearsay ("they had said it would be superb, yet it was
  dull"), not the opinions of others ("my sister found it superb, I found it dull"), and not concessions ("although the
  soup was superb, the meal was dull"). Both "not superb but dull" and "dull and not superb" mean dull.
- A negation inverts ("far from dull", "I cannot agree that it was dull"), and a double negation does not ("nobody could
  deny that it was superb"). "She did enjoy it, but I did not" is about enjoying it in both halves.
- "Never a better one" is praise and "never a worse one" is blame; "many a better one" is neither.

The verdict comes last in two of three reviews, and first in the others. For every review, the one with its good and bad
parts exchanged is equally likely: it has the same words and the other label. No bag-of-words model can therefore
separate the labels. The words next to a good or bad word have the same distribution in both places, as far as the
language allows, so that bigrams (and in Korean character trigrams) are hardly more informative. A model must read the
whole sequence.

Of every two rows one is "neg" and one "pos"; no two texts are equal; requesting more rows never changes the first ones.
The protocol splits them into training, validation and test in the ratio 8 to 1 to 1. Source: this module.
"""

import re
from typing import Literal

import numpy as np
import pandas as pd

from seqkit.errors import UsageError

LICENCE = "none needed: simulated by this module"
SOURCE = "simulated"
TASKS = ("classify",)
KIND = "texts"
PROTOCOL = {"split": "0.8,0.1,0.1"}

_WORDS = range(8, 30 + 1)  # per review
_MAX_ROWS = 100_000  # reviews
_SAME = ("i", "person", "thing", "part", "had")  # expanded once per review

# A rule lists alternatives, separated by |, in which {name} is replaced by an alternative of another rule. In a review
# {own_…} is the writer's verdict and {other_…} the opposite: one is a good_…, the other a bad_….
_EITHER = {
    "review": "{opening}{verdict_last}|{opening}{verdict_last}|{opening}{verdict_first}",
    "good": "{good_always}|{good_here}",
    "bad": "{bad_always}|{bad_here}",
}
_ENGLISH = {
    "verdict_last": "{source} had {said} that {part} would be {other_said}, {yet} {at_last} it was {own_said}.|"
    "from what {source} had {said} we expected {whole} to be {other_said}, {yet} {at_last} it was {own_said}.|"
    "{although} {part} was {other_said}, {whole} was {own_said}.|"
    "yes, {part} was {other_said}, {yet} {whole}, which is what counts, was {own_said}.|"
    "{person} {found} {part} {other_said}, {whereas} {i} {found} it {own_said}.|"
    "if you ask {person}, {part} was {other_said}; if you ask me, it was {own_said}.|"
    "{part} was not, {as_ever}, {other_plain} but {own_plain}.|"
    "I cannot agree with {person} that {part} was {other_said}: {to_me} it was {own_said}.|"
    "nobody could {claim} that {part} was {other_plain}, even if {source} did not make it sound {own_plain}.|"
    "{i} have {had} many a {other_more} {thing}, but never, {aside}, a {own_more} one.|"
    "{person} {other_did}, {aside}, {like} {part}, but {i} {own_did}.|"
    "{person} {other_undid}, {aside}, {hate} {part}, but {i} {own_undid}.",
    "verdict_first": "{at_last} {whole} was {own_said}, never mind that {source} had {said} it would be {other_said}.|"
    "{whole} was {own_said}, {although} {part} was {other_said}.|"
    "what counts is that {whole} was {own_said}; that {part} was {other_said} {soon_forgotten}.|"
    "{i} {found} {part} {own_said}, {whereas} {person} {found} it {other_said}.|"
    "if you ask me, {part} was {own_said}; if you ask {person}, it was {other_said}.|"
    "{part} was {own_plain} and not, {as_ever}, {other_plain}.|"
    "nobody could {deny} that {part} was {own_plain}, even if {source} did make it sound {other_plain}.|"
    "{i} have never, {aside}, {had} a {own_more} {thing}, though {i} have {had} many a {other_more} one.|"
    "{i} {own_did}, {aside}, {like} {part}, but {person} {other_did}.|"
    "{i} {own_undid}, {aside}, {hate} {part}, but {person} {other_undid}.",
    "good_said": "{very} {good}{tail}|{very} {good}{tail}|{far_from} {bad}",
    "bad_said": "{very} {bad}{tail}|{very} {bad}{tail}|{far_from} {good}",
    "good_plain": "{very} {good}{tail}",
    "bad_plain": "{very} {bad}{tail}",
    "good_more": "better|finer|nicer|lovelier|livelier|more {good}",
    "bad_more": "worse|poorer|nastier|drearier|weaker|more {bad}",
    "good_did": "did",
    "bad_did": "did not",
    "good_undid": "did not",
    "bad_undid": "did",
    "good_always": "wonderful|superb|delightful|excellent|lovely|splendid|terrific|impressive|enjoyable|great",
    "bad_always": "awful|terrible|dreadful|poor|disappointing|mediocre|horrible|lousy|dismal|shoddy",
    "very": "quite|really|thoroughly|simply|truly|altogether|rather|decidedly|utterly|frankly|remarkably|surprisingly",
    "far_from": "far from|anything but|by no means|not at all|not in the least|not, {to_me}, in any way",
    "tail": "|||||| from start to finish| for the most part| in every respect| most of the time| by any standard"
    "| throughout",
    "although": "although|even though|while|though",
    "yet": "yet|but|and yet|but then",
    "whereas": "whereas|while|but",
    "at_last": "in the end|on the day|when it came to it|in fact|as it turned out|once we were there|finally",
    "soon_forgotten": "is soon forgotten|hardly matters|is a small matter|is neither here nor there",
    "i": "I|we|I myself",
    "found": "found|thought|considered|called",
    "as_ever": "as one might think|as you may have read|as usual|as last time|as rumour has it|as people say",
    "aside": "for some reason|to be honest|in all these years|after some thought|on reflection|as far as I know",
    "to_me": "to my mind|to me|in my view|as I see it|in my book|for my part",
    "claim": "claim|maintain|say|pretend|argue|swear",
    "deny": "deny|dispute|doubt|question|contest",
    "said": "said|claimed|announced|predicted|insisted|suggested|written",
    "like": "like|enjoy|love|admire|recommend|praise",
    "hate": "dislike|hate|detest|complain about|criticise|curse",
    "person": "my brother|my sister|our neighbours|the couple beside us|my parents|my boss|an old friend|my husband|"
    "most of the others|the students behind us|my uncle|the children|a colleague|my cousin|my flatmate",
    "opening": "||||{when} {who} went {where}. |{who} went {where} {when}. |{who} paid {number} {euros} each. |"
    "{when} it was {weather}. ",
    "when": "on Monday|on Tuesday|last Friday|on Sunday|in April|last summer|one evening in May|yesterday|after work|"
    "two weeks ago|on my birthday|during the holidays",
    "who": "we|three of us|the two of us|my wife and I|the whole family|our little club",
    "number": "nine|ten|twelve|fifteen|eighteen|twenty|thirty",
    "euros": "euros|dollars|pounds|francs",
    "weather": "raining|snowing|hot|windy|foggy|cold outside|very quiet in town",
}
_ENGLISH_FILM = {
    "good_here": "gripping|clever|moving|witty|inventive|thrilling",
    "bad_here": "boring|tedious|clumsy|predictable|lifeless|stale",
    "whole": "the film|the film as a whole|the movie|the picture|the whole thing|the feature|the show",
    "part": "the plot|the acting|the ending|the dialogue|the script|the soundtrack|the first half|the second half|"
    "the camera work|the final act|the opening|the leading role|the editing|the last scene|the music|the story",
    "source": "the poster|the trailer|the newspaper|the programme|a critic on the radio|the cashier|the advert|a blog",
    "where": "to the cinema|to the late show|to a matinee|to the multiplex|to the film club|to an open-air screening",
    "had": "seen|watched|rented",
    "thing": "film|thriller|comedy|drama|western|sequel|musical|documentary|romance|cartoon",
}
_ENGLISH_MEAL = {
    "good_here": "delicious|tasty|exquisite|appetising|flavourful|heavenly",
    "bad_here": "bland|tasteless|insipid|greasy|revolting|sickly",
    "whole": "the meal|the dinner|the lunch|the food|the cooking|the supper|the buffet",
    "part": "the soup|the bread|the steak|the dessert|the fish|the salad|the curry|the sauce|the starter|the risotto|"
    "the roast|the coffee|the cheesecake|the pasta|the stew|the pie",
    "source": "the guidebook|the waiter|the menu|the hotel porter|the landlady|the brochure|a food column|a cabman",
    "where": "to the new bistro|to the harbour inn|to a small tavern|to the pizzeria|to the canteen|to the corner cafe",
    "had": "eaten|ordered|tasted|been served",
    "thing": "soup|steak|dessert|salad|curry|sauce|risotto|pudding|stew|pie",
}
# In [이/가], the first particle follows a consonant, the second a vowel.
_KOREAN = {
    "verdict_last": "{source}만 보고는 {other_said}{thing}일 거라고 {expected}지만 "
    "{at_last} {own_said}{thing}[이었/였]다.|"
    "{part}에서는 {other_felt} {feeling}지만 {overall} {own_felt} {feeling}다.|"
    "{person}[은/는] {other_said}{thing}[이/]라고 {think}지만 {i} {own_said}{thing}[이/]라고 {think}다.|"
    "{as_ever} {other_said}{thing}[이/가] 아니라 {own_said}{thing}[이었/였]다.|"
    "{source}[으로/로]는 {other_said}{thing}처럼 보였지만 {own_said}{thing}[이/]라는 사실은 {never} {deny} 수 없다.|"
    "더 {other_more}{thing}[은/는] {often} {had}지만 이보다 더 {own_more}{thing}[은/는] {ever} {have_had} 적이 없다.|"
    "{person}[은/는] {part}[을/를] {other_like} 쪽에 {closer} 가깝지만 {i} {own_like} 쪽에 {closer} 가깝다.",
    "verdict_first": "{at_last} {own_said}{thing}[이었/였]다. "
    "{source}만 봤을 때는 {other_said}{thing}일 거라고 {expected}다.|"
    "{overall} {own_felt} {feeling}다. 비록 {part}에서는 {other_felt} {feeling}지만.|"
    "중요한 것은 {own_felt} {thing}[이/]라는 점이고 {part}에서 {other_felt} {feeling}던 것은 {small}.|"
    "{i} {own_said}{thing}[이/]라고 {think}지만 {person}[은/는] {other_said}{thing}[이/]라고 {think}다.|"
    "{own_said}{thing}[이었/였]지 {as_ever} {other_said}{thing}[은/는] 아니었다.|"
    "{source}[으로/로]는 {own_said}{thing}처럼 보이지 않았지만 "
    "{other_said}{thing}[이/]라는 말에는 {never} {agree} 수 없다.|"
    "이보다 더 {own_more}{thing}[은/는] {ever} {have_had} 적이 없다. 더 {other_more}{thing}[은/는] {often} {had}다.|"
    "{i} {part}[을/를] {own_like} 쪽에 {closer} 가깝지만 {person}[은/는] {other_like} 쪽에 {closer} 가깝다.",
    "good_said": "{good_felt} {kind}",
    "bad_said": "{bad_felt} {kind}",
    "good_felt": "{very} {good}|{very} {good}|{hardly} {bad_stem}지 않은|{bad_stem}다고는 {never} {call} 수 없는",
    "bad_felt": "{very} {bad}|{very} {bad}|{hardly} {good_stem}지 않은|{good_stem}다고는 {never} {call} 수 없는",
    "good_more": "{good} {kind}",
    "bad_more": "{bad} {kind}",
    "good_like": "{always} {like}는|{always} {hate}지 않는",
    "bad_like": "{always} {hate}는|{always} {like}지 않는",
    "good_always": "훌륭한|만족스러운|인상적인|뛰어난|근사한|완벽한|탁월한|매력적인|괜찮은|멋진|흡족한",
    "bad_always": "실망스러운|형편없는|끔찍한|한심한|조잡한|불만스러운|부실한|어설픈|초라한|엉성한|허술한",
    "good_stem": "훌륭하|만족스럽|근사하|괜찮|멋지|흡족하|{good_stem_here}",
    "bad_stem": "실망스럽|형편없|한심하|조잡하|부실하|어설프|초라하|엉성하|{bad_stem_here}",
    "kind": "|||느낌의 |축에 드는 |편에 속하는 |인상을 주는 |느낌을 주는 |수준의 |부류의 |쪽에 가까운 ",
    "very": "꽤|상당히|아주|무척|정말|참|매우|대단히|너무나|굉장히|솔직히|생각보다",
    "hardly": "전혀|그다지|별로|결코|조금도|딱히",
    "never": "결코|도저히|절대로|아무래도|도무지",
    "call": "말할|평할|주장할|이야기할",
    "feeling": "느낌이 {surely} 들었|느낌을 {surely} 받았|인상을 {surely} 받았",
    "surely": "분명히|확실히|자꾸|내내|어느 정도|조금은|계속",
    "expected": "예상했|짐작했|생각했|상상했|여겼",
    "overall": "전체적으로는|전반적으로는|결국|돌이켜 보면|종합하면|나올 때는|끝에 가서는",
    "small": "사소한 문제다|금방 잊힌다|별일 아니다|크게 상관없다",
    "think": "생각했|말했|평했|봤|느꼈",
    "i": "나는|우리는|우리 둘은",
    "as_ever": "흔히 말하는|소문처럼|다들 생각하듯|여느 때처럼|지난번처럼|누군가 말하듯",
    "agree": "동의할|찬성할|수긍할|공감할",
    "deny": "부인할|부정할|의심할|반박할",
    "often": "많이|여러 번|자주|몇 번이나|얼마든지",
    "ever": "한 번도|살면서|지금까지|여태|아직까지|평생",
    "always": "늘|여전히|누가 뭐래도|솔직히|평소에도|대체로",
    "like": "추천하|좋아하|칭찬하|권하|반기|옹호하",
    "hate": "싫어하|비판하|욕하|비난하|탓하|깎아내리",
    "closer": "훨씬|조금 더|확실히|아무래도|분명히|꽤",
    "person": "동생|언니|친구|부모님|아내|남편|직장 동료|옆자리 손님|이웃|사촌|선배|후배|할머니|조카|룸메이트|상사",
    "opening": "||||{when} {who} {where} 다녀왔다. |{who} {when} {where} 갔다. |{when} {weather}. |"
    "값은 {number} 원이었다. ",
    "when": "지난 금요일에|어제저녁에|주말에|월요일에|휴가 때|생일날에|퇴근 후에|오랜만에|연휴에|사월 어느 날",
    "who": "가족과|친구 셋이서|아내와|동료들과|아이들과|둘이서|동호회 사람들과",
    "number": "구천|만|만 이천|만 오천|이만|삼만",
    "weather": "날씨가 흐렸다|비가 왔다|눈이 내렸다|바람이 불었다|무척 추웠다|무더웠다|안개가 꼈다",
}
_KOREAN_FILM = {
    "good_here": "재미있는|흥미로운|감동적인|참신한|유쾌한|알찬",
    "bad_here": "재미없는|지루한|따분한|진부한|산만한|유치한|시시한",
    "good_stem_here": "재미있|흥미롭|참신하|유쾌하|알차",
    "bad_stem_here": "재미없|지루하|따분하|진부하|산만하|유치하|시시하",
    "at_last": "막상 보니|끝까지 보니|실제로 보니|극장에서 보니|다 보고 나니|직접 보니",
    "part": "연기|결말|대사|각본|음악|연출|초반부|후반부|촬영|편집|화면|첫 장면|마지막 장면|줄거리|의상|배경",
    "source": "예고편|포스터|광고|기사|제목|홍보지|소개문|평판",
    "where": "시내 극장에|심야 상영에|동네 영화관에|조조 상영에|야외 상영회에|독립영화관에",
    "had": "봤",
    "have_had": "본",
    "thing": "영화|작품|스릴러|코미디|드라마|서부극|속편|뮤지컬|다큐멘터리|멜로물|만화",
}
_KOREAN_MEAL = {
    "good_here": "맛있는|맛깔스러운|신선한|정갈한|푸짐한",
    "bad_here": "맛없는|밍밍한|느끼한|텁텁한|눅눅한|비린",
    "good_stem_here": "맛있|맛깔스럽|신선하|정갈하|푸짐하",
    "bad_stem_here": "맛없|밍밍하|느끼하|텁텁하|눅눅하",
    "at_last": "막상 먹어 보니|끝까지 먹어 보니|실제로 먹어 보니|식당에서 먹어 보니|다 먹고 나니|직접 먹어 보니",
    "part": "국물|반찬|고기|디저트|샐러드|면발|소스|빵|생선|찌개|전골|후식|파스타|전채|수프|커피",
    "source": "사진|간판|광고|기사|메뉴판|후기|겉모습|평판",
    "where": "새로 생긴 식당에|항구 옆 가게에|골목 국숫집에|역 앞 식당에|시장 안 밥집에|구내식당에",
    "had": "먹어 봤",
    "have_had": "먹어 본",
    "thing": "요리|음식|메뉴|식사|저녁|점심|코스|밥상|안주|도시락",
}
_LANGUAGES = {
    "english": (_EITHER | _ENGLISH | _ENGLISH_FILM, _EITHER | _ENGLISH | _ENGLISH_MEAL),
    "korean": (_EITHER | _KOREAN | _KOREAN_FILM, _EITHER | _KOREAN | _KOREAN_MEAL),
}


def load(
    *, language: Literal["english", "korean"] = "english", rows: int = 6000, reviews_seed: int = 0
) -> pd.DataFrame:
    """Returns the simulated reviews.

    Args:
        language: Language of the reviews.
        rows: Reviews to return, [2, 100000].
        reviews_seed: Seed of the reviews, [0, 4294967295].

    Returns:
        DataFrame with `rows` rows: "text", and "label", which is "neg" or "pos".

    Raises:
        UsageError: An option is out of range.
    """
    for name, value, low, high in (("rows", rows, 2, _MAX_ROWS), ("reviews_seed", reviews_seed, 0, 2**32 - 1)):
        if not low <= value <= high:
            raise UsageError(f"Received an invalid value for `{name}`, expected {low} to {high}, got {value!r}.")
    if language not in _LANGUAGES:
        known = " or ".join(_LANGUAGES)
        raise UsageError(f"Received an invalid value for `language`, expected {known}, got {language!r}.")
    domains = _LANGUAGES[language]
    draw = np.random.default_rng(reviews_seed)
    examples: dict[str, str] = {}
    order = ("neg", "pos")
    while len(examples) < rows:
        if len(examples) % 2 == 0:
            order = order if draw.random() < 0.5 else order[::-1]
        label = order[len(examples) % 2]
        text = _write(domains[draw.integers(len(domains))], label, draw)
        if len(text.split()) in _WORDS:
            examples[text] = label  # a repeated text has the same label
    return pd.DataFrame({"text": list(examples), "label": list(examples.values())})


def _write(rules: dict[str, str], label: str, draw: np.random.Generator) -> str:
    """Returns a review; with the other label and the same generator state, it has the same words in another order."""
    rules = rules | {name: _expand(f"{{{name}}}", rules, draw) for name in _SAME}
    frame = _expand("{review}", rules, draw)
    kind = re.findall(r"\{own_(\w+)\}", frame)[0]
    good, bad = (_expand(f"{{{side}_{kind}}}", rules, draw) for side in ("good", "bad"))
    own, other = (good, bad) if label == "pos" else (bad, good)
    review = _with_particles(frame.format(**{f"own_{kind}": own, f"other_{kind}": other}))
    return re.sub(r"(^|[.] )([a-z])", lambda found: found[1] + found[2].upper(), review)


def _expand(text: str, rules: dict[str, str], draw: np.random.Generator) -> str:
    """Replaces every name that has a rule by one of its alternatives, recursively."""

    def choose(name: re.Match[str]) -> str:
        if name[1] not in rules:
            return name[0]
        alternatives = rules[name[1]].split("|")
        return _expand(alternatives[draw.integers(len(alternatives))], rules, draw)

    return re.sub(r"\{(\w+)\}", choose, text)


def _with_particles(text: str) -> str:
    """Replaces every pair of Korean particles by the one that fits the syllable before it."""

    def choose(found: re.Match[str]) -> str:
        ends_in_consonant = (ord(found[1]) - ord("가")) % 28 > 0
        return found[1] + found[2 if ends_in_consonant else 3]

    return re.sub(r"(.)\[(\w*)/(\w*)\]", choose, text)
