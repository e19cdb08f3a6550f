import pytest

from seqkit.errors import UsageError
from seqkit.options import REQUIRED, Option, read_options, resolve

SOURCE = '''
"""A file that cannot be imported."""
import a_module_that_is_not_there

def build(spec, *, units: tuple[int, ...] = (32, 16), rate: float = 0.1, mode: Literal["a", "b"] = "a",
          order: int | None = None, name: str, deep: bool = False):
    """Builds.

    Args:
        spec: Not an option.
        units: Width of each layer,
            [1, inf).
        rate: Share that is dropped, [0, 1).
        mode: How.
        order: How far, [1, 10].
        name: What it is called.
        deep: Whether.

    Returns:
        Nothing: here.
    """
'''


@pytest.fixture
def options(tmp_path):
    path = tmp_path / "recipe.py"
    path.write_text(SOURCE)
    return {option.name: option for option in read_options(path, "build")}


def test_signature_is_read_without_importing_the_module(options):
    assert list(options) == ["units", "rate", "mode", "order", "name", "deep"]
    assert options["units"].default == (32, 16)
    assert options["units"].help == "Width of each layer, [1, inf)."
    assert options["name"].default is REQUIRED
    assert str(options["rate"].interval) == "[0, 1)"
    assert options["mode"].choices == ("a", "b")
    assert options["deep"].help == "Whether."


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("units", "64,32", (64, 32)),
        ("units", "64", (64,)),
        ("rate", "0", 0.0),
        ("rate", "5e-1", 0.5),
        ("order", "none", None),
        ("order", "10", 10),
        ("mode", "b", "b"),
        ("deep", "true", True),
    ],
)
def test_text_is_parsed_to_a_value(options, name, text, value):
    assert options[name].parse(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("units", "0"),
        ("units", "64,x"),
        ("rate", "1"),
        ("rate", "-0.1"),
        ("rate", "nan"),
        ("rate", "inf"),
        ("order", "11"),
        ("order", "2.5"),
        ("mode", "c"),
        ("deep", "maybe"),
    ],
)
def test_invalid_text_raises_with_flag_and_value(options, name, text):
    with pytest.raises(UsageError, match=f"--{name}.*got") as raised:
        options[name].parse(text)
    assert raised.value.exit_code == 2


def test_values_from_files_and_python_are_validated(options):
    assert options["units"].check([8, 4]) == (8, 4)
    assert options["rate"].check(0) == 0.0
    for name, value in (("units", [1.5]), ("rate", "0.5"), ("order", True), ("name", 3)):
        with pytest.raises(UsageError, match=name):
            options[name].check(value)


def test_resolve_uses_defaults_and_names_unknown_and_missing_options(options):
    resolved = resolve(options.values(), {"name": "x", "rate": 0.5})
    assert resolved == {"units": (32, 16), "rate": 0.5, "mode": "a", "order": None, "name": "x", "deep": False}
    with pytest.raises(UsageError, match="'units'"):
        resolve(options.values(), {"name": "x", "unit": 3})
    with pytest.raises(UsageError, match="Missing option --name"):
        resolve(options.values(), {})


@pytest.mark.parametrize(
    ("signature", "says"),
    [
        ("*, x: dict = {}", "must be int, float"),
        ("*, x=1", "got nothing"),
        ("*, x: int = compute()", "must be a literal"),
    ],
)
def test_unsupported_signature_raises_with_option_and_file(tmp_path, signature, says):
    path = tmp_path / "odd.py"
    path.write_text(f"def build({signature}): pass")
    with pytest.raises(UsageError, match=says) as raised:
        read_options(path, "build")
    assert "`x`" in str(raised.value)
    assert "odd.py" in str(raised.value)


def test_file_without_the_function_raises(tmp_path):
    path = tmp_path / "odd.py"
    path.write_text("def build(:")
    with pytest.raises(UsageError, match="not a Python file"):
        read_options(path, "build")
    path.write_text("x = 1")
    with pytest.raises(UsageError, match="no function `build`"):
        read_options(path, "build")


def test_interval_with_exponent_is_read():
    assert "1e-3" not in str(Option("x", float, 0.0).expected())


def test_former_option_names_are_accepted():
    chunk = Option("chunk", int, 96)
    assert resolve([chunk], {"stretch": 12}) == {"chunk": 12}
    assert chunk.former_flags == ["--stretch"]
    assert Option("window", int, 1).former_flags == []
