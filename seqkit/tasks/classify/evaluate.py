"""Scores a classification run on its test part or on new examples."""

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seqkit.data.labelled.examples import fingerprint_examples
from seqkit.data.labelled.parts import Part
from seqkit.errors import DataError, UsageError
from seqkit.options import module_options, resolve
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import DataSource, find_source
from seqkit.tasks.classify.reading import read_labelled
from seqkit.tasks.classify.rules import rules_of

if TYPE_CHECKING:
    import numpy as np

    from seqkit.data.labelled.examples import Examples
    from seqkit.tasks.classify.inference import Classifier


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all of `data`; see `seqkit.evaluate`."""
    from seqkit.tasks.classify import prepare as classify
    from seqkit.tasks.classify.scoring import LabelEvaluator, raw_inputs, write_label_results

    classifier, examples, rows = open_part(run, data, note, "test")
    state, is_test_part = classifier.state, data is None
    y_true = classify.encode_labels(state.classes, state.multi_label, [examples.labels[i] for i in rows], "test")
    evaluator = LabelEvaluator(classifier, examples)
    scores = evaluator.score(Part(classifier.encode(raw_inputs(examples, rows)), y_true, rows))
    if is_test_part:
        metrics: dict[str, Any] = write_label_results(evaluator, {"test": scores})["test"]
        return metrics
    return scores.summary(state.classes)


def open_part(run: Run, data: Any, note: Note, part: str) -> "tuple[Classifier, Examples, np.ndarray]":
    """Returns the classifier of a run, and the examples of its training data or others, with the rows of a part.

    Args:
        run: The run.
        data: Other examples, of which all rows count; None for the training data.
        note: Called with one line for each correction made while reading the training data.
        part: A part of the training data: "train", "validation" or "test".

    Raises:
        DataError: The training data has changed.
    """
    import numpy as np

    from seqkit.tasks.classify import prepare as classify
    from seqkit.tasks.classify.inference import open_run

    classifier, manifest, is_own = open_run(run), run.manifest, data is None
    state = classifier.state
    source = training_source(run, "source", state.kind) if is_own else find_source(data, kind=state.kind)
    test, columns = None, _column_options(run)
    if is_own and manifest.data.get("test_source") is not None:
        test = training_source(run, "test_source", state.kind).name
    reading = reading_options(run, source)
    with hide_contents(run, source) if is_own else nullcontext():
        examples = read_labelled(source, reading, columns, test) if is_own else _read_new(source, reading, columns)
    rules = rules_of(run)
    if is_own and rules == 1:
        examples = replace(examples, labels=examples.former_labels, parts=examples.former_parts)
    if is_own and fingerprint_examples(examples) != manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. To score the run on all of it, name it "
            "with --data."
        )
    rows = np.arange(len(examples))
    if is_own:
        rows = classify.split_rows(examples, manifest.options["split"], rules)[part]
        for line in examples.notes:
            note(line)
    return classifier, examples, rows


def _read_new(source: DataSource, reading: dict[str, Any], columns: dict[str, Any]) -> "Examples":
    """Returns the examples of new data, whose columns may have other names than those of the training data."""
    from seqkit.data.labelled.examples import find_examples

    frame = source.read(reading)
    present = {name: value for name, value in columns.items() if name != "text" or value in frame.columns}
    labels = columns.get("label") or ()
    if len(labels) < 2 and not set(labels) <= set(frame.columns):
        del present["label"]  # several columns have no usual name by which they could be found
    return find_examples(frame, **present)


def _column_options(run: Run) -> dict[str, Any]:
    """Returns the options that name the columns of texts and labels, as given in training."""
    given = run.manifest.reading
    try:
        options = resolve(module_options("seqkit.data.labelled.examples", "find_examples"), given)
        return {name: value for name, value in options.items() if name in given}
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error}") from error
