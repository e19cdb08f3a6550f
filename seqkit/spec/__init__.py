"""Specification of a model's inputs and outputs.

A recipe gets both from its `Spec` and defines only the layers in between. Methods import Keras when they need it, so
that a spec can be created, compared and stored without Keras.
"""

from seqkit.spec.classes import Classes
from seqkit.spec.forecast import Forecast
from seqkit.spec.linear_window import LinearWindow
from seqkit.spec.model_spec import Spec
from seqkit.spec.next_token import NextToken
from seqkit.spec.notes import Notes
from seqkit.spec.sentences import Sentences
from seqkit.spec.tags import Tags
from seqkit.spec.target_tokens import TargetTokens
from seqkit.spec.tokens import Tokens
from seqkit.spec.vectors import Vectors
from seqkit.spec.window import SERIES_PAD, Window
from seqkit.spec.words import Words

__all__ = [
    "SERIES_PAD",
    "Classes",
    "Forecast",
    "LinearWindow",
    "NextToken",
    "Notes",
    "Sentences",
    "Spec",
    "Tags",
    "TargetTokens",
    "Tokens",
    "Vectors",
    "Window",
    "Words",
]
