"""One step of a latent state that a small feed-forward network updates."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class LatentCell(keras.layers.Layer):
    """Latent state updated by a network of one hidden layer: h ← tanh(V relu(W x + U h + b) + c).

    Use it within `keras.layers.RNN`.

    Args:
        units: Units of the state, [1, inf).
        hidden: Units of the hidden layer, [1, inf).
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, features).
        states: One tensor of shape (batch, units).

    Returns:
        The state after the step, and the list of it.

    Paper: Pascanu, Gulcehre, Cho & Bengio (2014), How to Construct Deep Recurrent Neural Networks,
    https://arxiv.org/abs/1312.6026 (deep transition)
    """

    def __init__(self, units: int, *, hidden: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.hidden = units, hidden
        self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        """Creates the weights."""
        units, hidden = self.units, self.hidden
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], hidden), initializer="glorot_uniform")
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(units, hidden), initializer="orthogonal"
        )
        self.bias = self.add_weight(name="bias", shape=(hidden,), initializer="zeros")
        self.state_kernel = self.add_weight(name="state_kernel", shape=(hidden, units), initializer="glorot_uniform")
        self.state_bias = self.add_weight(name="state_bias", shape=(units,), initializer="zeros")
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Returns the state after a step."""
        (state,) = states
        product = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(state, self.recurrent_kernel)
        hidden = keras.ops.relu(product + self.bias)  # (batch, hidden)
        state = keras.ops.tanh(keras.ops.matmul(hidden, self.state_kernel) + self.state_bias)  # (batch, units)
        return state, [state]

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {**super().get_config(), "units": self.units, "hidden": self.hidden}
