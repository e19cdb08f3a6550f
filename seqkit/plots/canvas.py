"""Shared style and helpers of all plots, each drawn from plain arrays and written to a PNG file.

Colours are from the colour-blind-safe palette of Okabe and Ito (https://jfly.uni-koeln.de/color/). Matplotlib is
imported lazily and its global state is left unchanged; files are written atomically.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seqkit.files.atomic import atomic_write
from seqkit.stopwatch import spent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

INK, GREY, SILVER, PALE = "#1a1a1a", "#6b6b6b", "#bdbdbd", "#d8d8d8"
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
BASELINE_COLOURS = (ORANGE, GREEN, PURPLE, SKY, VERMILION)  # the model itself is blue
DASHES = ((0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1, 1, 1, 1, 1)))


Look = tuple[str, float, str | tuple[int, tuple[float, ...]], float]  # colour, width, dashes, z-order

STYLE = {
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "agg.path.chunksize": 10_000,
    "figure.constrained_layout.h_pad": 0.1,
    "figure.constrained_layout.w_pad": 0.1,
    "grid.color": PALE,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.markersize": 3.5,
    "text.parse_math": False,  # column names may contain dollar signs
}


@contextmanager
def new_figure(path: str | Path, size: tuple[float, float], texts: Sequence[str]) -> Iterator["Figure"]:
    """Yields a figure in the shared style, and writes it to `path` when the block ends.

    Args:
        path: The PNG file; its folder is created if missing.
        size: Width and height in inches.
        texts: Texts that the fonts must be able to show.

    Raises:
        UnwritableError: The file cannot be written.
    """
    with spent("importing libraries"):
        import matplotlib.style
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

    with spent("plotting"), warnings.catch_warnings():
        families = {"font.family": _families("".join(texts))}
        # If no installed font has a letter, the figure shows a box in its place.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        with matplotlib.style.context(["default", STYLE, families]):
            figure = Figure(figsize=size, dpi=150, layout="constrained")
            FigureCanvasAgg(figure)
            yield figure
            with atomic_write(Path(path)) as temporary:
                figure.savefig(temporary, format="png")


def _families(text: str) -> list[str]:
    """Returns Matplotlib's default font, plus installed fonts for the letters it lacks."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    families = ["DejaVu Sans"]
    default = FT2Font(font_manager.findfont(families[0]))
    missing = {ord(letter) for letter in text if letter.isprintable()} - default.get_charmap().keys()
    plain = [f for f in font_manager.fontManager.ttflist if f.style == "normal" and "Last Resort" not in f.name]
    for font in sorted(plain, key=lambda f: ("sans" not in f.name.lower() and "gothic" not in f.name.lower(), f.name)):
        if not missing:
            break
        if font.name not in families and (covered := missing & FT2Font(font.fname).get_charmap().keys()):
            families.append(font.name)
            missing -= covered
    return families


def count_axis(axes: "Axes", label: str, most: int) -> None:
    """Formats the x axis for whole numbers from 1 to `most`."""
    axes.set_xlabel(label)
    axes.set_xlim(1 - 0.03 * most, most * 1.03) if most > 1 else axes.set_xlim(0.5, 1.5)
    _whole_ticks(axes)


def _whole_ticks(axes: "Axes") -> None:
    from matplotlib import ticker

    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, min_n_ticks=1))


def label_log_ticks(axis: "Axis", low: float, high: float) -> None:
    """Labels a logarithmic axis with plain numbers, as mathematical text is switched off.

    Args:
        axis: The x or y axis.
        low: Smallest value, above 0.
        high: Largest value.
    """
    from matplotlib import ticker

    subs = (1.0, 2.0, 5.0) if high < 1e3 * low else (1.0,)
    axis.set_major_locator(ticker.LogLocator(subs=subs))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(ticker.NullLocator())


def legend_below(figure: "Figure", axes: "Axes") -> None:
    """Puts the legend below the axes, in as many columns as fit."""
    width = 13 * figure.get_figwidth()  # approximate number of letters
    lengths = [len(name) + 8 for name in axes.get_legend_handles_labels()[1]]  # including line and spacing
    columns = len(lengths) if sum(lengths) < width else max(1, int(width / max(lengths)))
    figure.legend(loc="outside lower center", ncols=columns)


def _look(i: int) -> Look:
    """Returns the line style of the i-th curve: the model (0) in front, then the baselines."""
    return (
        (BLUE, 1.6, "-", 3.0)
        if i == 0
        else (BASELINE_COLOURS[(i - 1) % len(BASELINE_COLOURS)], 1.2, DASHES[(i - 1) % len(DASHES)], 1.8)
    )


def draw_line(axes: "Axes", x: np.ndarray, y: Sequence[float] | np.ndarray, look: Look, name: str) -> None:
    """Draws a line with markers if there are few points, and gaps where a value is not finite."""
    colour, width, dashes, order = look
    marker = "o" if len(x) <= 40 else ""
    axes.plot(x, y, color=colour, lw=width, ls=dashes, zorder=order, marker=marker, label=name)


def with_unit(noun: str, unit: str) -> str:
    """Returns a label with its unit in parentheses, if there is one."""
    return f"{noun} ({unit})" if unit else noun
