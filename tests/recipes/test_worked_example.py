"""`simple_rnn` on the classical example: the words I, love, you and her as one-hot vectors, and three outputs."""

import numpy as np
import pytest

from seqkit.recipes.simple_rnn import build_model
from seqkit.spec import Spec, Tags, Window

W = [
    [0.5344613383, 0.2340135574, 0.6833450257, 0.134806233],
    [0.005400196945, 0.3850176626, 0.9667685167, 0.7758002355],
    [0.3359488417, 0.7829360944, 0.1415861303, 0.423786741],
]
U = [
    [0.1524336548, 0.8001560108, 0.159796803],
    [0.8479080448, 0.6059535281, 0.2086256969],
    [0.2940066967, 0.710345277, 0.6300805231],
]
B = [0.6397506561, 0.948082303, 0.644066256]
IDENTITY = [np.eye(3), np.zeros(3)]


def outputs(words: list[int]) -> np.ndarray:
    """Returns the outputs at each step, (steps, 3), of the given words."""
    model = build_model(Spec(Window(3, 4), Tags(3), per_step=True), units=3)
    model.get_layer("rnn").set_weights([np.transpose(W), np.transpose(U), np.array(B)])
    model.get_layer("readout").set_weights(IDENTITY)
    return model(np.eye(4, dtype="float32")[words][None]).numpy()[0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([0, 0, 0], [[0.8256, 0.7414, 0.7531], [0.9650, 0.9785, 0.9769], [0.9785, 0.9883, 0.9885]]),
        ([0, 1, 2], [[0.8256, 0.7414, 0.7531], [0.9370, 0.9899, 0.9905], [0.9842, 0.9982, 0.9833]]),
    ],
    ids=["one to many", "many to many"],
)
def test_outputs_equal_those_worked_out_by_hand_to_the_fourth_digit(words, expected):
    np.testing.assert_allclose(outputs(words), expected, atol=5.1e-5)


def test_probabilities_of_one_to_many_are_their_softmax():
    exponentials = np.exp(outputs([0, 0, 0]))
    expected = [[0.3510, 0.3226, 0.3264], [0.3305, 0.3350, 0.3345], [0.3311, 0.3344, 0.3345]]
    np.testing.assert_allclose(exponentials / exponentials.sum(axis=1, keepdims=True), expected, atol=1e-4)
