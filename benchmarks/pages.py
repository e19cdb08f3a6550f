"""Generated blocks in Markdown pages: `<!-- NAME --> … <!-- /NAME -->`, replaced whole, everything else untouched.

The opening marker may carry arguments after its first word, as in `<!-- scores --data imdb -->`; the closing marker
repeats the first word alone. Blocks do not nest. Standard library only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seqkit.errors import UsageError
from seqkit.files.atomic import write_bytes

_BLOCK = re.compile(
    r"^<!-- (?P<marker>(?P<word>[a-z][\w-]*)(?: [^\n]*?)?) -->\n(?P<content>.*?)^<!-- /(?P=word) -->$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """One generated block of a page.

    Attributes:
        marker: Text of the opening marker, such as "scores --data imdb".
        content: Everything between the two markers, without surrounding blank lines.
        start: Position of the content in the page.
        end: Position after the content.
    """

    marker: str
    content: str
    start: int
    end: int


def read_blocks(page: Path) -> list[Block]:
    """Returns the blocks of a page, first to last.

    Raises:
        UsageError: There is no such page, or a marker occurs twice.
    """
    if not page.is_file():
        raise UsageError(f"There is no page {page}. The documentation is part of a checkout: run this in one.")
    text = page.read_text(encoding="utf-8")
    blocks = [
        Block(m["marker"], m["content"].strip("\n"), m.start("content"), m.end("content"))
        for m in _BLOCK.finditer(text)
    ]
    markers = [block.marker for block in blocks]
    for marker in markers:
        if markers.count(marker) > 1:
            raise UsageError(f"{page} has two blocks '<!-- {marker} -->'. Remove one of them.")
    return blocks


def find_block(page: Path, matches: Callable[[str], bool], wanted: str) -> str:
    """Returns the marker of the block that matches.

    Args:
        page: Markdown file.
        matches: Whether a marker is the wanted one.
        wanted: Marker to suggest if none matches.

    Raises:
        UsageError: There is no such page, or no block of it matches.
    """
    for block in read_blocks(page):
        if matches(block.marker):
            return block.marker
    word = wanted.partition(" ")[0]
    raise UsageError(
        f"{page} has no block for this command. Add the lines '<!-- {wanted} -->' and '<!-- /{word} -->' to it first."
    )


def replace_block(page: Path, marker: str, content: str) -> bool:
    """Replaces the content of one block and returns whether the page changed.

    Args:
        page: Markdown file.
        marker: Text of the block's opening marker.
        content: New content, without the blank lines that separate it from the markers.

    Raises:
        UsageError: The page has no such block, or the content contains a marker of the block itself.
    """
    marker = find_block(page, marker.__eq__, marker)
    block = next(block for block in read_blocks(page) if block.marker == marker)
    if f"<!-- /{marker.partition(' ')[0]} -->" in content:
        raise UsageError(f"The new content of '<!-- {marker} -->' ends that block itself. Leave the marker out.")
    text = page.read_text(encoding="utf-8")
    changed = f"{text[: block.start]}\n{content}\n\n{text[block.end :]}"  # Markdown needs the blank lines
    if changed != text:
        write_bytes(page, changed.encode())
    return changed != text
