"""A linear forecast without Keras: solved and exported with NumPy, for recipes that define `linear_window`."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.windows import Windows
from seqkit.errors import SeqkitError, UsageError
from seqkit.files.atomic import write_bytes
from seqkit.progress import Progress
from seqkit.registry import Source
from seqkit.runs.run import Run
from seqkit.spec import Forecast, LinearWindow, Spec
from seqkit.stopwatch import spent
from seqkit.training.model_building import build_model
from seqkit.training.readout_sums import ReadoutSums, solved_history
from seqkit.training.state import History

if TYPE_CHECKING:
    import keras
    import onnx

OPSET, IR_VERSION = 17, 8
"""ONNX versions that ONNX Runtime 1.12 and later support."""

TOLERANCE = 1e-4
"""Largest difference between the exported model and NumPy, absolute below 1 and relative above."""


@dataclass
class LinearModel:
    """A linear map from the features of a window to the changes of the targets.

    Attributes:
        spec: Input and output.
        window: The features.
        kernel: Of shape (width, horizon) if the targets share them, else (width, horizon · targets).
        bias: Of shape (horizon,) or (horizon · targets,).
    """

    spec: Spec
    window: LinearWindow
    kernel: np.ndarray = field(default_factory=lambda: np.empty((0, 0), np.float32))
    bias: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return self.kernel.size + self.bias.size

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Returns the changes of the targets, (batch, horizon, targets), for windows (batch, steps, columns)."""
        outputs: np.ndarray = self.window.features(inputs, self.spec.targets) @ self.kernel + self.bias
        if self.window.shared:
            return outputs.transpose(0, 2, 1)
        return outputs.reshape(len(inputs), self.spec.horizon, len(self.spec.targets))


def linear_model(recipe: Source, spec: Spec, options: Mapping[str, Any]) -> LinearModel | None:
    """Returns the linear model of a recipe, not solved yet; None if it needs Keras.

    Args:
        recipe: The recipe.
        spec: Input and output. Where they are normalised by window, Keras is needed.
        options: Options of the recipe.

    Raises:
        UsageError: The options are invalid.
    """
    if not (recipe.defines("linear_window") and isinstance(spec.gives, Forecast) and spec.gives.normalise == "none"):
        return None
    try:
        return LinearModel(spec, recipe.load().linear_window(spec, **options))
    except ValueError as error:
        raise UsageError(
            f"The recipe {recipe.name} cannot be built with these options: {error} Change the options or the recipe."
        ) from error


def solve_linear(
    model: LinearModel,
    values: np.ndarray,
    train: Windows,
    validation: Windows,
    measured: np.ndarray | None,
    on_progress: Callable[[Progress], None],
    *,
    batch_size: int,
    average_windows: bool = True,
) -> History:
    """Sets the weights by ridge regression, with the penalty that validates best; as `solve_readout` of a Keras model.

    Args:
        model: The model.
        values: The series, of shape (rows, columns), float32.
        train: Training windows.
        validation: Windows that select the penalty.
        measured: Whether each value of the targets was measured, of shape (rows, targets); None if all were.
        on_progress: Called with the progress.
        batch_size: Windows per batch.
        average_windows: Whether to average the weights of the window with those of its newer half, unless that
            validates worse.
    """
    targets = np.ascontiguousarray(values[:, list(model.spec.targets)])

    def compute(windows: Windows) -> list[np.ndarray]:
        changes = windows.read_targets(targets) - targets[windows.last_rows][:, None]
        masks = [] if measured is None else [windows.read_targets(measured)]
        return [model.window.features(windows.read(values), model.spec.targets), changes, *masks]

    groups, width = 1 if model.window.shared else len(model.spec.targets), model.window.width(values.shape[1])
    solution = ReadoutSums(compute, width, groups, train, validation, measured).solve(
        on_progress, batch_size, average_windows=average_windows
    )
    model.kernel, model.bias = solution.coefficients.astype(np.float32), solution.intercept.astype(np.float32)
    return solved_history(solution)


def export_linear(run: Run, model: LinearModel, samples: np.ndarray) -> dict[str, Any]:
    """Writes a linear model as `model.onnx`, after comparing its predictions with those of NumPy.

    Args:
        run: The run.
        model: The solved model.
        samples: Inputs for the comparison, of shape (batch, steps, columns).

    Returns:
        The entries of `run.json`: number of parameters and hash of the ONNX file.

    Raises:
        SeqkitError: The predictions differ.
    """
    import onnxruntime

    content = linear_onnx(model).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (outputs,) = session.run(None, {model.spec.reads.name: samples})
    expected = model.predict(samples)
    difference = np.abs(outputs - expected) / np.maximum(1, np.abs(expected))
    if not np.all(difference <= TOLERANCE):
        raise SeqkitError(
            f"The ONNX model and NumPy give different predictions: the largest difference is {np.max(difference):.3g}, "
            f"expected at most {TOLERANCE:g}. Check the data for extreme values."
        )
    write_bytes(run.path / "model.onnx", content)
    return {"parameters": model.parameters, "onnx_sha256": hashlib.sha256(content).hexdigest()}


def keras_of_linear(recipe: Source, spec: Spec, options: Mapping[str, Any], content: bytes) -> "keras.Model":
    """Returns the Keras model of a linear recipe with the weights of its ONNX model.

    Args:
        recipe: The recipe, which is executed.
        spec: Input and output.
        options: Options of the run, of which the recipe takes its own.
        content: The ONNX model, which is trusted.

    Raises:
        UsageError: The ONNX model is not one that `linear_onnx` writes for this recipe.
    """
    import onnx

    own = {option.name: options[option.name] for option in recipe.options("build_model") if option.name in options}
    model = build_model(recipe, spec, own)
    stored = {
        tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load_from_string(content).graph.initializer
    }
    weights = [stored.get(name, np.empty(0)) for name in ("kernel", "bias")]
    if [weight.shape for weight in weights] != [tuple(weight.shape) for weight in model.weights]:
        raise UsageError(
            f"The run has no model.keras, and its model.onnx has not the weights of {recipe.name}. Train it again."
        )
    model.set_weights(weights)
    return model


def linear_onnx(model: LinearModel) -> "onnx.ModelProto":
    """Returns the model in the ONNX format, for batches of any size."""
    with spent("importing libraries"):
        from onnx import TensorProto, helper, numpy_helper

    spec, order, targets = model.spec, model.window.order, model.spec.targets
    constants = {
        "kernel": model.kernel, "bias": model.bias, "axis": [1], "minus_one": [-1], "minus_order": [-order],
        "end": [np.iinfo(np.int64).max], "targets": list(targets), "flat": [-1, model.kernel.shape[0]],
        "shape": [-1, spec.horizon, len(targets)],
    }  # fmt: skip
    nodes = [helper.make_node("Slice", [spec.reads.name, "minus_one", "end", "axis"], ["last"])]
    if order > 1:
        nodes.append(helper.make_node("Slice", [spec.reads.name, "minus_order", "minus_one", "axis"], ["steps"]))
        nodes.append(helper.make_node("Sub", ["steps", "last"], ["changes"]))
    if model.window.shared:
        nodes += [
            helper.make_node("Gather", ["changes" if order > 1 else "last", "targets"], ["columns"], axis=2),
            helper.make_node("Transpose", ["columns"], ["features"], perm=[0, 2, 1]),
            helper.make_node("MatMul", ["features", "kernel"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["by_target"]),
            helper.make_node("Transpose", ["by_target"], [spec.gives.name], perm=[0, 2, 1]),
        ]
    else:
        nodes += [
            helper.make_node("Concat", [*(["changes"] if order > 1 else []), "last"], ["read"], axis=1),
            helper.make_node("Reshape", ["read", "flat"], ["features"]),
            helper.make_node("MatMul", ["features", "kernel"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["changes_ahead"]),
            helper.make_node("Reshape", ["changes_ahead", "shape"], [spec.gives.name]),
        ]
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info(spec.reads.name, TensorProto.FLOAT, ["batch", *spec.input_shape[1:]])],
        [helper.make_tensor_value_info(spec.gives.name, TensorProto.FLOAT, ["batch", *spec.output_shape[1:]])],
        [
            numpy_helper.from_array(np.array(value, np.float32 if name in ("kernel", "bias") else np.int64), name)
            for name, value in constants.items()
            if name in used
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
