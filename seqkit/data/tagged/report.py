"""Report of `seqkit check` on tagged words."""

from __future__ import annotations

import numpy as np

from seqkit.data.report import DataReport, counted, label_facts, part_facts, spread
from seqkit.data.tagged.schemes import spans_of
from seqkit.data.tagged.sentences import TaggedCorpus


def report_tagged(corpus: TaggedCorpus) -> DataReport:
    """Returns the contents of sentences with tags.

    Args:
        corpus: What the reader of this kind returns.
    """
    lengths = np.array([len(sentence) for sentence in corpus.sentences])
    if corpus.scheme == "plain":
        found, noun = [tag for tags in corpus.tags for tag in tags], "words"
    else:
        found, noun = [span.label for tags in corpus.tags for span in spans_of(tags, corpus.scheme)], "spans"
    labels, counts, notes = label_facts(found, noun)
    parts, sizes = part_facts(corpus.parts)
    documents = len({sentence.document for sentence in corpus.sentences})
    facts = [
        ("scheme", "plain tags, one a word" if corpus.scheme == "plain" else corpus.scheme),
        labels,
        *parts,
        ("sentences", spread(lengths, "words")),
        ("words", f"{lengths.sum():,}, {len({word for words in corpus.words for word in words}):,} different"),
        *([("documents", f"{documents:,}")] if corpus.has_documents else []),
    ]
    repeated = len(corpus) - len(set(corpus.words))
    if repeated:
        notes.append(
            f"{counted(repeated, 'sentence repeats', 'sentences repeat')} an earlier one; copies stay in the same part"
        )
    kept = [note for note in corpus.notes if not note.startswith(("parts: ", "tags: "))]
    values = {
        "sentences": len(corpus),
        "words": int(lengths.sum()),
        "scheme": corpus.scheme,
        "labels": counts,
        "parts": sizes,
        "repeated": repeated,
    }
    return DataReport(f"{corpus.source}: {len(corpus):,} sentences of tagged words", facts, values, [*kept, *notes])
