"""Scores a language model on the test part of its text, or on another text."""

import hashlib
from contextlib import nullcontext
from typing import Any

from seqkit.errors import DataError
from seqkit.options import module_options, resolve
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Scores a run on its test part, or on all of `data`; see `seqkit.evaluate`."""
    from seqkit.tasks.generate.inference import open_text
    from seqkit.tasks.generate.opening import is_music
    from seqkit.tasks.generate.prepare import Part, prepare
    from seqkit.tasks.generate.scoring import score, write_scores

    if is_music(run):
        from seqkit.tasks.generate.music.evaluate import evaluate_music

        return evaluate_music(run, data)
    model, is_test_part = open_text(run), data is None
    source = training_source(run, "source", "corpus") if is_test_part else find_source(data, kind="corpus")
    with hide_contents(run, source) if is_test_part else nullcontext():
        text = "".join(source.read(reading_options(run, source)))
    if not is_test_part:
        ids = model.units.encode(text)
        unknown = int((ids == 0).sum())
        if unknown:
            note(f"{unknown:,} of {len(ids):,} tokens do not occur in the training text: all are scored as one token")
        return score(model, Part(ids, len(text))).summary()
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != run.manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. To score the run on all of it, name it "
            "with --data."
        )
    known = module_options("seqkit.tasks.generate.prepare", "prepare")
    options = {option.name: run.manifest.options[option.name] for option in known}
    _, _, splits = prepare(text, **resolve(known, options))
    metrics: dict[str, Any] = write_scores(model, {"test": score(model, splits.test, splits.validation.ids)})["test"]
    return metrics
