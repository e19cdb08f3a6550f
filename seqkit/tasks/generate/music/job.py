"""Trains a model of music, and writes its run."""

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.music.notes import VOCABULARY, encode_piece
from seqkit.errors import DataError, UsageError
from seqkit.runs.results import write_arrays
from seqkit.runs.run import Run
from seqkit.sources import DataSource
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.generate.music.prepare import count_repeated, fingerprint, prepare_music, streams, transposed

if TYPE_CHECKING:
    import keras

    from seqkit.progress import Callbacks
    from seqkit.tasks.generate.kneser_ney import KneserNey
    from seqkit.training.background import BackgroundTask
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES, SAMPLE_STEPS = 4, 24
"""Pieces, and notes of each, that compare the exported model with the Keras model."""


class MusicJob:
    """Reads pieces and prepares their parts; see `seqkit.tasks.contract.Job`.

    Raises:
        UsageError: Separate test data is given.
        DataError: A part has no piece, or there are too few notes for a step.
    """

    task = "generate"

    def __init__(self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks") -> None:
        if test is not None:
            raise UsageError(
                "The test pieces of a model of music are a part of its data: set their number with --split instead of "
                "--test. To evaluate a run on other pieces, use `seqkit evaluate RUN --data FILE`."
            )
        self.source = source
        frame = source.read(chosen["data"])
        with spent("preparing the data"):
            self.state, self.splits = prepare_music(frame, **chosen["generate"])
            self._transpose = chosen["generate"]["transpose"]
            training = transposed(self.splits.train, self._transpose)
            self._train, self._columns = streams(training, self.state)
            self._validation, self._validation_columns = streams(self.splits.validation, self.state)
        self.spec = self.state.spec
        self._batch_size, self._chunk = chosen["training"]["batch_size"], chosen["streams"]["chunk"]
        self._combine = chosen["mixture"]["combine"]
        needed = self._batch_size * self._chunk + 1
        if len(self._train) < needed:
            raise DataError(
                f"The training pieces have {len(self._train):,} notes, but a step reads {needed:,}: --batch-size "
                f"{self._batch_size} streams of --chunk {self._chunk} notes. Lower one of them, or give more pieces."
            )
        for remark in frame.attrs.get("remarks", ()):
            callbacks.on_message(remark)
        splits = self.splits
        callbacks.on_message(
            f"pieces: {len(splits.train):,} train, {len(training):,} with transpositions, {len(splits.validation):,} "
            f"validation, {len(splits.test):,} test; voices: {', '.join(self.state.names)}"
        )
        repeated = count_repeated(splits)
        if repeated:
            callbacks.on_message(
                f"{repeated:,} of the validation and test pieces occur in training, too, as they are or transposed: "
                "their scores are better than those of new pieces"
            )
        self._background: BackgroundTask[KneserNey] | None = None
        self._on_validation: list[np.ndarray] | None = None

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        splits = self.splits
        return {
            "task_state": self.state.model_dump(mode="json"),
            "reading": {},
            "data": {
                "source": self.source.name,
                "train": len(splits.train),
                "validation": len(splits.validation),
                "test": len(splits.test),
                "sha256": fingerprint(splits),
            },
        }

    def start_background(self) -> None:
        """Starts to fit the n-gram model, which is needed after training only."""
        from seqkit.training.background import BackgroundTask

        self._background = BackgroundTask(self._fit_counts)

    def _fit_counts(self) -> "KneserNey":
        from seqkit.tasks.generate.mixture import fit_kneser_ney

        return fit_kneser_ney(self._train, self._validation[1:], VOCABULARY, "note")

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
            UsageError: The recipe remembers by other means than a state.
        """
        from seqkit.tasks.generate.objective import next_token_objective
        from seqkit.training.carried_state import CarriedState, check_memory
        from seqkit.training.feeds.streams import StreamFeed
        from seqkit.training.loop import fit

        check_memory(model, self._samples())
        feed = StreamFeed(self._train, self._validation, self._chunk, (self._columns, self._validation_columns))
        states = (
            CarriedState(model, self._batch_size, chosen["training"]["seed"]),
            CarriedState(model, feed.validation_streams),
        )
        objective = next_token_objective()
        return fit(model, None, feed, objective, callbacks.on_progress, checkpoints, states, **chosen["training"])

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model and the n-gram model, and chooses the weights of the mixture."""
        from seqkit.tasks.generate.mixture import mix, recent_share
        from seqkit.tasks.generate.music.inference import open_music
        from seqkit.training.export import export_stepwise

        exported = export_stepwise(run, model, self.spec, self._samples())
        counts = self._background.result() if self._background else self._fit_counts()
        write_arrays(run, "kneser_ney.npz", counts.arrays())
        run.manifest.model = {**exported, "order": counts.order, "share": 1.0}
        music = open_music(run)
        notes = [encode_piece(piece, self.state.order) for piece in self.splits.validation]
        self._on_validation = music.network_probabilities(notes)
        network, by_counts = (np.concatenate(p) for p in (self._on_validation, music.count_probabilities(notes)))
        by_recent = [np.concatenate(values) for values in zip(*music.recent_probabilities(notes), strict=True)]
        shares = mix(network, by_counts, *by_recent, combine=self._combine)
        return {
            **run.manifest.model,
            "share": shares.network,
            "recent_share": shares.recent,
            "baseline_share": recent_share(by_counts, *by_recent),
        }

    def _samples(self) -> np.ndarray:
        """Returns the start of some stretches of the training pieces, of shape (samples, steps, voices + 1)."""
        steps = min(SAMPLE_STEPS, len(self._columns))
        firsts = np.linspace(0, len(self._columns) - steps, SAMPLES).astype(int)
        return np.stack([self._columns[first : first + steps] for first in firsts])

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes scores, the learning curve, and a piece that the model composes, as a picture."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.generate.music.inference import open_music
        from seqkit.tasks.generate.music.plots import piano_roll
        from seqkit.tasks.generate.music.scoring import references, score, write_scores

        model, splits = open_music(run), self.splits
        parts = {"validation": score(model, splits.validation, network=self._on_validation)}
        if test:
            parts["test"] = score(model, splits.test)
        metrics = write_scores(run, parts)
        learning_curve(
            {"validation": history.column("validation_nats")},
            history.best_epoch,
            reference=references(metrics["validation"]["models"]),
            unit="nats per note",
            path=run.path / "plots" / "learning_curve.png",
            score="cross-entropy",
        )
        length = 8 * self.state.bar
        piece = model.generate(length, temperature=0.8, seed=0)
        title = f"Composed by {model.name}: seed 0, temperature 0.8"
        piano_roll(piece, self.state.names, bar=self.state.bar, title=title, path=run.path / "plots" / "piece.png")
