"""Trains a translation, and writes its run."""

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.pairs.sentence_pairs import fingerprint_pairs
from seqkit.data.pairs.splits import shared_notes
from seqkit.files.atomic import write_bytes
from seqkit.runs.run import Run
from seqkit.sources import DataSource, find_source
from seqkit.stopwatch import spent
from seqkit.tasks.contract import Chosen
from seqkit.tasks.translate.encoding import PAD
from seqkit.tasks.translate.prepare import prepare
from seqkit.tasks.translate.reading import read_translations

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from seqkit.progress import Callbacks
    from seqkit.training.checkpoints import Checkpoints
    from seqkit.training.model_building import Build
    from seqkit.training.state import History

SAMPLES = 8
"""Pairs that compare the exported model with the Keras model: half of them short, half of them long."""

SAMPLE_STEPS = 24
"""Tokens of them that are compared."""


class Job:
    """Reads sentence pairs and prepares their parts; see `seqkit.tasks.contract.Job`.

    Raises:
        DataError: The pairs are invalid.
    """

    task = "translate"

    def __init__(
        self, source: DataSource, chosen: Chosen, test: Any, callbacks: "Callbacks", folder: "Path | None" = None
    ) -> None:
        self.source, self._chosen = source, chosen
        self._test_source = None if test is None else find_source(test, kind=source.kind).name
        with spent("reading the data"):
            self.pairs = read_translations(source, chosen["data"], chosen["pairs"], test)
        with spent("preparing the data"):
            self.state, self.splits = prepare(self.pairs, **chosen["translate"])
            parts = {name: getattr(self.splits, name) for name in ("train", "validation", "test")}
            shared = shared_notes(self.pairs, {name: part.rows for name, part in parts.items()})
        for line in (*self.pairs.notes, *self.splits.notes, *shared):
            callbacks.on_message(line)
        callbacks.on_message("pairs: {:,} train, {:,} validation, {:,} test".format(*map(len, parts.values())))
        self.spec = self.state.spec

    def describe(self) -> dict[str, Any]:
        """Returns the entries of `run.json` about task and data."""
        return {
            "task_state": self.state.model_dump(mode="json"),
            "reading": dict(self._chosen["pairs"]),
            "data": {
                "source": self.source.name,
                "sources": list(self.source.files),
                "test_source": self._test_source,
                "pairs": len(self.pairs),
                "columns": list(self.pairs.columns),
                "train": len(self.splits.train),
                "validation": len(self.splits.validation),
                "test": len(self.splits.test),
                "sha256": fingerprint_pairs(self.pairs),
            },
        }

    def start_background(self) -> None:
        """Does nothing: the baselines are needed after training only."""

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
        """Fits the model with the true tokens before each one as input (teacher forcing)."""
        from seqkit.tasks.translate.alignment import guide
        from seqkit.tasks.translate.feed import pair_feed, short_pairs
        from seqkit.tasks.translate.objective import teacher_forcing, translate_objective
        from seqkit.training.loop import fit

        train, validation = (
            short_pairs(part, self.state.length) for part in (self.splits.train, self.splits.validation)
        )
        guidance = guide(train, **chosen["guidance"]) if len(model.outputs) > 1 else None
        feed, tokens = pair_feed(train, validation, self.state, guidance, **chosen["feed"])
        objective = translate_objective(guidance.weight if guidance else 0.0, **chosen["objective"])
        options = {**chosen["training"], "batch_size": tokens}
        steps = feed.steps(tokens) * options["epochs"]
        forcing = teacher_forcing(model, steps, options["seed"], **chosen["forcing"])
        calls = (forcing, teacher_forcing(model, steps, options["seed"]))
        return fit(model, None, feed, objective, callbacks.on_progress, checkpoints, calls, **options)

    def export(self, run: Run, model: "keras.Model") -> dict[str, Any]:
        """Writes the model and the byte pairs of both sides."""
        from seqkit.training.encoder_decoder import export_encoder_decoder

        write_bytes(run.path / "source_units.json", self.splits.source_units.to_json())
        write_bytes(run.path / "target_units.json", self.splits.target_units.to_json())
        return export_encoder_decoder(run, model, self.spec, self._samples())

    def _samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns sources and shifted targets, of short and of long validation pairs."""
        part = self.splits.validation
        order = np.argsort(part.sources.lengths, kind="stable")
        rows = np.concatenate([order[: SAMPLES // 2], order[-SAMPLES // 2 :]])
        source, target = (_first_steps(side, rows) for side in (part.sources, part.targets))
        start = np.full((len(rows), 1), self.state.end, np.int32)
        return source, np.concatenate([start, target[:, :-1]], axis=1)

    def evaluate(self, run: Run, history: "History", *, test: bool) -> None:
        """Writes scores, baselines, translations and plots."""
        from seqkit.plots.learning_curve import learning_curve
        from seqkit.tasks.translate.inference import open_run
        from seqkit.tasks.translate.scoring import Evaluator, write_scores

        rows = {name: getattr(self.splits, name).rows for name in ("train", "validation", "test")}
        evaluator = Evaluator(open_run(run), self.pairs, rows)
        parts = {name: evaluator.score(name) for name in ("validation", *(["test"] if test else []))}
        write_scores(run, parts)
        learning_curve(
            {"validation": history.column("validation_nats")},
            history.best_epoch,
            reference={},
            unit="nats per token",
            path=run.path / "plots" / "learning_curve.png",
            score="cross-entropy",
        )


def _first_steps(side: Ragged, rows: np.ndarray) -> np.ndarray:
    """Returns the first tokens of some sentences, padded."""
    return side.padded(rows, PAD)[:, :SAMPLE_STEPS].astype(np.int32)
