"""The tag task: a tag for every word of a sentence, such as names, or for every row of a series, such as states."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="tag",
    summary="Label the words of sentences, or the rows of a series.",
    reads={
        "tagged": {"tag": ("seqkit.tasks.tag.prepare", "prepare")},
        "tagged_series": {
            "table": ("seqkit.data.tables.regularise", "regularise"),
            "labels": ("seqkit.data.tagged_series.rows", "label_rows"),
            "tag": ("seqkit.tasks.tag.series.prepare", "prepare_series"),
        },
    },
    training={
        "decoding": ("seqkit.tasks.tag.decoding", "choose_decoding"),
        "training": ("seqkit.training.loop", "fit"),
    },
    kind_training={
        "tagged_series": {
            "mixture": ("seqkit.tasks.tag.series.mixture", "choose_share"),
            "training": ("seqkit.training.loop", "fit"),
        }
    },
    demo="demo_names",
    answers=("tags words or rows of series", "tag"),
    commands={"tag": "Tag the words of texts, or the rows of series, with a finished run."},
    defaults={"batch_size": 16, "epochs": 15},
    settled={"embedding": "vectors"},
    hidden=frozenset(
        ("tagged_series", name) for name in ("target", "wide", "interval", "resample", "resample_with", "min_labels")
    ),
)
