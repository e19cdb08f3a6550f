"""Untrusted archives: hostile members are refused, and damaged or truncated archives are reported."""

import gzip
import io
import struct
import tarfile
import tracemalloc
import zipfile

import pytest

from seqkit.data.files import archives
from seqkit.data.files.archives import expand_gzip, read_archive
from seqkit.errors import DataError
from tests.archives import tarred, zipped


def everything(path: str) -> bool:
    return True


@pytest.mark.parametrize(
    "path", ["../x.txt", "pos/../../x.txt", "/etc/x.txt", "C:/x.txt", "c:x.txt", "..\\x.txt", "\\x"]
)
@pytest.mark.parametrize("pack", [tarred, zipped])
def test_path_traversal_is_refused_by_name(pack, path):
    with pytest.raises(DataError, match=r"x contains '.*', a path outside the archive") as error:
        read_archive(pack({"pos/1.txt": b"x", path: b"y"}), "x", everything)
    assert path.replace("\\", "/") in str(error.value).replace("\\\\", "/").replace("\\", "/")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (tarfile.SYMTYPE, "a link to '/etc/passwd'"),
        (tarfile.LNKTYPE, "a link to '/etc/passwd'"),
        (tarfile.CHRTYPE, "neither a file nor a folder"),
        (tarfile.BLKTYPE, "neither a file nor a folder"),
        (tarfile.FIFOTYPE, "neither a file nor a folder"),
        (tarfile.GNUTYPE_SPARSE, "sparse file"),
    ],
)
def test_link_or_device_is_refused_by_name(kind, message):
    member = tarfile.TarInfo("pos/odd.txt")
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(DataError, match=message) as error:
        read_archive(tarred({"pos/1.txt": b"x"}, member), "x", everything)
    assert "'pos/odd.txt'" in str(error.value)


@pytest.mark.parametrize(("mode", "message"), [(0o120777, "a link"), (0o020666, "neither a file nor a folder")])
def test_link_or_device_in_a_zip_archive_is_refused_by_name(mode, message):
    member = zipfile.ZipInfo("pos/odd.txt")
    member.create_system, member.external_attr = 3, mode << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(DataError, match=f"'pos/odd.txt', {message}"):
        read_archive(buffer.getvalue(), "x", everything)


FILES = {f"pos/{number}.txt": bytes([65 + number % 26]) * 700 for number in range(20)}


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_truncated_tar_reports_how_much_was_readable(share):
    data = tarred(FILES)
    whole = len(FILES) * 1536  # a header and two blocks each
    cut = data[: int(whole * share)]
    read = int(whole * share) // 1536
    with pytest.raises(DataError, match=rf"x is truncated: .*\D{read} texts? \({read * 700:,} bytes\) were readable"):
        read_archive(cut, "x", everything)


def test_tar_that_ends_between_two_members_is_truncated():
    with pytest.raises(DataError, match=r"truncated.* 5 texts \(3,500 bytes\)"):
        read_archive(tarred(FILES)[: 5 * 1536], "x", everything)


def test_truncated_gzip_and_zip_are_reported():
    packed = gzip.compress(tarred(FILES))
    with pytest.raises(DataError, match=r"truncated.*texts? .* were readable"):
        read_archive(packed[: len(packed) // 2], "x", everything)
    with pytest.raises(DataError, match=r"truncated.* 20 texts .* were readable"):
        read_archive(packed[:-4], "x", everything)  # only the checksum is missing
    with pytest.raises(DataError, match=r"truncated.* 0 texts .* were readable"):
        read_archive(zipped(FILES)[:-100], "x", everything)


def test_damaged_archives_are_distinguished_from_truncated_ones():
    data = bytearray(tarred(FILES))
    data[3 * 1536 + 10] ^= 1  # the fourth header, whose checksum no longer fits
    with pytest.raises(DataError, match=r"damaged archive: .* 3 texts \(2,100 bytes\) were readable"):
        read_archive(bytes(data), "x", everything)
    packed = bytearray(gzip.compress(tarred(FILES)))
    packed[-8] ^= 1
    with pytest.raises(DataError, match="damaged archive: CRC check failed"):
        read_archive(bytes(packed), "x", everything)
    entries = bytearray(zipped(FILES, zipfile.ZIP_STORED))
    entries[40] ^= 1
    with pytest.raises(DataError, match="damaged archive: Bad CRC-32"):
        read_archive(bytes(entries), "x", everything)
    deflated = bytearray(zipped({"pos/1.txt": bytes(range(256)) * 9}))
    deflated[39:60] = b"\xff" * 21
    with pytest.raises(DataError, match=r"the member 'pos/1\.txt' cannot be read: Error -3"):
        read_archive(bytes(deflated), "x", everything)
    with pytest.raises(DataError, match=r"damaged archive: 'pos/1\.txt' is shorter than declared"):
        read_archive(zip_that_claims(1000), "x", everything)
    with pytest.raises(DataError, match=r"damaged archive: the member 'pos/1\.txt' has a negative size"):
        read_archive(header("pos/1.txt", -512) + bytes(1024), "x", everything)
    with pytest.raises(DataError, match="damaged archive"):
        read_archive(b"no archive at all" * 100, "x", everything)


def peak_memory(call) -> int:
    """Peak memory in bytes of a call that is refused."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"expands to .* bytes|contains a name of"):
            call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


def zip_that_claims(size: int) -> bytes:
    data = bytearray(zipped({"pos/1.txt": b"x"}))
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, size)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        header("pos/1.txt", 1 << 40) + bytes(1024),
        gzip.compress(header("pos/1.txt", 1 << 40) + bytes(1 << 20)),
        header("long", 1 << 30, tarfile.GNUTYPE_LONGNAME) + bytes(1024),
        header("pax", 1 << 30, tarfile.XHDTYPE) + bytes(1024),
        zip_that_claims((1 << 32) - 2),
        zipped({"pos/1.txt": bytes((100 << 20) + 1)}),
    ],
    ids=["tar", "tar.gz", "long name", "pax header", "zip that lies", "zip"],
)
def test_absurd_size_is_refused_before_memory_is_allocated(data):
    assert peak_memory(lambda: read_archive(data, "x", everything)) < 4 << 20


def test_decompression_bombs_are_refused_while_expanding(monkeypatch):
    monkeypatch.setattr(archives, "MIN_EXPANSION_LIMIT", 1 << 20)
    bomb = gzip.compress(tarred({f"pos/{number}.txt": bytes(1 << 16) for number in range(160)}))
    assert len(bomb) * 200 < 10 << 20
    with pytest.raises(DataError, match=r"expands to more than [\d,]+ bytes.* 200 times the size.*pass the folder"):
        read_archive(bomb, "x", everything)
    with pytest.raises(DataError, match="expands to more than"):
        expand_gzip(gzip.compress(bytes(10 << 20)), "x")
    fine = gzip.compress(tarred({f"pos/{number}.txt": bytes(1 << 16) for number in range(15)}))
    assert len(read_archive(fine, "x", everything)[0]) == 15


def test_zip_member_that_expands_beyond_its_declared_size_takes_no_more_memory():
    data = bytearray(zipped({"pos/1.txt": bytes(64 << 20)}))
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, 10)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"Bad CRC-32"):
            read_archive(bytes(data), "x", everything)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_encrypted_member_and_unsupported_compression_are_refused():
    data = bytearray(zipped({"pos/1.txt": b"x"}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match=r"'pos/1\.txt' is encrypted"):
        read_archive(bytes(data), "x", everything)
    with pytest.raises(DataError, match=r"'pos/1\.txt' uses an unsupported compression method"):
        read_archive(zipped({"pos/1.txt": b"x"}, zipfile.ZIP_BZIP2), "x", everything)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_and_long_texts_are_read(form):
    files = {f"{'data' * 60}/{label * 90}/{'x' * 120}.txt": label.encode() * (3 << 20) for label in "ab"}
    assert read_archive(tarred(files, form=form), "x", everything) == (files, [])


def test_only_selected_files_are_read_and_the_others_listed():
    files = {"pos/1.txt": b"x", "b/./2.csv": b"y"}
    for pack in (tarred, zipped):
        assert read_archive(pack(files), "x", lambda path: path.endswith(".txt")) == ({"pos/1.txt": b"x"}, ["b/2.csv"])


def test_duplicate_path_is_refused():
    twice = tarred({"pos/1.txt": b"x", "./pos//1.txt": b"y"})
    with pytest.raises(DataError, match=r"contains 'pos/1\.txt' twice"):
        read_archive(twice, "x", everything)
