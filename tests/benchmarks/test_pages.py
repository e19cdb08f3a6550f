"""`--write` replaces one table of a page and nothing else. Nothing is measured here."""

import importlib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from click.testing import CliRunner

from seqkit.errors import UsageError

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"

pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the tests stand in no checkout")

PAGE = """# A page

<!-- texts --runs 2 -->

| old | table |

<!-- /texts -->

Prose with a `<!-- texts -->` of its own.

<!-- texts --runs 3 --batch-size 16 -->
<!-- /texts -->

<!-- scores -->
other
<!-- /scores -->
The end, without a line break"""


@pytest.fixture(scope="module")
def load():
    """Returns a function that imports a module of the benchmarks, which are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture(scope="module")
def pages(load) -> ModuleType:
    return load("pages")


@pytest.fixture
def page(tmp_path) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def run(load, tmp_path, monkeypatch):
    """Returns a function that runs `python -m benchmarks` on the page, with a benchmark that measures nothing."""
    main, measured = load("__main__"), []
    monkeypatch.setattr(main, "DOCS", tmp_path)
    monkeypatch.setattr(main, "machine_line", lambda machine: "today, this machine")

    def measure(**options: object) -> object:
        measured.append(options)
        return load("report").Report("| new | table |", {})

    monkeypatch.setattr("seqkit.registry.Source.load", lambda self: SimpleNamespace(run=measure))
    return lambda *arguments: (CliRunner().invoke(main.main, arguments), measured)


def test_blocks_are_read_with_their_markers_and_contents(pages, page):
    blocks = pages.read_blocks(page)
    assert [(block.marker, block.content) for block in blocks] == [
        ("texts --runs 2", "| old | table |"),
        ("texts --runs 3 --batch-size 16", ""),
        ("scores", "other"),
    ]


def test_replacing_a_block_changes_that_block_alone(pages, page):
    assert pages.replace_block(page, "texts --runs 2", "| new |\n\na date") is True
    assert page.read_text(encoding="utf-8") == PAGE.replace("| old | table |", "| new |\n\na date")
    assert pages.replace_block(page, "texts --runs 2", "| new |\n\na date") is False


def test_page_without_the_block_is_refused_with_the_lines_to_add(pages, page, tmp_path):
    with pytest.raises(
        UsageError, match=r"no block for this command\. Add the lines '<!-- texts -->' and '<!-- /texts"
    ):
        pages.replace_block(page, "texts", "new")
    assert page.read_text(encoding="utf-8") == PAGE
    with pytest.raises(UsageError, match=r"There is no page .*absent\.md"):
        pages.replace_block(tmp_path / "absent.md", "texts", "new")


def test_two_blocks_of_one_marker_are_refused(pages, page):
    page.write_text(PAGE.replace("texts --runs 3 --batch-size 16", "texts --runs 2"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"two blocks '<!-- texts --runs 2 -->'\. Remove one"):
        pages.read_blocks(page)


def test_content_that_would_end_its_own_block_is_refused(pages, page):
    with pytest.raises(UsageError, match="ends that block itself"):
        pages.replace_block(page, "scores", "a\n<!-- /scores -->\nb")
    assert page.read_text(encoding="utf-8") == PAGE


def test_written_table_has_its_date_and_machine_and_goes_to_the_block_of_the_same_options(run, page):
    done, measured = run("texts", "--batch-size", "16", "--runs", "3", "--write")

    assert done.exit_code == 0, done.output
    assert [(options["runs"], options["batch_size"]) for options in measured] == [(3, 16)]
    empty = "<!-- texts --runs 3 --batch-size 16 -->\n"
    assert page.read_text(encoding="utf-8") == PAGE.replace(
        empty, f"{empty}\n| new | table |\n\ntoday, this machine\n\n"
    )


def test_command_without_a_block_ends_with_2_before_anything_is_measured(run, page):
    done, measured = run("texts", "--runs", "4", "--write")

    assert done.exit_code == 2
    assert measured == []
    assert "'<!-- texts --runs 4 -->'" in done.stderr
    assert page.read_text(encoding="utf-8") == PAGE


def test_without_write_the_page_stays_as_it_is(run, page):
    done, measured = run("texts", "--runs", "2")

    assert done.exit_code == 0, done.output
    assert "| new | table |" in done.stdout
    assert len(measured) == 1
    assert page.read_text(encoding="utf-8") == PAGE


@pytest.mark.skipif(not DOCS.is_dir(), reason="no documentation beside the tests")
@pytest.mark.parametrize("name", ["benchmarks.md", "reliability.md"])
def test_every_table_of_the_documentation_is_written_by_the_command_above_it(load, pages, name):
    main, text = load("__main__"), (DOCS / name).read_text(encoding="utf-8")
    blocks = pages.read_blocks(DOCS / name)

    assert blocks
    for block in blocks:
        benchmark, _ = main.marker_options(block.marker)
        assert main.page(benchmark).name == name
        above = text[: block.start].rpartition("<!-- ")[0]
        assert above.endswith(f"```console\npython -m benchmarks {block.marker}\n```\n\n")
        assert block.content.splitlines()
    starts, ends = [block.start for block in blocks], [block.end for block in blocks]
    outside = "".join(text[a:b] for a, b in zip([0, *ends], [*starts, len(text)], strict=True))
    assert not [line for line in outside.splitlines() if line.startswith("|")]


@pytest.mark.skipif(not DOCS.is_dir(), reason="no documentation beside the tests")
def test_every_benchmark_has_a_table_in_the_documentation(load, pages):
    main = load("__main__")
    written = {
        b.marker.split()[0] for name in ("benchmarks.md", "reliability.md") for b in pages.read_blocks(DOCS / name)
    }
    assert written == set(main.NAMES)
