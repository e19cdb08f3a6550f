"""What is asked of word vectors: `neighbors`, `analogy`, `similarity`; and `export`, which hands them on."""

from typing import TYPE_CHECKING, Any

import click

from seqkit.console.completion import complete_run_or_file
from seqkit.console.flags import NonEmpty, OutputFile

if TYPE_CHECKING:
    from pathlib import Path

    from seqkit.tasks.embed.inference import KeyedVectors

SOURCE = "SOURCE is the directory of a finished run, or a vector file: word2vec (text or binary) or GloVe."


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.argument("words", nargs=-1, required=True, metavar="WORD…", type=NonEmpty())
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many words are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one record for each word.")
def neighbors(source: str, words: tuple[str, ...], top: int, as_json: bool) -> None:
    """Show the words that are nearest to a word, by the cosine of their vectors."""
    vectors = _opened(source)
    found = [(_named(vectors, word), vectors.most_similar(word, topn=top)) for word in words]
    if as_json:
        from seqkit.console.tables import show_json

        show_json([{"word": word, "neighbors": _records(rows, "cosine")} for word, rows in found])
        return
    for number, (word, rows) in enumerate(found):
        if number:
            click.echo()
        _show(f"near {word}", "cosine", rows)


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.argument("a", type=NonEmpty())
@click.argument("b", type=NonEmpty())
@click.argument("c", type=NonEmpty())
@click.option("--top", type=click.IntRange(min=1), default=5, show_default=True, help="How many answers are shown.")
@click.option(
    "--method",
    type=click.Choice(["3cosadd", "3cosmul"]),
    default="3cosadd",
    show_default=True,
    help="Add cosines, or multiply them, so that no single large one outweighs the others.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def analogy(source: str, a: str, b: str, c: str, top: int, method: Any, as_json: bool) -> None:
    """Complete an analogy: A is to B as C is to what?

    As in: seqkit analogy SOURCE man king woman. Man is to king as woman is to … queen. The answer is the word whose
    vector is nearest to B − A + C; none of the three is an answer.
    """
    vectors = _opened(source)
    rows = vectors.most_similar([b, c], [a], top, method=method)
    score = "cosine" if method == "3cosadd" else "score"
    a, b, c = (_named(vectors, word) for word in (a, b, c))
    if as_json:
        from seqkit.console.tables import show_json

        show_json({"a": a, "b": b, "c": c, "method": method, "answers": _records(rows, score)})
    else:
        _show(f"{a} is to {b} as {c} is to", score, rows)


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.argument("a", type=NonEmpty())
@click.argument("b", type=NonEmpty())
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def similarity(source: str, a: str, b: str, as_json: bool) -> None:
    """Show how alike two words are: the cosine of their vectors, from -1 to 1."""
    vectors = _opened(source)
    cosine = vectors.similarity(a, b)
    a, b = _named(vectors, a), _named(vectors, b)
    if as_json:
        from seqkit.console.tables import show_json

        show_json({"a": a, "b": b, "cosine": cosine})
    else:
        click.echo(f"{cosine:.4f}")


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["word2vec", "word2vec-bin", "glove"]),
    default="word2vec",
    show_default=True,
    help="Text under a header, binary under a header, or text without one.",
)
@click.option("--output", "-o", required=True, type=OutputFile(), help="The file to write.")
@click.option("--overwrite", is_flag=True, help="Replace a file that exists.")
def export(source: str, file_format: Any, output: str, overwrite: bool) -> None:
    """Write word vectors as a file that gensim, spaCy and others read."""
    from pathlib import Path

    from seqkit.data.vectors.formats import WordVectors, write_vectors

    path = Path(output)
    _check_free(path, overwrite=overwrite)
    vectors = _opened(source)
    write_vectors(WordVectors(vectors.index_to_key, vectors.vectors), path, file_format)
    click.echo(f"{len(vectors):,} vectors of {vectors.vector_size} numbers written to {path}", err=True)


def _opened(source: str) -> "KeyedVectors":
    from seqkit.tasks.embed.inference import open_vectors

    return open_vectors(source, note=lambda line: click.echo(line, err=True))


def _named(vectors: "KeyedVectors", word: str) -> str:
    """Returns the known word that was meant; of one whose vector is composed, says so."""
    key = vectors.key(word)
    if key is None and word in vectors:
        click.echo(f"'{word}' did not come in training; its vector is composed of its n-grams", err=True)
    return key or word


def _check_free(path: "Path", *, overwrite: bool) -> None:
    """Refuses a place where no file can be written, before any work is done."""
    from seqkit.errors import UsageError

    if str(path) == "-":
        raise UsageError("Vectors are written to a file and not to standard output. Name one as --output.")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{path} is a link or a device; it is not overwritten. Name a file as --output.")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists. Name another --output, or say --overwrite.")


def _records(rows: list[tuple[str, float]], score: str) -> list[dict[str, Any]]:
    return [{"word": word, score: value} for word, value in rows]


def _show(title: str, heading: str, rows: list[tuple[str, float]]) -> None:
    """Prints words and their scores under a title."""
    from rich.cells import cell_len, set_cell_size

    # A file of another's making may hold signs that steer the terminal.
    lines = [("".join(c if c.isprintable() else "\ufffd" for c in word), f"{value:.4f}") for word, value in rows]
    width = max(cell_len(word) for word, _ in [(title, ""), *lines])
    for word, value in [(title, heading), *lines]:
        click.echo(f"{set_cell_size(word, width)}  {value:>{max(len(heading), 7)}}")


@click.command(epilog=SOURCE)
@click.argument("source", shell_complete=complete_run_or_file)
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

    from seqkit.tasks.embed.plots import MIN_WORDS, word_map

    if len(shown) < MIN_WORDS:
        raise UsageError(f"A map takes at least {MIN_WORDS} different words, and {len(shown)} are given. Add some.")
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
