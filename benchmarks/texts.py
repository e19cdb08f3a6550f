"""Texts per second in training and prediction, compared with the same Keras model and `TextVectorization`.

Training starts from a list of texts and includes fitting the vocabulary, tokenising and one epoch; prediction turns a
list of texts into labels. The peer truncates and pads all texts to the same length, as in its documentation, and
predicts with `model.predict`; seqkit predicts with the exported model, as `seqkit predict` does. The accuracies under
the table show that both models learn the same.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.measure import alternate, note
from benchmarks.report import Line, Report, report_lines
from seqkit.registry import find_dataset, find_recipe
from seqkit.training.keras_import import import_keras

LEARNING_RATE = 1e-3


def run(
    *,
    data: str = "imdb",
    recipe: str = "conv1d",
    runs: int = 3,
    vocabulary: int = 20_000,
    length: int = 500,
    batch_size: int = 64,
    quick: bool = False,
) -> Report:
    """Trains and predicts with both in turn.

    Args:
        data: A dataset of texts with a training and a test part.
        recipe: Recipe of the model.
        runs: Trainings of each, [1, inf).
        vocabulary: Maximum number of tokens, [100, inf).
        length: Maximum number of tokens per text, [1, inf).
        batch_size: Texts per step, [1, inf).
        quick: 1,000 texts and one run, as a smoke test.
    """
    keras = import_keras()
    import seqkit
    from seqkit.spec import Spec
    from seqkit.tasks.classify.inference import Classifier

    frame = find_dataset(data).load().load()
    if quick:
        runs, frame = 1, frame.groupby(["part", "label"]).head(250)
    train, test = (frame[frame["part"] == part].reset_index(drop=True) for part in ("train", "test"))
    labels = sorted(set(train["label"]))
    note(f"texts: {len(train):,} train, {len(test):,} test; {2 * runs} trainings")
    builder, options = find_recipe(recipe), {"seed": 0, "epochs": 1}
    times: dict[str, list[float]] = {"seqkit": [], "Keras": []}
    accuracies: dict[str, list[float]] = {"seqkit": [], "Keras": []}

    def by_seqkit() -> float:
        with tempfile.TemporaryDirectory() as folder:
            spent = _Clock()
            _train_with_seqkit(spent, recipe, frame, Path(folder) / "run", options | {
                "vocabulary": vocabulary, "length": length, "batch_size": batch_size, "learning_rate": LEARNING_RATE,
                "schedule": "constant",
            })  # fmt: skip
            began = time.perf_counter()
            classifier = seqkit.load(Path(folder) / "run")
            assert isinstance(classifier, Classifier)
            found = classifier.predict(test["text"].tolist())
            times["seqkit"].append(len(test) / (time.perf_counter() - began))
            accuracies["seqkit"].append(float((found["predicted"].to_numpy() == test["label"].to_numpy()).mean()))
        return len(train) / spent.seconds

    def by_keras() -> float:
        began = time.perf_counter()
        vectorise = keras.layers.TextVectorization(max_tokens=vocabulary, output_sequence_length=length)
        vectorise.adapt(train["text"].to_numpy(str), batch_size=256)
        recipe_options, spec_options = _options(recipe)
        spec = Spec.tokens(length=length, vocabulary=vocabulary, classes=len(labels), **spec_options)
        model = builder.load().build_model(spec, **recipe_options)
        model.compile(
            keras.optimizers.Adam(LEARNING_RATE, global_clipnorm=1.0),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        y_true = np.array([labels.index(label) for label in train["label"]])
        kept = np.random.default_rng(0).permutation(len(train))[: round(len(train) * 8 / 9)]  # as many as seqkit's
        model.fit(
            vectorise(train["text"].to_numpy(str)[kept]), y_true[kept], batch_size=batch_size, epochs=1, verbose=0
        )
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        logits = model.predict(vectorise(test["text"].to_numpy(str)), batch_size=256, verbose=0)
        times["Keras"].append(len(test) / (time.perf_counter() - began))
        found = np.array(labels)[logits.argmax(axis=1)]
        accuracies["Keras"].append(float((found == test["label"].to_numpy()).mean()))
        return len(train) / seconds

    ours, peer = alternate(runs, by_seqkit, by_keras)
    lines = [
        Line(f"`{recipe}` learns, from texts to a model", "texts/s", ours, peer, times=2),
        Line(f"`{recipe}` labels, from texts to labels", "texts/s", times["seqkit"], times["Keras"], times=2),
    ]
    medians = ", ".join(f"{name} {median(values):.4f}" for name, values in accuracies.items())
    return report_lines(lines, peer="TextVectorization", notes=[f"Test accuracy after one epoch: {medians}."])


class _Clock:
    """Measures the seconds from the texts to the trained model, without baselines, scores and export."""

    def __init__(self) -> None:
        self.began, self.seconds = time.perf_counter(), 0.0

    def stop(self) -> None:
        """Stops the clock."""
        self.seconds = time.perf_counter() - self.began


def _train_with_seqkit(clock: _Clock, recipe: str, frame: Any, path: Path, options: dict[str, Any]) -> None:
    import seqkit
    from seqkit.progress import Callbacks

    def on_progress(progress: Any) -> None:
        if progress.score is not None:
            clock.stop()

    seqkit.train(recipe, frame, out=path, test=False, callbacks=Callbacks(on_progress=on_progress), **options)


def _options(recipe: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the options of a recipe for texts, and those of its `Spec`."""
    from seqkit.workflows.settings import plan_training

    plan = plan_training(find_recipe(recipe), "demo_reviews")
    defaults = plan.defaults()
    values = {o.name: o.check(defaults.get(o.name, o.default)) for o in plan.options}
    ends = {"embedding": values["embedding"] or 64, "token_dropout": values["token_dropout"]}
    return {o.name: values[o.name] for o in plan.sections["recipe"]}, ends
