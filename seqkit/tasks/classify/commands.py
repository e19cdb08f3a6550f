"""`seqkit predict RUN`: labels for texts or series, from the run directory alone."""

from typing import TYPE_CHECKING, Any

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import OutputFile
from seqkit.tasks import open_source

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.tasks.classify.inference import Classifier


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("texts", nargs=-1)
@click.option(
    "--data",
    shell_complete=complete_data,
    help="A file of texts or series, with labels or without, or a dataset's name.",
)
@click.option("--text", help="The column of texts.  [default found by its name]")
@click.option("--output", "-o", type=OutputFile(), help="Write the labels there as CSV.  [default: standard output]")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of a text file.")
@click.option(
    "--quotes",
    type=click.Choice(["standard", "none"]),
    default="standard",
    show_default=True,
    help="Whether quotation marks of a CSV file enclose cells, or are part of the text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one record for each example.")
def predict(
    run: str,
    texts: tuple[str, ...],
    data: str | None,
    text: str | None,
    output: str | None,
    encoding: str,
    quotes: str,
    as_json: bool,
) -> None:
    """Label texts, given one by one, a line each on standard input (-), or in a file.

    Prints each with its label and the label's probability. A file's other columns are kept beside it.
    """
    if bool(texts) == bool(data):
        raise click.UsageError("Give texts, or - for standard input, or --data FILE: one of them.")
    classifier = open_source(run, "classify")
    if data is None:
        frame = _given(texts)
        examples: Any = frame["text"].tolist()
    else:
        frame, examples = _read(classifier, data, text, encoding, quotes)
    labels = classifier.predict(examples)
    taken = [name for name in labels.columns if name in frame.columns]
    result = frame.drop(columns=taken).reset_index(drop=True).join(labels)
    _write(result, output, as_json)


def _given(texts: tuple[str, ...]) -> "pd.DataFrame":
    import sys

    import pandas as pd

    if texts == ("-",):
        content = sys.stdin.buffer.read()
        from seqkit.data.files.encodings import to_utf8

        texts = tuple(to_utf8(content, "utf-8", "standard input").decode().splitlines())
    for number, text in enumerate(texts, start=1):
        if any("\ud800" <= sign <= "\udfff" for sign in text):  # as Python reads bytes that are no UTF-8
            raise click.UsageError(
                f"Text {number} is not UTF-8: {text[:60]!a}. Write it as UTF-8, or give --data FILE."
            )
    return pd.DataFrame({"text": list(texts)}, dtype=str)


def _read(
    classifier: "Classifier", data: str, text: str | None, encoding: str, quotes: str
) -> tuple["pd.DataFrame", Any]:
    """Returns the file's columns, and what is to be labelled."""
    from seqkit.data.labelled.examples import find_texts
    from seqkit.sources import find_source

    source = find_source(data, kind=classifier.state.kind)
    given = {"encoding": encoding, "quotes": quotes}
    frame = source.read({o.name: given.get(o.name, o.default) for o in source.options})
    if classifier.tokenizer is None:
        return frame.drop(columns="series").rename_axis("row").reset_index(), list(frame["series"])
    return frame, find_texts(frame, text=text)


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
