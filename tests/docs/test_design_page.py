"""The page on the design shows the units of the package, the tasks and the contract as they are."""

import re
from pathlib import Path

import pytest

import seqkit
from seqkit.tasks import tasks

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "design.md"
DRAWING = ROOT / "docs" / "images" / "architecture.svg"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the tests stand in no checkout")

UNITS = {
    path.stem
    for path in Path(seqkit.__file__).parent.iterdir()
    if re.fullmatch(r"(__main__|[a-z]\w*)(\.py)?", path.name)
}


def test_every_unit_of_the_package_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?`) \|", text[text.index("| unit |") :], flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) >= UNITS


def test_every_unit_and_every_task_is_in_the_drawing():
    shown = set(re.findall(r">(\w+)<", DRAWING.read_text(encoding="utf-8")))
    assert (UNITS - {"tasks"}) | set(tasks()) <= shown


def test_every_module_of_the_contract_of_tasks_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    modules = {path.stem for name in tasks() for path in (ROOT / "seqkit" / "tasks" / name).glob("[a-z]*.py")}
    shared = {m for m in modules if all((ROOT / "seqkit" / "tasks" / name / f"{m}.py").is_file() for name in tasks())}
    assert {"prepare", "job", "inference"} <= shared
    assert {module for module in shared if f"`{module}`" not in text} == set()
