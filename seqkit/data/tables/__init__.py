"""Time-series tables: reading, validation, and the fixes that the user requests."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "table",
        "a table of numbers over time",
        reader=("seqkit.data.tables.reading", "read_frame"),
        options=frozenset({"time", "target", "features", "window", "horizon"}),
        accepts=("tagged_series",),
        is_default=True,
    ),
)
