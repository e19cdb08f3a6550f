import gc
import gzip
import os
import struct
import tracemalloc
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.vectors import opening as vector_files
from seqkit.data.vectors import rows as vector_rows
from seqkit.data.vectors.formats import WordVectors, read_vectors, write_vectors
from seqkit.errors import DataError, NotFoundError, UsageError

FILE = "vectors"

FORMATS = ("word2vec", "word2vec-bin", "glove")
SMALL = {"cat": [0.5, -1.25, 3.0], "dog": [1e-8, 2.0, -0.1], "안녕": [0.0, 7.0, 1e30]}


def small() -> WordVectors:
    return WordVectors(list(SMALL), np.array(list(SMALL.values()), np.float32))


def record(word: str, *numbers: float, end: str = "\n") -> bytes:
    """A binary record as the word2vec program writes it."""
    return word.encode() + b" " + struct.pack(f"<{len(numbers)}f", *numbers) + end.encode()


def rows(count: int, dimensions: int = 4) -> list[str]:
    return [f"w{i} " + " ".join(f"{i}.{j}" for j in range(dimensions)) for i in range(count)]


def test_word2vec_text_is_read(written):
    result = read_vectors(written("2 3\ncat 0.5 -1.25 3\ndog +1e-8 2. -.1 \n"))
    assert result.words == ["cat", "dog"] and result.vectors.dtype == np.float32
    assert result.vectors.tolist() == np.array([[0.5, -1.25, 3], [1e-8, 2, -0.1]], np.float32).tolist()


def test_glove_is_read_from_its_first_line(written):
    result = read_vectors(written("the 1 2\n, 3 4\n\n1984 5 6"))
    assert result.words == ["the", ",", "1984"] and result.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize("end", ["\n", ""])
def test_word2vec_binary_is_read_with_and_without_line_ends(written, end):
    content = b"3 2\n" + b"".join([record("a", 1, 2, end=end), record("b", 3, 4, end=end), record("é", 5, 6, end=end)])
    result = read_vectors(written(content))
    assert result.words == ["a", "b", "é"] and result.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_words_in_text_files_may_contain_spaces(written):
    result = read_vectors(written("the 1 2\n. . . 3 4\nat name@domain.com 5 6\n"))
    assert result.words == ["the", ". . .", "at name@domain.com"] and result.vectors[1].tolist() == [3, 4]


def test_tabs_and_repeated_spaces_separate_numbers(written):
    result = read_vectors(written("3 2\r\na\t1\t2\r\nb  3  4 \r\nc 5\t 6\r\n"))
    assert result.words == ["a", "b", "c"] and result.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_unicode_whitespace_and_quotes_belong_to_words(written):
    result = read_vectors(written('a\u00a0b 1 2\n" 3 4\n\'"\u2028" 7 8\n'))
    assert result.words == ["a\u00a0b", '"', '\'"\u2028"'] and result.notes == ()


def test_byte_order_mark_at_the_start_is_ignored(written):
    assert read_vectors(written("\ufeff1 2\na 1 2\n")).words == ["a"]
    for end in ("\n", "\r\n", "\r"):
        assert read_vectors(written(f"\ufeffa 1 2{end}b 3 4{end}")).words == ["a", "b"]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("packed", [False, True])
def test_written_vectors_are_read_back_gzipped_or_not(tmp_path, format, packed):
    path = tmp_path / "vectors"
    write_vectors(small(), path, format)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    result = read_vectors(path)
    assert result.words == list(SMALL) and result.notes == ()
    assert result.vectors.tobytes() == small().vectors.tobytes()


NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Z", "Cc")), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), format=st.sampled_from(FORMATS), packed=st.booleans())
def test_any_words_and_numbers_round_trip_exactly(tmp_path_factory, data, format, packed):
    dimensions = data.draw(st.sampled_from([1, 2, 3, 7, 8, 9, 40]))
    words = data.draw(
        st.lists(
            WORDS.filter(lambda word: word.split() == [word]),
            min_size=1,
            max_size=12,
            unique_by=lambda word: unicodedata.normalize("NFC", word),
        )
    )
    size = len(words) * dimensions
    numbers = data.draw(st.lists(NUMBERS, min_size=size, max_size=size))
    matrix = np.array(numbers, np.float32).reshape(len(words), dimensions)
    path = tmp_path_factory.mktemp("vectors") / ("vectors.bin" if format == "word2vec-bin" else "vectors.txt")
    try:
        write_vectors(WordVectors(words, matrix), path, format)
    except DataError as error:
        assert format == "glove" and dimensions == 1 and "looks like" in str(error)
        return
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
        path = path.rename(f"{path}.gz")
    result = read_vectors(path)
    assert result.words == words and result.vectors.tobytes() == matrix.tobytes()
    requested = set(words[::2])
    some = read_vectors(path, only=requested)
    assert some.words == words[::2] and some.vectors.tobytes() == matrix[::2].tobytes()


@pytest.mark.parametrize("format", ["word2vec", "word2vec-bin"])
@pytest.mark.parametrize("dimensions", [1, 2, 8, 100])
def test_text_and_binary_are_distinguished_by_content(tmp_path, format, dimensions):
    rng = np.random.default_rng(dimensions)
    for attempt in range(20):
        vectors = WordVectors(["a", "b"], rng.normal(0, 0.3, (2, dimensions)).astype(np.float32))
        write_vectors(vectors, tmp_path / f"vectors{attempt}", format)
        assert (read_vectors(tmp_path / f"vectors{attempt}").vectors == vectors.vectors).all()


def test_ambiguous_content_is_resolved_by_the_file_name(written):
    # Four bytes that spell a number, and are one.
    content = b"1 1\na 0.25"
    assert read_vectors(written(content, "vectors.txt")).vectors.tolist() == [[0.25]]
    assert read_vectors(written(content, "vectors")).vectors.tolist() == [[0.25]]
    assert read_vectors(written(content, "vectors.bin")).vectors.tolist() == [list(struct.unpack("<f", b"0.25"))]


@pytest.mark.parametrize("format", FORMATS)
def test_only_requested_words_are_kept_in_file_order(tmp_path, format):
    write_vectors(small(), tmp_path / "vectors", format)
    result = read_vectors(tmp_path / "vectors", only={"안녕", "cat", "bird"})
    assert result.words == ["cat", "안녕"] and result.vectors.tolist() == small().vectors[[0, 2]].tolist()
    none = read_vectors(tmp_path / "vectors", only={"bird"})
    assert none.words == [] and none.vectors.shape == (0, 3) and none.vectors.dtype == np.float32


@pytest.mark.parametrize("format", FORMATS)
def test_result_does_not_depend_on_the_block_size(tmp_path, monkeypatch, format):
    words = [f"word{i}" * (1 + i % 5) for i in range(60)]
    vectors = WordVectors(words, np.arange(60 * 9, dtype=np.float32).reshape(60, 9) / 7)
    write_vectors(vectors, tmp_path / "vectors", format)
    for size in (1, 2, 7, 50, 333):
        monkeypatch.setattr(vector_rows, "BLOCK", size)
        monkeypatch.setattr(vector_files, "BLOCK", 40 + size)
        result = read_vectors(tmp_path / "vectors")
        assert result.words == words and result.vectors.tobytes() == vectors.vectors.tobytes()


@pytest.mark.parametrize("format", FORMATS)
def test_memory_does_not_grow_with_unrequested_words(tmp_path, monkeypatch, format):
    read_vectors(_random(tmp_path / "warm", 10, format), only={"w1"})
    path = _random(tmp_path / "vectors", 8000, format)
    monkeypatch.setattr(vector_rows, "BLOCK", 1 << 16)
    monkeypatch.setattr(vector_files, "BLOCK", 1 << 16)
    tracemalloc.start()
    try:
        result = read_vectors(path, only={"w3", "w7999"})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.words == ["w3", "w7999"]
    assert path.stat().st_size > 3_000_000 and peak < 800_000


def _random(path: Path, count: int, format: str) -> Path:
    matrix = np.random.default_rng(1).normal(size=(count, 100)).astype(np.float32)
    write_vectors(WordVectors([f"w{i}" for i in range(count)], matrix), path, format)
    return path


def test_first_vector_of_a_repeated_word_is_kept_and_the_others_counted(written):
    path = written("a 1 2\nb 3 4\na 5 6\na 7 8\n")
    result = read_vectors(path)
    assert result.words == ["a", "b"] and result.vectors.tolist() == [[1, 2], [3, 4]]
    assert result.notes == (f"{path}: left out 2 vectors of duplicate words",)
    binary = written(b"2 1\n" + record("a", 1) + record("a", 2), "vectors.bin")
    assert read_vectors(binary).notes == (f"{binary}: left out 1 vector of duplicate words",)
    assert read_vectors(binary, only={"b"}).notes == ()


def test_words_that_differ_in_their_normal_form_are_duplicates(written):
    path = written("cafe\u0301 1 2\ncafé 3 4\nété 5 6\ne\u0301te\u0301 7 8\ncafe\u0301 9 9\n")
    result = read_vectors(path)
    assert result.words == ["cafe\u0301", "été"] and result.vectors.tolist() == [[1, 2], [5, 6]]
    assert result.notes == (f"{path}: left out 3 vectors of duplicate words",)
    some = read_vectors(path, only={"café"})
    assert some.words == ["café"] and some.vectors.tolist() == [[1, 2]] and len(some.notes) == 1


CUT = "конституция".encode()[:-1]


def text_and_binary(*rows: tuple[bytes, float, float], count: int | None = None) -> dict[str, bytes]:
    """The same rows as a GloVe file, as word2vec text and as word2vec binary, with the count in the header."""
    header = f"{len(rows) if count is None else count} 2\n".encode()
    lines = b"".join(word + f" {a} {b}\n".encode() for word, a, b in rows)
    records = b"".join(word + b" " + struct.pack("<2f", a, b) + b"\n" for word, a, b in rows)
    return {"glove.txt": lines, "word2vec.vec": header + lines, "word2vec.bin": header + records}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("file", ["glove.txt", "word2vec.vec", "word2vec.bin"])
def test_words_cut_inside_a_letter_are_left_out_and_counted(written, file, packed):
    rows = ((b"a", 1, 2), (CUT, 3, 4), ("конституция".encode(), 5, 6), (b"caf\xe9", 7, 8))
    content = text_and_binary(*rows)[file]
    path = written(gzip.compress(content) if packed else content, file)
    unit = {"glove.txt": "line 2", "word2vec.vec": "line 3", "word2vec.bin": "record 2"}[file]
    result = read_vectors(path)
    assert result.words == ["a", "конституция"] and result.vectors.tolist() == [[1, 2], [5, 6]]
    assert result.notes == (
        f"{path}: left out 2 vectors of words that are not UTF-8, such as one cut inside a letter: "
        rf"'конституци\xd1' in {unit}",
    )
    some = read_vectors(path, only={"конституция"})
    assert some.vectors.tolist() == [[5, 6]] and some.notes == result.notes


@pytest.mark.parametrize("file", ["glove.txt", "word2vec.vec", "word2vec.bin"])
@pytest.mark.parametrize("blank", ["", "\u00a0", "\u2003\u3000"])
def test_blank_words_are_left_out_and_counted(written, file, blank):
    path = written(
        text_and_binary((blank.encode(), 1.5, 2), (b"a", 3, 4), (blank.encode(), 5, 6), (b"b", 7, 8))[file], file
    )
    unit = {"glove.txt": "line 1", "word2vec.vec": "line 2", "word2vec.bin": "record 1"}[file]
    result = read_vectors(path)
    assert result.words == ["a", "b"] and result.vectors.tolist() == [[3, 4], [7, 8]]
    assert result.notes == (f"{path}: left out 2 vectors of blank words, the first in {unit}",)


def test_blank_word_before_tabs_and_repeated_spaces_is_left_out(written):
    result = read_vectors(written("a\t1\t2\n\t3\t4\n   5   6\n"))
    assert result.words == ["a"] and result.notes[0].endswith("left out 2 vectors of blank words, the first in line 2")


@pytest.mark.parametrize("file", ["word2vec.vec", "word2vec.bin"])
@pytest.mark.parametrize(("count", "stated"), [(1, "1 vector"), (3, "3 vectors"), (6, "6 vectors")])
def test_header_that_counts_a_few_words_too_many_or_too_few_is_noted(written, file, count, stated):
    rows = [(b"a", 1, 2), (b"b", 3, 4), (b"c", 5, 6), (b"d", 7, 8)]
    path = written(text_and_binary(*rows, count=count)[file], file)
    result = read_vectors(path)
    assert result.words == ["a", "b", "c", "d"] and result.vectors.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert result.notes == (f"{path}: the header says {stated}, but the file has 4: all are read",)


def test_header_that_counts_many_words_too_many_is_a_truncated_file(written):
    content = text_and_binary((b"a", 1, 2), (b"b", 3, 4), count=13)
    with pytest.raises(DataError, match=r"header says 13 vectors, but the file has 2\. The file is truncated"):
        read_vectors(written(content["word2vec.vec"], "word2vec.vec"))
    with pytest.raises(
        DataError, match=r"record 3 of 13 needs more than 8 bytes, but 1 remain\. The file is truncated"
    ):
        read_vectors(written(content["word2vec.bin"], "word2vec.bin"))


@pytest.mark.parametrize(("file", "remedy"), [("glove.txt", "as UTF-8."), ("word2vec.bin", "its dimensions may be")])
def test_file_in_another_encoding_is_refused(written, file, remedy):
    french = [(f"mot{i}".encode() if i % 4 else f"été{i}".encode("latin-1"), i, 1) for i in range(60)]
    with pytest.raises(DataError, match=r"15 of 60 words are not UTF-8, such as '\\xe9t\\xe90' in \w+ 1\..*" + remedy):
        read_vectors(written(text_and_binary(*french)[file], file))
    few = [(word, a, b) for word, a, b in french if a % 4 or a < 40]
    assert len(read_vectors(written(text_and_binary(*few)[file], file)).words) == 45
    with pytest.raises(DataError, match="1 of 1 words are not UTF-8"):
        read_vectors(written(text_and_binary(french[0])[file], file))


def test_binary_with_wrong_dimensions_in_its_header_is_refused(written):
    rng = np.random.default_rng(0)
    records = [record(f"word{i}", *rng.normal(size=20)) for i in range(200)]
    for dimensions in (19, 18, 21, 40):
        with pytest.raises(DataError, match=r"not UTF-8|continues after|is truncated|does not end|must be finite"):
            read_vectors(written(f"200 {dimensions}\n".encode() + b"".join(records), "vectors.bin"))


@pytest.mark.parametrize("header", ["", "3 2\r"])
def test_lines_may_end_with_a_carriage_return_alone(written, header, monkeypatch):
    content = f"{header}1 1 2\r2 3 4\rc 5 6\r"
    for size in (3, 1 << 20):
        monkeypatch.setattr(vector_rows, "BLOCK", size)
        for end in ("", "\r"):
            result = read_vectors(written(content.removesuffix("\r") + end))
            assert result.words == ["1", "2", "c"] and result.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]
            assert result.notes == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\na 1 2\n", "line 1 is empty"),
        ("a 1 2\nb 3\nc 4 5\n", r"line 2 \('b'\) has 1 numbers, expected 2 as in line 1"),
        ("a 1 2\nb 3 4 5\n", r"line 2 \('b'\) has 3 numbers, expected 2"),
        ("2 2\na 1 2\nb 3 4 5\n", r"line 3 \('b'\) has 3 numbers, expected 2"),
        ("a 1 2\nb\n", r"line 2 \('b'\) has 0 numbers, expected 2"),
        ("a 1 2 3\nb 1  2\n", r"line 2 \('b'\) has 2 numbers, expected 3"),
        ("a 1 2\nb 3\t4 5\n", r"line 2 \('b'\) has 3 numbers, expected 2"),
        ("a 1 2\nb 3 4\nc 5 x6\n", "number 2 of 'c' in line 3 is 'x6', expected a number"),
        ("a 1 2\nb 1_0 2\n", "number 1 of 'b' in line 2 is '1_0', expected a number"),
        ("1 2\na 1 0x1F\n", "number 2 of 'a' in line 2 is '0x1F'"),
        ('a 1 2\nb 1 "2"\n', """number 2 of 'b' in line 2 is '"2"'"""),
        ("a 1 2\nb 3 nan\n", "number 2 of 'b' in line 2 is nan in 32 bits"),
        ("a 1 2\nb -inf 3\n", "number 1 of 'b' in line 2 is -inf in 32 bits"),
        ("a 1 2\nb 3 1e39\n", "number 2 of 'b' in line 2 is inf in 32 bits"),
        (
            "a 1 2\n  3 4 5\n",
            "line 2 starts with whitespace, expected a word and 2 numbers, got '  3 4 5'. Fix or remove",
        ),
        ("a 1 2\n the 4\n", "line 2 starts with whitespace, expected a word and 2 numbers, got ' the 4'"),
        ("\n".join(["3 4", *rows(2)]), "header says 3 vectors, but the file has 2.*truncated"),
        ("0 4\n", "header says 0 vectors of 4 numbers"),
        ("4 0\n", "header says 4 vectors of 0 numbers"),
        ("id,text,label\n1,good,1\n", "is not a word-vector file: line 1 is neither a header"),
        ("id text label\n1 good 1\n", "is not a word-vector file: line 1 is neither a header.*'id text label'"),
        ("word\n", "is not a word-vector file"),
        (b"PK\x03\x04\x14\x00", "is a ZIP archive"),
        (b"\x80\x04\x95\x00", "is a Python pickle"),
        (b"\xba\x16\x4f\x2f\x0c\x00", "is a fastText model: read its .vec"),
        (b"\xff\xfea\x00 \x001\x00", "is text in UTF-16"),
        (b"\x1f\x8b\x08\x00 no gzip", "is a damaged gzip file"),
    ],
)
def test_invalid_text_is_refused_with_the_line(written, content, message):
    path = written(content, "vectors.txt")
    with pytest.raises(DataError, match=message) as caught:
        read_vectors(path)
    assert str(path) in str(caught.value)


def test_line_number_is_right_in_every_block(written, monkeypatch):
    content = "\n".join([*rows(40), "", "bad 1 2 x 4", *rows(3)])
    for size in (5, 64, 1000):
        monkeypatch.setattr(vector_rows, "BLOCK", size)
        with pytest.raises(DataError, match="number 3 of 'bad' in line 42 is 'x'"):
            read_vectors(written(content))


def test_record_number_is_right_in_every_block(written, monkeypatch):
    records = [record(f"w{i}", i, 1) for i in range(40)] + [record("bad", 1, float("nan")), record("w41", 41, 1)]
    for size in (5, 64, 1000):
        monkeypatch.setattr(vector_rows, "BLOCK", size)
        monkeypatch.setattr(vector_files, "BLOCK", 20 + size)
        with pytest.raises(DataError, match="number 2 of 'bad' in record 41 is nan"):
            read_vectors(written(b"42 2\n" + b"".join(records)))


def test_text_without_line_ends_is_refused_early(written, monkeypatch):
    monkeypatch.setattr(vector_rows, "MAX_LINE", 1000)
    monkeypatch.setattr(vector_rows, "BLOCK", 500)
    with pytest.raises(DataError, match="is not a text file: a line has more than 1,000 bytes"):
        read_vectors(written("a 1 2\nb " + "1" * 5000))


def test_truncated_binary_is_refused_with_the_record(written):
    whole = b"3 100\n" + b"".join(record(word, *range(100)) for word in ("one", "two", "three"))
    for cut, message in (
        (1, None),  # only the last line end is gone
        (2, "record 3 of 3 needs 407 bytes, but 406 remain"),
        (400, "record 3 of 3 needs 407 bytes, but 8 remain"),
        (404, "record 3 of 3 needs more than 400 bytes, but 4 remain"),
        (406, "record 3 of 3 needs more than 400 bytes, but 2 remain"),
        (408 + 402, "record 2 of 3 needs more than 400 bytes, but 3 remain"),
    ):
        path = written(whole[:-cut], "vectors.bin")
        if message is None:
            assert len(read_vectors(path).words) == 3
            continue
        with pytest.raises(DataError, match=message) as caught:
            read_vectors(path)
        assert "is truncated" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"2 2\n" + record("a", 1, 2) + record("b", 3, float("nan")), "number 2 of 'b' in record 2 is nan"),
        (b"2 2\n" + record("a", float("inf"), 2) + record("b", 3, 4), "number 1 of 'a' in record 1 is inf"),
        (b"1 2\n" + record("a", 1, 2) + record("b", 3, 4)[:-2], r"but the file continues after them\. Fix the header"),
        (b"1 2\n" + record("a", 1, 2) + record("b\1", 3, 4), "but the file continues after them"),
        (b"2 2\n" + record("a", 1, 2) + b"b" * 70_000, "word of record 2 does not end within 65,536 bytes"),
        (b"2 3\n" + record("a", 1, 2) + record("b", 3, 4), "record 2 of 2 needs|not UTF-8"),
    ],
)
def test_invalid_binary_is_refused_with_the_record(written, content, message):
    with pytest.raises(DataError, match=message):
        read_vectors(written(content, "vectors.bin"))


@pytest.mark.parametrize("header", ["1000000000000 100", "2 1000000000000", "999999999999999999 999999999999999999"])
@pytest.mark.parametrize("body", [b"a 1 2\nb 3 4\n", record("a", 1, 2) + record("b", 3, 4)])
@pytest.mark.parametrize("packed", [False, True])
def test_header_that_exceeds_the_file_size_is_refused_before_memory_is_allocated(written, header, body, packed):
    content = header.encode() + b"\n" + body
    path = written(gzip.compress(content) if packed else content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"header says .* the file has at most"):
            read_vectors(path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_unrequested_rows_may_be_invalid(written):
    path = written(b"a 1 2\n\xe9 3 4\nb x nan\nc 5 6\n")
    result = read_vectors(path, only={"a", "c", "é"})
    assert result.words == ["a", "c"] and result.vectors.tolist() == [[1, 2], [5, 6]]
    with pytest.raises(DataError, match="number 1 of 'b' in line 3 is 'x'"):
        read_vectors(path, only={"b"})


def test_truncated_or_damaged_gzip_is_refused(written):
    packed = gzip.compress("\n".join(rows(2000, 10)).encode())
    with pytest.raises(DataError, match=r"is a damaged gzip file.*Download or compress it again"):
        read_vectors(written(packed[: len(packed) // 2]))
    with pytest.raises(DataError, match=r"is a damaged gzip file: CRC check failed"):
        read_vectors(written(packed[:-8] + b"\0\0\0\0" + packed[-4:]))


def test_missing_file_and_directory_are_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"There is no file .*none.txt"):
        read_vectors(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="is a directory"):
        read_vectors(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only where there are named pipes")
def test_pipe_is_read(tmp_path):
    import threading

    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(b"2 2\na 1 2\nb 3 4\n"))
    writer.start()
    assert read_vectors(tmp_path / "pipe").words == ["a", "b"]
    writer.join()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("new york", "contains whitespace"),
        (" ", "contains whitespace"),
        ("a\n", "contains whitespace, which ends a word"),
        ("a\tb", "contains whitespace"),
        ("a\u2028b", "contains whitespace"),
        ("a\u00a0", "contains whitespace"),
        ("", "is empty"),
        ("first", "occurs twice"),
        ("\ud800", "half of a surrogate pair"),
    ],
)
def test_word_that_the_format_cannot_represent_is_refused_and_nothing_is_written(tmp_path, format, word, why):
    vectors = WordVectors(["first", word], np.ones((2, 3), np.float32))
    with pytest.raises(DataError, match=f"Vector 2 cannot be written: its word .* {why}") as caught:
        write_vectors(vectors, tmp_path / "vectors", format)
    assert repr(word) in str(caught.value)
    assert not (tmp_path / "vectors").exists()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -1e39])
def test_number_that_is_not_finite_in_32_bits_is_refused(tmp_path, format, value):
    matrix = np.ones((2, 3))
    matrix[1, 2] = value
    with pytest.raises(DataError, match=r"Vector 2 cannot be written: number 3 of 'b' is (nan|inf|-1e\+39)"):
        write_vectors(WordVectors(["a", "b"], matrix), tmp_path / "vectors", format)
    assert not (tmp_path / "vectors").exists()


def test_glove_that_would_start_with_a_header_is_refused(tmp_path):
    vectors = WordVectors(["7", "a"], np.array([[5], [0.5]], np.float32))
    with pytest.raises(DataError, match="cannot start with '7 5', which looks like a header"):
        write_vectors(vectors, tmp_path / "vectors", "glove")
    write_vectors(vectors, tmp_path / "vectors", "word2vec")
    assert read_vectors(tmp_path / "vectors").words == ["7", "a"]


def test_invalid_arguments_are_named(tmp_path):
    with pytest.raises(ValueError, match="`format`, expected one of word2vec, word2vec-bin, glove, got 'text'"):
        write_vectors(small(), tmp_path / "vectors", "text")
    for words, shape in ((["a"], (2, 3)), ([], (0, 3)), (["a"], (1, 0)), (["a"], (1,))):
        with pytest.raises(ValueError, match="`vectors`, expected a word for each row"):
            write_vectors(WordVectors(words, np.ones(shape, np.float32)), tmp_path / "vectors", "glove")


def test_written_files_have_the_layout_of_their_formats(tmp_path):
    vectors = WordVectors(["a", "b"], np.array([[1, 0.1], [-2.5, 1e-5]], np.float32))
    content = {}
    for format in FORMATS:
        write_vectors(vectors, tmp_path / format, format)
        content[format] = (tmp_path / format).read_bytes()
    assert content["glove"] == b"a 1 0.100000001\nb -2.5 9.99999975e-06\n"
    assert content["word2vec"] == b"2 2\n" + content["glove"]
    assert content["word2vec-bin"] == b"2 2\n" + record("a", 1, 0.1) + record("b", -2.5, 1e-5)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # gensim leaves a file open
@pytest.mark.parametrize("format", FORMATS)
def test_gensim_reads_written_files_and_vice_versa(tmp_path, format):
    keyed = pytest.importorskip("gensim.models.keyedvectors", exc_type=ImportError)
    path, options = tmp_path / "vectors", {"binary": format == "word2vec-bin"}
    write_vectors(small(), path, format)
    theirs = keyed.KeyedVectors.load_word2vec_format(str(path), no_header=format == "glove", **options)
    assert theirs.index_to_key == list(SMALL) and theirs.vectors.tobytes() == small().vectors.tobytes()
    theirs.save_word2vec_format(str(path), write_header=format != "glove", **options)
    ours = read_vectors(path)
    assert ours.words == list(SMALL) and ours.vectors.tobytes() == small().vectors.tobytes()
    gc.collect()
