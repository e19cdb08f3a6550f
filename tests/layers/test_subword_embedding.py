"""`SubwordEmbedding`: word vectors as means with n-gram vectors."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.layers import SubwordEmbedding

# Four words: two n-grams, none, three (one of them twice), none.
BUCKETS, OFFSETS = np.array([1, 4, 0, 4, 0]), np.array([0, 2, 2, 5, 5])
PARTS = {0: [], 1: [1, 4], 2: [], 3: [0, 4, 0], 4: []}


@pytest.fixture
def layer() -> SubwordEmbedding:
    embedding = SubwordEmbedding(4, 3, buckets=6, ngrams=5)
    embedding.build((None, None))
    rng = np.random.default_rng(0)
    embedding.words.assign(rng.normal(size=(5, 3)).astype(np.float32))
    embedding.parts.assign(rng.normal(size=(6, 3)).astype(np.float32))
    embedding.adapt(BUCKETS, OFFSETS)
    return embedding


def expected(layer: SubwordEmbedding, word: int) -> np.ndarray:
    vector, parts = layer.words.numpy()[word], layer.parts.numpy()
    return np.mean([vector, *(parts[bucket] for bucket in PARTS[word])], axis=0)


@pytest.mark.parametrize(
    "tokens", [[[1, 2, 3], [3, 0, 4]], [[4, 4, 2]], [[2, 3, 1, 1]], [[0]]], ids=["all", "none has any", "last", "end"]
)
def test_vector_is_the_mean_of_word_and_ngram_vectors(layer, tokens):
    vectors = layer(np.array(tokens, np.int32)).numpy()
    assert vectors.shape == (*np.shape(tokens), 3)
    for index, word in np.ndenumerate(tokens):
        np.testing.assert_allclose(vectors[index], expected(layer, word), rtol=1e-6)


def test_vectors_method_returns_the_same_vectors_for_a_list_of_words(layer):
    vectors = layer.vectors(np.array([3, 1, 4])).numpy()
    np.testing.assert_allclose(vectors, [expected(layer, word) for word in (3, 1, 4)], rtol=1e-6)


def test_gradient_is_divided_among_word_and_ngrams(layer):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(np.array([[3, 1, 3]], np.int32)))
    d_words, d_parts = (
        tf.convert_to_tensor(g).numpy() for g in tape.gradient(loss, [layer.words.value, layer.parts.value])
    )
    # Word 3 occurs twice and has four vectors of weight 1/4; word 1 occurs once and has three of weight 1/3.
    np.testing.assert_allclose(d_words[:, 0], [0, 1 / 3, 0, 2 / 4, 0], rtol=1e-6)
    np.testing.assert_allclose(d_parts[:, 0], [4 / 4, 1 / 3, 0, 0, 2 / 4 + 1 / 3, 0], rtol=1e-6)


def test_saved_layer_keeps_vectors_and_ngrams(tmp_path):
    tokens = keras.Input((None,), dtype="int32")
    embedding = SubwordEmbedding(4, 3, buckets=6, ngrams=5, name="embedding")
    model = keras.Model(tokens, embedding(tokens))
    embedding.adapt(BUCKETS, OFFSETS)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    x = np.array([[1, 2, 3, 0, 4]], np.int32)
    vectors = loaded(x).numpy()
    np.testing.assert_array_equal(vectors, model(x).numpy())
    np.testing.assert_allclose(vectors[0, 2], expected(embedding, 3), rtol=1e-6)
    assert loaded.get_layer("embedding").get_config() == embedding.get_config()


def test_initial_vectors_are_small_and_distinct():
    layer = SubwordEmbedding(40, 5, buckets=30, ngrams=1)
    layer.build((None, None))
    for table in (layer.words.numpy(), layer.parts.numpy()):
        assert np.abs(table).max() <= 0.5 / 5
        assert len(np.unique(table, axis=0)) == len(table)
