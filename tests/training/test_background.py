"""`BackgroundTask`: a function in a background thread, its result and its errors."""

import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, SeqkitError
from seqkit.training.background import BackgroundTask


def blas_threads() -> set[int]:
    from threadpoolctl import threadpool_info

    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_task_runs_in_the_background_with_one_blas_thread():
    before, may_end = blas_threads(), threading.Event()
    work = BackgroundTask(lambda: (may_end.wait(10), blas_threads()))
    may_end.set()  # A task in the foreground would have timed out above.
    assert work.result() == (True, {1})
    assert work.result() == (True, {1})
    assert blas_threads() == before


def test_error_in_the_background_is_raised_by_result():
    def work() -> None:
        raise DataError("bad row")

    task = BackgroundTask(work)
    with pytest.raises(DataError, match="bad row"):
        task.result()


def test_interpreter_waits_for_the_task_at_exit(tmp_path):
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from seqkit.training.background import BackgroundTask\n"
        "BackgroundTask(lambda: (time.sleep(0.5), Path(sys.argv[1]).touch()))\n"
        "raise ValueError('too early')"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "done")], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"ValueError: too early" in ended.stderr
    assert (tmp_path / "done").exists()


def test_training_fits_the_linear_forecast_in_the_background(tmp_path, monkeypatch):
    from seqkit.tasks.forecast import linear_file

    fit, fitted_by = linear_file.fit_linear, []

    def fit_linear(*given):
        fitted_by.append(threading.current_thread().name)
        return fit(*given)

    monkeypatch.setattr(linear_file, "fit_linear", fit_linear)
    series = pd.DataFrame({"ds": pd.date_range("2020", periods=200, freq="h"), "y": np.sin(np.arange(200.0))})
    for recipe, options in (("dense", {"epochs": 1, "units": (4,)}), ("autoregression", {})):
        seqkit.train(recipe, series, out=tmp_path / recipe, target="y", window=6, **options)
    assert fitted_by == ["seqkit-background", threading.main_thread().name]


def test_failing_training_reports_its_error_during_a_background_task(tmp_path, monkeypatch):
    from seqkit.tasks.forecast import linear_file

    never = threading.Event()
    monkeypatch.setattr(linear_file, "fit_linear", lambda *given: never.wait(60))
    recipe = tmp_path / "wrong.py"
    recipe.write_text('"""Wrong."""\n\n\ndef build_model(spec):\n    """Fails."""\n    raise ValueError("no model")\n')
    with pytest.raises(SeqkitError, match="no model"):
        seqkit.train(str(recipe), out=tmp_path / "run", rows=300, window=6)
    never.set()
