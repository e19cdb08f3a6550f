import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import time
import unicodedata
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import seqkit
from seqkit.data.text import tokenizer as tokens
from seqkit.data.text import tokenizer_files as normalizing
from seqkit.data.text.tokenizer import PAD, UNKNOWN, TextTokenizer
from seqkit.errors import DataError

KINDS = ("word", "bpe", "char")
MARKS = "".join(chr(i) for i in range(0x300, 0x20000) if unicodedata.category(chr(i)).startswith("M"))
LETTERS = st.text("aAbBcC '.,!1é안녕ㅋ \n", max_size=30)


def written_out(text: str, lower: bool) -> str:
    """A text normalised by the standard library, as the tokenizer should do."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"(?:<br\s*/?>|\s)+", " ", text.lower() if lower else text, flags=re.IGNORECASE).strip()


def words_of(text: str, lower: bool = True) -> list[str]:
    letter = rf"[\w{MARKS}]"  # combining marks belong to their word
    return re.findall(rf"{letter}+(?:['’]{letter}+)*|[^\w\s]", written_out(text, lower))


def most_frequent(counts: Counter, most: int) -> list[str]:
    return sorted(counts, key=lambda token: (-counts[token], token))[:most]


def spelled(tokenizer: TextTokenizer, text: str) -> list[str]:
    """The tokens of a text as strings."""
    return [tokenizer.tokens[i] for i in tokenizer.encode([text]).ragged[0]]


def fitted_on(*texts: str, kind: str = "word", vocabulary: int = 1000, lower: bool = True) -> TextTokenizer:
    return TextTokenizer.fit(texts, kind=kind, vocabulary=vocabulary, lower=lower)


def test_words_and_punctuation_marks_are_tokens():
    text = "Don't stop: it’s 3rd-rate (42%)!!"
    expected = ["don't", "stop", ":", "it’s", "3rd", "-", "rate", "(", "42", "%", ")", "!", "!"]
    assert spelled(fitted_on(text), text) == expected


def test_case_is_preserved_on_request():
    tokenizer = fitted_on("The cat. THE CAT.", lower=False)
    assert sorted(tokenizer.tokens[2:]) == [".", "CAT", "THE", "The", "cat"]
    assert spelled(tokenizer, "the cat") == ["[UNK]", "cat"]


@pytest.mark.parametrize("line_break", ["<br>", "<br />", "<br/>", "<BR />", "<br /><br />", "\r\n", "\u3000", " \t "])
@pytest.mark.parametrize("lower", [True, False])
def test_line_breaks_and_whitespace_become_one_space(line_break, lower):
    text = f"good{line_break}film"
    assert spelled(fitted_on(text, lower=lower), text) == ["good", "film"]
    assert spelled(fitted_on(text, kind="bpe", lower=lower), text) == [*"▁good", *"▁film"]
    assert spelled(fitted_on(text, kind="char", lower=lower), f"  {text}\n") == [*"good film"]


def test_korean_is_split_at_spaces_and_punctuation_and_its_syllables_stay_whole():
    text = "안녕하세요, 이 영화는 최고!"
    assert spelled(fitted_on(text), text) == ["안녕하세요", ",", "이", "영화는", "최고", "!"]
    assert spelled(fitted_on(text, kind="char"), "안녕하세요") == [*"안녕하세요"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lower", [True, False])
def test_decomposed_and_full_width_characters_are_composed(kind, lower):
    tokenizer = fitted_on("안녕하세요 café 100", "안녕하세요 café 100", kind=kind, lower=lower)
    decomposed = unicodedata.normalize("NFD", "안녕하세요 café") + " １００"
    assert len(decomposed) > len("안녕하세요 café 100")
    same, other = tokenizer.encode(["안녕하세요 café 100", decomposed]).ragged
    assert same.tolist() == other.tolist() and UNKNOWN not in same
    assert all(token == unicodedata.normalize("NFC", token) for token in tokenizer.tokens)


def test_bpe_marks_word_starts_and_covers_unseen_words():
    tokenizer = fitted_on("low low low low lowest newest newest newest newer wide wider", kind="bpe", vocabulary=40)
    assert {"▁low", "▁newest", "▁wide"} <= set(tokenizer.tokens)
    assert spelled(tokenizer, "low") == ["▁low"]
    assert "".join(spelled(tokenizer, "slow lower! 새")) == "▁slow▁lower[UNK]▁[UNK]"
    assert spelled(tokenizer, "slow")[-1] != "▁low", "within a word there is no beginning"


def test_bpe_merges_the_most_frequent_pair_first_and_never_a_pair_seen_once():
    # Of the pairs, a-b occurs 3 times; ▁-ab 3 times then; ▁ab-c once only.
    tokenizer = fitted_on("ab ab abc", kind="bpe")
    assert tokenizer.tokens == ["[PAD]", "[UNK]", "a", "b", "c", "▁", "ab", "▁ab"]


def test_bpe_vocabulary_is_frequent_characters_then_merges():
    characters = [chr(0x4E00 + i) for i in range(600)]
    texts = [" ".join(characters), " ".join(characters[:250]), "한국 " * 20]
    tokenizer = TextTokenizer.fit(texts, kind="bpe", vocabulary=300)
    single = [token for token in tokenizer.tokens[2:] if len(token) == 1]
    assert set(single) == {"▁", "한", "국", *characters[:250], *characters[250:253]}  # 256, the last three tied
    assert tokenizer.size == 300 and "▁한국" in tokenizer.tokens


@pytest.mark.parametrize("kind", KINDS)
def test_vocabulary_never_exceeds_the_requested_size(kind):
    text = " ".join(chr(0xAC00 + i) * 2 for i in range(500)) + " the quick brown fox the quick brown fox"
    for vocabulary in (3, 4, 20, 270):
        assert fitted_on(text, kind=kind, vocabulary=vocabulary).size == vocabulary


@settings(max_examples=60, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=6), st.integers(3, 12), st.booleans())
def test_word_ids_are_ordered_by_frequency_then_code_point(texts, vocabulary, lower):
    counts = Counter(word for text in texts for word in words_of(text, lower))
    if not counts:
        with pytest.raises(DataError, match="contain no word"):
            TextTokenizer.fit(texts, vocabulary=vocabulary, lower=lower)
        return
    tokenizer = TextTokenizer.fit(texts, vocabulary=vocabulary, lower=lower)
    assert tokenizer.tokens == ["[PAD]", "[UNK]", *most_frequent(counts, vocabulary - 2)]
    number = {token: i for i, token in enumerate(tokenizer.tokens)}
    expected = [[number.get(word, UNKNOWN) for word in words_of(text, lower)] or [UNKNOWN] for text in texts]
    assert [ids.tolist() for ids in tokenizer.encode(texts).ragged] == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=6), st.integers(3, 12))
def test_character_ids_are_ordered_by_frequency_then_code_point(texts, vocabulary):
    counts = Counter("".join(written_out(text, True) for text in texts))
    if not counts:
        with pytest.raises(DataError, match="contain no character"):
            TextTokenizer.fit(texts, kind="char", vocabulary=vocabulary)
        return
    tokenizer = TextTokenizer.fit(texts, kind="char", vocabulary=vocabulary)
    assert tokenizer.tokens == ["[PAD]", "[UNK]", *most_frequent(counts, vocabulary - 2)]
    number = {token: i for i, token in enumerate(tokenizer.tokens)}
    expected = [[number.get(part, UNKNOWN) for part in written_out(text, True)] or [UNKNOWN] for text in texts]
    assert [ids.tolist() for ids in tokenizer.encode(texts).ragged] == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=6), LETTERS)
def test_bpe_pieces_concatenate_to_the_words(texts, text):
    tokenizer = TextTokenizer.fit([*texts, "aAbBcC '.,!1é안녕ㅋ"], kind="bpe", vocabulary=60)
    marked = [("▁" if not i or text[i - 1].isspace() else "") + text[i] for i in range(len(text))]
    expected = "".join(part for part in marked if not part[-1].isspace())
    if expected:
        assert "".join(spelled(tokenizer, text)) == unicodedata.normalize("NFKC", expected).lower()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), max_size=40))
def test_any_text_has_tokens_of_the_vocabulary_and_none_is_padding(fitted, kind, text):
    ids = fitted[kind].encode([text]).ragged[0]
    assert len(ids) >= 1 and ids.min() > PAD and ids.max() < fitted[kind].size


@pytest.fixture(scope="module")
def fitted():
    text = "the cat sat on the mat, don't you see? [PAD] [UNK] 안녕하세요 안녕"
    return {kind: fitted_on(text, text, kind=kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["[PAD]", "[UNK]", "▁", "[pad]", "[PAD][UNK] [ PAD ]"])
def test_names_of_special_tokens_are_ordinary_text(kind, name):
    for lower in (True, False):
        tokenizer = fitted_on(name + " a", name + " a", kind=kind, lower=lower)
        ids = tokenizer.encode([name + " a"]).ragged[0]
        assert PAD not in ids and UNKNOWN not in ids
        assert tokenizer.tokens[:2] == ["[PAD]", "[UNK]"]
        assert tokenizer.encode([name]).ragged[0].max() < tokenizer.size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "   ", "<br />", "\n\u3000"])
def test_text_without_tokens_is_one_unknown_token(fitted, kind, text):
    encoded = fitted[kind].encode(["the cat", text])
    assert encoded.ragged[1].tolist() == [UNKNOWN]
    assert encoded.full_lengths[1] == 1 and encoded.unknown == 1


@pytest.mark.parametrize("kind", KINDS)
def test_lone_surrogates_and_nul_are_harmless(kind):
    tokenizer = fitted_on("a\ud800b \0 \ud83d\ude00", "a\ufffdb \0 😀", kind=kind)
    broken, whole = tokenizer.encode(["a\ud800b \0 \ud83d\ude00", "a\ufffdb \0 😀"]).ragged
    assert broken.tolist() == whole.tolist() and UNKNOWN not in whole


def test_long_texts_are_truncated_at_the_requested_end():
    tokenizer = fitted_on("a b c d e")
    texts = ["a b c d e", "zzz a", "c d e", "a b c zzz"]
    full = tokenizer.encode(texts)
    end = tokenizer.encode(texts, length=3)
    start = tokenizer.encode(texts, length=3, keep="start")
    assert full.full_lengths.tolist() == full.ragged.lengths.tolist() == [5, 2, 3, 4]
    assert end.full_lengths.tolist() == start.full_lengths.tolist() == [5, 2, 3, 4]
    spellings = {
        name: ["".join(tokenizer.tokens[i][0] for i in ids) for ids in encoded.ragged]
        for name, encoded in (("end", end), ("start", start))
    }
    assert spellings == {"end": ["cde", "[a", "cde", "bc["], "start": ["abc", "[a", "cde", "abc"]}
    assert (full.unknown, end.unknown, start.unknown) == (2, 2, 1)


def test_ids_are_in_text_order_in_chunks_of_any_size(fitted, monkeypatch):
    texts = [f"the cat {'sat ' * (i % 7)}" for i in range(50)] + [""]
    at_once = fitted["word"].encode(texts)
    assert at_once.ragged.values.dtype == np.int32 and at_once.ragged.offsets.dtype == np.int64
    assert at_once.ragged.lengths.tolist() == [2 + i % 7 for i in range(50)] + [1]
    monkeypatch.setattr(tokens, "_CHUNK_TEXTS", 3)
    monkeypatch.setattr(tokens, "_CHUNK_CHARACTERS", 40)
    assert len(list(tokens._chunks(texts))) > 17
    few = fitted["word"].encode(texts)
    assert few.ragged.values.tolist() == at_once.ragged.values.tolist()
    assert few.ragged.offsets.tolist() == at_once.ragged.offsets.tolist()


def test_text_of_a_million_words_is_encoded(fitted):
    encoded = fitted["word"].encode(["the cat " * 500_000], length=4, keep="start")
    assert encoded.full_lengths.tolist() == [1_000_000]
    assert [fitted["word"].tokens[i] for i in encoded.ragged[0]] == ["the", "cat", "the", "cat"]


@pytest.mark.parametrize("kind", KINDS)
def test_tokenizer_round_trips_through_its_file(fitted, kind):
    content = fitted[kind].to_json()
    restored = TextTokenizer.from_json(content)
    texts = ["The cat, don't!", "안녕하세요 dog<br />[UNK]", ""]
    assert restored.encode(texts).ragged.values.tolist() == fitted[kind].encode(texts).ragged.values.tolist()
    assert restored.tokens == fitted[kind].tokens and restored.size == fitted[kind].size
    assert restored.to_json() == content


PROGRAM = """
import hashlib
from seqkit.data.text.tokenizer import TextTokenizer
texts = [" ".join(f"{chr(0x4E00 + i)}{chr(0x5E00 + i)} w{i * 7919 % 1000}" for i in range(k, 900, 3)) for k in range(3)]
for kind in ("word", "bpe", "char"):
    tokenizer = TextTokenizer.fit(texts, kind=kind, vocabulary=600)
    print(hashlib.sha256(tokenizer.to_json() + tokenizer.encode(texts).ragged.values.tobytes()).hexdigest())
"""


def output_of(program: str, **environment: str) -> subprocess.CompletedProcess:
    inherited = {name: value for name, value in os.environ.items() if name != "TOKENIZERS_PARALLELISM"}
    root = str(Path(seqkit.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**inherited, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_same_texts_give_the_same_file_and_ids_whatever_the_hash_seed_and_the_threads():
    once = output_of(PROGRAM, PYTHONHASHSEED="1", RAYON_NUM_THREADS="1").stdout
    again = output_of(PROGRAM, PYTHONHASHSEED="2", RAYON_NUM_THREADS="3").stdout
    serial = output_of(PROGRAM, PYTHONHASHSEED="3", TOKENIZERS_PARALLELISM="false").stdout
    assert len(once.split()) == 3 and once == again == serial


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_forked_process_encodes_without_warnings():
    program = """
import os, signal
from seqkit.data.text.tokenizer import TextTokenizer
texts = ["a b c", "b c d"] * 500
tokenizer = TextTokenizer.fit(texts)
tokenizer.encode(texts)
child = os.fork()
if child == 0:
    signal.alarm(20)
    os._exit(tokenizer.encode(texts).ragged.lengths.tolist() != [3] * 1000)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), os.environ["TOKENIZERS_PARALLELISM"])
"""
    done = output_of(program)
    assert (done.stdout.split(), done.stderr) == (["0", "true"], "")
    assert output_of(program, TOKENIZERS_PARALLELISM="0").stdout.split() == ["0", "0"], "a user's own setting stays"


def damaged(content: bytes, change) -> bytes:
    document = json.loads(content)
    change(document)
    return json.dumps(document).encode()


STEP = {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("word", lambda d: d["model"]["vocab"].update({"cat": 99}), "not consecutive numbers from 0"),
        ("word", lambda d: d["model"]["vocab"].update({"cat": -1}), "not consecutive numbers from 0"),
        ("word", lambda d: d["model"]["vocab"].update({"cat": True}), "each token a number"),
        ("word", lambda d: d["model"].update(vocab=[]), "each token a number"),
        ("word", lambda d: d["model"]["vocab"].update({"[PAD]": 1, "[UNK]": 0}), r"id of '\[PAD\]' is 1, expected 0"),
        ("word", lambda d: d["model"].update(vocab={"a": 0, "b": 1}), r"id of '\[PAD\]' is None, expected 0"),
        ("word", lambda d: d["model"].update(unk_token="the"), "'unk_token' of its model"),
        ("word", lambda d: d["model"].update(type="Unigram"), "neither a WordLevel nor a BPE"),
        ("word", lambda d: d["model"].update(type={}), "neither a WordLevel nor a BPE"),
        ("word", lambda d: d.pop("model"), "neither a WordLevel nor a BPE"),
        ("bpe", lambda d: d["model"].update(dropout=0.5), "'dropout' of its model"),
        ("bpe", lambda d: d["model"].update(merges=7), "its merges are not a list"),
        ("bpe", lambda d: d["model"].update(merges=["a t"]), "merge 1 is not a pair"),
        ("bpe", lambda d: d["model"]["merges"].append(["[UNK]", "at"]), "not in the vocabulary"),
        ("bpe", lambda d: d["model"]["merges"].insert(1, ["x", "y"]), "merge 2 has tokens"),
        ("word", lambda d: d.update(truncation={"max_length": 2}), "'truncation' is not null"),
        ("word", lambda d: d.update(padding={"strategy": "BatchLongest"}), "'padding' is not null"),
        ("word", lambda d: d.update(added_tokens=[{"id": 0, "content": "the"}]), "'added_tokens' is not"),
        ("word", lambda d: d.update(normalizer=None), "differently from this version"),
        ("word", lambda d: d["normalizer"]["normalizers"].append(STEP), "differently from this version"),
        (
            "char",
            lambda d: d["normalizer"]["normalizers"].append({"type": "Prepend", "prepend": ""}),
            "differently from this version",
        ),
        ("word", lambda d: d.update(pre_tokenizer=None), "differently from this version"),
        ("word", lambda d: d["pre_tokenizer"].update(pattern={"Regex": "("}), "cannot be used: .*Oniguruma"),
        ("word", lambda d: d["model"].update(vocab={"[PAD]": 0, "[UNK]": 1, "\ud800": 2}), "cannot be used: "),
    ],
)
def test_damaged_or_foreign_tokenizer_is_refused(fitted, kind, change, message):
    with pytest.raises(DataError, match=message) as caught:
        TextTokenizer.from_json(damaged(fitted[kind].to_json(), change))
    assert "train the run again" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"7", b"{}", b"[" * 100_000, b"{" * 3, b"null"])
def test_invalid_tokenizer_file_is_refused(content):
    with pytest.raises(DataError, match="The tokenizer cannot be used"):
        TextTokenizer.from_json(content)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read_and_never_crash(fitted, kind, data):
    content = bytearray(fitted[kind].to_json())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=3))
    try:
        restored = TextTokenizer.from_json(bytes(content))
    except DataError:
        return
    ids = restored.encode(["the cat don't [PAD]", ""]).ragged.values
    assert PAD not in ids and ids.max() < restored.size


def test_oversized_file_is_refused_before_parsing(monkeypatch):
    monkeypatch.setattr(normalizing, "_MAX_BYTES", 1000)
    with pytest.raises(DataError, match="it has 1,001 bytes, the limit is 1,000"):
        TextTokenizer.from_json(b"[" * 1001)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("texts", [["", " \n", "<br />"], []])
def test_blank_texts_are_refused(kind, texts):
    with pytest.raises(
        DataError, match=rf"the {len(texts)} texts contain no {'character' if kind == 'char' else 'word'}"
    ):
        TextTokenizer.fit(texts, kind=kind)


def test_arguments_out_of_range_are_named():
    with pytest.raises(ValueError, match="`kind`, expected one of word, bpe, char, got 'words'"):
        TextTokenizer.fit(["a"], kind="words")
    with pytest.raises(ValueError, match="`vocabulary`, expected an integer of at least 3, got 2"):
        TextTokenizer.fit(["a"], vocabulary=2)
    with pytest.raises(ValueError, match="`length`, expected an integer of at least 1, got 0"):
        fitted_on("a").encode(["a"], length=0)


def test_tokens_of_reviews_equal_the_standard_library(requires_data):
    with tarfile.open(requires_data("imdb/aclImdb_v1.tar.gz")) as archive:
        members = islice((m for m in archive if re.search(r"/(pos|neg)/.*\.txt$", m.name)), 400)
        texts = [archive.extractfile(member).read().decode() for member in members]
    assert any("<br />" in text for text in texts)
    tokenizer = TextTokenizer.fit(texts, vocabulary=2000)
    counts = Counter(word for text in texts for word in words_of(text))
    assert tokenizer.tokens[2:] == most_frequent(counts, 1998)
    known = set(tokenizer.tokens)
    encoded = tokenizer.encode(texts)
    assert encoded.full_lengths.tolist() == [len(words_of(text)) for text in texts]
    assert encoded.unknown == sum(count for word, count in counts.items() if word not in known)


def test_equal_tokenizers_have_equal_files():
    texts = ["the cat sat on the mat", "안녕 the cat"]
    files = {hashlib.sha256(TextTokenizer.fit(texts, kind="bpe").to_json()).hexdigest() for _ in range(3)}
    assert len(files) == 1


def test_bpe_training_time_is_limited_for_overlong_words():
    began = time.process_time()
    fitted = TextTokenizer.fit(["a" * 100_000, "ab ab abc"], kind="bpe", vocabulary=60)
    assert {"aa", "▁ab"} <= set(fitted.tokens)
    assert fitted.encode(["a" * 100_000]).unknown == 0
    assert time.process_time() - began < 2


@pytest.mark.parametrize("kind", KINDS)
def test_huge_vocabulary_size_is_accepted(kind):
    texts = ["a b ab ab", "b a"]
    fitted = TextTokenizer.fit(texts, kind=kind, vocabulary=10**30)
    assert fitted.tokens == TextTokenizer.fit(texts, kind=kind).tokens


def test_spaces_are_inserted_only_into_overlong_words():
    shorten = tokens._without_overlong_words
    assert shorten("short words " * 1000) == "short words " * 1000
    long = "x" * 10_000
    assert shorten(f"a {long}\n b") == f"a {'x' * 4096} {'x' * 4096} {'x' * 1808}\n b"


INVISIBLE = [chr(point) for point in (0xAD, 0x61C, 0x200E, 0x200F, 0x202B, 0x2060, 0x2066, 0xFE0F, 0xFEFF)]


@pytest.mark.parametrize("kind", ["word", "bpe", "char"])
def test_invisible_characters_make_no_other_words(kind):
    tokenizer = TextTokenizer.fit(["co-operate king kings"] * 3, kind=kind)
    expected = tokenizer.encode(["king kings co-operate"]).ragged[0].tolist()
    for sign in INVISIBLE:
        assert tokenizer.encode([f"{sign}ki{sign}ng kings{sign} co-op{sign}{sign}erate"]).ragged[0].tolist() == expected
    assert tokenizer.encode(["king\u200bkings\u200b co-operate\u200b"]).ragged[0].tolist() == expected


def test_joiners_within_a_word_do_not_split_it():
    texts = ["می\u200cخواهم क्\u200dष \u200cx 👩\u200d👧"]
    tokenizer = TextTokenizer.fit(texts)
    words = [tokenizer.tokens[i] for i in tokenizer.encode(texts).ragged[0]]
    assert words == ["می\u200cخواهم", "क्\u200dष", "\u200c", "x", "👩", "\u200d", "👧"]


@pytest.mark.parametrize("kind", ["word", "bpe", "char"])
def test_tokenizer_of_an_earlier_version_splits_as_it_did(kind):
    fitted = TextTokenizer.fit(["hel lo so\u200ct"] * 3, kind=kind)
    earlier = normalizing.assembled(fitted._tokenizer.model, kind, True, keeps_invisible=True)
    read = TextTokenizer.from_json(earlier.to_str().encode())
    assert fitted.encode(["hel\xadlo"]).ragged[0].tolist() != read.encode(["hel\xadlo"]).ragged[0].tolist()
    assert UNKNOWN in read.encode(["hel\xadlo"]).ragged[0]
    assert fitted.encode(["hel lo"]).ragged[0].tolist() == read.encode(["hel lo"]).ragged[0].tolist()
