"""Errors on the forecasting benchmarks of the literature, beside published ones.

ETT: MSE of all seven columns in deviations of the training rows, from a window of 720 rows, for 12, 4 and 4 months of
training, validation and test (Zhou et al. 2021). Weather: MAE a day ahead, beside the linear baseline. M4 hourly: the
competition's OWA, of a partly pooled ridge regression whose settings are chosen on the last 48 rows before the test
part.

`p` is that of the difference between recipe and linear baseline; `best published` is the lowest error of SegRNN,
PatchTST and FITS. Every training is a run in `--out`; finished ones are read instead of trained again, so that a long
table can be made in several goes.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.m4_measures import naive2, owa
from benchmarks.measure import note, seconds, seqkit_process
from benchmarks.pooled_ridge import PooledRidge
from benchmarks.report import Report, markdown_table, number
from benchmarks.scores import scores_by_name
from seqkit.errors import UsageError
from seqkit.registry import find_dataset
from seqkit.runs.run import read_run
from seqkit.tasks.forecast.model_names import LINEAR, uncombined_name

RECIPE = "segment_gru"
WINDOW = 720

PUBLISHED = {
    ("etth1", 96): (0.351, "SegRNN"),
    ("etth1", 192): (0.392, "SegRNN"),
    ("etth1", 336): (0.422, "PatchTST"),
    ("etth1", 720): (0.447, "PatchTST"),
    ("etth2", 96): (0.272, "FITS"),
    ("etth2", 192): (0.333, "FITS"),
    ("etth2", 336): (0.355, "FITS"),
    ("etth2", 720): (0.378, "FITS"),
    ("ettm1", 96): (0.293, "SegRNN"),
    ("ettm1", 192): (0.328, "SegRNN"),
    ("ettm1", 336): (0.357, "SegRNN"),
    ("ettm1", 720): (0.410, "SegRNN"),
}
"""Lowest published MSE by data and horizon, of SegRNN (Lin et al. 2023, https://arxiv.org/abs/2308.11200), PatchTST
(Nie et al. 2023, https://arxiv.org/abs/2211.14730) and FITS (Xu et al. 2023, https://arxiv.org/abs/2307.03756)."""

FEWER_EPOCHS = {"ettm1": ("--epochs", "2")}
"""Quarters of hours have four times as many windows: fewer passes take as many steps."""

WEATHER_RECIPE = "recurrent_dropout"
WEATHER = ("demo_weather", "jena_weather_2020")

M4_HORIZON, M4_SEASON, M4_WINDOWS = 48, 24, ((168,), (336,), (168, 336), (96, 168, 336))
M4_POOLING = (0.03, 0.1, 0.3)
M4_PUBLISHED = "ES-RNN, the winner, about 0.44"
QUICK = ("--epochs", "1", "--window", "48", "--units", "4", "--split", "800,200,200")


def run(
    *,
    data: str = "etth1,etth2,ettm1,demo_weather,jena_weather_2020,m4_hourly",
    horizons: str = "96,336",
    seeds: int = 1,
    out: str = "runs/forecasting",
    quick: bool = False,
) -> Report:
    """Trains on each data set and prints a table.

    Args:
        data: Names of data sets, separated by commas: etth1, etth2, ettm1, demo_weather, jena_weather_2020, m4_hourly.
        horizons: Hours or quarters of hours ahead on ETT, separated by commas: 96, 192, 336, 720.
        seeds: Trainings with different seeds; the table has their medians, [1, inf).
        out: Folder of the runs; finished ones are not trained again.
        quick: One epoch on few rows, as a smoke test.
    """
    texts: list[str] = []
    content: dict[str, Any] = {}
    names = data.split(",")
    cases = [(name, int(ahead)) for name in names if name.startswith("ett") for ahead in horizons.split(",")]
    for case in cases:
        if case not in PUBLISHED:
            raise UsageError(f"There is no published error of {case[0]} {case[1]} steps ahead. Known: 96,192,336,720.")
    if cases:
        rows = {case: _trainings(Path(out), *case, seeds, quick=quick) for case in cases}
        texts.append(_ett_table(rows))
        content |= {f"{name} {ahead}": row for (name, ahead), row in rows.items()}
    if weather := [name for name in names if name in WEATHER]:
        by_name = {name: _trainings(Path(out), name, None, seeds, quick=quick) for name in weather}
        texts.append(_weather_table(by_name))
        content |= by_name
    if "m4_hourly" in names:
        content["m4_hourly"] = _m4(quick=quick)
        texts.append(_m4_text(content["m4_hourly"]))
    return Report("\n\n".join(texts), {"results": content})


def _trainings(root: Path, data: str, horizon: int | None, seeds: int, *, quick: bool) -> list[dict[str, Any]]:
    """Returns the figures of the run of each seed."""
    rows = []
    for seed in range(seeds):
        recipe = WEATHER_RECIPE if horizon is None else RECIPE
        path = (root / f"{data}-{horizon or 'day'}" / f"{recipe}-{seed}").absolute()
        if not (path / "metrics.json").is_file():
            flags = [] if horizon is None else ["--window", str(WINDOW), "--horizon", str(horizon)]
            flags += [*FEWER_EPOCHS.get(data, ()), *(QUICK if quick else ())]
            note(f"{data}: {recipe} {' '.join(flags)} --seed {seed}")
            seqkit_process("train", recipe, "--data", data, "--seed", str(seed), "--out", str(path), *flags, show=True)
        run = read_run(path)
        rows.append(
            {
                "recipe": recipe,
                "seconds": run.manifest.seconds,
                "share": run.manifest.model.get("share", 1.0),
                **run.read_json("metrics.json"),
            }
        )
    return rows


def _ett_table(rows: dict[tuple[str, int], list[dict[str, Any]]]) -> str:
    headings = ["ETT, MSE", "horizon", f"`{RECIPE}` + linear", "alone", "linear (ridge)", "best published", "p", "s"]
    cells = []
    for (name, ahead), trained in rows.items():
        published, source = PUBLISHED[name, ahead]
        cells.append(
            [
                name,
                str(ahead),
                *(_median(trained, model, "mse") for model in (RECIPE, uncombined_name(RECIPE), LINEAR)),
                f"{published:.3f} ({source})",
                _p(trained),
                number(median(row["seconds"] for row in trained)),
            ]
        )
    return markdown_table(headings, cells)


def _weather_table(rows: dict[str, list[dict[str, Any]]]) -> str:
    headings = ["weather, MAE (°C)", f"`{WEATHER_RECIPE}` + linear", "alone", "linear (ridge)", "p", "s"]
    cells = [
        [
            name,
            *(_median(trained, model, "mae") for model in (WEATHER_RECIPE, uncombined_name(WEATHER_RECIPE), LINEAR)),
            _p(trained),
            number(median(row["seconds"] for row in trained)),
        ]
        for name, trained in rows.items()
    ]
    return markdown_table(headings, cells)


def _median(rows: list[dict[str, Any]], model: str, error: str) -> str:
    """Returns the median test error of a model; a dash if the recipe is not combined with it."""
    known = [row for row in rows if any(each["name"] == model for each in row["test"]["models"])]
    return f"{median(scores_by_name(row, 'test', model)[error] for row in known):.3f}" if known else "–"


def _p(rows: list[dict[str, Any]]) -> str:
    """Returns the median p-value of the difference between the recipe and the linear baseline."""
    values = [scores_by_name(row, "test", LINEAR)["against_model"]["p_value"] for row in rows]
    known = [value for value in values if value is not None]
    return "–" if not known else "<.001" if median(known) < 0.001 else f"{median(known):.3f}"


def _m4(*, quick: bool) -> dict[str, Any]:
    """Returns the scores on M4 hourly: settings are chosen before the test part is read."""
    frame = find_dataset("m4_hourly").load().load()
    series = [rows.to_numpy() for _, rows in frame.groupby("unique_id", sort=False)["y"]][: 5 if quick else None]
    histories = [values[:-M4_HORIZON] for values in series]
    chosen = _choose_setting(histories, M4_WINDOWS[: 1 if quick else None])
    forecasts: list[np.ndarray] = []
    taken = seconds(lambda: forecasts.extend(chosen.forecast(histories)))
    y_true = [values[-M4_HORIZON:] for values in series]
    references = {
        "Naive 2": [naive2(history, M4_HORIZON, M4_SEASON) for history in histories],
        "seasonal naive": [np.tile(history[-M4_SEASON:], M4_HORIZON // M4_SEASON) for history in histories],
    }
    return {
        "windows": list(chosen.windows),
        "pooling": chosen.pooling,
        "seconds": taken,
        "scores": {
            "partly pooled ridge": owa(y_true, forecasts, histories, M4_SEASON),
            **{name: owa(y_true, predicted, histories, M4_SEASON) for name, predicted in references.items()},
        },
    }


def _choose_setting(histories: list[np.ndarray], windows: Sequence[tuple[int, ...]]) -> PooledRidge:
    """Returns the setting with the lowest OWA on the last rows of the histories."""
    earlier = [history[:-M4_HORIZON] for history in histories]
    y_true = [history[-M4_HORIZON:] for history in histories]
    scored = []
    for pooling in M4_POOLING:
        logs = {
            (length,): np.log(PooledRidge(M4_HORIZON, M4_SEASON, (length,), pooling).forecast(earlier))
            for length in sorted({length for lengths in windows for length in lengths})
        }
        for lengths in windows:  # forecasts of several windows are averaged as logarithms
            forecasts = np.exp(np.mean([logs[length,] for length in lengths], axis=0))
            score = owa(y_true, list(forecasts), earlier, M4_SEASON)["owa"]
            note(f"m4_hourly: windows {lengths}, pooling {pooling:g}: OWA {score:.4f} on validation")
            scored.append((score, PooledRidge(M4_HORIZON, M4_SEASON, lengths, pooling)))
    return min(scored, key=lambda each: each[0])[1]


def _m4_text(result: dict[str, Any]) -> str:
    cells = [
        [name, *(f"{scores[key]:.3f}" for key in ("smape", "mase", "owa"))] for name, scores in result["scores"].items()
    ]
    windows = ", ".join(map(str, result["windows"]))
    return (
        f"{markdown_table(['M4 hourly', 'sMAPE', 'MASE', 'OWA'], cells)}\n\nWindows of {windows} rows and pooling "
        f"{result['pooling']:g}, chosen on validation; {number(result['seconds'])} s to fit and forecast all series. "
        f"Published OWA: {M4_PUBLISHED}."
    )
