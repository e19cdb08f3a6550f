"""Labelled examples from a source, and those of a test file as its test part."""

from typing import TYPE_CHECKING, Any

from seqkit.sources import DataSource, find_source

if TYPE_CHECKING:
    from seqkit.data.labelled.examples import Examples


def read_labelled(source: DataSource, reading: dict[str, Any], finding: dict[str, Any], test: Any = None) -> "Examples":
    """Returns the examples of a source, and those of `test` behind them as the test part, where they are given."""
    import pandas as pd

    from seqkit.data.labelled.examples import find_examples

    frame = source.read(reading)
    if test is not None:
        own = find_source(test, kind=source.kind)
        names = {option.name for option in own.options}
        held_out = own.read({name: value for name, value in reading.items() if name in names})
        known = frame["part"] if "part" in frame else pd.Series("train", index=frame.index)
        notes = [*frame.attrs.get("notes", ()), *held_out.attrs.get("notes", ())]
        attrs = {**frame.attrs, "notes": notes}
        frame = pd.concat(
            [frame[known != "test"].assign(part=known[known != "test"]), held_out.assign(part="test")],
            ignore_index=True,
        )
        frame.attrs = attrs
    return find_examples(frame, **finding)
