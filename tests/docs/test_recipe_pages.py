"""Every recipe has a page, and what is generated on it is up to date."""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from seqkit import registry

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "recipes"

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the tests stand in no checkout")

RECIPES = sorted(path.stem for path in (ROOT / "recipes").glob("[!_]*.py"))

COMMAND = "out of date: run `python -m docs.recipe_pages`"

BENCHMARKS = """# Benchmarks

<!-- scores --data tea -->

**tea**: 3 test windows

|                | val. MAE |
| -------------- | -------: |
| `gru`          |        1 |
| `lstm`         |        2 |
| linear (ridge) |        3 |

a date, a machine; versions

<!-- /scores -->

<!-- scores --data milk -->

**milk**: 3 test windows

| | val. MAE |
|---|---|
| `dense` | 4 |

a date, a machine; versions

<!-- /scores -->

<!-- embeddings -->

**water**: 7 words

| system | model | words/s |
|---|---|---|
| seqkit | cbow | 5 |
| gensim | cbow | 6 |
| seqkit | skipgram | 7 |
| counts |  | |

| | target |
|---|---|
| water, cbow | met |

another date

<!-- /embeddings -->

<!-- epoch -->

**gru**

| | seconds |
|---|---|
| `gru` | 1 |

<!-- /epoch -->
"""


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield importlib.import_module("docs.recipe_pages")


@pytest.fixture(scope="module")
def blocks(generated) -> dict[str, dict[str, str]]:
    """The generated blocks of every page, by page and marker."""
    return {path.stem: {b.marker: b.content for b in generated.read_blocks(path)} for path in PAGES.glob("*.md")}


def test_every_recipe_has_a_page_and_every_page_a_recipe():
    assert {path.stem for path in PAGES.glob("*.md")} == {*RECIPES, "index"}


@pytest.mark.parametrize("recipe", RECIPES)
def test_generated_blocks_are_up_to_date(generated, blocks, recipe):
    source = registry.find_recipe(recipe)
    expected = {
        "drawing": generated.drawing_block(recipe),
        "options": generated.option_block(source),
        "measured": generated.measured_block(recipe),
    }
    assert blocks[recipe] == expected, COMMAND


def test_index_is_up_to_date(generated, blocks):
    assert blocks["index"] == {"recipes": generated.index_block()}, COMMAND


@pytest.mark.parametrize("recipe", RECIPES)
def test_drawings_are_up_to_date_and_equations_name_layers_that_are_in_them(generated, recipe):
    layers = set()
    for drawing in generated.drawings(recipe):
        content = generated.draw(drawing)
        assert (generated.DRAWINGS / f"{drawing.file}.svg").read_text(encoding="utf-8") == content, COMMAND
        layers |= set(re.findall(r'fill="#4b5563">(\w+)</tspan>', content))
    named = set(re.findall(r"layer `(\w+)`", (PAGES / f"{recipe}.md").read_text(encoding="utf-8")))
    assert named
    assert named <= layers


def test_no_drawing_is_left_over(generated):
    expected = {f"{drawing.file}.svg" for recipe in RECIPES for drawing in generated.drawings(recipe)}
    assert {path.name for path in generated.DRAWINGS.iterdir()} == expected


@pytest.mark.parametrize("recipe", RECIPES)
def test_page_links_every_paper_of_the_recipe(recipe):
    page = (PAGES / f"{recipe}.md").read_text(encoding="utf-8")
    papers = re.findall(r"https://[^\s;,)]+", registry.find_recipe(recipe).docstring)
    assert papers
    assert [paper for paper in papers if f"({paper})" not in page] == []


def test_page_shows_the_rows_of_its_recipe_and_of_baselines(generated, tmp_path, monkeypatch):
    (tmp_path / "benchmarks.md").write_text(BENCHMARKS, encoding="utf-8")
    monkeypatch.setattr(generated, "DOCS", tmp_path)

    assert generated.measured_block("gru") == (
        "**tea**: 3 test windows\n\n"
        "|                | val. MAE |\n"
        "| -------------- | -------: |\n"
        "| `gru`          |        1 |\n"
        "| linear (ridge) |        3 |\n\n"
        "From the [benchmarks](../benchmarks.md): `python -m benchmarks scores --data tea`, a date, a machine."
    )
    assert generated.measured_block("cbow") == (
        "**water**: 7 words\n\n"
        "| system | model | words/s |\n"
        "| ------ | ----: | ------: |\n"
        "| seqkit |  cbow |       5 |\n"
        "| gensim |  cbow |       6 |\n"
        "| counts |       |         |\n\n"
        "From the [benchmarks](../benchmarks.md): `python -m benchmarks embeddings`, another date."
    )
    assert generated.measured_block("transformer").startswith("No table of the [benchmarks](../benchmarks.md) has")


def test_option_table_shows_values_and_defaults_of_the_signature(generated, tmp_path):
    path = tmp_path / "tiny.py"
    path.write_text(
        '"""Tiny."""\n\nTRAINING = {"epochs": 3, "texts": {"units": (4, 5)}}\n\n\n'
        "def build_model(spec, *, units: tuple[int, ...] = (8, 9), order: int | None = None):\n"
        '    """Builds it.\n\n    Args:\n        units: Width | of it, [1, inf).\n        order: Steps read.\n    """\n'
    )
    table = generated.option_block(registry.Source("tiny", path))

    assert re.findall(r"\| +`--units` +\| Width \\\| of it\. +\| whole numbers .* in \[1, inf\) +\| `8,9` +\|", table)
    assert re.findall(r"\| +`--order` +\| Steps read\. +\| a whole number or none +\| `none` +\|", table)
    assert re.findall(r"\| +all data +\| `--epochs 3` +\|\n\| +`texts` +\| `--units 4,5` +\|", table)
