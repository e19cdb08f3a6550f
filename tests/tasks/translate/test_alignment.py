"""Alignment by IBM model 1 finds the words that belong together, and guides attention to them."""

import numpy as np
import tensorflow as tf

from seqkit.data.labelled.ragged import Ragged
from seqkit.tasks.translate.alignment import align, guide
from seqkit.tasks.translate.objective import translate_objective
from seqkit.tasks.translate.prepare import Part
from seqkit.tasks.translate.translation_table import TranslationTable
from seqkit.training.teacher_forcing import LastLayer


def reversed_pairs(count: int = 400) -> Part:
    """Sentences of which each target is the source backwards, with other words, and an end."""
    rng = np.random.default_rng(0)
    sources = [np.append(rng.permutation(20)[: rng.integers(2, 6)] + 2, 1).astype(np.int32) for _ in range(count)]
    targets = [np.append(source[-2::-1] + 30, 1).astype(np.int32) for source in sources]
    return Part(Ragged.from_sequences(sources), Ragged.from_sequences(targets), np.arange(count))


def test_words_are_aligned_whatever_their_order():
    part = reversed_pairs()
    guidance = guide(part, guidance=0.5)
    assert guidance is not None and guidance.weight == 0.5
    right = []
    for number in range(len(part)):
        first, end = part.targets.offsets[number : number + 2]
        length = part.sources.lengths[number]
        expected = [*range(length - 2, -1, -1), length - 1]
        right.append(guidance.positions[first:end] == expected)
    assert np.concatenate(right).mean() > 0.95


def test_no_guidance_is_needed_without_a_weight():
    assert guide(reversed_pairs(3), guidance=0.0) is None


def test_token_that_comes_from_none_is_not_aligned():
    # The table knows target 7 from the empty word only, and target 8 from source 5 only.
    table = TranslationTable(np.array([-1, 5]), np.array([7, 8]), np.array([0.9, 0.9]), np.ones(2), 1)
    sources, targets = Ragged.from_sequences([np.array([4, 5])]), Ragged.from_sequences([np.array([7, 8])])
    assert align(table, sources, targets).tolist() == [-1, 1]
    empty = TranslationTable(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0), 0)
    assert align(empty, sources, targets).tolist() == [-1, -1]


def test_loss_adds_the_attention_beside_the_aligned_token_and_fades_it_out():
    targets = tf.constant([[3, 4, 0]])
    alignment = tf.constant([[1, -1, 0]])
    attention = tf.constant([[[0.75, 0.25], [0.5, 0.5], [0.5, 0.5]]])

    def loss(guidance: float, progress: float) -> np.ndarray:
        layer = LastLayer(tf.ones((1, 3, 2)), tf.zeros((2, 6)), tf.zeros(6), attention, tf.constant(progress))
        return translate_objective(guidance, label_smoothing=0.0).loss((targets, alignment), layer).numpy()

    plain = loss(0.0, 0.0)
    np.testing.assert_allclose(plain, np.log(6) * np.ones(2), rtol=1e-5)
    np.testing.assert_allclose(loss(2.0, 0.0) - plain, [2 * -np.log(0.25), 0], rtol=1e-4)
    np.testing.assert_allclose(loss(2.0, 0.75) - plain, [0.5 * -np.log(0.25), 0], rtol=1e-4)
    logits = [tf.zeros((1, 3, 6)), attention]
    of_logits = translate_objective(2.0, label_smoothing=0.0).loss((targets, alignment), logits)
    np.testing.assert_allclose(of_logits, loss(2.0, 0.0), rtol=1e-4)
