"""One step of an echo state network: a random recurrent layer that is not trained."""

from typing import Any

import keras
import numpy as np

_DENSE_UNITS = 100
"""Largest recurrent matrix whose eigenvalues are all computed; of larger ones, only the largest is."""


@keras.saving.register_keras_serializable(package="seqkit")
class EchoStateCell(keras.layers.Layer):
    """Leaky tanh units with fixed random weights: h ← (1 − leak) h + leak tanh(W x + U h + b).

    U is sparse and scaled to a spectral radius. Below a radius of about one, the state forgets its start: it is an
    echo of the inputs, and a linear layer on it can be solved in closed form. Use it within `keras.layers.RNN`.

    Args:
        units: Units of the reservoir, [1, inf).
        spectral_radius: Largest absolute eigenvalue of U, [0, inf). Larger values remember longer.
        sparsity: Fraction of the weights of U that are zero, [0, 1).
        leak: Share of the state that is replaced at every step, (0, 1]. Smaller values follow slower changes.
        input_scale: Largest absolute weight of the inputs and bias, (0, inf). Larger values make the units less linear.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, features).
        states: One tensor of shape (batch, units).

    Returns:
        The state after the step, and the list of it.

    Papers: Jaeger (2001), The "Echo State" Approach to Analysing and Training Recurrent Neural Networks,
    https://www.ai.rug.nl/minds/uploads/EchoStatesTechRep.pdf; Lukoševičius (2012), A Practical Guide to Applying Echo
    State Networks, https://doi.org/10.1007/978-3-642-35289-8_36
    """

    def __init__(
        self,
        units: int,
        *,
        spectral_radius: float = 0.9,
        sparsity: float = 0.9,
        leak: float = 1.0,
        input_scale: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.spectral_radius, self.sparsity = units, spectral_radius, sparsity
        self.leak, self.input_scale = leak, input_scale
        self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        """Draws the weights."""
        self.kernel = self._add("kernel", (input_shape[-1], self.units))
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(self.units, self.units), initializer=self._reservoir, trainable=False
        )
        self.bias = self._add("bias", (self.units,))
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Returns the state after a step."""
        (state,) = states
        product = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(state, self.recurrent_kernel)
        state = (1 - self.leak) * state + self.leak * keras.ops.tanh(product + self.bias)  # (batch, units)
        return state, [state]

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {
            **super().get_config(),
            "units": self.units,
            "spectral_radius": self.spectral_radius,
            "sparsity": self.sparsity,
            "leak": self.leak,
            "input_scale": self.input_scale,
        }

    def _add(self, name: str, shape: tuple[int, ...]) -> Any:
        uniform = keras.initializers.RandomUniform(-self.input_scale, self.input_scale)
        return self.add_weight(name=name, shape=shape, initializer=uniform, trainable=False)

    def _reservoir(self, shape: tuple[int, int], dtype: Any = None) -> Any:
        """Returns a sparse matrix of the spectral radius."""
        uniform, share = keras.initializers.RandomUniform(-1, 1), keras.initializers.RandomUniform(0, 1)
        weights, draw = (keras.ops.convert_to_numpy(random(shape)).astype(float) for random in (uniform, share))
        weights[draw < self.sparsity] = 0
        radius = _spectral_radius(weights)
        return keras.ops.convert_to_tensor(weights * (self.spectral_radius / radius if radius else 1), dtype)


def _spectral_radius(matrix: np.ndarray) -> float:
    """Returns the largest absolute eigenvalue.

    It is that of a group of units that reach each other. Units without a cycle have none but 0, of which rounding
    errors would make a small number.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    count, group = connected_components(csr_matrix(matrix), connection="strong")
    groups = (np.flatnonzero(group == number) for number in range(count))
    return max(_radius_of_group(matrix[np.ix_(units, units)]) for units in groups)


def _radius_of_group(matrix: np.ndarray) -> float:
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import eigs

    if len(matrix) <= _DENSE_UNITS:
        return float(np.abs(np.linalg.eigvals(matrix)).max())
    # Some more vectors than by default: the eigenvalues fill a disc, so several are nearly as large as the largest.
    start = np.ones(len(matrix))
    values = eigs(csr_matrix(matrix), k=1, ncv=60, tol=1e-6, v0=start, return_eigenvectors=False)
    return float(np.abs(values[0]))
