"""Learn word vectors: words used in similar contexts get similar vectors."""

from seqkit.tasks.contract import Task

TASK = Task(
    name="embed",
    summary="Learn word vectors from running text.",
    reads={"corpus": {"embed": ("seqkit.tasks.embed.prepare", "prepare")}},
    training={"training": ("seqkit.tasks.embed.loop", "fit_vectors")},
    demo="demo_royalty",
    answers=("holds word vectors", "neighbors"),
    commands={
        "neighbors": "Print the words nearest to a word, by cosine similarity.",
        "analogy": "Complete an analogy: A is to B as C is to what?",
        "similarity": "Print the cosine similarity of two words, from -1 to 1.",
        "plot": "Plot a two-dimensional map of words.",
        "export": "Write word vectors to a file for gensim, spaCy and others.",
    },
    settled={"dim": "vectors"},
    opens_files=True,
)
