"""How good a finished run truly is, on rows or examples that neither training nor validation has seen."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seqkit.errors import DataError, NotFoundError, SeqkitError, UsageError
from seqkit.options import module_options, resolve
from seqkit.runs.files import check_named
from seqkit.runs.run import Run, read_run
from seqkit.sources import DataSource, find_source, fingerprint, fingerprint_examples, read_labelled

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.data.labelled.examples import Examples

Note = Callable[[str], None]


def evaluate(
    run: "str | Path",
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    analogies: "str | Path | None" = None,
    pairs: "str | Path | None" = None,
    method: Literal["3cosadd", "3cosmul"] = "3cosadd",
    note: Note = lambda line: None,
) -> dict[str, Any]:
    """Scores a finished run on what neither training nor validation has seen.

    Without `data`, the test part of the data it was trained on is scored, and the run keeps the result:
    `metrics.json`, `predictions.csv` and `plots/`. With newer data, nothing is written, and all that lies after the
    validation part is scored; of labelled texts and series, all. Word vectors are scored by analogies and by how people
    rate pairs of words: those of the files given, else Google's analogies and WordSim-353.

    Args:
        run: The run directory; of word vectors, also a file of them.
        data: A dataset's name, a file or a frame. Default: the data the run was trained on.
        analogies: A file of analogies for word vectors, as word2vec's `questions-words.txt` has them.
        pairs: A file of pairs of words and how alike people find them.
        method: How analogies are completed: by adding cosines, or by multiplying them.
        note: Told in one line each what was mended in reading the data.

    Returns:
        How much was scored, and for each thing compared its figures, the model first.

    Raises:
        NotFoundError: The run or the data is not there.
        DataError: The data has changed since training, has no window after the validation part, or has a label that
            training never saw.
    """
    asked = {"--analogies": analogies is not None, "--pairs": pairs is not None, "--method": method != "3cosadd"}
    if os.path.isfile(run):  # False, too, of what is too long to be a name
        from seqkit.tasks.embed.inference import open_file
        from seqkit.tasks.embed.scoring import find_questions, score_vectors

        if data is not None:
            raise UsageError("A file of word vectors is scored by --analogies and --pairs; --data is for runs.")
        return score_vectors(open_file(run), find_questions(analogies, pairs), method=method)
    read = read_run(run)
    if read.manifest.task == "embed":
        from seqkit.tasks.embed.scoring import find_questions, score_run

        if data is not None:
            raise UsageError("Word vectors are scored by --analogies and --pairs; --data is for other runs.")
        return score_run(read, find_questions(analogies, pairs), method=method, note=note)
    if any(asked.values()):
        flag = next(name for name, given in asked.items() if given)
        raise UsageError(
            f"{flag} is for word vectors; the run {run} answers the task '{read.manifest.task}'. Leave {flag} out."
        )
    return (
        _evaluate_labels(read, data, note) if read.manifest.task == "classify" else _evaluate_forecast(read, data, note)
    )


def _evaluate_forecast(run: Run, data: Any, note: Note) -> dict[str, Any]:
    from seqkit.tasks.forecast.inference import open_run
    from seqkit.tasks.forecast.results import score_unit, write_results
    from seqkit.tasks.forecast.scoring import Evaluator

    forecaster, manifest, own = open_run(run), run.manifest, data is None
    source = _training_source(run, "source", "table") if own else find_source(data, kind="table")
    reading = _reading(run, source)
    with _not_quoted(run, source) if own else nullcontext():
        table = forecaster.table(source.read(reading))
    if own and fingerprint(table, table.frame.columns) != manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. Give it with --data to score the run on "
            "all rows after its validation part."
        )
    for line in table.notes:
        note(line)
    evaluator = Evaluator(forecaster, table, open_end=not own)
    if not len(evaluator.splits.test):
        raise DataError(
            f"The data has no window whose targets lie after the validation part, which ends at "
            f"{str(forecaster.state.borders[1]).removesuffix('.000000000')}. Give newer rows with --data."
        )
    part = evaluator.score(evaluator.splits.test)
    if own:
        scores: dict[str, Any] = write_results(evaluator, {"test": part})["test"]
        return scores
    state = forecaster.state
    return part.summary(table, state, score_unit(manifest.units, state.scores, state.targets))


def _evaluate_labels(run: Run, data: Any, note: Note) -> dict[str, Any]:
    import numpy as np

    from seqkit.tasks.classify import prepare as classify
    from seqkit.tasks.classify.inference import open_run
    from seqkit.tasks.classify.scoring import LabelEvaluator, inputs_of, write_label_results

    classifier, manifest, own = open_run(run), run.manifest, data is None
    state = classifier.state
    source = _training_source(run, "source", state.kind) if own else find_source(data, kind=state.kind)
    test, finding = None, _finding(run)
    if own and manifest.data.get("test_source") is not None:
        test = _training_source(run, "test_source", state.kind).name
    reading = _reading(run, source)
    with _not_quoted(run, source) if own else nullcontext():
        examples = read_labelled(source, reading, finding, test) if own else _new_examples(source, reading, finding)
    if own and fingerprint_examples(examples) != manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. Give it with --data to score the run on "
            "all of it."
        )
    rows = classify.find_parts(examples, manifest.options["split"])["test"] if own else np.arange(len(examples))
    if own:
        for line in examples.notes:
            note(line)
    truth = classify.encode_labels(state.classes, state.several, [examples.labels[i] for i in rows], "test")
    evaluator = LabelEvaluator(classifier, examples)
    scores = evaluator.score(classify.Part(classifier.encode(inputs_of(examples, rows)), truth, rows))
    if own:
        written: dict[str, Any] = write_label_results(evaluator, {"test": scores})["test"]
        return written
    return scores.summary(state.classes)


def _new_examples(source: DataSource, reading: dict[str, Any], finding: dict[str, Any]) -> "Examples":
    """Returns examples of another file: its columns may be called otherwise than those of training."""
    from seqkit.data.labelled.examples import find_examples

    frame = source.read(reading)
    here = {name: value for name, value in finding.items() if name == "separator" or value in frame.columns}
    return find_examples(frame, **here)


def _reading(run: Run, source: DataSource) -> dict[str, Any]:
    """Returns how the data is read: as that of training was, as far as it has the same options."""
    options = run.manifest.options
    try:
        return {o.name: o.check(options[o.name]) for o in source.options if o.name in options}
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: options: {error}") from error


def _finding(run: Run) -> dict[str, Any]:
    """Returns how texts and labels are found in the data: as in that of training."""
    given = run.manifest.reading
    try:
        options = resolve(module_options("seqkit.data.labelled.examples", "find_examples"), given)
        return {name: value for name, value in options.items() if name in given}
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error}") from error


@contextmanager
def _not_quoted(run: Run, source: DataSource) -> Iterator[None]:
    """Says nothing of what stands in a file that `run.json` names: it may be another one than that of training."""
    try:
        yield
    except SeqkitError as error:
        if source.dataset is not None:
            raise
        raise DataError(
            f"{source.name}, on which the run {run.path} says it was trained, cannot be read as it was then. Give the "
            "data with --data; what is wrong in it is told then."
        ) from error


def _training_source(run: Run, which: str, kind: str) -> DataSource:
    file, name = run.path / "run.json", run.manifest.data.get(which)
    if not isinstance(name, str):
        raise DataError(f"{file} is damaged: data.{which}: it is no name. Train the run again.")
    check_named(file, name)
    if name in ("frame", "-"):
        raise DataError(f"The run {run.path} was trained on data without a name. Give it again with --data.")
    try:
        return find_source(name, kind=kind)
    except NotFoundError as error:
        raise NotFoundError(
            f"The run {run.path} was trained on '{name}', which is not there any more. Give the data with --data."
        ) from error
