"""Who is told what happens in training."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqkit.training.state import Progress


@dataclass(frozen=True)
class Listener:
    """Who is told what happens, for progress bars and logs.

    Attributes:
        note: Takes one line about the data or the run.
        progress: Takes the progress of the training.
        detail: Takes one line that few want to see.
    """

    note: Callable[[str], None] = lambda line: None
    progress: Callable[["Progress"], None] = lambda progress: None
    detail: Callable[[str], None] = lambda line: None
