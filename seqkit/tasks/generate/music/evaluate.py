"""Scores a model of music on the test part of its data, or on other pieces."""

from contextlib import nullcontext
from typing import Any

from seqkit.errors import DataError
from seqkit.options import module_options, resolve
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source
from seqkit.tasks.generate.music.inference import open_music
from seqkit.tasks.generate.music.prepare import fingerprint, prepare_music, read_pieces
from seqkit.tasks.generate.music.scoring import score, write_scores


def evaluate_music(run: Run, data: Any) -> dict[str, Any]:
    """Scores a run on its test part, or on all pieces of `data`; see `seqkit.evaluate`."""
    model, is_test_part = open_music(run), data is None
    source = training_source(run, "source", "music") if is_test_part else find_source(data, kind="music")
    with hide_contents(run, source) if is_test_part else nullcontext():
        frame = source.read(reading_options(run, source))
    if not is_test_part:
        pieces, _ = read_pieces(frame)
        voices = pieces[0].shape[1]
        if voices != model.state.voices:
            raise DataError(
                f"{source.name} has {voices} voice{'s' * (voices != 1)}, expected {model.state.voices}, those of the "
                f"run {run.path}. Name other data."
            )
        return score(model, pieces).summary()
    known = module_options("seqkit.tasks.generate.music.prepare", "prepare_music")
    options = {option.name: run.manifest.options[option.name] for option in known}
    _, splits = prepare_music(frame, **resolve(known, options))
    if fingerprint(splits) != run.manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. To score the run on all of it, name it "
            "with --data."
        )
    metrics: dict[str, Any] = write_scores(run, {"test": score(model, splits.test)})["test"]
    return metrics
