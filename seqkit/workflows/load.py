"""Opens a finished run for inference, on ONNX Runtime or NumPy.

This needs only the run directory, neither training data nor recipe. It does not import Keras or TensorFlow, and
executes no code of the run.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from seqkit.tasks import open_source

if TYPE_CHECKING:
    from seqkit.tasks.classify.inference import Classifier
    from seqkit.tasks.embed.inference import KeyedVectors
    from seqkit.tasks.forecast.inference import Forecaster
    from seqkit.tasks.generate.inference import LanguageModel
    from seqkit.tasks.tag.inference import Tagger
    from seqkit.tasks.tag.series.inference import SeriesTagger
    from seqkit.tasks.translate.inference import Translator


def load(
    run: str | Path,
) -> "Forecaster | Classifier | KeyedVectors | LanguageModel | Tagger | SeriesTagger | Translator":
    """Opens a finished run, by its task: what answers is documented as `Forecaster`, `Classifier` and so on.

    Args:
        run: The run directory, or a file of word vectors (word2vec, text or binary, or GloVe).

    Raises:
        NotFoundError: The directory contains no run.
        DataError: The run or file is unfinished, damaged, of a newer format or of an unknown task.
    """
    predictor: Forecaster | Classifier | KeyedVectors | LanguageModel | Tagger | SeriesTagger | Translator = (
        open_source(run)
    )
    return predictor
