"""`seqkit export`: what another program needs to run a model."""

import click

from seqkit.console.completion import complete_run
from seqkit.console.flags import NonEmpty, option


@click.command()
@click.argument("run", shell_complete=complete_run)
@option("--to", required=True, type=NonEmpty(), metavar="DIR", help="Folder to write.")
@option("--overwrite", is_flag=True, help="Replace files of an earlier export.")
@option("--keras", is_flag=True, help="Also write the model as model.keras.")
def export(run: str, to: str, overwrite: bool, keras: bool) -> None:
    """Export a run for programs without seqkit: ONNX, preprocessing as JSON, and an example reader.

    The example needs NumPy and ONNX Runtime. It must give the numbers of the run, or nothing is written.
    """
    from seqkit.workflows.export import export as export_run

    folder = export_run(run, to, overwrite=overwrite, keras=keras)
    names = ", ".join(sorted(path.name for path in folder.iterdir()))
    click.echo(f"{folder}: {names}", err=True)
