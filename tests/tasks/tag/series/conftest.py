"""A small run on rows whose labels follow from the rows around."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit

OPTIONS = {"units": 8, "window": 24, "epochs": 2, "batch_size": 8, "learning_rate": 2e-2}


def switches(recordings: int = 36, rows: int = 40, seed: int = 0) -> pd.DataFrame:
    """Recordings of a switch: a pulse of `x` turns it on or off, and nothing else tells what it is."""
    draw = np.random.default_rng(seed)
    frames = []
    for number in range(recordings):
        pulses = np.zeros(rows, int)
        pulses[np.cumsum(draw.integers(6, 16, rows // 8)) % rows] = 1
        is_on = np.cumsum(pulses) % 2 == 1
        # The pulse that switches on is high, the one that switches off is low.
        x = np.where(pulses, np.where(is_on, 3.0, -3.0), 0.0) + 0.1 * draw.standard_normal(rows)
        frames.append(
            pd.DataFrame(
                {
                    "recording": f"r{number:02d}",
                    "time": pd.date_range("2024-03-01", periods=rows, freq="s"),
                    "x": x.round(4),
                    "noise": draw.standard_normal(rows).round(4),
                    "state": np.where(is_on, "on", "off"),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="session")
def switch_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,440 rows of 36 recordings, as CSV."""
    path = tmp_path_factory.mktemp("switches") / "switches.csv"
    switches().to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def switch_run(switch_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `gru` that finds most of the states; tests may read it."""
    path = tmp_path_factory.mktemp("switch-run") / "run"
    seqkit.train("gru", switch_file, out=path, **OPTIONS)
    return path
