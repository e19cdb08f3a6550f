"""`seqkit predict RUN`: labels texts or series with a finished run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import option
from seqkit.console.output_files import output_options, refuse_existing
from seqkit.tasks import open_source

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.tasks.classify.inference import Classifier


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("texts", nargs=-1)
@option(
    "--data",
    shell_complete=complete_data,
    help="A file of texts or series, with or without labels, or the name of a dataset.",
)
@option("--text", help="Name of the text column.  [default: found by name]")
@output_options("CSV file to write.  [default: standard output]")
@option("--encoding", default="utf-8", show_default=True, help="Encoding of a text file, or of standard input.")
@option(
    "--quotes",
    type=click.Choice(["standard", "backslash", "none"]),
    help='In a CSV file: "standard" treats quotation marks as enclosing a cell, "backslash" also reads those inside a '
    'cell after a backslash, "none" treats them as part of the text.  [default: as in training]',
)
@option("--json", "as_json", is_flag=True, help="Print JSON, one record per example.")
def predict(
    run: str,
    texts: tuple[str, ...],
    data: str | None,
    text: str | None,
    output: str | None,
    overwrite: bool,
    encoding: str,
    quotes: str | None,
    as_json: bool,
) -> None:
    """Label texts given as arguments, as lines of standard input (-), or in a file.

    Prints each text with its label and the probability of the label. All columns of a file stay in the output; if one
    of them has the name of a new column, the new one is numbered, as in predicted_2.
    """
    if bool(texts) == bool(data):
        raise click.UsageError("Give one of: texts, - for standard input, or --data FILE.")
    refuse_existing(output, overwrite=overwrite)
    classifier = open_source(run, "classify")
    if data is None:
        frame = _texts_frame(texts, encoding)
        examples: Any = frame["text"].tolist()
    else:
        frame, examples = _read_file(classifier, data, text, encoding, quotes)
    labels = _answers(classifier, examples)
    _write(_joined(frame, labels, data or "the texts"), output, as_json)


def _texts_frame(texts: tuple[str, ...], encoding: str) -> "pd.DataFrame":
    """Returns the texts of the command line, or the lines of standard input, as a frame."""
    import pandas as pd

    from seqkit.data.files.given_texts import given_texts

    return pd.DataFrame({"text": given_texts(texts, encoding)}, dtype=str)


def _read_file(
    classifier: "Classifier", data: str, text: str | None, encoding: str, quotes: str | None
) -> tuple["pd.DataFrame", Any]:
    """Returns the columns of a file, and the texts or series to label."""
    from seqkit.data.labelled.examples import find_texts
    from seqkit.data.labelled.series_frames import find_series
    from seqkit.runs.training_data import reading_options
    from seqkit.sources import find_source

    source = find_source(data, kind=classifier.state.kind)
    options = {option.name: option.default for option in source.options}
    options |= reading_options(classifier.run, source)
    options |= {"encoding": encoding} if "encoding" in options else {}
    options |= {"quotes": quotes} if quotes and "quotes" in options else {}
    frame = source.read(options)
    for line in frame.attrs.get("notes", ()):
        click.echo(line, err=True)
    if classifier.tokenizer is None:
        series = find_series(frame)
        return frame.drop(columns="series").rename_axis("row").reset_index(), series
    column = classifier.run.manifest.reading.get("text") if text is None else text
    return frame, find_texts(frame, text=column if column in frame.columns or text else None)


def _answers(classifier: "Classifier", examples: Sequence[Any]) -> "pd.DataFrame":
    """Returns the labels of examples; prints how many texts contain nothing that the run knows."""
    if not len(examples):
        return classifier.predict(examples)
    inputs = classifier.encode(examples)
    unknown = classifier.unknown_texts(inputs)
    if len(unknown):
        contains = "contains" if len(unknown) == 1 else "contain"
        click.echo(
            f"{len(unknown):,} of {len(examples):,} texts {contains} no token of the run's vocabulary (first row "
            f"{unknown[0] + 1:,}), so nothing supports the labels there",
            err=True,
        )
    return classifier.answers(classifier.probabilities(inputs))


def _joined(frame: "pd.DataFrame", labels: "pd.DataFrame", source: str) -> "pd.DataFrame":
    """Returns the columns of the data followed by those of the answers; prints which of these got another name."""
    from seqkit.errors import listed
    from seqkit.tasks.classify.answer_columns import distinct_columns

    names, taken = list(labels.columns), [str(name) for name in frame.columns]
    columns = distinct_columns(names, taken)
    renamed = {name: column for name, column in zip(names, columns, strict=True) if name != column}
    if renamed:
        click.echo(
            f"kept {listed(renamed)} of {source}; the answers are in {listed(renamed.values())}",
            err=True,
        )
    return frame.reset_index(drop=True).join(labels.set_axis(columns, axis=1))


def _write(result: "pd.DataFrame", output: str | None, as_json: bool) -> None:
    from pathlib import Path

    from seqkit.files.atomic import write_bytes

    if as_json:
        content = result.to_json(orient="records", indent=2, double_precision=15, force_ascii=False) + "\n"
    else:
        content = result.to_csv(index=False, float_format="%.6g")
    if output in (None, "-"):
        click.echo(content, nl=False)
    else:
        write_bytes(Path(str(output)), content.encode())
