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
LONGEST_FILE = 350

GROUND = {
    "data",
    "errors",
    "layers",
    "metrics",
    "options",
    "plots",
    "registry",
    "ridge",
    "runs",
    "sources",
    "spec",
    "stopwatch",
    "whole_files",
}
FINISHED_RUNS = {"inference", "scoring", "results", "label_scoring", "evaluation", "comparison", "label_comparison"}
MAY_IMPORT = {
    # Lowest floor: nothing above it. Each names what it may use beside it.
    "errors": set(),
    "stopwatch": set(),
    "checkout": set(),
    "spec": {"errors", "layers"},
    "data": {"errors", "whole_files"},
    "layers": {"errors"},
    "metrics": {"errors"},
    "label_metrics": {"errors"},
    "stored_arrays": {"errors"},
    "ridge": {"errors"},
    "window_sums": {"data", "errors", "ridge"},
    "plots": {"errors", "stopwatch", "whole_files"},
    "fonts": {"errors"},
    "label_places": set(),
    "word_plots": {"errors", "fonts", "label_places", "plots"},
    "vector_metrics": {"data", "errors"},
    "vector_comparison": {"label_metrics", "vector_metrics"},
    "vector_baseline": set(),
    "label_plots": {"errors", "plots"},
    "learning_curve": {"plots"},
    "options": {"errors"},
    "registry": {"errors", "options"},
    "locking": {"errors"},
    "run_files": {"errors"},
    "whole_files": {"errors"},
    "runs": {"errors", "options", "run_files", "whole_files"},
    "run_lifecycle": {"errors", "locking", "runs"},
    "sources": {"data", "errors", "options", "registry", "stopwatch"},
    # Second floor.
    "recipes": {"spec", "layers"},
    "datasets": {"data", "errors"},
    "baselines": {"data", "errors", "metrics", "ridge", "window_sums"},
    "text_baseline": {"data", "errors", "label_metrics", "stored_arrays"},
    "series_baseline": {"data", "errors", "stored_arrays"},
    "label_baselines": {"errors", "series_baseline", "stored_arrays", "text_baseline"},
    # Third floor.
    "tasks": {"baselines", "data", "errors", "label_metrics", "metrics", "options", "plots", "spec"},
    # Fourth floor: from a finished run to numbers, none of them knowing recipes; and from a recipe to a run.
    "inference": {
        "data",
        "errors",
        "options",
        "run_files",
        "runs",
        "spec",
        "stored_arrays",
        "tasks",
        "vector_metrics",
        "whole_files",
    },
    "vector_scoring": {
        "data",
        "errors",
        "inference",
        "registry",
        "runs",
        "sources",
        "run_files",
        "stored_arrays",
        "vector_baseline",
        "vector_comparison",
        "vector_metrics",
        "whole_files",
    },
    "scoring": {
        "baselines",
        "data",
        "errors",
        "inference",
        "metrics",
        "runs",
        "stored_arrays",
        "tasks",
        "whole_files",
        "window_sums",
    },
    "results": {"data", "errors", "plots", "runs", "scoring", "whole_files"},
    "label_scoring": {
        "data",
        "errors",
        "inference",
        "label_baselines",
        "learning_curve",
        "label_metrics",
        "label_plots",
        "runs",
        "stopwatch",
        "stored_arrays",
        "tasks",
        "whole_files",
    },
    "evaluation": {
        "data",
        "errors",
        "inference",
        "label_scoring",
        "options",
        "results",
        "run_files",
        "runs",
        "scoring",
        "sources",
        "tasks",
        "vector_scoring",
    },
    "comparison": {"errors", "inference", "label_comparison", "results", "runs", "scoring"},
    "label_comparison": {"errors", "inference", "label_metrics", "label_scoring", "runs"},
    "training": {
        "",
        "baselines",
        "inference",
        "label_baselines",
        "learning_curve",
        "label_scoring",
        "results",
        "run_files",
        "run_lifecycle",
        "scoring",
        "stored_arrays",
        "tasks",
        *GROUND,
    },
    # Fifth floor.
    "cli": {"", "baselines", "tasks", "training", "word_plots", *FINISHED_RUNS, *GROUND},
    "": {"evaluation", "inference", "spec", "training"},  # seqkit/__init__.py, which only names them
    "__main__": {"cli", "stopwatch"},
}
FRAMEWORKS = {"keras", "tensorflow", "tf2onnx"}
MAY_IMPORT_FRAMEWORKS = {"spec", "layers", "recipes", "training"}


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
def imports(module: str) -> frozenset[str]:
    """The modules that a module names in its imports, at its top or inside a function, ours by their full names."""
    path = sources()[module]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def ours(module: str) -> set[str]:
    return {name for name in imports(module) if name.split(".")[0] == "seqkit"}


def unit(module: str) -> str:
    """The file or folder of the package that a module belongs to; "" for the package itself."""
    return [*module.split("."), ""][1]


ALL = sorted(sources())


def test_every_part_of_the_package_has_a_floor():
    assert {unit(module) for module in ALL} <= set(MAY_IMPORT)


@pytest.mark.parametrize("module", ALL)
def test_module_imports_only_what_stands_below_it(module):
    home = unit(module)
    beside = {"cli", "data", "inference", "layers", "tasks", "training"}  # folders whose files may use one another
    allowed = MAY_IMPORT[home] | ({home} if home in beside else set())
    if module in ("seqkit.recipes", "seqkit.datasets"):
        allowed = {"checkout"}
    assert {name for name in ours(module) if unit(name) not in allowed} == set()


@pytest.mark.parametrize("module", ALL)
def test_only_models_and_training_know_keras_and_tensorflow(module):
    if unit(module) not in MAY_IMPORT_FRAMEWORKS:
        assert {name for name in imports(module) if name.split(".")[0] in FRAMEWORKS} == set()


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


def test_every_module_is_reached_from_the_command_the_package_a_recipe_or_a_dataset():
    found_by_name = [module for module in ALL if unit(module) in ("recipes", "datasets")]
    reached, waiting = set(), ["seqkit", "seqkit.__main__", *found_by_name]
    while waiting:
        module = waiting.pop()
        if module in sources() and module not in reached:
            reached.add(module)
            parents = [module.rsplit(".", n)[0] for n in range(1, module.count(".") + 1)]
            waiting += [*ours(module), *parents]
    assert set(ALL) - reached == set()


@pytest.mark.parametrize("module", ALL)
def test_file_can_be_read_in_one_sitting(module):
    assert len(sources()[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def loaded_by(*arguments: str) -> set[str]:
    """Which of the slow libraries the command has imported when it ends."""
    program = (
        "import json, sys\n"
        "from seqkit.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "slow = {'keras', 'tensorflow', 'pandas', 'matplotlib', 'scipy', 'sklearn', 'onnxruntime', 'pyarrow'}\n"
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
        ("train", "--help"),
        ("train", "stacked_gru", "--help"),
        ("forecast", "--help"),
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
