"""Commands for word vectors: `neighbors`, `analogy`, `similarity`, `plot` and `export`."""

from typing import TYPE_CHECKING, Any

import click

from seqkit.console.completion import complete_run_or_file
from seqkit.console.flags import NonEmpty, option
from seqkit.console.output_files import output_options, refuse_existing

if TYPE_CHECKING:
    from pathlib import Path

    from seqkit.tasks.embed.inference import KeyedVectors

SOURCE = "SOURCE is the directory of a finished run, or a vector file: word2vec (text or binary) or GloVe."


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.argument("words", nargs=-1, required=True, metavar="WORD…", type=NonEmpty())
@option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Number of words to print.")
@option("--json", "as_json", is_flag=True, help="Print JSON, one record per word.")
def neighbors(source: str, words: tuple[str, ...], top: int, as_json: bool) -> None:
    """Print the words nearest to a word, by cosine similarity."""
    vectors = _open(source)
    neighbors = [(_key(vectors, word), vectors.most_similar(word, topn=top)) for word in words]
    if as_json:
        from seqkit.console.tables import show_json

        show_json([{"word": word, "neighbors": _records(rows, "cosine")} for word, rows in neighbors])
        return
    for number, (word, rows) in enumerate(neighbors):
        if number:
            click.echo()
        _show(f"near {word}", "cosine", rows)


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.argument("a", type=NonEmpty())
@click.argument("b", type=NonEmpty())
@click.argument("c", type=NonEmpty())
@option("--top", type=click.IntRange(min=1), default=5, show_default=True, help="Number of answers to print.")
@option(
    "--method",
    type=click.Choice(["3cosadd", "3cosmul"]),
    default="3cosadd",
    show_default=True,
    help="Add cosines, or multiply them, so that a single large one does not dominate.",
)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def analogy(source: str, a: str, b: str, c: str, top: int, method: Any, as_json: bool) -> None:
    """Complete an analogy: A is to B as C is to what?

    For example, `seqkit analogy SOURCE man king woman`: man is to king as woman is to queen. The answer is the word
    whose vector is nearest to B − A + C, except A, B and C themselves.
    """
    vectors = _open(source)
    rows = vectors.most_similar([b, c], [a], top, method=method)
    score = "cosine" if method == "3cosadd" else "score"
    a, b, c = (_key(vectors, word) for word in (a, b, c))
    if as_json:
        from seqkit.console.tables import show_json

        show_json({"a": a, "b": b, "c": c, "method": method, "answers": _records(rows, score)})
    else:
        _show(f"{a} is to {b} as {c} is to", score, rows)


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.argument("a", type=NonEmpty())
@click.argument("b", type=NonEmpty())
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def similarity(source: str, a: str, b: str, as_json: bool) -> None:
    """Print the cosine similarity of two words, from -1 to 1."""
    vectors = _open(source)
    cosine = vectors.similarity(a, b)
    a, b = _key(vectors, a), _key(vectors, b)
    if as_json:
        from seqkit.console.tables import show_json

        show_json({"a": a, "b": b, "cosine": cosine})
    else:
        click.echo(f"{cosine:.4f}")


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@option(
    "--format",
    "file_format",
    type=click.Choice(["word2vec", "word2vec-bin", "glove"]),
    default="word2vec",
    show_default=True,
    help="word2vec text, word2vec binary, or GloVe text, which has no header.",
)
@output_options("File to write.", required=True)
def export(source: str, file_format: Any, output: str, overwrite: bool) -> None:
    """Write word vectors to a file for gensim, spaCy and others."""
    from pathlib import Path

    from seqkit.data.vectors.formats import WordVectors, write_vectors

    path = Path(output)
    _check_output(path)
    refuse_existing(output, overwrite=overwrite)
    vectors = _open(source)
    write_vectors(WordVectors(vectors.index_to_key, vectors.vectors), path, file_format)
    click.echo(f"wrote {len(vectors):,} vectors of dimension {vectors.vector_size} to {path}", err=True)


def _open(source: str) -> "KeyedVectors":
    from seqkit.tasks.embed.inference import open_vectors

    return open_vectors(source, note=lambda line: click.echo(line, err=True))


def _key(vectors: "KeyedVectors", word: str) -> str:
    """Returns the spelling of a word in the vocabulary; prints a remark if its vector is composed of n-grams."""
    key = vectors.key(word)
    if key is None and word in vectors:
        click.echo(f"'{word}' is not in the vocabulary; its vector is composed of its n-grams", err=True)
    return key or word


def _check_output(path: "Path") -> None:
    """Checks that the output file can be written, before any work is done."""
    from seqkit.errors import UsageError

    if str(path) == "-":
        raise UsageError("Vectors cannot be written to standard output. Name a file with --output.")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{path} is a link or a device and is not overwritten. Name a file with --output.")


def _records(rows: list[tuple[str, float]], score: str) -> list[dict[str, Any]]:
    return [{"word": word, score: value} for word, value in rows]


def _show(title: str, heading: str, rows: list[tuple[str, float]]) -> None:
    """Prints a table of words and their scores."""
    from rich.cells import cell_len, set_cell_size

    # A vector file may contain control characters.
    lines = [("".join(c if c.isprintable() else "\ufffd" for c in word), f"{value:.4f}") for word, value in rows]
    width = max(cell_len(word) for word, _ in [(title, ""), *lines])
    for word, value in [(title, heading), *lines]:
        click.echo(f"{set_cell_size(word, width)}  {value:>{max(len(heading), 7)}}")


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@option("--words", multiple=True, type=NonEmpty(), help="Words to plot, separated by commas.")
@option("--pairs", multiple=True, type=NonEmpty(), help="Pairs to join by an arrow: man:king,woman:queen.")
@option(
    "--method",
    type=click.Choice(["pca", "tsne"]),
    default="pca",
    show_default=True,
    help="Principal components, or t-SNE, which preserves neighbourhoods.",
)
@output_options("PNG file to write.", default="words.png", show_default=True)
@option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Random seed of t-SNE.")
@option(
    "--font", type=NonEmpty(), help="A font file, or the name of an installed font.  [default: one with all characters]"
)
def plot(
    source: str,
    words: tuple[str, ...],
    pairs: tuple[str, ...],
    method: Any,
    output: str,
    overwrite: bool,
    seed: int,
    font: str | None,
) -> None:
    """Plot a two-dimensional map of words."""
    from pathlib import Path

    from seqkit.errors import UsageError
    from seqkit.tasks.embed.inference import open_vectors

    word_pairs = [_pair(text) for text in _split(pairs)]
    given = [*_split(words), *(word for pair in word_pairs for word in pair)]
    if not given:
        raise click.UsageError("There are no words to plot. Name some: --words king,queen,man,woman.")
    if Path(output).suffix.lower() != ".png":
        raise UsageError(f"Plots are written as PNG. Use --output {Path(output).with_suffix('.png')}.")
    refuse_existing(output, overwrite=overwrite)
    vectors = open_vectors(source, note=lambda line: click.echo(line, err=True))
    key_of = {word: vectors.key(word) or word for word in given}
    unique_words = list(dict.fromkeys(key_of.values()))
    matrix = vectors[unique_words]

    from seqkit.tasks.embed.plots import MIN_WORDS, word_map

    if len(unique_words) < MIN_WORDS:
        raise UsageError(f"A map needs at least {MIN_WORDS} different words, got {len(unique_words)}. Add more words.")
    arrows = [(key_of[a], key_of[b]) for a, b in word_pairs]
    word_map(unique_words, matrix, output, pairs=arrows, method=method, seed=seed, font=font)
    click.echo(f"plotted {len(unique_words)} words in {output}", err=True)


def _split(texts: tuple[str, ...]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    first, _, second = text.partition(":")
    if not first or not second or ":" in second:
        raise click.UsageError(f"Received an invalid value for --pairs, expected two words as man:king, got {text!r}.")
    return first.strip(), second.strip()
