"""The generate task: models of running text or of music, which continue and score it."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="generate",
    summary="Learn a model of running text or music, and generate more of it.",
    reads={
        "corpus": {"generate": ("seqkit.tasks.generate.prepare", "prepare")},
        "music": {"generate": ("seqkit.tasks.generate.music.prepare", "prepare_music")},
    },
    training={
        "streams": ("seqkit.tasks.generate.objective", "stream_options"),
        "mixture": ("seqkit.tasks.generate.mixture", "mix"),
        "training": ("seqkit.training.loop", "fit"),
    },
    demo="demo_tales",
    answers=("generates text or music", "generate"),
    commands={"generate": "Continue a text, or compose music, with a finished run."},
    defaults={"batch_size": 32, "epochs": 10},
    hidden=frozenset({("music", "samples")}),
)
