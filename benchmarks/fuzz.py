"""Broken files, run directories and command lines by the thousand: does each end with one message, soon and small?

Tables, `.ts` files, labelled texts, corpora, word vectors, what a run directory holds, and command lines are broken in
many ways, each by seed, kind and number, and given to the command that reads them. Each must end with exit code 0, 2, 4
or 5, with one message and no traceback, in less than 5 s of computing and 1 GiB. Commands that train are ended where
the model would be built. A finding is named by KIND:NUMBER, to be run again by `--only`.
"""

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.fuzz_cases import KINDS, make_case
from benchmarks.fuzz_seeds import train_runs
from benchmarks.measure import ROOT, note
from benchmarks.report import Report, markdown_table
from seqkit.errors import UsageError

PATIENCE = 60.0
"""Seconds after which a process that says nothing is ended."""

CASES_A_PROCESS = 500

HEADINGS = ("kind", "cases", "exit 0", "2", "4", "5", "tracebacks", "over 5 s", "over 1 GiB", "deaths", "other")
COLUMNS = {"traceback": "tracebacks", "time": "over 5 s", "memory": "over 1 GiB", "death": "deaths"}


def run(
    *, cases: int = 10_000, seed: int = 0, only: str | None = None, runs: str | None = None, quick: bool = False
) -> Report:
    """Breaks and asks.

    Args:
        cases: How many, all kinds together, [1, inf).
        seed: Of all that is drawn.
        only: One case, as KIND:NUMBER, whose command and whole output are shown.
        runs: A folder with the runs to break, from an earlier time; trained there where it is empty.
        quick: A hundred cases, to see that it works.
    """
    asked = [parse_case(only)] if only else spread_cases(100 if quick else cases)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(runs) if runs else Path(folder) / "runs"
        place.mkdir(parents=True, exist_ok=True)
        trained = {path.parent.name: path.parent for path in sorted(place.glob("*/run.json"))} or train_runs(place)
        answers = {}
        for number, (case, answer) in enumerate(sweep(asked, seed, trained), start=1):
            answers[case] = answer
            if answer["wrong"] or only:
                note(_finding(case, answer, str(make_case(seed, *case, trained))))
            if number % 500 == 0:
                note(f"{number:,} of {len(asked):,} cases")
    return _report(answers, seed)


def spread_cases(count: int) -> list[tuple[str, int]]:
    """Returns kind and number of so many cases, of each kind alike many."""
    return [(list(KINDS)[i % len(KINDS)], i // len(KINDS)) for i in range(count)]


def parse_case(text: str) -> tuple[str, int]:
    """Returns kind and number of a case.

    Raises:
        UsageError: There is no such kind, or the number is none.
    """
    kind, _, number = text.rpartition(":")
    if kind not in KINDS or not number.isdecimal():
        raise UsageError(f"--only expects KIND:NUMBER, a kind being one of {', '.join(KINDS)}; got {text!r}.")
    return kind, int(number)


def sweep(
    cases: Iterable[tuple[str, int]], seed: int, runs: Mapping[str, Path]
) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """Yields each case with how it ended, from `fuzz_worker.run_case`; what took too long is tried twice.

    Args:
        cases: Kind and number of each.
        seed: Of all of them.
        runs: A finished run of each sort that `fuzz_seeds.TRAININGS` names.
    """
    with Worker(seed, runs) as worker:
        for number, case in enumerate(cases):
            if number % CASES_A_PROCESS == CASES_A_PROCESS - 1:
                worker.stop()
            answer = worker.ask(*case)
            if answer["wrong"] in ("time", "death"):  # the machine may have been busy: once more in a fresh process
                worker.stop()
                answer = worker.ask(*case)
            yield case, answer


class Worker:
    """A process that runs cases, begun when it is first asked, and again after it died or was ended."""

    def __init__(self, seed: int, runs: Mapping[str, Path], module: str = "benchmarks.fuzz_worker") -> None:
        self._asked = {"seed": seed, "runs": {name: str(path) for name, path in runs.items()}}
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, kind: str, number: int) -> dict[str, Any]:
        """Returns how a case ended."""
        if self._process is None:
            self._begin()
        process = self._process
        assert process is not None and process.stdin is not None
        with suppress(BrokenPipeError):  # Its end is told by what it says.
            process.stdin.write(json.dumps({**self._asked, "kind": kind, "number": number}) + "\n")
            process.stdin.flush()
        try:
            line = self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            wrong, said = "time", f"ended after {PATIENCE:g} s"
        else:
            if line:
                answer: dict[str, Any] = json.loads(line)
                return answer
            wrong, said = "death", f"died with {process.wait()}"
        said = f"{said}\n{self._said()}"
        self.stop()
        return {"code": None, "seconds": PATIENCE, "growth": 0, "wrong": wrong, "said": said}

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for stream in filter(None, (self._process.stdin, self._process.stdout)):
                with suppress(BrokenPipeError):
                    stream.close()
            self._folder.cleanup()
            self._process = None

    def _begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, self._folder.name],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self._answers = queue.Queue()
        self._reader = threading.Thread(target=_hand_on, args=(self._process.stdout, self._answers), daemon=True)
        self._reader.start()

    def _said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]


def _hand_on(lines: Any, answers: "queue.Queue[str]") -> None:
    """Puts each line into the queue, and "" when there are no more."""
    for line in lines:
        answers.put(line)
    answers.put("")


def _finding(case: tuple[str, int], answer: dict[str, Any], command: str) -> str:
    kind, number = case
    figures = f"exit {answer['code']}, {answer['seconds']:.1f} s, {answer['growth'] >> 20} MiB"
    ended = answer["wrong"] or "sound"
    return f"--only '{kind}:{number}'  {ended}  {figures}  {command[:300]!r}\n{answer['said'][-2500:]}"


def _report(answers: Mapping[tuple[str, int], dict[str, Any]], seed: int) -> Report:
    rows = []
    for kind in [*KINDS, "all"]:
        own = [answer for (of, _), answer in answers.items() if kind in (of, "all")]
        if not own:
            continue
        codes = Counter(answer["code"] for answer in own)
        wrong = Counter(COLUMNS.get(answer["wrong"], "other") for answer in own if answer["wrong"])
        figures = [len(own), *(codes[code] for code in (0, 2, 4, 5)), *(wrong[name] for name in HEADINGS[6:])]
        rows.append([kind, *(f"{figure:,}" for figure in figures)])
    slowest = max(answer["seconds"] for answer in answers.values())
    largest = max(answer["growth"] for answer in answers.values())
    found = {f"{kind}:{number}": answer for (kind, number), answer in answers.items() if answer["wrong"]}
    notes = [f"Slowest {slowest:.1f} s, largest growth {largest / 2**20:,.0f} MiB, seed {seed}."]
    notes += [f"--only '{case}': {answer['wrong']}" for case, answer in found.items()]
    content = {"rows": [dict(zip(HEADINGS, row, strict=True)) for row in rows], "findings": found}
    return Report(
        "\n".join([markdown_table(HEADINGS, rows), "", *notes]), {**content, "slowest": slowest, "largest": largest}
    )
