"""Scores word vectors on analogies and similarity ratings, next to a count-based baseline."""

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
        data: Must be None: only analogies and pairs score word vectors.
        note: Called with the reason if there is no baseline, and with the vectors of a file that are left out.
        analogies: File of analogies, four words per line, as in word2vec's `questions-words.txt`. Without this and
            `pairs`, Google's analogies and WordSim-353 are used.
        pairs: File of word pairs with human similarity ratings, such as WordSim-353, MEN, SimLex-999 and Rare Words:
            the first two columns are words, and the score is in the column named so, or in the third.
        method: Method for analogies: add or multiply cosines.

    Raises:
        UsageError: `data` is given.
        NotFoundError: A file does not exist.
        DataError: A file is damaged.
    """
    if data is not None:
        raise UsageError("Word vectors are scored on --analogies and --pairs. Leave --data out.")
    questions = find_questions(analogies, pairs, note=note)
    if isinstance(run, Path):
        return score_vectors(open_file(run, note=note), questions, method=method, note=note)
    return score_run(run, questions, method=method, note=note)
