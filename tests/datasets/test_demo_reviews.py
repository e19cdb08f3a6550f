"""Simulated reviews: labels follow the documented rule; a recurrent network learns it, no bag-of-words model does."""

import importlib
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_reviews")
LANGUAGES = ("english", "korean")
TRAINING = 5000


@pytest.fixture(scope="module")
def reviews() -> dict[str, pd.DataFrame]:
    """6,000 reviews of each language, as they come by default."""
    return {language: demo.load(language=language) for language in LANGUAGES}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def alternatives(language: str, *names: str) -> list[str]:
    """Returns the words of some lists of the module, of both kinds of reviews, longest first."""
    choices = {word for rules in demo._LANGUAGES[language] for name in names for word in rules[name].split("|")}
    return sorted((word.strip() for word in choices if "{" not in word), key=len, reverse=True)


def one_of(choices: list[str]) -> str:
    return "(?:" + "|".join(map(re.escape, choices)) + ")"


def english_marks(text: str) -> str:
    """Returns the last sentence with "+" and "-" for what is said well and ill of something."""
    sentence = text.lower().rstrip(".").split(". ")[-1]
    aside = one_of(alternatives("english", "to_me")).lower()
    turns = rf"(?:far from|anything but|by no means|not at all|not in the least|not, {aside}, in any way) "
    for plain, turned, mood in (("+", "-", "good"), ("-", "+", "bad")):
        said = one_of(alternatives("english", f"{mood}_always", f"{mood}_here", f"{mood}_more"))
        sentence = re.sub(rf"{turns}{said}\b", turned, sentence)
        sentence = re.sub(rf"\b{said}\b", plain, sentence)
    return sentence


def english_verdict(text: str) -> str:
    """Returns "+" or "-" by the rule of the module's docstring, written here anew."""
    sentence = english_marks(text)
    marks = re.findall("[+-]", sentence)
    verb = re.search(r"\bdid(?: not)?, [^,]*, (\w+)", sentence)
    if verb:
        likes = verb[1] in ("like", "enjoy", "love", "admire", "recommend", "praise")
        clauses = sentence.split(", but ")
        clause = next(part for part in clauses if re.match(r"(i|we)\b", part))
        return "+" if likes != ("did not" in clause) else "-"
    match = re.search(r"\b(?:i|we|i myself) (?:found|thought|considered|called) [^+-]*([+-])", sentence)
    match = match or re.search(r"if you ask me, [^+-]*([+-])", sentence)
    match = match or re.search(r"never,[^+-]*([+-])", sentence)
    if match:
        return match[1]
    if "nobody could" in sentence:
        is_denied = not re.search(r"nobody could (?:deny|dispute|doubt|question|contest)", sentence)
        return marks[0] if not is_denied else {"+": "-", "-": "+"}[marks[0]]
    if "never mind" in sentence or "what counts is" in sentence or "and not, " in sentence:
        return marks[0]
    conceding = re.search(r"\b(?:although|even though|while|though) ", sentence)
    return marks[0] if conceding and conceding.start() > 0 else marks[-1]


def korean_marks(text: str) -> str:
    for plain, turned, mood, verbs in (("+", "-", "good", "like"), ("-", "+", "bad", "hate")):
        stem = one_of(alternatives("korean", f"{mood}_stem", f"{mood}_stem_here", verbs))
        text = re.sub(rf"{stem}지 않[은는]", turned, text)
        text = re.sub(rf"{stem}다고는 \S+ \S+ 수 없는", turned, text)
        text = re.sub(one_of(alternatives("korean", f"{mood}_always", f"{mood}_here")), plain, text)
        text = re.sub(rf"{one_of(alternatives('korean', verbs))}는", plain, text)
    return text


def korean_verdict(text: str) -> str:
    marked = korean_marks(text)
    marks = re.findall("[+-]", marked)
    if "말에는" in marked:
        return {"+": "-", "-": "+"}[marks[1]]
    match = re.search(r"(?:나는|우리는|우리 둘은) [^+-]*([+-])", marked) or re.search(r"이보다 더 ([+-])", marked)
    if match:
        return match[1]
    is_first = any(sign in marked for sign in ("아니었다", "중요한 것은", "비록", "봤을 때는"))
    return marks[0] if is_first else marks[1]


VERDICTS = {"english": (english_marks, english_verdict), "korean": (korean_marks, korean_verdict)}


def test_reference_rule_is_correct() -> None:
    said = {
        "We paid ten euros each. Although the soup was quite superb, the meal was far from lovely.": "-",
        "Nobody could say that the plot was really awful, even if a blog did not make it sound great.": "+",
        "Nobody could deny that the plot was really awful, even if a blog did make it sound great.": "-",
        "I did not, to be honest, detest the pie, but my boss did.": "+",
        "I have eaten many a nicer pie, but never, on reflection, a worse one.": "-",
    }
    assert {text: english_verdict(text) for text in said} == said
    said = {
        "국물에서는 꽤 훌륭한 느낌이 내내 들었지만 결국 정말 초라한 인상을 계속 받았다.": "-",
        "광고로는 멋진 영화처럼 보이지 않았지만 지루하다고는 결코 말할 수 없는 영화라는 말에는 찬성할 수 없다.": "-",
        "나는 연기를 늘 싫어하지 않는 쪽에 꽤 가깝지만 동생은 늘 추천하지 않는 쪽에 꽤 가깝다.": "+",
    }
    assert {text: korean_verdict(text) for text in said} == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_label_is_the_writers_verdict(language: str, reviews) -> None:
    marks, verdict = VERDICTS[language]
    frame = reviews[language]
    assert {len(re.findall("[+-]", marks(text))) for text in frame["text"] if " did" not in text} == {2}
    verdicts = frame["text"].map(verdict).map({"+": "pos", "-": "neg"})
    assert frame[verdicts != frame["label"]].to_numpy().tolist() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_words_in_another_order_have_the_other_label(language: str) -> None:
    for seed in range(300):
        rules = demo._LANGUAGES[language][seed % 2]
        pos, neg = (demo._write(rules, label, np.random.default_rng(seed)) for label in ("pos", "neg"))
        assert pos != neg and Counter(words(pos)) == Counter(words(neg)), (pos, neg)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reviews_are_short_distinct_and_balanced(language: str, reviews) -> None:
    frame = reviews[language]
    assert list(frame.columns) == ["text", "label"] and len(frame) == 6000
    assert frame["text"].is_unique
    assert (frame["label"].to_numpy().reshape(-1, 2) == "pos").sum(axis=1).tolist() == [1] * 3000
    assert 0.45 < (frame["label"][::2] == "pos").mean() < 0.55
    assert frame["text"].str.split().str.len().between(8, 30).all()
    assert not frame["text"].str.contains(r"[{}\[\]|_]|  | [,.;:]").any()
    assert frame["text"].str.fullmatch(r"\S.*[.]").all()
    assert len({word for text in frame["text"] for word in words(text)}) > 350


def test_sentences_start_with_a_capital_letter(reviews) -> None:
    assert not reviews["english"]["text"].str.contains(r"(?:^|[.] )[a-z]").any()


def test_particles_fit_the_syllable_before_them(reviews) -> None:
    assert (
        demo._with_particles("영화[은/는] 작품[은/는] 만화[이/]라고 속편[이/]라고")
        == "영화는 작품은 만화라고 속편이라고"
    )
    together = " ".join(reviews["korean"]["text"])
    assert "영화는" in together and "작품은" in together and "식사였" in together and "저녁이었" in together
    assert not re.search("영화은|영화이었|작품는|작품였|식사이었|저녁였|으로로|기사으로|간판로", together)
    # Before 로 a final ㄹ counts as a vowel, which the table of two forms does not know.
    assert not [word for word in alternatives("korean", "source") if (ord(word[-1]) - ord("가")) % 28 == 8]


def test_more_rows_never_change_the_first_and_seeds_differ(reviews) -> None:
    for rows in (2, 501):
        pd.testing.assert_frame_equal(demo.load(rows=rows), reviews["english"][:rows])
    assert not set(demo.load(rows=200, reviews_seed=1)["text"]) & set(reviews["english"]["text"][:200])


def linear_accuracy(frame: pd.DataFrame, **options: object) -> float:
    """Accuracy of TF-IDF and logistic regression on what is left after the first 5,000 reviews."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(**{"token_pattern": r"(?u)\b\w+\b"} | options)
    features = vectorizer.fit_transform(frame["text"][:TRAINING])
    model = LogisticRegression(C=10, solver="liblinear").fit(features, frame["label"][:TRAINING])
    return float(model.score(vectorizer.transform(frame["text"][TRAINING:]), frame["label"][TRAINING:]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_bag_of_words_is_no_better_than_chance(language: str, reviews) -> None:
    assert 0.45 < linear_accuracy(reviews[language]) < 0.55


@pytest.mark.parametrize("language", LANGUAGES)
def test_bigrams_are_hardly_informative(language: str, reviews) -> None:
    assert linear_accuracy(reviews[language], ngram_range=(1, 2)) < 0.65


def test_korean_character_trigrams_are_hardly_informative(reviews) -> None:
    letters = {"analyzer": "char", "token_pattern": None, "ngram_range": (1, 3), "max_features": 5000}
    assert linear_accuracy(reviews["korean"], **letters) < 0.65


@pytest.mark.parametrize("language", LANGUAGES)
def test_small_recurrent_network_learns_them(language: str, reviews) -> None:
    import keras

    keras.utils.set_random_seed(0)
    frame = reviews[language]
    sequences = [words(text) for text in frame["text"]]
    number_of = {
        word: i for i, word in enumerate(sorted({word for sequence in sequences for word in sequence}), start=1)
    }
    tokens = np.zeros((len(frame), max(map(len, sequences))), np.int32)
    for row, sequence in zip(tokens, sequences, strict=True):
        row[: len(sequence)] = [number_of[word] for word in sequence]
    y_true = (frame["label"] == "pos").to_numpy().astype(np.float32)
    inputs = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(len(number_of) + 1, 32, mask_zero=True)(inputs)
    x = keras.layers.Bidirectional(keras.layers.GRU(32))(x)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile(keras.optimizers.Adam(8e-3), "binary_crossentropy", metrics=["accuracy"], jit_compile=False)
    for _ in range(8):
        trained = model.fit(tokens[:TRAINING], y_true[:TRAINING], batch_size=64, verbose=0)
        if trained.history["accuracy"][-1] > 0.9:
            break
    assert model.evaluate(tokens[TRAINING:], y_true[TRAINING:], batch_size=500, verbose=0)[1] > 0.95


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"rows": 1}, "`rows`, expected 2 to 100000, got 1"),
        ({"rows": 100_001}, "`rows`, expected 2 to 100000, got 100001"),
        ({"reviews_seed": -1}, "`reviews_seed`, expected 0 to 4294967295, got -1"),
        ({"language": "latin"}, "`language`, expected english or korean, got 'latin'"),
    ],
)
def test_invalid_option_is_named(options: dict, complaint: str) -> None:
    with pytest.raises(UsageError) as refusal:
        demo.load(**options)
    assert complaint in str(refusal.value)
