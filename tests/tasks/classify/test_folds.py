"""Cross-validation in place of a validation part: the folds, what they choose, and what a run says of them."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.labelled.examples import Examples
from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.tasks.classify.folds import fold_numbers
from seqkit.tasks.classify.nearest_neighbour import NearestNeighbour
from seqkit.tasks.classify.prepare import split_rows
from seqkit.tasks.classify.series import prepare_series


def examples(count: int, *, parts: list[str] | None = None, copies: int = 0) -> Examples:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(6, 1)) for _ in range(count - copies)]
    labels = [("abc"[i % 3],) for i in range(count - copies)]
    series, labels = series + series[:copies], labels + labels[:copies]
    return Examples(None, series, labels, None if parts is None else np.array(parts), False, ("x",))


def folds_of(data: Examples, folds: int | None, split: str = "0.6,0.2,0.2") -> np.ndarray | None:
    return fold_numbers(data, split_rows(data, split), folds)


def waves(count: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    series = [np.sin(np.arange(9)[:, None] * (1 + i % 2)) + 0.8 * rng.normal(size=(9, 1)) for i in range(count)]
    return pd.DataFrame({"series": series, "label": ["slow", "fast"] * (count // 2)})


def test_folds_have_equal_sizes_and_shares_of_each_label():
    data = examples(120)
    folds, rows = folds_of(data, 4), split_rows(data, "0.6,0.2,0.2")
    kept = np.sort(np.concatenate([rows["train"], rows["validation"]]))
    assert len(folds) == len(kept) == 96 and np.bincount(folds).tolist() == [24] * 4
    for label in range(3):
        assert np.bincount(folds[kept % 3 == label], minlength=4).tolist() == [8] * 4


def test_copies_of_a_series_are_in_one_fold():
    data = examples(150, copies=50)
    folds, rows = folds_of(data, 5), split_rows(data, "0.6,0.2,0.2")
    kept = np.sort(np.concatenate([rows["train"], rows["validation"]])).tolist()
    fold = dict(zip(kept, folds.tolist(), strict=True))
    pairs = [(i, i + 100) for i in range(50) if i in fold]
    assert len(pairs) > 30 and all(fold[first] == fold[second] for first, second in pairs)


@pytest.mark.parametrize(("count", "expected"), [(9, None), (60, 5), (480, 5), (510, None)])
def test_cross_validation_replaces_a_small_validation_part_that_was_drawn(count, expected):
    folds = folds_of(examples(count), None)
    assert (None if folds is None else folds.max() + 1) == expected


def test_validation_part_of_the_data_is_kept():
    parts = ["train"] * 40 + ["validation"] * 10 + ["test"] * 10
    assert folds_of(examples(60, parts=parts), None) is None
    assert folds_of(examples(60, parts=parts), 5) is not None and folds_of(examples(60), 0) is None


@pytest.mark.parametrize("folds", [1, 49])
def test_number_of_folds_that_is_impossible_is_refused(folds):
    message = f"Cross-validation of 48 examples needs from 2 to 48 folds, got {folds}. Pass such a number with --folds"
    with pytest.raises(UsageError, match=re.escape(message)):
        folds_of(examples(60), folds)


def test_test_part_is_the_same_with_and_without_folds():
    data = examples(60)
    (_, plain), (_, crossed) = prepare_series(data, folds=0), prepare_series(data)
    np.testing.assert_array_equal(plain.test.rows, crossed.test.rows)
    assert plain.folds is None and len(crossed.folds) == len(crossed.train) == len(plain.train) + len(plain.validation)
    assert "cross-validation: all 48 series train, as 12 for validation would choose little" in crossed.notes


def test_nearest_neighbour_left_out_equals_a_search_without_the_series():
    rng = np.random.default_rng(0)
    series, labels = [rng.normal(size=(5, 2)) for _ in range(30)], np.arange(30) % 3
    model = NearestNeighbour.fit(series, labels, 3)
    flat = model.series.reshape(30, -1).astype(float)
    distances = ((flat[:, None] - flat) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    left_out = model.leave_one_out(series)
    np.testing.assert_array_equal(left_out.argmax(axis=1), labels[distances.argmin(axis=1)])
    assert (model.predict(series).argmax(axis=1) == labels).all(), "each finds itself otherwise"


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    """A run with three folds, and its messages."""
    messages: list[str] = []
    path = tmp_path_factory.mktemp("runs") / "folds"
    callbacks = Callbacks(on_message=messages.append)
    seqkit.train("dense", waves(60), out=path, folds=3, epochs=3, units=(4,), callbacks=callbacks)
    return path, messages


def test_epochs_are_the_mean_of_the_best_ones_and_all_examples_train(crossed):
    path, messages = crossed
    best = [int(re.search(r"in epoch (\d+)$", line)[1]) for line in messages if line.startswith("fold ")]
    assert len(best) == 3 and "examples: 48 train, 12 test" in messages
    epochs = round(np.mean(best))
    assert messages[messages.index("examples: 48 train, 12 test") + 4] == (
        f"trained on all examples for {epochs} epochs, the mean of the best ones of the 3 folds"
    )
    history = pd.read_csv(path / "history.csv")
    assert len(history) == epochs and {"loss", "validation_loss", "validation_accuracy"} <= set(history)
    manifest = json.loads((path / "run.json").read_text())
    assert manifest["data"]["folds"] == 3 and manifest["model"]["best_epoch"] == epochs


def test_validation_scores_are_those_of_the_models_without_the_example(crossed):
    path, messages = crossed
    scores = json.loads((path / "metrics.json").read_text())["validation"]
    by_fold = [float(re.search(r"accuracy ([\d.]+)", line)[1]) for line in messages if line.startswith("fold ")]
    assert scores["examples"] == 48
    assert scores["models"][0]["accuracy"] == pytest.approx(np.mean(by_fold), abs=1e-3)


def test_left_out_scores_of_a_closed_form_are_those_of_validation(tmp_path):
    run = seqkit.train("random_convolutions", waves(60), out=tmp_path / "run", features=84)
    scores = json.loads((run.path / "metrics.json").read_text())["validation"]["models"][0]
    history = pd.read_csv(run.path / "history.csv")
    assert scores["examples"] == 48 and scores["log_loss"] == pytest.approx(history["validation_loss"][0], rel=1e-5)
    assert scores["accuracy"] == pytest.approx(history["validation_accuracy"][0])
