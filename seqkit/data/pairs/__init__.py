"""Sentence pairs, such as translations: reading, column detection, splits without shared sentences."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "pairs",
        "sentence pairs",
        reader=("seqkit.data.pairs.pair_files", "read_pairs"),
        recognises=("seqkit.data.pairs.recognition", "holds_pairs"),
        report=("seqkit.data.pairs.report", "report_pairs"),
        report_options=(("seqkit.data.pairs.sentence_pairs", "find_pairs"),),
        options=frozenset({"source", "target"}),
        multiple_files=True,
        is_specific=True,
        is_fallback=True,
    ),
)
