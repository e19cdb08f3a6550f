"""Linear forecast with fixed weights."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class LinearForecast(keras.layers.Layer):
    """Linear map from the steps of a window, relative to the last step, to a forecast.

    The weights are not trainable: set them with `set_weights([kernel, bias, centre])`.

    Args:
        targets: Indices of the target columns among the features.
        horizon: Forecast steps, [1, inf).
        shared: Whether each target is forecast from its own past, with one set of weights for all targets. Otherwise
            the layer reads all columns, and also the last step itself.
        calendar_terms: Number of trailing features that are calendar terms, [0, inf). The layer also reads the
            products of these terms with the other features, minus `centre`, at the last step. 0 with `shared`.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Tensor of shape (batch, horizon, targets): changes relative to the last step.

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
        columns = features - self.calendar_terms
        regressors = steps - 1 if self.shared else steps * features + self.calendar_terms * columns
        outputs = self.horizon if self.shared else self.horizon * len(self.targets)
        self.kernel = self.add_weight(shape=(regressors, outputs), initializer="zeros", trainable=False, name="kernel")
        self.bias = self.add_weight(shape=(outputs,), initializer="zeros", trainable=False, name="bias")
        self.centre = self.add_weight(shape=(columns,), initializer="zeros", trainable=False, name="centre")

    def call(self, inputs: Any) -> Any:  # noqa: D102
        ops = keras.ops
        last = inputs[:, -1:]
        changes = inputs[:, :-1] - last
        if self.shared:
            x = ops.transpose(ops.take(changes, self.targets, axis=2), (0, 2, 1))  # (batch, targets, steps - 1)
            return ops.transpose(ops.matmul(x, self.kernel) + self.bias, (0, 2, 1))
        steps, features = inputs.shape[1:]
        x = ops.reshape(ops.concatenate([changes, last], axis=1), (-1, steps * features))
        if self.calendar_terms:
            columns = last[:, :, : features - self.calendar_terms] - self.centre  # (batch, 1, columns)
            terms = ops.transpose(last[:, :, features - self.calendar_terms :], (0, 2, 1))  # (batch, terms, 1)
            products = ops.reshape(terms * columns, (-1, self.calendar_terms * (features - self.calendar_terms)))
            x = ops.concatenate([x, products], axis=1)
        return ops.reshape(ops.matmul(x, self.kernel) + self.bias, (-1, self.horizon, len(self.targets)))

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        arguments = ("targets", "horizon", "shared", "calendar_terms")
        return {**super().get_config(), **{name: getattr(self, name) for name in arguments}}
