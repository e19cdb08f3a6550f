"""`seqkit evaluate` and `seqkit compare`: commands for finished runs of any task."""

import os
from typing import Any

import click

from seqkit.console.completion import complete_data, complete_run, complete_run_or_file
from seqkit.console.flags import Flag, click_options, given_on_command_line, option
from seqkit.errors import SeqkitError, nearest


class EvaluateCommand(click.Command):
    """Scores a run, with the options of the run's task."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Finds the run first, as its task determines the options."""
        path = find_run(args)
        if path is None:
            return super().parse_args(ctx, args)
        from seqkit.workflows.evaluate import find_evaluated

        try:
            task, _ = find_evaluated(path)
        except SeqkitError as damage:
            try:
                return super().parse_args(ctx, args)  # the command itself reports the error
            except click.NoSuchOption:
                raise damage from None
        self.params = [*_run_options(), *click_options(task.evaluate_options(), {})]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            known = [flag for param in self.params for flag in param.opts if flag.startswith("--")]
            raise click.UsageError(
                f"There is no option {error.option_name} for evaluating {path}, which {task.answers[0]} "
                f"(task '{task.name}'). {nearest(error.option_name, known)}",
                ctx,
            ) from None


def find_run(args: list[str]) -> str | None:
    """Returns the run directory or vector file among the arguments."""
    before = [None, *args]
    candidates = [arg for previous, arg in zip(before, args, strict=False) if previous != "--data"]
    runs = [arg for arg in candidates if os.path.isfile(os.path.join(arg, "run.json"))]
    files = [arg for arg in candidates if not arg.startswith("-") and os.path.isfile(arg)]
    return next(iter([*runs, *files]), None)


def _run_options() -> list[click.Parameter]:
    return [
        click.Argument(["run"], shell_complete=complete_run_or_file),
        Flag(
            ["--data"],
            shell_complete=complete_data,
            help="New data to score, from the end of the validation part on.  "
            "[default: test part of the training data]",
        ),
        Flag(["--json", "as_json"], is_flag=True, help="Print JSON."),
    ]


def evaluate_run(run: str, data: str | None, as_json: bool, **_: Any) -> None:
    """Score a finished run and its baselines on the test part or on new data.

    `seqkit evaluate RUN --help` shows the options of the run's task.
    """
    from seqkit.cli.show import show_evaluation
    from seqkit.workflows.evaluate import evaluate

    options = {n: v for n, v in given_on_command_line().items() if n not in ("run", "data", "as_json")}
    scores = evaluate(run, data, note=lambda line: click.echo(line, err=True), **options)
    show_evaluation(scores, as_json=as_json)


evaluate = EvaluateCommand("evaluate", callback=evaluate_run, help=evaluate_run.__doc__, params=_run_options())


@click.command()
@click.argument("runs", nargs=-1, required=True, shell_complete=complete_run)
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(runs: tuple[str, ...], as_json: bool) -> None:
    """Compare runs of the same data and protocol, the best on validation first."""
    from seqkit.cli.show import show_comparison
    from seqkit.workflows.compare import compare as compare_runs

    show_comparison(compare_runs(runs), as_json=as_json)
