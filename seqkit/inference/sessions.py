"""The run's model on ONNX Runtime: checked before it is opened, and run by several threads."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import onnxruntime

from seqkit.errors import DataError
from seqkit.runs import Run

Batch = TypeVar("Batch")


def open_session(run: Run, ends: Mapping[str, list[int | None]]) -> onnxruntime.InferenceSession:
    """Returns the model of a run.

    Args:
        run: The run.
        ends: Shape of the input and of the output, in this order, by name, without the batch; None where any length
            is taken.

    Raises:
        DataError: The file is missing, not the one that training wrote, or its ends have other shapes.
    """
    path = run.file("model.onnx")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != run.manifest.model.get("onnx_sha256"):
        raise DataError(f"{path} is damaged: it is not the file that training wrote. Train the run again.")
    options = onnxruntime.SessionOptions()
    # Threads of its own can outlive the interpreter's end and abort the process then; batches are shared out instead.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # What goes wrong is raised; it need not be logged as well.
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        found = (session.get_inputs()[0], session.get_outputs()[0])
    except Exception as error:  # ONNX Runtime's own errors share no narrower class.
        raise DataError(f"{path} is damaged, ONNX Runtime refuses it: {error} Train the run again.") from error
    for end, (name, due) in zip(found, ends.items(), strict=True):
        shape = [size if isinstance(size, int) else None for size in end.shape[1:]]
        if (end.name, shape) != (name, due):
            raise DataError(
                f"{path} is not the model that run.json tells of: its {name} has the shape {end.shape[1:]} and not "
                f"{due}. Train the run again."
            )
    return session


def run_batches(
    session: onnxruntime.InferenceSession, batches: Iterable[Batch], read: Callable[[Batch], np.ndarray]
) -> list[np.ndarray]:
    """Returns the outputs of each batch.

    Args:
        session: The model.
        batches: What `read` makes an input of, in the thread that needs it.
        read: From a batch to the model's input.
    """
    name, waiting = session.get_inputs()[0].name, list(batches)

    def run(batch: Batch) -> np.ndarray:
        outputs: np.ndarray = session.run(None, {name: read(batch)})[0]
        return outputs

    if len(waiting) == 1:
        return [run(waiting[0])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run, waiting))
