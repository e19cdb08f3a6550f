"""A finished run, made to answer: on ONNX Runtime, from the run directory alone.

Neither Keras nor TensorFlow is imported, nor anything of the run executed; the training data and the recipe may be
gone.
"""

from pathlib import Path

from seqkit.inference.classifier import Classifier
from seqkit.inference.classifier import open_run as open_classifier
from seqkit.inference.forecaster import Forecaster
from seqkit.inference.forecaster import open_run as open_forecaster
from seqkit.runs import read_run


def load(run: str | Path) -> Forecaster | Classifier:
    """Returns what answers with a finished run: a `Forecaster` or a `Classifier`, by the run's task.

    Args:
        run: The run directory.

    Raises:
        NotFoundError: There is no run there.
        DataError: The run is unfinished, damaged, of a newer format, or of a later task.
    """
    read = read_run(run)
    if read.manifest.task == "classify":
        return open_classifier(read)
    return open_forecaster(read)
