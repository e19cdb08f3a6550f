"""Trains a language model, and writes its run."""

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.errors import DataError, UsageError
from seqkit.files.atomic import write_bytes
from seqkit.runs.results import write_arrays
from seqkit.runs.run import Run
from seqkit.sources import DataSource
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.generate.prepare import prepare

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from seqkit.progress import Callbacks
    from seqkit.tasks.generate.kneser_ney import KneserNey
    from seqkit.tasks.generate.scoring import Probabilities
    from seqkit.training.background import BackgroundTask
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES, SAMPLE_STEPS = 4, 24
"""Texts, and tokens of each, that compare the exported model with the Keras model."""


class Job:
    """Reads a text and prepares its parts; see `seqkit.tasks.contract.Job`.

    Raises:
        UsageError: Separate test data is given.
        DataError: The text is too short.
    """

    task = "generate"

    def __new__(
        cls, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> Any:
        """Returns the training of a model of music if the data is music."""
        if source.kind == "music":
            from seqkit.tasks.generate.music.job import MusicJob

            return MusicJob(source, chosen, test, callbacks)
        return super().__new__(cls)

    def __init__(
        self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> None:
        if test is not None:
            raise UsageError(
                "The test part of a language model is the end of its text: set its size with --split instead of "
                "--test. To evaluate a run on another text, use `seqkit evaluate RUN --data FILE`."
            )
        self.source = source
        with spent("reading the data"):
            text = "".join(source.read(chosen["data"]))
        self._sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        with spent("preparing the data"):
            self.state, self.units, self.splits = prepare(text, **chosen["generate"])
        self.spec = self.state.spec
        self._batch_size, self._chunk = chosen["training"]["batch_size"], chosen["streams"]["chunk"]
        self._combine = chosen["mixture"]["combine"]
        needed = self._batch_size * self._chunk + 1
        if len(self.splits.train.ids) < needed:
            raise DataError(
                f"The training text has {len(self.splits.train.ids):,} tokens, but a step reads {needed:,}: "
                f"--batch-size {self._batch_size} streams of --chunk {self._chunk} tokens. Lower one of them, or give "
                "more text."
            )
        names = {"char": "characters", "word": "words", "bpe": "pieces"}
        parts = (self.splits.train, self.splits.validation, self.splits.test)
        counts = "{:,} train, {:,} validation, {:,} test".format(*(len(part.ids) for part in parts))
        callbacks.on_message(f"{names[self.state.unit]}: {counts}; vocabulary: {self.state.vocabulary:,}")
        self._background: BackgroundTask[KneserNey] | None = None
        self._on_validation: Probabilities | None = None
        self._frequencies: np.ndarray | None = None  # in the training text alone

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        return {
            "task_state": self.state.model_dump(mode="json"),
            "reading": {},
            "data": {
                "source": self.source.name,
                "sources": list(self.source.files),
                "train": len(self.splits.train.ids),
                "validation": len(self.splits.validation.ids),
                "test": len(self.splits.test.ids),
                "sha256": self._sha256,
            },
        }

    def start_background(self) -> None:
        """Starts to fit the n-gram model, which is needed after training only."""
        from seqkit.training.background import BackgroundTask

        self._background = BackgroundTask(self._fit_counts)

    def _fit_counts(self) -> "KneserNey":
        from seqkit.tasks.generate.mixture import fit_kneser_ney

        return fit_kneser_ney(self.splits.train.ids, self.splits.validation.ids, self.state.vocabulary, self.state.unit)

    def initialise(self, model: "keras.Model") -> None:
        """Leaves the weights as they are."""

    def fit(
        self,
        model: "keras.Model",
        build: "Build",
        chosen: Chosen,
        callbacks: "Callbacks",
        checkpoints: "Checkpoints",
        *,
        closed_form: bool,
    ) -> "History":
        """Fits the model by truncated backpropagation through time.

        Raises:
            UsageError: The recipe is no language model: it remembers by other means than a state.
        """
        from seqkit.tasks.generate.objective import next_token_objective, stream_options
        from seqkit.training.carried_state import CarriedState, check_memory
        from seqkit.training.loop import fit

        check_memory(model)
        train, seed, samples = self.splits.train.ids, chosen["training"]["seed"], chosen["streams"]["samples"]
        feed = stream_options(train, self.splits.validation.ids, self.state.vocabulary, **chosen["streams"])
        validation_state = CarriedState(model, feed.validation_streams)
        if self.state.tied and 0 < 2 * samples < self.state.vocabulary:
            from seqkit.training.sampled_softmax import hidden_model, sampled_cross_entropy

            state = CarriedState(hidden_model(model), self._batch_size, seed)
            objective = next_token_objective(sampled_cross_entropy(model, train, samples, state.parts, seed))
        else:
            state, objective = CarriedState(model, self._batch_size, seed), next_token_objective()
        states = (state, validation_state)
        return fit(model, None, feed, objective, callbacks.on_progress, checkpoints, states, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model, the units and the n-gram model, and chooses the weights of the mixture.

        The n-gram model that is kept is fitted again on training and validation text, with the choices of validation.
        """
        from seqkit.inference.sessions import open_session
        from seqkit.inference.stepping import Stepper
        from seqkit.tasks.generate.inference import LanguageModel
        from seqkit.tasks.generate.mixture import Shares, count_again, mix, recent_share
        from seqkit.tasks.generate.scoring import part_probabilities
        from seqkit.training.export import export_stepwise

        write_bytes(run.path / "units.json", self.units.to_json())
        exported = export_stepwise(run, model, self.spec, self._samples())
        counts = self._background.result() if self._background else self._fit_counts()
        run.manifest.model = exported
        session = open_session(run, self.spec.ends, exported["states"])
        stepper = Stepper(session, (self.spec.reads.name, self.spec.gives.name), exported["states"])
        language_model = LanguageModel(run, self.state, self.units, stepper, counts, Shares())
        train, validation = self.splits.train.ids, self.splits.validation.ids
        self._on_validation = part_probabilities(language_model, validation, train)
        self._frequencies = counts.frequencies
        shares = mix(*self._on_validation, combine=self._combine)
        write_arrays(run, "kneser_ney.npz", count_again(counts, train, validation).arrays())
        return {
            **exported,
            "order": counts.order,
            "share": shares.network,
            "recent_share": shares.recent,
            "baseline_share": recent_share(*self._on_validation[1:]),
        }

    def _samples(self) -> np.ndarray:
        """Returns the start of some stretches of the training text, of shape (samples, steps)."""
        ids = self.splits.train.ids
        steps = min(SAMPLE_STEPS, len(ids))
        firsts = np.linspace(0, len(ids) - steps, SAMPLES).astype(int)
        return np.stack([ids[first : first + steps] for first in firsts])

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes scores, the learning curve and the page of surprise."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.generate.inference import open_text
        from seqkit.tasks.generate.scoring import score, write_scores

        model, splits = open_text(run), self.splits
        on_validation = score(
            model, splits.validation, splits.train.ids, known=self._on_validation, frequencies=self._frequencies
        )
        parts = {"validation": on_validation}
        if test:
            parts["test"] = score(model, splits.test, splits.validation.ids)
        metrics = write_scores(model, parts)
        learning_curve(
            {"validation": history.column("validation_nats")},
            history.best_epoch,
            reference=_references(metrics["validation"]["models"]),
            unit="nats per token",
            path=run.path / "plots" / "learning_curve.png",
            score="cross-entropy",
        )


def _references(models: list[dict[str, Any]]) -> dict[str, float]:
    """Returns the reference lines of the learning curve: the n-gram model, and its mixture with the network."""
    from seqkit.tasks.generate.scoring import COUNTS

    nats = {row["name"]: row["nats"] for row in models}
    mixture = {f"mixed with {COUNTS}": models[0]["nats"]} if f"{models[0]['name']} alone" in nats else {}
    return {**mixture, COUNTS: nats[COUNTS]}
