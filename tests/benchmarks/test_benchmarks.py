"""Listing of benchmarks, and their reports. Nothing is measured here."""

import re
import subprocess
import sys
from types import ModuleType

import pytest

from tests.paths import ROOT

FOLDER = ROOT / "benchmarks"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="not in a checkout")


@pytest.fixture(scope="module")
def report(load) -> ModuleType:
    return load("report")


@pytest.fixture(scope="module")
def scores(load) -> ModuleType:
    return load("scores")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_benchmarks_are_listed_without_importing_them():
    program = (
        "import sys, runpy; sys.argv = ['benchmarks']\n"
        "try: runpy.run_module('benchmarks', run_name='__main__')\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(sorted({'keras', 'tensorflow', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    done = run("-c", program)

    assert done.returncode == 0, done.stderr
    *lines, imported = done.stdout.splitlines()
    assert imported == "[]"
    names = [
        "startup",
        "windows",
        "epoch",
        "recurrent_layers",
        "mackey_glass",
        "choices",
        "textbook",
        "memory",
        "panels",
        "short_series",
        "scores",
        "seeds",
        "forecasting",
        "series",
        "texts",
        "embeddings",
        "language",
        "music",
        "translation",
        "kills",
        "faults",
        "fuzz",
    ]
    assert [line.split()[0] for line in lines] == names
    for line in lines:
        summary = (FOLDER / f"{line.split()[0]}.py").read_text(encoding="utf-8").splitlines()[0].removeprefix('"""')
        assert line.endswith(summary)


def test_every_module_with_a_run_function_is_listed(load):
    defines_run = {path.stem for path in FOLDER.glob("*.py") if re.search("^def run\\(", path.read_text("utf-8"), re.M)}
    assert set(load("__main__").NAMES) == defines_run


def test_help_shows_the_options_and_invalid_ones_exit_with_2():
    shown = run("-m", "benchmarks", "windows", "--help")
    assert all(flag in shown.stdout for flag in ("--runs", "--quick", "--json"))
    wrong = run("-m", "benchmarks", "windows", "--runs", "0")
    assert wrong.returncode == 2
    assert "--runs, expected a whole number in [1, inf), got 0" in wrong.stderr


def test_help_lists_every_benchmark(load):
    done = run("-m", "benchmarks", "--help")
    assert done.returncode == 0, done.stderr
    listed = done.stdout.partition("Benchmarks:")[2]
    assert [line.split()[0] for line in listed.splitlines() if line[:3].strip()] == list(load("__main__").NAMES)


def test_ratios_are_computed_per_run(report):
    faster = report.Line("time", "s", ours=[1.0, 2.0, 2.0], peer=[2.0, 8.0, 2.0])
    more = report.Line("rate", "windows/s", ours=[30.0, 10.0], peer=[10.0, 20.0])

    assert faster.ratios == [2.0, 4.0, 1.0]
    assert more.ratios == [3.0, 0.5]
    assert report.Line("alone", "s", ours=[1.0]).ratios == []


@pytest.mark.parametrize(
    ("figures", "target", "words"),
    [
        ({"ours": [0.1, 0.2, 0.9]}, {"at_most": 0.3}, "below 0.3 s: met"),
        ({"ours": [0.1, 0.3, 0.9]}, {"at_most": 0.3}, "below 0.3 s: missed"),
        ({"ours": [1.0, 1.0], "peer": [3.0, 3.0]}, {"times": 3.0}, "at least 3×: met"),
        ({"ours": [1.0, 1.0], "peer": [3.0, 2.9]}, {"times": 3.0}, "at least 3×: missed"),
        ({"ours": [1.0]}, {}, ""),
    ],
)
def test_target_applies_to_the_median(report, figures, target, words):
    assert report.Line("line", "s", **figures, **target).target == words


def test_table_shows_medians_and_ranges_and_hides_columns_without_a_peer(report):
    beside = report.report_lines(
        [
            report.Line("forecast", "s", [0.5, 0.25, 1.0], [1.0, 1.0, 4.0], at_most=1.5),
            report.Line("help", "s", [0.125, 0.125, 0.125]),
        ],
        peer="Keras",
        notes=["A note."],
    )
    alone = report.report_lines([report.Line("memory", "GiB", [4.5], at_most=4)])

    assert beside.text == (
        "|          |                seqkit |              Keras |             ratio |           target |\n"
        "| -------- | --------------------: | -----------------: | ----------------: | ---------------: |\n"
        "| forecast |  0.500 s (0.250–1.00) | 1.00 s (1.00–4.00) | 4.00× (2.00–4.00) | below 1.5 s: met |\n"
        "| help     | 0.125 s (0.125–0.125) |                    |                   |                  |\n"
        "\n"
        "Medians of 3 runs in turn, lowest to highest in brackets.\n"
        "A note."
    )
    assert beside.content["results"][0] == {
        "name": "forecast", "unit": "s", "seqkit": [0.5, 0.25, 1.0], "peer": [1.0, 1.0, 4.0],
        "ratio": [2.0, 4.0, 4.0], "median_ratio": 4.0, "target": "below 1.5 s: met", "met": True,
    }  # fmt: skip
    assert alone.text == (
        "|        |   seqkit |              target |\n"
        "| ------ | -------: | ------------------: |\n"
        "| memory | 4.50 GiB | below 4 GiB: missed |\n"
        "\n"
        "One run."
    )


@pytest.mark.parametrize(
    ("value", "text"), [(0.01007, "0.0101"), (1, "1.00"), (12.34, "12.3"), (123.4, "123"), (1234567.8, "1,234,568")]
)
def test_numbers_have_three_significant_digits(report, value, text):
    assert report.number(value) == text


def test_machine_line_shows_date_processor_cores_threads_and_versions(report):
    machine = report.describe_machine()
    line = report.machine_line(machine)

    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, .+, \d+ cores, \d+ threads, ", line)
    for library in ("python", "seqkit", "tensorflow", "keras", "numpy", "pandas", "onnxruntime"):
        assert f"{library} {machine['versions'][library]}" in line
    assert machine["cores"] <= machine["threads"] or machine["threads"] >= 1


def test_measurements_alternate(load):
    taken: list[str] = []

    def measure(name: str, value: float) -> float:
        taken.append(name)
        return value

    figures = load("measure").alternate(3, lambda: measure("A", 1.0), lambda: measure("B", 2.0))

    assert "".join(taken) == "ABABAB"
    assert figures == [(1.0, 1.0, 1.0), (2.0, 2.0, 2.0)]


def test_process_returns_output_and_peak_memory():
    """Measured from a process that holds little itself, which this one may not."""
    program = "import sys; from benchmarks.measure import run_process; print(run_process('-c', sys.argv[1]))"
    small, large = (run("-c", program, f"held = b'x' * {size}; print(len(held))").stdout for size in (10, 300_000_000))

    assert "output='300000000\\n'" in large
    peaks = [int(re.search(r"peak_bytes=(\d+)", text)[1]) for text in (small, large)]
    assert 290_000_000 < peaks[1] - peaks[0] < 310_000_000


def test_process_returns_cpu_time_without_waiting(load):
    run_process = load("measure").run_process
    busy = run_process("-c", "import time\nwhile time.process_time() < 0.5: pass")
    idle = run_process("-c", "import time; time.sleep(0.5)")

    assert busy.cpu_seconds >= 0.5
    assert idle.cpu_seconds < 0.4 < 0.5 <= idle.seconds


def test_failing_process_raises_with_its_output(load):
    from seqkit.errors import SeqkitError

    with pytest.raises(SeqkitError, match=r"ended with 3\.\nbecause"):
        load("measure").run_process("-c", "import sys; print('because', file=sys.stderr); sys.exit(3)")


def part(unit: str, *models: tuple[str, float, float, float | None]) -> dict:
    rows = [
        {"name": name, "mae": mae, "mse": 2 * mae, "skill": skill, "against_model": {"p_value": p}}
        for name, mae, skill, p in models
    ]
    return {"unit": unit, "windows": 10, "first": "2020-01-01", "last": "2020-02-01", "models": rows}


def row(recipe: str, validation: float, test: float, p: float, unit: str = "degC") -> dict:
    alone = [] if recipe == "autoregression" else [(f"{recipe} alone", 4.5, 0.1, p)]
    return {
        "recipe": recipe, "parameters": 12345, "seconds": 6.0, "share": 1 if recipe == "autoregression" else 0.35,
        "validation": part(unit, (recipe, validation, 0.5, None), *alone, ("linear (ridge)", 2.5, 0.2, p)),
        "test": part(unit, (recipe, test, 0.5, None), *alone, ("linear (ridge)", 3.5, 0.25, p)),
    }  # fmt: skip


def test_scores_are_sorted_by_validation_above_the_baselines(scores):
    assert scores.table([row("dense", 2.0, 1.0, 0.0421), row("gru", 1.0, 2.0, 0.0001)]) == (
        "|                | parameters | seconds | share | val. MAE | test MAE |  skill | alone |     p |\n"
        "| -------------- | ---------: | ------: | ----: | -------: | -------: | -----: | ----: | ----: |\n"
        "| `gru`          |     12,345 |    6.00 |  35 % |        1 |        2 | 50.0 % |   4.5 | <.001 |\n"
        "| `dense`        |     12,345 |    6.00 |  35 % |        2 |        1 | 50.0 % |   4.5 | 0.042 |\n"
        "| linear (ridge) |            |         |       |      2.5 |      3.5 | 25.0 % |       |       |"
    )


def test_scaled_scores_show_the_squared_error_and_equal_ones_are_same(scores):
    table = scores.table([row("autoregression", 2.5, 3.5 * (1 + 1e-7), 0.001, unit="deviations")])

    assert table.splitlines()[0].split("|")[5:9] == [" val. MAE ", " test MAE ", " test MSE ", "  skill "]
    assert table.splitlines()[2].split()[-11:] == ["|", "3.5", "|", "7", "|", "50.0", "%", "|", "|", "same", "|"]


def test_settings_apply_to_recipes_with_the_option_and_unknown_ones_raise(scores):
    from seqkit.errors import UsageError

    flags = scores.option_flags(
        ["dense", "autoregression"], "demo_weather", {"batch_size": "64", "epochs": "3"}, optional=()
    )

    assert flags == {"dense": ["--batch-size=64", "--epochs=3"], "autoregression": ["--batch-size=64"]}
    with pytest.raises(UsageError, match=r"option `epoch`\. Did you mean 'epochs'"):
        scores.option_flags(["dense"], "demo_weather", {"epoch": "3"}, optional=())
    with pytest.raises(UsageError, match="expected NAME=VALUE, got 'epochs'"):
        scores.parse_settings(["epochs"])


def test_missing_data_names_the_environment_variable(scores, monkeypatch):
    from seqkit.errors import NotFoundError

    def absent(self, options):
        raise NotFoundError("ETTh1.csv is not in the cache.")

    monkeypatch.setattr("seqkit.sources.DataSource.read", absent)
    with pytest.raises(NotFoundError, match=r"not in the cache\. Or set SEQKIT_DATA to a folder that contains etth1"):
        scores._check_available("etth1")


def test_simulated_series_does_not_depend_on_the_chunk_size(load, tmp_path, monkeypatch):
    pandas = pytest.importorskip("pandas")
    memory = load("memory")

    memory.write_series(tmp_path / "whole.parquet", 1000, "float32")
    monkeypatch.setattr(memory, "PIECE", 300)
    memory.write_series(tmp_path / "pieces.parquet", 1000, "float32")

    whole, pieces = (pandas.read_parquet(tmp_path / name) for name in ("whole.parquet", "pieces.parquet"))
    assert whole.shape == (1000, 15)
    assert set(map(str, whole.dtypes[1:])) == {"float32"}
    assert (whole["time"].diff()[1:] == pandas.Timedelta("1min")).all()
    pandas.testing.assert_frame_equal(whole, pieces)


def test_textbook_error_is_reached_in_training_or_by_the_saved_forecast_or_never(load):
    reached = load("textbook")._reached
    own = {"scores": [3.0, 2.0, 2.5], "seconds": [4.0, 1.0, 1.0], "validation": 1.8, "all": 9.0}
    assert [reached(own, bar) for bar in (3.5, 3.0, 2.9, 2.0, 1.9, 1.7)] == [4.0, 4.0, 5.0, 5.0, 9.0, None]


def test_choices_are_trained_and_reported_with_validation_errors(load, monkeypatch):
    choices = load("choices")
    some = ({}, {"recurrent_dropout": 0.0}, {"recurrent_dropout": 0.0, "weight_dropout": 0.25}, {"combine": "none"})
    monkeypatch.setattr(choices, "CHOICES", some)
    train, small = choices._train, {"rows": 1000, "window": 24, "units": 8, "warmup": 8, "chunk": 16}
    monkeypatch.setattr(choices, "_train", lambda data, options: train(data, {**options, **small}))
    report = choices.run(quick=True)
    (actual,) = report.content["results"].values()
    whole, none, weights, uncombined = (figures[0] for figures in actual.values())
    assert len({round(each["alone"], 6) for each in (whole, none, weights)}) == 3
    assert uncombined["kept"] == uncombined["alone"] == pytest.approx(whole["alone"], rel=1e-5)
    assert whole["kept"] < whole["alone"]
    assert "| `--recurrent-dropout 0.0` `--weight-dropout 0.25` |" in report.text


def test_race_reports_seconds_to_the_textbooks_best_error(load):
    race = load("textbook")._race
    own = {"scores": [3.0, 2.0], "seconds": [4.0, 1.0], "validation": 1.8, "all": 9.0}
    book = {"scores": [2.5, 2.0, 2.2], "seconds": [10.0, 20.0, 30.0]}
    assert race(book, own) == {"bar": 2.0, "taken": 30.0, "reached": 5.0, "faster": 6.0}
    assert race({"scores": [1.5], "seconds": [7.0]}, own)["faster"] is None


def test_figures_are_formatted_as_median_and_range(report):
    written = "{:.1f}".format
    assert report.format_figures([6.0], written) == "6.0"
    assert report.format_figures([6.0, 6.01, 5.99], written, "×") == "6.0×"
    assert report.format_figures([9.0, 6.0, 7.0], written, "×") == "7.0× (6.0–9.0)"
    assert report.format_figures([9.0, None], written, "×") == "–"


def test_ten_minutes_needs_the_simulated_weather(load):
    from seqkit.errors import UsageError

    with pytest.raises(UsageError, match=r"for demo_weather, not for etth1"):
        load("textbook").run(data="etth1", ten_minutes=True)


def test_keras_gives_the_same_forecast_for_the_startup_run(load, tmp_path, monkeypatch):
    startup = load("startup")
    run_process, outputs = startup.run_process, {}

    def recorded(*arguments):
        done = run_process(*arguments)
        outputs[arguments] = done.output
        return done

    monkeypatch.setattr(startup, "run_process", recorded)
    path, window = startup._small_run(tmp_path)
    forecast = float(outputs["-c", startup.WITH_KERAS, str(path), str(window)])
    assert 0 < abs(forecast) < 10  # a change, in deviations


def test_epochs_of_both_are_timed_with_their_losses(load):
    report = load("epoch").run(runs=1, rows=1000, quick=True)
    assert "recurrent_dropout, " in report.text
    losses = [float(each) for each in re.findall(r"(?:seqkit|Keras) (0\.\d+)", report.text)]
    assert len(losses) == 2
    assert all(0 < loss < 1.5 for loss in losses)


def test_recipes_for_short_series_are_scored_beside_the_baselines(load, requires_data):
    requires_data("air_passengers")
    report = load("short_series").run(quick=True)
    by_name = {line["name"]: line for line in report.content["results"]}
    assert list(by_name)[:3] == ["autoregression", "autoregression, training and search", "linear"]
    # The value a year earlier errs by 47.8 thousand in 1960, and erred by 30.5 thousand in the years before.
    assert by_name["seasonal naive"]["seqkit"] == pytest.approx([1.571], abs=0.001)


def test_many_series_are_prepared_trained_on_evaluated_and_forecast(load):
    report = load("panels").run(quick=True)
    names = [line["name"] for line in report.content["results"]]
    steps = ("prepare", "train", "evaluate", "forecast")
    assert names[:-1] == [f"{step}, {count} series" for count in (20, 40) for step in steps]
    assert names[-1] == "train, per series, 40 against 20"


def test_table_of_labelled_series_has_recipes_and_baselines(load):
    def result(accuracy: float, p_value: float):
        scores = {"accuracy": accuracy, "log_loss": 1 - accuracy, "classes": [{}, {}]}
        neighbour = {"name": "neighbour", **scores, "accuracy": 0.5, "against_model": {"p_value": p_value}}
        part = {"examples": 40, "models": [{"name": "mine", **scores}, neighbour]}
        return {"seconds": 10.0, "parameters": 1234, "validation": part, "test": part}

    measured = {"mine": [result(0.75, 0.0001), result(0.875, 0.5)], "other": [result(0.5, 0.25)]}
    heading, _, head, _, mine, other, neighbour = load("series")._text("waves", measured).splitlines()
    assert heading == "**waves**: 40 test series, 2 classes"
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, mine, other, neighbour)]
    assert cells[0] == ["", "parameters", "seconds", "val. accuracy", "test accuracy", "log loss", "p"]
    figures = ["0.8125 (0.7500–0.8750)", "0.8125 (0.7500–0.8750)", "0.1875 (0.1250–0.2500)"]
    assert cells[1] == ["`mine`", "1,234", "10.0", *figures, "<.001"]
    assert cells[2] == ["`other`", "1,234", "10.0", "0.5000", "0.5000", "0.5000", "0.250"]
    assert cells[3] == ["neighbour", "", "", "0.5000", "0.5000", "0.1875 (0.1250–0.2500)", ""]
