"""Files of a run with wrong sizes or executable content are rejected before memory is allocated for them."""

import hashlib
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqkit.errors import DataError
from seqkit.files.arrays import mapped_array, read_arrays

LARGE = 400 << 20


def hollow(path: Path, start: bytes = b"", size: int = LARGE) -> None:
    """Writes a file of which all but the start is a hole, that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


def test_oversized_and_sparse_files_raise(refused, runs):
    for task, name, message in (
        ("forecast", "run.json", "expected at most 16,777,216"),
        ("forecast", "metrics.json", "expected at most 67,108,864"),
        ("forecast", "model.onnx", "expected at most"),
        ("forecast", "context.csv", "contains a zero byte, expected text"),
        ("forecast", "errors.csv", "contains a zero byte, expected text"),
        ("forecast", "linear.npz", "linear.npz is damaged"),
        ("classify", "tokenizer.json", "expected at most 67,108,864"),
        ("classify", "baselines.npz", "expected at most 268,435,456"),
        ("classify", "errors.csv", "contains a zero byte, expected text"),
        ("embed", "vocabulary.txt", "contains a zero byte, expected text"),
        ("embed", "vectors.npy", "vectors.npy is damaged: it is not a complete NumPy array"),
        ("embed", "ngrams.npy", "ngrams.npy is damaged: it is not a complete NumPy array"),
    ):
        path = runs / task / name
        whole = path.read_bytes()
        hollow(path, whole)
        assert message in refused(task, at_once=False), name
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["run.json", "metrics.json"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[" * 200_000 + b"]" * 200_000, "is nested too deeply"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "is nested too deeply"),
        (b'{"format": ' + b"9" * 100_000 + b"}", "not valid JSON"),
        (b'{"format": 1, "state": "\\ud800"}', "not valid JSON"),
        (b'{"format": 1, "state": "\xff"}', "not valid JSON"),
        (b"[" + b"[]," * 3_000_000 + b"[]]", "values, expected at most"),
        (b"[" + b"{}," * 3_000_000 + b"{}]", "values, expected at most"),
        (b"\x1f\x8b\x08" + b"a" * 100, "is compressed with gzip"),
        (b"", "not valid JSON"),
    ],
    ids=["lists", "objects", "digits", "half a character", "bytes", "many lists", "many objects", "gzip", "empty"],
)
def test_json_that_would_exhaust_memory_raises(refused, runs, name, content, message):
    for run in ("forecast", "other"):
        (runs / run / name).write_bytes(content)
    assert message in refused("forecast", at_once=name == "run.json")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("task_state", "window"), 10**30),
        (("task_state", "horizon"), 10**12),
        (("task_state", "sampling_rate"), 10**18),
        (("task_state", "season"), 10**30),
        (("model", "parameters"), 10**30),
        (("model", "parameters"), "many"),
        (("model", "onnx_sha256"), "../../outside/secret"),
        (("recipe", "name"), "../../outside/secret"),
        (("units",), {"T (degC)": "../../outside/secret"}),
    ],
    ids=str,
)
def test_absurd_values_in_run_json_do_no_harm(ask, commands, runs, say, outside, opened, place, value):
    def change(manifest: Any) -> None:
        for name in place[:-1]:
            manifest = manifest[name]
        manifest[place[-1]] = value

    say(runs / "forecast" / "run.json", change)
    opened.clear()
    for arguments in commands["forecast"]:
        code, _ = ask(*arguments)
        assert code in (0, 2, 5)
    assert not [path for path in opened if str(outside) in os.path.abspath(path)]


# Arrays.


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self.canary), "w")


def npy(shape: tuple[int, ...], data: bytes = b"", descr: str = "<f4") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue() + data


def pickled(canary: Path) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Payload(canary)], object), allow_pickle=True)
    return file.getvalue()


def npz(members: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@cache
def bomb(told: int | None = None) -> bytes:
    """An archive of one array of `LARGE` zeros, of which its directory tells `told` bytes."""
    if told is not None:
        content = bytearray(bomb())
        struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, told)
        return bytes(content)
    file = io.BytesIO()
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("coefficients.npy", "w", force_zip64=True) as member:
        member.write(npy((LARGE,), descr="|u1"))
        for _ in range(LARGE >> 20):
            member.write(bytes(1 << 20))
    return file.getvalue()


ARCHIVES: dict[str, Callable[[Path], bytes]] = {
    "expands beyond reason": lambda canary: bomb(),
    "tells less than it holds": lambda canary: bomb(told=1000),
    "claims a million million numbers": lambda canary: npz({"coefficients.npy": npy((10**12,), b"1234")}),
    "claims numbers without end": lambda canary: npz({"coefficients.npy": npy((10**12,) * 8, b"1234")}),
    "negative lengths": lambda canary: npz({"coefficients.npy": npy((-1, -1), b"1234")}),
    "pickled": lambda canary: npz({"coefficients.npy": pickled(canary)}),
    "a pickle by itself": lambda canary: pickle.dumps(Payload(canary)),
    "compressed with LZMA": lambda canary: npz({"coefficients.npy": npy((1,), b"1234")}, zipfile.ZIP_LZMA),
    "of many members": lambda canary: npz({f"{number}.npy": b"" for number in range(10_001)}),
    "nested header": lambda canary: npz({"coefficients.npy": header(b"(" * 5000)}),
    "header of code": lambda canary: npz({"coefficients.npy": header(f"open({str(canary)!r}, 'w')".encode())}),
}


def header(text: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize("case", ARCHIVES)
@pytest.mark.parametrize(
    ("task", "name"), [("forecast", "linear.npz"), ("forecast", "intervals.npz"), ("classify", "baselines.npz")]
)
def test_malicious_array_archive_raises_and_is_not_executed(refused, runs, tmp_path, case, task, name):
    canary = tmp_path / "canary"
    (runs / task / name).write_bytes(ARCHIVES[case](canary))
    assert f"{name} is damaged" in refused(task, at_once=False)
    assert not canary.exists()


@pytest.mark.parametrize("case", ARCHIVES)
def test_malicious_checkpoint_is_ignored_and_not_executed(ask, runs, tmp_path, case):
    keras = pytest.importorskip("keras")
    from seqkit.training.checkpoints import Checkpoints

    canary, messages, run = tmp_path / "canary", [], seqkit_run(runs / "forecast")
    (run.path / "checkpoints").mkdir()
    (run.path / "checkpoints" / "000001-000000001.npz").write_bytes(ARCHIVES[case](canary))
    variables = [keras.Variable(np.zeros((2, 3), np.float32))]
    assert Checkpoints(run, messages.append).restore(variables) is None
    assert len(messages) == 1 and "ignoring the damaged checkpoint" in messages[0]
    assert not canary.exists()


def seqkit_run(path: Path) -> Any:
    from seqkit.runs.run import read_run

    return read_run(path)


def test_valid_archives_are_read():
    rng = np.random.default_rng(0)
    arrays = {
        "words": np.frombuffer("왕 king".encode(), np.uint8),
        "empty": np.empty((0, 3), np.float32),
        "one": np.array(True),
        "columns": np.asfortranarray(rng.normal(size=(30, 20))),
        "zeros": np.zeros(1_000_000),
    }
    for save in (np.savez, np.savez_compressed):
        file = io.BytesIO()
        save(file, **arrays)
        found = read_arrays(file, 1 << 30)
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
        with pytest.raises(ValueError, match="would expand to"):
            read_arrays(file, 1 << 20)


VECTORS: dict[str, Callable[[Path], bytes]] = {
    "a million million rows": lambda canary: npy((10**12, 8)),
    "rows without end": lambda canary: npy((10**18, 10**18, 8)),
    "pickled": pickled,
    "of text": lambda canary: npy((2,), b"abcdefgh", "<U1"),
    "of records": lambda canary: npy((1,), b"abcd", [("a", "<f4")]),  # type: ignore[arg-type]
    "cut off": lambda canary: npy((156, 8), bytes(4 * 156 * 8 - 1)),
    "longer than it says": lambda canary: npy((156, 8), bytes(4 * 156 * 8 + 1)),
    "header of code": lambda canary: header(f"open({str(canary)!r}, 'w')".encode()),
}


@pytest.mark.parametrize("case", VECTORS)
@pytest.mark.parametrize("name", ["vectors.npy", "ngrams.npy", "buckets.npy"])
def test_malicious_vectors_raise_and_are_not_executed(refused, runs, tmp_path, case, name):
    canary = tmp_path / "canary"
    (runs / "embed" / name).write_bytes(VECTORS[case](canary))
    assert f"{name} is damaged" in refused("embed")
    assert not canary.exists()


def test_malicious_counted_vectors_raise(ask, runs, tmp_path):
    for case, content in VECTORS.items():
        (runs / "embed" / "baseline.npy").write_bytes(content(tmp_path / "canary"))
        _, text = ask("evaluate", "embed", "--pairs", "pairs.csv", code=5)
        assert "baseline.npy is damaged" in text, case
    assert not (tmp_path / "canary").exists()


def test_vectors_in_a_huge_sparse_file_raise(refused, runs, say):
    def claim(manifest: Any) -> None:
        manifest["task_state"].update(vocabulary=2, dim=10**9)

    say(runs / "embed" / "run.json", claim)
    (runs / "embed" / "vocabulary.txt").write_text("king 2\nqueen 1\n")
    start = npy((2, 10**9))
    hollow(runs / "embed" / "vectors.npy", start, len(start) + 8 * 10**9)
    assert "run.json is damaged: dim is 1,000,000,000, expected at most 65,536." in refused("embed")


def test_huge_bucket_file_is_read_in_parts(refused, runs, say):
    say(runs / "embed" / "run.json", lambda manifest: manifest["task_state"].update(buckets=10**12))
    start, parts = npy((10**9,), descr="<i8"), npy((10**9, 8))
    hollow(runs / "embed" / "buckets.npy", start, len(start) + 8 * 10**9)
    hollow(runs / "embed" / "ngrams.npy", parts, len(parts) + 32 * 10**9)
    assert "buckets.npy is damaged: it does not ascend within [0, 1,000,000,000,000)" in refused("embed")


@pytest.mark.parametrize("change", [{"subwords": [1, 10**9]}, {"buckets": 10**30}], ids=str)
def test_too_many_ngrams_raise(refused, runs, say, change):
    say(runs / "embed" / "run.json", lambda manifest: manifest["task_state"].update(change))
    assert "expected n-grams of at most 999 characters and at most 1,099,511,627,776 buckets" in refused("embed")


def test_large_array_stays_on_disk(tmp_path, monkeypatch):
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.save(tmp_path / "x.npy", np.asfortranarray(array))
    monkeypatch.setattr("seqkit.files.arrays.MEMORY_MAP_BYTES", 16)
    found = mapped_array(tmp_path / "x.npy")
    np.testing.assert_array_equal(found, array)
    assert isinstance(found, np.memmap) and not found.flags.writeable


# Tokenizers.


@pytest.mark.parametrize("case", ["nested", "many", "padding"])
def test_tokenizer_that_would_exhaust_memory_raises(refused, runs, say, case):
    path = runs / "classify" / "tokenizer.json"
    content = {
        "nested": b'{"model":' * 100_000,
        "many": b"[" + b"[]," * 3_000_000 + b"[]]",
        "padding": json.dumps({**json.loads(path.read_text()), "padding": {"strategy": {"Fixed": 10**9}}}).encode(),
    }[case]
    path.write_bytes(content)
    known = hashlib.sha256(content).hexdigest()
    say(runs / "classify" / "run.json", lambda manifest: manifest["task_state"].update(tokenizer_sha256=known))
    message = refused("classify", at_once=False)
    assert "tokenizer" in message


def test_reading_more_than_the_maximum_size_raises(tmp_path, runs):
    run = seqkit_run(runs / "forecast")
    size = (run.path / "metrics.json").stat().st_size
    assert len(run.read("metrics.json", size)) == size
    for text in (False, True):
        with pytest.raises(DataError, match=f"it has {size:,} bytes, expected at most {size - 1:,}"):
            run.read("metrics.json", size - 1, text=text)
