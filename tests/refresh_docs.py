"""Writes what blocks of the documentation print now: `python -m tests.refresh_docs [PAGE…] [--long] [--public]`."""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("MPLBACKEND", "Agg")

from tests.documentation import Outcome, Page, Reader, documentation, elided, read_page


def refresh(page: Page, reader: Reader) -> list[str]:
    """Runs a page, writes all its outputs if one has changed, and pictures that have, and returns what changed."""
    outcomes, folder = reader.read(page)
    changed = [f"{page.name}:{outcome.block.line}" for outcome in outcomes if not outcome.is_shown]
    if changed:
        lines = page.path.read_text(encoding="utf-8").splitlines()
        for outcome in reversed(outcomes):  # from the end, so that the lines before stay where they are
            _replace(lines, outcome)
        page.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for picture in page.pictures:
        drawn = folder / picture.drawn
        if drawn.exists() and (not picture.path.exists() or drawn.read_bytes() != picture.path.read_bytes()):
            picture.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(drawn, picture.path)
            changed.append(os.path.relpath(picture.path, page.path.parent))
    return changed


def _replace(lines: list[str], outcome: Outcome) -> None:
    block = outcome.block
    shown = block.output or ""
    start = block.output_line
    end = lines.index("```", start)
    lines[start:end] = elided(shown, outcome.actual).splitlines()


def main() -> None:
    """Refreshes the pages that are named, or all of them."""
    parser = argparse.ArgumentParser(description="Writes what blocks of the documentation print now.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="Markdown files; all of them by default")
    parser.add_argument("--long", action="store_true", help="run also the blocks that take longer")
    parser.add_argument("--public", action="store_true", help="run also the blocks that take public data")
    given = parser.parse_args()
    if given.public and not os.environ.get("SEQKIT_DATA"):
        parser.error("--public takes the folder with public data: set SEQKIT_DATA.")
    pages = [read_page(Path(name).absolute()) for name in given.pages] or documentation()
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(Path(folder), markers=[name for name in ("long", "public") if getattr(given, name)])
        for page in pages:
            for changed in refresh(page, reader):
                print(changed)


if __name__ == "__main__":
    main()
