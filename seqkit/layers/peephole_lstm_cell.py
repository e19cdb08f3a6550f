"""One step of an LSTM whose gates also see the cell state."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class PeepholeLSTMCell(keras.layers.Layer):
    """LSTM step with peephole connections from the cell state to the gates.

    A plain LSTM sees its cell state only through the output gate: while that is closed, the gates cannot read the count
    that the cell keeps. Here the input and forget gates see the cell state before the step, the output gate that after
    it, each with one weight for each unit:

        i = σ(W_i x + U_i h + p_i ⊙ c + b_i)
        f = σ(W_f x + U_f h + p_f ⊙ c + b_f)
        c ← f ⊙ c + i ⊙ tanh(W_c x + U_c h + b_c)
        o = σ(W_o x + U_o h + p_o ⊙ c + b_o)
        h = o ⊙ tanh(c)

    With peepholes of zero, as they are at the start, it equals `keras.layers.LSTMCell`, whose weights have the same
    shapes and order of gates. Use it within `keras.layers.RNN`.

    Args:
        units: Units of the cell, [1, inf).
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, features).
        states: Output and cell state, each of shape (batch, units).

    Returns:
        The output of the step, of shape (batch, units), and the list of output and cell state.

    Paper: Gers & Schmidhuber (2000), Recurrent Nets that Time and Count, https://doi.org/10.1109/IJCNN.2000.861302
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.state_size, self.output_size = [units, units], units

    def build(self, input_shape: Any) -> None:
        """Creates the weights."""
        units = self.units

        def bias(shape: tuple[int, ...], dtype: Any = None) -> Any:
            """Returns ones for the forget gate, which so remembers at first, and zeros."""
            parts = [keras.ops.zeros(units, dtype), keras.ops.ones(units, dtype), keras.ops.zeros(2 * units, dtype)]
            return keras.ops.concatenate(parts)

        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], 4 * units), initializer="glorot_uniform")
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(units, 4 * units), initializer="orthogonal"
        )
        self.bias = self.add_weight(name="bias", shape=(4 * units,), initializer=bias)
        self.peepholes = self.add_weight(name="peepholes", shape=(3, units), initializer="zeros")
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Returns the output and the states after a step."""
        output, carry = states
        product = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(output, self.recurrent_kernel) + self.bias
        input_, forget, candidate, output = keras.ops.split(product, 4, axis=1)  # each (batch, units)
        input_ = keras.ops.sigmoid(input_ + self.peepholes[0] * carry)
        forget = keras.ops.sigmoid(forget + self.peepholes[1] * carry)
        carry = forget * carry + input_ * keras.ops.tanh(candidate)
        output = keras.ops.sigmoid(output + self.peepholes[2] * carry) * keras.ops.tanh(carry)
        return output, [output, carry]

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {**super().get_config(), "units": self.units}
