from importlib.metadata import EntryPoint, EntryPoints

import pytest

from seqkit import registry
from seqkit.errors import NotFoundError, UsageError

RECIPE = '''"""My own recipe.

More of it.
"""
TASKS = ("forecast",)
TRAINING = {"epochs": 3}
COMPUTED = len("abc")


def build_model(spec, *, units: int = 4):
    """Builds.

    Args:
        units: Width, [1, inf).
    """
    return units
'''


@pytest.fixture
def recipe_file(tmp_path):
    path = tmp_path / "my_gru.py"
    path.write_text(RECIPE)
    return path


def test_recipes_are_found_by_name():
    assert {
        "dense", "autoregression", "simple_rnn", "lstm", "gru", "recurrent_dropout", "stacked_gru",
        "bidirectional_gru", "conv1d", "cnn_rnn",
    } <= set(registry.recipes())  # fmt: skip


def test_recipe_is_found_by_path(recipe_file):
    source = registry.find_recipe(str(recipe_file))

    assert source.name == "my_gru"
    assert source.summary == "My own recipe."
    assert source.constants == {"TASKS": ("forecast",), "TRAINING": {"epochs": 3}}
    assert [option.name for option in source.options("build_model")] == ["units"]
    assert source.load().build_model(None, units=7) == 7


def test_recipe_is_found_by_entry_point(recipe_file, monkeypatch):
    monkeypatch.syspath_prepend(recipe_file.parent)
    entry = EntryPoint("installed_gru", "my_gru", "seqkit.recipes")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: EntryPoints([entry]))

    assert registry.find_recipe("installed_gru").summary == "My own recipe."


def test_entry_point_to_a_missing_module_raises(monkeypatch):
    entry = EntryPoint("broken", "a_module_that_is_not_there", "seqkit.recipes")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: EntryPoints([entry]))

    with pytest.raises(NotFoundError, match=r"'broken'.*a_module_that_is_not_there"):
        registry.recipes()


@pytest.mark.parametrize(("name", "near"), [("stacked_gruu", "stacked_gru"), ("LSTM", "lstm")])
def test_unknown_recipe_suggests_similar_names(name, near):
    with pytest.raises(NotFoundError, match=f"Did you mean.*'{near}'") as raised:
        registry.find_recipe(name)
    assert raised.value.exit_code == 4


def test_unknown_dataset_and_missing_file_raise():
    with pytest.raises(NotFoundError, match="demo_weather"):
        registry.find_dataset("demo_wether")
    with pytest.raises(NotFoundError, match=r"there/is_none\.py"):
        registry.find_recipe("there/is_none.py")


def test_recipe_with_a_syntax_error_raises(tmp_path):
    path = tmp_path / "odd.py"
    path.write_text("def (")
    with pytest.raises(UsageError, match=r"odd\.py is not a Python file"):
        _ = registry.find_recipe(str(path)).summary
