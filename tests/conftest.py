"""What every test may use. Set before anything imports TensorFlow: its start-up chatter is off, Keras runs on it."""

import os
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import messages  # neither this nor pytest imports NumPy or TensorFlow, which read the variables below

if TYPE_CHECKING:
    from matplotlib.figure import Figure

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("MPLBACKEND", "Agg")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    # The workers share the cores. A process that a test starts inherits the limits, and so computes the same bits.
    os.environ.update(dict.fromkeys(THREADS, str(max(1, (os.cpu_count() or 1) // workers))))

TESTS = Path(__file__).parent
LEDGER_TESTS = TESTS / "test_messages.py"
WHOLE_RUNS = pytest.StashKey[list[bool]]()
"""Whether every test file was collected, here or by each worker."""


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with public data, `<dataset>/<original file name>`; skips where `SEQKIT_DATA` names none."""
    value = os.environ.get("SEQKIT_DATA")
    if not value:
        pytest.skip("SEQKIT_DATA is not set: it names the folder with public data sets that this test reads")
    folder = Path(value)
    if not folder.is_dir():
        pytest.fail(f"SEQKIT_DATA is {value!r}, which is not a folder")
    return folder


@pytest.fixture(scope="session")
def requires_data(data_dir: Path):
    """Returns a function of a path such as `"etth1/ETTh1.csv"` under the data folder; it skips where that is absent."""

    def path(relative: str) -> Path:
        found = data_dir / relative
        if not found.exists():
            pytest.skip(f"SEQKIT_DATA holds no {relative}")
        return found

    return path


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `dense` on 1,500 hours of simulated weather; tests may read it, and rewrite its results."""
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "small"
    seqkit.train("dense", out=path, rows=1500, epochs=2, window=24, units=(8,))
    return path


@pytest.fixture(scope="session")
def small_label_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `dense` on 400 simulated reviews; tests may read it, and rewrite its results."""
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "labels"
    seqkit.train("dense", "demo_reviews", out=path, rows=400, epochs=2, embedding=8, units=(8,))
    return path


@pytest.fixture(scope="session")
def small_series_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `dense` on 60 waves of unequal length, of two kinds; tests may read it."""
    import numpy as np
    import pandas as pd

    import seqkit

    waves = [np.sin(np.arange(8 + i % 5)[:, None] * (1 + i % 2)) for i in range(60)]
    frame = pd.DataFrame({"series": waves, "label": ["slow", "fast"] * 30})
    path = tmp_path_factory.mktemp("runs") / "series"
    seqkit.train("dense", frame, out=path, epochs=2, units=(8,), folds=0)
    return path


@pytest.fixture(scope="session")
def small_word_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `skipgram` on 300 simulated sentences; tests may read it, and rewrite its results."""
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "words"
    seqkit.train("skipgram", "demo_royalty", out=path, sentences=300, epochs=1, dim=8)
    return path


@pytest.fixture(scope="session")
def small_language_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `gru` on 60 simulated tales; tests may read it, and rewrite its results."""
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "tales"
    options = {"tales": 60, "units": 16, "embedding": 8, "epochs": 2, "batch_size": 4, "chunk": 32}
    seqkit.train("gru", "demo_tales", task="generate", out=path, **options)
    return path


@pytest.fixture(scope="session")
def small_translation_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `attention_encoder_decoder` on 200 simulated commands; tests may read it, and rewrite results.

    It has learned little: its translations are short and alike.
    """
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "commands"
    options = {"commands": 200, "units": 12, "embedding": 8, "vocabulary": 500, "epochs": 2, "batch_tokens": 300}
    seqkit.train("attention_encoder_decoder", "demo_commands", out=path, **options)
    return path


@pytest.fixture(scope="session")
def small_music_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `gru` on 20 simulated chorales; tests may read it, and rewrite its results."""
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "chorales"
    options = {"chorales": 20, "transpose": 1, "units": 16, "embedding": 8, "epochs": 2, "batch_size": 8, "chunk": 32}
    seqkit.train("gru", "demo_chorales", out=path, **options)
    return path


@pytest.fixture(scope="session")
def small_tag_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `bidirectional_gru` on 200 simulated sentences; tests may read it, and rewrite its results."""
    import seqkit

    path = tmp_path_factory.mktemp("runs") / "names"
    options = {"units": 8, "embedding": 8, "character_filters": 4, "epochs": 2}
    seqkit.train("bidirectional_gru", "demo_names", out=path, sentences=200, **options)
    return path


SMALL_RUNS = {
    "forecast": "small_run",
    "classify": "small_label_run",
    "embed": "small_word_run",
    "generate": "small_language_run",
    "tag": "small_tag_run",
    "translate": "small_translation_run",
}
"""The fixture of a small finished run, by task."""


@pytest.fixture(scope="session", params=SMALL_RUNS)
def finished_run(request: pytest.FixtureRequest) -> Path:
    """A small finished run of each task; tests may read it, and rewrite its results."""
    path: Path = request.getfixturevalue(SMALL_RUNS[request.param])
    return path


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> "list[Figure]":
    """Every figure that is written, in order."""
    from matplotlib.figure import Figure

    seen: list[Figure] = []
    savefig = Figure.savefig

    def remember(figure: Figure, *args: Any, **kwargs: Any) -> None:
        seen.append(figure)
        savefig(figure, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", remember)
    return seen


@pytest.fixture
def write_embed_run(tmp_path: Path):
    """Returns a function that writes a finished run of word vectors by hand, as training would, and returns its path.

    It takes the words, their vectors and counts, the seen buckets of n-grams with their vectors, and what else the
    state is to say.
    """
    import numpy as np

    from seqkit.runs.run import Manifest, Run

    def write(words, vectors, *, counts=None, seen=None, ngrams=None, name="words", task="embed", **state) -> Path:
        path = tmp_path / name
        path.mkdir()
        matrix = np.asarray(vectors, np.float32)
        counts = range(len(words), 0, -1) if counts is None else counts
        lines = [f"{word} {count}\n" for word, count in zip(words, counts, strict=True)]
        (path / "vocabulary.txt").write_text("".join(lines), encoding="utf-8", newline="")
        np.save(path / "vectors.npy", matrix)
        if seen is not None:
            np.save(path / "buckets.npy", np.asarray(seen, np.int64))
            np.save(path / "ngrams.npy", np.asarray(ngrams, np.float32))
        fitted = {"vocabulary": len(words), "dim": matrix.shape[1], "tokenizer": "word", "lower": True, "min_count": 1}
        fitted |= {"sample": 0.0, "subwords": None, "buckets": 0, "phrases": None, **state}
        recipe = {"name": "skipgram", "sha256": ""}
        content = {"state": "done", "recipe": recipe, "task": task, "options": {}, "reading": {}, "data": {}}
        Run(path, Manifest.model_validate({**content, "task_state": fitted})).write_manifest()
        return path

    return write


def pytest_configure() -> None:
    """Begins the ledger of messages."""
    messages.begin()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes out the tests of the ledger: `pytest_runtestloop` runs them after all others, if all others ran."""
    files = {item.path for item in items}
    others = [item for item in items if item.path != LEDGER_TESTS]
    is_whole = files >= set(TESTS.rglob("test_*.py")) and not config.option.keyword and not config.option.markexpr
    config.stash[WHOLE_RUNS] = [is_whole]
    if is_whole:
        items[:] = others
    elif others and len(others) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item.path == LEDGER_TESTS])
        items[:] = others


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Has a worker of pytest-xdist hand over its ledger."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = messages.LEDGER.to_json()
        session.config.workeroutput["whole"] = session.config.stash[WHOLE_RUNS]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Adds the ledger of a worker; one that crashed has none, and without it the ledger is not whole."""
    output = getattr(node, "workeroutput", {})
    node.config.stash.setdefault(WHOLE_RUNS, []).extend(output.get("whole", [False]))
    if "ledger" in output:
        messages.LEDGER.add_json(output["ledger"])


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[object]:
    """Runs the tests of the ledger once all others have run, in this process or in its workers."""
    result = yield
    config = session.config
    is_worker = hasattr(config, "workeroutput")
    if not is_worker and not config.option.collectonly and all(config.stash.get(WHOLE_RUNS, [False])):
        module = pytest.Module.from_parent(session, path=LEDGER_TESTS)
        tests = list(session.genitems(module))
        for test, following in zip_longest(tests, tests[1:]):
            config.hook.pytest_runtest_protocol(item=test, nextitem=following)
    return result
