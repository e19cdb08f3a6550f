"""Reads the pages of the documentation, runs their blocks of code, and compares what these print with what is shown.

A page is a Markdown file. Its blocks in `sh` and `python` run in order, each page in a folder of its own, and a block
in `text` that follows one holds its output. A title (```` ```python title="my_gru.py" ````) makes any block a file.
What a page cannot show in a few seconds is marked by a comment in the line above the block:

    <!-- not run: REASON -->    never run, such as a download or a command on the reader's own file
    <!-- long: REASON -->       run by `python -m tests.refresh_docs --long` only
    <!-- public: REASON -->     run with `--public` only: it takes public data, which `SEQKIT_DATA` names the folder of
    <!-- exit: 5 -->            the exit code that is meant to come, where it is not 0
    <!-- picture: PATH -->      above a picture: the file that the blocks before it drew
    <!-- continues: PAGE -->    anywhere in a page: it starts with the files that this page leaves
"""

import contextlib
import difflib
import io
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LANGUAGES = ("sh", "python")
MARKERS = ("not run", "long", "public", "exit", "picture", "continues")

_FENCE = re.compile(r'^```(?P<language>[\w-]*)(?:\s+title="(?P<title>[^"]+)")?\s*$')
_MARKER = re.compile(rf"^<!-- (?P<name>{'|'.join(MARKERS)})(?:: (?P<value>.*?))? -->$")
_PICTURE = re.compile(r"^!\[[^\]]*\]\((?P<path>[^)]+)\)")
_INSTALL = re.compile(r"^pip install [^&]*(?:&& |$)")
_SHELL = re.compile(r"[|<>&;$`*(]")

_PROGRAM = "import sys; sys.argv[0] = 'seqkit'; from seqkit.__main__ import run; run()"
"""What the installed script does."""

VOLATILE = (
    (re.compile(r"  (\d+ s|\d+:\d\d) left"), ""),  # estimates of the seconds to come
    (re.compile(r"[\d,]+ words/s"), "N words/s"),
    (re.compile(r"  best so far"), ""),  # may move by an epoch where sums are rounded otherwise
)
"""What differs from run to run, and what stands for it."""

_FIGURE = re.compile(r"(?<![\w.])-?\d*\.\d+(?:e-?\d+)?(?![\w.])|(?<![\w.])-?\d+(?= ?%)")
"""What differs from machine to machine, as sums are rounded otherwise: numbers with decimals, and percentages."""

ELLIPSIS = "…"
"""A line of output that stands for any number of lines."""


@dataclass(frozen=True)
class Block:
    """A fenced block of code.

    Attributes:
        language: What the fence says: sh, python, text, toml ….
        code: What is in it.
        line: The line of the opening fence, from 1.
        markers: The comments above it, by name.
        title: Name of the file that the block is; None where it is code to run.
        output: What is shown as its output, where a block in `text` follows.
        output_line: The line of that block's opening fence.
    """

    language: str
    code: str
    line: int
    markers: dict[str, str] = field(default_factory=dict)
    title: str | None = None
    output: str | None = None
    output_line: int = 0

    @property
    def runs(self) -> bool:
        """Whether the block is code that is meant to run."""
        return self.language in LANGUAGES and self.title is None and "not run" not in self.markers

    @property
    def is_slow(self) -> bool:
        """Whether tests leave it to `python -m tests.refresh_docs`."""
        return "long" in self.markers or "public" in self.markers


@dataclass(frozen=True)
class Picture:
    """A picture that a page shows, and the file of a run that it is a copy of."""

    path: Path
    drawn: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page of the documentation."""

    path: Path
    blocks: tuple[Block, ...]
    pictures: tuple[Picture, ...]
    continues: str | None

    @property
    def name(self) -> str:
        """Its path from the project's folder."""
        return self.path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Outcome:
    """What a block with an output printed."""

    page: Page
    block: Block
    actual: str

    @property
    def is_shown(self) -> bool:
        """Whether it is what the page shows."""
        return same(self.block.output or "", self.actual)

    def __str__(self) -> str:
        shown, actual = (text.splitlines() for text in (self.block.output or "", self.actual))
        diff = difflib.unified_diff(shown, actual, "shown", "printed", lineterm="", n=1)
        return "\n".join([f"{self.page.name}:{self.block.line}", *diff])


def documentation() -> list[Page]:
    """Returns README.md and the pages in docs/."""
    return [read_page(path) for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))]


def read_page(path: Path) -> Page:
    """Returns the blocks and pictures of a page.

    Raises:
        ValueError: A fence is not closed.
    """
    blocks: list[Block] = []
    pictures: list[Picture] = []
    markers: dict[str, str] = {}
    continues = None
    previous: int | None = None  # the block that a block in `text` would be the output of
    lines = path.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if found := _MARKER.match(line):
            markers[found["name"]] = found["value"] or ""
            if found["name"] == "continues":
                continues = markers.pop("continues")
        elif found := _FENCE.match(line):
            start = number
            while number < len(lines) and lines[number].rstrip() != "```":
                number += 1
            if number == len(lines):
                raise ValueError(f"{path}:{start} opens a block that nothing closes.")
            code = "\n".join(lines[start:number])
            number += 1
            if found["language"] == "text" and found["title"] is None and previous is not None:
                blocks[previous] = Block(**{**blocks[previous].__dict__, "output": code, "output_line": start})
                previous = None
            else:
                blocks.append(Block(found["language"], code, start, markers, found["title"]))
                previous = len(blocks) - 1 if found["language"] in LANGUAGES and found["title"] is None else None
            markers = {}
        elif found := _PICTURE.match(line):
            if "picture" in markers:
                pictures.append(Picture((path.parent / found["path"]).resolve(), markers["picture"], number))
            markers, previous = {}, None
        elif line.strip():
            markers, previous = {}, None
    return Page(path, tuple(blocks), tuple(pictures), continues)


def in_groups(pages: list[Page]) -> list[list[Page]]:
    """Returns the pages that run, together with those that start from their files or train the same.

    In each group a page that others continue comes before them.
    """
    groups: list[tuple[set[str], list[Page]]] = []
    for page in sorted(pages, key=lambda page: page.continues is not None):
        if not any(block.runs for block in page.blocks):
            continue
        keys = {page.name, *([page.continues] if page.continues else []), *_trainings(page)}
        joined = [group for group in groups if group[0] & keys]
        groups = [group for group in groups if group not in joined]
        groups.append((keys.union(*(k for k, _ in joined)), [*(p for _, group in joined for p in group), page]))
    return [group for _, group in groups]


def _trainings(page: Page) -> set[str]:
    """Returns the commands of a page that train in its test."""
    blocks = [block for block in page.blocks if block.runs and block.language == "sh" and not block.is_slow]
    return {command for block in blocks for command in _commands(block.code) if command.startswith("seqkit train ")}


class Reader:
    """Does what a reader of the documentation does: runs the pages, each once, in folders of its own.

    Args:
        folder: Where the pages' folders are made.
        markers: Names of markers whose blocks are run as well: long, public.
    """

    def __init__(self, folder: Path, *, markers: Iterable[str] = ()) -> None:
        self.folder = folder
        self.left_out = {"long", "public"} - set(markers)
        self._read: dict[str, tuple[list[Outcome], Path]] = {}
        self._trainings: dict[tuple[str, str], tuple[str, dict[str, Path]]] = {}

    def read(self, page: Page) -> tuple[list[Outcome], Path]:
        """Runs the blocks of a page in order, once, and returns what those with an output print, and its folder.

        A page that it continues runs first.

        Raises:
            AssertionError: A block ends in another exit code than it should, or raises.
        """
        if page.name in self._read:
            return self._read[page.name]
        folder = self.folder / page.name.replace("/", "-").removesuffix(".md")
        if page.continues is not None:
            shutil.copytree(self.read(read_page(ROOT / page.continues))[1], folder)
        else:
            folder.mkdir(parents=True)
        names: dict[str, Any] = {"__name__": "__main__"}
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it counts the trainings of one process
        outcomes = []
        with contextlib.chdir(folder), _imports_from(folder):
            for block in page.blocks:
                if block.title is not None:
                    Path(block.title).write_text(block.code + "\n", encoding="utf-8")
                if not block.runs or self.left_out & set(block.markers):
                    continue
                where = f"{page.name}:{block.line}"
                run = self._run_shell if block.language == "sh" else self._run_python
                variables = {"COLUMNS": "100"} | ({} if "public" in block.markers else {"SEQKIT_DATA": None})
                with _environment(variables):
                    printed = run(block, where, names)
                actual = printed.strip("\n").replace(str(ROOT), "/path/to/seqkit")
                if block.output is not None:
                    outcomes.append(Outcome(page, block, actual))
        self._read[page.name] = outcomes, folder
        return outcomes, folder

    def _run_shell(self, block: Block, where: str, names: dict[str, Any]) -> str:
        del names
        expected = int(block.markers.get("exit", 0))
        output = ""
        for command in _commands(block.code):
            printed, code = self._train(command) if command.startswith("seqkit train ") else _run(command)
            output += printed
            assert code == expected, f"{where}: `{command}` ended in exit code {code}, not {expected}:\n{printed}"
        return output

    def _run_python(self, block: Block, where: str, names: dict[str, Any]) -> str:
        assert "exit" not in block.markers, f"{where}: exit codes are those of commands"
        stream = io.StringIO()
        code = compile("\n" * block.line + block.code, where, "exec")
        with contextlib.redirect_stdout(stream):
            exec(code, names)
        return stream.getvalue()

    def _train(self, command: str) -> tuple[str, int]:
        """Trains, unless another page did with the same command: then its run and its output are taken from there."""
        known = (command, _files_here())
        if known in self._trainings:
            output, runs = self._trainings[known]
            for name, path in runs.items():
                shutil.copytree(path, name)
            return output, 0
        before = _runs_here()
        output, code = _run(command)
        new = {name: Path(name).absolute() for name in _runs_here() - before}
        if code == 0 and new:
            self._trainings[known] = (output, new)
        return output, code


def same(shown: str, actual: str) -> bool:
    """Whether an output is what is shown, but for what is volatile; … in a line of its own is anything."""
    wanted, got = _comparable(shown), _comparable(actual)
    if [ELLIPSIS] not in wanted:
        return len(wanted) == len(got) and all(map(_same_line, wanted, got))
    cut = wanted.index([ELLIPSIS])
    head, tail = wanted[:cut], wanted[cut + 1 :]
    if len(head) + len(tail) > len(got):
        return False
    return all(map(_same_line, head, got)) and all(map(_same_line, reversed(tail), reversed(got)))


def elided(shown: str, actual: str) -> str:
    """Returns an output with as many lines left out at … as are left out in what is shown now."""
    lines = shown.splitlines()
    if ELLIPSIS not in lines:
        return actual
    cut = lines.index(ELLIPSIS)
    head, tail = cut, len(lines) - cut - 1
    got = actual.splitlines()
    return "\n".join([*got[:head], ELLIPSIS, *(got[-tail:] if tail else [])])


def _comparable(text: str) -> list[list[str]]:
    for pattern, stand_in in VOLATILE:
        text = pattern.sub(stand_in, text)
    return [line.split() for line in _without_seconds(text.strip("\n").splitlines())]


def _without_seconds(lines: list[str]) -> Iterator[str]:
    """Yields lines without the figures of a table's column of seconds, which ends where its heading does."""
    end = None
    for line in lines:
        heading = re.search(r"(?<!\S)seconds(?!\S)", line)
        if heading:
            end = heading.end()
        elif not line.strip():
            end = None
        yield line if end is None or heading else re.sub(r"\S+$", "N", line[:end]) + line[end:]


def _same_line(shown: list[str], actual: list[str]) -> bool:
    wanted, got = " ".join(shown), " ".join(actual)
    if wanted == got:
        return True
    if _FIGURE.sub("#", wanted) != _FIGURE.sub("#", got):
        return False
    return all(map(_near, _FIGURE.findall(wanted), _FIGURE.findall(got)))


def _near(shown: str, actual: str) -> bool:
    """Whether two figures are the same, as far as the order of sums decides them."""
    a, b = float(shown), float(actual)
    unit = 1.0 if "." in shown else 100.0
    return abs(a - b) <= 0.05 * unit + 0.05 * max(abs(a), abs(b))


def _commands(code: str) -> Iterator[str]:
    """Yields the commands of a block; installing has been done."""
    for line in code.replace("\\\n", "").splitlines():
        command = _INSTALL.sub("", line.strip())
        if command and not command.startswith("#"):
            yield command


def _run(command: str) -> tuple[str, int]:
    """Returns what a command prints, to both streams, and its exit code."""
    if command.startswith("seqkit ") and not _SHELL.search(command.partition(" #")[0]):
        return _run_here(shlex.split(command, comments=True)[1:])
    program = f'seqkit() {{ {shlex.quote(sys.executable)} -c {shlex.quote(_PROGRAM)} "$@"; }}\n{command}'
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        ["bash", "-c", program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )
    return done.stdout, done.returncode


def _run_here(arguments: list[str]) -> tuple[str, int]:
    """Runs the program in this process, where Keras is imported once for all of them."""
    from seqkit.cli import main

    stream = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        try:
            main(arguments, prog_name="seqkit")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return stream.getvalue(), code


def _runs_here() -> set[str]:
    return {path.as_posix() for path in Path("runs").glob("*") if path.is_dir()}


def _files_here() -> str:
    """Returns the files that a training could read: their names, sizes and contents, but those of runs."""
    files = sorted(path for path in Path().rglob("*") if path.is_file() and path.parts[0] != "runs")
    return repr([(str(path), hash(path.read_bytes())) for path in files])


@contextlib.contextmanager
def _imports_from(folder: Path) -> Iterator[None]:
    """Lets Python import the files of a page, as it does for a script in their folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}"):
                del sys.modules[name]


@contextlib.contextmanager
def _environment(variables: dict[str, str | None]) -> Iterator[None]:
    """Sets environment variables, or unsets those that are None."""
    before = {name: os.environ.get(name) for name in variables}
    try:
        _set(variables)
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
