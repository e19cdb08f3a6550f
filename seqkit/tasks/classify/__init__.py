"""Classify whole texts or whole series."""

from seqkit.tasks.contract import Task

_EXAMPLES = ("seqkit.data.labelled.examples", "find_examples")

TASK = Task(
    name="classify",
    summary="Assign labels to whole texts or whole series.",
    reads={
        "texts": {"examples": _EXAMPLES, "classify": ("seqkit.tasks.classify.texts", "prepare_texts")},
        "series": {"examples": _EXAMPLES, "classify": ("seqkit.tasks.classify.series", "prepare_series")},
    },
    training={
        "objective": ("seqkit.tasks.classify.objective", "classify_objective"),
        "training": ("seqkit.training.loop", "fit"),
    },
    demo="demo_reviews",
    answers=("labels examples", "predict"),
    commands={"predict": "Label texts given as arguments, as lines of standard input (-), or in a file."},
    settled={"embedding": "vectors"},
    hidden=frozenset({("series", "text")}),
)
