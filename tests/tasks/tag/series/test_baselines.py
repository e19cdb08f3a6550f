"""The smoothed regression: its context, its transitions, and what it finds."""

import numpy as np
import pytest

from seqkit.errors import DataError
from seqkit.inference.linear_chain import most_likely
from seqkit.tasks.tag.series.baselines import BLOCKS, SmoothedRegression, context, sample_rows


def test_context_has_the_row_and_the_means_of_the_blocks_around_it():
    values = np.random.default_rng(0).normal(size=(90, 2)).astype(np.float32)
    columns, padded = context(values), np.concatenate([[values[0]] * 31, values, [values[-1]] * 31]).astype(float)
    for row in (0, 1, 40, 89):
        expected = [padded[31 + row]]
        for near, far in BLOCKS:
            expected.append(padded[31 + row - far : 31 + row - near + 1].mean(axis=0))
            expected.append(padded[31 + row + near : 31 + row + far + 1].mean(axis=0))
        assert columns[row] == pytest.approx(np.concatenate(expected), abs=1e-6)
    assert context(values, 20, 50) == pytest.approx(columns[20:50], abs=1e-9)


def test_transitions_are_counted_within_stretches_and_between_neighbouring_rows():
    labels = np.array([0, 0, 1, 1, -1, 0, 1])
    fitted = SmoothedRegression.fit(np.zeros((7, 1), np.float32), labels, np.array([[0, 3], [3, 7]]), 2)
    # 0→0, 0→1 in the first stretch, 0→1 in the second; 1→1 crosses a border, and row 4 has no label.
    expected = np.array([[2 / 5, 3 / 5], [1 / 2, 1 / 2]])
    assert np.exp(fitted.transitions[:-1, :-1]) == pytest.approx(expected)
    assert fitted.frequencies.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("count", [2, 3])
def test_blocks_of_noisy_labels_are_found_where_single_rows_are_not(count):
    draw = np.random.default_rng(3)
    labels = np.repeat(draw.permutation(np.arange(90) % count), 20)
    values = (labels[:, None] + draw.normal(size=(1800, 1))).astype(np.float32)
    fitted = SmoothedRegression.fit(values, labels, np.array([[0, 900], [900, 1200]]), count)
    rest, length = values[1200:], np.array([600])
    path = most_likely(fitted.logits(rest)[None], length, fitted.transitions)[0]
    assert (path == labels[1200:]).mean() > {2: 0.9, 3: 0.75}[count]
    assert (np.round(rest[:, 0]) == labels[1200:]).mean() < 0.7
    assert fitted.majority == np.bincount(labels[:1200]).argmax()


def test_stored_baseline_answers_alike_and_a_damaged_one_is_refused():
    draw = np.random.default_rng(0)
    values, labels = draw.normal(size=(200, 2)).astype(np.float32), np.arange(200) // 10 % 3
    fitted = SmoothedRegression.fit(values, labels, np.array([[0, 200]]), 3)
    arrays = fitted.arrays()
    again = SmoothedRegression.from_arrays(arrays, labels=3, features=2)
    assert (again.logits(values) == fitted.logits(values)).all()
    for change in ({"weight": np.array(0.0)}, {"frequencies": np.zeros(3)}):
        with pytest.raises(DataError, match=r"a frequency or the weight is 0. Train the run again"):
            SmoothedRegression.from_arrays({**arrays, **change}, labels=3, features=2)
    with pytest.raises(DataError, match=r"coefficients"):
        SmoothedRegression.from_arrays(arrays, labels=3, features=3)


def test_sampled_rows_are_few_and_have_every_label(monkeypatch):
    monkeypatch.setattr("seqkit.tasks.tag.series.baselines.MAX_ROWS", 50)
    labels = np.array([0] * 900 + [1] * 2 + [2] * 98)
    rows = sample_rows(labels)
    assert len(rows) <= 53 and set(labels[rows]) == {0, 1, 2} and (np.diff(rows) > 0).all()
