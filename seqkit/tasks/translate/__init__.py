"""The translate task: a sequence to another of its own length, such as a sentence to its translation."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="translate",
    summary="Translate sentences, or turn any texts into others.",
    reads={
        "pairs": {
            "pairs": ("seqkit.data.pairs.sentence_pairs", "find_pairs"),
            "translate": ("seqkit.tasks.translate.prepare", "prepare"),
        }
    },
    training={
        "objective": ("seqkit.tasks.translate.objective", "translate_objective"),
        "forcing": ("seqkit.tasks.translate.objective", "teacher_forcing"),
        "guidance": ("seqkit.tasks.translate.alignment", "guide"),
        "feed": ("seqkit.tasks.translate.feed", "pair_feed"),
        "search": ("seqkit.tasks.translate.search", "search_options"),
        "training": ("seqkit.training.loop", "fit"),
    },
    demo="demo_commands",
    answers=("translates texts", "translate"),
    commands={"translate": "Translate texts given as arguments, as lines of standard input (-), or in a file."},
    defaults={"epochs": 20, "learning_rate": 2e-3},
    hidden=frozenset({("pairs", "batch_size")}),
)
