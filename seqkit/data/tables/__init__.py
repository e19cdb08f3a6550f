"""Tables over time: reading, finding what is wrong, and mending it where that is asked for."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "table",
        "a table of numbers over time",
        reader=("seqkit.data.tables.reading", "read_frame"),
        options=frozenset({"time", "target", "features", "window", "horizon"}),
        is_default=True,
    ),
)
