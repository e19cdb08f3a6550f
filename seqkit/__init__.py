"""From a file of numbers to an honest, portable sequence model.

The names below are looked up when they are first used: importing `seqkit` imports neither Keras nor TensorFlow, nor
pandas, nor Matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seqkit.version import installed_version

if TYPE_CHECKING:
    from seqkit.estimators.classifier import Classifier
    from seqkit.estimators.forecaster import Forecaster
    from seqkit.spec import Spec
    from seqkit.workflows.auto import train_auto
    from seqkit.workflows.backtest import backtest
    from seqkit.workflows.evaluate import evaluate
    from seqkit.workflows.export import export
    from seqkit.workflows.load import load
    from seqkit.workflows.train import resume, train

    __version__: str

__all__ = [
    "Classifier",
    "Forecaster",
    "Spec",
    "__version__",
    "backtest",
    "evaluate",
    "export",
    "load",
    "resume",
    "train",
    "train_auto",
]

_HOME = {
    "Classifier": "seqkit.estimators.classifier",
    "Forecaster": "seqkit.estimators.forecaster",
    "Spec": "seqkit.spec",
    "backtest": "seqkit.workflows.backtest",
    "evaluate": "seqkit.workflows.evaluate",
    "export": "seqkit.workflows.export",
    "load": "seqkit.workflows.load",
    "resume": "seqkit.workflows.train",
    "train": "seqkit.workflows.train",
    "train_auto": "seqkit.workflows.auto",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = installed_version()
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'seqkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
