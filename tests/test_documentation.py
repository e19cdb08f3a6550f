"""The documentation names everything, shows what is printed, and the README stays short."""

import importlib.util
import re
import struct
from pathlib import Path
from types import ModuleType

import click
import pytest

from seqkit import registry
from seqkit.cli import main
from seqkit.options import read_options
from seqkit.tasks import tasks
from seqkit.workflows.settings import plan_training
from tests.documentation import LANGUAGES, ROOT, Page, Reader, documentation, elided, in_groups, read_page, same

README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.is_file(), reason="the tests stand in no checkout")

MAX_README_BYTES = 8192

NOT_RUN, SLOW = 16, 35
"""Blocks that are not run, and those that only `python -m tests.refresh_docs` runs: change them knowingly."""

MIN_RUN = 60
"""Blocks that are run, at least."""

FORMER_FLAGS = {"--genuine", "--stretch"}
"""Accepted and no longer documented."""


def commands() -> list[str]:
    return main.list_commands(click.Context(main))


def options(*names: str) -> list[str]:
    """The flags that a command names itself, `("train", "stacked_gru")` being a command of a command."""
    command: click.Command | None = main
    for name in names:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    shown = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    flags = [flag for option in shown for flag in option.opts if flag.startswith("--")]
    return [flag for flag in flags if flag not in FORMER_FLAGS]


def training_options(folder: Path) -> set[str]:
    """Every flag of `train` but those that a single recipe or a single dataset adds: its own page lists these."""
    (folder / "own.csv").write_text("time,value\n2024-01-01,1\n")
    found = set(options("train", "stacked_gru"))
    for name in ("stacked_gru", "autoregression"):  # one is descended, the other solved
        found |= flags_of(name, folder / "own.csv")
    (folder / "own_texts.csv").write_text("text,label\nfine,good\n")
    for data in ("own_texts.csv", "own.ts"):
        (folder / "own.ts").write_text("@problemName Own\n")
        found |= flags_of("dense", folder / data)
    (folder / "own.txt").write_text("a fine film\n")
    (folder / "own.json").write_text("[[[67, 64, 60, 48]]]")
    (folder / "own.conll").write_text("Ada\tB-person\n")
    for recipe, data in (("skipgram", "own.txt"), ("lstm", "own.json"), ("lstm", "own.conll")):
        found |= flags_of(recipe, folder / data)
    return found | evaluate_flags()


def flags_of(recipe: str, data: Path) -> set[str]:
    """Every flag of training a recipe on a file but the recipe's own."""
    sections = plan_training(registry.find_recipe(recipe), str(data)).sections
    return {option.flag for key, section in sections.items() if key != "recipe" for option in section}


def evaluate_flags() -> set[str]:
    """What the tasks add to `seqkit evaluate`."""
    return {option.flag for task in tasks().values() for option in task.evaluate_options()}


def unnamed(flags: set[str] | list[str], text: str) -> list[str]:
    return sorted(flag for flag in flags if not re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text))


def all_flags(folder: Path) -> set[str]:
    """Every option there is, those of single recipes and datasets among them."""
    found = {"--help", "--version"} | training_options(folder)
    found |= {flag for name in commands() for flag in options(name)}
    of_tasks = [getattr(task.module("commands"), name) for task in tasks().values() for name in task.commands]
    found |= {flag for command in of_tasks for param in command.params for flag in param.opts if flag[:2] == "--"}
    for source, function in [
        *((recipe, "build_model") for recipe in registry.recipes().values()),
        *((dataset, "load") for dataset in registry.datasets().values()),
    ]:
        found |= {option.flag for option in source.options(function)}
    return found


def our_recipes() -> set[str]:
    return {name for name, source in registry.recipes().items() if (source.module or "").startswith("seqkit.")}


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written() -> str:
    """README and the pages in docs/, without the generated ones."""
    return "\n".join(page.path.read_text(encoding="utf-8") for page in documentation())


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generated(generator) -> dict[str, str]:
    return generator.pages()


def test_there_are_commands_options_recipes_and_datasets_to_be_named(tmp_path):
    assert {"recipes", "datasets", "check", "train", "evaluate", "forecast", "compare"} <= set(commands())
    assert {"--data", "--out", "--epochs", "--horizon"} <= training_options(tmp_path)
    assert {"stacked_gru", "recurrent_dropout", "dense"} <= set(registry.recipes())
    assert "demo_weather" in registry.datasets()


def test_written_pages_show_every_command(written):
    assert [name for name in commands() if not re.search(rf"seqkit {re.escape(name)}\b", written)] == []


def test_every_command_has_a_generated_page_that_names_all_its_options(generated):
    for name in commands():
        page = generated[f"reference/commands/{name}.md"]
        assert page.count(f"# seqkit {name}\n") == 1
        assert unnamed(options(name), page) == []


def test_generated_page_of_train_names_every_option_of_data_tasks_and_recipes(generated, tmp_path):
    page = generated["reference/commands/train.md"]
    recipes = {option.flag for name in our_recipes() for option in registry.find_recipe(name).options("build_model")}
    assert unnamed((training_options(tmp_path) | recipes) - evaluate_flags(), page) == []


def test_generated_page_of_evaluate_names_the_options_that_tasks_add(generated):
    assert evaluate_flags()
    assert unnamed(evaluate_flags(), generated["reference/commands/evaluate.md"]) == []


def test_generated_index_names_every_option_there_is(generated, tmp_path):
    page = generated["reference/options.md"]
    assert unnamed(all_flags(tmp_path) - {"--help", "--version"}, page) == []
    flags = re.findall(r"^\| `(--[a-z-]+)`", page, flags=re.MULTILINE)
    assert flags == sorted(set(flags))


def test_generated_page_of_datasets_describes_each_with_licence_protocol_and_options(generated):
    page = generated["reference/datasets.md"]
    for name, dataset in registry.datasets().items():
        section = page.split(f"## {name} {{")[1].split("\n## ")[0]
        assert dataset.docstring.strip() in section
        assert dataset.constants["LICENCE"] in section
        assert unnamed([option.flag for option in dataset.options("load")], section) == []
        assert unnamed(["--" + key.replace("_", "-") for key in dataset.constants.get("PROTOCOL", {})], section) == []


def test_generated_page_of_layers_holds_each_that_the_package_offers(generated):
    import seqkit.layers

    described = re.findall(r"^::: seqkit\.layers\.(\w+)$", generated["reference/layers.md"], flags=re.MULTILINE)
    assert described == seqkit.layers.__all__


def test_generated_tables_have_as_many_cells_in_every_row(generated):
    for path, page in generated.items():
        for table in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1, f"{path}: {table}"


def test_rows_of_generated_tables_show_flag_values_default_and_explanation(generator, tmp_path):
    (tmp_path / "mine.py").write_text(
        "def build_model(spec, *, units: int = 32, lower: bool = True, cell: Literal['gru', 'lstm'] = 'gru'):\n"
        '    """Builds it.\n\n    Args:\n        units: Width of the state, [1, inf).\n        lower: Lower case.\n'
        '        cell: Kind of cell.\n    """\n'
    )
    rows = [generator._row(option) for option in read_options(tmp_path / "mine.py", "build_model")]
    assert rows == [
        ("`--units`", "a whole number in [1, inf)", "`32`", "Width of the state."),
        ("`--lower`, `--no-lower`", "", "`--lower`", "Lower case."),
        ("`--cell`", "`gru` or `lstm`", "`gru`", "Kind of cell."),
    ]


def test_written_pages_name_every_recipe_and_every_dataset_is_generated(written, generated):
    assert [name for name in sorted(our_recipes()) if f"`{name}`" not in written] == []
    assert [name for name in registry.datasets() if f"`{name}`" not in generated["reference/datasets.md"]] == []


def test_no_page_shows_a_command_or_option_that_does_not_exist(tmp_path):
    blocks = "\n".join(b.code for page in documentation() for b in page.blocks if b.language in ("sh", "console"))
    blocks = blocks.replace("\\\n", " ")
    shown = re.findall(r"^seqkit ([a-z]+)\b", blocks, flags=re.MULTILINE)
    assert len(shown) > 40
    assert set(shown) <= set(commands())
    known = all_flags(tmp_path) | {"--activation"}  # an option of a recipe that a page writes
    typed = set()
    for line in re.findall(r"\bseqkit [a-z].*", blocks):
        typed |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line.split(" #")[0]))
    mistaken = {"--windw"}  # shown with its message
    assert {flag.replace("--no-", "--") for flag in typed - mistaken} <= {f.replace("--no-", "--") for f in known}


def test_readme_says_in_one_line_each_how_to_start_and_how_to_test(readme):
    lines = readme.splitlines()
    assert "pip install -e . && seqkit train recurrent_dropout" in lines
    assert "pip install -e '.[test]' && pytest" in lines


def test_readme_is_read_in_a_few_minutes():
    assert README.stat().st_size <= MAX_README_BYTES


@pytest.mark.parametrize("page", documentation(), ids=lambda page: page.name)
def test_links_and_pictures_lead_to_files(page, generated):
    text = re.sub(r"^```.*?^```$", "", page.path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", text)
    made = {(ROOT / "docs" / path).resolve() for path in generated}
    broken = []
    for link in links:
        target = (page.path.parent / link).resolve()
        if "://" not in link and not target.is_file() and target not in made:
            broken.append(link)
    assert broken == []


def test_every_image_is_shown_somewhere(written):
    images = [path for path in (ROOT / "docs" / "images").rglob("*") if path.is_file()]
    assert images
    assert [image.name for image in images if image.name not in written and image.stem not in written] == []


def test_blocks_that_do_not_run_are_known_and_say_why():
    blocks = [block for page in documentation() for block in page.blocks if block.language in LANGUAGES]
    skipped = [block for block in blocks if "not run" in block.markers]
    slow = [block for block in blocks if block.is_slow]
    assert (len(skipped), len(slow)) == (NOT_RUN, SLOW)
    assert all(any(block.markers.get(name) for name in ("not run", "long", "public")) for block in skipped + slow)
    assert len([block for block in blocks if block.runs]) - SLOW >= MIN_RUN


def test_every_command_that_runs_is_followed_by_what_it_prints_or_by_another_block():
    empty = [f"{page.name}:{block.line}" for page in documentation() for block in page.blocks if block.output == ""]
    assert empty == []


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    return Reader(tmp_path_factory.mktemp("documentation"))


@pytest.mark.parametrize("pages", in_groups(documentation()), ids=lambda pages: "+".join(page.name for page in pages))
def test_pages_show_what_their_blocks_print(pages, reader):
    differences = []
    for page in pages:
        outcomes, folder = reader.read(page)
        differences += [outcome for outcome in outcomes if not outcome.is_shown]
        for picture in page.pictures:
            drawn = folder / picture.drawn
            if drawn.exists() or not any(block.is_slow for block in page.blocks):
                assert png_size(drawn.read_bytes()) == png_size(picture.path.read_bytes()), picture
    assert not differences, "\n\n".join([*map(str, differences), "To refresh: python -m tests.refresh_docs PAGE"])


def png_size(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("epoch 1/2  loss 0.51  12 s left", "epoch 1/2  loss 0.52  1:05 left  best so far", True),
        ("epoch 1/2  loss 0.51", "epoch 2/2  loss 0.51", False),
        ("1,200 words/s", "98,000 words/s", True),
        ("1,200 windows", "1,201 windows", False),
        ("MAE 1.71", "MAE 1.75", True),
        ("MAE 1.71", "MAE 2.71", False),
        ("70 % gru", "65 % gru", True),
        ("70 % gru", "20 % gru", False),
        ("gru is better", "gru is worse", False),
        ("run   seconds  MAE\na         1.2  0.5", "run   seconds  MAE\na        31.0  0.5", True),
        ("run   seconds  MAE\na         1.2  0.5", "run   seconds  MAE\na        31.0  2.5", False),
        ("first\n…\nlast", "first\nsecond\nthird\nlast", True),
        ("first\n…\nlast", "first\nlast", True),
        ("first\n…\nlast", "first\nsecond", False),
        ("first", "first\nsecond", False),
    ],
)
def test_output_is_compared_but_for_what_depends_on_the_machine(shown, printed, expected):
    assert same(shown, printed) is expected


def test_refreshed_output_leaves_out_as_many_lines_as_before():
    assert elided("a\n…\nz", "1\n2\n3\n4") == "1\n…\n4"
    assert elided("a\nb\n…", "1\n2\n3\n4") == "1\n2\n…"
    assert elided("a\nz", "1\n2\n3") == "1\n2\n3"


@pytest.fixture
def write_page(tmp_path, monkeypatch):
    """Returns a function that writes a page into a project of its own, and reads it."""
    monkeypatch.setattr("tests.documentation.ROOT", tmp_path)

    def write(text: str) -> Page:
        (tmp_path / "page.md").write_text(text, encoding="utf-8")
        return read_page(tmp_path / "page.md")

    return write


def test_refreshing_writes_the_outputs_of_a_page_that_changed_and_its_pictures(write_page, tmp_path):
    from tests.refresh_docs import refresh

    page = write_page(
        "# A page\n\n```python\nprint('new')\nfrom pathlib import Path\nPath('a.png').write_text('drawn')\n```\n\n"
        "```text\nold\n```\n\n"
        "```python\nprint(1.0)\n```\n\n```text\n1.01\n```\n\n<!-- picture: a.png -->\n![A picture](b.png)\n\nThe end.\n"
    )
    before = page.path.read_text(encoding="utf-8")
    assert refresh(page, Reader(tmp_path / "work")) == ["page.md:3", "b.png"]
    after = page.path.read_text(encoding="utf-8")
    assert after == before.replace("old", "new").replace("1.01", "1.0")
    assert (tmp_path / "b.png").read_text() == "drawn"
    assert refresh(read_page(page.path), Reader(tmp_path / "again")) == []
    assert page.path.read_text(encoding="utf-8") == after


def test_refreshing_leaves_a_page_alone_whose_figures_differ_as_those_of_machines_do(write_page, tmp_path):
    from tests.refresh_docs import refresh

    page = write_page("```python\nprint(1.0)\n```\n\n```text\n1.01\n```\n")
    assert refresh(page, Reader(tmp_path / "work")) == []
    assert "1.01" in page.path.read_text(encoding="utf-8")


def test_markers_hold_for_the_next_block_alone_and_titles_make_files(write_page, tmp_path):
    page = write_page(
        "<!-- not run: it raises -->\n```python\nraise SystemExit\n```\n\n"
        '```python title="mine.py"\nVALUE = 7\n```\n\n'
        "```python\nfrom mine import VALUE\n\nprint(VALUE)\n```\n\n```text\n7\n```\n\n"
        "<!-- exit: 3 -->\n```sh\nexit 3\n```\n"
    )
    assert [block.runs for block in page.blocks] == [False, False, True, True]
    outcomes, _ = Reader(tmp_path / "work").read(page)
    assert [outcome.is_shown for outcome in outcomes] == [True]


def test_a_command_that_ends_in_another_exit_code_fails_its_page(write_page, tmp_path):
    with pytest.raises(AssertionError, match=r"page\.md:1: `exit 4` ended in exit code 4, not 0"):
        Reader(tmp_path / "work").read(write_page("```sh\nexit 4\n```\n"))


def test_a_page_that_continues_another_starts_with_its_files(write_page, tmp_path):
    (tmp_path / "first.md").write_text("```sh\necho one > made.txt\n```\n", encoding="utf-8")
    page = write_page("<!-- continues: first.md -->\n\n```sh\ncat made.txt\n```\n\n```text\none\n```\n")
    outcomes, _ = Reader(tmp_path / "work").read(page)
    assert [outcome.is_shown for outcome in outcomes] == [True]
