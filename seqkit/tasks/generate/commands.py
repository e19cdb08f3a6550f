"""`seqkit generate RUN`: continues a text with a finished run."""

import sys

import click

from seqkit.console.completion import complete_file, complete_run
from seqkit.console.flags import Number, OutputFile, option
from seqkit.errors import UsageError
from seqkit.tasks import open_source


@click.command()
@click.argument("run", shell_complete=complete_run)
@option("--prompt", default="", help="Text to continue; - reads standard input.  [default: the start of a line]")
@option(
    "--length",
    type=click.IntRange(0, 10_000_000),
    default=500,
    show_default=True,
    help="Tokens to add: see RUN's units. With music: maximum number of frames.",
)
@option(
    "--temperature",
    type=Number(min=0),
    default=0.8,
    show_default=True,
    help="Below 1 makes likely tokens more likely; 0 always takes the most likely one.",
)
@option("--top-k", type=click.IntRange(min=1), help="Choose from this many of the most likely tokens.")
@option(
    "--top-p",
    type=Number(min=0, max=1, min_open=True),
    default=1.0,
    show_default=True,
    help="Choose from the fewest tokens that together have this probability.",
)
@option(
    "--repetition-penalty",
    type=Number(min=1),
    default=1.0,
    show_default=True,
    help="Above 1 makes tokens of the last 64 less likely.",
)
@option("--n", "count", type=click.IntRange(1, 1000), default=1, show_default=True, help="Continuations to print.")
@option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the draws.  [default: another each time]")
@option(
    "--output",
    "-o",
    "outputs",
    type=OutputFile(),
    multiple=True,
    help="With music: file to write, a MIDI file (.mid), JSON (.json) or a picture (.png); repeat it for several.  "
    "[default: JSON on standard output]",
)
@option("--overwrite", is_flag=True, help="Replace existing files.")
@option(
    "--given",
    multiple=True,
    shell_complete=complete_file,
    help="With music: file with a voice, or with all of them, to which the other voices are composed; repeat it for "
    "several voices.",
)
@option("--voice", "voices", multiple=True, help="With music: voice that is given, such as bass, for each --given.")
@option(
    "--particles",
    type=click.IntRange(1, 1000),
    default=16,
    show_default=True,
    help="With given voices: pieces composed side by side, of which those that fit them best are continued.",
)
@option("--json", "as_json", is_flag=True, help="Print JSON, one record per continuation or piece.")
def generate(
    run: str,
    outputs: tuple[str, ...],
    overwrite: bool,
    given: tuple[str, ...],
    voices: tuple[str, ...],
    particles: int,
    prompt: str,
    length: int,
    temperature: float,
    top_k: int | None,
    top_p: float,
    repetition_penalty: float,
    count: int,
    seed: int | None,
    as_json: bool,
) -> None:
    """Continue a text, or compose music, with a finished run.

    The text is printed as it comes, after the prompt. Music is composed freely, or to voices that are given.
    """
    from seqkit.inference.sampling import Sampling
    from seqkit.tasks.generate.music.inference import MusicModel

    model = open_source(run, "generate")
    seeds = [None if seed is None else seed + number for number in range(count)]
    if isinstance(model, MusicModel):
        from seqkit.tasks.generate.music.writing import Request, write_pieces

        if prompt or repetition_penalty != 1:
            raise UsageError("--prompt and --repetition-penalty are for text. Give voices to compose to with --given.")
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "particles": particles}
        write_pieces(model, Request(outputs, overwrite, given, voices, length, seeds, as_json, options))
        return
    if outputs or given or voices:
        raise UsageError(
            f"--output, --given and --voice are for music, and the run {run} generates text. Leave them out; to write "
            "the text to a file, redirect the output."
        )
    if prompt == "-":
        prompt = sys.stdin.read()
    unknown = int((model.units.encode(prompt) == 0).sum()) if prompt and model.units.unit != "bpe" else 0
    if unknown:
        click.echo(f"{unknown:,} of the prompt's tokens do not occur in the training text", err=True)
    sampling = Sampling(temperature, top_k, top_p, repetition_penalty)
    if as_json:
        from seqkit.console.tables import show_json

        texts = ["".join(model.stream(prompt, length, sampling=sampling, seed=each)) for each in seeds]
        show_json([{"prompt": prompt, "text": text, "seed": each} for text, each in zip(texts, seeds, strict=True)])
        return
    for number, each in enumerate(seeds):
        if number:
            click.echo("\n---")
        click.echo(prompt, nl=False)
        for piece in model.stream(prompt, length, sampling=sampling, seed=each):
            click.echo(piece, nl=False)
        click.echo()
