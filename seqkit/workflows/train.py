"""The main job: from a recipe and data to a finished run."""

import gc
import platform
import time
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError
from seqkit.files.atomic import atomic_write
from seqkit.progress import Callbacks
from seqkit.registry import Source, datasets, find_recipe
from seqkit.runs.lifecycle import check_writable, final_path, free_path, new_run, resumed_run, settle
from seqkit.runs.run import Manifest, Run, read_run
from seqkit.sources import DataSource, find_source
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen, Job
from seqkit.training.interrupts import interrupted_training, on_interrupt, save_best_on_divergence, with_resume_hint
from seqkit.training.keras_import import import_keras, is_reproducible, thawed_after
from seqkit.training.model_building import build_model, check_supervision
from seqkit.version import installed_version
from seqkit.workflows.resume import read_call, restore_job
from seqkit.workflows.settings import (
    choose,
    default_data,
    defaults,
    kind_of_recipe,
    make_job,
    train_options,
)

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.training.state import History


LIBRARIES = ("tensorflow", "keras", "numpy", "pandas", "onnxruntime")


def train(
    recipe: str,
    data: "str | Path | Sequence[str | Path] | pd.DataFrame | None" = None,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    test: "bool | str | Path | pd.DataFrame" = True,
    callbacks: Callbacks | None = None,
    **options: Any,
) -> Run:
    """Trains a recipe on data and leaves a finished run.

    Args:
        recipe: Name of a recipe, or the path of a file with a `build_model`.
        data: A dataset's name, a file (a table, labelled texts or labelled series), a folder or archive of texts, or a
            frame; for word vectors, any text, also several files. Default: what is simulated for the recipe's task.
        out: Where to write the run. Default: a free name in `runs/`.
        overwrite: Replace the run that stands there.
        test: Score the test part at the end; leave it for later while you are still choosing. Where labelled examples
            to test on are kept on their own: the data that holds them.
        callbacks: Told what happens.
        **options: Any option of `train_options`; those not given come from the dataset's protocol, then from the
            recipe's `TRAINING`, then from the defaults.

    Returns:
        The run; `seqkit.load(run.path)` forecasts, predicts or looks words up with it.

    Raises:
        UsageError: An option is unknown, wrong, or does not fit the data; the run exists.
        NotFoundError: There is no such recipe or data.
        DataError: Something is wrong in the data.
        DivergedTraining: Loss, gradients or weights became NaN or infinite.
        InterruptedTraining: It was told to stop, and can go on.
        SeqkitError: A file cannot be written.
    """
    callbacks = callbacks or Callbacks()
    architecture = find_recipe(recipe)
    data = default_data(architecture) if data is None else data
    source = find_source(data, options, kind=kind_of_recipe(architecture))
    sections = train_options(architecture, source)
    everything = [option for section in sections.values() for option in section]
    chosen = choose(sections, {**defaults(architecture, source, everything, options), **options})
    check_supervision(architecture, chosen)
    path = Path(out) if out is not None else free_path(Path("runs"), f"{architecture.name}-{source.label}")
    check_writable(path, overwrite=overwrite)
    test = str(Path(test).absolute()) if isinstance(test, (str, Path)) and str(test) not in datasets() else test
    names = named(data) if isinstance(test, (bool, str)) else None
    call = {"recipe": architecture.reference, "data": names, "kind": source.kind, "test": test}
    return _train(architecture, source, path, chosen, call=call, overwrite=overwrite, callbacks=callbacks)


def named(data: Any) -> list[str] | None:
    """Returns the names of data as they can be found again from elsewhere; None where they cannot."""
    several = data if isinstance(data, (list, tuple)) else [data]
    if not all(isinstance(each, (str, Path)) and str(each) != "-" for each in several):
        return None
    return [str(each) if str(each) in datasets() else str(Path(each).absolute()) for each in several]


def resume(
    run: str | Path,
    data: "str | Path | Sequence[str | Path] | pd.DataFrame | None" = None,
    *,
    callbacks: Callbacks | None = None,
) -> Run:
    """Goes on with a training that was cut off, and ends with the weights that it would have had.

    Args:
        run: The run directory.
        data: The data, where it was a frame or came from standard input; by itself what was named then.
        callbacks: Told what happens.

    Returns:
        The finished run; one that was finished already is left as it is.

    Raises:
        NotFoundError: There is no run there, or recipe or data are gone.
        UsageError: The run is being trained, or its recipe has changed.
        DataError: The data is not what it was, or the run is damaged.
    """
    callbacks = callbacks or Callbacks()
    found = read_run(run, finished=False)
    manifest = found.manifest
    if manifest.state == "done":
        callbacks.on_message("the training is finished")
        settle(found)
        return read_run(final_path(found))
    architecture, call = read_call(found)
    if data is None and call["data"] is None:
        raise UsageError(
            f"The run {found.path} was trained on {manifest.data.get('source')}, which is gone: go on "
            "from Python, with `seqkit.resume(run, data)`."
        )
    source = find_source(call["data"] if data is None else data, manifest.options, kind=call["kind"])
    chosen = choose(train_options(architecture, source), manifest.options)
    _tell_versions(manifest.versions, callbacks)
    return _train(architecture, source, found.path, chosen, call=call, begun=found, callbacks=callbacks)


def _tell_versions(then: dict[str, str], callbacks: Callbacks) -> None:
    now = _versions()
    changed = [f"{name} {then.get(name)} → {now[name]}" for name in now if then.get(name) != now[name]]
    if changed:
        callbacks.on_message(
            f"other versions than at the start, so that the last bits may differ: {', '.join(changed)}"
        )


@thawed_after()
def _train(
    recipe: Source,
    source: DataSource,
    path: Path,
    chosen: Chosen,
    *,
    call: dict[str, Any],
    overwrite: bool = False,
    begun: Run | None = None,
    callbacks: Callbacks,
) -> Run:
    began = time.perf_counter()
    for section in chosen.values():
        for name, value in section.items():
            callbacks.on_debug(f"{name} = {value!r}")
    test = call["test"]

    def make(callbacks: Callbacks) -> Job:
        return make_job(source.kind, source, chosen, None if isinstance(test, bool) else test, callbacks, beside=path)

    job, facts = restore_job(begun, make, callbacks)
    closed_form = recipe.constants.get("READOUT") == "ridge"
    if not closed_form:  # What solves a readout wants NumPy's threads for itself.
        job.start_background()

    with spent("importing libraries"):
        keras = import_keras()

        from seqkit.training.checkpoints import Checkpoints
    gc.freeze()  # what the libraries are made of is no garbage, and far more than a training adds to it

    keras.utils.set_random_seed(chosen["Training"]["seed"])
    build = partial(build_model, recipe, options=chosen["Recipe"])
    with spent("building the model"):
        model = build(job.spec)
        job.begin(model)
    if begun is not None:
        held = resumed_run(begun)
    else:
        manifest = Manifest(
            state="running",
            recipe={"name": recipe.name, "sha256": recipe.sha256},
            task=job.task,
            options={name: value for section in chosen.values() for name, value in section.items()},
            versions=_versions(),
            reproducible=is_reproducible(),
            call={**call, "test": test if isinstance(test, (bool, str)) else None},
            **facts,
        )
        held = new_run(path, manifest, overwrite=overwrite)
    with held as run, on_interrupt(callbacks.on_message) as stops, with_resume_hint(run):
        checkpoints = Checkpoints(run, callbacks.on_message, stops)
        with spent("training"), save_best_on_divergence(run, model):
            history = job.fit(model, build, chosen, callbacks, checkpoints, closed_form=closed_form)
        callbacks.on_message(history.stopped)
        if history.interrupted and not history.best_epoch:
            raise interrupted_training(run, history)
        with spent("exporting"):
            kept = job.keep(run, model)
        run.manifest.model = {"best_epoch": history.best_epoch, **kept}
        run.manifest.seconds = round(run.manifest.seconds + time.perf_counter() - began, 2)
        del model
        gc.collect()  # compiled functions hold on to the data in circles
        _write_history(run, history)
        with spent("scoring"):
            job.record(run, history, test=test is not False and not history.interrupted)
        if history.interrupted:
            raise interrupted_training(run, history)
    return read_run(final_path(run))


def _versions() -> dict[str, str]:
    own = {"seqkit": installed_version(), "python": platform.python_version()}
    return own | {library: version(library) for library in LIBRARIES}


def _write_history(run: Run, history: "History") -> None:
    import pandas as pd

    with atomic_write(run.path / "history.csv") as temporary:
        pd.DataFrame(history.epochs).to_csv(temporary, index=False)
