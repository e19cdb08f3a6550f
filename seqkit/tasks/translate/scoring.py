"""Scores translations by BLEU and chrF beside baselines, with a paired bootstrap over sentences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.pairs.sentence_pairs import Pairs
from seqkit.files.atomic import atomic_write
from seqkit.runs.results import write_errors, write_metrics
from seqkit.runs.run import Run
from seqkit.stopwatch import spent
from seqkit.tasks.translate.baselines import fit_baselines
from seqkit.tasks.translate.inference import Translator
from seqkit.tasks.translate.metrics import bleu_statistics, compare_translations, score_translations

MAX_VALIDATION = 2000
"""Validation pairs that are translated at most, drawn evenly; their number is in the scores."""

STATISTICS = tuple(f"bleu_{number}" for number in range(1, 11))
"""Columns of `errors.csv` with the counts that BLEU is computed from."""

ERROR_COLUMNS: dict[str, type] = {"part": str, "row": int, **dict.fromkeys(STATISTICS, float)}
"""Columns of `errors.csv`."""

Translate = Callable[[Sequence[str]], list[str]]
"""Translates texts."""


@dataclass(frozen=True)
class TranslationResults:
    """Translations of a part by the model and the baselines.

    Attributes:
        rows: Row of each pair in the data, from 1.
        sources, references: The pairs.
        translations: Translations by name of the model; the run's own first.
        pairs: Number of pairs of the part, of which `rows` may be a sample.
    """

    rows: np.ndarray
    sources: list[str]
    references: list[str]
    translations: dict[str, list[str]]
    pairs: int

    def statistics(self) -> np.ndarray:
        """Returns what BLEU of the run's own translations is computed from, of shape (pairs, 10)."""
        return bleu_statistics(next(iter(self.translations.values())), self.references)

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON: one entry for each model, the run's own first."""
        models: list[dict[str, Any]] = []
        own = self.statistics()
        signatures: dict[str, str] = {}
        for name, translations in self.translations.items():
            scores = score_translations(translations, self.references)
            row: dict[str, Any] = {"name": name, "bleu": scores.bleu, "chrf": scores.chrf}
            if models:
                row["against_model"] = compare_translations(own, bleu_statistics(translations, self.references))
            models.append(row)
            signatures = {"signature": scores.signature, "chrf_signature": scores.chrf_signature}
        scored = {"task": "translate", "pairs": self.pairs, "scored": len(self.rows)}
        return {**scored, **signatures, "models": models}


class Evaluator:
    """Scores a run and its baselines, which are fitted on its training pairs.

    Args:
        translator: The run.
        pairs: All pairs of the training data.
        rows: Positions of the pairs of each part.
    """

    def __init__(self, translator: Translator, pairs: Pairs, rows: dict[str, np.ndarray]) -> None:
        self._translator, self._pairs, self._rows = translator, pairs, rows
        with spent("fitting baselines"):
            train, validation = (_texts(pairs, rows[name]) for name in ("train", "validation"))
            self._baselines: dict[str, Translate] = fit_baselines(train, validation)

    def score(self, part: str) -> TranslationResults:
        """Scores a part, of a large validation part a sample."""
        rows = self._rows[part]
        scored = rows
        if part == "validation" and len(rows) > MAX_VALIDATION:
            scored = rows[np.linspace(0, len(rows) - 1, MAX_VALIDATION).astype(int)]
        sources, references = _texts(self._pairs, scored)
        return self.results(sources, references, self._pairs.rows[scored], len(rows))

    def results(
        self, sources: list[str], references: list[str], rows: np.ndarray, count: int | None = None
    ) -> TranslationResults:
        """Scores any pairs."""
        translations = {self._translator.name: self._translator.translate(sources)}
        for name, translate in self._baselines.items():
            translations[name] = translate(sources)
        return TranslationResults(rows, sources, references, translations, count or len(rows))


def write_scores(run: Run, parts: dict[str, TranslationResults]) -> dict[str, Any]:
    """Writes `metrics.json`, `errors.csv` and `predictions.csv`; returns the content of the first."""
    metrics = write_metrics(run, {name: results.summary() for name, results in parts.items()})
    rows = {}
    for name, results in parts.items():
        counts = dict(zip(STATISTICS, results.statistics().T, strict=True))
        rows[name] = [pd.DataFrame({"row": results.rows, **counts})]
    write_errors(run, rows, ERROR_COLUMNS)
    results = list(parts.values())[-1]
    own = next(iter(results.translations.values()))
    frame = pd.DataFrame(
        {"row": results.rows, "source": results.sources, "reference": results.references, "translation": own}
    )
    with atomic_write(run.path / "predictions.csv") as temporary:
        frame.to_csv(temporary, index=False)
    return metrics


def _texts(pairs: Pairs, rows: np.ndarray) -> tuple[list[str], list[str]]:
    positions = rows.tolist()
    return [pairs.sources[i] for i in positions], [pairs.targets[i] for i in positions]
