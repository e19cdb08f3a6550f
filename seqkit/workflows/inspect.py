"""Inspects a finished run of any task: how far back it remembers, and what decides."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError, listed
from seqkit.inference.memory import measure_columns, measure_memory, perturbed_norms
from seqkit.plots.memory import plot_memory
from seqkit.progress import Note
from seqkit.runs.run import Run, read_run
from seqkit.tasks import Task, task_of_run, tasks
from seqkit.training.input_gradients import gradient_norms, load_model

if TYPE_CHECKING:
    import pandas as pd

MAX_GRADIENTS = 256
"""Most examples whose gradients are computed."""


def inspect(
    run: "str | Path",
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    examples: int = 1024,
    note: Note = lambda line: None,
) -> dict[str, Any]:
    """Measures how far back a finished run remembers, and how much each input column matters.

    What lies more than k steps back is replaced by that of another example: from the k on where the error no longer
    grows, the run has forgotten. A column is replaced as a whole in the same way. The gradient of the outputs with
    respect to each step shows how far training can reach. Nothing is chosen by it, and the test part is not read. The
    picture is written to `plots/memory.png` of the run.

    Args:
        run: The run directory of a forecast, or of a classification of series.
        data: Newer rows or other series: a dataset's name, a file or a frame. Default: the validation part of the
            training data.
        examples: Most windows or series to read, [2, inf).
        note: Called with one line for each correction made while reading the data.

    Returns:
        `sentence`; `remembers_steps` of `steps`; `kept` and `errors`, the error with that many last steps;
        `gradient_norms`, from the last step backwards; and `columns`, the share of each.

    Raises:
        NotFoundError: The run or the data does not exist.
        UsageError: The run is of a task without steps to inspect, or labels texts.
        DataError: The run is unfinished or damaged, or there are fewer than two examples.
    """
    finished_run, task = _find(run)
    probe = task.module("inspect").probe(finished_run, data, note, examples)
    memory, shares = measure_memory(probe.inputs, probe.error), measure_columns(probe.inputs, probe.error)
    every = -(-len(probe.inputs) // MAX_GRADIENTS)
    model_file = finished_run.path / "model.keras"
    if model_file.is_file():
        norms = gradient_norms(load_model(model_file), probe.inputs[::every])
    else:  # Linear models are solved without Keras.
        norms = perturbed_norms(probe.inputs[::every], probe.predict)
    steps, span = probe.inputs.shape[1], probe.in_words(memory.span)
    whole = ", the whole of its input" if memory.span == steps else ""
    sentence = f"{finished_run.manifest.recipe['name']} remembers about {span}{whole}"
    columns = dict(zip(probe.columns, shares.tolist(), strict=True))
    plot_memory(
        norms.tolist(),
        memory.kept,
        memory.errors,
        columns,
        span=memory.span,
        title=sentence,
        score=probe.score,
        path=finished_run.path / "plots" / "memory.png",
    )
    return {
        "task": task.name,
        "run": str(finished_run.path),
        "sentence": sentence,
        "examples": len(probe.inputs),
        "steps": steps,
        "remembers_steps": memory.span,
        "score": probe.score,
        "kept": list(memory.kept),
        "errors": list(memory.errors),
        "gradient_norms": norms[::-1].tolist(),
        "columns": columns,
    }


def inspect_texts(run: "str | Path", texts: Sequence[str]) -> list[dict[str, Any]]:
    """Measures which words decide the labels of texts: the fall in probability where a word is unknown.

    Args:
        run: The run directory of a classification of texts.
        texts: The texts.

    Returns:
        For each text `text`, `predicted`, `probability` and `tokens`, pairs of a token and its effect.

    Raises:
        NotFoundError: The run does not exist.
        UsageError: The run is of another task, or labels series.
        DataError: The run is unfinished or damaged.
    """
    finished_run, task = _find(run)
    module = task.module("inspect")
    if not hasattr(module, "deciding_words"):
        raise UsageError(f"A run of the task {task.name} reads no texts to inspect. Leave them out.")
    results: list[dict[str, Any]] = module.deciding_words(finished_run, texts)
    return results


def _find(run: "str | Path") -> tuple[Run, Task]:
    """Returns a run and its task, which can be inspected."""
    finished_run = read_run(run)
    task = task_of_run(finished_run)
    if not task.has("inspect"):
        able = listed([name for name, other in tasks().items() if other.has("inspect")])
        raise UsageError(f"A run of the task {task.name} cannot be inspected. Inspect one of the tasks {able}.")
    return finished_run, task
