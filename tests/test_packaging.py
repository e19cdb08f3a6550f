"""What is built is what is meant: one top-level package that holds the recipes and the datasets."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import seqkit
import seqkit.checkout
import seqkit.datasets
import seqkit.recipes
from seqkit.checkout import source_dir
from tests.paths import ROOT

FOLDERS = ("recipes", "datasets")

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="the tests stand in no checkout")


def names(folder: str) -> set[str]:
    return {path.name for path in (ROOT / folder).glob("*.py")}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the sdist and the wheel built from it, with what is installed (nothing is downloaded)."""
    for module in ("build", "hatchling"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install -e '.[test]'")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built):
    return next(built.glob("*.whl"))


def test_wheel_installs_one_top_level_package_and_none_called_recipes_or_datasets(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"seqkit"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_wheel_holds_every_file_of_the_folder_and_nothing_else_in_its_place(wheel, folder):
    prefix = f"seqkit/{folder}/"
    packed = {name.removeprefix(prefix) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(prefix)}
    assert packed == names(folder) | {"__init__.py"}


def test_wheel_says_that_it_is_typed_and_carries_the_licence_but_no_tests(wheel):
    packed = zipfile.ZipFile(wheel).namelist()
    assert "seqkit/py.typed" in packed
    assert any(name.endswith("/licenses/LICENSE") for name in packed)
    assert not [name for name in packed if name.startswith("tests/") or "/tests/" in name or name.endswith(".pyc")]


def test_sdist_holds_what_a_packager_needs_to_build_and_to_test(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        packed = {name.split("/", 1)[1] for name in sdist.getnames()}
    here = {f"{folder}/{name}" for folder in FOLDERS for name in names(folder)}
    assert here <= packed
    assert {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "tests/test_packaging.py"} <= packed
    assert {"mkdocs.yml", "docs/index.md", "docs/generate.py", "docs/images/forecast.png"} <= packed


def test_unpacked_wheel_finds_the_same_recipes_and_datasets_in_itself(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "import json, seqkit.registry as r, seqkit.recipes, seqkit.datasets;"
        "print(json.dumps([[str(s.path) for s in found().values()] for found in (r.recipes, r.datasets)]"
        "+ [list(seqkit.recipes.__path__), list(seqkit.datasets.__path__)]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    *found, recipe_path, dataset_path = json.loads(done.stdout)
    package = tmp_path / "site" / "seqkit"
    assert (recipe_path, dataset_path) == ([str(package / "recipes")], [str(package / "datasets")])
    for paths, folder in zip(found, FOLDERS, strict=True):
        assert sorted(paths) == sorted(str(package / folder / name) for name in names(folder) if name[0] != "_")


@pytest.mark.parametrize("folder", FOLDERS)
def test_top_level_folders_are_no_packages_of_their_own(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_checkout_finds_its_own_folders():
    if Path(seqkit.checkout.__file__).parent.parent != ROOT:
        pytest.skip("seqkit is installed, not imported from this checkout")
    assert source_dir("recipes") == [str(ROOT / "recipes")]
    assert str(ROOT / "datasets") in list(seqkit.datasets.__path__)
    assert str(ROOT / "recipes") in list(seqkit.recipes.__path__)


@pytest.mark.parametrize(
    ("project", "folder", "answers"),
    [
        ('[project]\nname = "seqkit"', "recipes", True),
        ('[project]\nname = "seqkit"', "datasets", False),  # ours, but without such a folder
        ('[project]\nname = "other"', "recipes", False),  # a copy of the package inside another project
        ("[tool.x]", "recipes", False),
        ("not = = toml", "recipes", False),
        (None, "recipes", False),  # site-packages, beside a folder of that name
    ],
)
def test_source_dir_answers_only_beside_our_own_project_file(tmp_path, monkeypatch, project, folder, answers):
    (tmp_path / "recipes").mkdir()
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    monkeypatch.setattr(seqkit.checkout, "_ROOT", tmp_path)
    assert source_dir(folder) == ([str(tmp_path / folder)] if answers else [])


def test_package_lists_what_it_offers():
    assert {"Spec", "__version__", "evaluate", "load", "train"} <= set(dir(seqkit))
    assert not hasattr(seqkit, "no_such_name")


def test_offered_names_are_those_of_their_modules():
    from seqkit.spec import Spec
    from seqkit.workflows.train import train

    assert seqkit.Spec is Spec
    assert seqkit.train is train
    assert callable(seqkit.load) and callable(seqkit.evaluate)


def test_version_is_the_installed_one_and_unknown_where_nothing_is_installed(monkeypatch):
    import importlib.metadata

    monkeypatch.setattr(importlib.metadata, "version", lambda name: f"{name} 9.9")
    assert seqkit.version.installed_version() == "seqkit 9.9"

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert seqkit.version.installed_version() == "0+unknown"
