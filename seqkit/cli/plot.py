"""`seqkit plot SOURCE`: a map of chosen words."""

from typing import Any

import click

from seqkit.console.flags import NonEmpty, OutputFile
from seqkit.tasks.embed.commands import SOURCE


@click.command(epilog=SOURCE)
@click.argument("source")
@click.option("--words", multiple=True, type=NonEmpty(), help="Words to draw, separated by commas.")
@click.option("--pairs", multiple=True, type=NonEmpty(), help="Words to join by an arrow, as man:king,woman:queen.")
@click.option(
    "--method",
    type=click.Choice(["pca", "tsne"]),
    default="pca",
    show_default=True,
    help="The plane in which the words differ most, or t-SNE, which keeps neighbours together.",
)
@click.option("--output", "-o", default="words.png", show_default=True, type=OutputFile(), help="The PNG to write.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Where t-SNE begins.")
@click.option(
    "--font", type=NonEmpty(), help="A font file, or the name of an installed font.  [default: one that fits]"
)
def plot(
    source: str,
    words: tuple[str, ...],
    pairs: tuple[str, ...],
    method: Any,
    output: str,
    seed: int,
    font: str | None,
) -> None:
    """Draw words as a map: what lies close together has been used alike."""
    from pathlib import Path

    from seqkit.errors import UsageError
    from seqkit.tasks.embed.inference import open_vectors

    joined = [_pair(text) for text in _parts(pairs)]
    asked = [*_parts(words), *(word for pair in joined for word in pair)]
    if not asked:
        raise click.UsageError("Say which words to draw: --words king,queen,man,woman.")
    if Path(output).suffix.lower() != ".png":
        raise UsageError(f"Pictures are written as PNG; name --output {Path(output).with_suffix('.png')}.")
    vectors = open_vectors(source, note=lambda line: click.echo(line, err=True))
    known = {word: vectors.key(word) or word for word in asked}
    shown = list(dict.fromkeys(known.values()))
    matrix = vectors[shown]

    from seqkit.tasks.embed.plots import FEWEST, word_map

    if len(shown) < FEWEST:
        raise UsageError(f"A map takes at least {FEWEST} different words, and {len(shown)} are given. Add some.")
    arrows = [(known[a], known[b]) for a, b in joined]
    word_map(shown, matrix, output, pairs=arrows, method=method, seed=seed, font=font)
    click.echo(f"{len(shown)} words drawn in {output}", err=True)


def _parts(texts: tuple[str, ...]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    first, _, second = text.partition(":")
    if not first or not second or ":" in second:
        raise click.UsageError(f"Received an invalid value for --pairs, expected two words as man:king, got {text!r}.")
    return first.strip(), second.strip()
