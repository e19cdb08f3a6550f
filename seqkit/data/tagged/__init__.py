"""Tagged words: sentences with one tag per word, such as names or parts of speech; reading, tag schemes, splits."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "tagged",
        "tagged words",
        reader=("seqkit.data.tagged.reading", "read_tagged"),
        recognises=("seqkit.data.tagged.recognition", "holds_tagged"),
        report=("seqkit.data.tagged.report", "report_tagged"),
        from_frame=("seqkit.data.tagged.token_tables", "corpus_of_frame"),
        is_exclusive=True,
        on_request=True,
    ),
)
