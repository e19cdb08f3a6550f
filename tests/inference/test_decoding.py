"""Encoder and decoder that do not fit each other are refused: files of a run may come from a stranger."""

from dataclasses import dataclass

import pytest

from seqkit.errors import DataError
from seqkit.inference.decoding import EncoderDecoder


@dataclass
class Tensor:
    name: str
    shape: list
    type: str = "tensor(float)"


@dataclass
class Session:
    inputs: list
    outputs: list

    def get_inputs(self):
        return self.inputs

    def get_outputs(self):
        return self.outputs


def parts(**changes):
    """Returns sessions that fit each other, with some inputs or outputs changed."""
    tensors = {
        "source": [Tensor("tokens", [None, None], "tensor(int32)")],
        "given": [Tensor("memory_1", [None, None, 4]), Tensor("state_1", [None, 3])],
        "read": [
            Tensor("previous", [None, None], "tensor(int32)"),
            Tensor("memory_1", [None, None, 4]),
            Tensor("state_1", [None, 3]),
        ],
        "outputs": [Tensor("logits", [None, 9]), Tensor("last_state_1", [None, 3])],
        **changes,
    }
    return Session(tensors["source"], tensors["given"]), Session(tensors["read"], tensors["outputs"])


def test_parts_that_fit_are_opened():
    model = EncoderDecoder(*parts())
    assert model.vocabulary == 9 and not model.has_attention


PREVIOUS = Tensor("previous", [None, None], "tensor(int32)")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": [Tensor("a", []), Tensor("b", [])]}, "its inputs or outputs have other names"),
        ({"read": [Tensor("memory_1", [None, None, 4])]}, "its inputs or outputs have other names"),
        ({"outputs": [Tensor("other", [None, 9])]}, "its inputs or outputs have other names"),
        ({"read": [PREVIOUS, Tensor("memory_1", [None, None, 5])]}, r"the decoder reads memory_1 as .*5"),
        ({"read": [PREVIOUS, Tensor("memory_1", [None, None, 4], "tensor(bool)")]}, "the decoder reads memory_1 as"),
        (
            {"read": [PREVIOUS, Tensor("secret", [None])], "given": [Tensor("secret", [None])]},
            "the decoder reads secret",
        ),
        ({"outputs": [Tensor("logits", [None, 9])]}, "the decoder gives last_state_1 as None"),
        ({"outputs": [Tensor("logits", [None, None]), Tensor("last_state_1", [None, 3])]}, "is not known"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(DataError, match=message):
        EncoderDecoder(*parts(**changes))
