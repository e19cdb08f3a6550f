"""Recognition of text whose words are not separated by blanks."""

import re
from collections import Counter

import pytest

from seqkit.data.text.blanks import words_without_blanks

REMEDY = "as whole sentences do. Use --tokenizer char, or --tokenizer bpe for frequent parts of words"


def explained(text: str) -> str | None:
    words = Counter(re.findall(r"\S+", text))
    return words_without_blanks(words, words.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "今天天气很好我们去公园散步 然后吃晚餐和朋友聊天",
            "100% of it is Chinese or Japanese and comes in words of 12 char",
        ),
        ("きょうはとてもいい天気ですね コンピュータで日本語の文章を読む", "100% of it is Chinese or Japanese"),
        ("วันนี้อากาศดีมากเราไปเดินเล่นที่สวน", "100% of it is Thai and comes in words of 35 characters"),
        ("ມື້ນີ້ອາກາດດີຫຼາຍພວກເຮົາໄປຍ່າງຫຼິ້ນ", "100% of it is Lao"),
        ("ថ្ងៃនេះអាកាសធាតុល្អណាស់យើងដើរលេងនៅសួន", "100% of it is Khmer"),
        ("ဒီနေ့ရာသီဥတုကောင်းတယ်ပန်းခြံသွားမယ်", "100% of it is Burmese"),
        ("དེ་རིང་གནམ་གཤིས་ཡག་པོ་འདུག་ང་ཚོ་གླིང་ཀར་འགྲོ", "100% of it is Tibetan"),
        ("오늘은날씨가좋아서우리는공원으로산책을갔습니다", "100% of it is Korean and comes in words of 23 characters"),
        ("ACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGT " * 3, "100% of it comes in words of 36 characters"),
    ],
)
def test_text_without_blanks_is_explained_with_its_script(text, expected):
    explanation = explained(text)
    assert explanation is not None and explanation.endswith(REMEDY)
    assert explanation.startswith(f"the text has hardly any blanks between words: {expected}")


@pytest.mark.parametrize(
    "text",
    [
        "今天 天气 很 好 我们 去 公园 散步 然后 吃 晚餐",
        "きょう は とても いい 天気 です ね コンピュータ で 日本語 の 文章 を 読む",
        "วันนี้ อากาศ ดี มาก เรา ไป เดินเล่น ที่ สวน",
        "ဒီနေ့ ရာသီဥတု ကောင်းတယ် ပန်းခြံ သွားမယ်",
        "영화가너무재밌어요 정말 최고의 작품이라고 생각합니다",
        "오늘은 날씨가 좋아서 우리는 공원으로 산책을 갔습니다",
        "Donaudampfschifffahrtsgesellschaft ist ein langes Wort und das ist auch schon alles",
        "आज मौसम अच्छा है और हम पार्क में घूमने जाते हैं",
        "the cat sat on the mat and https://example.com/a/long/path/of/forty/characters was read " * 2,
        "",
    ],
)
def test_text_with_blanks_is_not(text):
    assert explained(text) is None


def test_share_of_a_mixed_text_is_that_of_the_script():
    # 30 English letters in 10 words, 10 Chinese characters in one: a quarter of the text.
    assert (explained("the " * 10 + "今天天气很好我们散步") or "").startswith(
        "the text has hardly any blanks between words: 25% of it is Chinese or Japanese and comes in words of 10 char"
    )
    assert explained("the " * 100 + "今天天气很好我们散步") is None


def test_lengths_are_weighted_by_characters():
    # 100 times 2 characters and once 20: the word around a random character has (100 * 4 + 400) / 220 = 3.6 of them.
    assert explained("天气 " * 100 + "天" * 20) is None
    assert "words of 11 characters" in (explained("天气 " * 10 + "天" * 20) or "")
