"""Where data comes from: a dataset by name, a file by path, standard input, or a frame already in memory.

Whatever it is, it becomes a frame and the protocol that comes with it; the reading options turn that into a table.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from seqkit.data.files.sniffing import kind_of
from seqkit.data.kinds import default_kind, imported, kinds
from seqkit.errors import NotFoundError, UsageError, listed, nearest
from seqkit.options import Option, module_options
from seqkit.registry import Source, datasets, sibling_files
from seqkit.stopwatch import spent

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DataSource:
    """Data that has been named and not yet been read.

    Attributes:
        name: What it is called: the dataset, the file's path, "-" or "frame".
        dataset: The dataset it is, if it is one.
        frame: The frame it is, if it is one.
        kind: The kind of data it is read as; see `seqkit.data.kinds`.
        files: The files, of a kind that may be spread over several.
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
        reader = kinds()[self.kind].reader
        return [] if self.frame is not None or reader is None else module_options(*reader)

    @spent("reading the data")
    def read(self, options: Mapping[str, Any]) -> Any:
        """Returns the data as its kind's reader gives it: a frame, or, of running text, an iterator of pieces.

        Args:
            options: Values of `options`.
        """
        kind = kinds()[self.kind]
        if self.frame is None and self.dataset is None:
            assert kind.reader is not None  # a kind without one is never recognised in a file
            return imported(kind.reader)(self.files if kind.multiple_files else self.name, **options)
        frame = self.frame
        if self.dataset is not None:
            frame = self.dataset.load().load(**options)
            frame.attrs["source"] = self.name
        return frame if kind.from_frame is None else imported(kind.from_frame)(frame)


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
    if isinstance(data, (list, tuple)) and len(data) == 1:
        data = data[0]
    if isinstance(data, (list, tuple)):
        if kind is None or not kinds()[kind].multiple_files:
            many = listed(card.title for card in kinds().values() if card.multiple_files)
            raise UsageError(f"{len(data)} files are given, and only {many} may be spread over several: give one.")
        return DataSource(", ".join(map(str, data)), kind=kind, files=tuple(str(_found(path)) for path in data))
    if not isinstance(data, (str, Path)):
        frame = cast("pd.DataFrame", data)
        return DataSource("frame", frame=frame, kind=kind or _recognised(frame, options))
    name, known = str(data), datasets()
    if name in known:
        holds = known[name].constants.get("KIND", default_kind())
        if kind not in (None, holds) and holds not in kinds()[str(kind)].accepts:
            raise UsageError(
                f"The dataset {name} holds {kinds()[holds].title}, not {kinds()[str(kind)].title}: name other data."
            )
        return DataSource(name, dataset=known[name], kind=kind or holds)
    if not name.strip():
        raise UsageError(f"The name of the data is empty. {nearest(name, known)}")
    if name == "-" or _exists(Path(name)):
        kind = kind or _recognised(name, options)
        return DataSource(name, kind=kind, files=(name,) if kinds()[kind].multiple_files else ())
    hint = nearest(Path(name).name, [*known, *sibling_files(Path(name))])
    hint = hint if hint.startswith("Did") else nearest(name, known)
    raise NotFoundError(f"There is no dataset and no file '{name}'. {hint}")


def _recognised(data: "str | pd.DataFrame", options: Iterable[str]) -> str:
    """Returns the kind of data, by what it holds and, where that may be of several kinds, by the options given."""
    found = kind_of(data)
    if kinds()[found].is_exclusive:
        return found
    default_first = sorted(kinds().values(), key=lambda card: not card.is_default)
    return next((card.name for card in default_first if card.options & set(options)), found)


def _found(path: "str | Path") -> "str | Path":
    """Returns the path of one of several files, or refuses it."""
    if str(path) != "-" and not _exists(Path(path)):
        hint = nearest(Path(path).name, sibling_files(Path(path)))
        raise NotFoundError(f"There is no file '{path}'. {hint} Of several, each must be a file.")
    return path


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # False, too, of what is too long to be a name, or holds a NUL.
