"""Runs the ONNX model of a run, in several threads.

The model is untrusted. It is checked first and loaded from bytes, so that it cannot refer to other files, and it may
allocate at most half of the machine's memory, so that a huge request raises an error instead of killing the process.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
import onnxruntime

from seqkit.errors import DataError
from seqkit.runs.run import Run

Batch = TypeVar("Batch")

MAX_MODEL_BYTES = (1 << 31) - 1
"""Maximum size of a model in the ONNX format."""

BYTES_PER_PARAMETER, GRAPH_BYTES = 8, 64 << 20
"""Maximum size of a model: bytes per parameter, twice what a float32 needs, and bytes for the graph."""

# The string field "location" of a tensor with external data; the field lengths may use redundant bytes.
_EXTERNAL_DATA = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location")


def open_session(
    run: Run, ends: Mapping[str, tuple[int | None, ...]], states: Sequence[int] = ()
) -> onnxruntime.InferenceSession:
    """Loads the model of a run.

    Args:
        run: The run.
        ends: Expected shapes of the input and the output, by name and in this order, without the batch; None for
            dynamic dimensions.
        states: Units of each state that the model takes and returns besides, as "state_1" and "last_state_1".

    Raises:
        DataError: The file is missing, is not the one that training wrote, refers to external data, or has other input
            or output shapes.
    """
    path = run.path / "model.onnx"
    session = load_session(run, path.name, run.manifest.model.get("onnx_sha256"))
    inputs, outputs = session.get_inputs(), session.get_outputs()
    sizes: dict[str, tuple[int | None, ...]] = {f"state_{n}": (size,) for n, size in enumerate(states, 1)}
    read, given = ends.items()
    expected = (dict([read]) | sizes, dict([given]) | {f"last_{name}": size for name, size in sizes.items()})
    for tensors, shapes in zip((inputs, outputs), expected, strict=True):
        found = {
            tensor.name: [size if isinstance(size, int) else None for size in tensor.shape[1:]] for tensor in tensors
        }
        for name, shape in shapes.items():
            if found.get(name) != list(shape):
                raise DataError(
                    f"{path} does not match run.json: its {name} has the shape {found.get(name)}, expected "
                    f"{list(shape)}. Train the run again."
                )
    return session


def load_session(run: Run, name: str, sha256: object) -> onnxruntime.InferenceSession:
    """Loads a model file of a run, whatever its inputs and outputs are.

    Args:
        run: The run.
        name: Name of the file.
        sha256: Its hash, from `run.json`.

    Raises:
        DataError: The file is missing, is not the one that training wrote, or refers to external data.
    """
    path = run.path / name
    content = _read(run, name, sha256)
    if content[4:8] == b"ORTM" or _EXTERNAL_DATA.search(content):
        raise DataError(
            f"{path} is not loaded: it is in another format, or refers to external data. Train the run again."
        )
    try:
        session = session_of(content)
        session.get_inputs(), session.get_outputs()  # fails for names that are not UTF-8
    except Exception as error:  # ONNX Runtime's errors have no common base class.
        raise DataError(f"{path} is damaged: ONNX Runtime cannot load it: {error} Train the run again.") from error
    return session


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    """Returns a session of a model in the ONNX format, which is trusted."""
    options = onnxruntime.SessionOptions()
    # ONNX Runtime's threads can outlive the interpreter and abort the process; batches run in Python threads instead.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # Errors are raised; they need no log entry.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    if _limit_memory():
        options.add_session_config_entry("session.use_env_allocators", "1")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _read(run: Run, name: str, sha256: object) -> bytes:
    """Returns the content of a model file, after checking its size and its hash."""
    parameters = run.manifest.model.get("parameters")
    max_bytes = MAX_MODEL_BYTES
    if isinstance(parameters, int):
        max_bytes = min(max(parameters, 0) * BYTES_PER_PARAMETER + GRAPH_BYTES, MAX_MODEL_BYTES)
    content = run.read(name, max_bytes)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DataError(f"{run.path / name} is damaged: it is not the file that training wrote. Train the run again.")
    return content


@cache
def _limit_memory() -> bool:
    """Limits the memory of all models together to half of the machine's; returns whether that was possible."""
    try:
        max_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        allocator, memory = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
        info = onnxruntime.OrtMemoryInfo("Cpu", allocator, 0, memory)
        onnxruntime.create_and_register_allocator(info, onnxruntime.OrtArenaCfg(max_bytes, -1, -1, -1))
    except Exception:  # Other code has registered an allocator, or the size of the memory is unknown.
        return False
    return True


def run_batches(
    session: onnxruntime.InferenceSession, batches: Iterable[Batch], read: Callable[[Batch], np.ndarray]
) -> list[np.ndarray]:
    """Returns the outputs of each batch.

    Args:
        session: The model.
        batches: The batches, as arguments of `read`.
        read: Converts a batch to the model's input; called in the worker thread.

    Raises:
        DataError: The model fails, or its outputs have another shape than it declares.
    """
    name, batches = session.get_inputs()[0].name, list(batches)
    sizes = session.get_outputs()[0].shape[1:]

    def run(batch: Batch) -> np.ndarray:
        inputs = read(batch)
        try:
            outputs: np.ndarray = session.run(None, {name: inputs})[0]
        except Exception as error:  # ONNX Runtime's errors have no common base class.
            raise DataError(f"The model of the run fails: {error} Train the run again.") from error
        # A size that is not fixed is the time of the input.
        expected = (len(inputs), *(size if isinstance(size, int) else inputs.shape[1] for size in sizes))
        if outputs.shape != expected:
            raise DataError(
                f"The model of the run returned the shape {outputs.shape}, expected {expected}. Train the run again."
            )
        return outputs

    if len(batches) == 1:
        return [run(batches[0])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run, batches))
