"""Sources of data: a dataset by name, files by path, standard input, or a frame in memory."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.data.files.sniffing import kind_of, suitable_kind
from seqkit.data.kinds import default_kind, imported, kinds
from seqkit.errors import NotFoundError, UsageError, listed, nearest
from seqkit.options import Option, module_options
from seqkit.registry import Source, datasets, sibling_files
from seqkit.stopwatch import spent

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DataSource:
    """A source of data that has not been read yet.

    Attributes:
        name: Name of the dataset, path of the file, "-" for standard input, or "frame".
        dataset: The dataset, if it is one.
        frame: The frame, if it is one.
        kind: The kind of data; see `seqkit.data.kinds`.
        files: The files, for kinds that take several.
    """

    name: str
    dataset: Source | None = None
    frame: "pd.DataFrame | None" = None
    kind: str = "table"
    files: tuple[str, ...] = ()
    _peeked: list[tuple[dict[str, Any], Any]] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def label(self) -> str:
        """Short name, suitable for a directory."""
        return "stdin" if self.name == "-" else Path(self.name).name.partition(".")[0] or "data"

    @property
    def protocol(self) -> dict[str, Any]:
        """Options set by a dataset's protocol; options given by the user take precedence."""
        return dict(self.dataset.constants.get("PROTOCOL", {})) if self.dataset else {}

    @property
    def units(self) -> dict[str, str]:
        """Units by column, as documented by a dataset."""
        return dict(self.dataset.constants.get("UNITS", {})) if self.dataset else {}

    @property
    def options(self) -> list[Option]:
        """Options of reading: for example the length and seed of simulated data, or the encoding of a file."""
        if self.dataset is not None:
            return self.dataset.options("load")
        reader = kinds()[self.kind].reader
        return [] if self.frame is not None or reader is None else module_options(*reader)

    def peek(self, options: Mapping[str, Any]) -> Any:
        """Reads the data as `read` does, and keeps it for further calls of either with the same options.

        Args:
            options: Values of `options`.
        """
        data = self.read(options)
        self._peeked[:] = [(dict(options), data)]
        return data

    @spent("reading the data")
    def read(self, options: Mapping[str, Any]) -> Any:
        """Reads the data: a frame, or for running text an iterator of chunks.

        Args:
            options: Values of `options`.
        """
        for known, data in self._peeked:
            if known == options:
                return data
        kind = kinds()[self.kind]
        if self.frame is None and self.dataset is None:
            assert kind.reader is not None  # a file is never recognised as a kind without a reader
            return imported(kind.reader)(self.files if kind.multiple_files else self.name, **options)
        frame = self.frame
        if self.dataset is not None:
            frame = self.dataset.load().load(**options)
            frame.attrs["source"] = self.name
        return frame if kind.from_frame is None else imported(kind.from_frame)(frame)


def find_source(
    data: "str | Path | Sequence[str | Path] | pd.DataFrame", options: Iterable[str] = (), *, kind: str | None = None
) -> DataSource:
    """Resolves `data`; dataset names take precedence over paths.

    Args:
        data: Name of a dataset, path of a file, "-" for standard input, or a frame; for a corpus, also several paths.
        options: Names of the options given with it; some of them determine the kind.
        kind: The required kind of data. Default: recognised from the beginning of the file.

    Raises:
        NotFoundError: There is no such dataset or file; the message suggests the nearest name.
        UsageError: The name is empty, or a dataset is of another kind.
    """
    if isinstance(data, (list, tuple)) and len(data) == 1:
        data = data[0]
    if isinstance(data, (list, tuple)):
        if kind is None or not kinds()[kind].multiple_files:
            titles = listed(card.title for card in kinds().values() if card.multiple_files)
            raise UsageError(f"Only {titles} may consist of several files, got {len(data)} files. Give one file.")
        return DataSource(", ".join(map(str, data)), kind=kind, files=tuple(str(_existing(path)) for path in data))
    if not isinstance(data, (str, Path)):
        frame = _frame(data)
        return DataSource("frame", frame=frame, kind=kind or _recognise(frame, options))
    name, known = str(data), datasets()
    if name in known:
        dataset_kind = known[name].constants.get("KIND", default_kind())
        if kind not in (None, dataset_kind) and dataset_kind not in kinds()[str(kind)].accepts:
            raise UsageError(
                f"The dataset {name} contains {kinds()[dataset_kind].title}, not {kinds()[str(kind)].title}. Name "
                "other data."
            )
        return DataSource(name, dataset=known[name], kind=kind or dataset_kind)
    if not name.strip():
        raise UsageError(f"The name of the data is empty. {nearest(name, known)}")
    if name == "-" or _exists(Path(name)):
        kind = kind or _recognise(name, options)
        return DataSource(name, kind=kind, files=(name,) if kinds()[kind].multiple_files else ())
    hint = nearest(Path(name).name, [*known, *sibling_files(Path(name))])
    hint = hint if hint.startswith("Did") else nearest(name, known)
    raise NotFoundError(f"There is no dataset or file '{name}'. {hint}")


def _frame(data: Any) -> "pd.DataFrame":
    """Returns data in memory after checking that it is a DataFrame of pandas."""
    import pandas as pd

    if not isinstance(data, pd.DataFrame):
        remedy = "Convert it to one, as in pandas.DataFrame({'series': list(arrays), 'label': labels})."
        if hasattr(data, "to_pandas"):
            remedy = "Convert it to one with its method to_pandas()."
        raise UsageError(
            "Received an invalid value for argument `data`, expected the name of a dataset, a path or a pandas "
            f"DataFrame, got {type(data).__name__}. {remedy}"
        )
    return data


def _recognise(data: "str | pd.DataFrame", options: Iterable[str]) -> str:
    """Returns the kind of data, from its contents and, if these are ambiguous, from the given options."""
    kind = kind_of(data)
    if kinds()[kind].is_exclusive:
        return kind
    matches = {card.name: len(card.options & set(options)) for card in kinds().values()}
    most = max(matches.values())
    candidates = [name for name, count in matches.items() if count == most > 0]
    if not candidates or kind in candidates:
        return kind
    return default_kind() if default_kind() in candidates else suitable_kind(data, candidates)


def _existing(path: "str | Path") -> "str | Path":
    """Returns the path of one of several files after checking that it exists."""
    if str(path) != "-" and not _exists(Path(path)):
        hint = nearest(Path(path).name, sibling_files(Path(path)))
        raise NotFoundError(f"There is no file '{path}'. {hint} With several paths, each must be a file.")
    return path


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # also False for a path that is too long or contains NUL
