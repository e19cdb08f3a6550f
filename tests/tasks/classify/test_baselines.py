"""Classification baselines against hand-computed values, scikit-learn and published results; their storage."""

import io
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tokenizers.normalizers import NFKC

from seqkit.data.text.word_splitting import WordSplitter
from seqkit.errors import DataError
from seqkit.tasks.classify import linear_text as text_baseline
from seqkit.tasks.classify import nearest_neighbour as series_baseline
from seqkit.tasks.classify import terms as text_terms
from seqkit.tasks.classify.baselines import LinearText, Majority, NearestNeighbour
from seqkit.tasks.classify.metrics import log_losses
from seqkit.tasks.classify.terms import split_words

WORDS = ["good", "fine", "bad", "poor", "film", "plot", "music", "don't", "the", "a"]


def reviews(texts: int, classes: int = 2, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Texts in which one word in three depends on the class."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, classes, texts)
    informative = rng.random((texts, 9)) < 0.33
    words = np.where(informative, y_true[:, None], rng.integers(0, len(WORDS), (texts, 9)))
    return [" ".join(WORDS[i] for i in row) for row in words], y_true


def stored(arrays: dict[str, Any]) -> Any:
    """Writes the arrays to a file in memory and reads them back."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    file.seek(0)
    return np.load(file, allow_pickle=False)


def test_majority_predicts_the_class_priors_of_training():
    majority = Majority.fit(np.array([0, 2, 2, 0, 2]), 4)
    np.testing.assert_allclose(majority.predict(["a", "b"]), [[0.4, 0, 0.6, 0]] * 2)
    multi_label = Majority.fit(np.array([[True, True], [False, True]]), 2)
    np.testing.assert_allclose(multi_label.predict([0]), [[0.5, 1]])


def reference_of(texts: list[str], y_true: np.ndarray, unseen: list[str], strength: float = 4.0) -> np.ndarray:
    vectorizer = TfidfVectorizer(token_pattern=r"\w+(?:'\w+)*|[^\w\s]", ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=strength, tol=1e-6, max_iter=1000).fit(vectorizer.fit_transform(texts), y_true)
    return model.predict_proba(vectorizer.transform(unseen))


@pytest.mark.parametrize("classes", [2, 3])
def test_linear_is_scikit_learns_logistic_regression_on_words_and_pairs(classes):
    texts, y_true = reviews(200, classes)
    unseen, _ = reviews(50, classes, seed=1)
    model = LinearText.fit(texts, y_true, classes)
    assert not model.terms.letters
    assert "don't the" in model.terms.names
    np.testing.assert_allclose(model.predict(unseen), reference_of(texts, y_true, unseen), atol=1e-2)


def test_linear_fits_one_binary_regression_per_label():
    texts, first = reviews(150)
    y_true = np.stack([first == 1, np.array(["music" in text for text in texts])], axis=1)
    probabilities = LinearText.fit(texts, y_true, 2).predict(texts[:20])
    for i in range(2):
        np.testing.assert_allclose(probabilities[:, i], reference_of(texts, y_true[:, i], texts[:20])[:, 1], atol=2e-3)


def test_linear_predicts_the_prior_of_a_constant_label():
    texts, first = reviews(38)
    y_true = np.stack([first == 1, np.zeros(38, bool), np.ones(38, bool)], axis=1)
    probabilities = LinearText.fit(texts, y_true, 3).predict(["good", "never seen"])
    np.testing.assert_allclose(probabilities[:, 1:], [[1 / 40, 39 / 40]] * 2, rtol=1e-6)


def test_linear_gives_classes_absent_from_training_probability_zero():
    texts, y_true = reviews(100)
    probabilities = LinearText.fit(texts, y_true * 2, 4).predict(texts[:20])
    np.testing.assert_array_equal(probabilities[:, [1, 3]], 0)
    np.testing.assert_allclose(
        probabilities[:, [0, 2]], LinearText.fit(texts, y_true, 2).predict(texts[:20]), atol=1e-6
    )
    alone = LinearText.fit(texts, np.full(100, 2), 3).predict(["good"])
    np.testing.assert_array_equal(alone, [[0, 0, 1]])


@pytest.mark.parametrize("multi_label", [False, True])
def test_linear_predicts_the_priors_if_texts_contain_no_term(multi_label):
    y_true = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    model = LinearText.fit(["", " ", "\n"] * 2 + ["", " "], np.eye(3, dtype=bool)[y_true] if multi_label else y_true, 3)
    expected = [4 / 10, 3 / 10, 4 / 10] if multi_label else [3 / 8, 2 / 8, 3 / 8]
    np.testing.assert_allclose(model.predict(["good", ""]), [expected] * 2, rtol=1e-6)
    again = LinearText.from_arrays(stored(model.arrays()))
    np.testing.assert_array_equal(again.predict(["good"]), model.predict(["good"]))


def test_linear_ignores_case_line_breaks_and_apostrophe_style():
    model = LinearText.fit(*reviews(100), 2)
    plain, written = model.predict(["don't film bad", "Don’t<br /><BR/>film\tBAD!"])
    np.testing.assert_array_equal(plain, written)


@pytest.mark.parametrize(
    ("texts", "letters"),
    [
        (["재미있는 영화 good", "별로였다 bad"], True),
        (["很好看的电影", "不好看"], True),
        (["面白いです", "つまらない"], True),
        (["หนังดีมาก", "หนังแย่"], True),
        (["영화 bad 1234567890", "12345678 !!!!!!!!!!!"], True),
        (["a good film, 영화", "a bad film"], False),
        (["хороший фильм", "плохой фильм"], False),
        (["12 !?", "34"], False),
    ],
)
def test_terms_are_character_ngrams_in_scripts_without_spaces_between_words(texts, letters):
    model = LinearText.fit(texts, np.array([0, 1]), 2)
    assert model.terms.letters == letters
    assert model.predict(texts).argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("अच्छा लड़का", "अच्छी लड़की"),
        ("ভালো", "ভালা"),
        ("நல்ல பையன்", "நல்லா பையன்"),
        ("وَلَد", "وُلِد"),
        ("film ★★", "film ★"),
        ("see you :)", "see you :("),
        ("C++", "C"),
    ],
)
def test_linear_tells_texts_apart_by_combining_marks_and_signs(first, second):
    model = LinearText.fit([first, second] * 20, np.array([0, 1] * 20), 2)
    assert not model.terms.letters
    for form in ("NFC", "NFD"):
        probabilities = model.predict([unicodedata.normalize(form, text) for text in (first, second)])
        assert probabilities.argmax(axis=1).tolist() == [0, 1]


def test_linear_reads_decomposed_and_compatible_characters_alike():
    model = LinearText.fit(*reviews(100), 2)
    plain, written = model.predict(["good film", "ｇｏｏｄ ﬁlm"])
    np.testing.assert_array_equal(plain, written)
    korean = LinearText.fit(["가나 다", "라"], np.array([0, 1]), 2)
    np.testing.assert_array_equal(*korean.predict(["가나", unicodedata.normalize("NFD", "가나")]))


def test_linear_reads_case_if_the_model_does():
    texts, y_true = ["GOOD film", "good film"] * 20, np.array([0, 1] * 20)
    assert LinearText.fit(texts, y_true, 2, lower=False).predict(texts[:2]).argmax(axis=1).tolist() == [0, 1]
    np.testing.assert_allclose(LinearText.fit(texts, y_true, 2).predict(texts[:2]), 0.5, atol=1e-3)


CHARACTERS = st.one_of(
    st.characters(categories=("L", "M", "Nd", "P", "S", "Zs")),
    st.sampled_from("aΣ' \u00ad\u200b\u200c\u200d\ufe0f\ufeff"),
).filter(lambda character: NFKC().normalize_str(character) == unicodedata.normalize("NFKC", character))
"""Those that the library, which knows another Unicode version, normalises as Python does."""


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw lists all characters
@given(st.text(CHARACTERS, max_size=20))
def test_words_are_those_of_the_word_tokenizer(text):
    expected = WordSplitter(lower=True).thorough(text.replace("’", "'"))
    assert split_words(text) == [word.replace("’", "'") for word in expected]


def test_terms_of_an_earlier_version_are_read_as_it_did():
    model = LinearText.fit(["a b", "c"], np.array([0, 1]), 2)
    names = ("अच", "छ", "good", "film")
    former = replace(model, terms=replace(model.terms, names=names, lower=None))
    assert "lower" not in former.arrays()
    again = LinearText.from_arrays(stored(former.arrays()))
    assert again.terms.lower is None
    found = again.terms.transform(["अच्छी", "Good, film"]).toarray() > 0
    np.testing.assert_array_equal(found, [[1, 1, 0, 0], [0, 0, 1, 1]])
    assert LinearText.from_arrays(stored(model.arrays())).terms.lower is True


def test_character_ngrams_have_one_to_three_characters():
    model = LinearText.fit(["가나 다", "라"], np.array([0, 1]), 2)
    assert set(model.terms.names) == {"가", "나", " ", "다", "가나", "나 ", " 다", "가나 ", "나 다", "라"}


def test_regularisation_is_chosen_by_validation_loss():
    texts, y_true = reviews(400, seed=2)
    validation = reviews(200, seed=3)
    losses = [log_losses(validation[1], reference_of(texts, y_true, validation[0], c)).mean() for c in (1, 2, 4, 8, 16)]
    best = next(i for i in range(4) if losses[i + 1] > losses[i])
    model = LinearText.fit(texts, y_true, 2, validation=validation)
    assert model.strength == 2**best
    assert 0 < best < 4
    expected = reference_of(texts, y_true, validation[0], model.strength)
    np.testing.assert_allclose(model.predict(validation[0]), expected, atol=5e-3)


def test_terms_of_one_text_are_dropped_from_large_data(monkeypatch):
    monkeypatch.setattr(text_terms, "MIN_LETTERS", 10)
    model = LinearText.fit(["good good", "good film", "bad film"], np.array([0, 0, 1]), 2)
    assert model.terms.names == ("film", "good")
    alone = LinearText.fit(["good", "fine", "bad"], np.array([0, 0, 1]), 2)
    np.testing.assert_allclose(alone.predict(["good"]), [[2 / 3, 1 / 3]], rtol=1e-6)


def test_the_number_of_terms_is_limited_to_the_most_frequent(monkeypatch):
    monkeypatch.setattr(text_baseline, "MAX_WEIGHTS", 6)
    texts, y_true = reviews(100)
    model = LinearText.fit(["the " * 5 + text for text in texts], y_true, 2)
    assert len(model.terms.names) == 3
    assert "the" in model.terms.names


def test_linear_predictions_do_not_depend_on_the_batch_size(monkeypatch):
    texts, y_true = reviews(60)
    model = LinearText.fit(texts, y_true, 2)
    together = model.predict(texts)
    monkeypatch.setattr(text_baseline, "BATCH_SIZE", 7)
    np.testing.assert_array_equal(model.predict(texts), together)
    assert model.predict([]).shape == (0, 2)


def test_linear_accuracy_exceeds_80_percent_on_korean_reviews(requires_data):
    path = requires_data("nsmc/ratings_train.txt")
    with path.open(encoding="utf-8", newline="\n") as lines:
        rows = [line.rstrip("\r\n").split("\t") for line in islice(lines, 1, 8001)]
    texts, y_true = [row[1] for row in rows], np.array([int(row[2]) for row in rows])
    model = LinearText.fit(texts[:6000], y_true[:6000], 2)
    assert model.terms.letters
    assert (model.predict(texts[6000:]).argmax(axis=1) == y_true[6000:]).mean() > 0.8


def waves(count: int, seed: int = 0, steps: tuple[int, int] = (20, 20)) -> tuple[list[np.ndarray], np.ndarray]:
    """Noisy sines of one or two periods; the second channel has a scale of 1000."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, 2, count)
    series = []
    for label in y_true:
        time = np.linspace(0, 2 * np.pi * (label + 1), rng.integers(steps[0], steps[1] + 1))
        series.append(np.stack([np.sin(time), 1000 * np.cos(time)], axis=1) + rng.normal(0, [0.1, 100], (len(time), 2)))
    return series, y_true


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def test_nearest_neighbour_predicts_the_label_of_the_earliest_nearest_series():
    known = [column(0, 0), column(4, 4), column(0, 0), column(8, 8)]
    model = NearestNeighbour.fit(known, np.array([2, 1, 0, 0]), 3)
    assert model.predict([column(1, 1), column(5, 2), column(9, 9)]).argmax(axis=1).tolist() == [2, 1, 0]


def test_nearest_neighbour_standardises_channels_over_all_training_steps():
    train, y_true = waves(30)
    test, _ = waves(20, seed=1)
    steps = np.concatenate(train)
    scaled = [[(values - steps.mean(axis=0)) / steps.std(axis=0) for values in part] for part in (train, test)]
    distances = [[((query - known) ** 2).sum() for known in scaled[0]] for query in scaled[1]]
    model = NearestNeighbour.fit(train, y_true, 2)
    np.testing.assert_allclose(model.mean, steps.mean(axis=0))
    expected = y_true[np.argmin(distances, axis=1)]
    np.testing.assert_array_equal(model.predict(test).argmax(axis=1), expected)
    shifted = NearestNeighbour.fit([values * [5, 0.1] + 300 for values in train], y_true, 2)
    np.testing.assert_allclose(shifted.predict([values * [5, 0.1] + 300 for values in test]), model.predict(test))


def test_a_constant_channel_has_no_influence():
    known = [np.column_stack([np.full(3, 0.1), values]) for values in ([0, 1, 2], [2, 1, 0])]
    model = NearestNeighbour.fit(known, np.array([0, 1]), 2)
    assert model.deviation[0] == 1
    assert model.predict(known).argmax(axis=1).tolist() == [0, 1]


def test_series_are_resampled_to_the_longest_training_series():
    model = NearestNeighbour.fit([column(0, 2), column(4, 3, 2, 1, 0)], np.array([0, 1]), 2)
    mean, deviation = np.mean([0, 2, 4, 3, 2, 1, 0]), np.std([0, 2, 4, 3, 2, 1, 0])
    np.testing.assert_allclose(model.series[0, :, 0] * deviation + mean, [0, 0.5, 1, 1.5, 2], atol=1e-6)
    queries = [column(4, 0), column(0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2), column(0)]
    assert model.predict(queries).argmax(axis=1).tolist() == [1, 0, 0]


def test_confidence_is_the_leave_one_out_accuracy():
    known = [column(value, value) for value in (0, 1, 10, 11, 20, 22)]
    model = NearestNeighbour.fit(known, np.array([0, 0, 1, 1, 2, 0]), 3)
    correct, other = (4 + 1) / (6 + 2), (1 - 5 / 8) / 2  # the last two are nearest to each other and differ
    np.testing.assert_allclose(model.predict([column(0, 0)]), [[correct, other, other]])


def test_nearest_neighbour_predicts_several_labels():
    y_true = np.array([[True, True, True], [True, True, True], [False, False, True], [False, True, True]])
    known = [column(value, value) for value in (0, 1, 10, 11)]
    model = NearestNeighbour.fit(known, y_true, 3)
    correct = (10 + 1) / (12 + 2)
    probabilities = model.predict([column(0, 0), column(9, 9)])
    np.testing.assert_allclose(probabilities, [[correct, correct, correct], [1 - correct, 1 - correct, correct]])


@pytest.mark.parametrize("multi_label", [False, True])
def test_log_loss_is_finite_with_a_single_series_and_with_misleading_neighbours(multi_label):
    for values in ((0,), (0, 1), (0, 1, 10, 11)):  # the labels of neighbours always differ
        y_true = np.arange(len(values)) % 2
        y_true = np.stack([y_true == 0, y_true == 1], axis=1) if multi_label else y_true
        known = [column(value, value) for value in values]
        probabilities = NearestNeighbour.fit(known, y_true, 2).predict(known)
        y_pred = probabilities > 0.5 if multi_label else probabilities.argmax(axis=1)
        np.testing.assert_array_equal(y_pred, y_true)
        assert log_losses(y_true, probabilities).max() < 1


def test_too_many_series_are_thinned_evenly(monkeypatch):
    known, y_true = waves(50)
    monkeypatch.setattr(series_baseline, "MAX_NUMBERS", 11 * 20 * 2)
    model = NearestNeighbour.fit(known, y_true, 2)
    assert model.series.shape == (11, 20, 2)
    np.testing.assert_array_equal(model.labels.argmax(axis=1), y_true[np.linspace(0, 49, 11).astype(int)])


def test_neighbours_do_not_depend_on_the_batch_size(monkeypatch):
    known, _ = waves(40, steps=(10, 20))
    y_true = np.arange(40) // 3 % 2  # nearly independent of the series
    model = NearestNeighbour.fit(known, y_true, 2)
    monkeypatch.setattr(series_baseline, "MAX_DISTANCES", 90)
    again = NearestNeighbour.fit(known, y_true, 2)
    assert again.trust == model.trust
    np.testing.assert_array_equal(again.predict(known), model.predict(known))


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (np.zeros((3, 1)), r"Series 2 has the shape \(3, 1\), expected \(steps, 2\)"),
        (np.zeros(3), r"Series 2 has the shape \(3,\)"),
        (np.zeros((0, 2)), "Series 2 is empty"),
        (np.full((3, 2), np.nan), "Series 2 is empty or contains a value that is not finite"),
    ],
)
def test_invalid_series_are_rejected(series, message):
    known, y_true = waves(2)
    with pytest.raises(DataError, match=message):
        NearestNeighbour.fit([known[0], series], y_true, 2)
    with pytest.raises(DataError, match=message):
        NearestNeighbour.fit(known, y_true, 2).predict([known[0], series])


def read_series(path: Path) -> tuple[list[np.ndarray], np.ndarray]:
    lines = path.read_text(encoding="utf-8").split("@data\n")[1].split("\n")
    rows = [line.split(":") for line in lines if line.strip()]
    series = [np.array([channel.split(",") for channel in row[:-1]], np.float64).T for row in rows]
    return series, np.array([int(row[-1]) - 1 for row in rows])


@pytest.mark.parametrize(
    ("name", "classes", "published"), [("ItalyPowerDemand", 2, 0.0447), ("SyntheticControl", 6, 0.12)]
)
def test_nearest_neighbour_reproduces_published_errors(requires_data, name, classes, published):
    train, test = (read_series(requires_data(f"ucr_{name.lower()}/{name}_{part}.ts")) for part in ("TRAIN", "TEST"))
    y_pred = NearestNeighbour.fit(*train, classes).predict(test[0]).argmax(axis=1)
    assert round((y_pred != test[1]).mean(), 4) == published


def fitted() -> dict[str, tuple[Any, Any]]:
    """Each fitted baseline, and inputs for it."""
    texts, y_true = reviews(60, 3)
    known, two = waves(12, steps=(8, 12))
    return {
        "majority": (Majority.fit(y_true, 3), texts),
        "linear": (LinearText.fit(texts, y_true, 3), texts),
        "letters": (LinearText.fit(["재미 \ud800", "별로\u2028\n다"], np.array([0, 1]), 2), ["다\ud800", "재"]),
        "linear several": (LinearText.fit(texts, np.stack([y_true == 1, y_true != 2], axis=1), 2), texts),
        "nearest": (NearestNeighbour.fit(known, two, 2), known),
        "nearest several": (NearestNeighbour.fit(known, np.stack([two == 0, two == 0], axis=1), 2), known),
    }


@pytest.mark.parametrize("name", ["majority", "linear", "letters", "linear several", "nearest", "nearest several"])
def test_a_restored_baseline_predicts_the_same_without_pickle(name):
    baseline, inputs = fitted()[name]
    again = type(baseline).from_arrays(stored(baseline.arrays()))
    np.testing.assert_array_equal(again.predict(inputs), baseline.predict(inputs))
    assert not any(array.dtype.hasobject for array in baseline.arrays().values())


DAMAGES: list[tuple[str, str, Callable[[np.ndarray], Any], str]] = [
    ("majority", "shares", lambda a: a.astype(object), "Object arrays cannot be loaded"),
    ("majority", "shares", lambda a: a - 1, "outside"),
    ("majority", "shares", lambda a: a[:0], "outside"),
    ("majority", "shares", lambda a: a[:, None], r"shape \(3, 1\), not \(any\)"),
    ("linear", "terms", lambda a: a[:1], "'rarity': it has shape"),
    ("linear", "terms", lambda a: np.append(a, 0xFF).astype(np.uint8), "can't decode byte 0xff"),
    ("linear", "terms", lambda a: np.append(a, np.frombuffer(b"\na", np.uint8)), "'terms' contains duplicates"),
    ("linear", "terms", lambda a: a.astype(np.int64), "it has type int64, not uint8"),
    ("linear", "rarity", lambda a: np.full_like(a, np.inf), "not finite"),
    ("linear", "coefficients", lambda a: a[:, 1:], "'coefficients': it has shape"),
    ("linear", "intercept", lambda a: a * np.nan, "not finite"),
    ("linear", "letters", lambda a: np.array("yes"), "has type <U3"),
    ("linear", "several", lambda a: np.array([True]), r"has shape \(1,\), not \(\)"),
    ("nearest", "series", lambda a: a[1:], "'labels': it has shape"),
    ("nearest", "series", lambda a: a[:, :0], "empty or out of range"),
    ("nearest", "labels", lambda a: a.astype(int), "has type int64"),
    ("nearest", "deviation", lambda a: 0 * a, "out of range"),
    ("nearest", "mean", lambda a: a[:1], "'mean': it has shape"),
    ("nearest", "trust", lambda a: np.array(1.5), "out of range"),
]


@pytest.mark.parametrize(("name", "key", "damage", "message"), DAMAGES)
def test_damaged_arrays_are_rejected(name, key, damage, message):
    baseline, _ = fitted()[name]
    arrays = baseline.arrays()
    arrays[key] = damage(arrays[key])
    with pytest.raises(DataError, match=f"(?s)stored baseline is damaged.*({message}).*Train the run again"):
        type(baseline).from_arrays(stored(arrays))


@pytest.mark.parametrize("name", ["majority", "linear", "nearest"])
def test_a_missing_array_is_named(name):
    baseline, _ = fitted()[name]
    for key in baseline.arrays().keys() - {"lower"}:  # runs of an earlier version have no "lower"
        arrays = baseline.arrays()
        del arrays[key]
        with pytest.raises(DataError, match=f"'{key}': it is missing"):
            type(baseline).from_arrays(stored(arrays))


def test_a_corrupted_file_is_rejected():
    file = io.BytesIO()
    np.savez(file, shares=np.linspace(0, 0.1, 1000))
    content = bytearray(file.getvalue())
    content[4000] ^= 255
    with pytest.raises(DataError, match="'shares': Bad CRC"):
        Majority.from_arrays(np.load(io.BytesIO(bytes(content)), allow_pickle=False))
