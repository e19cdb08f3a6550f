"""Scores a tagger of series on the test part of its data, or on other rows with labels."""

from contextlib import nullcontext
from typing import Any

from seqkit.data.labelled.splits import PARTS
from seqkit.data.tagged_series.rows import label_rows
from seqkit.data.tagged_series.splits import split_rows
from seqkit.data.tagged_series.windows import pieces_of
from seqkit.errors import DataError, UsageError
from seqkit.options import module_options, resolve
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source
from seqkit.tasks.tag.series.fingerprint import fingerprint_rows
from seqkit.tasks.tag.series.inference import open_series
from seqkit.tasks.tag.series.scoring import score, write_scores

_SPLIT = ("split", "split_by")


def evaluate_series(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all rows of `data` that have a label; see `seqkit.evaluate`."""
    tagger, is_test_part = open_series(run), data is None
    source = (
        training_source(run, "source", "tagged_series") if is_test_part else find_source(data, kind="tagged_series")
    )
    options = _options(run) if is_test_part else {}
    with hide_contents(run, source) if is_test_part else nullcontext():
        frame = source.read(reading_options(run, source))
        rows = label_rows(frame, **options) if is_test_part else tagger.labelled(frame)
    for line in rows.notes:
        note(line)
    if not is_test_part:
        unknown = [name for name in rows.names if name not in tagger.state.labels]
        if unknown:
            note(f"no training row has these labels, which are never found: {', '.join(unknown[:5])}")
        return score(tagger, rows, rows.table.segments).summary()
    if fingerprint_rows(rows) != run.manifest.data.get("sha256"):
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. To score the run on all of it, name it "
            "with --data."
        )
    parts, _ = split_rows(rows, *(run.manifest.options[name] for name in _SPLIT))
    pieces = pieces_of(rows.table.segments, parts, PARTS.index("test"))
    metrics: dict[str, Any] = write_scores(tagger, rows, {"test": score(tagger, rows, pieces)})
    return dict(metrics["test"])


def _options(run: Run) -> dict[str, Any]:
    """Returns the checked options of reading the training table, and the column of labels.

    Raises:
        DataError: `run.json` is damaged.
    """
    known = module_options("seqkit.data.tables.regularise", "regularise")
    given = run.manifest.options
    known = [option for option in known if option.name in given]
    try:
        table = resolve(known, {option.name: given[option.name] for option in known})
        for option in module_options("seqkit.tasks.tag.series.prepare", "prepare_series"):
            option.check(given[option.name]) if option.name in _SPLIT else None
        label = given["label"]
    except (UsageError, KeyError) as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: options: {error} Train the run again.") from error
    if label is not None and not isinstance(label, str):
        raise DataError(f"{run.path / 'run.json'} is damaged: options: label is no text. Train the run again.")
    return {"table": table, "label": label}
