"""Where data comes from: a dataset by name, a file by path, standard input, or a frame already in memory.

Whatever it is, it becomes a frame and the protocol that comes with it; the reading options turn that into a table.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from seqkit.data.files.sniffing import LABEL_NAMES, TEXT_NAMES, kind_of, usual
from seqkit.errors import DataError, NotFoundError, UsageError, nearest
from seqkit.options import Option, module_options
from seqkit.registry import Source, datasets, files_beside
from seqkit.stopwatch import spent

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.data.labelled.examples import Examples

_READERS = {
    "table": ("seqkit.data.tables.reading", "read_frame"),
    "texts": ("seqkit.data.labelled.text_files", "read_examples"),
    "series": ("seqkit.data.labelled.ts_files", "read_ts"),
    "corpus": ("seqkit.data.text.corpus_files", "corpus_text"),
}

_TELLING = {"table": {"time", "target", "features", "window", "horizon"}, "texts": {"text", "label"}}
"""Options that only one kind of data has: where one is given, a file that could be either is that."""

_NAMES = {
    "table": "a table of numbers over time",
    "texts": "labelled texts",
    "series": "labelled series",
    "corpus": "running text",
    "analogies": "analogies",
    "pairs": "pairs of words",
}


@dataclass(frozen=True)
class DataSource:
    """Data that has been named and not yet been read.

    Attributes:
        name: What it is called: the dataset, the file's path, "-" or "frame".
        dataset: The dataset it is, if it is one.
        frame: The frame it is, if it is one.
        kind: What it holds: a "table" of numbers over time, labelled "texts", labelled "series", or a "corpus" of
            running text.
        files: The files of a corpus, where it is in files.
    """

    name: str
    dataset: Source | None = None
    frame: "pd.DataFrame | None" = None
    kind: str = "table"
    files: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """A short name, fit for a directory."""
        return "stdin" if self.name == "-" else Path(self.name).name.partition(".")[0] or "data"

    @property
    def protocol(self) -> dict[str, Any]:
        """Options that come with a dataset; those that are given go before them."""
        return dict(self.dataset.constants.get("PROTOCOL", {})) if self.dataset else {}

    @property
    def units(self) -> dict[str, str]:
        """Units by column, where a dataset tells them."""
        return dict(self.dataset.constants.get("UNITS", {})) if self.dataset else {}

    @property
    def options(self) -> list[Option]:
        """Options of loading it: a simulated dataset's length and seed, a file's encoding."""
        if self.dataset is not None:
            return self.dataset.options("load")
        return [] if self.frame is not None else module_options(*_READERS[self.kind])

    @spent("reading the data")
    def read(self, options: Mapping[str, Any]) -> "pd.DataFrame":
        """Returns the data as a frame, as it stands."""
        if self.frame is not None:
            return self.frame
        if self.dataset is not None:
            frame: pd.DataFrame = self.dataset.load().load(**options)
            frame.attrs["source"] = self.name
            return frame
        if self.kind == "texts":
            from seqkit.data.labelled.text_files import read_examples

            return read_examples(self.name, **options)
        if self.kind == "series":
            from seqkit.data.labelled.ts_files import read_ts

            return read_ts(self.name, **options)
        from seqkit.data.tables.reading import read_frame

        return read_frame(self.name, **options)

    def text(self, options: Mapping[str, Any]) -> Iterator[str]:
        """Returns the running text of a corpus, a piece at a time.

        Raises:
            DataError: The data is a table without a column "text".
        """
        from seqkit.data.text.corpus_files import corpus_text, frame_text

        if self.files:
            return corpus_text(self.files, **options)
        frame = self.read(options)
        if "text" not in frame:
            raise DataError(
                f"{self.name} has no column 'text'. Its columns: {', '.join(map(str, frame.columns))}. "
                "Call one of them so."
            )
        return frame_text(frame["text"].dropna().astype(str))


def find_source(
    data: "str | Path | Sequence[str | Path] | pd.DataFrame", options: Iterable[str] = (), *, kind: str | None = None
) -> DataSource:
    """Returns the data that is meant: a dataset's name goes before a file's path.

    Args:
        data: A dataset's name, a path, "-" for standard input, or a frame; of a corpus, also several paths.
        options: Names of the options that are given with it; some say what a file is meant to hold.
        kind: What it must hold; by default what its head tells.

    Raises:
        NotFoundError: It is neither; the nearest file or dataset is suggested.
        UsageError: The name is empty, or a dataset holds something else than it must.
    """
    told = kind or next((own for own, names in _TELLING.items() if names & set(options)), None)
    if isinstance(data, (list, tuple)) and len(data) == 1:
        data = data[0]
    if isinstance(data, (list, tuple)):
        if kind != "corpus":
            raise UsageError(f"{len(data)} files are given, and only word vectors are learned from several: give one.")
        return DataSource(", ".join(map(str, data)), kind="corpus", files=tuple(str(_found(each)) for each in data))
    if not isinstance(data, (str, Path)):
        frame = cast("pd.DataFrame", data)
        holds = _kind_of_frame(frame)
        return DataSource("frame", frame=frame, kind=kind or (holds if holds == "series" else told or holds))
    name, known = str(data), datasets()
    if name in known:
        holds = known[name].constants.get("KIND", "table")
        if kind not in (None, holds) and (kind, holds) != ("corpus", "texts"):
            raise UsageError(f"The dataset {name} holds {_NAMES[holds]}, not {_NAMES[str(kind)]}: name other data.")
        return DataSource(name, dataset=known[name], kind=kind or holds)
    if not name.strip():
        raise UsageError(f"The name of the data is empty. {nearest(name, known)}")
    if name == "-" or _exists(Path(name)):
        if kind == "corpus":
            return DataSource(name, kind=kind, files=(name,))
        found = kind or kind_of(name)
        return DataSource(name, kind=told or found if found != "series" else found)
    hint = nearest(Path(name).name, [*known, *files_beside(Path(name))])
    hint = hint if hint.startswith("Did") else nearest(name, known)
    raise NotFoundError(f"There is no dataset and no file '{name}'. {hint}")


def _found(path: "str | Path") -> "str | Path":
    """Returns the path of one of several files, or refuses it."""
    if str(path) != "-" and not _exists(Path(path)):
        hint = nearest(Path(path).name, files_beside(Path(path)))
        raise NotFoundError(f"There is no file '{path}'. {hint} Of several, each must be a file.")
    return path


def _kind_of_frame(frame: "pd.DataFrame") -> str:
    names = [str(name) for name in frame.columns]
    if "series" in names and len(frame) and getattr(frame["series"].iloc[0], "ndim", 0) == 2:
        return "series"
    return "texts" if usual(names, TEXT_NAMES) and usual(names, LABEL_NAMES) else "table"


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # False, too, of what is too long to be a name, or holds a NUL.


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
