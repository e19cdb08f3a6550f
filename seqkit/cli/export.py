"""`seqkit export`: what another program needs to run a model."""

from typing import Any

import click

from seqkit.cli.runs import find_run
from seqkit.console.completion import complete_run
from seqkit.console.flags import NonEmpty, option
from seqkit.errors import SeqkitError
from seqkit.tasks import tasks


class ExportCommand(click.Command):
    """Exports a run, by the command of its task if that has one of this name, as word vectors do."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> click.Context:
        """Parses the arguments with the options of the task's command, if there is one."""
        command = _command_of_task(str(self.name), args)
        if command is None:
            return super().make_context(info_name, args, parent, **extra)
        return command.make_context(info_name, args, parent, **extra)


def _command_of_task(name: str, args: list[str]) -> click.Command | None:
    """Returns the command of this name of the run's task, or else of the task that has one of the given flags."""
    from seqkit.workflows.evaluate import find_evaluated

    candidates = [task for task in tasks().values() if name in task.commands]
    commands: dict[str, click.Command] = {task.name: getattr(task.module("commands"), name) for task in candidates}
    if (path := find_run(args)) is not None:
        try:
            if command := commands.get(find_evaluated(path)[0].name):
                return command
        except SeqkitError:
            pass  # the command itself reports the error
    given = {arg.partition("=")[0] for arg in args if arg.startswith("-")} - _flags(export)
    return next((command for command in commands.values() if given & _flags(command)), None)


def _flags(command: click.Command) -> set[str]:
    return {"-h", "--help"} | {flag for parameter in command.params for flag in parameter.opts}


@click.command(cls=ExportCommand)
@click.argument("run", shell_complete=complete_run)
@option("--to", required=True, type=NonEmpty(), metavar="DIR", help="Folder to write.")
@option("--overwrite", is_flag=True, help="Replace files of an earlier export.")
@option("--keras", is_flag=True, help="Also write the model as model.keras.")
def export(run: str, to: str, overwrite: bool, keras: bool) -> None:
    """Export a run for programs without seqkit: ONNX, preprocessing as JSON, and an example reader.

    The example needs NumPy and ONNX Runtime. It must give the numbers of the run, or nothing is written.
    Of word vectors, `seqkit export RUN --help` shows the options.
    """
    from seqkit.workflows.export import export as export_run

    folder = export_run(run, to, overwrite=overwrite, keras=keras)
    names = ", ".join(sorted(path.name for path in folder.iterdir()))
    click.echo(f"{folder}: {names}", err=True)
