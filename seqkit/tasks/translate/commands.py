"""`seqkit translate RUN`: translates texts with a finished run."""

from typing import TYPE_CHECKING

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import Number, OutputFile, option
from seqkit.console.output_files import output_options, refuse_existing
from seqkit.tasks import open_source

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.tasks.translate.inference import Translator


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("texts", nargs=-1)
@option("--data", shell_complete=complete_data, help="A file of pairs or of texts, or the name of a dataset.")
@option("--source", help="Name of the column to translate.  [default: as in training]")
@output_options("CSV file to write.  [default: standard output]")
@option("--encoding", default="utf-8", show_default=True, help="Encoding of a text file, or of standard input.")
@option(
    "--beam",
    type=click.IntRange(1, 100),
    help="Translations kept at each step of the search; 1 is greedy.  [default: as in training]",
)
@option("--n", "count", type=click.IntRange(1, 100), default=1, show_default=True, help="Translations per text.")
@option(
    "--length-penalty",
    type=Number(0, 10),
    help="Exponent of the length that divides the log-probability; 0 prefers short translations.  [default: as in "
    "training]",
)
@option("--attention", type=OutputFile(), help="PNG file to draw where the model looked, for a single text.")
@option("--json", "as_json", is_flag=True, help="Print JSON, one record per translation, with its score.")
def translate(
    run: str,
    texts: tuple[str, ...],
    data: str | None,
    source: str | None,
    output: str | None,
    overwrite: bool,
    encoding: str,
    beam: int | None,
    count: int,
    length_penalty: float | None,
    attention: str | None,
    as_json: bool,
) -> None:
    """Translate texts given as arguments, as lines of standard input (-), or in a file.

    Texts and lines of standard input give a line each, and up to --n lines if it is above 1; --json and --output show
    which translation belongs to which text. The columns of a file stay in the output, and a column "translation"
    follows them; with --n above 1 each row is repeated.
    """
    if bool(texts) == bool(data):
        raise click.UsageError("Give one of: texts, - for standard input, or --data FILE.")
    if attention and (data or texts == ("-",) or len(texts) != 1):
        raise click.UsageError("--attention draws a single text: give one as an argument.")
    for path in (output, attention):
        refuse_existing(path, overwrite=overwrite)
    translator = open_source(run, "translate")
    if attention:
        translator.require_attention()
    search = translator.beam(beam, count, length_penalty)
    frame, lines = _texts(texts, encoding) if data is None else _read_file(translator, data, source, encoding)
    if len(longer := translator.longer_than_training(lines)):
        click.echo(
            f"{len(longer):,} of {len(lines):,} texts (the first is number {longer[0] + 1:,}) are longer than the "
            f"sentences of the training, of at most {translator.state.length} tokens; their translations may be poor",
            err=True,
        )
    found = translator.candidates(lines, beam=search)
    _write(frame, lines, found, output, as_json=as_json, plain=data is None)
    if attention:
        from seqkit.tasks.translate.plots import attention as draw

        draw(translator.alignment(lines[0], found[0][0].text), attention, title=translator.name)


def _texts(texts: tuple[str, ...], encoding: str) -> "tuple[pd.DataFrame, list[str]]":
    """Returns the texts of the command line, or the lines of standard input, also as a frame."""
    import pandas as pd

    from seqkit.data.files.given_texts import given_texts

    lines = given_texts(texts, encoding)
    return pd.DataFrame({"text": lines}, dtype=str), lines


def _read_file(
    translator: "Translator", data: str, source: str | None, encoding: str
) -> "tuple[pd.DataFrame, list[str]]":
    """Returns the rows of a file, and the texts of its source column."""
    from seqkit.data.pairs.pair_files import read_sentences
    from seqkit.data.pairs.sentence_pairs import find_sources
    from seqkit.runs.training_data import reading_options
    from seqkit.sources import find_source

    found = find_source(data, kind="pairs")
    options = {option.name: option.default for option in found.options}
    options |= reading_options(translator.run, found)
    options |= {"encoding": encoding} if "encoding" in options else {}
    columns = translator.run.manifest.data.get("columns") or [None]
    wanted = [name for name in (source, columns[0]) if isinstance(name, str)]
    frame = found.read(options) if found.dataset else read_sentences(data, columns=wanted, **options)
    for line in frame.attrs.get("notes", ()):
        click.echo(line, err=True)
    return frame, find_sources(frame, source=source, trained=columns[0])


def _write(
    frame: "pd.DataFrame", lines: list[str], found: list, output: str | None, *, as_json: bool, plain: bool
) -> None:
    from pathlib import Path

    from seqkit.files.atomic import write_bytes
    from seqkit.tasks.translate.inference import translations_frame

    result = translations_frame(lines, found)
    if as_json:
        content = result.to_json(orient="records", indent=2, double_precision=10, force_ascii=False) + "\n"
    elif plain and output in (None, "-"):
        content = "".join(f"{text}\n" for text in result["translation"])
    else:
        counts = [len(translations) for translations in found]
        repeated = frame.reset_index(drop=True).loc[frame.reset_index(drop=True).index.repeat(counts)]
        name = next(
            n for n in ("translation", *(f"translation_{i}" for i in range(2, 10**6))) if n not in frame.columns
        )
        content = repeated.assign(**{name: result["translation"].to_numpy()}).to_csv(index=False)
    if output in (None, "-"):
        click.echo(content, nl=False)
    else:
        write_bytes(Path(str(output)), content.encode())
