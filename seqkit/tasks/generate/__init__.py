"""The generate task: language models of running text, which continue and score it."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="generate",
    summary="Learn a language model of running text, and generate text with it.",
    reads={"corpus": {"generate": ("seqkit.tasks.generate.prepare", "prepare")}},
    training={
        "streams": ("seqkit.tasks.generate.objective", "stream_options"),
        "mixture": ("seqkit.tasks.generate.mixture", "mix"),
        "training": ("seqkit.training.loop", "fit"),
    },
    demo="demo_tales",
    answers=("generates text", "generate"),
    commands={"generate": "Continue a text with a finished run."},
    defaults={"batch_size": 32, "epochs": 5},
)
