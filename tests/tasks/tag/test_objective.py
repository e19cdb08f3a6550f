"""Loss and validation score of a tagger."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.inference.linear_chain import IMPOSSIBLE
from seqkit.layers import Transitions
from seqkit.tasks.tag.objective import tag_objective, transitions
from seqkit.tasks.tag.prepare import TagState

TAGS = ("O", "B-x", "I-x")


def state_of(decoder: str, tags=TAGS, scheme: str = "IOB2") -> TagState:
    sizes = dict.fromkeys(("length", "vocabulary", "alphabet", "embedding", "characters", "buckets"), 2)
    zeros = dict.fromkeys(("character_filters", "slots", "token_dropout", "input_dropout", "feature_dropout"), 0)
    named = {"vocabulary_sha256": "", "tune": True, "tokenizer": "word", "decoder": decoder}
    return TagState(tags=tags, scheme=scheme, **sizes, **zeros, **named)


@pytest.fixture
def crf() -> keras.Model:
    logits = keras.Input((None, len(TAGS)))
    model = keras.Model(logits, Transitions(name="transitions")(logits))
    model.layers[-1].weight.assign(np.random.default_rng(0).normal(size=(4, 4)))
    return model


@pytest.fixture
def batch() -> tuple[tf.Tensor, tf.Tensor]:
    """Tags and logits of three and one words."""
    logits = np.random.default_rng(1).normal(size=(2, 3, len(TAGS))).astype("float32")
    return tf.constant([[1, 2, 0], [1, -1, -1]]), tf.constant(logits)


def test_softmax_loss_is_the_cross_entropy_of_each_word(batch):
    y_true, logits = batch
    losses = tag_objective(None, state_of("softmax")).loss(y_true, logits)
    x = logits.numpy().astype(float)
    expected = np.logaddexp.reduce(x, axis=2) - np.take_along_axis(x, np.maximum(y_true, 0)[..., None], axis=2)[..., 0]
    np.testing.assert_allclose(losses, [*expected[0], expected[1, 0]], rtol=1e-5)


def test_crf_loss_is_that_of_the_sentence_spread_over_its_words(batch, crf):
    y_true, logits = batch
    objective = tag_objective(crf, state_of("crf"))
    sentences = crf.get_layer("transitions").loss(y_true, logits).numpy()
    expected = [*[sentences[0] / 3] * 3, sentences[1]]
    np.testing.assert_allclose(objective.loss(y_true, logits), expected, rtol=1e-5)
    assert objective.validation_loss is objective.loss


def test_sentence_without_words_is_in_no_mean(crf):
    logits = tf.zeros((1, 2, len(TAGS)))
    for decoder in ("crf", "softmax"):
        losses = tag_objective(crf, state_of(decoder)).loss(tf.constant([[-1, -1]]), logits)
        assert losses.shape == (0,)


def test_transitions_exclude_what_breaks_the_scheme(crf):
    weights = crf.get_layer("transitions").weight.numpy()
    found, without = transitions(crf, state_of("crf")), transitions(crf, state_of("softmax"))
    assert found[0, 2] < IMPOSSIBLE / 2 and without[0, 2] == IMPOSSIBLE  # I-x after O
    assert found[0, 1] == weights[0, 1] and without[0, 1] == 0


def test_score_is_the_f1_of_the_most_likely_legal_tags(crf):
    crf.get_layer("transitions").weight.assign(np.zeros((4, 4)))
    score = tag_objective(crf, state_of("crf")).score
    y_true = np.array([[1, 0, 1, 2], [1, 0, -1, -1]])
    logits = np.zeros((2, 4, 3), np.float32)
    logits[0, [0, 1, 2, 3], [1, 0, 1, 1]] = 9.0  # finds the first span, and two single words for the second
    logits[1, [0, 1], [2, 0]] = 9.0  # I-x may not begin a sentence: O or B-x, and O is the first
    counts = score.counts(y_true, logits)
    assert counts.tolist() == [[1, 3, 3]]
    assert score.score(counts + counts) == pytest.approx(2 / 6)


def test_tuned_score_is_the_best_with_o_lowered(crf):
    crf.get_layer("transitions").weight.assign(np.zeros((4, 4)))
    score = tag_objective(crf, state_of("crf"), "tuned").score
    logits = np.zeros((1, 2, 3), np.float32)
    logits[0, 0, :2], logits[0, 1, 0] = (9.0, 7.5), 9.0  # 1.5 nats from being found
    counts = score.counts(np.array([[1, 0]]), logits)
    assert counts[:3].tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 1]] and score.score(counts) == 1


def test_score_of_plain_tags_is_the_accuracy():
    objective = tag_objective(None, state_of("softmax", ("DET", "NOUN"), "plain"))
    logits = np.array([[[1.0, 0], [0, 1], [1, 0]]])
    counts = objective.score.counts(np.array([[0, 0, -1]]), logits)
    assert counts.tolist() == [1, 2] and objective.score.score(counts) == 0.5
    assert objective.score_name == "accuracy" and objective.larger_is_better
