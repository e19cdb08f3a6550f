"""Fuzz test of files, run directories and command lines.

Tables, `.ts` files, labelled texts, corpora, word vectors, files of run directories, and command lines are mutated and
passed to the commands that read them. Each case is determined by seed, kind and number. It must end with exit code 0,
2, 4 or 5, with a single message and without a traceback, within 5 s of CPU time and 1 GiB. Training commands stop
before the model is built. Findings are named KIND:NUMBER; `--only` repeats one.
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
"""Seconds after which an unresponsive process is killed."""

CASES_A_PROCESS = 500

HEADINGS = ("kind", "cases", "exit 0", "2", "4", "5", "tracebacks", "over 5 s", "over 1 GiB", "deaths", "other")
COLUMNS = {"traceback": "tracebacks", "time": "over 5 s", "memory": "over 1 GiB", "death": "deaths"}


def run(
    *, cases: int = 10_000, seed: int = 0, only: str | None = None, runs: str | None = None, quick: bool = False
) -> Report:
    """Runs the cases.

    Args:
        cases: Number of cases, over all kinds, [1, inf).
        seed: Seed of the cases.
        only: Run a single case, KIND:NUMBER, and show its command and full output.
        runs: Folder with the runs to mutate; an empty one is filled with new runs.
        quick: A hundred cases, as a smoke test.
    """
    selected = [parse_case(only)] if only else spread_cases(100 if quick else cases)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(runs) if runs else Path(folder) / "runs"
        root.mkdir(parents=True, exist_ok=True)
        trained = {path.parent.name: path.parent for path in sorted(root.glob("*/run.json"))} or train_runs(root)
        answers = {}
        for number, (case, answer) in enumerate(sweep(selected, seed, trained), start=1):
            answers[case] = answer
            if answer["wrong"] or only:
                note(_finding(case, answer, str(make_case(seed, *case, trained))))
            if number % 500 == 0:
                note(f"{number:,} of {len(selected):,} cases")
    return _report(answers, seed)


def spread_cases(count: int) -> list[tuple[str, int]]:
    """Returns the kind and number of `count` cases, distributed evenly over the kinds."""
    return [(list(KINDS)[i % len(KINDS)], i // len(KINDS)) for i in range(count)]


def parse_case(text: str) -> tuple[str, int]:
    """Returns the kind and number of a case.

    Raises:
        UsageError: The kind is unknown, or the number is invalid.
    """
    kind, _, number = text.rpartition(":")
    if kind not in KINDS or not number.isdecimal():
        raise UsageError(f"--only expects KIND:NUMBER, a kind being one of {', '.join(KINDS)}; got {text!r}.")
    return kind, int(number)


def sweep(
    cases: Iterable[tuple[str, int]], seed: int, runs: Mapping[str, Path]
) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """Yields each case with its result from `fuzz_worker.run_case`; cases that time out or die run twice.

    Args:
        cases: Kind and number of each case.
        seed: Seed of the cases.
        runs: A finished run of each type in `fuzz_seeds.TRAININGS`.
    """
    with Worker(seed, runs) as worker:
        for number, case in enumerate(cases):
            if number % CASES_A_PROCESS == CASES_A_PROCESS - 1:
                worker.stop()
            answer = worker.ask(*case)
            if answer["wrong"] in ("time", "death"):  # The machine may have been busy: try again in a new process.
                worker.stop()
                answer = worker.ask(*case)
            yield case, answer


class Worker:
    """A process that runs cases; started on demand, and again after it died or was stopped."""

    def __init__(self, seed: int, runs: Mapping[str, Path], module: str = "benchmarks.fuzz_worker") -> None:
        self._request = {"seed": seed, "runs": {name: str(path) for name, path in runs.items()}}
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, kind: str, number: int) -> dict[str, Any]:
        """Runs a case and returns its result."""
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None and process.stdin is not None
        with suppress(BrokenPipeError):  # The missing answer shows that the process died.
            process.stdin.write(json.dumps({**self._request, "kind": kind, "number": number}) + "\n")
            process.stdin.flush()
        try:
            line = self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            wrong, output = "time", f"ended after {PATIENCE:g} s"
        else:
            if line:
                answer: dict[str, Any] = json.loads(line)
                return answer
            wrong, output = "death", f"died with {process.wait()}"
        output = f"{output}\n{self._read_log()}"
        self.stop()
        return {"code": None, "seconds": PATIENCE, "growth": 0, "wrong": wrong, "said": output}

    def stop(self) -> None:
        """Kills the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for stream in filter(None, (self._process.stdin, self._process.stdout)):
                with suppress(BrokenPipeError):
                    stream.close()
            self._folder.cleanup()
            self._process = None

    def _start(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, self._folder.name],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self._answers = queue.Queue()
        self._reader = threading.Thread(target=_enqueue, args=(self._process.stdout, self._answers), daemon=True)
        self._reader.start()

    def _read_log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]


def _enqueue(lines: Any, answers: "queue.Queue[str]") -> None:
    """Puts each line into the queue, and "" at the end."""
    for line in lines:
        answers.put(line)
    answers.put("")


def _finding(case: tuple[str, int], answer: dict[str, Any], command: str) -> str:
    kind, number = case
    figures = f"exit {answer['code']}, {answer['seconds']:.1f} s, {answer['growth'] >> 20} MiB"
    verdict = answer["wrong"] or "passed"
    return f"--only '{kind}:{number}'  {verdict}  {figures}  {command[:300]!r}\n{answer['said'][-2500:]}"


def _report(answers: Mapping[tuple[str, int], dict[str, Any]], seed: int) -> Report:
    rows = []
    for kind in [*KINDS, "all"]:
        of_kind = [answer for (case_kind, _), answer in answers.items() if kind in (case_kind, "all")]
        if not of_kind:
            continue
        codes = Counter(answer["code"] for answer in of_kind)
        wrong = Counter(COLUMNS.get(answer["wrong"], "other") for answer in of_kind if answer["wrong"])
        figures = [len(of_kind), *(codes[code] for code in (0, 2, 4, 5)), *(wrong[name] for name in HEADINGS[6:])]
        rows.append([kind, *(f"{figure:,}" for figure in figures)])
    slowest = max(answer["seconds"] for answer in answers.values())
    largest = max(answer["growth"] for answer in answers.values())
    findings = {f"{kind}:{number}": answer for (kind, number), answer in answers.items() if answer["wrong"]}
    notes = [f"Slowest {slowest:.1f} s, largest growth {largest / 2**20:,.0f} MiB, seed {seed}."]
    notes += [f"--only '{case}': {answer['wrong']}" for case, answer in findings.items()]
    content = {"rows": [dict(zip(HEADINGS, row, strict=True)) for row in rows], "findings": findings}
    return Report(
        "\n".join([markdown_table(HEADINGS, rows), "", *notes]), {**content, "slowest": slowest, "largest": largest}
    )
