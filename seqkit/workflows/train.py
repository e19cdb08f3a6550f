"""Trains a recipe on data, or resumes a training, and writes a finished run."""

import gc
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError
from seqkit.files.atomic import atomic_write
from seqkit.progress import Callbacks
from seqkit.registry import datasets, find_recipe
from seqkit.runs.lifecycle import check_writable, clean_up, final_path, free_path, new_run, resumed_run
from seqkit.runs.run import Manifest, Run, read_run
from seqkit.sources import find_source
from seqkit.stopwatch import spent
from seqkit.tasks import task_of_run
from seqkit.tasks.contract import Chosen, Job
from seqkit.training.interrupts import interrupted_training, on_interrupt, save_best_on_divergence, with_resume_hint
from seqkit.training.keras_import import import_keras, is_reproducible, unfreeze_gc_after
from seqkit.training.linear_model import LinearModel, linear_model
from seqkit.training.model_building import build_model
from seqkit.version import installed_version
from seqkit.workflows.resume import read_call, restore_job
from seqkit.workflows.settings import Plan, plan_training

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

LIBRARIES = ("tensorflow", "keras", "numpy", "pandas", "onnxruntime")


def train(
    recipe: str,
    data: "str | Path | Sequence[str | Path] | pd.DataFrame | None" = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    test: "bool | str | Path | pd.DataFrame" = True,
    task: str | None = None,
    callbacks: Callbacks | None = None,
    **options: Any,
) -> Run:
    """Trains a recipe on data and writes a finished run.

    Args:
        recipe: Name of a recipe, or path of a file with a `build_model` function.
        data: Name of a dataset, a file (a table, labelled texts or labelled series), a folder or archive of texts, or
            a frame; for word vectors, one or several text files. Default: simulated data for the recipe's task.
        out: Run directory. Default: a free name in `runs/`.
        overwrite: Replace an existing run.
        test: Score the test part at the end; use False during model selection. For labelled examples in a separate
            test file, that file.
        task: The task. Default: the first of the recipe's `TASKS` that reads this kind of data.
        callbacks: Called with progress and messages.
        **options: Options of the recipe, the data, the task and training. Defaults come from the dataset's protocol,
            then from the recipe's `TRAINING`, then from the signatures.

    Returns:
        The run; open it with `seqkit.load(run.path)`.

    Raises:
        UsageError: An option is unknown, invalid, or does not fit the data; or the run exists.
        NotFoundError: The recipe or the data does not exist.
        DataError: The data is invalid.
        DivergedTraining: Loss, gradients or weights became NaN or infinite.
        InterruptedTraining: The training was interrupted; it can be resumed.
        SeqkitError: A file cannot be written.
    """
    plan = plan_training(find_recipe(recipe), data, options, task)
    return train_plan(plan, data, options, out=out, overwrite=overwrite, test=test, callbacks=callbacks)


def train_plan(
    plan: Plan,
    data: Any,
    options: Mapping[str, Any],
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    test: "bool | str | Path | pd.DataFrame" = True,
    callbacks: Callbacks | None = None,
) -> Run:
    """Trains as planned; see `train`.

    Args:
        plan: The plan, from `plan_training`.
        data: The data as given by the user; None for the default.
        options: The options given by the user.
        out: As in `train`.
        overwrite: As in `train`.
        test: As in `train`.
        callbacks: As in `train`.
    """
    callbacks = callbacks or Callbacks()
    chosen, notes = plan.choose_for_data(options)
    path = Path(out) if out is not None else free_path(Path("runs"), f"{plan.recipe.name}-{plan.source.label}")
    check_writable(path, overwrite=overwrite)
    test = str(Path(test).absolute()) if isinstance(test, (str, Path)) and str(test) not in datasets() else test
    names = names_of(plan.source.name if data is None else data) if isinstance(test, (bool, str)) else None
    call = {"recipe": plan.recipe.reference, "data": names, "kind": plan.source.kind, "test": test}
    for line in notes:
        callbacks.on_message(line)
    return _train(plan, path, chosen, call=call, overwrite=overwrite, callbacks=callbacks)


def names_of(data: Any) -> list[str] | None:
    """Returns dataset names and absolute paths of data; None for a frame or standard input, which have none."""
    names = data if isinstance(data, (list, tuple)) else [data]
    if not all(isinstance(name, (str, Path)) and str(name) != "-" for name in names):
        return None
    return [str(name) if str(name) in datasets() else str(Path(name).absolute()) for name in names]


def resume(
    run: str | Path,
    data: "str | Path | Sequence[str | Path] | pd.DataFrame | None" = None,
    *,
    callbacks: Callbacks | None = None,
) -> Run:
    """Resumes an interrupted training; the final weights are those of an uninterrupted one.

    Args:
        run: The run directory.
        data: The training data, if it was a frame or standard input. Default: the data named in the run.
        callbacks: Called with progress and messages.

    Returns:
        The finished run. A run that was already finished is returned as it is.

    Raises:
        NotFoundError: The directory contains no run, or recipe or data do not exist any more.
        UsageError: Another process is training the run, or its recipe has changed.
        DataError: The data has changed, or the run is damaged.
    """
    callbacks = callbacks or Callbacks()
    interrupted = read_run(run, finished=False)
    path, manifest = interrupted.path, interrupted.manifest
    if manifest.state == "done":
        callbacks.on_message("the training is already finished")
        clean_up(interrupted)
        return read_run(final_path(interrupted))
    recipe, call = read_call(interrupted)
    if data is None and call["data"] is None:
        raise UsageError(
            f"The run {path} was trained on {manifest.data.get('source')}, which has no name to read it again. Resume "
            "it in Python with `seqkit.resume(run, data)`."
        )
    source = find_source(call["data"] if data is None else data, manifest.options, kind=call["kind"])
    plan = Plan(recipe, task_of_run(interrupted), source)
    _report_versions(manifest.versions, callbacks)
    return _train(plan, path, plan.choose(manifest.options), call=call, resumed=interrupted, callbacks=callbacks)


def _report_versions(recorded: dict[str, str], callbacks: Callbacks) -> None:
    current = _versions()
    changed = [f"{name} {recorded.get(name)} → {new}" for name, new in current.items() if recorded.get(name) != new]
    if changed:
        callbacks.on_message(f"versions have changed, so results may differ in the last bits: {', '.join(changed)}")


@unfreeze_gc_after()
def _train(
    plan: Plan,
    path: Path,
    chosen: Chosen,
    *,
    call: dict[str, Any],
    overwrite: bool = False,
    resumed: Run | None = None,
    callbacks: Callbacks,
) -> Run:
    began = time.perf_counter()
    for section in chosen.values():
        for name, value in section.items():
            callbacks.on_debug(f"{name} = {value!r}")
    test = call["test"]

    def make(callbacks: Callbacks) -> Job:
        with spent("importing libraries"):
            job_class = plan.task.module("job").Job
        job: Job = job_class(plan.source, chosen, None if isinstance(test, bool) else test, callbacks, path)
        return job

    job, description = restore_job(resumed, make, callbacks)
    model, build = _build(plan, job, chosen)
    if resumed is None:
        manifest = _manifest(plan, chosen, call, description)
        manifest.reproducible = isinstance(model, LinearModel) or is_reproducible()
        run_directory = new_run(path, manifest, overwrite=overwrite)
    else:
        run_directory = resumed_run(resumed)
    with run_directory as run, on_interrupt(callbacks.on_message) as stops, with_resume_hint(run):
        checkpoints = _checkpoints(run, callbacks, stops)
        with spent("training"), save_best_on_divergence(run, model):
            history = job.fit(model, build, chosen, callbacks, checkpoints, closed_form=plan.closed_form)
        callbacks.on_message(history.stopped)
        if history.interrupted and not history.best_epoch:
            raise interrupted_training(run, history)
        with spent("exporting"):
            exported = job.export(run, model)
        run.manifest.model = {"best_epoch": history.best_epoch, **exported}
        run.manifest.seconds = round(run.manifest.seconds + time.perf_counter() - began, 2)
        del model
        gc.collect()  # compiled functions hold on to the data in reference cycles
        _write_history(run, history)
        with spent("scoring"):
            job.evaluate(run, history, test=test is not False and not history.interrupted)
        if history.interrupted:
            raise interrupted_training(run, history)
    return read_run(final_path(run))


def _build(plan: Plan, job: Job, chosen: Chosen) -> "tuple[keras.Model | LinearModel, Build]":
    """Returns the initialised model, and a function that builds the recipe for another spec.

    The model is one of Keras, unless the recipe is linear and NumPy can solve it.
    """
    if plan.closed_form and (linear := linear_model(plan.recipe, job.spec, chosen["recipe"])) is not None:
        return linear, partial(build_model, plan.recipe, options=chosen["recipe"])
    if not plan.closed_form:  # The closed-form solver needs all BLAS threads.
        job.start_background()
    with spent("importing libraries"):
        keras = import_keras()
    gc.freeze()  # library objects are never garbage, and far more numerous than those of a training
    keras.utils.set_random_seed(chosen["training"]["seed"])
    build = partial(build_model, plan.recipe, options=chosen["recipe"])
    with spent("building the model"):
        model = build(job.spec)
        job.initialise(model)
    return model, build


def _checkpoints(run: Run, callbacks: Callbacks, stops: Callable[[], bool]) -> "Checkpoints":
    from seqkit.training.checkpoints import Checkpoints

    return Checkpoints(run, callbacks.on_message, stops)


def _manifest(plan: Plan, chosen: Chosen, call: dict[str, Any], description: dict[str, Any]) -> Manifest:
    """Returns the `run.json` of a new training."""
    test = call["test"]
    options = {name: value for section in chosen.values() for name, value in section.items()}
    if isinstance(options.get("vectors"), str):  # a training may be resumed from another directory
        options["vectors"] = str(Path(options["vectors"]).absolute())
    return Manifest(
        state="running",
        recipe={"name": plan.recipe.name, "sha256": plan.recipe.sha256},
        task=plan.task.name,
        options=options,
        versions=_versions(),
        call={**call, "test": test if isinstance(test, (bool, str)) else None},
        **description,
    )


def _versions() -> dict[str, str]:
    versions = {"seqkit": installed_version(), "python": platform.python_version()}
    return versions | {library: version(library) for library in LIBRARIES}


def _write_history(run: Run, history: "History") -> None:
    import pandas as pd

    with atomic_write(run.path / "history.csv") as temporary:
        pd.DataFrame(history.epochs).to_csv(temporary, index=False)
