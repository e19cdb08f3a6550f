"""Tables of word vectors: speed, memory and scores of two systems, and targets."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, median
from typing import Any

from benchmarks.report import Report, markdown_table, number

SPEED_TIMES = {"skipgram": 2.0, "cbow": 1.0}
"""Target speed-ups over the peer, in words per second of the whole process."""

SCORES = {"analogies": "analogies", "wordsim353": "WordSim-353"}
"""Scores whose mean must be at least that of the peer, with their names."""

HEADINGS = (
    "system", "model", "words/s", "ratio", "words/s training", "ratio", "semantic", "syntactic", "analogies",
    "WordSim-353", "memory MB", "seconds", "CPU seconds", "vocabulary seconds",
)  # fmt: skip


def vector_report(results: Sequence[dict[str, Any]], *, notes: Sequence[str] = ()) -> Report:
    """Returns a table for each corpus, and one of the targets.

    Args:
        results: "corpus", "lines", "words", "trained" (figures by recipe, system and seed) and "counted" (figures of
            count-based vectors) of each corpus.
        notes: Lines to print under the tables.
    """
    targets = [target for result in results for target in targets_of(result)]
    seeds = len(next(iter(results[0]["trained"].values()))["seqkit"])
    how = (
        f"Medians of {seeds} seeds in turn, of scores the means, lowest to highest in brackets; a ratio is that of the "
        "medians, its brackets hold those of each seed."
    )
    text = [*(corpus_text(result) for result in results), target_table(targets)]
    text.append("\n".join([how if seeds > 1 else "One seed.", *notes]))
    return Report("\n\n".join(text), {"results": list(results), "targets": targets, "notes": list(notes)})


def corpus_text(result: dict[str, Any]) -> str:
    """Returns the heading and the table of a corpus."""
    counted = result["counted"]
    (known, questions), (covered, pairs) = counted["questions"], counted["pairs"]
    heading = (
        f"**{result['corpus']}**: {result['words']:,} words in {result['lines']:,} lines, {counted['vocabulary']:,} "
        f"with a vector; {known:,} of {questions:,} questions and {covered:,} of {pairs:,} pairs are known"
    )
    rows = []
    for recipe, systems in result["trained"].items():
        for system, runs in systems.items():
            peer = systems["gensim"] if system == "seqkit" else []
            rows.append([system, recipe, *_speeds(runs, peer), *_shares(runs), *_costs(runs)])
    rows.append(["PPMI + SVD", *[""] * 5, *_shares([counted]), *_costs([counted])])
    return f"{heading}\n\n{markdown_table(HEADINGS, rows)}"


def targets_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the targets for a corpus: "name", "measured" and "target" as text, and whether the target is "met".

    "met" is None for undefined scores.
    """
    targets: list[dict[str, Any]] = []
    for recipe, systems in result["trained"].items():
        ours, peer = systems["seqkit"], systems["gensim"]
        ratio, times = _ratio(ours, peer, "words_per_second"), SPEED_TIMES[recipe]
        prefix = f"{result['corpus']}, {recipe}"
        measured = f"{number(ratio)}×"
        targets.append(_target(f"{prefix}: words/s", measured, f"at least {times:g}×", met=ratio >= times))
        for score, name in SCORES.items():
            our_mean, peer_mean = _mean(ours, score), _mean(peer, score)
            met = None if our_mean is None or peer_mean is None else our_mean >= peer_mean
            measured, minimum = map(_share if score == "analogies" else _correlation, (our_mean, peer_mean))
            targets.append(_target(f"{prefix}: {name}", measured, f"at least {minimum}", met=met))
    return targets


def target_table(targets: Sequence[dict[str, Any]]) -> str:
    """Returns a Markdown table of the targets."""
    rows = [[each["name"], each["measured"], each["target"]] for each in targets]
    return markdown_table(["", "seqkit", "target"], rows)


def _target(name: str, measured: str, wanted: str, *, met: bool | None) -> dict[str, Any]:
    verdict = "not defined" if met is None else "met" if met else "missed"
    return {"name": name, "measured": measured, "target": f"{wanted}: {verdict}", "met": met}


def _speeds(ours: Sequence[dict[str, Any]], peer: Sequence[dict[str, Any]]) -> list[str]:
    cells = []
    for key in ("words_per_second", "training_words_per_second"):
        cells.append(_cell(median, (each[key] for each in ours), number))
        cells.append(_ratio_cell(ours, peer, key) if peer else "")
    return cells


def _shares(runs: Sequence[dict[str, Any]]) -> list[str]:
    cells = [_cell(fmean, (each[key] for each in runs), _share) for key in ("semantic", "syntactic", "analogies")]
    return [*cells, _cell(fmean, (each["wordsim353"] for each in runs), _correlation)]


def _costs(runs: Sequence[dict[str, Any]]) -> list[str]:
    megabytes = [each["peak_bytes"] / 1e6 for each in runs if "peak_bytes" in each]
    keys = ("seconds", "cpu_seconds", "vocabulary_seconds")
    return [
        _cell(median, megabytes, number),
        *(_cell(median, (each[key] for each in runs if key in each), number) for key in keys),
    ]


def _cell(middle: Callable[[list[float]], float], figures: Iterable[float | None], shown: Callable[..., str]) -> str:
    """Returns the centre, minimum and maximum of figures; "–" if one is undefined, "" without figures."""
    known = list(figures)
    if None in known:
        return "–"
    values = [value for value in known if value is not None]
    if not values:
        return ""
    ends = f" ({shown(min(values))}–{shown(max(values))})" if len(values) > 1 else ""
    return f"{shown(middle(values))}{ends}"


def _ratio_cell(ours: Sequence[dict[str, Any]], peer: Sequence[dict[str, Any]], key: str) -> str:
    middle, each = _ratio(ours, peer, key), [a[key] / b[key] for a, b in zip(ours, peer, strict=True)]
    ends = f" ({number(min(each))}–{number(max(each))})" if len(each) > 1 else ""
    return f"{number(middle)}×{ends}"


def _ratio(ours: Sequence[dict[str, Any]], peer: Sequence[dict[str, Any]], key: str) -> float:
    """Returns the ratio of the medians."""
    return median(each[key] for each in ours) / median(each[key] for each in peer)


def _mean(runs: Sequence[dict[str, Any]], key: str) -> float | None:
    values = [each[key] for each in runs]
    return None if None in values else fmean(values)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _correlation(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
