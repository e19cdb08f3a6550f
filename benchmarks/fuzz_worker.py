"""Worker process of the fuzz test: runs cases in a temporary folder and reports their results.

Training commands stop after the data is prepared, before Keras is imported; TensorFlow cannot be imported here. Cases
are JSON lines on standard input, results are JSON lines on standard output.
"""

import faulthandler
import json
import os
import resource
import shutil
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from click.exceptions import Exit
from click.testing import CliRunner

from benchmarks.fuzz_cases import make_case
from benchmarks.fuzz_runs import Case

SECONDS = 5.0
"""Maximum CPU time of a case, over all threads; wall time depends on the load of the machine."""

WAITING = 30.0
"""Maximum wall time of a case, in seconds."""

MEMORY = 1 << 30
"""Maximum growth of the process in a case, in bytes."""

ROOM = 3 << 30
"""Additional address space that a case may allocate, in bytes."""

EXITS = (0, 2, 4, 5)
"""Valid exit codes: success, or a mistake of the user."""


def main() -> None:
    """Runs the cases from standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    folder = Path(sys.argv[1]).resolve()
    prepare()
    for line in sys.stdin:
        request = json.loads(line)
        runs = {name: Path(path) for name, path in request["runs"].items()}
        case = make_case(request["seed"], request["kind"], request["number"], runs)
        faulthandler.dump_traceback_later(SECONDS, file=2)
        answer = run_case(case, folder)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps(answer), file=answers, flush=True)


def prepare() -> None:
    """Prevents training, and imports slow libraries in advance."""
    sys.modules["tensorflow"] = sys.modules["keras"] = None  # type: ignore[assignment]
    os.environ["MPLBACKEND"] = "Agg"
    import seqkit.workflows.train as training

    def stop() -> NoReturn:
        raise Exit(0)

    patch.object(training, "import_keras", stop).start()


def run_case(case: Case, folder: Path) -> dict[str, Any]:
    """Runs a case in an empty folder.

    Returns:
        Its exit "code", CPU "seconds", memory "growth" in bytes, the message "said", and the fault "wrong": "",
        "traceback", "exit", "message", "warning", "time" or "memory".
    """
    from seqkit.cli import main

    place = folder / "case"
    _write(case, place)
    os.chdir(place)
    before, room = _memory(), resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + ROOM, room[1]))
    began = time.process_time(), time.perf_counter()
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for unseen in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
                warnings.simplefilter("ignore", unseen)  # as Python does
            result = CliRunner().invoke(main, list(case.arguments), input=case.stdin, prog_name="seqkit")
    finally:
        computed, elapsed = time.process_time() - began[0], time.perf_counter() - began[1]
        resource.setrlimit(resource.RLIMIT_AS, room)
        os.chdir(folder)
        shutil.rmtree(place, ignore_errors=True)
    growth = max(_peak() - before, 0)
    wrong, said = _judge(case, result, warned)
    if computed > SECONDS or elapsed > WAITING:
        wrong = "time"
    elif growth > MEMORY:
        wrong = "memory"
    return {"code": result.exit_code, "seconds": computed, "growth": growth, "wrong": wrong, "said": said}


def _judge(case: Case, result: Any, warned: list[Any]) -> tuple[str, str]:
    """Returns the fault of a command, or "", and its output."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        said = "".join(traceback.format_exception(result.exception))
        return "traceback", said
    if "Traceback (most recent call last)" in result.output:
        return "traceback", result.output
    if result.exit_code not in EXITS:
        return "exit", result.output
    messages = sum(line.startswith("Error: ") for line in result.stderr.splitlines())
    reported = case.arguments[0] == "check" and result.exit_code == 5 and bool(result.stdout)
    if messages != (0 if result.exit_code == 0 or (reported and not messages) else 1):
        return "message", result.output
    if warned:
        return "warning", "; ".join(f"{w.filename}:{w.lineno}: {w.category.__name__}: {w.message}" for w in warned[:3])
    return "", result.stderr.partition("Error: ")[2][:2000]


def _write(case: Case, place: Path) -> None:
    place.mkdir()
    for name, content in case.files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _memory() -> int:
    """Returns the resident memory of the process in bytes, and resets its peak."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _peak() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 40


if __name__ == "__main__":
    main()
