"""Scores translations of the test part of the training data, or of other pairs."""

from typing import Any

from seqkit.data.pairs.sentence_pairs import fingerprint_pairs
from seqkit.data.pairs.splits import split_pairs
from seqkit.errors import DataError
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all of `data`; see `seqkit.evaluate`."""
    from seqkit.tasks.translate.inference import open_run
    from seqkit.tasks.translate.reading import read_translations
    from seqkit.tasks.translate.scoring import Evaluator, write_scores

    translator = open_run(run)
    source = training_source(run, "source", "pairs")
    test = run.manifest.data.get("test_source")
    test_source = None if test is None else training_source(run, "test_source", "pairs").name
    with hide_contents(run, source):
        pairs = read_translations(source, reading_options(run, source), finding_options(run), test_source)
    if fingerprint_pairs(pairs) != run.manifest.data.get("sha256"):
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained, and the baselines are fitted on it. "
            "Restore it, or train again."
        )
    rows = split_pairs(pairs, str(run.manifest.options.get("split")))
    evaluator = Evaluator(translator, pairs, rows)
    if data is None:
        scores: dict[str, Any] = write_scores(run, {"test": evaluator.score("test")})["test"]
        return scores
    other = find_source(data, kind="pairs")
    found = read_translations(other, reading_options(run, other), finding_options(run, other=True))
    for line in found.notes:
        note(line)
    return evaluator.results(found.sources, found.targets, found.rows).summary()


def finding_options(run: Run, *, other: bool = False) -> dict[str, Any]:
    """Returns the options that find the columns of the training pairs.

    Args:
        run: The run.
        other: Whether the columns of other data are wanted: those that were found in training, whatever was said then.
    """
    from seqkit.options import module_options

    known = module_options("seqkit.data.pairs.sentence_pairs", "find_pairs")
    options = {option.name: option.check(run.manifest.reading.get(option.name)) for option in known}
    columns = run.manifest.data.get("columns")
    if other and isinstance(columns, list) and len(columns) == 2:
        options |= {"source": str(columns[0]), "target": str(columns[1])}
    return options
