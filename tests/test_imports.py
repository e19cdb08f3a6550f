"""Who may import whom, read from the files; and what the listings do not import, seen from outside."""

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import seqkit

PACKAGE = Path(seqkit.__file__).parent
ROOT = PACKAGE.parent
MAX_LINES = 350

FLOORS = (
    ("__main__",),
    ("cli",),
    ("",),  # seqkit/__init__.py, which only names what it offers
    ("estimators",),
    ("workflows",),
    ("tasks",),
    ("training", "inference"),
    ("runs",),
    ("sources", "datasets", "recipes"),
    ("data", "plots", "console"),
    ("registry",),
    ("spec", "options", "files", "stats"),
    ("layers", "errors", "progress", "stopwatch", "checkout", "version"),
)
"""The units of the package from the top down: a module imports its own unit, and units on floors below it."""

FRAMEWORKS = {"keras", "tensorflow", "tf2onnx"}
MAY_IMPORT_FRAMEWORKS = {"spec", "layers", "recipes", "training"}
TASK_MODULES_WITH_FRAMEWORKS = {"job", "objective", "loop", "combination"}
ANSWERING = {"inference", "evaluate", "show", "commands"}
"""Modules of a task that a finished run needs."""


@cache
def sources() -> dict[str, Path]:
    """Every module of the package by its dotted name, with the recipes and datasets where the package has them."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(("seqkit", *parts)).removesuffix(".__init__")] = path
    for folder in ("recipes", "datasets"):
        for path in (ROOT / folder).glob("*.py"):
            found[f"seqkit.{folder}.{path.stem}"] = path
    return found


@cache
def imports(module: str, *, types: bool = True) -> frozenset[str]:
    """The modules that a module names in its imports, at its top or inside a function, ours by their full names.

    With `types`, also those that it imports for annotations alone.
    """
    path = sources()[module]
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not types:
        tree.body = [node for node in tree.body if not _is_for_types(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; write the full name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in sources() else str(node.module))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                found.add(name.value)
    return frozenset(found)


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def ours(module: str) -> set[str]:
    return {name for name in imports(module) if name.split(".")[0] == "seqkit"}


def unit(module: str) -> str:
    """The file or folder of the package that a module belongs to; "" for the package itself."""
    return [*module.split("."), ""][1]


ALL = sorted(sources())


FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}


def test_every_unit_of_the_package_has_a_floor():
    assert {unit(module) for module in ALL} == set(FLOOR)


@pytest.mark.parametrize("module", ALL)
def test_module_imports_only_its_own_unit_and_floors_below(module):
    home = unit(module)
    foreign = {name for name in ours(module) if unit(name) != home}
    assert {name for name in foreign if FLOOR[unit(name)] <= FLOOR[home]} == set()


@pytest.mark.parametrize("module", [m for m in ALL if m.startswith("seqkit.datasets.")])
def test_dataset_imports_data_and_errors_only(module):
    assert {unit(name) for name in ours(module)} <= {"data", "errors"}


@pytest.mark.parametrize("module", [m for m in ALL if m.count(".") >= 3 and m.startswith("seqkit.tasks.")])
def test_task_imports_of_another_task_its_inference_only(module):
    own = module.split(".")[2]
    others = {n for n in ours(module) if n.startswith("seqkit.tasks.") and n.split(".")[2] not in (own, "contract")}
    assert {name for name in others if not name.endswith(".inference")} == set()


@pytest.mark.parametrize("module", ALL)
def test_only_models_and_training_know_keras_and_tensorflow(module):
    allowed = unit(module) in MAY_IMPORT_FRAMEWORKS or (
        unit(module) == "tasks" and module.rpartition(".")[2] in TASK_MODULES_WITH_FRAMEWORKS
    )
    if not allowed:
        assert {name for name in imports(module, types=False) if name.split(".")[0] in FRAMEWORKS} == set()


@pytest.mark.parametrize(
    "module", [m for m in ALL if m.startswith("seqkit.tasks.") and m.rpartition(".")[2] in ANSWERING]
)
def test_a_finished_run_answers_without_keras(module):
    reached, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in sources() and name not in reached and unit(name) not in ("spec", "datasets"):
            reached.add(name)
            waiting += imports(name, types=False)
    knowing = {name for name in reached if {i.split(".")[0] for i in imports(name, types=False)} & FRAMEWORKS}
    assert knowing == set()


@pytest.mark.parametrize("module", [m for m in ALL if m.startswith("seqkit.recipes.")])
def test_recipe_imports_keras_the_spec_the_layers_and_the_standard_library_only(module):
    foreign = {name.split(".")[0] for name in imports(module)} - {"keras", "seqkit"} - sys.stdlib_module_names
    assert foreign == set()
    assert all(name == "seqkit.spec" or name.startswith("seqkit.layers.") for name in ours(module))


def test_no_module_imports_itself_through_others():
    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module not in done:
            for name in sorted(ours(module) & set(ALL)):
                visit(name, (*trail, module))
            done.add(module)

    done = {"seqkit"}  # The package names what it offers and imports it at first use.
    for module in ALL:
        visit(module, ())


def named_in(module: str) -> set[str]:
    """The modules that a module names in its strings, as cards and tables of commands do."""
    tree = ast.parse(sources()[module].read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts & set(sources())


def test_every_module_is_reached_from_the_command_the_package_or_by_being_found():
    packages = {module.rpartition(".")[0] for module in ALL}
    groups = {m for m in packages if m.startswith(("seqkit.data.", "seqkit.tasks."))}
    verbs = ("evaluate", "compare", "inspect", "show", "commands", "export")
    contract = ("prepare", "job", "inference", *verbs, "defaults", "candidates")
    found = {module for module in ALL if unit(module) in ("recipes", "datasets")} | groups
    found |= {f"{task}.{name}" for task in groups if task.startswith("seqkit.tasks.") for name in contract}
    reached, waiting = set(), ["seqkit", "seqkit.__main__", *(found & set(ALL))]
    while waiting:
        module = waiting.pop()
        if module in sources() and module not in reached:
            reached.add(module)
            parents = [module.rsplit(".", n)[0] for n in range(1, module.count(".") + 1)]
            waiting += [*ours(module), *named_in(module), *parents]
    assert set(ALL) - reached == set()


@pytest.mark.parametrize("module", ALL)
def test_file_can_be_read_in_one_sitting(module):
    assert len(sources()[module].read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def loaded_by(*arguments: str) -> set[str]:
    """Which of the slow libraries the command has imported when it ends."""
    program = (
        "import json, sys\n"
        "from seqkit.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "slow = {'keras', 'tensorflow', 'numpy', 'pydantic', 'pandas', 'matplotlib', 'scipy', 'sklearn'}\n"
        "slow |= {'onnxruntime', 'pyarrow'}\n"
        "print(json.dumps(sorted(slow & set(sys.modules))), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("recipes",),
        ("recipes", "stacked_gru"),
        ("datasets",),
        ("datasets", "demo_weather"),
        ("tasks",),
        ("tasks", "forecast"),
        ("train", "--help"),
        ("train", "stacked_gru", "--help"),
        ("train", "conv1d", "--data", "demo_reviews", "--help"),
        ("forecast", "--help"),
        ("evaluate", "--help"),
    ],
    ids=" ".join,
)
def test_help_and_listings_are_instant(arguments):
    assert loaded_by(*arguments) == set()


def test_importing_the_package_imports_nothing_slow():
    program = "import sys, seqkit; print(sorted({'keras', 'tensorflow', 'pandas', 'matplotlib'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
