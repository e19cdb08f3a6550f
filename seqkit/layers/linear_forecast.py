"""A linear forecast of how targets change, as a layer."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class LinearForecast(keras.layers.Layer):
    """Weighs the steps of a window, each less the newest one, and adds the weighed sums up to a forecast.

    Its weights are set and not trained: `set_weights([kernel, bias, centre])`.

    Args:
        targets: Positions of the predicted columns among the features.
        horizon: Steps that are predicted, [1, inf).
        shared: Whether every target is forecast from its own past alone, by one set of weights for all of them.
            Otherwise all columns are read, and the newest step itself as well.
        calendar_terms: How many of the last features are calendar terms whose products with the others, less their
            `centre`, are read of the newest step, [0, inf). None are where `shared`.
        **kwargs: As for any layer.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Tensor of shape (batch, horizon, targets): changes against the newest step.

    Paper: Zeng, Chen, Zhang & Xu (2023), Are Transformers Effective for Time Series Forecasting? (its NLinear),
    https://arxiv.org/abs/2205.13504
    """

    def __init__(
        self, targets: tuple[int, ...], horizon: int, *, shared: bool, calendar_terms: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.targets = tuple(targets)
        self.horizon = horizon
        self.shared = shared
        self.calendar_terms = calendar_terms

    def build(self, input_shape: tuple[int, ...]) -> None:  # noqa: D102
        _, steps, features = input_shape
        known = features - self.calendar_terms
        read = steps - 1 if self.shared else steps * features + self.calendar_terms * known
        outputs = self.horizon if self.shared else self.horizon * len(self.targets)
        self.kernel = self.add_weight(shape=(read, outputs), initializer="zeros", trainable=False, name="kernel")
        self.bias = self.add_weight(shape=(outputs,), initializer="zeros", trainable=False, name="bias")
        self.centre = self.add_weight(shape=(known,), initializer="zeros", trainable=False, name="centre")

    def call(self, inputs: Any) -> Any:  # noqa: D102
        ops = keras.ops
        newest = inputs[:, -1:]
        changes = inputs[:, :-1] - newest
        if self.shared:
            own = ops.transpose(ops.take(changes, self.targets, axis=2), (0, 2, 1))  # (batch, targets, steps - 1)
            return ops.transpose(ops.matmul(own, self.kernel) + self.bias, (0, 2, 1))
        steps, features = inputs.shape[1:]
        read = ops.reshape(ops.concatenate([changes, newest], axis=1), (-1, steps * features))
        if self.calendar_terms:
            known = newest[:, :, : features - self.calendar_terms] - self.centre  # (batch, 1, columns)
            terms = ops.transpose(newest[:, :, features - self.calendar_terms :], (0, 2, 1))  # (batch, terms, 1)
            products = ops.reshape(terms * known, (-1, self.calendar_terms * (features - self.calendar_terms)))
            read = ops.concatenate([read, products], axis=1)
        return ops.reshape(ops.matmul(read, self.kernel) + self.bias, (-1, self.horizon, len(self.targets)))

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        own = {name: getattr(self, name) for name in ("targets", "horizon", "shared", "calendar_terms")}
        return {**super().get_config(), **own}
