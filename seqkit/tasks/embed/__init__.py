"""Embed: a vector for each word, so that words used alike have similar vectors."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="embed",
    summary="Learn a vector for each word of running text.",
    reads={"corpus": {"embed": ("seqkit.tasks.embed.prepare", "prepare")}},
    training={"training": ("seqkit.tasks.embed.loop", "fit_vectors")},
    demo="demo_royalty",
    answers=("holds word vectors", "neighbors"),
    commands={
        "neighbors": "Show the words that are nearest to a word, by the cosine of their vectors.",
        "analogy": "Complete an analogy: A is to B as C is to what?",
        "similarity": "Show how alike two words are: the cosine of their vectors, from -1 to 1.",
        "plot": "Draw words as a map: what lies close together has been used alike.",
        "export": "Write word vectors as a file that gensim, spaCy and others read.",
    },
    opens_files=True,
)
