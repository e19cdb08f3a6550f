"""Scores of a run that labels, on its test part or on new examples."""

from contextlib import nullcontext
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

if TYPE_CHECKING:
    from seqkit.data.labelled.examples import Examples


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all of `data`; see `seqkit.evaluate`."""
    import numpy as np

    from seqkit.tasks.classify import prepare as classify
    from seqkit.tasks.classify.inference import open_run
    from seqkit.tasks.classify.scoring import LabelEvaluator, inputs_of, write_label_results

    classifier, manifest, own = open_run(run), run.manifest, data is None
    state = classifier.state
    source = training_source(run, "source", state.kind) if own else find_source(data, kind=state.kind)
    test, finding = None, _finding(run)
    if own and manifest.data.get("test_source") is not None:
        test = training_source(run, "test_source", state.kind).name
    reading = reading_options(run, source)
    with hide_contents(run, source) if own else nullcontext():
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
    y_true = classify.encode_labels(state.classes, state.multi_label, [examples.labels[i] for i in rows], "test")
    evaluator = LabelEvaluator(classifier, examples)
    scores = evaluator.score(Part(classifier.encode(inputs_of(examples, rows)), y_true, rows))
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


def _finding(run: Run) -> dict[str, Any]:
    """Returns how texts and labels are found in the data: as in that of training."""
    given = run.manifest.reading
    try:
        options = resolve(module_options("seqkit.data.labelled.examples", "find_examples"), given)
        return {name: value for name, value in options.items() if name in given}
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error}") from error
