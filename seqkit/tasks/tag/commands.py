"""`seqkit tag RUN`: tags the words of texts or of a file, or the rows of a series, with a finished run."""

from typing import TYPE_CHECKING, Any

import click

from seqkit.console.completion import complete_data, complete_run
from seqkit.console.flags import option
from seqkit.console.output_files import output_options, refuse_existing
from seqkit.tasks import open_source

if TYPE_CHECKING:
    from seqkit.data.tagged.sentences import TaggedCorpus
    from seqkit.tasks.tag.inference import Tagger


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.argument("texts", nargs=-1)
@option(
    "--data",
    shell_complete=complete_data,
    help="A file of sentences, with or without tags, or of rows of a series; it is written in the same form with tags "
    "of the run.",
)
@output_options("File to write.  [default: standard output]")
@option("--encoding", default="utf-8", show_default=True, help="Encoding of the file, or of standard input.")
@option("--json", "as_json", is_flag=True, help="Print JSON, one record per text with its spans.")
def tag(
    run: str,
    texts: tuple[str, ...],
    data: str | None,
    output: str | None,
    overwrite: bool,
    encoding: str,
    as_json: bool,
) -> None:
    """Tag the words of texts, or the rows of series, with a finished run.

    Texts are arguments, lines of standard input (-), or in a file. Prints a row for each span: the number of its text,
    its first character and the one after its last, its label, the span itself, and its probability.

    A run of series takes --data with a table of numbers, and writes its rows with their labels and probabilities.
    """
    if bool(texts) == bool(data):
        raise click.UsageError("Give one of: texts, - for standard input, or --data FILE.")
    if data is not None and as_json:
        raise click.UsageError("--data writes the form of its file: leave --json out.")
    refuse_existing(output, overwrite=overwrite)
    tagger = open_source(run, "tag")
    from seqkit.tasks.tag.series.inference import is_series

    if is_series(tagger.run):
        from seqkit.tasks.tag.series.answers import tag_file

        if data is None:
            raise click.UsageError(f"The run {run} labels rows of numbers, not texts: give them with --data FILE.")
        tag_file(tagger, data, encoding, output)
    elif data is None:
        from seqkit.data.files.given_texts import given_texts

        _write(_answers(tagger, given_texts(texts, encoding), as_json), output)
    else:
        _write(_tagged_file(tagger, data, encoding, output), output)


def _answers(tagger: "Tagger", texts: list[str], as_json: bool) -> str:
    """Returns the spans of texts as CSV or JSON."""
    import json

    frame = tagger.tag(texts)
    if not as_json:
        return str(frame.assign(text=frame["text"] + 1).to_csv(index=False, float_format="%.4g"))
    records: list[dict[str, Any]] = [{"text": text, "spans": []} for text in texts]
    for row in frame.to_dict("records"):
        span = {"start": row["start"], "end": row["end"], "label": row["label"], "text": row["span"]}
        records[row["text"]]["spans"].append({**span, "probability": round(row["probability"], 6)})
    return json.dumps(records, indent=2, ensure_ascii=False) + "\n"


def _tagged_file(tagger: "Tagger", data: str, encoding: str, output: str | None) -> str:
    """Returns the content of a file with the tags of the run."""
    from dataclasses import replace

    from seqkit.data.tagged.writing import layout_for, write_tagged

    corpus = _untagged(tagger, data, encoding)
    for line in corpus.notes:
        click.echo(line, err=True)
    tags, _ = tagger.tag_words([sentence.words for sentence in corpus.sentences])
    sentences = [replace(each, tags=tuple(found)) for each, found in zip(corpus.sentences, tags, strict=True)]
    layout = layout_for(output or "", corpus.layout)
    return "".join(write_tagged(sentences, layout, tagger.state.scheme))


def _untagged(tagger: "Tagger", data: str, encoding: str) -> "TaggedCorpus":
    """Returns the sentences of a dataset or file, in a layout that has a place for tags."""
    from seqkit.data.tagged.reading import read_untagged
    from seqkit.runs.training_data import reading_options
    from seqkit.sources import find_source

    source = find_source(data, kind="tagged")
    if source.dataset is not None:
        corpus: TaggedCorpus = source.read({option.name: option.default for option in source.options})
        return corpus
    given = reading_options(tagger.run, source)
    reading = {key: value for key, value in given.items() if key in ("word_column", "tag_column", "quotes")}
    state = tagger.state
    return read_untagged(data, encoding=encoding, tokenizer=state.tokenizer, tags=state.data_tags, **reading)


def _write(content: str, output: str | None) -> None:
    from pathlib import Path

    from seqkit.files.atomic import write_bytes

    if output in (None, "-"):
        click.echo(content, nl=False)
    else:
        write_bytes(Path(str(output)), content.encode("utf-8", "surrogatepass"))
