"""`seqkit evaluate`, `forecast` and `compare` on finished runs, and errors of damaged ones."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

TARGET = "T (degC)"


@pytest.fixture
def newer(weather, folder):
    """Writes modified rows of the weather to a file, and returns its name."""

    def write(first: int = 1600, end: int = 1700, change=lambda frame: frame) -> str:
        change(weather[first:end].reset_index(drop=True)).to_csv(folder / "newer.csv", index=False)
        return "newer.csv"

    return write


def test_forecast_prints_csv_with_future_timestamps(done, run, weather):
    result = done("forecast", run)
    header, row = result.stdout.splitlines()
    assert header == "unique_id,ds,dense"
    day_ahead = weather["Date Time"][1499] + pd.Timedelta(hours=24)
    assert row.startswith(f"T (degC),{day_ahead},")
    assert result.stderr == ""


def test_forecast_of_new_rows_is_the_same_from_a_file_and_standard_input_in_any_order(done, run, newer, weather):
    plain = done("forecast", run, "--data", newer())
    assert plain.stdout.splitlines()[1].startswith(f"T (degC),{weather['Date Time'][1699] + pd.Timedelta(hours=24)},")
    piped = done("forecast", run, "--data", "-", stdin=Path("newer.csv").read_bytes())
    turned = done("forecast", run, "--data", newer(change=lambda frame: frame[::-1]))
    assert plain.stdout == piped.stdout == turned.stdout
    assert plain.stderr == piped.stderr == ""
    assert "all rows are sorted by time" in turned.stderr, "what was mended is told, beside the forecast"


def test_forecast_writes_the_same_csv_and_json_to_a_file(done, refused, run, strict_json):
    table = done("forecast", run).stdout
    result = done("forecast", run, "-o", "new/forecast.csv")
    assert (result.stdout, result.stderr) == ("", "1 value written to new/forecast.csv\n")
    assert Path("new/forecast.csv").read_text() == table
    assert done("forecast", run, "-o", "-").stdout == table
    message = refused("forecast", run, "-o", "new/forecast.csv", code=2)
    assert message == "new/forecast.csv exists. Choose another --output, or add --overwrite."
    done("forecast", run, "--json", "-o", "new/forecast.csv", "--overwrite")
    assert strict_json(Path("new/forecast.csv").read_text())
    (record,) = strict_json(done("forecast", run, "--json").stdout)
    assert [record["unique_id"], record["dense"]] == [TARGET, float(table.splitlines()[1].split(",")[2])]


def test_forecast_to_an_unwritable_file_is_rejected(refused, run, folder):
    (folder / "file").write_text("x")
    assert f"file/x.csv cannot be written: {folder / 'file'} is not a directory." in refused(
        "forecast", run, "-o", "file/x.csv", code=2
    )
    assert "run is a directory. Name a file in it." in refused("forecast", run, "-o", "run", code=2)
    assert "cannot be written: File name too long" in refused("forecast", run, "-o", "x" * 300, code=2)
    assert refused("forecast", run, "-o", "", code=2)


@pytest.mark.parametrize(
    "command", [("evaluate", "run"), ("forecast", "run"), ("compare", "run", "other")], ids=" ".join
)
def test_a_shell_sees_results_without_library_messages(in_a_shell, run, other, command):
    done = in_a_shell("-m", "seqkit", *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert "dense" in done.stdout


def without(*rows: int):
    return lambda frame: frame.drop(index=list(rows))


def put(column: str, row: int, value: object):
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame[:20], "A forecast needs 24 rows; the data has 20"),
        (lambda frame: frame.drop(columns="rh (%)"), "lacks 'rh (%)', which the model was trained on"),
        (lambda frame: frame.drop(columns=TARGET), "lacks 'T (degC)'"),
        (lambda frame: frame.drop(columns="Date Time"), "There is no column 'Date Time'"),
        (lambda frame: frame[::2], "the interval is 2h, expected h"),
        (put(TARGET, 95, None), "missing value"),
        (put("rh (%)", 99, None), "missing value"),
        (put("rh (%)", 99, "much"), "'much' among numbers"),
        (put("wv (m/s)", 99, -9999), "sentinel"),
        (put("Date Time", 50, "Monday"), "Monday"),
        (without(95), "gap"),
        (lambda frame: pd.concat([frame, frame[-1:]]), "duplicate time"),
    ],
    ids=["short", "column", "target", "time", "interval", "NaN", "NaN in the last row", "text", "sentinel",
         "unreadable time", "gap", "duplicate"],
)  # fmt: skip
@pytest.mark.parametrize("command", ["forecast", "evaluate"])
def test_invalid_rows_are_rejected_with_the_reason(refused, run, newer, command, change, message):
    if command == "evaluate" and "needs 24 rows" in message:
        message = "no window whose targets lie after the validation part"
    assert message in refused(command, run, "--data", newer(change=change), code=5)


def test_missing_or_invalid_data_for_a_forecast_is_rejected(refused, run, folder, newer):
    newer()
    assert "There is no dataset or file 'never.csv'. Did you mean 'newer.csv'?" in refused(
        "forecast", run, "--data", "never.csv", code=4
    )
    assert "is a directory" in refused("forecast", run, "--data", "run", code=2)
    assert refused("forecast", run, "--data", "-", code=5, stdin="") == "standard input is empty. Choose another file."
    assert "klingon" in refused("forecast", run, "--data", "newer.csv", "--encoding", "klingon", code=2)
    assert "--encoding needs --data or --future: the rows stored in the run are UTF-8. Leave out" in refused(
        "forecast", run, "--encoding", "latin-1", code=2
    )
    dataset = ("--data", "demo_weather", "--encoding", "latin-1")
    assert "demo_weather is a dataset" in refused("forecast", run, *dataset, code=2)


def test_evaluate_prints_and_stores_the_scores(done, run, strict_json):
    before = json.loads((run / "metrics.json").read_text())
    (run / "metrics.json").unlink()
    result = done("evaluate", run)
    assert result.stderr == ""
    assert result.stdout.splitlines()[1].startswith("Test: ")
    assert json.loads((run / "metrics.json").read_text()) == {"test": before["test"]}
    assert strict_json(done("evaluate", run, "--json").stdout)["models"] == before["test"]["models"]


def test_evaluate_prints_null_for_undefined_scores(done, run, manifest, strict_json):
    manifest(set_to("task_state", "season_error", value=[None]))  # as where no row has one a season before
    assert strict_json(done("evaluate", run, "--json").stdout)["models"][0]["mase"] is None


def test_evaluate_of_new_data_writes_nothing(done, run, newer, folder):
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert f"Test: {1700 - 1125} windows" in done("evaluate", run, "--data", newer(0, 1700)).stdout
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_evaluate_of_changed_or_missing_data_names_the_remedy(refused, run, manifest, newer):
    manifest(lambda content: content["data"].update(source=newer(0, 1400)))
    assert "newer.csv has changed since the run run was trained. Give it with --data" in refused(
        "evaluate", run, code=5
    )
    Path("newer.csv").unlink()
    message = refused("evaluate", run, code=4)
    assert message == "The run run was trained on 'newer.csv', which no longer exists. Give the data with --data."
    manifest(lambda content: content["data"].update(source="frame"))
    assert "trained on a data frame or standard input. Give the data again with --data" in refused(
        "evaluate", run, code=5
    )


@pytest.fixture
def other(run) -> Path:
    """A copy of the run with another name."""
    shutil.copytree(run, "other")
    return Path("other")


def test_compare_prints_one_row_per_run_sorted_by_validation_score(done, run, other, strict_json):
    scores = json.loads((other / "metrics.json").read_text())
    scores["validation"]["models"][0]["mae"] /= 2
    (other / "metrics.json").write_text(json.dumps(scores))
    result = done("compare", run, other)
    header, first, second, *_ = result.stdout.splitlines()
    assert header.split()[:4] == ["run", "recipe", "parameters", "seconds"]
    assert (first.split()[0], second.split()[0]) == ("other", "run")
    assert second.endswith(" 1"), "equal errors of each window: p is 1"
    content = strict_json(done("compare", run, other, "--json").stdout)
    assert [row["run"] for row in content["runs"]] == ["other", "run"]
    assert "p_value" not in content["runs"][0]


def test_compare_rejects_different_protocols_and_a_single_run(refused, run, other, manifest):
    manifest(lambda content: content["task_state"].update(lead=12))
    assert "run and other answer different questions: lead is 12 and 24" in refused("compare", run, other, code=2)
    manifest(lambda content: content["task_state"].update(lead=24) or content["data"].update(targets_sha256="0"))
    assert "were trained on different data" in refused("compare", run, other, code=2)
    assert "Comparing needs at least two runs. For the scores of one run, use `seqkit evaluate RUN`." in refused(
        "compare", run, code=2
    )


COMMANDS = {"forecast": ("forecast", "run"), "evaluate": ("evaluate", "run"), "compare": ("compare", "run", "other")}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_directory_without_a_run_is_not_found(refused, folder, command):
    assert refused(*COMMANDS[command], code=4) == (
        "There is no run directory run. Name one that `seqkit train` has written."
    )
    (folder / "run").mkdir()
    assert refused(*COMMANDS[command], code=4) == (
        "run is not a run directory: it has no run.json. Name one that `seqkit train` has written."
    )


def shorten(name: str):
    """Cuts a file of the run in half."""
    return lambda run: (run / name).write_bytes((run / name).read_bytes()[: (run / name).stat().st_size // 2])


def write(name: str, content: bytes):
    return lambda run: (run / name).write_bytes(content)


def swap_model(run: Path) -> None:
    """Truncates the model, with the matching hash in `run.json`."""
    shorten("model.onnx")(run)
    content = json.loads((run / "run.json").read_text())
    content["model"]["onnx_sha256"] = hashlib.sha256((run / "model.onnx").read_bytes()).hexdigest()
    (run / "run.json").write_text(json.dumps(content))


def lose_lines(run: Path) -> None:
    lines = (run / "context.csv").read_text().splitlines(keepends=True)
    (run / "context.csv").write_text("".join(lines[:10]))


UNREADABLE = "run/run.json is damaged: not valid JSON"
DAMAGES = [
    ("run.json cut", shorten("run.json"), UNREADABLE, {"forecast", "evaluate", "compare"}),
    ("run.json binary", write("run.json", b"\xff\xfe"), UNREADABLE, {"forecast", "evaluate", "compare"}),
    ("no model", lambda run: (run / "model.onnx").unlink(), "it has no model.onnx", {"forecast", "evaluate"}),
    ("model cut", shorten("model.onnx"), "not the file that training wrote", {"forecast", "evaluate"}),
    ("model swapped", swap_model, "model.onnx is damaged: ONNX Runtime cannot load it", {"forecast", "evaluate"}),
    ("no linear", lambda run: (run / "linear.npz").unlink(), "it has no linear.npz", {"evaluate"}),
    ("linear cut", shorten("linear.npz"), "linear.npz is damaged", {"evaluate"}),
    ("intervals cut", shorten("intervals.npz"), "intervals.npz is damaged", {"evaluate"}),
    ("no context", lambda run: (run / "context.csv").unlink(), "it has no context.csv", {"forecast"}),
    ("context cut", shorten("context.csv"), "context.csv is damaged", {"forecast"}),
    ("context short", lose_lines, "a series has 9 rows, expected 24", {"forecast"}),
    ("no metrics", lambda run: (run / "metrics.json").unlink(), "it has no metrics.json", {"compare"}),
    ("metrics cut", shorten("metrics.json"), "metrics.json is damaged: not valid JSON", {"compare"}),
    ("metrics odd", write("metrics.json", b"{}"), "metrics.json is damaged: validation: Field required", {"compare"}),
    ("no errors", lambda run: (run / "errors.csv").unlink(), "it has no errors.csv", {"compare"}),
    ("errors empty", write("errors.csv", b""), "errors.csv is damaged", {"compare"}),
    ("errors odd", write("errors.csv", b"a,b\n1,2\n"), "errors.csv is damaged", {"compare"}),
    ("errors lost", write("errors.csv", b"part,series,origin,mae,mse\n"), "lacks errors of the test part", {"compare"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "message", "command"),
    [pytest.param(d, m, c, id=f"{name}: {c}") for name, d, m, commands in DAMAGES for c in sorted(commands)],
)
@pytest.mark.filterwarnings("ignore:Exception ignored in.*linear.npz")  # NumPy leaves open what it cannot read.
def test_a_damaged_file_of_a_run_is_named(refused, run, other, damage, message, command):
    damage(run)
    assert message in refused(*COMMANDS[command], code=5)


@pytest.mark.parametrize("name", ["metrics.json", "errors.csv", "linear.npz"])
def test_evaluate_rejects_damaged_results(refused, run, name):
    (run / name).write_bytes(b"")
    assert f"{name} is damaged" in refused("evaluate", run, code=5)


def set_to(*path: str, value: object):
    """Sets a value of `run.json`."""

    def change(content: dict) -> None:
        for name in path[:-1]:
            content = content[name]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_to("state", value="running"), "The run run is not finished, its state is 'running'"),
        (set_to("state", value="failed"), "The run run is not finished, its state is 'failed'"),
        (set_to("format", value=7), "run.json has format 7; this seqkit reads up to 1. Install a newer seqkit"),
        (
            set_to("task", value="paint"),
            "damaged or of a later version: there is no task 'paint'. Known: classify, embed, forecast, generate, tag, "
            "translate.",
        ),
        (lambda content: content.pop("task_state"), "damaged: task_state: Field required"),
        (set_to("more", value=1), "damaged: more: Extra inputs"),
        (set_to("recipe", value={"sha256": "0"}), "damaged: recipe.name: Field required"),
        (set_to("reading", "time", value=3), "damaged: reading: Received an invalid value for --time"),
        (
            set_to("reading", "not_sentinel", value="x"),
            "damaged: reading: Received an invalid value for --not-sentinel",
        ),
        (set_to("reading", "target", value=["y"]), "damaged: reading: Unknown option `target`"),
        (
            set_to("task_state", "borders", 0, value="2015-01-01T00:00+01:00"),
            "damaged: task_state: a border has a time zone",
        ),
        (set_to("data", value={}), "damaged: data.source: Field required"),
        (set_to("model", "parameters", value="many"), "damaged: model.parameters: "),
        (set_to("reading", "more", value=1), "damaged: reading: Unknown option `more`"),
        (lambda content: content["task_state"].pop("window"), "damaged: task_state.window: Field required"),
        (set_to("task_state", "mean", value=[1.0, 2.0]), "task_state: mean has 2 values for 14 columns"),
        (set_to("task_state", "deviation", value=[0.0] * 14), "task_state: a deviation is not a positive number"),
        (set_to("task_state", "season_error", value=[]), "task_state: season_error has 0 values for 1 targets"),
        (
            set_to("task_state", "scaled_by_series", value=["y"]),
            "task_state: scaled_by_series names columns that are not",
        ),
        (set_to("task_state", "series", value={"ids": []}), "damaged: task_state.series: Input should be an instance"),
        (set_to("task_state", "targets", value=["pressure"]), "task_state: a column occurs twice, or a target is not"),
        (set_to("task_state", "columns", value=[TARGET] * 14), "task_state: a column occurs twice"),
        (set_to("task_state", "calendar", value=["century"]), "task_state: unknown calendar period 'century'"),
        (set_to("task_state", "interval", value="parsec"), "task_state: Received an invalid interval 'parsec'"),
        (set_to("task_state", "borders", value=["a", "b", "c"]), 'task_state: Error parsing datetime string "a"'),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_invalid_run_file_is_rejected_with_the_location(refused, run, other, manifest, command, change, message):
    manifest(change)
    assert message in refused(*COMMANDS[command], code=5)


def test_a_single_number_where_training_writes_a_list_is_read_as_one(done, run, manifest):
    before = done("forecast", run).stdout
    manifest(set_to("reading", "not_sentinel", value=3.0))
    assert done("forecast", run).stdout == before


@pytest.mark.parametrize(
    ("name", "value", "shapes"),
    [
        ("window", 25, r"[24, 18], expected [25, 18]"),
        ("horizon", 2, "[1, 1], expected [2, 1]"),
        ("calendar", [], "[24, 14]"),
    ],
)
@pytest.mark.parametrize("command", ["forecast", "evaluate"])
def test_a_model_that_does_not_match_its_run_file_is_rejected(refused, run, manifest, command, name, value, shapes):
    manifest(set_to("task_state", name, value=value))
    message = refused(*COMMANDS[command], code=5)
    assert "model.onnx does not match run.json" in message
    assert shapes in message


def test_invalid_data_options_are_rejected(refused, run, manifest):
    manifest(set_to("options", "rows", value="many"))
    assert "run.json is damaged: options: Received an invalid value for --rows" in refused("evaluate", run, code=5)


def test_evaluate_rejects_a_linear_baseline_of_another_shape(refused, run):
    np.savez(
        run / "linear.npz",
        coefficients=np.ones((3, 1)),
        intercept=np.ones(1),
        shared=False,
        penalty=1,
        validation_mse=1,
    )
    assert "linear.npz does not belong to this run" in refused("evaluate", run, code=5)
