"""Whatever is broken in a file, a run or a command line: the program ends with one message, soon and small."""

import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import seqkit.sources
from benchmarks import fuzz, fuzz_worker
from benchmarks.fuzz import Worker, parse_case, spread_cases, sweep
from benchmarks.fuzz_cases import KINDS, make_case
from benchmarks.fuzz_runs import Case
from seqkit.cli import main
from seqkit.data.labelled.series_files import read_series
from seqkit.data.labelled.text_files import read_examples
from seqkit.data.vectors.formats import read_vectors
from seqkit.errors import SeqkitError, UsageError
from seqkit.options import module_options
from seqkit.tasks import tasks
from tests.paths import FORMAT_1

RUNS = {
    name: FORMAT_1 / task
    for name, task in (("forecast",) * 2, ("classify",) * 2, ("embed",) * 2, ("generate",) * 2, ("subwords", "embed"))
}
SEED = 20_261_121

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory limits and peaks need Linux")
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_mutated_inputs_end_with_one_message_within_time_and_memory():
    answers = dict(sweep(spread_cases(225), SEED, RUNS))
    findings = {f"{kind}:{number}": answer for (kind, number), answer in answers.items() if answer["wrong"]}
    assert findings == {}
    assert {answer["code"] for answer in answers.values()} == {0, 2, 4, 5}
    rejected = [answer for answer in answers.values() if answer["code"]]
    assert len(rejected) > 110
    assert len({answer["said"] for answer in rejected}) > 70, "too few distinct messages"


def test_case_depends_only_on_seed_kind_and_number():
    for kind in KINDS:
        made = [make_case(SEED, kind, number, RUNS) for number in range(12)]
        assert made == [make_case(SEED, kind, number, RUNS) for number in range(12)]
        assert len({(case.arguments, *case.files.values(), case.stdin) for case in made}) > 8
        assert make_case(SEED + 1, kind, 0, RUNS) != made[0]


def test_case_is_parsed_from_kind_and_number():
    assert parse_case("run files:12") == ("run files", 12)
    assert spread_cases(len(KINDS) + 1)[-2:] == [("options", 0), ("table", 1)]
    for text in ("table", "table:x", "nothing:1", ""):
        with pytest.raises(UsageError, match="--only expects KIND:NUMBER"):
            parse_case(text)


def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: Any) -> dict[str, Any]:
    """Faults that the worker reports for a command."""
    monkeypatch.setattr(seqkit.sources, "find_source", lambda *_: behaviour())
    return fuzz_worker.run_case(Case(("check", "a.csv"), {"a.csv": b"time,y\n"}), tmp_path)


def refuse(code: int, lines: int = 1) -> None:
    for _ in range(lines):
        click.echo("Error: no.", err=True)
    click.get_current_context().exit(code)


def compute(seconds: float) -> None:
    """Uses the processor for `seconds`, whatever its speed."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


BEHAVIOURS = [
    (lambda: refuse(5), ""),
    (lambda: 1 / 0, "traceback"),
    (lambda: click.echo("Traceback (most recent call last):") or refuse(5), "traceback"),
    (lambda: refuse(1), "exit"),
    (lambda: refuse(3), "exit"),
    (lambda: refuse(5, lines=0), "message"),
    (lambda: refuse(5, lines=2), "message"),
    (lambda: warnings.warn("odd", stacklevel=1) or refuse(5), "warning"),
    (lambda: time.sleep(0.7) or refuse(5), "time"),
    (lambda: compute(0.3) or refuse(5), "time"),
    (lambda: len(b"x" * 80_000_000) and refuse(5), "memory"),
    (lambda: bytearray(64 << 30), "traceback"),
]


@pytest.mark.parametrize(("behaviour", "wrong"), BEHAVIOURS, ids=[f"{n}-{w}" for n, (_, w) in enumerate(BEHAVIOURS)])
def test_every_fault_is_detected(tmp_path, monkeypatch, behaviour, wrong):
    monkeypatch.setattr(fuzz_worker, "SECONDS", 0.2)
    monkeypatch.setattr(fuzz_worker, "WAITING", 0.6)
    monkeypatch.setattr(fuzz_worker, "MEMORY", 50_000_000)
    answer = held(tmp_path, monkeypatch, behaviour)
    assert answer["wrong"] == wrong, answer
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("program", "wrong"), [("import os; os.kill(os.getpid(), 11)", "death"), ("import time; time.sleep(99)", "time")]
)
def test_dead_or_hanging_process_is_a_finding_and_is_replaced(tmp_path, monkeypatch, program, wrong):
    answering = 'import sys\nfor line in sys.stdin:\n    print(\'{"wrong": ""}\', flush=True)\n'
    monkeypatch.setattr(fuzz, "ROOT", tmp_path)
    monkeypatch.setattr(fuzz, "PATIENCE", 1.5)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    once = f"from pathlib import Path\nif not Path('seen').exists():\n    Path('seen').touch()\n    {program}\n"
    (tmp_path / "worker.py").write_text(once + answering)
    with Worker(SEED, RUNS, "worker") as worker:
        assert worker.ask("table", 0)["wrong"] == wrong
        assert worker.ask("table", 1)["wrong"] == ""


def test_worker_never_trains(tmp_path):
    program = (
        "import sys\nfrom pathlib import Path\nfrom benchmarks import fuzz_worker\n"
        "from benchmarks.fuzz_runs import Case\nfrom benchmarks.fuzz_seeds import table_files\n"
        "fuzz_worker.prepare()\n"
        "case = Case(('train', 'dense', '--data', 'wide.csv', '--window', '6', '--out', 'run', '--target', 'all'),\n"
        "    {'wide.csv': table_files()['wide.csv']})\n"
        "print(fuzz_worker.run_case(case, Path(sys.argv[1])))\n"
        "try: import tensorflow\n"
        "except ImportError: print('no tensorflow')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], cwd=fuzz.ROOT, capture_output=True, text=True, check=True
    )
    answer, last = done.stdout.splitlines()
    assert "'code': 0" in answer and "'wrong': ''" in answer
    assert last == "no tensorflow"


CELLS = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(str),
    st.dates().map(str),
    st.text(max_size=12),
    st.text("0123456789.,:;-+/eTZ \"'|", max_size=24),
    st.sampled_from(["", "NA", "nan", "-9999", "1e400", "2015-01-01T00:00+25:00", "9" * 400, "\ufeff", "2262-04-12"]),
)


@few
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12), st.sampled_from(",;\t|"), st.booleans())
def test_arbitrary_tables_are_checked_or_rejected(tmp_path, rows, delimiter, hourly):
    times = [f"2015-01-01 {hour:02}:00" for hour in range(len(rows))]
    lines = [(time if hourly else first, *rest) for time, (first, *rest) in zip(times, rows, strict=True)]
    text = "\n".join(delimiter.join(cells) for cells in [("time", "y", "x"), *lines])
    case = Case(("check", "a.csv"), {"a.csv": text.encode("utf-8", "surrogatepass")})
    answer = fuzz_worker.run_case(case, tmp_path)
    assert answer["wrong"] == "", answer


HEADS = {
    "a.ts": "@problemName {}\n@data",
    "a.arff": "% {}\n@relation x\n@attribute a numeric\n@attribute b {{0,1}}\n@data",
    "b.arff": "% {}\n@attribute a relational\n@attribute x numeric\n@end a\n@attribute b {{0,1}}\n@data",
    "a_TEST.tsv": "1\t2\t3",
}


@few
@given(
    st.sampled_from(sorted(HEADS)),
    st.text(max_size=40),
    st.lists(st.text("0123456789.,:?-+eEnaif()_ @\t'\"\\n", max_size=30), max_size=8),
    st.sampled_from(("error", "interpolate", "drop")),
)
def test_arbitrary_series_files_are_read_or_rejected(tmp_path, name, tags, lines, missing):
    path = tmp_path / name
    path.write_bytes("\n".join([HEADS[name].format(tags), *lines]).encode("utf-8", "surrogatepass"))
    try:
        frame = read_series(path, missing=missing)
    except SeqkitError as error:
        assert str(path) in str(error)
    else:
        assert len(frame) and all(each.ndim == 2 and each.size for each in frame["series"])


@few
@given(
    st.text(',;"\\\n\r a\t|', max_size=40),
    st.sampled_from(("texts.csv", "texts.jsonl", "texts.txt")),
    st.sampled_from(("standard", "backslash", "none")),
)
def test_arbitrary_text_files_are_read_or_rejected(tmp_path, content, name, quotes):
    path = tmp_path / name
    path.write_bytes(b"text,label\n" + content.encode())
    try:
        frame = read_examples(path, quotes=quotes)
    except SeqkitError as error:
        assert str(path) in str(error)
    else:
        assert len(frame)


@few
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=6), st.lists(CELLS, min_size=2, max_size=4)), min_size=1, max_size=6
    ),
    st.one_of(st.none(), st.tuples(CELLS, CELLS)),
)
def test_arbitrary_vector_files_are_read_or_rejected(tmp_path, rows, header):
    head = [] if header is None else [" ".join(header)]
    text = "\n".join([*head, *(f"{word} {' '.join(numbers)}" for word, numbers in rows)])
    path = tmp_path / "a.vec"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found = read_vectors(path)
    except SeqkitError as error:
        assert str(path) in str(error)
    else:
        assert len(found.words) == len(found.vectors) == len(set(found.words))


OPTIONS = [
    option
    for task in tasks().values()
    for kind in task.reads
    for part in task.options(kind).values()
    for option in part
] + [
    *module_options("seqkit.data.tables.reading", "read_frame"),
]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(OPTIONS),
    st.one_of(CELLS, st.lists(CELLS, max_size=4).map(",".join), st.sampled_from(["none", "NONE", "true", "-0", "inf"])),
)
def test_arbitrary_option_text_is_parsed_or_rejected(option, text):
    try:
        value = option.parse(text)
    except UsageError as error:
        assert str(error).startswith(f"Received an invalid value for {option.flag}, expected ")
    else:
        assert option.check(value) == value


@few
@given(
    st.lists(st.one_of(CELLS, st.sampled_from(["--json", "--target", "--=", "-q", "--help", "--", "-"])), max_size=6)
)
def test_arbitrary_arguments_end_with_an_exit_code(tmp_path, words):
    for command in ("check", "forecast", "similarity", "recipes"):
        arguments = tuple(word.replace("\0", "") for word in words if not word.startswith("/"))
        answer = fuzz_worker.run_case(Case((command, *arguments), {}), tmp_path)
        assert answer["wrong"] == "", (arguments, answer)
    assert {"check", "forecast", "similarity", "recipes"} <= set(main.list_commands(click.Context(main)))
