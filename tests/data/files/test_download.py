"""Downloads from a local server: complete, truncated, resumed, wrong, absent."""

import gzip
import hashlib
import os
import random
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seqkit.data.files.download import cache_dir, fetch
from seqkit.errors import DataError, NotFoundError, SeqkitError
from tests.archives import tarred, zipped

CONTENT = b"Date Time,p (mbar)\n" + b"01.01.2009 00:10:00,996.52\n" * 20_000
BLOCK = 65_536  # what a download keeps of a broken connection is whole blocks
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Shop:
    """Content and behaviour of the server; `ranges` are the requested ranges."""

    url: str = ""
    content: bytes = CONTENT
    etag: str | None = '"one"'
    modified: str | None = None
    with_ranges: bool = True
    with_length: bool = True
    cuts: list[int] = field(default_factory=list)
    status: int = 200
    shifted: int = 0
    piece: int | None = None
    ranges: list[str | None] = field(default_factory=list)
    encodings: list[str | None] = field(default_factory=list)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested = self.headers.get("Range")
            shop.ranges.append(requested)
            shop.encodings.append(self.headers.get("Accept-Encoding"))
            if shop.status != 200:
                self.send_error(shop.status)
                return
            same = self.headers.get("If-Range") in (shop.etag, shop.modified)
            first = int(requested.removeprefix("bytes=").rstrip("-")) if requested and shop.with_ranges and same else 0
            if first >= len(shop.content):
                self.send_error(416)
                return
            body = shop.content[first:][: shop.piece if first else None]
            self.send_response(206 if first else 200)
            if shop.with_length:
                self.send_header("Content-Length", str(len(body)))
            if first:
                first += shop.shifted
                self.send_header("Content-Range", f"bytes {first}-{first + len(body) - 1}/{len(shop.content)}")
            for name, value in (("ETag", shop.etag), ("Last-Modified", shop.modified)):
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: shop.cuts.pop(0)] if shop.cuts else body)

        def log_message(self, *arguments: object) -> None:
            """Logs nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}/files/data.csv"
    yield shop
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_cache_is_the_folder_in_the_environment_variable(cache: Path) -> None:
    assert cache_dir() == cache


def test_cache_is_the_platforms_default_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQKIT_DATA", "")
    assert cache_dir().name.lower().startswith("seqkit") or "seqkit" in cache_dir().parts
    assert cache_dir().is_absolute()


def test_complete_download_leaves_only_the_file(shop: Shop, cache: Path) -> None:
    path = fetch("weather", "data.csv", url=shop.url, sha256=SHA256)
    assert path == cache / "weather" / "data.csv"
    assert path.read_bytes() == CONTENT
    assert left_in(path.parent) == {"data.csv"}


def test_cached_file_is_not_downloaded_again(shop: Shop, cache: Path) -> None:
    first = fetch("weather", "data.csv", url=shop.url)
    assert fetch("weather", "data.csv", url=shop.url) == first
    assert len(shop.ranges) == 1


def test_download_is_reported_on_stderr_only(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    fetch("weather", "data.csv", url=shop.url)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "Downloading data.csv (0.5 MB)\n"


def test_bar_is_drawn_on_a_terminal(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch("weather", "data.csv", url=shop.url)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "540.0/540.0 kB" in captured.err


def test_download_can_be_silent(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    fetch("weather", "data.csv", url=shop.url, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("version", ["etag", "modified"])
def test_interrupted_download_resumes(shop: Shop, version: str) -> None:
    if version == "modified":
        shop.etag, shop.modified = None, "Wed, 21 Oct 2015 07:28:00 GMT"
    shop.cuts = [4 * BLOCK]
    assert fetch("weather", "data.csv", url=shop.url, sha256=SHA256).read_bytes() == CONTENT
    assert shop.ranges == [None, f"bytes={4 * BLOCK}-"]


def test_next_command_resumes_a_failed_download(shop: Shop, cache: Path) -> None:
    shop.cuts = [3 * BLOCK, 2 * BLOCK, BLOCK]
    with pytest.raises(SeqkitError, match=r"was interrupted: .*Run the same command again to resume it"):
        fetch("weather", "data.csv", url=shop.url)
    assert not (cache / "weather" / "data.csv").exists()
    assert (cache / "weather" / "data.csv.part").stat().st_size == 6 * BLOCK
    assert fetch("weather", "data.csv", url=shop.url).read_bytes() == CONTENT
    assert shop.ranges == [None, *(f"bytes={n * BLOCK}-" for n in (3, 5, 6))]


def test_short_partial_response_is_not_taken_for_the_rest(shop: Shop) -> None:
    shop.cuts, shop.piece = [4 * BLOCK], 3 * BLOCK
    assert fetch("weather", "data.csv", url=shop.url, sha256=SHA256).read_bytes() == CONTENT
    assert shop.ranges == [None, f"bytes={4 * BLOCK}-", f"bytes={7 * BLOCK}-"]


def test_request_disables_compression(shop: Shop) -> None:
    fetch("weather", "data.csv", url=shop.url)
    assert shop.encodings == ["identity"]


def test_server_without_ranges_restarts_the_download(shop: Shop) -> None:
    shop.with_ranges, shop.cuts = False, [4 * BLOCK]
    assert fetch("weather", "data.csv", url=shop.url, sha256=SHA256).read_bytes() == CONTENT
    assert shop.ranges == [None, f"bytes={4 * BLOCK}-"]


def test_two_versions_of_a_file_are_never_joined(shop: Shop) -> None:
    shop.cuts = [100_000] * 3
    with pytest.raises(SeqkitError):
        fetch("weather", "data.csv", url=shop.url)
    shop.content, shop.etag = CONTENT[::-1], '"two"'
    assert fetch("weather", "data.csv", url=shop.url).read_bytes() == CONTENT[::-1]


def test_partial_download_of_unknown_version_is_not_resumed(shop: Shop) -> None:
    shop.etag, shop.cuts = 'W/"weak"', [100_000]
    assert fetch("weather", "data.csv", url=shop.url).read_bytes() == CONTENT
    assert shop.ranges == [None, None]


def test_wrong_range_is_not_joined(shop: Shop) -> None:
    shop.cuts, shop.shifted = [BLOCK], 7
    assert fetch("weather", "data.csv", url=shop.url).read_bytes() == CONTENT
    assert shop.ranges == [None, f"bytes={BLOCK}-", None]


def test_partial_download_of_full_length_is_downloaded_again(shop: Shop, cache: Path) -> None:
    (cache / "weather").mkdir(parents=True)
    (cache / "weather" / "data.csv.part").write_bytes(b"x" * len(CONTENT))
    (cache / "weather" / "data.csv.part.version").write_text('"one"')
    path = fetch("weather", "data.csv", url=shop.url)
    assert path.read_bytes() == CONTENT
    assert left_in(path.parent) == {"data.csv"}


def test_content_length_is_required_if_nothing_else_verifies_the_file(shop: Shop, cache: Path) -> None:
    shop.with_length = False
    with pytest.raises(DataError, match="sends no content length"):
        fetch("weather", "data.csv", url=shop.url)
    assert left_in(cache / "weather") == set()
    assert fetch("weather", "data.csv", url=shop.url, sha256=SHA256).read_bytes() == CONTENT


def test_truncated_file_of_unknown_length_fails_its_checksum(shop: Shop, cache: Path) -> None:
    shop.with_length, shop.cuts = False, [300_000]
    with pytest.raises(DataError, match="SHA-256"):
        fetch("weather", "data.csv", url=shop.url, sha256=SHA256)
    assert left_in(cache / "weather") == set()


def test_wrong_checksum_is_reported(shop: Shop, cache: Path) -> None:
    shop.content = b"something else"
    digest = hashlib.sha256(shop.content).hexdigest()
    with pytest.raises(DataError, match=f"a file with SHA-256 {digest}, expected {SHA256}"):
        fetch("weather", "data.csv", url=shop.url, sha256=SHA256)
    assert left_in(cache / "weather") == set()


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>Sign in</html>", b"\n <HTML><body>Quota exceeded</body></HTML>"]
)
@pytest.mark.parametrize("name", ["data.csv", "data.csv.zip"])
def test_web_page_instead_of_a_file_is_reported(shop: Shop, cache: Path, page: bytes, name: str) -> None:
    shop.content = page
    with pytest.raises(DataError, match="returned a web page"):
        fetch("weather", "data.csv", url=shop.url.replace("data.csv", name))
    assert left_in(cache / "weather") == set()


def test_download_that_fails_the_check_is_deleted(shop: Shop, cache: Path) -> None:
    def check(path: Path) -> None:
        raise DataError(f"it has {path.stat().st_size} bytes, expected 7.")

    with pytest.raises(DataError, match=r"The download of data.csv .* it has 540019 bytes, expected 7\."):
        fetch("weather", "data.csv", url=shop.url, check=check)
    assert left_in(cache / "weather") == set()


def test_file_saved_by_hand_is_checked_and_not_deleted(shop: Shop, cache: Path) -> None:
    def check(path: Path) -> None:
        if path.read_bytes() != CONTENT:
            raise DataError("it is truncated.")

    (cache / "weather").mkdir(parents=True)
    (cache / "weather" / "data.csv").write_bytes(CONTENT[:-1])
    with pytest.raises(DataError, match=r"weather.data\.csv is not the expected file: it is truncated\. Delete it"):
        fetch("weather", "data.csv", url=shop.url, check=check)
    assert (cache / "weather" / "data.csv").read_bytes() == CONTENT[:-1]
    (cache / "weather" / "data.csv").write_bytes(CONTENT)
    assert fetch("weather", "data.csv", url=shop.url, check=check).read_bytes() == CONTENT
    assert shop.ranges == []


@pytest.mark.parametrize("status", [403, 404, 503])
def test_server_error_says_where_to_save_the_file_by_hand(shop: Shop, cache: Path, status: int) -> None:
    shop.status = status
    with pytest.raises(NotFoundError) as refusal:
        fetch("weather", "data.csv", url=shop.url)
    assert f"{shop.url} returned {status}" in str(refusal.value)
    assert f"Download {shop.url} by hand and save it as {cache / 'weather' / 'data.csv'}." in str(refusal.value)


def test_offline_message_names_url_and_path(cache: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/data.csv"
    with pytest.raises(NotFoundError) as refusal:
        fetch("weather", "data.csv", url=url)
    assert str(refusal.value) == (
        f"data.csv is not in the cache and {url.split('/')[2]} could not be reached. "
        f"Download {url} by hand and save it as {cache / 'weather' / 'data.csv'}."
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="whoever may write anywhere cannot be refused")
def test_unwritable_cache_is_reported(shop: Shop, cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o500)
    with pytest.raises(SeqkitError, match="SEQKIT_DATA"):
        fetch("weather", "data.csv", url=shop.url)


def test_cache_that_is_not_a_folder_is_reported(shop: Shop, cache: Path) -> None:
    cache.write_text("a file")
    with pytest.raises(SeqkitError, match=r"cannot be read or written: .*set SEQKIT_DATA to another folder"):
        fetch("weather", "data.csv", url=shop.url)


def test_file_is_read_from_a_read_only_cache(shop: Shop, cache: Path) -> None:
    (cache / "weather").mkdir(parents=True)
    (cache / "weather" / "data.csv").write_bytes(CONTENT)
    (cache / "weather").chmod(0o500)
    assert fetch("weather", "data.csv", url=shop.url).read_bytes() == CONTENT
    assert shop.ranges == []


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("data.csv.zip", zipped({"read me.txt": b"notes", "data.csv": CONTENT})),
        ("some+data.zip", zipped({"inside/a/folder/data.csv": CONTENT})),
        ("data.csv.gz", gzip.compress(CONTENT)),
        ("data.tar.gz", tarred({"notes.txt": b"notes", "folder/data.csv": CONTENT}, mode="w:gz")),
    ],
)
def test_file_is_unpacked_from_its_archive(shop: Shop, cache: Path, name: str, packed: bytes) -> None:
    shop.content = packed
    sha256 = hashlib.sha256(packed).hexdigest()
    path = fetch("weather", "data.csv", url=shop.url.replace("data.csv", name) + "?download=1", sha256=sha256)
    assert path.read_bytes() == CONTENT
    assert left_in(cache / "weather") == {name, "data.csv"}


def test_archive_saved_by_hand_is_unpacked(shop: Shop, cache: Path) -> None:
    (cache / "weather").mkdir(parents=True)
    (cache / "weather" / "data.csv.zip").write_bytes(zipped({"data.csv": CONTENT}))
    assert fetch("weather", "data.csv", url=shop.url + ".zip").read_bytes() == CONTENT
    assert shop.ranges == []


PACKED = pytest.mark.parametrize(
    ("pack", "suffix"), [(zipped, ".zip"), (partial(tarred, mode="w:gz"), ".tar.gz")], ids=["zip", "tar"]
)


@PACKED
def test_archive_members_never_escape_the_cache(shop: Shop, cache: Path, pack, suffix) -> None:
    shop.content = pack({"../../../escaped.csv": b"out", "/tmp/escaped.csv": b"out", "../../data.csv": CONTENT})
    path = fetch("weather", "data.csv", url=shop.url + suffix)
    assert path.read_bytes() == CONTENT
    everything = {str(p.relative_to(cache.parent)) for p in cache.parent.rglob("*") if p.is_file()}
    assert everything == {"cache/weather/data.csv", f"cache/weather/data.csv{suffix}"}
    assert not Path("/tmp/escaped.csv").exists()


@PACKED
def test_link_in_an_archive_is_not_followed(shop: Shop, cache: Path, pack, suffix) -> None:
    shop.content = pack({"other.csv": b"1"}, links={"data.csv": "/etc/passwd"})
    with pytest.raises(DataError, match=r"contains no files called data\.csv; it contains: other\.csv"):
        fetch("weather", "data.csv", url=shop.url + suffix)
    assert not (cache / "weather" / "data.csv").exists()


def test_ambiguous_archive_member_is_refused(shop: Shop) -> None:
    shop.content = zipped({"a/data.csv": b"1", "b/data.csv": b"2"})
    with pytest.raises(DataError, match="contains 2 files called data"):
        fetch("weather", "data.csv", url=shop.url + ".zip")


NOISE = random.Random(0).randbytes(10_000)
BROKEN = {
    "another checksum inside": (".zip", zipped({"data.csv": NOISE}).replace(NOISE[5_000:5_008], b"replaced")),
    "cut off": (".gz", gzip.compress(CONTENT)[:-20]),
    "not compressed": (".gz", gzip.compress(CONTENT)[:10] + b"\xff" * 100),
    "cut off within": (".tar.gz", tarred({"data.csv": NOISE}, mode="w:gz")[:-500]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_damaged_archive_is_reported_and_leaves_no_file(shop: Shop, cache: Path, case: str) -> None:
    suffix, shop.content = BROKEN[case]
    with pytest.raises(
        DataError, match=r"data\.csv\.[a-z.]+ is (damaged: .*|not an archive\.) Delete it to download it again"
    ):
        fetch("weather", "data.csv", url=shop.url + suffix)
    assert left_in(cache / "weather") == {f"data.csv{suffix}"}


def test_download_that_is_not_an_archive_is_reported(shop: Shop, cache: Path) -> None:
    with pytest.raises(DataError, match="a file that is not an archive: it starts with b'date time"):
        fetch("weather", "data.csv", url=shop.url + ".zip")
    assert left_in(cache / "weather") == set()


def test_unpacked_file_is_checked_before_the_rename(shop: Shop, cache: Path) -> None:
    def check(path: Path) -> None:
        raise DataError("it is not mine.")

    shop.content = zipped({"data.csv": CONTENT})
    with pytest.raises(DataError, match="it is not mine"):
        fetch("weather", "data.csv", url=shop.url + ".zip", check=check)
    assert left_in(cache / "weather") == {"data.csv.zip"}
