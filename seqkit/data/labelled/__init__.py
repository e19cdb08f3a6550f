"""Labelled examples, texts or series: reading, column detection, splits."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "series",
        "labelled series",
        reader=("seqkit.data.labelled.series_files", "read_series"),
        recognises=("seqkit.data.labelled.recognition", "holds_series"),
        report=("seqkit.data.labelled.report", "report_examples"),
        report_options=(("seqkit.data.labelled.examples", "find_examples"),),
        is_exclusive=True,
    ),
    Kind(
        "texts",
        "labelled texts",
        reader=("seqkit.data.labelled.text_files", "read_examples"),
        recognises=("seqkit.data.labelled.recognition", "holds_texts"),
        report=("seqkit.data.labelled.report", "report_examples"),
        report_options=(("seqkit.data.labelled.examples", "find_examples"),),
        options=frozenset({"text", "label"}),
    ),
)
