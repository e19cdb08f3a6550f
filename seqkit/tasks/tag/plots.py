"""Plots of a tagger: scores by label, and mistakes drawn into the sentences."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.data.tagged.schemes import Span, spans_of
from seqkit.files.atomic import write_bytes
from seqkit.plots.canvas import BASELINE_COLOURS, BLUE, legend_below, new_figure
from seqkit.plots.names import shortened

MAX_LABELS = 25
"""Maximum number of labels in the plot: the most frequent ones."""

MAX_SENTENCES = 200
"""Maximum number of sentences on the page of mistakes."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/2 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; color: #111827; }}
h1 {{ font-size: 1.15em; }}
p.key {{ font-size: 0.85em; color: #4b5563; }}
span {{ border-radius: 3px; padding: 1px 3px; }}
span.right {{ background: rgba(0, 158, 115, 0.25); }}
span.missed {{ border: 1.5px dashed #0072b2; }}
span.wrong {{ background: rgba(213, 94, 0, 0.3); }}
small {{ color: #4b5563; }}
</style>
<h1>{title}</h1>
<p class="key"><span class="right">found</span>, <span class="missed">missed</span>,
<span class="wrong">found where there is none, or with other words or another label</span></p>
{sentences}
</html>
"""


def scores_by_label(models: Sequence[dict[str, Any]], path: Path, *, counted: str) -> None:
    """Draws the F1 of each label by the model and the baselines.

    Args:
        models: Scores of each model, from `seqkit.tasks.tag.metrics.tag_summary`, the run's own first.
        path: The PNG file.
        counted: What a label is counted by: words, spans or segments.
    """
    types = sorted(models[0]["types"], key=lambda row: -row["spans"])[:MAX_LABELS]
    labels = [row["label"] for row in types]
    names = [f"{shortened(row['label']) or '(no label)'} ({row['spans']:,})" for row in types]
    height = 0.2 * len(models)
    with new_figure(path, (7, 1.4 + max(len(labels), 1) * (height + 0.15)), names) as figure:
        axes = figure.subplots()
        places = np.arange(len(labels))
        for number, (model, colour) in enumerate(zip(models, (BLUE, *BASELINE_COLOURS), strict=False)):
            by_label = {row["label"]: row["f1"] or 0.0 for row in model["types"]}
            offset = (number - (len(models) - 1) / 2) / (len(models) + 1)
            values = [by_label.get(label, 0.0) for label in labels]
            axes.barh(places + offset, values, 1 / (len(models) + 1), color=colour, label=model["name"])
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("F1")
        axes.set_title(f"F1 by label (number of {counted})", fontsize=11)
        legend_below(figure, axes)


def mistakes(
    words: Sequence[Sequence[str]],
    true: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    scheme: str,
    path: Path,
    part: str,
) -> None:
    """Writes a page of the first sentences with a mistake, with true and predicted spans marked.

    Args:
        words: The words of each sentence.
        true: Their true tags.
        predicted: Their tags by the model.
        scheme: Scheme of the tags.
        path: The HTML file.
        part: Name of the part, for the title.
    """
    wrong = [i for i in range(len(words)) if list(true[i]) != list(predicted[i])]
    drawn = "\n".join(
        f"<p>{_drawn(words[i], _spans(true[i], scheme), _spans(predicted[i], scheme))}</p>"
        for i in wrong[:MAX_SENTENCES]
    )
    title = f"Mistakes in {len(wrong):,} of {len(words):,} {part} sentences"
    if len(wrong) > MAX_SENTENCES:
        title += f", the first {MAX_SENTENCES}"
    write_bytes(path, _PAGE.format(title=escape(title), sentences=drawn).encode("utf-8", "replace"))


def _spans(tags: Sequence[str], scheme: str) -> set[Span]:
    if scheme == "plain":
        return {Span(number, number + 1, tag) for number, tag in enumerate(tags)}
    return set(spans_of(tags, scheme))


def _drawn(words: Sequence[str], true: set[Span], predicted: set[Span]) -> str:
    """Returns a sentence as HTML; a span that overlaps another one is opened inside it."""
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for span in sorted(true | predicted, key=lambda span: (span.start, -span.end)):
        kind = "right" if span in true and span in predicted else "missed" if span in true else "wrong"
        if kind == "right" and span.label in ("O", ""):
            continue
        starts.setdefault(span.start, []).append(f'<span class="{kind}">')
        ends.setdefault(span.end, []).append(f"<small> {escape(span.label)}</small></span>")
    pieces = []
    for position, word in enumerate(words):
        opening, closing = "".join(starts.get(position, [])), "".join(ends.get(position + 1, []))
        pieces.append(f"{opening}{escape(word)}{closing}")
    return " ".join(pieces)
