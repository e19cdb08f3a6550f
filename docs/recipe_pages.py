"""Everything generated on the pages of the recipes: `python -m docs.recipe_pages`, from a checkout, writes it anew.

Options come from the recipe's signature, the drawing from its built model, the figures from the tables of
benchmarks.md. Each goes to the block of the page with its marker; the prose around it is written by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.pages import read_blocks, replace_block
from benchmarks.report import markdown_table
from docs.model_drawing import draw_model
from seqkit import registry
from seqkit.files.atomic import write_bytes
from seqkit.options import REQUIRED, Option
from seqkit.registry import Source
from seqkit.spec import Spec

DOCS = Path(__file__).resolve().parent
PAGES = DOCS / "recipes"
DRAWINGS = DOCS / "images" / "recipes"

SERIES = Spec.series(steps=120, features=20, outputs=1)
"""Windows of `demo_weather` by its protocol: 14 columns and 6 of the calendar, one step to forecast."""

LABELLED = Spec.series(steps=100, features=6, classes=4)

PAIRS = Spec.translation(source_vocabulary=4000, target_vocabulary=4000, embedding=256)

WORDS = Spec.words(vocabulary=20_000, dim=100)

MEASURED = ("scores", "seeds", "series", "textbook", "embeddings", "translation")
"""Benchmarks whose tables have a row for each recipe."""


@dataclass(frozen=True)
class Drawing:
    """A drawing of a recipe.

    Attributes:
        file: Name of the file in `DRAWINGS`, without its ending.
        recipe: Name of the recipe.
        spec: What the model reads and gives.
        caption: What the reader sees, after the recipe's name.
        options: Options of the recipe that are not its defaults.
    """

    file: str
    recipe: str
    spec: Spec
    caption: str
    options: dict[str, Any] = field(default_factory=dict)


WEATHER = "on windows of `demo_weather` (120 steps, 20 features), with default options"
PAIRS_CAPTION = "on sentence pairs (vocabularies of 4,000 pieces), with default options"

SMALLER: dict[str, tuple[dict[str, Any], str]] = {
    "transformer": ({"layers": 1}, " but one layer instead of two (`--layers 1`)"),
    "transformer_encoder_decoder": ({"layers": 1}, " but one layer instead of three (`--layers 1`)"),
}
"""Recipes whose drawing would be too long, with other options and the words that say so."""

TEXTS = ("conv1d", "one_hot_conv1d")
"""Recipes that are also drawn, or only drawn, with their defaults for texts."""


def recipes() -> dict[str, Source]:
    """Returns the recipes of the toolkit by name; installed packages may bring others."""
    return {name: source for name, source in registry.recipes().items() if (source.module or "").startswith("seqkit.")}


def drawings(recipe: str) -> list[Drawing]:
    """Returns the drawings of a recipe's page."""
    source, found = recipes()[recipe], []
    tasks = source.constants.get("TASKS", ("forecast",))
    if "forecast" in tasks:
        options, but = SMALLER.get(recipe, ({}, ""))
        found.append(Drawing(recipe, recipe, SERIES, WEATHER + but, options))
    if recipe in TEXTS:
        found.append(_drawing_of_texts(source, f"{recipe}-texts" if found else recipe))
    if tasks == ("classify",) and not found:
        caption = "on labelled series (100 steps, 6 channels, 4 classes), with default options"
        found.append(Drawing(recipe, recipe, LABELLED, caption))
    if "translate" in tasks:
        options, but = SMALLER.get(recipe, ({}, ""))
        found.append(Drawing(recipe, recipe, PAIRS, PAIRS_CAPTION + but, options))
    if "embed" in tasks:
        found.append(Drawing(recipe, recipe, WORDS, "on a corpus (vocabulary of 20,000 words), with default options"))
    return found


def _drawing_of_texts(source: Source, file: str) -> Drawing:
    """Returns the drawing of a recipe with its defaults for texts."""
    training = source.constants.get("TRAINING", {})
    defaults = {**training.get("classify", {}), **training.get("texts", {})}
    ends: dict[str, Any] = {"length": 400, "vocabulary": 20_000, "embedding": 64, "token_dropout": 0.0}
    ends |= {name: value for name, value in defaults.items() if name in ends}
    own = {option.name for option in source.options("build_model")}
    caption = f"on texts (vocabulary of {ends['vocabulary']:,} tokens, 2 classes), with the defaults for texts"
    options = {name: value for name, value in defaults.items() if name in own}
    return Drawing(file, source.name, Spec.tokens(classes=2, **ends), caption, options)


def draw(drawing: Drawing) -> str:
    """Returns a drawing as SVG."""
    model = recipes()[drawing.recipe].load().build_model(drawing.spec, **drawing.options)
    return draw_model(model, f"Layers of the recipe {drawing.recipe}, from input to output")


def drawing_block(recipe: str) -> str:
    """Returns the drawings of a page, with their captions."""
    shown = [
        f"![Layers of `{recipe}`](../images/recipes/{drawing.file}.svg)\n\n*`{recipe}` {drawing.caption}.*"
        for drawing in drawings(recipe)
    ]
    return "\n\n".join(shown)


def option_block(source: Source) -> str:
    """Returns a table of a recipe's options and, where it has any, one of its training defaults."""
    rows = [[f"`{o.flag}`", _meaning(o), _cell(o.expected()), _default(o)] for o in source.options("build_model")]
    parts = [markdown_table(["option", "meaning", "values", "default"], rows, numbers=False)]
    defaults = source.constants.get("TRAINING", {})
    if defaults:
        flat = {name: value for name, value in defaults.items() if not isinstance(value, dict)}
        groups = {"all data": flat, **{name: value for name, value in defaults.items() if isinstance(value, dict)}}
        rows = [[f"`{kind}`" if kind in defaults else kind, _values(group)] for kind, group in groups.items() if group]
        parts.append(
            "Defaults of this recipe by data or task; a narrower row wins, and a dataset's protocol comes first:"
        )
        parts.append(markdown_table(["data or task", "defaults"], rows, numbers=False))
    return "\n\n".join(parts)


def measured_block(recipe: str) -> str:
    """Returns the rows of the benchmark tables that show a recipe, with the baselines of the same table."""
    found = []
    names = set(recipes())
    for block in read_blocks(DOCS / "benchmarks.md"):
        if block.marker.split(maxsplit=1)[0] in MEASURED:
            tables = [rows for table in _tables(block.content) if (rows := _rows_of(recipe, table, names))]
            if tables:
                machine = block.content.splitlines()[-1].partition(";")[0]  # The versions follow.
                source = f"From the [benchmarks](../benchmarks.md): `python -m benchmarks {block.marker}`, {machine}."
                found.append("\n\n".join([*tables, source]))
    if not found:
        command = f"python -m benchmarks scores --data demo_weather --recipes {recipe}"
        return f"No table of the [benchmarks](../benchmarks.md) has this recipe yet. `{command}` prints one."
    return "\n\n".join(found)


def index_block() -> str:
    """Returns a table of all recipes."""
    rows = [
        [f"[`{name}`]({name}.md)", _cell(source.summary), ", ".join(source.constants.get("TASKS", ("forecast",)))]
        for name, source in recipes().items()
    ]
    return markdown_table(["recipe", "what it is", "tasks"], rows, numbers=False)


def write_pages() -> list[Path]:
    """Writes every generated block and drawing, and returns the files that changed."""
    changed = []
    DRAWINGS.mkdir(parents=True, exist_ok=True)
    for name, source in recipes().items():
        for drawing in drawings(name):
            path, content = DRAWINGS / f"{drawing.file}.svg", draw(drawing).encode()
            if not path.is_file() or path.read_bytes() != content:
                write_bytes(path, content)
                changed.append(path)
        page = PAGES / f"{name}.md"
        blocks = {"drawing": drawing_block(name), "options": option_block(source), "measured": measured_block(name)}
        replaced = [replace_block(page, marker, content) for marker, content in blocks.items()]
        if any(replaced):
            changed.append(page)
    if replace_block(PAGES / "index.md", "recipes", index_block()):
        changed.append(PAGES / "index.md")
    return changed


def _tables(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yields each table of a text with the bold line above it; tables without one are skipped."""
    heading, lines = "", [*text.splitlines(), ""]
    for number, line in enumerate(lines):
        if line.startswith("**"):
            heading = line
        elif line.startswith("|") and not lines[number - 1].startswith("|") and heading:
            end = next(n for n in range(number, len(lines)) if not lines[n].startswith("|"))
            yield heading, lines[number:end]
            heading = ""


def _rows_of(recipe: str, table: tuple[str, list[str]], names: set[str]) -> str:
    """Returns the rows of a table for one recipe and its baselines, or "" if the recipe is not in it."""
    heading, (head, _, *rows) = table
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    named = [{cell.strip("`") for cell in row[:2]} & names for row in cells]
    if {recipe} not in named:
        return ""
    headings = [cell.strip() for cell in head.strip("|").split("|")]
    kept = [row for row, name in zip(cells, named, strict=True) if not name or name == {recipe}]
    return f"{heading}\n\n{markdown_table(headings, kept)}"


def _meaning(option: Option) -> str:
    """Returns the explanation of an option without its interval, which has a column of its own."""
    return _cell(option.help.replace(f", {option.interval}", ""))


def _default(option: Option) -> str:
    return "required" if option.default is REQUIRED else f"`{_value(option.default)}`"


def _values(options: dict[str, Any]) -> str:
    return ", ".join(f"`--{name.replace('_', '-')} {_value(value)}`" for name, value in options.items())


def _value(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value))
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _cell(text: str) -> str:
    """Returns a text as one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    for path in write_pages():
        print(path.relative_to(DOCS.parent))
