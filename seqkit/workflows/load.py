"""Opens a finished run to answer: on ONNX Runtime or NumPy, from the run directory alone.

Neither Keras nor TensorFlow is imported, nor anything of the run executed; the training data and the recipe may be
gone.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from seqkit.tasks import open_source

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
    answers: Forecaster | Classifier | KeyedVectors = open_source(run)
    return answers
