"""One step of a recurrent layer of leaky units, with time constants from fine to coarse."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class LeakyCell(keras.layers.Layer):
    """Leaky tanh units, each with its own time constant τ, and an optional connection that skips steps.

        h_t = (1 − 1/τ) ⊙ h_{t−1} + 1/τ ⊙ tanh(W x_t + U h_{t−1} + V h_{t−skip} + b)

    The time constants grow geometrically from 1, a plain recurrent unit, to `max_time`. A unit forgets 63 % of its
    state in τ steps, and its gradient shrinks as slowly. Use it within `keras.layers.RNN`.

    Args:
        units: Units of the cell, [1, inf).
        max_time: Largest time constant in steps, [1, inf).
        learn_times: Whether the time constants are trained.
        skip: Steps back that a second connection through time reaches, [1, inf); 1 for no such connection.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, features).
        states: The state (batch, units) and, if `skip` is above 1, those before it, (batch, (skip − 1) × units).

    Returns:
        The state after the step, and the list of the states.

    Papers: Bengio, Boulanger-Lewandowski & Pascanu (2013), Advances in Optimizing Recurrent Networks,
    https://arxiv.org/abs/1212.0901 (leaky units); Lin, Horne, Tiño & Giles (1996), Learning Long-Term Dependencies in
    NARX Recurrent Neural Networks, https://doi.org/10.1109/72.548162 (skip connections)
    """

    def __init__(
        self, units: int, *, max_time: float = 100.0, learn_times: bool = False, skip: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.max_time, self.learn_times, self.skip = units, max_time, learn_times, skip
        self.state_size: Any = [units, (skip - 1) * units] if skip > 1 else [units]
        self.output_size = units

    def build(self, input_shape: Any) -> None:
        """Creates the weights."""
        units = self.units
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], units), initializer="glorot_uniform")
        self.recurrent_kernel = self.add_weight(name="recurrent_kernel", shape=(units, units), initializer="orthogonal")
        if self.skip > 1:
            self.skip_kernel = self.add_weight(name="skip_kernel", shape=(units, units), initializer="orthogonal")
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")
        self.log_times = self.add_weight(
            name="log_times", shape=(units,), initializer=self._log_times, trainable=self.learn_times
        )
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Returns the state after a step."""
        state, *earlier = states
        product = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(state, self.recurrent_kernel) + self.bias
        if self.skip > 1:
            product += keras.ops.matmul(earlier[0][:, : self.units], self.skip_kernel)
            earlier = [keras.ops.concatenate([earlier[0][:, self.units :], state], axis=1)]  # the oldest first
        # A learnt time constant may not fall below one step, where the state would change its sign.
        leak = keras.ops.exp(-keras.ops.relu(self.log_times))
        state = (1 - leak) * state + leak * keras.ops.tanh(product)  # (batch, units)
        return state, [state, *earlier]

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {
            **super().get_config(),
            "units": self.units,
            "max_time": self.max_time,
            "learn_times": self.learn_times,
            "skip": self.skip,
        }

    def _log_times(self, shape: tuple[int], dtype: Any = None) -> Any:
        """Returns the logarithms of the time constants at the start."""
        share = keras.ops.arange(shape[0], dtype=dtype) / max(shape[0] - 1, 1)
        return share * keras.ops.log(keras.ops.cast(self.max_time, dtype))
