"""Invalid input to training: one message with what, where and how to fix it, and nothing changes on disk."""

import math
from pathlib import Path

import numpy as np
import pytest

LONG = "x" * 5000
SMALL = ("--rows", 300, "--window", 6)


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (("trian", "dense"), 2, "There is no command 'trian'. Did you mean 'train'?"),
        (("train", "stacked_gruu"), 4, "no recipe 'stacked_gruu'. Did you mean 'stacked_gru'"),
        (
            ("train", "dense", "--data", "demo_wether"),
            4,
            "There is no dataset or file 'demo_wether'. Did you mean 'demo_weather'",
        ),
        (("train", "dense", "--epoch", 3), 2, "--epochs"),
        (("train", "dense", "--target", "Tdw (K)"), 2, "no column 'Tdw (K)' for --target. Did you mean"),
        (("train", "--epochs", 3), 2, "Name the recipe before its options"),
        (("recipes", "densse"), 4, "Did you mean 'dense'?"),
        (("datasets", "eth1"), 4, "Did you mean 'etth1'"),
        (("forecast", "run", "--ouput", "x"), 2, "--output"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_missing_names_are_rejected_with_the_nearest_one(refused, arguments, code, hint):
    assert hint in refused(*arguments, code=code)


@pytest.mark.parametrize(
    ("flag", "value", "expected"),
    [
        ("--epochs", "zero", "a whole number in [1, inf), got 'zero'"),
        ("--epochs", "1.5", "a whole number in [1, inf), got '1.5'"),
        ("--epochs", "", "a whole number in [1, inf), got ''"),
        ("--dropout", "1.5", "a number in [0, 1), got 1.5"),
        ("--dropout", "nan", "a number in [0, 1), got nan"),
        ("--units", "0", "whole numbers separated by commas in [1, inf), got 0"),
        ("--units", "a,b", "whole numbers separated by commas in [1, inf), got 'a'"),
        ("--units", "", "whole numbers separated by commas in [1, inf), got ''"),
        ("--units", ",", "whole numbers separated by commas in [1, inf), got ','"),
        ("--learning-rate", "-1", "a number in (0, inf), got -1.0"),
        ("--learning-rate", "inf", "a number in (0, inf), got inf"),
        ("--window", "0", "a whole number in [1, inf), got 0"),
        ("--rows", "99999999", "a whole number in [1, 2000000], got 99999999"),
        ("--sentinel", "-99,nan", "numbers separated by commas, got nan"),
        ("--loss", "mea", "one of mae, mse, huber, got 'mea'. Did you mean"),
        ("--missing", "blah", "one of error, ffill, interpolate, drop, skip, got 'blah'"),
    ],
)
def test_invalid_values_are_rejected_with_what_is_expected(refused, flag, value, expected):
    message = refused("train", "dense", flag, value, code=2)
    assert message.startswith(f"Received an invalid value for {flag}, expected {expected}")


@pytest.mark.parametrize(
    ("split", "reason"),
    [
        ("nonsense", "three fractions"),
        ("0.5,0.5", "2 numbers"),
        ("0.9,0.2,0.1", "sum to 1"),
        ("9,9,99999", "300 distinct"),
        ("inf,1,1", "a part would be infinite"),
        ("nan,1,1", ""),
    ],
)
def test_an_invalid_split_is_rejected_with_the_valid_forms(refused, split, reason):
    message = refused("train", "dense", *SMALL, "--split", split, code=2)
    assert f"The split '{split}' cannot be used" in message
    assert reason in message
    assert "0.7,0.15,0.15" in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "dense", "--data"), "Option '--data' requires an argument"),
        (("train", "dense", "--data", ""), "The name of the data is empty. Known: air_passengers"),
        (("train", "dense", "--out", ""), "Invalid value for '--out' / '-o': it is empty"),
        (("train", "dense", "--config", ""), "The configuration '' cannot be read"),
        (("train", "dense", "gru"), "unexpected extra argument (gru)"),
        (("train", "dense", "-q", "-v"), "--quiet and --verbose exclude each other. Leave one of them out."),
        (("train", "dense", "--overwrite=3"), "does not take a value"),
        (("check", ""), "The name of the data is empty"),
        (("forecast",), "Missing argument 'RUN'"),
        (("compare",), "Missing argument 'RUNS"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_missing_empty_and_conflicting_arguments_are_rejected(refused, arguments, message):
    assert message in refused(*arguments, code=2)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("forecast", LONG), 4),
        (("predict", LONG, "good"), 4),
        (("evaluate", LONG), 4),
        (("compare", LONG, LONG), 4),
        (("neighbors", LONG, "king"), 4),
        (("export", LONG, "--output", "vectors.txt"), 4),
        (("check", LONG), 4),
        (("train", f"./{LONG}.py"), 4),
        (("train", "dense", "--data", LONG), 4),
        (("train", "skipgram", "--data", LONG), 4),
        (("train", "conv1d", "--data", "demo_reviews", "--rows", 60, "--vectors", LONG), 4),
        (("train", "--resume", LONG), 4),
        (("train", "dense", "--test", LONG), 2),
    ],
    ids=lambda value: " ".join(map(str, value)).replace(LONG, "…") if isinstance(value, tuple) else "",
)
def test_a_name_too_long_for_a_file_is_rejected_as_missing(refused, arguments, code):
    assert refused(*arguments, code=code)


def test_a_configuration_with_invalid_file_names_is_rejected(refused, folder):
    (folder / "settings.toml").write_text('data = "a\\u0000b"')
    assert "There is no dataset or file" in refused("train", "dense", "--config", "settings.toml", code=4)
    (folder / "settings.toml").write_text('encoding = "a\\u0000b"\ndata = "settings.toml"')
    assert "Unknown text encoding" in refused("train", "dense", "--config", "settings.toml", code=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs three", "settings.toml is not valid TOML: Expected '='"),
        (f"epochs = {'9' * 5000}", "settings.toml is not valid TOML: Exceeds the limit"),
        (f"epochs = {'[' * 5000}", "settings.toml is not valid TOML: maximum recursion depth"),
        ("epoch = 3", "settings.toml has an unknown option `epoch`. Did you mean 'epochs'?"),
        (
            "epochs = 'three'",
            "settings.toml: Received an invalid value for --epochs, expected a whole number in [1, inf)",
        ),
        ("epochs = 2.0", "expected a whole number in [1, inf), got 2.0"),
        ("learning-rate = 0", "settings.toml: Received an invalid value for --learning-rate"),
        ("units = []", "settings.toml: Received an invalid value for --units"),
        ("data = 3", "settings.toml: Received an invalid value for --data, expected text, got 3"),
        ("overwrite = 'yes'", "settings.toml: Received an invalid value for --overwrite, expected true or false"),
        ("recipe = 'gru'", "settings.toml is for the recipe 'gru', not 'dense'"),
        ("[training]\nepochs = 3", "settings.toml has a table [training]. Write options at the top level."),
        ("listener = 1", "unknown option `listener`"),
    ],
)
def test_an_invalid_configuration_is_rejected_with_its_name(refused, folder, text, message):
    (folder / "settings.toml").write_text(text)
    assert message in refused("train", "dense", "--config", "settings.toml", "--rows", 300, code=2)


def test_a_missing_or_binary_configuration_is_rejected(refused, folder):
    assert "'nowhere.toml' cannot be read" in refused("train", "dense", "--config", "nowhere.toml", code=2)
    assert "cannot be read" in refused("train", "dense", "--config", folder, code=2)
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert "binary.toml is not valid TOML" in refused("train", "dense", "--config=binary.toml", code=2)


JUNK = np.random.default_rng(0).bytes(3000)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "mine.csv is empty"),
        (b"\n\n", "mine.csv contains only blank lines"),
        (b"ds,y\n", "mine.csv has a header but no rows"),
        (JUNK, "mine.csv"),
        (b"PK\x03\x04" + JUNK, "an Excel workbook"),
        (b"ds,y\n2024-01-01,1\n2024-01-02\n", "row 2"),
        (b"ds,y,y\n2024-01-01,1,2\n", "duplicate column names"),
    ],
    ids=["empty", "blank", "header only", "binary", "workbook", "ragged", "same names"],
)
@pytest.mark.parametrize("command", [("train", "dense", "--data"), ("check",)], ids=["train", "check"])
def test_a_file_that_is_not_a_table_is_rejected(refused, folder, command, content, message):
    (folder / "mine.csv").write_bytes(content)
    assert message in refused(*command, "mine.csv", code=5)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (["a"] * 50, "not a number"),
        ([1.0] * 50, "constant"),
        ([math.nan] * 50, "empty column"),
        ([1.0, 2.0] * 20 + [math.nan] + [1.0, 2.0], "missing value"),
        ([1.0, 2.0] * 20 + ["x"] + [1.0, 2.0], "'x' among numbers"),
        ([1.0, 2.0] * 20 + [-9999.0], "sentinel"),
    ],
    ids=["text", "constant", "all NaN", "one NaN", "one text", "sentinel"],
)
def test_an_invalid_target_is_rejected_with_its_column_and_row(refused, series, values, what):
    message = refused("train", "dense", "--data", series(values), code=5)
    assert message.startswith("mine.csv (CSV, comma, UTF-8) cannot be used, 1 problem:")
    assert what in message
    assert " y " in message


def test_a_folder_or_missing_data_is_rejected_with_the_nearest_name(refused, folder, series):
    series([1.0, 2.0])
    (folder / "inside").mkdir()
    assert "inside contains no texts in label folders" in refused("train", "dense", "--data", "inside", code=2)
    assert "There is no dataset or file 'min.csv'. Did you mean 'mine.csv'" in refused(
        "train", "dense", "--data", "min.csv", code=4
    )
    assert "There is no dataset or file" in refused("check", "x" * 400, code=4)


def test_standard_input_without_a_table_is_rejected(refused):
    assert refused("train", "dense", "--data", "-", code=5, stdin="") == "standard input is empty. Choose another file."


@pytest.mark.parametrize(
    ("flags", "part"),
    [
        (("--window", 200), "training"),
        (("--window", 10, "--horizon", 40), "validation"),
        (("--window", 10, "--lead", 90), "training"),
    ],
)
def test_windows_longer_than_the_data_are_rejected_with_the_lengths(refused, series, flags, part):
    data = series(np.sin(np.arange(100)).round(3).tolist())
    message = refused("train", "dense", "--data", data, *flags, code=2)
    assert message.startswith(f"There is no window for {part}:")
    assert "100 of the 100 rows" in message
    assert "Shorten --window, --lead or --horizon" in message


def test_an_unwritable_output_is_rejected_before_any_work(refused, folder, run):
    (folder / "file").write_text("x")
    (folder / "thesis").mkdir()
    (folder / "thesis" / "chapter.txt").write_text("years of work")
    (folder / "link").symlink_to("run")
    train = ("train", "autoregression", *SMALL, "--out")

    assert "run exists. Name another --out, or add --overwrite" in refused(*train, "run", code=2)
    assert f"{folder / 'file'} is not a writable directory" in refused(*train, "file/run", code=2)
    for place in ("file", "thesis", "."):
        assert "it is not overwritten. Name another --out" in refused(*train, place, "--overwrite", code=2)
    assert "link is a link" in refused(*train, "link", "--overwrite", code=2)
    assert "cannot be written: File name too long" in refused(*train, "x" * 400, code=2)


def test_the_current_directory_is_never_overwritten(refused, run, monkeypatch):
    monkeypatch.chdir(run)
    assert "is the current directory" in refused("train", "autoregression", "--out", ".", "--overwrite", code=2)


HEAD = '"""Mine: a test."""\n\nimport keras\n\nTASKS = ("forecast",)\n\n\n'
BUILD = "def build_model(spec, *, width: int = 4):\n    inputs, x = spec.inputs()\n    x = keras.layers.Flatten()(x)\n"
END = "    return keras.Model(inputs, spec.outputs(x))\n"


def recipe(signature: str, *lines: str) -> str:
    return HEAD + f"def build_model(spec, {signature}):\n" + "".join(f"    {line}\n" for line in lines)


RECIPES = {
    "syntax": (HEAD + "def (", 2, "is not a Python file: invalid syntax (mine.py, line 8)"),
    "binary": ("\0\0", 2, "mine.py is not a Python file"),
    "no build_model": (HEAD, 2, "mine.py has no function `build_model`"),
    "untyped": (recipe("*, width=4", "pass"), 2, "The type of option `width` of build_model in"),
    "positional": (recipe("width: int = 4", "pass"), 2, "must be keyword-only: put a * before it"),
    "wrong default": (recipe("*, width: int = 'a'", "pass"), 2, "The default of option `width`"),
    "name of ours": (recipe("*, window: int = 4", "pass"), 2, "`window` is defined by recipe and by forecast"),
    "name of a run's": (recipe("*, out: int = 4", "pass"), 2, "The option `out` of"),
    "missing library": ("import a_library_of_mine\n" + HEAD + BUILD + END, 3, "pip install a_library_of_mine"),
    "wrong import": ("from json import nothing\n" + HEAD + BUILD + END, 2, "line 1: ImportError: cannot import name"),
    "fails on import": (HEAD + BUILD + END + "\nprint(width)\n", 2, "line 13: NameError: name 'width' is not defined"),
    "exits on import": (HEAD + BUILD + END + "\nraise SystemExit(7)\n", 2, "line 13: SystemExit: 7"),
    "raises": (recipe("*, width: int = 4", "raise ValueError('width is odd')"), 2, "width is odd"),
    "wrong shape": (
        HEAD + BUILD + "    return keras.Model(inputs, keras.layers.Dense(7)(x))\n",
        2,
        "has the output shape",
    ),
}


@pytest.mark.parametrize("case", RECIPES)
def test_an_invalid_recipe_file_is_rejected_with_the_location(refused, folder, case):
    text, code, message = RECIPES[case]
    (folder / "mine.py").write_text(text)
    assert message in refused("train", "./mine.py", *SMALL, "--quiet", code=code)


FAULTY = {
    "returns nothing": (recipe("*, width: int = 4", "pass"), "expected a keras.Model"),
    "raises another error": (recipe("*, width: int = 4", "raise RuntimeError('width is odd')"), "width is odd"),
    "other inputs": (
        HEAD + BUILD.replace("spec.inputs()", "(y := keras.Input((3, 2)), y)") + END,
        "has the input shape",
    ),
    "unknown in TRAINING": (HEAD + "TRAINING = {'epocs': 1}\n\n\n" + BUILD + END, "Did you mean 'epochs'?"),
    "TRAINING no table": (HEAD + "TRAINING = 3\n\n\n" + BUILD + END, "TRAINING"),
    "another task": (HEAD.replace("forecast", "paint") + BUILD + END, "TASKS"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_recipe_that_breaks_its_contract_is_rejected_with_the_location(refused, folder, case):
    text, message = FAULTY[case]
    (folder / "mine.py").write_text(text)
    assert message in refused("train", "./mine.py", *SMALL, "--quiet", "--no-test", code=2)


def test_a_missing_recipe_file_is_rejected_with_the_nearest_name(refused, folder):
    (folder / "my_gru.py").write_text("")
    assert refused("train", "./my_gur.py", code=4) == "There is no recipe file ./my_gur.py. Did you mean 'my_gru.py'?"


def test_a_failing_loss_gives_one_message_and_a_failed_run(call, folder):
    result = call(
        "train", "dense", *SMALL, "--epochs", 1, "--learning-rate", 1e30, "--loss", "mse", "--clip-norm", "none",
        "--schedule", "constant", "--out", "run", "--quiet",
    )  # fmt: skip
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The loss became ")
    assert result.stderr.count("\n") == 1
    assert '"state": "failed"' in Path("run/run.json").read_text()
