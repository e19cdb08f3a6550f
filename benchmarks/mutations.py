"""Mutations of files: bytes, lines, cells and numbers of text, and values of JSON.

Each function takes a random generator, so that the result depends only on its seed and the original file.
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
"""Replacements of numbers."""

DATES = (
    b"0000-00-00", b"0000-01-01 00:00:00", b"9999-99-99", b"9999-12-31T23:59:60", b"2015-02-30", b"01.02.2015 03:04",
    b"1/2/15", b"2015-01-01T00:00:00+25:00", b"2015-01-01T00:00:00Z", b"2015-01-01 00:00:00+01:00", b"20150101",
    b"1420070400", b"99999999999999999999", b"-1", b"2262-04-12", b"1677-09-20 00:12:43", b"2015-01-01 24:00",
    b"2015-W53-7", b"2015-366", b"Thu Jan  1 2015", b"now", b"today", b"NaT", b"00:00", b"10000-01-01", b"\x00",
    b"2015-03-29 02:30 Europe/Berlin", b"2015-01-01T00:00:00.0000000000000001",
)  # fmt: skip
"""Replacements of times."""

SIGNS = (
    b",", b";", b"\t", b"|", b'"', b"'", b'""', b"\\", b"\n", b"\r", b"\r\n", b"\x00", b"\x1a", b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", "\u2028".encode(), "\u0085".encode(),
    "\u202e".encode(), b"\x1b[2J", b":", b"@", b"#", b"__label__", b"{", b"[", b" ", b"=", b"/", b"<html>",
)  # fmt: skip
"""Bytes to insert anywhere."""

TEXTS = (
    "", " ", "\0", "\n", "a" * 100_000, "../" * 40 + "etc/passwd", "/", "nan", "1e999", "\ud800", "\u0130", "-", "{}",
    "%s%n", "series", "h", "0h", "-1h", "1" * 5000, "999999999999999999h", "Europe/Nowhere", "NaT",
)  # fmt: skip
"""Strings for values of JSON."""

CODECS = ("utf-16", "utf-16-be", "utf-32", "cp949", "cp037", "latin-1", "utf-7", "utf-8-sig", "shift-jis")

ENCODINGS = (
    "latin-1", "utf-16", "utf-16-le", "utf-32", "cp949", "utf-8-sig", "utf-7", "cp037", "idna", "punycode", "undefined",
    "unicode_escape", "raw_unicode_escape", "rot13", "hex", "zlib", "charmap", "iso2022_kr", "hz", "nonsense", "",
    "a\0b",
)  # fmt: skip
"""Encodings for `--encoding`, valid and invalid."""

_NUMBER = re.compile(rb"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
_DATE = re.compile(rb"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_DEEP = 3000


def broken_bytes(rng: Random, data: bytes) -> bytes:
    """Returns the data with some bytes flipped, inserted, deleted or repeated, or with its end truncated."""
    return _several(rng, data, (_flip, _insert, _delete, _double, _truncate, _zero), 4)


def broken_text(rng: Random, data: bytes) -> bytes:
    """Returns the data with mutated lines, cells, numbers, dates, characters, encoding or bytes."""
    ways = (
        _number, _number, _number, _date, _date, _sprinkle, _sprinkle, _lines, _lines, _columns, _long_line, _encode,
        _flip, _insert, _delete, _double, _truncate,
    )  # fmt: skip
    return _several(rng, data, ways, 3)


def broken_pack(rng: Random, data: bytes) -> bytes:
    """Returns the data gzipped: mutated before or after compression, or followed by other bytes."""
    way = rng.randrange(4)
    if way == 0:
        return gzip.compress(broken_text(rng, data), mtime=0)
    packed = gzip.compress(data, mtime=0)
    if way == 1:
        return broken_bytes(rng, packed)
    return packed + (rng.randbytes(9) if way == 2 else broken_bytes(rng, packed))


def broken_json(rng: Random, data: bytes) -> bytes:
    """Returns JSON with mutated values, keys or text."""
    if rng.random() < 0.15:
        return broken_text(rng, data)
    content = json.loads(data)
    for _ in range(1 + (rng.random() < 0.25)):
        content = _broken_value(rng, content)
    text = json.dumps(content, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.04:  # deeper than recursive parsers, and `json.dumps`, can go
        text = text.replace("{", '{"deep": ' + "[" * _DEEP + "]" * _DEEP + ", ", 1)
    return text.encode("utf-8", "surrogatepass")


def hostile_value(rng: Random, value: Any = None) -> Any:
    """Returns an arbitrary JSON value, of the type of `value` or another one."""
    ways: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: rng.choice((True, False)),
        lambda: rng.choice((0, -1, 1, 2, 3, 10**9, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400)),
        lambda: rng.choice((0.0, -0.0, 0.5, 1e308, -1e308, 1e-320, float("nan"), float("inf"), float("-inf"))),
        lambda: rng.choice(TEXTS),
        list,
        dict,
        lambda: [value],
        lambda: {"value": value},
        lambda: str(value),
        lambda: [value] * rng.choice((2, 1000)),
    )
    return rng.choice(ways)()


def _several(rng: Random, data: bytes, ways: tuple[Callable[[Random, bytes], bytes], ...], most: int) -> bytes:
    for _ in range(rng.randint(1, most)):
        data = rng.choice(ways)(rng, data)
    return data


def _place(rng: Random, data: bytes) -> int:
    """Returns a position in the data, more often at the beginning, which determines how the rest is read."""
    return rng.randrange(len(data) + 1) if rng.random() < 0.7 else rng.randrange(min(len(data), 80) + 1)


def _flip(rng: Random, data: bytes) -> bytes:
    place = _place(rng, data)
    return data[:place] + bytes(byte ^ 1 << rng.randrange(8) for byte in data[place : place + 1]) + data[place + 1 :]


def _insert(rng: Random, data: bytes) -> bytes:
    place = _place(rng, data)
    return data[:place] + rng.randbytes(rng.choice((1, 1, 4, 64))) + data[place:]


def _delete(rng: Random, data: bytes) -> bytes:
    place = _place(rng, data)
    return data[:place] + data[place + rng.choice((1, 1, 4, 64)) :]


def _double(rng: Random, data: bytes) -> bytes:
    first, second = sorted((_place(rng, data), _place(rng, data)))
    return data[:second] + data[first:]


def _truncate(rng: Random, data: bytes) -> bytes:
    return data[: _place(rng, data)]


def _zero(rng: Random, data: bytes) -> bytes:
    place, size = _place(rng, data), rng.choice((1, 4, 8))
    return data[:place] + rng.choice((b"\x00", b"\xff", b"\x7f")) * size + data[place + size :]


def _sprinkle(rng: Random, data: bytes) -> bytes:
    sign = rng.choice(SIGNS)
    for _ in range(rng.choice((1, 1, 2, 10))):
        place = _place(rng, data)
        data = data[:place] + sign + data[place:]
    return data


def _replace_match(rng: Random, data: bytes, pattern: re.Pattern[bytes], values: tuple[bytes, ...]) -> bytes:
    matches = list(pattern.finditer(data))
    if not matches:
        return data
    match = rng.choice(matches)
    value = rng.choice(values)
    if rng.random() < 0.1:  # all matches
        return pattern.sub(lambda _: value, data)[: 1 << 20]
    return data[: match.start()] + value + data[match.end() :]


def _number(rng: Random, data: bytes) -> bytes:
    return _replace_match(rng, data, _NUMBER, NUMBERS)


def _date(rng: Random, data: bytes) -> bytes:
    return _replace_match(rng, data, _DATE, DATES)


def _lines(rng: Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    way = rng.randrange(6)
    if way == 0:
        lines[i], lines[j] = lines[j], lines[i]
    elif way == 1:
        lines.insert(j, lines[i])
    elif way == 2:
        del lines[min(i, j) : max(i, j)]
    elif way == 3:
        lines[i:i] = [b""] * rng.choice((1, 3, 200))
    elif way == 4:
        rng.shuffle(lines)
    else:
        lines = lines[: rng.randint(0, 3)] + lines[i : i + 2]
    return b"\n".join(lines)


def _columns(rng: Random, data: bytes) -> bytes:
    """Repeats, drops or adds a cell of one line, or of all lines."""
    delimiter = rng.choice((b",", b";", b"\t", b" ", b":"))
    lines = data.split(b"\n")
    column, way = rng.randrange(5), rng.randrange(3)
    chosen = range(len(lines)) if rng.random() < 0.5 else [rng.randrange(len(lines))]
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


def _long_line(rng: Random, data: bytes) -> bytes:
    place = _place(rng, data)
    what = rng.choice((b"a", b"1", b",", b'"', b" ", b"\xc3\xa9", b"1,", b"a ", b"(", b":"))
    return data[:place] + what * rng.choice((300, 20_000, 300_000)) + data[place:]


def _encode(rng: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(CODECS), "replace")


def _broken_value(rng: Random, content: Any) -> Any:
    """Returns the content with one mutated value or key, chosen uniformly or by descending from the top."""
    places = list(_places(content))
    if not places:
        return hostile_value(rng, content)
    holder, key = rng.choice(places)
    if rng.random() < 0.6:  # A uniform choice would mostly hit long lists and vocabularies.
        holder = content
        key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
        while isinstance(holder[key], (dict, list)) and holder[key] and rng.random() < 0.85:
            holder = holder[key]
            key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
    way = rng.random()
    if way < 0.12:
        del holder[key]
    elif way < 0.2 and isinstance(holder, dict):
        holder[rng.choice(TEXTS)] = hostile_value(rng, holder[key])
    elif way < 0.25 and isinstance(holder, dict):
        holder[rng.choice(TEXTS)] = holder.pop(key)
    elif way < 0.4:  # a value from elsewhere in the file
        other, name = rng.choice(places)
        holder[key] = json.loads(json.dumps(other[name]))
    elif isinstance(holder[key], list) and way < 0.6:
        holder[key] = holder[key] * rng.choice((2, 500)) + [hostile_value(rng)]
    else:
        holder[key] = hostile_value(rng, holder[key])
    return content


def _places(content: Any) -> Any:
    """Yields the list or dictionary of each value, and its index or key."""
    items = list(content.items()) if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield content, key
        if isinstance(value, (dict, list)):
            yield from _places(value)
