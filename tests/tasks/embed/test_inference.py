import json
from pathlib import Path

import numpy as np
import pytest

from seqkit.data.text.subwords import Subwords
from seqkit.errors import DataError, NotFoundError, UsageError
from seqkit.files import arrays as stored_arrays
from seqkit.runs.run import read_run
from seqkit.tasks.embed.inference import KeyedVectors, NgramVectors, open_file, open_run, open_vectors

# Vectors at known angles and of different lengths.
ANGLES = {"east": 0, "warm": 30, "northeast": 45, "north": 90, "west": 180}
COMPASS = np.array(
    [[(2 + i) * np.cos(np.radians(a)), (2 + i) * np.sin(np.radians(a))] for i, a in enumerate(ANGLES.values())]
)


@pytest.fixture
def compass() -> KeyedVectors:
    return KeyedVectors(list(ANGLES), COMPASS)


@pytest.fixture
def many() -> KeyedVectors:
    rng = np.random.default_rng(0)
    return KeyedVectors([f"w{i}" for i in range(200)], rng.normal(size=(200, 8)))


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_neighbours_are_sorted_by_angle_without_the_word_itself(compass):
    found = compass.most_similar("east")
    assert [word for word, _ in found] == ["warm", "northeast", "north", "west"]
    expected = [np.cos(np.radians(angle)) for angle in (30, 45, 90, 180)]
    assert [cosine for _, cosine in found] == pytest.approx(expected, abs=1e-6)
    assert all(type(cosine) is float for _, cosine in found)


def test_an_analogy_adds_unit_vectors_and_excludes_the_three_words(compass):
    # north - east + west = (-2, 1) at length one: 153.4 degrees, nearest to which is northeast, 108.4 degrees away.
    ((word, cosine), *_) = compass.most_similar(["north", "west"], ["east"])
    assert word == "northeast"
    assert cosine == pytest.approx(-1 / np.sqrt(10))


@pytest.mark.parametrize(("positive", "negative"), [(["w1", "w2"], ["w3"]), (["w4"], []), (["w5"], ["w6", "w7"])])
def test_3cosadd_is_the_cosine_with_the_sum_of_unit_vectors(many, positive, negative):
    directions = unit(many.vectors.astype(np.float64))
    row = many.key_to_index
    target = sum(directions[row[w]] for w in positive) - sum((directions[row[w]] for w in negative), np.zeros(8))
    scores = {w: float(directions[i] @ unit(target)) for w, i in row.items() if w not in positive + negative}
    best = sorted(scores, key=lambda word: -scores[word])[:7]
    found = many.most_similar(positive, negative, topn=7)
    assert [word for word, _ in found] == best
    assert [cosine for _, cosine in found] == pytest.approx([scores[word] for word in best], abs=1e-6)


def test_3cosmul_multiplies_shifted_cosines_and_divides_by_the_negative_ones(many):
    shares = (1 + unit(many.vectors.astype(np.float64)) @ unit(many.vectors.astype(np.float64)).T) / 2
    scores = shares[:, 1] * shares[:, 2] / (shares[:, 3] + 0.001)
    scores[[1, 2, 3]] = -1
    best = np.argsort(-scores)[:5]
    found = many.most_similar(["w1", "w2"], "w3", 5, method="3cosmul")
    assert [word for word, _ in found] == [f"w{i}" for i in best]
    assert [score for _, score in found] == pytest.approx(scores[best].tolist(), rel=1e-5)


def test_ties_keep_the_order_of_the_vocabulary():
    vectors = KeyedVectors(["a", "far", "b", "c"], [[1, 0], [0, 1], [3, 3], [1, 1]])
    assert [word for word, _ in vectors.most_similar("a", topn=2)] == ["b", "c"]
    assert [word for word, _ in vectors.most_similar("a", topn=1)] == ["b"]


def test_topn_is_limited_by_the_vocabulary(compass):
    assert len(compass.most_similar(["east", "east", "warm"], topn=50)) == 3
    assert KeyedVectors(["only"], [[1.0]]).most_similar("only") == []


def test_similarity_is_the_cosine_and_at_most_one(many):
    a, b = many.vectors[3].astype(float), many.vectors[9].astype(float)
    assert many.similarity("w3", "w9") == pytest.approx(a @ b / np.sqrt((a @ a) * (b @ b)))
    assert all(many.similarity(word, word) <= 1 for word in many.index_to_key)
    assert all(score <= 1 for word in many.index_to_key for _, score in many.most_similar(word, topn=1))


def test_doesnt_match_returns_the_word_farthest_from_the_mean(compass):
    assert compass.doesnt_match(["east", "west", "warm", "northeast"]) == "west"
    with pytest.raises(ValueError, match="at least three words, got 2"):
        compass.doesnt_match(["east", "west"])


def test_indexing_takes_a_word_or_several(compass):
    np.testing.assert_array_equal(compass["north"], compass.vectors[3])
    np.testing.assert_array_equal(compass[["west", "east"]], compass.vectors[[4, 0]])
    assert "north" in compass and "south" not in compass and 3 not in compass
    assert (len(compass), compass.vector_size) == (5, 2)


def test_vectors_are_neither_copied_nor_modified():
    matrix = np.eye(3, dtype=np.float32) * 2
    matrix.flags.writeable = False
    vectors = KeyedVectors(["a", "b", "c"], matrix)
    vectors.most_similar("a")
    assert np.shares_memory(vectors.vectors, matrix)


def test_lengths_of_very_large_and_very_small_vectors_are_exact():
    vectors = KeyedVectors(["large", "small"], np.array([[3e30, 4e30], [3e-30, 4e-30]], np.float32))
    np.testing.assert_allclose(vectors.lengths, [5e30, 5e-30], rtol=1e-6)
    assert vectors.most_similar("large") == [("small", pytest.approx(1))]


@pytest.mark.parametrize("word", ["Queen", "QUEEN", "queen"])
def test_words_are_looked_up_in_lower_case_with_lower(word):
    vectors = KeyedVectors(["king", "queen"], [[1, 0], [0, 1]], lower=True)
    assert vectors.key(word) == "queen"
    np.testing.assert_array_equal(vectors[word], [0, 1])
    assert vectors.most_similar(word) == [("king", 0)]


def test_lookup_is_case_sensitive_otherwise_and_suggests_the_lower_case_word():
    vectors = KeyedVectors(["king", "queen", "Queen"], np.eye(3))
    np.testing.assert_array_equal(vectors["Queen"], [0, 0, 1])
    with pytest.raises(NotFoundError, match=r"The word 'King' has no vector in these vectors\. Did you mean 'king'"):
        vectors["King"]


def test_words_are_looked_up_in_unicode_normal_forms():
    vectors = KeyedVectors(["왕", "fiancé"], np.eye(2))
    assert vectors.key("\u110b\u116a\u11bc") == "왕"
    assert vectors.key("fiance\u0301") == "fiancé"
    assert KeyedVectors(["king"], [[1]], lower=True).key("Ｋing") == "king"
    assert KeyedVectors(["fiance\u0301"], [[1]], lower=True).key("Fiancé") == "fiance\u0301"


def test_a_word_is_found_as_its_more_frequent_subword(write_embed_run):
    vectors = open_vectors(write_embed_run(["▁king", "ing", "▁ing", "king"], np.eye(4), tokenizer="bpe"))
    assert [vectors.key(word) for word in ("King", "ing", "▁ing", "queen")] == ["▁king", "ing", "▁ing", None]
    assert vectors.most_similar("king", topn=1) == [("ing", 0)]
    words = open_vectors(write_embed_run(["▁king", "ing"], np.eye(2), name="blank", tokenizer="blank"))
    assert words.key("king") is None


def test_an_unknown_word_is_rejected_with_similar_spellings():
    vectors = KeyedVectors(["king", "queen", "kingdom", "man"], np.eye(4), name="runs/mine")
    with pytest.raises(NotFoundError, match=r"'kign' has no vector in runs/mine\. Did you mean 'king'\?"):
        vectors.most_similar("kign")
    with pytest.raises(NotFoundError, match="None of its 4 words has a similar spelling"):
        vectors.similarity("king", "xylophone")


def test_a_zero_vector_is_rejected_and_has_cosine_zero():
    vectors = KeyedVectors(["nil", "a", "b"], [[0, 0], [1, 0], [-1, 0.0]])
    assert vectors.most_similar("a") == [("nil", 0), ("b", -1)]
    with pytest.raises(DataError, match="'nil' in these vectors is zero"):
        vectors.most_similar("nil")
    with pytest.raises(DataError, match="'a', 'b' cancel each other out"):
        vectors.most_similar(["a", "b"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"positive": []}, "at least one word, got none"),
        ({"positive": "east", "topn": 0}, r"`topn`, expected \[1, inf\), got 0"),
        ({"positive": "east", "method": "cosine"}, "expected '3cosadd' or '3cosmul', got 'cosine'"),
    ],
)
def test_invalid_arguments_are_rejected(compass, arguments, message):
    with pytest.raises(ValueError, match=message):
        compass.most_similar(**arguments)


@pytest.mark.parametrize(("words", "shape"), [(["a", "b"], (3, 2)), (["a", "a"], (2, 2)), (["a"], (1,))])
def test_mismatched_words_and_vectors_are_rejected(words, shape):
    with pytest.raises(ValueError, match="different words, got the shape"):
        KeyedVectors(words, np.ones(shape))


def ngram_vectors(words: list[str], kept: list[int]) -> NgramVectors:
    """Vectors of the n-grams of some words in the kept buckets; bucket b has the vector (b, 1)."""
    subwords = Subwords(2, 3, 1000)
    buckets = np.unique(subwords.ngrams(words).values)
    buckets = buckets[np.isin(buckets, kept)] if kept else buckets
    return NgramVectors(subwords, buckets, np.stack([buckets, np.ones(len(buckets))], axis=1).astype(np.float32))


def test_an_unknown_word_is_the_mean_of_its_known_ngrams():
    parts = ngram_vectors(["walked", "jumping"], [])
    vectors = KeyedVectors(["walked"], [[1, 1]], lower=True, subwords=parts)
    asked = parts.subwords.ngrams(["walking"]).values
    seen = [int(bucket) for bucket in asked if bucket in parts.buckets]
    assert 0 < len(seen) < len(asked)
    np.testing.assert_allclose(vectors["Walking"], [np.mean(seen), 1], rtol=1e-6)
    np.testing.assert_array_equal(vectors["walked"], [1, 1])
    assert "walking" in vectors and vectors.key("walking") is None
    assert [word for word, _ in vectors.most_similar("walking")] == ["walked"]


@pytest.mark.parametrize("kept", [[], [-1]])
def test_a_word_without_known_ngrams_is_unknown(kept):
    vectors = KeyedVectors(["walked"], [[1, 1]], subwords=ngram_vectors(["walked"], kept))
    assert "xyz" not in vectors
    with pytest.raises(NotFoundError, match="'xyz' has no vector"):
        vectors["xyz"]


def test_a_run_is_read_back(write_embed_run):
    path = write_embed_run(["the", "왕"], [[0, 1], [2, 3]], counts=[9, 4])
    found = open_run(read_run(path))
    assert (found.index_to_key, found.counts.tolist(), found.lower) == (["the", "왕"], [9, 4], True)
    np.testing.assert_array_equal(found.vectors, [[0, 1], [2, 3]])
    assert found.vectors.dtype == np.float32 and found.subwords is None
    assert open_vectors(str(path)).index_to_key == found.index_to_key


def test_a_large_run_is_memory_mapped_read_only(write_embed_run, monkeypatch):
    monkeypatch.setattr(stored_arrays, "MEMORY_MAP_BYTES", 16)
    found = open_vectors(write_embed_run(["a", "b"], [[1, 0], [1, 1]]))
    assert isinstance(found.vectors.base, np.memmap) and not found.vectors.flags.writeable
    assert found.most_similar("a") == [("b", pytest.approx(np.sqrt(0.5)))]


def test_a_run_with_subwords_has_vectors_for_unknown_words(write_embed_run):
    parts = ngram_vectors(["walked", "walks"], [])
    path = write_embed_run(
        ["walked", "walks"], [[1, 0], [0, 1]], seen=parts.buckets, ngrams=parts.vectors, subwords=[2, 3], buckets=1000
    )
    np.testing.assert_allclose(open_vectors(path)["walk"], parts.compose("walk"))


def save(name: str, array: np.ndarray):
    return lambda path: np.save(path / name, array)


def cut(name: str):
    return lambda path: (path / name).write_bytes((path / name).read_bytes()[:-3])


def put(name: str, content: str | bytes):
    return lambda path: (path / name).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut("vectors.npy"), "vectors.npy is damaged: it is not a complete NumPy array"),
        (put("vectors.npy", b""), "vectors.npy is damaged: it is not a complete NumPy array"),
        (put("vectors.npy", b"\x80\x04."), "vectors.npy is damaged: it is not a complete NumPy array"),
        (save("vectors.npy", np.array([[object()]])), "vectors.npy is damaged: it is not a complete NumPy array"),
        (
            save("vectors.npy", np.ones((2, 2))),
            "vectors.npy is damaged: expected float32 of shape (2, 2), got float64 of shape (2, 2)",
        ),
        (
            save("vectors.npy", np.ones((3, 2), np.float32)),
            "expected float32 of shape (2, 2), got float32 of shape (3, 2)",
        ),
        (save("vectors.npy", np.ones(4, np.float32)), "got float32 of shape (4)"),
        (
            save("vectors.npy", np.array([[1, 1], [np.nan, 1]], np.float32)),
            "vector 2 of 'queen' contains a value that is not finite",
        ),
        (
            save("vectors.npy", np.array([[1, -np.inf], [1, 1]], np.float32)),
            "vector 1 of 'king' contains a value that is not finite",
        ),
        (lambda path: (path / "vectors.npy").unlink(), "is incomplete: it has no vectors.npy"),
        (lambda path: (path / "vocabulary.txt").unlink(), "is incomplete: it has no vocabulary.txt"),
        (put("vocabulary.txt", "king 2\n"), "vocabulary.txt is damaged: it has 1 lines, but run.json has 2 words"),
        (put("vocabulary.txt", "king 2\nking 1\n"), "vocabulary.txt is damaged: line 2 repeats the word 'king'"),
        (
            put("vocabulary.txt", "king 2\nqueen\n"),
            "vocabulary.txt is damaged: line 2 is not a word and its count: 'queen'",
        ),
        (put("vocabulary.txt", "king 2\nqueen x\n"), "line 2 is not a word and its count"),
        (put("vocabulary.txt", "king 2\nto be 1\n"), "line 2 is not a word and its count: 'to be 1'"),
        (put("vocabulary.txt", b"king 2\n\xff 1\n"), "vocabulary.txt is damaged: it is not UTF-8"),
    ],
)
def test_a_damaged_file_of_a_run_is_named(write_embed_run, damage, message):
    path = write_embed_run(["king", "queen"], [[1, 0], [0, 1]])
    damage(path)
    with pytest.raises(DataError) as refusal:
        open_vectors(path)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (save("buckets.npy", np.array([5, 5])), "buckets.npy is damaged: it does not ascend within [0, 100)"),
        (save("buckets.npy", np.array([5, 100])), "buckets.npy is damaged: it does not ascend within [0, 100)"),
        (save("buckets.npy", np.array([-1, 5])), "buckets.npy is damaged: it does not ascend within [0, 100)"),
        (
            save("buckets.npy", np.array([5])),
            "ngrams.npy is damaged: expected float32 of shape (1, 2), got float32 of shape (2, 2)",
        ),
        (
            save("ngrams.npy", np.array([[1, 1], [1, np.inf]], np.float32)),
            "ngrams.npy is damaged: vector 2 contains a value that is not finite",
        ),
        (lambda path: (path / "buckets.npy").unlink(), "is incomplete: it has no buckets.npy"),
    ],
)
def test_a_damaged_file_of_subwords_is_named(write_embed_run, damage, message):
    path = write_embed_run(
        ["a", "b"], [[1, 0], [0, 1]], seen=[3, 7], ngrams=np.ones((2, 2)), subwords=[3, 6], buckets=100
    )
    damage(path)
    with pytest.raises(DataError) as refusal:
        open_vectors(path)
    assert message in str(refusal.value)


def test_an_invalid_state_is_rejected(write_embed_run):
    path = write_embed_run(["a", "b"], [[1, 0], [0, 1]])
    content = json.loads((path / "run.json").read_text())
    content["task_state"]["dim"] = "wide"
    (path / "run.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"run\.json is damaged: task_state\.dim"):
        open_vectors(path)


@pytest.mark.parametrize(("task", "command"), [("forecast", "`seqkit forecast"), ("classify", "`seqkit predict")])
def test_a_run_of_another_task_is_rejected_with_its_command(write_embed_run, task, command):
    path = write_embed_run(["a"], [[1]], task=task)
    with pytest.raises(
        UsageError, match=rf"\(task '{task}'\), but a run of the task 'embed' is needed\. See {command}"
    ):
        open_vectors(path)


def test_vector_files_are_read_and_vectors_left_out_are_reported(tmp_path):
    path = tmp_path / "small.txt"
    path.write_bytes(b"5 2\na 1 0\nB 0 1\na 5 5\n 2 2\nc\xd0 3 3\n")
    notes: list[str] = []
    found = open_file(path, note=notes.append)
    assert (found.index_to_key, found.vectors.tolist(), found.lower) == (["a", "B"], [[1, 0], [0, 1]], False)
    assert notes == [
        f"{path}: left out 1 vector of duplicate words",
        f"{path}: left out 1 vector of blank words, in line 5",
        rf"{path}: left out 1 vector of a word that is not UTF-8, such as one cut inside a letter: 'c\xd0' in line 6",
    ]
    assert found.notes == tuple(notes)


def test_a_missing_source_is_rejected_with_a_similar_name(tmp_path):
    (tmp_path / "skipgram-wikitext2").mkdir()
    with pytest.raises(
        NotFoundError,
        match=r"vector file .*skipgram-wikitext\. Did you mean 'skipgram-wikitext2'",
    ):
        open_vectors(tmp_path / "skipgram-wikitext")
    with pytest.raises(NotFoundError, match=r"There is no run directory or vector file .*x\. Check its name"):
        open_vectors(Path(tmp_path / "none" / "x"))
    with pytest.raises(NotFoundError, match="is not a run directory"):
        open_vectors(tmp_path)


def test_cosines_of_vectors_near_overflow_are_exact():
    huge = np.array([[3e38, 3e38], [3e38, 3e38], [-3e38, 3e38], [1, 1]], np.float32)
    asked = KeyedVectors(["a", "b", "c", "d"], huge)
    found = dict(asked.most_similar("a"))
    assert found == pytest.approx({"b": 1, "d": 1, "c": 0}, abs=1e-6)


def test_a_signaling_nan_is_rejected_without_a_warning(write_embed_run):
    run = write_embed_run(["a", "b"], [[1, 2], [3, 4]])
    content = bytearray((run / "vectors.npy").read_bytes())
    content[-4:] = (0x7F800001).to_bytes(4, "little")  # a signaling NaN
    (run / "vectors.npy").write_bytes(content)
    with pytest.raises(DataError, match="vector 2 of 'b' contains a value that is not finite"):
        open_vectors(run)
