"""Scores of word vectors: analogies, and how people rate pairs of words, beside counted vectors."""

from pathlib import Path
from typing import Any, Literal

from seqkit.errors import UsageError
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.tasks.embed.inference import open_file
from seqkit.tasks.embed.scoring import find_questions, score_run, score_vectors


def evaluate(
    run: Run | Path,
    data: Any,
    note: Note,
    *,
    analogies: str | None = None,
    pairs: str | None = None,
    method: Literal["3cosadd", "3cosmul"] = "3cosadd",
) -> dict[str, Any]:
    """Scores the vectors of a run or of a file; see `seqkit.evaluate`.

    Args:
        run: The run, or the path of a file of word vectors.
        data: None: the vectors are scored by analogies and pairs alone.
        note: Called with a line on what stands in the way of the baseline.
        analogies: A file of analogies, four words a line, as word2vec's `questions-words.txt`; by default Google's,
            with WordSim-353.
        pairs: A file of pairs of words and how alike people rate them; default as for analogies.
        method: How analogies are completed: by adding cosines, or by multiplying them.

    Raises:
        UsageError: Data is given.
        NotFoundError: A file is not there.
        DataError: It is damaged.
    """
    if data is not None:
        raise UsageError("Word vectors are scored by --analogies and --pairs. Leave --data out.")
    questions = find_questions(analogies, pairs)
    if isinstance(run, Path):
        return score_vectors(open_file(run), questions, method=method)
    return score_run(run, questions, method=method, note=note)
