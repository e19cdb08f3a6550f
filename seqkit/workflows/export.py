"""Exports a finished run for other programs."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from seqkit.errors import UsageError
from seqkit.files.atomic import write_bytes
from seqkit.inference.sessions import MAX_MODEL_BYTES
from seqkit.runs.run import Run, read_run
from seqkit.tasks import task_of_run, tasks

KERAS = "model.keras"


def export(run: str | Path, to: str | Path, *, overwrite: bool = False, keras: bool = False) -> Path:
    """Exports a finished run: the ONNX model, its preprocessing as JSON, and an example that reads both.

    The example needs NumPy and ONNX Runtime, not seqkit. The export is checked: the example must give the numbers of
    the run.

    Args:
        run: The run directory.
        to: Folder to write; created if it does not exist.
        overwrite: Replace files of an earlier export.
        keras: Also write the model as `model.keras`. A linear recipe, which is trained without Keras, is built for it;
            this executes the recipe, which must be unchanged.

    Returns:
        The folder.

    Raises:
        NotFoundError: There is no such run.
        UsageError: The run cannot be exported, or the folder has files and `overwrite` is not set.
        SeqkitError: The exported files give other numbers than the run.
    """
    finished, folder = read_run(run), Path(to)
    task = task_of_run(finished)
    if not task.has("export"):
        able = ", ".join(name for name, card in tasks().items() if card.has("export"))
        raise UsageError(
            f"A run of the task '{task.name}' cannot be exported; tasks that can: {able}. Its model.onnx and run.json "
            "are what another program would read."
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder. Choose another --to.")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise UsageError(f"{folder} is not empty. Choose another --to, or add --overwrite.")
    with tempfile.TemporaryDirectory(prefix="seqkit-") as temporary:
        task.module("export").export(finished, Path(temporary))
        if keras:
            _write_keras(finished, Path(temporary) / KERAS)
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(Path(temporary).iterdir()):
            write_bytes(folder / path.name, path.read_bytes())
    return folder


def _write_keras(run: Run, path: Path) -> None:
    """Writes the Keras model of a run: the file that training wrote, or the linear recipe with the weights in ONNX."""
    if run.has(KERAS):
        with run.open(KERAS, MAX_MODEL_BYTES) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        return
    from seqkit.training.keras_import import import_keras
    from seqkit.training.linear_model import keras_of_linear
    from seqkit.workflows.resume import read_call

    recipe, _ = read_call(run)
    import_keras()
    spec: Any = task_of_run(run).module("inference").read_state(run).spec
    model = keras_of_linear(recipe, spec, run.manifest.options, run.read("model.onnx", MAX_MODEL_BYTES))
    model.save(path)
