"""Tagged series: tables over time with a label in every row, such as the state of a machine; labels, parts, windows."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "tagged_series",
        "a series with a label in every row",
        reader=("seqkit.data.tables.reading", "read_frame"),
        recognises=("seqkit.data.tagged_series.recognition", "holds_tagged_series"),
        suits=("seqkit.data.tagged_series.recognition", "may_hold_tagged_series"),
        report=("seqkit.data.tagged_series.report", "report_tagged_series"),
        report_options=(
            ("seqkit.data.tables.regularise", "regularise"),
            ("seqkit.data.tagged_series.rows", "label_rows"),
        ),
        options=frozenset({"label", "time", "features", "window"}),
        is_specific=True,
        on_request=True,
    ),
)
