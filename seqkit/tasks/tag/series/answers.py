"""Writes the rows of a file with the labels of a run."""

from pathlib import Path

import click

from seqkit.console.flags import given_on_command_line
from seqkit.files.atomic import write_bytes
from seqkit.sources import find_source
from seqkit.tasks.tag.series.inference import SeriesTagger


def tag_file(tagger: SeriesTagger, data: str, encoding: str, output: str | None) -> None:
    """Writes the rows of a dataset or file with their labels and probabilities, as CSV.

    Args:
        tagger: The tagger.
        data: Dataset or file, or "-" for standard input.
        encoding: Encoding of a file.
        output: File to write; standard output by default.

    Raises:
        UsageError: An encoding is given for a dataset.
        DataError: The rows do not fit the run.
    """
    source = find_source(data, kind="tagged_series")
    if source.dataset is not None and "encoding" in given_on_command_line():
        raise click.UsageError(f"--encoding applies to files, but {data} is a dataset. Leave out --encoding.")
    options = {option.name: option.default for option in source.options}
    frame = source.read(options if source.dataset is not None else {**options, "encoding": encoding})
    labelled = tagger.tag(frame)
    added = [name for name in labelled.columns if name not in frame.columns]
    without = int(labelled[added[0]].isna().sum())
    if without:
        click.echo(
            f"{without:,} of {len(labelled):,} rows have no label: the options of the run leave them out, as "
            "duplicates or rows with missing values",
            err=True,
        )
    text = labelled.assign(**{added[1]: labelled[added[1]].round(6)}).to_csv(index=False)
    if output in (None, "-"):
        click.echo(text, nl=False)
    else:
        write_bytes(Path(str(output)), text.encode("utf-8", "surrogatepass"))
        click.echo(f"{len(labelled):,} rows written to {output}", err=True)
