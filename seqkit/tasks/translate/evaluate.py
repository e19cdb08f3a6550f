"""Scores translations of the test part of the training data, or of other pairs."""

from typing import Any

from seqkit.data.pairs.sentence_pairs import fingerprint_pairs
from seqkit.data.pairs.splits import split_pairs
from seqkit.errors import DataError
from seqkit.options import module_options
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all of `data`; see `seqkit.evaluate`."""
    from seqkit.tasks.translate.inference import open_run
    from seqkit.tasks.translate.reading import read_new_pairs, read_translations
    from seqkit.tasks.translate.scoring import Evaluator, write_scores

    translator = open_run(run)
    source = training_source(run, "source", "pairs")
    test = run.manifest.data.get("test_source")
    test_source = None if test is None else training_source(run, "test_source", "pairs").name
    with hide_contents(run, source):
        pairs = read_translations(source, reading_options(run, source), _finding_options(run), test_source)
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
    found = read_new_pairs(other, reading_options(run, other), pairs.columns)
    for line in found.notes:
        note(line)
    return evaluator.results(found.sources, found.targets, found.rows).summary()


def _finding_options(run: Run) -> dict[str, Any]:
    """Returns the options that find the columns of the training pairs."""
    known = module_options("seqkit.data.pairs.sentence_pairs", "find_pairs")
    return {option.name: option.check(run.manifest.reading.get(option.name)) for option in known}
