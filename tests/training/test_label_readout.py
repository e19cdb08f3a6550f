"""Closed-form readouts of classifiers: which rows they use, adapted layers, and what a run keeps."""

import json

import keras
import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.ragged import Ragged
from seqkit.spec import SERIES_PAD, Spec
from seqkit.stats.ridge_classifier import fit_ridge_classifier
from seqkit.training import label_readout
from seqkit.training.label_readout import LabelReadout

CLASSES = 3


def part(count: int, seed: int, *, multi_label: bool = False) -> Part:
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    series = [rng.normal(size=(4 + i % 5, 2)).astype("float32") + np.float32(label) for i, label in enumerate(labels)]
    y_true = np.eye(CLASSES, dtype=bool)[labels] if multi_label else labels
    return Part(Ragged.from_sequences(series), y_true, np.arange(count))


def model(spec: Spec):
    """A model whose features are the mean, the square and the sine of the mean of each channel."""
    inputs, x = spec.inputs()
    mean = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, spec.outputs(keras.ops.concatenate([mean, mean**2, keras.ops.sin(mean)], axis=1)))


def features(data: Part) -> np.ndarray:
    means = np.stack([data.inputs[i].mean(axis=0) for i in range(len(data))])
    return np.concatenate([means, means**2, np.sin(means)], axis=1)


@pytest.mark.parametrize("multi_label", [False, True])
def test_leave_one_out_chooses_and_the_weights_are_those_of_ridge_regression(multi_label):
    train, validation = part(40, 0, multi_label=multi_label), part(9, 1, multi_label=multi_label)
    net, progress = model(Spec.series(steps=None, features=2, classes=CLASSES, multi_label=multi_label)), []
    history, left_out = LabelReadout(net, SERIES_PAD, progress.append, 16).solve(train, validation)
    expected = fit_ridge_classifier(features(train).astype("float32"), train.labels, CLASSES)
    np.testing.assert_allclose(net.get_layer("readout").get_weights()[0], expected.coefficients, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(left_out, expected.left_out, rtol=1e-3, atol=1e-3)
    assert history.epochs[0]["validation_loss"] == pytest.approx(expected.log_loss, rel=1e-3)
    is_right = (left_out > 0) == train.labels if multi_label else left_out.argmax(axis=1) == train.labels
    assert history.epochs[0]["validation_accuracy"] == is_right.mean()
    assert history.stopped == f"solved in closed form, penalty {expected.penalty:g} chosen by leave-one-out"
    assert [p.step for p in progress] == list(range(1, progress[-1].steps + 1))


def test_validation_chooses_for_many_examples(monkeypatch):
    monkeypatch.setattr(label_readout, "MAX_ROWS", 30)
    train, validation = part(60, 0), part(30, 1)
    net, progress = model(Spec.series(steps=None, features=2, classes=CLASSES)), []
    history, left_out = LabelReadout(net, SERIES_PAD, progress.append, 16).solve(train, validation)
    assert left_out is None and history.stopped.endswith("chosen on validation")
    x = [validation.inputs[i][None] for i in range(30)]
    logits = np.concatenate([net(each, training=False).numpy() for each in x]).astype(float)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(30), validation.labels]
    assert history.epochs[0]["validation_loss"] == pytest.approx(losses.mean(), rel=1e-4)
    assert history.epochs[0]["validation_accuracy"] == (logits.argmax(axis=1) == validation.labels).mean() > 0.5
    assert [p.step for p in progress] == list(range(1, progress[-1].steps + 1))


@keras.saving.register_keras_serializable("tests")
class Centred(keras.layers.Layer):
    """Subtracts the mean of all steps of training, which `adapt` reads."""

    supports_masking = True

    def build(self, input_shape):
        self.mean = self.add_weight(shape=(input_shape[-1],), trainable=False, name="mean")

    def adapt(self, sequences):
        self.mean.assign(np.concatenate(sequences).mean(axis=0))

    def call(self, inputs, mask=None):
        return inputs - self.mean


@pytest.mark.parametrize("steps", [None, 4])
def test_layer_with_adapt_reads_the_training_examples_without_padding(steps):
    spec = Spec.series(steps=steps, features=2, classes=CLASSES)
    inputs, x = spec.inputs()
    net = keras.Model(inputs, spec.outputs(keras.layers.GlobalAveragePooling1D()(Centred(name="centred")(x))))
    train = part(12, 0)
    if steps:
        train = Part(Ragged.from_sequences([train.inputs[i][:steps] for i in range(12)]), train.labels, train.rows)
    LabelReadout(net, SERIES_PAD, lambda progress: None, 16).solve(train, train)
    np.testing.assert_allclose(net.get_layer("centred").mean, train.inputs.values.mean(axis=0), rtol=1e-5)


def test_run_of_random_convolutions_answers_like_its_model(tmp_path):
    rng = np.random.default_rng(0)
    waves = [np.sin(np.arange(12 + i % 7)[:, None] * (1 + i % 2) + rng.uniform(0, 6)) for i in range(60)]
    frame = pd.DataFrame({"series": waves, "label": ["slow", "fast"] * 30})
    run = seqkit.train("random_convolutions", frame, out=tmp_path / "run", features=252)
    scores = json.loads((run.path / "metrics.json").read_text())["test"]["models"][0]
    assert scores["accuracy"] > 0.9 and scores["log_loss"] < 0.4
    model = keras.models.load_model(run.path / "model.keras", safe_mode=True)
    logits = model(((waves[0] - run.manifest.task_state["mean"]) / run.manifest.task_state["deviation"])[None]).numpy()
    expected = np.exp(logits[0]) / np.exp(logits[0]).sum()
    np.testing.assert_allclose(seqkit.load(run.path).predict_proba([waves[0]])[0], expected, atol=1e-4)
    assert run.manifest.task_state["longest"] == 18
