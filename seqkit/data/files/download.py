"""The cache of public data: `<dataset>/<original file name>`, downloaded once, checked, and never half there.

A file gets its name when it is whole: what comes in is written beside it, compared with the length the server told,
with the checksum or with what the dataset knows of its content, brought to disk, and only then renamed. Where neither
a length nor a checksum is told, only an archive can say that it is whole. A download that breaks off goes on where it
stopped. Whoever is offline is told where to put the file by hand.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from seqkit.data.files.download_archives import DAMAGED, is_archive, member, read_through
from seqkit.errors import DataError, NotFoundError, SeqkitError

if TYPE_CHECKING:
    import requests

_ARCHIVES = (".zip", ".gz", ".tgz", ".tar")
_ATTEMPTS = 3
_TIMEOUT = (15, 60)  # seconds to connect, seconds without a byte
_BLOCK = 1 << 16


def cache_dir() -> Path:
    """Returns the folder that holds the data sets: `SEQKIT_DATA`, else the platform's folder for caches."""
    chosen = os.environ.get("SEQKIT_DATA")
    if chosen:
        return Path(chosen).expanduser()
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
    """Returns the path of a dataset's file, which is downloaded unless the cache holds it.

    Args:
        dataset: Name of the dataset: the folder in the cache.
        file: Name of the file in that folder.
        url: Where it comes from. Where this names an archive (.zip, .gz, .tgz, .tar) and `file` does not, the archive
            is downloaded beside the file, and the member called `file` is unpacked from it, nothing else.
        sha256: Checksum of what `url` gives, if it is known.
        check: Raises `DataError` if the file at the path it is given is not what the dataset should be. It is asked
            every time, so that a file put there by hand is looked at too.
        progress: Whether to show on stderr how far a download is.

    Raises:
        NotFoundError: The file is not there and could not be had: offline, or the address gives none. The message says
            from where to get it and where to put it.
        DataError: What came, or what stands in the cache, is not the file.
        SeqkitError: The download broke off, or the cache cannot be written.
    """
    path = cache_dir() / dataset / file
    try:
        if path.is_file():
            _accept(path, path, check)
            return path
        download = path.with_name(_file_name(url)) if _is_packed(url, file) else path
        if not download.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            by_hand = f"Download {url} by hand and put it at {download}."
            # A check may count rows, and a row that is cut off is one: only what an archive says of itself goes for it.
            ends = (".zip",) if check is None else (".zip", ".gz", ".tgz")
            knows = sha256 is not None or (download != path and download.suffix in ends)
            part, told = _download(url, download, by_hand, progress, length_needed=not knows)
            _verify(part, url, sha256)
            if download == path:
                _accept(part, path, check)
            elif not told and sha256 is None:
                _unpack_unsure(part, path, check, f"{url} does not tell its length. {by_hand}")
            _keep(part, download)
        if not path.is_file():
            _unpack(download, path, check)
    except OSError as error:
        raise SeqkitError(
            f"{error.filename or path} cannot be written or read: {error.strerror or error}. Free or choose another "
            f"folder: SEQKIT_DATA names it (now {cache_dir()})."
        ) from error
    return path


def _file_name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def _is_packed(url: str, file: str) -> bool:
    return _file_name(url).endswith(_ARCHIVES) and not file.endswith(_ARCHIVES)


def _download(url: str, path: Path, by_hand: str, progress: bool, *, length_needed: bool) -> tuple[Path, bool]:
    """Brings what `url` gives into a file beside `path`; goes on where an earlier try stopped.

    Returns:
        That file, and whether the server told its length, so that it is as long as it should be.
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
            raise NotFoundError(f"{path.name} is not in the cache and {_in_short(error, url)}. {by_hand}") from error
        with response:
            if response.status_code == 416 or (response.status_code == 206 and not _goes_on(response, part)):
                _forget(part)
                reason = "the server would not go on where it stopped"
                continue
            if response.status_code not in (200, 206):
                raise NotFoundError(
                    f"{path.name} is not in the cache and {url} answers {response.status_code} {response.reason}. "
                    f"{by_hand}"
                )
            try:
                total = _receive(response, part, path.name, progress)
            except requests.RequestException as error:
                reason = _in_short(error, url)
                continue
        if total is None and length_needed:
            _forget(part)
            raise DataError(f"{url} does not tell its length, so nobody can say whether it came whole. {by_hand}")
        if total is None or part.stat().st_size == total:
            return part, total is not None
        reason = f"{part.stat().st_size:,} of {total:,} bytes came"
        if part.stat().st_size > total:
            _forget(part)
    kept = "What came is kept: the same command goes on from there." if _tag(part).exists() else "Try again."
    raise SeqkitError(f"The download of {url} broke off: {reason}. {kept} {by_hand}")


def _request(url: str, part: Path) -> "requests.Response":
    """Asks for all of `url`, or for what `part` lacks of it where it is known to be the same version."""
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": "seqkit"}
    if part.is_file() and part.stat().st_size and _tag(part).is_file():
        headers["Range"] = f"bytes={part.stat().st_size}-"
        headers["If-Range"] = _tag(part).read_text(encoding="utf-8")
    return requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT)


def _goes_on(response: "requests.Response", part: Path) -> bool:
    """Whether the answer begins where `part` ends."""
    sent = response.headers.get("Content-Range", "")  # "bytes first-last/total"
    return part.is_file() and sent.startswith(f"bytes {part.stat().st_size}-")


def _receive(response: "requests.Response", part: Path, name: str, progress: bool) -> int | None:
    """Writes the answer to `part` and returns how many bytes the whole file should have, if the server says it."""
    resumed = response.status_code == 206
    told = response.headers.get("Content-Range" if resumed else "Content-Length", "").rpartition("/")[2]
    total = int(told) if told.isdigit() and "Content-Encoding" not in response.headers else None
    entity_tag = response.headers.get("ETag", "W/")
    version = response.headers.get("Last-Modified") if entity_tag.startswith("W/") else entity_tag
    if version and total is not None:
        _tag(part).write_text(version, encoding="utf-8")
    else:
        _tag(part).unlink(missing_ok=True)
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
    """A bar on a terminal, one line elsewhere; on stderr."""
    if not shown or not sys.stderr.isatty():
        if shown:
            size = "" if total is None else f" ({total / 1e6:.1f} MB)"
            print(f"Downloading {name}{size}{' from where it stopped' if done else ''}", file=sys.stderr)
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total, completed=done)
        yield lambda size: bar.advance(task, size)


def _verify(part: Path, url: str, sha256: str | None) -> None:
    """Refuses, and removes, what is not what `url` should give."""
    with part.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    wrong = None
    if start.startswith((b"<!doctype html", b"<html")):
        wrong = "a web page, not the file: a login, an error or a notice"
    elif sha256 is not None:
        import pooch

        found = pooch.file_hash(str(part), alg="sha256")
        if found != sha256:
            wrong = f"another file than expected: its SHA-256 is {found}, expected {sha256}"
    elif _file_name(url).endswith(_ARCHIVES) and not is_archive(part):
        wrong = f"no archive: it starts with {start[:20]!r}"
    if wrong is not None:
        _forget(part)
        raise DataError(f"{url} gave {wrong}. Nothing of it was kept.")


def _accept(found: Path, path: Path, check: Callable[[Path], None] | None) -> None:
    """Asks the dataset whether the file it finds is its own; what has just come and is not, is removed."""
    if check is None:
        return
    try:
        check(found)
    except DataError as error:
        if found == path:
            raise DataError(
                f"{path} is not the file it should be: {error} Remove it to have it fetched anew."
            ) from error
        _forget(found)
        raise DataError(f"What came for {path.name} is not the file it should be: {error} Nothing was kept.") from error


def _keep(part: Path, path: Path) -> None:
    """Gives a whole file its name, for good."""
    os.replace(part, path)
    _forget(part)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unpack(archive: Path, path: Path, check: Callable[[Path], None] | None) -> None:
    """Unpacks the member called as `path` is, and nothing else: no name in an archive says where anything goes."""
    part = path.with_name(path.name + ".part")
    try:
        with member(archive, path.name) as packed, part.open("wb") as file:
            while block := packed.read(_BLOCK):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except DAMAGED as error:
        _forget(part)
        raise DataError(f"{archive} is damaged: {error}. Remove it to have it fetched anew.") from error
    _accept(part, path, check)
    _keep(part, path)


def _unpack_unsure(part: Path, path: Path, check: Callable[[Path], None] | None, why: str) -> None:
    """Unpacks an archive that may be cut off before it is kept, so that what is cut off is not kept."""
    try:
        read_through(part)
        _unpack(part, path, check)
    except DataError as error:
        _forget(part)
        reason = str(error).removesuffix(" Remove it to have it fetched anew.")
        raise DataError(f"{reason} It may have been cut off, and nothing of it was kept: {why}") from error


def _in_short(error: "requests.RequestException", url: str) -> str:
    """Says what went wrong on the way, without the libraries' own words for it."""
    import requests

    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.SSLError):
        return f"the certificate of {host} could not be verified"
    if isinstance(error, requests.Timeout):
        return f"{host} did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"{host} closed the connection"
    return f"{host} could not be reached"


def _tag(part: Path) -> Path:
    """Where the version of a file that is still coming is noted, so that two versions are never joined."""
    return part.with_name(part.name + ".version")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)
