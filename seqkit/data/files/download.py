"""Cache of public data sets, `<dataset>/<original file name>`: downloads each file once and verifies it.

A download is written to a temporary file, verified against the server's content length, the checksum or the dataset's
own check, flushed to disk, and only then renamed. Without a length and a checksum, only an archive can be verified. An
interrupted download resumes where it stopped. Offline, the message says where to put the file by hand.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from seqkit.data.files.download_archives import DAMAGED, is_archive, open_member, verify_gzip
from seqkit.errors import DataError, NotFoundError, SeqkitError

if TYPE_CHECKING:
    import requests

_ARCHIVES = (".zip", ".gz", ".tgz", ".tar")
_ATTEMPTS = 3
_TIMEOUT = (15, 60)  # connect and read timeouts in seconds
_BLOCK = 1 << 16


def cache_dir() -> Path:
    """Returns the folder of the data sets: `SEQKIT_DATA`, or the platform's cache folder."""
    folder = os.environ.get("SEQKIT_DATA")
    if folder:
        return Path(folder).expanduser()
    import pooch

    return Path(pooch.os_cache("seqkit"))


def fetch(
    dataset: str,
    file: str,
    *,
    url: str,
    sha256: str | None = None,
    check: Callable[[Path], None] | None = None,
    progress: bool = True,
) -> Path:
    """Returns the path of a dataset's file, downloading it if it is not in the cache.

    Args:
        dataset: Name of the dataset: the folder in the cache.
        file: Name of the file in that folder.
        url: Download URL. If it names an archive (.zip, .gz, .tgz, .tar) and `file` does not, the archive is downloaded
            next to the file, and only the member called `file` is unpacked from it.
        sha256: Checksum of the download, if known.
        check: Raises `DataError` if the file at the given path is not the dataset. It is called every time, so files
            put there by hand are checked too.
        progress: Whether to show the progress of a download on stderr.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded. The message says from where to download
            it and where to put it.
        DataError: The download, or the file in the cache, is not the expected file.
        SeqkitError: The download failed midway, or the cache cannot be written.
    """
    path = cache_dir() / dataset / file
    try:
        if path.is_file():
            _run_check(path, path, check)
            return path
        download = path.with_name(_file_name(url)) if _is_packed(url, file) else path
        if not download.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            by_hand = f"Download {url} by hand and save it as {download}."
            # A check may count rows, and a truncated row still counts as one: only an archive can prove it is complete.
            suffixes = (".zip",) if check is None else (".zip", ".gz", ".tgz")
            verifiable = sha256 is not None or (download != path and download.suffix in suffixes)
            part, has_length = _download(url, download, by_hand, progress, length_needed=not verifiable)
            _verify(part, url, sha256)
            if download == path:
                _run_check(part, path, check)
            elif not has_length and sha256 is None:
                _unpack_unverified(part, path, check, f"{url} sends no content length. {by_hand}")
            _finish(part, download)
        if not path.is_file():
            _unpack(download, path, check)
    except OSError as error:
        raise SeqkitError(
            f"{error.filename or path} cannot be read or written: {error.strerror or error}. Free some space, or set "
            f"SEQKIT_DATA to another folder (currently {cache_dir()})."
        ) from error
    return path


def _file_name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def _is_packed(url: str, file: str) -> bool:
    return _file_name(url).endswith(_ARCHIVES) and not file.endswith(_ARCHIVES)


def _download(url: str, path: Path, by_hand: str, progress: bool, *, length_needed: bool) -> tuple[Path, bool]:
    """Downloads `url` into a temporary file next to `path`, resuming an earlier attempt.

    Returns:
        That file, and whether its length was verified against the server's content length.
    """
    part = path.with_name(path.name + ".part")
    import requests

    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            response = _request(url, part)
        except requests.RequestException as error:
            if reason:
                break
            raise NotFoundError(f"{path.name} is not in the cache and {_summarise(error, url)}. {by_hand}") from error
        with response:
            if response.status_code == 416 or (response.status_code == 206 and not _continues(response, part)):
                _discard(part)
                reason = "the server did not resume it"
                continue
            if response.status_code not in (200, 206):
                raise NotFoundError(
                    f"{path.name} is not in the cache and {url} returned {response.status_code} {response.reason}. "
                    f"{by_hand}"
                )
            try:
                total = _receive(response, part, path.name, progress)
            except requests.RequestException as error:
                reason = _summarise(error, url)
                continue
        if total is None and length_needed:
            _discard(part)
            raise DataError(f"{url} sends no content length, so the download cannot be verified. {by_hand}")
        if total is None or part.stat().st_size == total:
            return part, total is not None
        reason = f"received {part.stat().st_size:,} of {total:,} bytes"
        if part.stat().st_size > total:
            _discard(part)
    resume = "Run the same command again to resume it." if _version_file(part).exists() else "Try again."
    raise SeqkitError(f"The download of {url} was interrupted: {reason}. {resume} {by_hand}")


def _request(url: str, part: Path) -> "requests.Response":
    """Requests all of `url`, or only the rest if `part` is an incomplete download of the same version."""
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": "seqkit"}
    if part.is_file() and part.stat().st_size and _version_file(part).is_file():
        headers["Range"] = f"bytes={part.stat().st_size}-"
        headers["If-Range"] = _version_file(part).read_text(encoding="utf-8")
    return requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT)


def _continues(response: "requests.Response", part: Path) -> bool:
    """Whether the response starts where `part` ends."""
    content_range = response.headers.get("Content-Range", "")  # "bytes first-last/total"
    return part.is_file() and content_range.startswith(f"bytes {part.stat().st_size}-")


def _receive(response: "requests.Response", part: Path, name: str, progress: bool) -> int | None:
    """Writes the response to `part` and returns the size in bytes of the whole file, if the server sends it."""
    resumed = response.status_code == 206
    length = response.headers.get("Content-Range" if resumed else "Content-Length", "").rpartition("/")[2]
    total = int(length) if length.isdigit() and "Content-Encoding" not in response.headers else None
    entity_tag = response.headers.get("ETag", "W/")
    version = response.headers.get("Last-Modified") if entity_tag.startswith("W/") else entity_tag
    if version and total is not None:
        _version_file(part).write_text(version, encoding="utf-8")
    else:
        _version_file(part).unlink(missing_ok=True)
    with part.open("ab" if resumed else "wb") as file:
        with _progress(name, total, file.tell(), progress) as advance:
            for block in response.iter_content(_BLOCK):
                file.write(block)
                advance(len(block))
        file.flush()
        os.fsync(file.fileno())
    return total


@contextmanager
def _progress(name: str, total: int | None, done: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Shows progress on stderr: a bar on a terminal, otherwise a single line."""
    if not shown or not sys.stderr.isatty():
        if shown:
            size = "" if total is None else f" ({total / 1e6:.1f} MB)"
            print(f"Downloading {name}{size}{', resumed' if done else ''}", file=sys.stderr)
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total, completed=done)
        yield lambda size: bar.advance(task, size)


def _verify(part: Path, url: str, sha256: str | None) -> None:
    """Refuses and deletes a download that is not the expected file."""
    with part.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    wrong = None
    if start.startswith((b"<!doctype html", b"<html")):
        wrong = "a web page (a login, an error or a notice) instead of the file"
    elif sha256 is not None:
        import pooch

        digest = pooch.file_hash(str(part), alg="sha256")
        if digest != sha256:
            wrong = f"a file with SHA-256 {digest}, expected {sha256}"
    elif _file_name(url).endswith(_ARCHIVES) and not is_archive(part):
        wrong = f"a file that is not an archive: it starts with {start[:20]!r}"
    if wrong is not None:
        _discard(part)
        raise DataError(f"{url} returned {wrong}. The download was deleted.")


def _run_check(file: Path, path: Path, check: Callable[[Path], None] | None) -> None:
    """Runs the dataset's check on a file; a download that fails it is deleted."""
    if check is None:
        return
    try:
        check(file)
    except DataError as error:
        if file == path:
            raise DataError(f"{path} is not the expected file: {error} Delete it to download it again.") from error
        _discard(file)
        raise DataError(
            f"The download of {path.name} is not the expected file: {error} The download was deleted."
        ) from error


def _finish(part: Path, path: Path) -> None:
    """Renames a complete download to its final name, durably."""
    os.replace(part, path)
    _discard(part)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unpack(archive: Path, path: Path, check: Callable[[Path], None] | None) -> None:
    """Unpacks only the member with the name of `path`: paths in an archive never decide where a file is written."""
    part = path.with_name(path.name + ".part")
    try:
        with open_member(archive, path.name) as packed, part.open("wb") as file:
            while block := packed.read(_BLOCK):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except DAMAGED as error:
        _discard(part)
        raise DataError(f"{archive} is damaged: {error}. Delete it to download it again.") from error
    _run_check(part, path, check)
    _finish(part, path)


def _unpack_unverified(part: Path, path: Path, check: Callable[[Path], None] | None, why: str) -> None:
    """Unpacks an archive that may be truncated, and deletes it if it is damaged."""
    try:
        verify_gzip(part)
        _unpack(part, path, check)
    except DataError as error:
        _discard(part)
        reason = str(error).removesuffix(" Delete it to download it again.")
        raise DataError(f"{reason} The download may be truncated and was deleted: {why}") from error


def _summarise(error: "requests.RequestException", url: str) -> str:
    """Describes a network error in one clause, without the library's own text."""
    import requests

    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return f"the certificate of {host} could not be verified"
    if isinstance(error, requests.Timeout):
        return f"{host} did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"{host} closed the connection"
    return f"{host} could not be reached"


def _version_file(part: Path) -> Path:
    """Returns the file with the version of an incomplete download, so that two versions are never joined."""
    return part.with_name(part.name + ".version")


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _version_file(part).unlink(missing_ok=True)
