"""Training at every step: chunks against plain windows, which recipes allow it, and scores, which are of windows."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import seqkit
from seqkit.data.series.measured import any_measured
from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import UsageError
from seqkit.registry import find_recipe
from seqkit.spec import Spec
from seqkit.training.feeds.batches import MIN_STEPS
from seqkit.training.feeds.chunks import ChunkFeed, supervised
from seqkit.training.feeds.windows import WindowFeed
from seqkit.training.model_building import build_model, build_sequence_model
from seqkit.workflows.settings import plan_training

BORDER = 130
TRAIN = legal_windows([(0, 70), (75, 200)], [(0, BORDER)], steps=6, horizon=2, lead=2, sampling_rate=3)
VALUES = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)


def feed(windows: Windows = TRAIN, values: np.ndarray = VALUES, warmup: int = 4, chunk: int = 7) -> ChunkFeed:
    return ChunkFeed(WindowFeed(values, (2, 0), windows, windows), warmup, chunk)


def gathered(fed: ChunkFeed, batch_size: int = 5) -> list:
    """All chunks of an epoch: rows, inputs, targets and trained steps of each."""
    actual = []
    for part in fed.batches(batch_size, seed=1, epoch=1):
        for batch in part:
            inputs, (y_true, counts) = fed.gather(tf.constant(batch))
            actual += list(zip(batch, inputs.numpy(), y_true.numpy(), counts.numpy(), strict=True))
    return actual


def test_trained_steps_have_the_targets_and_inputs_of_plain_windows():
    fed = feed()
    plain = WindowFeed(VALUES, (2, 0), TRAIN, TRAIN)
    seen = []
    for (start, *_), inputs, y_true, counts in gathered(fed):
        assert inputs.shape == (fed.length, 3) and y_true.shape == (fed.length, 2, 2)
        for step in np.flatnonzero(counts):
            newest = start + 3 * step
            window, changes = (part.numpy()[0] for part in plain.gather(tf.constant([newest - 3 * 5])))
            np.testing.assert_array_equal(y_true[step], changes)
            read = min(step + 1, 6)
            np.testing.assert_array_equal(inputs[step + 1 - read : step + 1], window[6 - read :])
            seen.append(newest)
    counts = np.unique(seen, return_counts=True)
    np.testing.assert_array_equal(counts[0], np.sort(TRAIN.last_rows))
    assert len(set(counts[1].tolist())) == 1, "every window as often as any other"


def test_rows_outside_all_training_windows_are_never_read():
    read = np.concatenate([TRAIN.starts[:, None] + 3 * np.arange(6), TRAIN.target_rows], axis=1)
    values = np.full_like(VALUES, np.nan)
    values[np.unique(read)] = VALUES[np.unique(read)]
    assert np.isnan(values[BORDER:]).all() and np.isnan(values[70:75]).all()
    for _, inputs, y_true, counts in gathered(feed(values=values, warmup=30)):
        assert np.isfinite(inputs).all() and np.isfinite(y_true[counts]).all()


def test_every_measured_target_of_a_window_is_trained_on_and_no_filled_one():
    measured = np.random.default_rng(1).random((200, 2)) < 0.3
    measured[40:110] = False  # windows within it are left out, and come back masked where it is short
    train = TRAIN[any_measured(TRAIN, measured)]
    fed = ChunkFeed(WindowFeed(VALUES, (2, 0), train, train, measured), warmup=4, chunk=7)
    expected = {(row, h, t) for row, h, t in np.argwhere(TRAIN.read_targets(measured))}
    position = {last: i for i, last in enumerate(TRAIN.last_rows)}
    seen = []
    for (start, *_), _, y_true, mask in gathered(fed):
        assert mask.shape == y_true.shape == (fed.length, 2, 2)
        seen += [(position[start + 3 * step], h, t) for step, h, t in np.argwhere(mask)]
    assert set(seen) == expected and len(seen) % len(expected) == 0


def test_single_unmeasured_rows_cut_no_chunk():
    windows = legal_windows([(0, 400)], [(0, 400)], steps=6)
    values, measured = np.zeros((400, 3), np.float32), np.arange(400)[:, None] % 7 < [5, 5]
    complete, weekdays = feed(windows, values), windows[any_measured(windows, measured)]
    holed = ChunkFeed(WindowFeed(values, (2, 0), weekdays, weekdays, measured), warmup=4, chunk=7)
    assert holed.steps(1) <= complete.steps(1)


def test_number_of_batches_matches_steps_in_every_epoch():
    fed = feed(Windows(np.arange(5000), 6), np.zeros((6000, 3), np.float32))
    for epoch in range(1, 9):
        full, rest = fed.batches(4, seed=0, epoch=epoch)
        assert len(full) + len(rest) == fed.steps(4) >= MIN_STEPS
        assert full.shape[1:] == (4, 3)


def test_order_and_boundaries_depend_only_on_seed_and_epoch():
    fed = feed(Windows(np.arange(150), 6))
    one, again = fed.batches(4, 1, 1), fed.batches(4, 1, 1)
    np.testing.assert_array_equal(one[0], again[0])
    for other in (fed.batches(4, 1, 2), fed.batches(4, 2, 1)):
        assert not np.array_equal(one[0], other[0])
        assert set(one[0][:, :, 1].ravel()) != set(other[0][:, :, 1].ravel())


def test_validation_uses_plain_windows():
    windows = WindowFeed(VALUES, (2, 0), TRAIN, TRAIN[10:13])
    fed = supervised(windows, supervise="every", warmup=4, chunk=7)
    (batch,) = fed.validation_batches(100)
    np.testing.assert_array_equal(batch, TRAIN.starts[10:13])
    for one, other in zip(fed.gather_validation(batch), windows.gather(batch), strict=True):
        np.testing.assert_array_equal(one, other)
    assert supervised(windows, supervise="last") is windows


def resolved_options(recipe: str, **given) -> dict:
    plan = plan_training(find_recipe(recipe), "demo_weather")
    return {**{option.name: option.default for option in plan.options}, **plan.defaults(given)}


def test_supervise_every_is_the_default_of_causal_recipes():
    assert resolved_options("gru")["supervise"] == "every"
    assert resolved_options("gru")["batch_size"] < resolved_options("gru", supervise="last")["batch_size"]
    assert resolved_options("conv1d")["supervise"] == "last"
    assert resolved_options("conv1d")["batch_size"] == resolved_options("gru", supervise="last")["batch_size"]


def test_classification_has_no_supervise_option():
    plan = plan_training(find_recipe("gru"), "demo_reviews")
    assert "supervision" not in plan.sections
    assert plan.choose({})["training"]["batch_size"] == 128


def test_supervise_every_needs_a_causal_recipe(tmp_path):
    with pytest.raises(
        UsageError, match=r"--supervise every needs .*does not declare `CAUSAL = True`\. Leave the option out\."
    ):
        seqkit.train("dense", out=tmp_path / "run", supervise="every")
    assert not (tmp_path / "run").exists()


TWO_SIDED = '''
"""A bidirectional GRU that claims to be causal."""
import keras

CAUSAL = True

def build_model(spec, *, units: int = 4):
    """Builds it.

    Args:
        units: Width, [1, inf).
    """
    inputs, x = spec.inputs()
    layer = keras.layers.GRU(units, return_sequences=spec.per_step)
    return keras.Model(inputs, spec.outputs(keras.layers.Bidirectional(layer)(x)))
'''


def build_pair(source: str, path: Path):
    path.write_text(source)
    build = partial(build_model, find_recipe(str(path)), options={"units": 4})
    spec = Spec.series(steps=6, features=3)
    return build_sequence_model(build(spec), spec, 11, build)


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("Bidirectional(layer)(x)", "its output at a step depends on later steps"),
        ("GRU(4, return_sequences=spec.per_step, reset_after=spec.per_step)(x)", "it has other weights"),
        ("GRU(4, return_sequences=spec.per_step)(x if spec.per_step else -x)", "its output at the last step"),
    ],
)
def test_recipe_that_is_not_causal_is_detected(layer, why, tmp_path):
    build_pair(
        TWO_SIDED.replace("Bidirectional(layer)(x)", "GRU(4, return_sequences=spec.per_step)(x)"), tmp_path / "a.py"
    )
    with pytest.raises(UsageError, match=f"declares `CAUSAL`, but {why}"):
        build_pair(TWO_SIDED.replace("Bidirectional(layer)(x)", layer), tmp_path / "b.py")


def test_scores_are_those_of_plain_windows(tmp_path):
    options = {
        "rows": 1500,
        "epochs": 2,
        "units": (4, 4),
        "window": 24,
        "lead": 3,
        "horizon": 4,
        "warmup": 8,
        "chunk": 30,
    }
    options |= {"target": ("T (degC)", "p (mbar)"), "combine": "none"}
    run = seqkit.train("stacked_gru", out=tmp_path / "run", **options)
    history = pd.read_csv(run.path / "history.csv")
    metrics = json.loads((run.path / "metrics.json").read_text())
    assert history["loss"][1] < history["loss"][0]
    best = history["validation_mae"][run.manifest.model["best_epoch"] - 1]
    assert metrics["validation"]["models"][0]["mae"] == pytest.approx(best, rel=1e-4), "of windows, by ONNX"
    assert run.manifest.options["supervise"] == "every"
