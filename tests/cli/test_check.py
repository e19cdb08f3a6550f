"""`seqkit check`: the contents of a table, its problems, and the flags that fix them."""

import math
import shlex

WAVE = [round(math.sin(i / 3), 3) for i in range(60)]


def test_a_valid_table_is_described_and_passes(done, series):
    result = done("check", series(WAVE))
    lines = result.stdout.splitlines()
    assert lines[0] == "mine.csv (CSV, comma, UTF-8): 60 rows, 2 columns"
    assert "  time    ds, every hour (h)" in lines
    assert "  target  'y'" in lines
    assert lines[-1].startswith("Ready for training")
    assert result.stderr == ""


def test_blocking_problems_exit_with_code_5_and_the_printed_flags_fix_them(call, done, series, strict_json):
    name = series([*WAVE[:30], math.nan, -9999.0, *WAVE[32:]])
    result = call("check", name)
    assert (result.exit_code, result.stderr) == (5, "")
    assert "2 problems to fix before training" in result.stdout
    content = call("check", name, "--json")
    assert content.exit_code == 5
    report = strict_json(content.stdout)
    blocking = {(f["kind"], f["column"], f["row"]) for f in report["findings"] if f["blocking"]}
    assert blocking == {("missing value", "y", 31), ("sentinel", "y", 32)}
    assert report["suggested_flags"] in result.stdout
    flags = shlex.split(report["suggested_flags"])
    assert done("check", name, *flags).stdout.count("Ready for training") == 1
    assert done("train", "autoregression", "--data", name, *flags, "--window", 3, "-q", "--no-test").exit_code == 0


def test_a_dataset_is_checked_with_its_protocol_unless_overridden(done):
    assert "target  'T (degC)'" in done("check", "demo_weather").stdout
    lines = done("check", "demo_weather", "--target", "p (mbar)").stdout.splitlines()
    assert lines[0] == "demo_weather: 35,040 rows, 15 columns"
    assert "  target  'p (mbar)'" in lines


def test_standard_input_is_checked_and_a_misspelled_column_is_suggested(done, series, folder):
    name = series(WAVE, columns={"Load (kW)": WAVE})
    result = done("check", "-", "--target", "load", stdin=(folder / name).read_bytes())
    assert "target  'Load (kW)'" in result.stdout


def test_options_that_do_not_match_the_table_are_rejected(refused, series):
    name = series(WAVE)
    assert refused("check", name, "--target", "yy", code=2).startswith("There is no column 'yy' for --target.")
    assert "'blah'" in refused("check", name, "--missing", "blah", code=2)
    assert "--rows" in refused("check", name, "--rows", 3, code=2)
    assert "-99 is given both" in refused("check", name, "--sentinel", "-99", "--not-sentinel", "-99", code=2)


def test_a_former_flag_is_accepted_but_not_shown(call, folder):
    (folder / "own.csv").write_text(
        "ds,y\n" + "".join(f"2024-01-{day:02d},{-9999 if day % 9 == 0 else day}\n" for day in range(1, 31))
    )
    now, before = (call("check", "own.csv", flag, -9999) for flag in ("--not-sentinel", "--genuine"))
    assert now.stdout == before.stdout != call("check", "own.csv").stdout
    assert "--genuine" not in call("check", "--help").stdout
