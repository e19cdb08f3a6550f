"""Where data comes from: a dataset by name, a file by path, standard input, or a frame already in memory.

Whatever it is, it becomes a frame and the protocol that comes with it; the reading options turn that into a table.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import NotFoundError, UsageError, nearest
from seqkit.options import Option, module_options
from seqkit.registry import Source, datasets, files_beside

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.data.tables import Table


@dataclass(frozen=True)
class DataSource:
    """Data that has been named and not yet been read.

    Attributes:
        name: What it is called: the dataset, the file's path, "-" or "frame".
        dataset: The dataset it is, if it is one.
        frame: The frame it is, if it is one.
    """

    name: str
    dataset: Source | None = None
    frame: "pd.DataFrame | None" = None

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
        return [] if self.frame is not None else module_options("seqkit.data.reading", "read_frame")

    def read(self, options: Mapping[str, Any]) -> "pd.DataFrame":
        """Returns the data as a frame, as it stands."""
        if self.frame is not None:
            return self.frame
        if self.dataset is not None:
            frame: pd.DataFrame = self.dataset.load().load(**options)
            frame.attrs["source"] = self.name
            return frame
        from seqkit.data.reading import read_frame

        return read_frame(self.name, **options)


def find_source(data: "str | Path | pd.DataFrame") -> DataSource:
    """Returns the data that is meant: a dataset's name goes before a file's path.

    Raises:
        NotFoundError: It is neither; the nearest file or dataset is suggested.
        UsageError: The name is empty.
    """
    if not isinstance(data, (str, Path)):
        return DataSource("frame", frame=data)
    name, known = str(data), datasets()
    if name in known:
        return DataSource(name, dataset=known[name])
    if not name.strip():
        raise UsageError(f"The name of the data is empty. {nearest(name, known)}")
    if name == "-" or _exists(Path(name)):
        return DataSource(name)
    hint = nearest(Path(name).name, [*known, *files_beside(Path(name))])
    hint = hint if hint.startswith("Did") else nearest(name, known)
    raise NotFoundError(f"There is no dataset and no file '{name}'. {hint}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # Too long to be the name of any file.


def fingerprint(table: "Table", columns: Iterable[str]) -> str:
    """Returns a hash of a table's series, times and the numbers of some columns: the same for the same data."""
    digest = hashlib.sha256(repr(table.ids).encode())
    digest.update(table.time.tobytes())
    digest.update(table.starts.tobytes())
    for name in columns:
        digest.update(str(name).encode())
        digest.update(table.frame[name].to_numpy("float64").tobytes())
    return digest.hexdigest()
