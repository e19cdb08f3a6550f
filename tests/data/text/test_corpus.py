import gzip
import hashlib
import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.text import corpus, spool
from seqkit.data.text import word_ids as numbering
from seqkit.data.text.corpus import Corpus, read_corpus
from seqkit.data.text.corpus_files import corpus_text
from seqkit.data.text.tokenizer import TextTokenizer
from seqkit.data.text.word_ids import WordIds
from seqkit.errors import DataError, SeqkitError

NASTY = (
    *("a", "B", "x1", "_", "'", "’", "-", ".", "…", " ", "  ", "\t", "\n", "\xa0", "\u3000", "\x85", "\u2028", "\x1c"),
    *("<br />", "<BR>", "<br", "/>", "<", ">", "＜", "ｂｒ", "／", "＞", "≯", "\u0338", "\u0301", "é", "½", "ﬁ", "¨"),
    *(
        "ß",
        "ẞ",
        "İ",
        "Σ",
        "ΟΔΟΣ",
        "हिन्दी",
        "क्ष",
        "한",
        "한국",
        "\u1112",
        "\u1161",
        "\u11ab",
        "ㅋ",
        "👩\u200d👩\u200d👧",
        "🇰🇷",
        "\u200d",
    ),
)


def read(text: str, folder: Path, **options: object) -> Corpus:
    return read_corpus([text], scratch=folder, **{"min_count": 1, **options})


def lines_of(result: Corpus) -> list[list[str]]:
    """The lines of a corpus as words."""
    lines: list[list[str]] = [[]]
    for number in result.ids.tolist():
        if number:
            lines[-1].append(result.words[number - 1])
        else:
            lines.append([])
    assert lines.pop() == [], "a 0 ends the last line, too"
    return lines


def library_tokens(text: str, lower: bool) -> list[list[str]]:
    """The words of each line according to the text tokenizer."""
    try:
        tokenizer = TextTokenizer.fit([*text.split("\n")], vocabulary=10**6, lower=lower)
    except DataError:
        return []
    return [[tokenizer.tokens[i] for i in ids if i > 1] for ids in tokenizer.encode(text.split("\n")).ragged]


def numbered(text: str, tokenizer: numbering.Tokenizer, lower: bool) -> list[list[str]]:
    numbers = WordIds(tokenizer, lower=lower)
    lines: list[list[str]] = [[]]
    ids = numbers.ids(text)
    for word in np.array(list(numbers.table), object)[ids]:
        if word == "\0":
            lines.append([])
        else:
            lines[-1].append(word)
    return lines


def test_ids_are_ordered_by_frequency_then_code_point(tmp_path):
    result = read("the cat saw the bird\nthe bird flew", tmp_path)
    assert result.words == ["the", "bird", "cat", "flew", "saw"]
    assert result.counts.tolist() == [3, 2, 1, 1, 1] and result.counts.dtype == np.int64
    assert result.ids.tolist() == [1, 3, 5, 1, 2, 0, 1, 2, 4, 0] and result.ids.dtype == np.int32
    assert (result.raw_words, result.lines) == (8, 2)


def test_rare_words_and_the_lines_they_leave_empty_are_dropped(tmp_path):
    result = read("\n\nrare\na b\n\n \nrare2 a\nscarce\nb", tmp_path, min_count=2)
    assert lines_of(result) == [["a", "b"], ["a"], ["b"]]
    assert result.raw_words == 7 and result.lines == 5
    assert result.notes == [
        "7 words in 5 lines; vocabulary: 2 words that occur at least 2 times; 42.9 % of the text is rarer words"
    ]
    assert read("a b c", tmp_path).notes[0].startswith("3 words in 1 line; vocabulary: 3 words")


def test_ids_are_in_an_unnamed_file(tmp_path):
    result = read("a b\n" * 5, tmp_path)
    assert isinstance(result.ids, np.memmap) and os.listdir(tmp_path) == []
    assert result.ids.tolist() == [1, 2, 0] * 5


def test_hash_does_not_depend_on_the_pieces(tmp_path):
    text = "Él b c\nd"
    whole, cut = (read_corpus(pieces, min_count=1, scratch=tmp_path) for pieces in ([text], ["Él b ", "c\n", "d"]))
    assert whole.sha256 == cut.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert lines_of(whole) == lines_of(cut) == [["él", "b", "c"], ["d"]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "c", "dd", "é", "한국"]), max_size=4), max_size=12),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_any_text_equals_the_reference_in_chunks_of_any_size(tmp_path_factory, lines, least, chunk):
    counts = Counter(word for line in lines for word in line)
    words = sorted((word for word in counts if counts[word] >= least), key=lambda word: (-counts[word], word))
    frequent = [[word for word in line if word in words] for line in lines]
    text = "\n".join(map(" ".join, lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus, "_CHUNK", chunk)
        arguments = {"tokenizer": "blank", "min_count": least, "scratch": tmp_path_factory.getbasetemp()}
        if len(words) < 2 or not any(len(line) > 1 for line in frequent):
            with pytest.raises(DataError):
                read_corpus([text], **arguments)
            return
        result = read_corpus([f"{piece} " for piece in text.split(" ")], **arguments)
    assert result.words == words and result.counts.tolist() == [counts[word] for word in words]
    assert lines_of(result) == [line for line in frequent if line]
    assert result.raw_words == sum(counts.values()) and result.lines == sum(map(bool, lines))


def test_blank_tokenizer_keeps_words_unchanged(tmp_path):
    result = read("Don't <br /> STOP, İ\u3000ΟΔΟΣ\x1cx", tmp_path, tokenizer="blank", lower=False)
    assert lines_of(result) == [["Don't", "<br", "/>", "STOP,", "İ", "ΟΔΟΣ", "x"]]
    result = read("Don't STOP ΟΔΟΣ", tmp_path, tokenizer="blank")
    assert lines_of(result) == [["don't", "stop", "ΟΔΟΣ".lower()]]


@pytest.mark.parametrize("lower", [True, False])
def test_words_equal_the_text_tokenizer_in_every_script(lower):
    text = (
        "Don't stop: it’s 3rd-rate (42%)!!<br /><br>So\x1c, ok. ΟΔΟΣ Σ ẞ İstanbul ½ﬁ cafe\u0301 １００\n"
        "＜ｂｒ />x <br />\u0338 <BR>\u0327\u0338y\n"
        "안녕하세요, ㅋㅋㅋ 이 영화는 최고! \u1112\u1161\u11ab글\nहिन्दी में क्षत्रिय। "
        "我喜欢电影。 👩\u200d👩\u200d👧 🇰🇷 a_b\xa0c<br\n/>"
    )
    assert numbered(text, "word", lower) == library_tokens(text, lower)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(NASTY), max_size=12).map("".join), st.booleans())
def test_words_equal_the_text_tokenizer_for_any_neighbours(text, lower):
    result = numbered(text, "word", lower)
    assert result == (library_tokens(text, lower) or [[] for _ in result])


def test_every_character_is_treated_as_by_the_text_tokenizer():
    every = [chr(i) for i in range(1, 0x30000) if not 0xD800 <= i < 0xE000 and chr(i) not in "\r\n"]
    text = " ".join(f"a{character}B" for character in every)
    assert numbered(text, "word", True) == library_tokens(text, True)


@pytest.mark.parametrize("lower", [True, False])
def test_characters_equal_the_text_tokenizer_without_blanks(tmp_path, lower):
    text = "Don't stop! İ ½ﬁ cafe\u0301<br />１ 今天\xa0天气。\nวันนี้ \u200d안녕\n"
    tokenizer = TextTokenizer.fit(text.split("\n"), kind="char", lower=lower)
    expected = [[tokenizer.tokens[i] for i in ids] for ids in tokenizer.encode(text.split("\n")[:2]).ragged]
    result = read(text, tmp_path, tokenizer="char", lower=lower)
    assert lines_of(result) == [[token for token in line if token != " "] for line in expected]
    assert result.notes[0].startswith(f"{result.raw_words} characters in 2 lines; vocabulary: {len(result.words)} char")


def test_subwords_equal_the_text_tokenizer(tmp_path):
    text = "low lower lowest\nnew newer Newest, wide wider\n今天天气很好。今天\u3000天气不好\n" * 3
    tokenizer = TextTokenizer.fit(text.split("\n"), kind="bpe", vocabulary=20_002)
    expected = [[tokenizer.tokens[i] for i in ids] for ids in tokenizer.encode(text.split("\n")[:-1]).ragged]
    result = read(text, tmp_path, tokenizer="bpe")
    assert lines_of(result) == expected
    assert result.tokenizer is not None and result.tokenizer.tokens == tokenizer.tokens
    assert result.notes == [
        f"{result.raw_words} subwords in 9 lines; vocabulary: {len(result.words)} subwords that occur at least 1 time; "
        "0.0 % of the text is rarer subwords"
    ]
    assert os.listdir(tmp_path) == []
    cut = read_corpus(["low ", "lower lowest\n", text[17:]], tokenizer="bpe", min_count=1, scratch=tmp_path)
    assert cut.sha256 == result.sha256 and (cut.ids == result.ids).all()


def test_subwords_are_as_frequent_as_words_must_be(tmp_path):
    # "abcd" occurs 4 times, its parts more often.
    text = "abcd abcd ab ab cd cd\n" * 2
    assert read(text, tmp_path, tokenizer="bpe", min_count=2).words == ["▁ab", "▁abcd", "▁cd"]
    words = read(text, tmp_path, tokenizer="bpe", min_count=5).words
    assert "▁abcd" not in words and "cd" in words


def test_subwords_of_a_long_text_are_learned_from_a_sample_and_unknown_characters_are_rare(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "SAMPLE", 60)
    monkeypatch.setattr(spool, "_PART", 10)
    text = "ab ab ab\n" * 20 + "xyz\n" + "ab ab ab\n" * 20
    result = read(text, tmp_path, tokenizer="bpe")
    assert result.words[0] == "▁ab" and result.counts[0] == 120 and "[UNK]" not in result.words
    assert re.fullmatch(r"subwords learned from \d\d of 364 characters", result.notes[1])


def test_most_frequent_words_fill_a_limited_vocabulary(tmp_path):
    result = read("a a a b b c c d\n", tmp_path, vocabulary=3)
    assert result.words == ["a", "b", "c"] and lines_of(result) == [["a", "a", "a", "b", "b", "c", "c"]]
    assert result.notes[0].endswith("12.5 % of the text is rarer words")


UNSPACED = [f"{''.join(chr(0x4E00 + (7 * i + j * j) % 300) for j in range(20))}。" for i in range(20)]


def test_text_without_blanks_is_explained(tmp_path):
    cause = (
        "text has hardly any blanks between words: 95% of it is Chinese or Japanese and comes in words of 20 characters"
    )
    for tokenizer in ("word", "blank"):
        notes = read("\n".join([*UNSPACED, "the cat sat on the mat"]), tmp_path, tokenizer=tokenizer).notes
        assert notes[1].startswith("the text has hardly any blanks between words: 9") and "--tokenizer char" in notes[1]
    with pytest.raises(
        DataError, match=rf"Only one word occurs at least 5 times, .*: .*'。', occurs 20 times\. The {cause}"
    ):
        read("\n".join(UNSPACED), tmp_path, min_count=5)
    with pytest.raises(DataError, match=r"No word occurs 2 times: .* occurs 1 time\. The text has hardly any blanks"):
        read("\n".join(UNSPACED), tmp_path, min_count=2, tokenizer="blank")
    with pytest.raises(
        DataError, match=r"No line has two words of the vocabulary, so that none has a context\. The text"
    ):
        read("\n".join(line[:-1] for line in UNSPACED), tmp_path)
    for tokenizer in ("char", "bpe"):
        assert len(read("\n".join(UNSPACED), tmp_path, tokenizer=tokenizer).notes) == 1


def test_text_with_a_word_a_line_is_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"No line has two words .* context\. Write each sentence or document on one line"
    ):
        read("a\nb\nrare a\nb\n", tmp_path, min_count=2)
    assert read("a\nb a\nb\n", tmp_path).words == ["a", "b"]


def test_composed_and_decomposed_forms_are_one_word(tmp_path):
    result = read(f"한국 café {unicodedata.normalize('NFD', '한국 café')}", tmp_path)
    assert result.words == ["café", "한국"] and result.counts.tolist() == [2, 2]


@pytest.mark.parametrize("tokenizer", ["word", "blank"])
def test_words_that_look_the_same_are_one_word(tmp_path, tokenizer):
    text = (
        f"\ufeffcafé {unicodedata.normalize('NFD', 'café')} ca\xadfé \u200ecafé\u200f café\u200bcafé\n\ufeffcafé bar\n"
    )
    result = read(text, tmp_path, tokenizer=tokenizer)
    assert result.words == ["café", "bar"] and result.counts.tolist() == [7, 1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_of_files_end_as_on_every_system_and_each_file_may_have_a_byte_order_mark(tmp_path, end, pack):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(pack(f"\ufeffa b{end}a\x85 b\u2028c".encode()))
    result = read_corpus(corpus_text([tmp_path / "a.txt", tmp_path / "b.txt"]), min_count=1, scratch=tmp_path)
    assert lines_of(result) == [["a", "b"], ["a", "b", "c"]] * 2


def test_lone_surrogate_is_read_as_the_replacement_character(tmp_path):
    assert lines_of(read("a \ud800 b \ud83d\ude00", tmp_path)) == [["a", "\ufffd", "b", "😀"]]


def test_cache_of_pre_tokens_is_bounded_and_words_keep_their_ids(monkeypatch):
    text = "It's (fine), it's fine. 한국의 ㅋㅋ\n"
    expected = numbered(text * 9, "word", True)
    numbers = WordIds("word", lower=True)
    monkeypatch.setattr(numbering, "_MAX_PRE_TOKENS", 3)
    ids = np.concatenate([numbers.ids(text) for _ in range(9)])
    assert len(numbers._pre_tokens) == 1
    assert [list(numbers.table)[i] for i in ids] == [word for line in expected[:-1] for word in [*line, "\0"]]


def test_public_text_equals_the_text_tokenizer(requires_data, tmp_path):
    path = requires_data("nsmc/ratings_test.txt")
    head = "\n".join(path.read_text(encoding="utf-8").split("\n")[:3000])
    (tmp_path / "head.txt").write_text(head, encoding="utf-8")
    result = read_corpus(corpus_text([tmp_path / "head.txt"]), min_count=1, scratch=tmp_path)
    assert lines_of(result) == [line for line in library_tokens(head, True) if line]
    assert len(result.words) > 10_000 and result.lines == 3000


@pytest.mark.parametrize(
    ("text", "least", "complaint"),
    [
        ("", 1, "The corpus contains no words"),
        (" \n\t\n", 1, "The corpus contains no words"),
        ("a b a\n", 5, "No word occurs 5 times: the most frequent, 'a', occurs 2 times. Lower --min-count"),
        ("a b a\n", 2, "Only one word occurs at least 2 times"),
        ("a a a\n", 1, "The corpus contains only one distinct word, 'a'"),
    ],
)
def test_text_without_enough_words_is_refused(tmp_path, text, least, complaint):
    with pytest.raises(DataError, match=re.escape(complaint)):
        read(text, tmp_path, min_count=least)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("tokenizer", ["word", "blank", "bpe", "char"])
def test_blank_text_is_refused_by_every_tokenizer(tmp_path, tokenizer):
    with pytest.raises(
        DataError, match=r"The corpus contains no words: it is empty, or only whitespace\. Choose another"
    ):
        read(" \n\u3000\n", tmp_path, tokenizer=tokenizer)
    assert os.listdir(tmp_path) == []


def test_full_scratch_folder_is_reported_with_the_cause(tmp_path, monkeypatch):
    with pytest.raises(SeqkitError, match=r"cannot be written to .*missing: No such file or directory\."):
        read("a b", tmp_path / "missing")
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full, which is a full disk")
    full = open("/dev/full", "w+b", buffering=0)  # noqa: SIM115
    monkeypatch.setattr(corpus.tempfile, "TemporaryFile", lambda dir: full)
    with pytest.raises(
        SeqkitError, match=r"cannot be written to .*: No space left on device\. Free some space there\."
    ):
        read("a b", tmp_path)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"tokenizer": "letter"}, "`tokenizer`, expected one of word, blank, bpe, char, got 'letter'"),
        ({"min_count": 0}, "`min_count`"),
        ({"vocabulary": 1}, "`vocabulary`, expected an integer of at least 2, got 1"),
    ],
)
def test_invalid_option_is_named(tmp_path, options, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read("a b", tmp_path, **options)
