"""An interrupted download is never taken for complete, and the next command repeats it."""

import gzip
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from seqkit.data.files.download import fetch
from seqkit.errors import DataError, SeqkitError
from tests.archives import tarred, zipped

ROWS = np.random.default_rng(0).random(3000)
CONTENT = b"time,y\n" + b"".join(b"%d,%.6f\n" % (row, value) for row, value in enumerate(ROWS))
LENGTHS = ("told", "untold", "chunked")


HALF = len(CONTENT) // 2
FOLDER = {"folder/data.csv": CONTENT, "folder/notes.txt": CONTENT[:2000]}
TWO = {"notes.txt": CONTENT, "data.csv": CONTENT}
FILES = {
    "data.csv": CONTENT,
    "data.csv.zip": zipped(FOLDER),
    "data.csv.gz": gzip.compress(CONTENT),
    "data.gz": gzip.compress(CONTENT[:HALF]) + gzip.compress(CONTENT[HALF:]),
    "data.tar.gz": tarred(TWO, mode="w:gz"),
    "data.tar": tarred(TWO),
}


@dataclass
class Server:
    """What it sends, and of that how many bytes before it hangs up without a word; all of them if None."""

    port: int = 0
    content: bytes = CONTENT
    length: str = "told"
    cut: int | None = None
    etag: bytes | None = b'"one"'
    pause: float = 0.0
    asked: int = 0

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/files/{name}"

    def answer(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(4096)
        self.asked += 1
        first = 0
        for line in asked.split(b"\r\n"):
            if line.lower().startswith(b"range: bytes="):
                first = int(line.partition(b"=")[2].rstrip(b"-"))
        body = self.content[first:]
        head = [b"HTTP/1.1 206 Partial Content" if first else b"HTTP/1.1 200 OK", b"Connection: close"]
        if self.length == "told":
            head += [b"Content-Length: %d" % len(body), *([] if self.etag is None else [b"ETag: " + self.etag])]
        if self.length == "chunked":
            head += [b"Transfer-Encoding: chunked"]
            body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces(body)) + b"0\r\n\r\n"
        if first:
            head += [b"Content-Range: bytes %d-%d/%d" % (first, len(self.content) - 1, len(self.content))]
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n")
        body = body if self.cut is None else body[: self.cut]
        for piece in pieces(body):
            connection.sendall(piece)
            time.sleep(self.pause)


def pieces(body: bytes, size: int = 16_384) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        ends = threading.Event()

        def serve() -> None:
            while not ends.is_set():
                connection, _ = listening.accept()
                with connection:
                    if not ends.is_set():
                        try:
                            server.answer(connection)
                        except OSError:
                            continue  # Who asked is gone.

        thread = threading.Thread(target=serve)
        thread.start()
        yield server
        ends.set()
        socket.create_connection(("127.0.0.1", server.port)).close()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "own"


def rows(path: Path) -> None:
    """What a dataset knows of its file: a row that is cut off counts as one."""
    if len(path.read_bytes().splitlines()) != 3001:
        raise DataError("it has another number of rows.")


def get(server: Server, name: str, **known: object) -> Path:
    return fetch("own", "data.csv", url=server.url(name), progress=False, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", ["0", "1", "half", "all but 1"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", FILES)
def test_interrupted_download_is_repeated(server, cache, name, length, at):
    server.content, server.length = FILES[name], length
    whole = len(server.content)
    sent = {"0": 0, "1": 1, "half": whole // 2, "all but 1": whole - 1}[at]
    knowledge: list[dict[str, object]] = [{}, {"check": rows}, {"sha256": hashlib.sha256(server.content).hexdigest()}]
    for known in knowledge:
        server.cut = sent
        server.etag = None  # So that it is not asked to go on: then the rest would come, and all would be well.
        with pytest.raises(SeqkitError):
            get(server, name, **known)
        assert not (cache / "data.csv").exists() and not (cache / name).exists()
        server.cut = None
        if length == "told" or "sha256" in known or name == "data.csv.zip" or (known and name.endswith(".gz")):
            assert get(server, name, **known).read_bytes() == CONTENT
        else:  # Nobody can say whether it is whole.
            with pytest.raises(DataError, match="sends no content length"):
                get(server, name, **known)
        for path in cache.iterdir():
            path.unlink()


def test_gzip_file_truncated_between_members_is_incomplete(server, cache):
    server.content, server.cut = FILES["data.gz"], len(gzip.compress(CONTENT[:HALF]))
    for length in LENGTHS:
        server.length = length
        for known in ({}, {"check": rows}):
            with pytest.raises(SeqkitError):
                get(server, "data.gz", **known)
            assert not [path.name for path in cache.iterdir() if not path.name.endswith((".part", ".version"))]


@pytest.mark.parametrize("name", ["data.csv", "data.csv.zip"])
def test_file_truncated_at_any_of_its_last_bytes_is_incomplete(server, cache, name):
    server.content = FILES[name]
    server.length = "untold"
    for lacking in range(1, 60):
        server.cut = len(server.content) - lacking
        with pytest.raises(SeqkitError):
            get(server, name, check=rows)
        assert not (cache / "data.csv").exists() and not (cache / name).exists()


PROGRAM = """
import sys
from seqkit.data.files.download import fetch
print("begins", flush=True)
fetch("own", "data.csv", url=sys.argv[1], progress=False)
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
@pytest.mark.parametrize("name", ["data.csv", "data.csv.zip"])
def test_killed_download_leaves_no_file_and_is_repeated(server, cache, name):
    big = CONTENT + os.urandom(2_000_000)
    server.content, server.pause = big if name == "data.csv" else zipped({**FOLDER, "folder/data.csv": big}), 0.05
    part = cache / f"{name}.part"
    command = [sys.executable, "-c", PROGRAM, server.url(name)]
    for _ in range(2):
        before = part.stat().st_size if part.exists() else -1
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        waited(lambda seen=before: part.exists() and part.stat().st_size > seen)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (cache / "data.csv").exists() and not (cache / name).exists()
    server.pause = 0.0
    asked = server.asked
    assert get(server, name).read_bytes() == big
    assert server.asked == asked + 1
    assert {path.name for path in cache.iterdir()} == {"data.csv", name}


def waited(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_killed_extraction_leaves_no_file_and_is_repeated(server, cache):
    server.content = FILES["data.csv.zip"]
    killed = (
        "import os, signal, seqkit.data.files.download as f\n"
        "f._run_check = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", killed + PROGRAM, server.url("data.csv.zip")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert {path.name for path in cache.iterdir()} == {"data.csv.zip", "data.csv.part"}
    assert get(server, "data.csv.zip").read_bytes() == CONTENT
    assert server.asked == 1
    assert {path.name for path in cache.iterdir()} == {"data.csv.zip", "data.csv"}
