"""How good a finished run truly is, on rows or examples that neither training nor validation has seen."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seqkit.errors import UsageError
from seqkit.progress import Note
from seqkit.runs.run import read_run
from seqkit.tasks.classify.evaluate import evaluate as evaluate_labels
from seqkit.tasks.forecast.evaluate import evaluate as evaluate_forecast

if TYPE_CHECKING:
    import pandas as pd


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
        evaluate_labels(read, data, note) if read.manifest.task == "classify" else evaluate_forecast(read, data, note)
    )
