"""The main job: from a recipe and data to a finished run."""

import gc
import hashlib
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import UsageError, nearest
from seqkit.options import Option, module_options, resolve
from seqkit.registry import Source, find_recipe
from seqkit.runs import Manifest, Run, check_writable, free_path, new_run, read_run, whole_file, write_bytes
from seqkit.sources import DataSource, find_source, fingerprint
from seqkit.training.startup import import_keras

if TYPE_CHECKING:
    import keras
    import numpy as np
    import pandas as pd

    from seqkit.data.tables import Table
    from seqkit.spec import Spec
    from seqkit.tasks.forecast import Splits
    from seqkit.training.fit import History, Progress

DEFAULT_DATA = "demo_weather"

LIBRARIES = ("tensorflow", "keras", "numpy", "pandas", "onnxruntime")


@dataclass(frozen=True)
class Listener:
    """Who is told what happens, for progress bars and logs.

    Attributes:
        note: Takes one line about the data or the run.
        progress: Takes the progress of the training.
        detail: Takes one line that few want to see.
    """

    note: Callable[[str], None] = lambda line: None
    progress: Callable[["Progress"], None] = lambda progress: None
    detail: Callable[[str], None] = lambda line: None


def train(
    recipe: str,
    data: "str | Path | pd.DataFrame" = DEFAULT_DATA,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    test: bool = True,
    listener: Listener | None = None,
    **options: Any,
) -> Run:
    """Trains a recipe on data and leaves a finished run.

    Args:
        recipe: Name of a recipe, or the path of a file with a `build_model`.
        data: A dataset's name, a CSV or Parquet file, or a frame.
        out: Where to write the run. Default: a free name in `runs/`.
        overwrite: Replace the run that stands there.
        test: Score the test part at the end. Leave it for later while you are still choosing.
        listener: Told what happens.
        **options: Any option of `train_options`; those not given come from the dataset's protocol, then from the
            recipe's `TRAINING`, then from the defaults.

    Returns:
        The run; `seqkit.load(run.path)` forecasts with it.

    Raises:
        UsageError: An option is unknown, wrong, or does not fit the data; the run exists.
        NotFoundError: There is no such recipe or data.
        DataError: Something is wrong in the data.
        SeqkitError: The loss became NaN or infinite, or a file cannot be written.
    """
    listener = listener or Listener()
    source, architecture = find_source(data), find_recipe(recipe)
    sections = train_options(architecture, source)
    everything = [option for section in sections.values() for option in section]
    settings = resolve(everything, {**defaults(architecture, source, everything), **options})
    chosen = {title: {o.name: settings[o.name] for o in section} for title, section in sections.items()}
    path = Path(out) if out is not None else free_path(Path("runs"), f"{architecture.name}-{source.label}")
    check_writable(path, overwrite=overwrite)
    return _train(architecture, source, path, chosen, overwrite=overwrite, test=test, listener=listener)


def train_options(recipe: Source, source: DataSource) -> dict[str, list[Option]]:
    """Returns every option of training a recipe on data, by section.

    Raises:
        UsageError: Two of them have the same name.
    """
    tasks = recipe.constants.get("TASKS", ("forecast",))
    if "forecast" not in tasks:
        raise UsageError(f"TASKS in {recipe.path} is {tasks!r}: the recipe does not forecast.")
    solved = recipe.constants.get("READOUT") == "ridge"
    sections = {
        "Recipe": recipe.options("build_model"),
        "Data": source.options,
        "Table": [o for o in module_options("seqkit.data.tables", "regularise") if o.name != "interval"],
        "Forecast": module_options("seqkit.tasks.forecast", "prepare"),
        "Training": module_options("seqkit.training.readout", "solve_readout")
        if solved
        else module_options("seqkit.training.fit", "fit"),
    }
    seen: dict[str, str] = {}
    for title, options in sections.items():
        for option in options:
            if option.name in seen:
                raise UsageError(
                    f"The option `{option.name}` stands under {seen[option.name]} and under {title}. "
                    f"Rename it in {recipe.path}."
                )
            seen[option.name] = title
    return sections


def defaults(recipe: Source, source: DataSource, options: list[Option]) -> dict[str, Any]:
    """Returns what stands when nothing is said: the dataset's protocol goes before the recipe's `TRAINING`."""
    names = {option.name for option in options}
    training = recipe.constants.get("TRAINING", {})
    if not isinstance(training, dict):
        raise UsageError(f"TRAINING in {recipe.path} must be a dictionary of options, got {training!r}.")
    for name in training:
        if name not in names:
            raise UsageError(f"TRAINING in {recipe.path} has an unknown option `{name}`. {nearest(str(name), names)}")
    return {name: value for name, value in {**training, **source.protocol}.items() if name in names}


def _train(
    recipe: Source,
    source: DataSource,
    path: Path,
    chosen: Mapping[str, dict[str, Any]],
    *,
    overwrite: bool,
    test: bool,
    listener: Listener,
) -> Run:
    from seqkit.data.tables import regularise
    from seqkit.tasks import forecast

    began = time.perf_counter()
    for section in chosen.values():
        for name, value in section.items():
            listener.detail(f"{name} = {value!r}")
    table = regularise(source.read(chosen["Data"]), **chosen["Table"])
    for line in table.notes:
        listener.note(line)
    state, splits = forecast.prepare(table, **chosen["Forecast"])
    listener.note(
        f"{len(splits.train)} windows to learn from, {len(splits.validation)} to choose by, {len(splits.test)} to test"
    )
    values = forecast.encode(state, table)

    keras = import_keras()

    from seqkit.inference import write_context
    from seqkit.results import score_unit
    from seqkit.training.export import to_onnx, verify_onnx
    from seqkit.training.feed import WindowFeed
    from seqkit.training.fit import fit
    from seqkit.training.readout import solve_readout

    keras.utils.set_random_seed(chosen["Training"]["seed"])
    model = _build(recipe, state.spec, chosen["Recipe"])
    manifest = Manifest(
        state="running",
        recipe={"name": recipe.name, "sha256": recipe.sha256},
        task="forecast",
        options={name: value for section in chosen.values() for name, value in section.items()},
        task_state=state.model_dump(mode="json"),
        reading={n: v for n, v in chosen["Table"].items() if n not in ("target", "features")},
        data={
            "source": source.name,
            "rows": len(table.frame),
            "series": len(table.ids),
            "first": str(table.time.min()),
            "last": str(table.time.max()),
            "sha256": fingerprint(table, table.frame.columns),
            "targets_sha256": fingerprint(table, table.targets),
        },
        units=source.units,
        versions=_versions(),
    )
    feed = WindowFeed(
        values, state.target_positions, splits.train, splits.validation, state.target_deviation * state.error_scale
    )
    descend = solve_readout if recipe.constants.get("READOUT") == "ridge" else fit
    with new_run(path, manifest, overwrite=overwrite) as run:
        unit = score_unit(run, state.scores, state.targets)
        history = descend(model, feed, lambda p: listener.progress(replace(p, unit=unit)), **chosen["Training"])
        listener.note(history.stopped)
        _save_model(run, model)
        content = to_onnx(model)
        verify_onnx(content, model, splits.validation[:64].read(values))
        write_bytes(path / "model.onnx", content)
        write_context(run, state, table)
        manifest.model = {
            "parameters": model.count_params(),
            "best_epoch": history.best_epoch,
            "onnx_sha256": hashlib.sha256(content).hexdigest(),
        }
        manifest.seconds = round(time.perf_counter() - began, 2)
        del feed, model
        gc.collect()  # compiled functions hold on to the series in circles
        _record(run, table, values, splits, history, test=test)
    return read_run(path)


def _build(recipe: Source, spec: "Spec", options: Mapping[str, Any]) -> "keras.Model":
    import keras

    module = recipe.load()
    try:
        model = module.build_model(spec, **options)
    except Exception as error:  # Whatever a recipe raises is its own: name it and keep its traceback behind.
        what = str(error) or type(error).__name__
        raise UsageError(f"The recipe {recipe.name} cannot be built with these options: {what}") from error
    if not isinstance(model, keras.Model):
        raise UsageError(f"`build_model` in {recipe.path} returns {type(model).__name__}, expected a keras.Model.")
    ends = (
        ("takes in", model.input_shape, (None, spec.steps, spec.features), "begin with `spec.inputs()`"),
        ("gives out", model.output_shape, (None, spec.horizon, len(spec.targets)), "end it in `spec.outputs(x)`"),
    )
    for verb, shape, expected, remedy in ends:
        if shape != expected:
            raise UsageError(f"The recipe {recipe.name} {verb} the shape {shape}, expected {expected}: {remedy}.")
    return model


def _versions() -> dict[str, str]:
    from seqkit import __version__

    own = {"seqkit": __version__, "python": platform.python_version()}
    return own | {library: version(library) for library in LIBRARIES}


def _save_model(run: Run, model: "keras.Model") -> None:
    with whole_file(run.path / "model.keras") as temporary:
        model.save(temporary)


def _record(
    run: Run, table: "Table", values: "np.ndarray", splits: "Splits", history: "History", *, test: bool
) -> None:
    """Writes what training and evaluation gave: history, the linear baseline, scores, plots."""
    import pandas as pd

    from seqkit import plots
    from seqkit.inference import open_run
    from seqkit.results import score_unit, write_results
    from seqkit.scoring import Evaluator, fit_linear

    with whole_file(run.path / "history.csv") as temporary:
        pd.DataFrame(history.epochs).to_csv(temporary, index=False)
    forecaster = open_run(run)
    fit_linear(run, forecaster.state, values, splits)
    evaluator = Evaluator(forecaster, table, values=values)
    parts = {"validation": evaluator.score(splits.validation)}
    if test:
        parts["test"] = evaluator.score(splits.test)
    metrics = write_results(evaluator, parts)
    if "loss" in history.epochs[0]:
        state = forecaster.state
        baselines = metrics["validation"]["models"][1:]
        plots.learning_curve(
            {"validation": history.column("validation_mae")},
            history.best_epoch,
            reference={row["name"]: row["mae"] for row in baselines},
            unit=score_unit(run, state.scores, state.targets),
            path=run.path / "plots" / "learning_curve.png",
        )
