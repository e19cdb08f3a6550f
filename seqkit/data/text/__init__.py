"""Text processing: tokenizers, phrases, character n-grams, and corpora larger than memory."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "corpus",
        "running text",
        reader=("seqkit.data.text.corpus_files", "corpus_text"),
        report=("seqkit.data.text.report", "report_text"),
        accepts=("texts",),
        from_frame=("seqkit.data.text.corpus_files", "text_of_frame"),
        multiple_files=True,
    ),
)
