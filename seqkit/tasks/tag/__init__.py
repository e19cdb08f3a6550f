"""The tag task: a tag for every word of a sentence, such as named entities and parts of speech."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="tag",
    summary="Label every word of sentences, such as names.",
    reads={"tagged": {"tag": ("seqkit.tasks.tag.prepare", "prepare")}},
    training={
        "decoding": ("seqkit.tasks.tag.decoding", "choose_decoding"),
        "training": ("seqkit.training.loop", "fit"),
    },
    demo="demo_names",
    answers=("tags words", "tag"),
    commands={"tag": "Tag the words of texts given as arguments, as lines of standard input (-), or in a file."},
    defaults={"batch_size": 16, "epochs": 15},
    settled={"embedding": "vectors"},
)
