"""A finished run, made to answer: on ONNX Runtime or NumPy, from the run directory alone.

Neither Keras nor TensorFlow is imported, nor anything of the run executed; the training data and the recipe may be
gone.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqkit.tasks.classify.inference import Classifier
    from seqkit.tasks.embed.inference import KeyedVectors
    from seqkit.tasks.forecast.inference import Forecaster


def load(run: str | Path) -> "Forecaster | Classifier | KeyedVectors":
    """Returns what answers with a finished run: a `Forecaster`, a `Classifier` or `KeyedVectors`, by the run's task.

    Args:
        run: The run directory; or a file of word vectors (word2vec, text or binary, or GloVe).

    Raises:
        NotFoundError: There is no run there.
        DataError: The run or file is unfinished, damaged, of a newer format, or of a later task.
    """
    from seqkit.runs.run import read_run

    if os.path.isfile(run):  # False, too, of what is too long to be a name
        from seqkit.tasks.embed.inference import open_file

        return open_file(run)
    read = read_run(run)
    # Each brings libraries that the others do without.
    if read.manifest.task == "classify":
        from seqkit.tasks.classify.inference import open_run as open_classifier

        return open_classifier(read)
    if read.manifest.task == "embed":
        from seqkit.tasks.embed.inference import open_run as open_vectors

        return open_vectors(read)
    from seqkit.tasks.forecast.inference import open_run as open_forecaster

    return open_forecaster(read)


def says(answerer: "Forecaster | Classifier | KeyedVectors") -> tuple[str, str]:
    """Returns what something does that `load` gave, and the command that asks it."""
    does = {
        "Forecaster": ("forecasts a series", "forecast"),
        "Classifier": ("labels examples", "predict"),
        "KeyedVectors": ("holds word vectors", "neighbors"),
    }
    return does[type(answerer).__name__]
