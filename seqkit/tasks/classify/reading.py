"""Reads labelled examples from a source, and from a test file if there is one."""

from typing import TYPE_CHECKING, Any

from seqkit.sources import DataSource, find_source

if TYPE_CHECKING:
    from seqkit.data.labelled.examples import Examples


def read_labelled(source: DataSource, reading: dict[str, Any], finding: dict[str, Any], test: Any = None) -> "Examples":
    """Returns the examples of a source, followed by those of `test` as the test part if it is given."""
    import pandas as pd

    from seqkit.data.labelled.examples import find_examples

    frame = source.read(reading)
    if test is not None:
        test_source = find_source(test, kind=source.kind)
        names = {option.name for option in test_source.options}
        test_frame = test_source.read({name: value for name, value in reading.items() if name in names})
        parts = frame["part"] if "part" in frame else pd.Series("train", index=frame.index)
        notes = [*frame.attrs.get("notes", ()), *test_frame.attrs.get("notes", ())]
        attrs = {**frame.attrs, "notes": notes}
        frame = pd.concat(
            [frame[parts != "test"].assign(part=parts[parts != "test"]), test_frame.assign(part="test")],
            ignore_index=True,
        )
        frame.attrs = attrs
    return find_examples(frame, **finding)
