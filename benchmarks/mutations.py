"""Ways to break a file: bytes, lines, cells and numbers of a text, and the values of JSON.

Each takes the generator that draws, so that what comes out is a function of its seed and of the sound file alone.
"""

import gzip
import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

NUMBERS = (
    b"1e308", b"-1e308", b"1e-320", b"-0", b"nan", b"inf", b"-Infinity", b"99999999999999999999", b"9" * 400, b"0x10",
    b"", b"1_000", b"1,5", b"1e400", b"1e99999999", "\u0663".encode(), "\u00b2".encode(), b"+5", b".", b"-9999", b"NA",
    b"3.4e38", b"9223372036854775808", b"-9223372036854775808", b"1" + b"0" * 5000, b"?", b"True", b"null",
)  # fmt: skip
"""What may stand in a number's place."""

DATES = (
    b"0000-00-00", b"0000-01-01 00:00:00", b"9999-99-99", b"9999-12-31T23:59:60", b"2015-02-30", b"01.02.2015 03:04",
    b"1/2/15", b"2015-01-01T00:00:00+25:00", b"2015-01-01T00:00:00Z", b"2015-01-01 00:00:00+01:00", b"20150101",
    b"1420070400", b"99999999999999999999", b"-1", b"2262-04-12", b"1677-09-20 00:12:43", b"2015-01-01 24:00",
    b"2015-W53-7", b"2015-366", b"Thu Jan  1 2015", b"now", b"today", b"NaT", b"00:00", b"10000-01-01", b"\x00",
    b"2015-03-29 02:30 Europe/Berlin", b"2015-01-01T00:00:00.0000000000000001",
)  # fmt: skip
"""What may stand in a time's place."""

SIGNS = (
    b",", b";", b"\t", b"|", b'"', b"'", b'""', b"\\", b"\n", b"\r", b"\r\n", b"\x00", b"\x1a", b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", "\u2028".encode(), "\u0085".encode(),
    "\u202e".encode(), b"\x1b[2J", b":", b"@", b"#", b"__label__", b"{", b"[", b" ", b"=", b"/", b"<html>",
)  # fmt: skip
"""What may be sprinkled anywhere."""

TEXTS = (
    "", " ", "\0", "\n", "a" * 100_000, "../" * 40 + "etc/passwd", "/", "nan", "1e999", "\ud800", "\u0130", "-", "{}",
    "%s%n", "series", "h", "0h", "-1h", "1" * 5000, "999999999999999999h", "Europe/Nowhere", "NaT",
)  # fmt: skip
"""Texts that a value of JSON may become."""

CODECS = ("utf-16", "utf-16-be", "utf-32", "cp949", "cp037", "latin-1", "utf-7", "utf-8-sig", "shift-jis")

ENCODINGS = (
    "latin-1", "utf-16", "utf-16-le", "utf-32", "cp949", "utf-8-sig", "utf-7", "cp037", "idna", "punycode", "undefined",
    "unicode_escape", "raw_unicode_escape", "rot13", "hex", "zlib", "charmap", "iso2022_kr", "hz", "nonsense", "",
    "a\0b",
)  # fmt: skip
"""What may be said of a file's encoding."""

_NUMBER = re.compile(rb"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
_DATE = re.compile(rb"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_DEEP = 3000


def broken_bytes(chance: Random, data: bytes) -> bytes:
    """Returns the data with some bytes flipped, put in, taken out, doubled, or with its end cut off."""
    return _several(chance, data, (_flip, _insert, _delete, _double, _truncate, _zero), 4)


def broken_text(chance: Random, data: bytes) -> bytes:
    """Returns the data with lines, cells, numbers, dates, signs or its encoding broken, or its bytes."""
    ways = (
        _number, _number, _number, _date, _date, _sprinkle, _sprinkle, _lines, _lines, _columns, _long_line, _encode,
        _flip, _insert, _delete, _double, _truncate,
    )  # fmt: skip
    return _several(chance, data, ways, 3)


def broken_pack(chance: Random, data: bytes) -> bytes:
    """Returns the data gzipped: broken before, after, or followed by something else."""
    way = chance.randrange(4)
    if way == 0:
        return gzip.compress(broken_text(chance, data), mtime=0)
    packed = gzip.compress(data, mtime=0)
    if way == 1:
        return broken_bytes(chance, packed)
    return packed + (chance.randbytes(9) if way == 2 else broken_bytes(chance, packed))


def broken_json(chance: Random, data: bytes) -> bytes:
    """Returns the JSON with values or keys of it broken, or its text."""
    if chance.random() < 0.15:
        return broken_text(chance, data)
    content = json.loads(data)
    for _ in range(1 + (chance.random() < 0.25)):
        content = _broken_value(chance, content)
    text = json.dumps(content, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.04:  # deeper than any parser that calls itself goes; `json.dumps` would not write it
        text = text.replace("{", '{"deep": ' + "[" * _DEEP + "]" * _DEEP + ", ", 1)
    return text.encode("utf-8", "surrogatepass")


def hostile_value(chance: Random, value: Any = None) -> Any:
    """Returns a value of JSON, of the same type as `value` or of another."""
    ways: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: chance.choice((True, False)),
        lambda: chance.choice((0, -1, 1, 2, 3, 10**9, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400)),
        lambda: chance.choice((0.0, -0.0, 0.5, 1e308, -1e308, 1e-320, float("nan"), float("inf"), float("-inf"))),
        lambda: chance.choice(TEXTS),
        list,
        dict,
        lambda: [value],
        lambda: {"value": value},
        lambda: str(value),
        lambda: [value] * chance.choice((2, 1000)),
    )
    return chance.choice(ways)()


def _several(chance: Random, data: bytes, ways: tuple[Callable[[Random, bytes], bytes], ...], most: int) -> bytes:
    for _ in range(chance.randint(1, most)):
        data = chance.choice(ways)(chance, data)
    return data


def _place(chance: Random, data: bytes) -> int:
    """Returns a place in the data, the beginning more often than others: what is read first decides how."""
    return chance.randrange(len(data) + 1) if chance.random() < 0.7 else chance.randrange(min(len(data), 80) + 1)


def _flip(chance: Random, data: bytes) -> bytes:
    place = _place(chance, data)
    return data[:place] + bytes(byte ^ 1 << chance.randrange(8) for byte in data[place : place + 1]) + data[place + 1 :]


def _insert(chance: Random, data: bytes) -> bytes:
    place = _place(chance, data)
    return data[:place] + chance.randbytes(chance.choice((1, 1, 4, 64))) + data[place:]


def _delete(chance: Random, data: bytes) -> bytes:
    place = _place(chance, data)
    return data[:place] + data[place + chance.choice((1, 1, 4, 64)) :]


def _double(chance: Random, data: bytes) -> bytes:
    first, second = sorted((_place(chance, data), _place(chance, data)))
    return data[:second] + data[first:]


def _truncate(chance: Random, data: bytes) -> bytes:
    return data[: _place(chance, data)]


def _zero(chance: Random, data: bytes) -> bytes:
    place, size = _place(chance, data), chance.choice((1, 4, 8))
    return data[:place] + chance.choice((b"\x00", b"\xff", b"\x7f")) * size + data[place + size :]


def _sprinkle(chance: Random, data: bytes) -> bytes:
    sign = chance.choice(SIGNS)
    for _ in range(chance.choice((1, 1, 2, 10))):
        place = _place(chance, data)
        data = data[:place] + sign + data[place:]
    return data


def _replace_match(chance: Random, data: bytes, pattern: re.Pattern[bytes], values: tuple[bytes, ...]) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    value = chance.choice(values)
    if chance.random() < 0.1:  # every one of them
        return pattern.sub(lambda _: value, data)[: 1 << 20]
    return data[: match.start()] + value + data[match.end() :]


def _number(chance: Random, data: bytes) -> bytes:
    return _replace_match(chance, data, _NUMBER, NUMBERS)


def _date(chance: Random, data: bytes) -> bytes:
    return _replace_match(chance, data, _DATE, DATES)


def _lines(chance: Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    way = chance.randrange(6)
    if way == 0:
        lines[i], lines[j] = lines[j], lines[i]
    elif way == 1:
        lines.insert(j, lines[i])
    elif way == 2:
        del lines[min(i, j) : max(i, j)]
    elif way == 3:
        lines[i:i] = [b""] * chance.choice((1, 3, 200))
    elif way == 4:
        chance.shuffle(lines)
    else:
        lines = lines[: chance.randint(0, 3)] + lines[i : i + 2]
    return b"\n".join(lines)


def _columns(chance: Random, data: bytes) -> bytes:
    """Doubles, drops or adds a cell of one line, or of all."""
    delimiter = chance.choice((b",", b";", b"\t", b" ", b":"))
    lines = data.split(b"\n")
    column, way = chance.randrange(5), chance.randrange(3)
    chosen = range(len(lines)) if chance.random() < 0.5 else [chance.randrange(len(lines))]
    for i in chosen:
        cells = lines[i].split(delimiter)
        if way == 0 and column < len(cells):
            cells.insert(column, cells[column])
        elif way == 1:
            del cells[column : column + 1]
        else:
            cells.append(b"x")
        lines[i] = delimiter.join(cells)
    return b"\n".join(lines)


def _long_line(chance: Random, data: bytes) -> bytes:
    place = _place(chance, data)
    what = chance.choice((b"a", b"1", b",", b'"', b" ", b"\xc3\xa9", b"1,", b"a ", b"(", b":"))
    return data[:place] + what * chance.choice((300, 20_000, 300_000)) + data[place:]


def _encode(chance: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(CODECS), "replace")


def _broken_value(chance: Random, content: Any) -> Any:
    """Returns the content with one value or key of it broken: any place, or one found on the way down from the top."""
    places = list(_places(content))
    if not places:
        return hostile_value(chance, content)
    holder, key = chance.choice(places)
    if chance.random() < 0.6:  # long lists and vocabularies have most of the places
        holder = content
        key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
        while isinstance(holder[key], (dict, list)) and holder[key] and chance.random() < 0.85:
            holder = holder[key]
            key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    way = chance.random()
    if way < 0.12:
        del holder[key]
    elif way < 0.2 and isinstance(holder, dict):
        holder[chance.choice(TEXTS)] = hostile_value(chance, holder[key])
    elif way < 0.25 and isinstance(holder, dict):
        holder[chance.choice(TEXTS)] = holder.pop(key)
    elif way < 0.4:  # from elsewhere in the same file
        other, name = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[name]))
    elif isinstance(holder[key], list) and way < 0.6:
        holder[key] = holder[key] * chance.choice((2, 500)) + [hostile_value(chance)]
    else:
        holder[key] = hostile_value(chance, holder[key])
    return content


def _places(content: Any) -> Any:
    """Yields where a value stands: the list or dictionary, and its index or key."""
    items = list(content.items()) if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield content, key
        if isinstance(value, (dict, list)):
            yield from _places(value)
