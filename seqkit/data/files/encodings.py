"""Text encodings: validates UTF-8, converts other encodings, and suggests the likely one in messages.

An encoding other than UTF-8 is suggested, never assumed: a wrong guess corrupts letters silently.
"""

import codecs

from seqkit.errors import DataError, UsageError

_CHUNK = 1 << 24
_MIN_SEQUENCES = 20
_LEAD_BYTES = [bytes([byte]) for byte in range(0xC2, 0xF5)]
_WIDE_CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "utf-8-sig")
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = [bytes([byte]) for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1b"]
_DISPLAY = {
    "cp949": "CP949 (Korean)",
    "latin-1": "Latin-1 (Western European)",
    "cp1252": "Windows-1252 (Western European)",
}


def to_utf8(data: bytes, encoding: str, name: str) -> bytes:
    """Returns a text as UTF-8 without a byte order mark.

    Args:
        data: Content of the file.
        encoding: Encoding of the content; "utf-8" accepts a byte order mark.
        name: Name of the file in messages.

    Raises:
        UsageError: The encoding is unknown.
        DataError: The bytes are not in that encoding (the message names the place and the likely encoding), or contain
            NULs.
    """
    try:
        codec = codecs.lookup(encoding).name
        b"a".decode(codec, "replace")  # bytes-to-bytes codecs such as hex are not text encodings
    except (LookupError, ValueError) as error:
        raise UsageError(
            f"Unknown text encoding '{encoding}'. Use --encoding with one such as utf-8, latin-1, cp949 or utf-16."
        ) from error
    if codec not in ("utf-8", "utf-8-sig"):
        return _transcoded(data, codec, encoding, name)
    refuse_utf16(data, name)
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    if (place := _first_not_utf8(data)) is not None:
        raise DataError(
            f"{name} is not UTF-8: byte 0x{data[place]:02X} in {_position(data, place)}. {suggest_encoding(data)}"
        )
    _refuse_nuls(data, name)
    return data


def _transcoded(data: bytes, codec: str, encoding: str, name: str) -> bytes:
    try:
        text = data.decode(codec)
    except UnicodeError as error:  # some codecs do not report the position
        reason = " ".join(str(error).split())
        if isinstance(error, UnicodeDecodeError):
            reason = f"{error.reason} in {_position(data, error.start)}"
        raise DataError(
            f"{name} is not {encoding}: {reason}. "
            + ("It is valid UTF-8: omit --encoding." if _first_not_utf8(data) is None else suggest_encoding(data))
        ) from error
    if codec not in _WIDE_CODECS and is_surely_utf8(data):
        raise DataError(
            f"{name} is UTF-8, not {encoding}, which would read other letters without an error. Omit --encoding, or "
            f"for a run that was trained on files in {encoding}, save the file in it."
        )
    recoded = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    _refuse_nuls(recoded, name)
    return recoded


def is_surely_utf8(data: bytes) -> bool:
    """Returns whether bytes are UTF-8 with so many letters beyond ASCII that no other encoding gives them by chance."""
    if data.isascii() or _first_not_utf8(data) is not None:
        return False
    sequences = sum(map(data.count, _LEAD_BYTES))
    return sequences >= _MIN_SEQUENCES


def refuse_utf16(data: bytes, name: str) -> None:
    """Raises DataError if the beginning of a file looks like UTF-16; `name` is the file's name in messages."""
    codec = next((codec for bom, codec in _BOMS if data.startswith(bom)), None)
    if codec is None:
        # In UTF-16 text, many bytes at either the even or the odd positions are NUL.
        head = data[:4096]
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if len(head) < 8 or max(even, odd) < 0.15 * len(head) or min(even, odd) > 0.1 * max(even, odd):
            return
        codec = "utf-16-le" if odd > even else "utf-16-be"
    raise DataError(
        f"{name} is not UTF-8: it looks like UTF-16 from byte 1 of line 1. Read it with --encoding {codec}."
    )


def _refuse_nuls(data: bytes, name: str) -> None:
    place = data.find(0)
    if place >= 0:
        raise DataError(
            f"{name} contains binary data: a NUL byte in {_position(data, place)}. "
            "Pass a CSV or TSV file, gzipped or not, or a Parquet file."
        )


def _first_not_utf8(data: bytes) -> int | None:
    """Returns the position of the first byte that is not UTF-8, or None; decodes in chunks to limit memory."""
    if data.isascii():
        return None
    view, place = memoryview(data), 0
    while place < len(data):
        end = place + _CHUNK
        try:
            place += codecs.utf_8_decode(view[place:end], "strict", end >= len(data))[1]
        except UnicodeDecodeError as error:
            return place + error.start
    return None


def _position(data: bytes, place: int) -> str:
    line = data.count(b"\n", 0, place) + 1
    return f"line {line:,} (byte {place + 1:,} of the file)"


def suggest_encoding(data: bytes) -> str:
    """Returns the likely encoding of the bytes and the flag that reads it, as a sentence for messages."""
    sample = data[: 1 << 20] if not data[: 1 << 20].isascii() else data
    repaired = sample.decode("utf-8", "replace")
    damaged = repaired.count("\ufffd")
    if sum(map(sample.count, _CONTROLS)) > 0.01 * len(sample):
        return "It contains control characters throughout, so it is not text: pass a text file."
    if sum(character > "\x7f" for character in repaired) - damaged > 4 * damaged:
        return "Everything else is UTF-8, so the file is damaged there: fix that line."
    codec = "cp949" if _is_korean(sample) else "latin-1"
    if codec == "latin-1" and any(0x80 <= byte <= 0x9F for byte in sample):
        codec = "cp1252"
    return f"It looks like {_DISPLAY[codec]}. Read it with --encoding {codec}, or save it as UTF-8."


def _is_korean(data: bytes) -> bool:
    """Whether nearly all non-ASCII bytes are pairs of the common Korean block of CP949.

    In Western text, bytes above 0x7F occur singly between ASCII letters; in Korean they occur in pairs, whose first
    byte is 0xB0 to 0xC8 for a syllable and 0xA1 to 0xAC for a symbol (KS X 1001).
    """
    high = paired = syllables = 0
    position = 0
    while position < len(data):
        first = data[position]
        if first < 0x80:
            position += 1
            continue
        second = data[position + 1] if position + 1 < len(data) else 0
        is_syllable = 0xB0 <= first <= 0xC8
        if second >= 0xA1 and (is_syllable or 0xA1 <= first <= 0xAC):
            high, paired, syllables, position = high + 2, paired + 2, syllables + is_syllable, position + 2
        else:
            high, position = high + 1, position + 1
    return syllables > 0 and paired >= 0.8 * high
