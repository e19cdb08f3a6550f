"""Preparation of texts and series: fitting on training examples, encoding and decoding."""

import unicodedata
from functools import partial

import numpy as np
import pytest

from seqkit.data.labelled.examples import Examples
from seqkit.data.text.subwords import Subwords
from seqkit.data.text.tokenizer import PAD, UNKNOWN, TextTokenizer
from seqkit.errors import DataError, UsageError
from seqkit.tasks.classify import prepare as classify
from seqkit.tasks.classify import texts as classify_texts
from seqkit.tasks.classify.series import prepare_series
from seqkit.tasks.embed.inference import vectors_of

prepare_texts = partial(classify_texts.prepare_texts, vectors_of=vectors_of)


def texts(count: int = 60, *, parts: list[str] | None = None, labels: list[tuple[str, ...]] | None = None) -> Examples:
    labels = labels or [("good",) if i % 2 else ("bad",) for i in range(count)]
    reviews = [f"a {'fine' if i % 2 else 'poor'} film number n{i}" for i in range(count)]
    multi_label = any(len(names) != 1 for names in labels)
    return Examples(reviews, None, labels, None if parts is None else np.array(parts), multi_label)


def series(lengths: list[int], channels: int = 2) -> Examples:
    rng = np.random.default_rng(0)
    values = [rng.normal(5, 3, (n, channels)) for n in lengths]
    labels = [("up",) if i % 2 else ("down",) for i in range(len(lengths))]
    return Examples(None, values, labels, None, False, tuple("ab"[:channels]))


def test_tokenizer_and_classes_are_fitted_on_training_texts_only():
    state, splits = prepare_texts(texts(), split="0.6,0.2,0.2")
    held_out = {f"n{i}" for i in [*splits.validation.rows, *splits.test.rows]}
    assert state.classes == ("bad", "good")
    assert splits.tokenizer is not None
    assert held_out.isdisjoint(splits.tokenizer.tokens)
    assert f"n{splits.train.rows[0]}" in splits.tokenizer.tokens
    assert (splits.validation.inputs.values == UNKNOWN).sum() == len(splits.validation), "only the numbers are unknown"


@pytest.mark.parametrize("tokenizer", ["word", "bpe", "char"])
def test_no_test_text_is_read_like_a_training_text(tokenizer):
    rng = np.random.default_rng(0)
    plain = [" ".join(rng.choice(list("abcdefgh"), 6)) + f", caf\u00e9 {i}." for i in range(100)]
    decomposed = [unicodedata.normalize("NFD", text) for text in plain]
    written = [plain, [f"{text} " for text in plain], [text.upper().replace(" ", "  ") for text in plain], decomposed]
    labels = [(label,) for label in rng.choice(["a", "b"], 400).tolist()]
    examples = Examples([text for texts in written for text in texts], None, labels, None, False)
    _, splits = classify_texts.prepare_texts(examples, vectors_of, tokenizer=tokenizer, split="0.6,0.2,0.2")
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part) for part in parts] == [240, 80, 80]
    everything = TextTokenizer.fit(examples.texts, kind=tokenizer).encode(examples.texts).ragged
    read = [{everything[i].tobytes() for i in part.rows.tolist()} for part in parts]
    assert [len(texts) for texts in read] == [60, 20, 20] and len(set.union(*read)) == 100


def test_equal_series_are_in_the_same_part():
    values = [np.full((3, 1), float(i // 2)) for i in range(40)]
    examples = Examples(None, values, [("a",), ("b",)] * 20, None, False, ("value",))
    _, splits = prepare_series(examples, split="0.6,0.2,0.2", folds=0)
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [24, 8, 8]
    assert len({int(row) // 2 for row in splits.test.rows}) == 4


def test_changing_a_test_text_does_not_change_the_fitted_state():
    before, splits = prepare_texts(texts(), split="0.6,0.2,0.2")
    changed = texts()
    assert changed.texts is not None
    for i in splits.test.rows:
        changed.texts[i] += " and one word more"
    after, again = prepare_texts(changed, split="0.6,0.2,0.2")
    np.testing.assert_array_equal(splits.test.rows, again.test.rows)
    assert after == before


def test_texts_are_truncated_at_the_chosen_end():
    examples = texts()
    for keep, expected in (("start", "a"), ("end", "number")):
        _, splits = prepare_texts(examples, length=2, keep=keep)
        assert splits.tokenizer is not None
        first = splits.train.inputs[0]
        assert splits.tokenizer.tokens[first[0]] == expected
        assert len(first) == 2
    assert any("100.0% truncated to the last 2" in line for line in splits.notes)


def test_numeric_labels_are_sorted_by_value():
    labels = [(str(i % 12),) for i in range(240)]
    state, _ = prepare_texts(texts(240, labels=labels))
    assert state.classes == tuple(map(str, range(12)))


def test_an_unknown_test_label_is_rejected_with_its_first_example():
    parts = ["train"] * 40 + ["test"] * 20
    labels = [("good",) if i % 2 else ("bad",) for i in range(60)]
    labels[47] = labels[50] = ("godo",)
    with pytest.raises(DataError, match=r"test part has the label 'godo' \(2 examples, the first is its number 8\)"):
        prepare_texts(texts(parts=parts, labels=labels))
    labels[47] = ("good",)
    with pytest.raises(DataError, match=r"the label 'godo' \(1 example, the first is its number 11\)"):
        prepare_texts(texts(parts=parts, labels=labels))


def test_a_single_training_label_is_rejected():
    parts = ["train"] * 40 + ["test"] * 20
    labels = [("good",)] * 40 + [("bad",)] * 20
    with pytest.raises(DataError, match="All training examples have the label 'good'"):
        prepare_texts(texts(parts=parts, labels=labels))


def test_several_labels_are_encoded_as_booleans():
    labels = [[("a",), ("a", "b"), (), ("b",)][i % 4] for i in range(80)]
    state, splits = prepare_texts(texts(80, labels=labels))
    assert state.multi_label
    for row, y_true in zip(splits.train.rows, splits.train.labels, strict=True):
        assert tuple(np.array(state.classes)[y_true]) == labels[row]


def test_pretrained_vectors_are_copied_and_other_tokens_start_at_random(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("film 1 2 3\nfine 4 5 6\nunseen 7 8 9\n", encoding="utf-8")
    state, splits = prepare_texts(texts(), vectors=str(path))
    assert splits.tokenizer is not None
    assert splits.embedding is not None
    tokens = splits.tokenizer.tokens
    assert state.embedding == 3
    np.testing.assert_array_equal(splits.embedding[tokens.index("film")], [1, 2, 3])
    np.testing.assert_array_equal(splits.embedding[tokens.index("fine")], [4, 5, 6])
    assert splits.embedding[tokens.index("poor")].any()
    assert any(line.startswith(f"vectors: {path} covers 2 of {len(tokens)} tokens") for line in splits.notes)


def test_vectors_of_a_file_that_are_left_out_are_noted(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"4 2\nfilm 1 2\n 3 4\n\xe9t\xe9 5 6\n")
    _, splits = prepare_texts(texts(), vectors=str(path))
    lines = [line.removeprefix(f"{path}: ") for line in splits.notes if line.startswith(str(path))]
    assert lines == [
        "left out 1 vector of blank words, in line 3",
        r"left out 1 vector of a word that is not UTF-8, such as one cut inside a letter: '\xe9t\xe9' in line 4",
        "the header says 4 vectors, but the file has 3: all are read",
    ]


def test_tokens_are_found_in_lower_case_and_in_any_normal_form(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("film 1 2\ncafe\u0301 3 4\n", encoding="utf-8")
    found = vectors_of(path, ["Film", "film", "café", "Kino"])
    assert dict(zip(found.words, found.vectors.tolist(), strict=True)) == {
        "film": [1, 2],
        "café": [3, 4],
        "Film": [1, 2],
    }
    assert found.notes == (f"{path}: 1 of 4 tokens have a vector only in lower case, which is used: 'Film'",)
    assert vectors_of(path, ["film", "Kino"]).notes == ()


def test_vectors_of_a_run_include_those_composed_of_ngrams(write_embed_run):
    known = np.array([[1, 2], [3, 4]])
    run = write_embed_run(["film", "fine"], known)
    _, splits = prepare_texts(texts(), vectors=str(run))
    tokens = splits.tokenizer.tokens
    np.testing.assert_array_equal(splits.embedding[[tokens.index("film"), tokens.index("fine")]], known)
    assert any(line.startswith(f"vectors: {run} covers 2 of {len(tokens)} tokens") for line in splits.notes)
    buckets = np.unique(Subwords(3, 3, 50).ngrams(["poor"]).values)
    parts = np.arange(2 * len(buckets)).reshape(-1, 2)
    run = write_embed_run(
        ["film", "fine"], known, seen=buckets, ngrams=parts, subwords=[3, 3], buckets=50, name="subwords"
    )
    _, splits = prepare_texts(texts(), vectors=str(run))
    rows = np.searchsorted(buckets, Subwords(3, 3, 50).ngrams(["poor"]).values)
    np.testing.assert_allclose(splits.embedding[tokens.index("poor")], parts[rows].mean(axis=0))


def test_vectors_that_cover_no_token_are_rejected(write_embed_run):
    with pytest.raises(DataError, match="cover none of the"):
        prepare_texts(texts(), vectors=str(write_embed_run(["other", "words"], np.eye(2))))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"embedding": 5}, DataError, "have 3 dimensions, but --embedding is 5"),
        ({"one_hot": True}, UsageError, "--vectors and --one-hot"),
        ({}, DataError, "cover none of the"),
    ],
)
def test_unsuitable_vectors_are_rejected(tmp_path, options, error, message):
    path = tmp_path / "vectors.txt"
    path.write_text("fine 4 5 6\n" if options else "Unseen 7 8 9\n", encoding="utf-8")
    with pytest.raises(error, match=message):
        prepare_texts(texts(), vectors=str(path), **options)


def test_series_are_standardised_by_training_statistics():
    state, splits = prepare_series(series([7] * 40))
    assert state.steps == 7
    assert splits.train.inputs.values.dtype == np.float32
    np.testing.assert_allclose(splits.train.inputs.values.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(splits.train.inputs.values.std(axis=0), 1, atol=1e-6)
    original = series([7] * 40).series
    assert original is not None
    expected = (original[splits.test.rows[0]] - state.mean) / state.deviation
    np.testing.assert_allclose(splits.test.inputs[0], expected, rtol=1e-5)


def test_steps_are_none_for_series_of_several_lengths():
    state, splits = prepare_series(series([5, 6, 7, 8] * 10))
    assert state.steps is None
    assert splits.train.inputs.lengths.tolist() == [[5, 6, 7, 8][i % 4] for i in splits.train.rows]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.zeros((7, 3)), r"has the shape \(7, 3\); the model was trained on \(steps, 2\)"),
        (np.zeros((6, 2)), "has 6 steps; the model was trained on series of 7"),
        (np.full((7, 2), np.nan), "is empty or contains a value that is not finite"),
    ],
)
def test_unsuitable_series_are_rejected(wrong, message):
    state, _ = prepare_series(series([7] * 40))
    with pytest.raises(DataError, match=f"^Series 2 {message}"):
        classify.encode_series(state, [np.zeros((7, 2)), wrong])


def test_logits_become_probabilities():
    state, _ = prepare_series(series([7] * 40))
    logits = np.array([[0.0, np.log(3)], [1000.0, -1000.0]], np.float32)
    np.testing.assert_allclose(classify.decode(state, logits), [[0.25, 0.75], [1, 0]], rtol=1e-6)
    multi_label = state.model_copy(update={"multi_label": True})
    np.testing.assert_allclose(classify.decode(multi_label, logits), [[0.5, 0.75], [1, 0]], rtol=1e-6, atol=1e-30)
    assert classify.predicted_labels(state, np.array([[0.2, 0.8]])) == [("up",)]
    assert classify.predicted_labels(multi_label, np.array([[0.6, 0.8], [0.1, 0.2]])) == [("down", "up"), ()]


def test_encoded_texts_contain_no_padding():
    _, splits = prepare_texts(texts())
    for part in (splits.train, splits.validation, splits.test):
        assert (part.inputs.values != PAD).all()


def test_series_that_overflow_float32_are_rejected_by_number():
    examples = series([8] * 40)
    state, splits = prepare_series(examples)
    outlier = examples.series[splits.test.rows[0]].copy()
    outlier[3, 1] = -1e300
    with pytest.raises(DataError, match=r"Series 2 reaches -1e\+300, which overflows float32 after scaling"):
        classify.encode_series(state, [examples.series[0], outlier])


def test_training_series_with_an_overflowing_deviation_are_rejected_by_channel():
    examples = series([8] * 40)
    for values in examples.series:
        values[0, 1] = 1e308
    with pytest.raises(DataError, match=r"Channel b reaches 1e\+308 in the training series"):
        prepare_series(examples)


def test_each_series_is_scaled_alone_on_request():
    data = series([5, 8] * 20)
    data.series[3][:, 1] = 1e9 + 7  # constant
    state, splits = prepare_series(data, scale="series", folds=0)
    assert state.each_series and state.mean == (0.0, 0.0) and state.deviation == (1.0, 1.0)
    for part in (splits.train, splits.test):
        for position, row in enumerate(part.rows):
            values, scaled = data.series[row], part.inputs[position]
            expected = (values - values.mean(axis=0)) / np.where(values.std(axis=0) > 1e-3, values.std(axis=0), 1)
            np.testing.assert_allclose(scaled, expected, atol=1e-4)
    shifted = [values * 3 + 100 for values in data.series[:3]]
    np.testing.assert_allclose(
        classify.encode_series(state, shifted).values, classify.encode_series(state, data.series[:3]).values, atol=1e-4
    )
