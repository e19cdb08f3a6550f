"""The run's model on ONNX Runtime: checked before it is opened, and run by several threads.

A model may be a stranger's. It is opened from its bytes, so that no path in it leads anywhere, and what it asks of
memory is refused beyond a half of what there is, so that it ends in a message and not in the process's end.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
import onnxruntime

from seqkit.errors import DataError
from seqkit.runs.run import Run

Batch = TypeVar("Batch")

MAX_MODEL_BYTES = (1 << 31) - 1
"""Bytes of a model: what the format can hold."""

BYTES_TO_A_PARAMETER, GRAPH_BYTES = 8, 64 << 20
"""Bytes of a model for each of its parameters, twice what they take, and beside them."""

# A field of text that says "location", as an entry of a tensor's external data has it; the lengths may be written long.
_ELSEWHERE = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location")


def open_session(run: Run, ends: Mapping[str, tuple[int | None, ...]]) -> onnxruntime.InferenceSession:
    """Returns the model of a run.

    Args:
        run: The run.
        ends: Shape of the input and of the output, in this order, by name, without the batch; None where any length
            is taken.

    Raises:
        DataError: The file is missing, not the one that training wrote, keeps numbers in another file, or its ends have
            other shapes.
    """
    path = run.path / "model.onnx"
    content = _read(run)
    if content[4:8] == b"ORTM" or _ELSEWHERE.search(content):
        raise DataError(
            f"{path} is not read: it is in another format, or names files that its numbers should come from, which no "
            "model of ours does. Train the run again."
        )
    options = onnxruntime.SessionOptions()
    # Threads of its own can outlive the interpreter's end and abort the process then; batches are shared out instead.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # What goes wrong is raised; it need not be logged as well.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    if _limit_memory():
        options.add_session_config_entry("session.use_env_allocators", "1")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        found = (session.get_inputs()[0], session.get_outputs()[0])
    except Exception as error:  # ONNX Runtime's own errors share no narrower class.
        raise DataError(f"{path} is damaged, ONNX Runtime refuses it: {error} Train the run again.") from error
    for end, (name, due) in zip(found, ends.items(), strict=True):
        shape = tuple(size if isinstance(size, int) else None for size in end.shape[1:])
        if (end.name, shape) != (name, due):
            raise DataError(
                f"{path} is not the model that run.json tells of: its {name} has the shape {end.shape[1:]} and not "
                f"{list(due)}. Train the run again."
            )
    return session


def _read(run: Run) -> bytes:
    """Returns the bytes of the model, if they are those that training wrote, and not absurdly many."""
    known, parameters = run.manifest.model.get("onnx_sha256"), run.manifest.model.get("parameters")
    most = MAX_MODEL_BYTES
    if isinstance(parameters, int):
        most = min(max(parameters, 0) * BYTES_TO_A_PARAMETER + GRAPH_BYTES, MAX_MODEL_BYTES)
    content = run.read("model.onnx", most)
    if hashlib.sha256(content).hexdigest() != known:
        path = run.path / "model.onnx"
        raise DataError(f"{path} is damaged: it is not the file that training wrote. Train the run again.")
    return content


@cache
def _limit_memory() -> bool:
    """Lets all models together have half of the machine's memory for what they work out; whether that was possible."""
    try:
        most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        kinds = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
        where = onnxruntime.OrtMemoryInfo("Cpu", kinds[0], 0, kinds[1])
        onnxruntime.create_and_register_allocator(where, onnxruntime.OrtArenaCfg(most, -1, -1, -1))
    except Exception:  # Another part of the program has one of its own, or the system does not tell.
        return False
    return True


def run_batches(
    session: onnxruntime.InferenceSession, batches: Iterable[Batch], read: Callable[[Batch], np.ndarray]
) -> list[np.ndarray]:
    """Returns the outputs of each batch.

    Args:
        session: The model.
        batches: What `read` makes an input of, in the thread that needs it.
        read: From a batch to the model's input.

    Raises:
        DataError: The model cannot be run, or gives out another shape than it says.
    """
    name, waiting = session.get_inputs()[0].name, list(batches)
    due = tuple(session.get_outputs()[0].shape[1:])

    def run(batch: Batch) -> np.ndarray:
        inputs = read(batch)
        try:
            outputs: np.ndarray = session.run(None, {name: inputs})[0]
        except Exception as error:  # ONNX Runtime's own errors share no narrower class.
            raise DataError(f"The model of the run cannot be run: {error} Train the run again.") from error
        if outputs.shape != (len(inputs), *due):
            raise DataError(
                f"The model of the run gives out the shape {outputs.shape} and not {(len(inputs), *due)}. Train "
                "the run again."
            )
        return outputs

    if len(waiting) == 1:
        return [run(waiting[0])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run, waiting))
