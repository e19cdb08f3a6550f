"""Invalid corpora on the command line: one message, the right exit code, and no files left."""

import pytest

SENTENCES = b"the cat sat on a mat with some dog\n" * 20


@pytest.mark.parametrize(
    ("content", "flags", "code", "message"),
    [
        (b"", (), 5, "contains no words"),
        (b" \n\n", (), 5, "contains no words"),
        (b"a b c\n", (), 5, "No word occurs 5 times"),
        (b"one\n" * 9, (), 5, "Only one word occurs at least 5 times"),
        (b"one\n" * 9, ("--min-count", "1"), 5, "only one distinct word"),
        (bytes(range(256)) * 40, (), 5, "it is not text"),
        (b"all is well\nna\xffve\n", (), 5, "line 2"),
        (SENTENCES, ("--window", "0"), 2, "--window, expected a whole number in [1, 1000], got 0"),
        (SENTENCES, ("--dim", "0"), 2, "--dim, expected a whole number in [1, inf) or none, got 0"),
        (SENTENCES, ("--negative", "10"), 2, "at most 9, the number of words, got 10"),
        (
            SENTENCES,
            ("--subwords", "6-3"),
            2,
            "Received an invalid value for --subwords, expected the shortest and longest length of n-grams",
        ),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value)[:20],
)
def test_invalid_corpora_and_options_are_rejected(refused, folder, content, flags, code, message):
    (folder / "corpus.txt").write_bytes(content)
    assert message in refused("train", "skipgram", "--data", "corpus.txt", "--out", "run", *flags, code=code)


def test_a_line_of_a_hundred_megabytes_is_read(call, folder):
    words = " ".join(f"word{i % 5000}" for i in range(50_000))
    with (folder / "corpus.txt").open("w", encoding="utf-8") as file:
        for _ in range(100_000_000 // len(words) + 1):
            file.write(words + " ")
    assert (folder / "corpus.txt").stat().st_size > 100_000_000
    result = call(
        "train", "cbow", "--data", "corpus.txt", "--out", "run", "--dim", "4", "--sample", "1e-6", "--epochs", "1"
    )
    assert result.exit_code == 0, result.output
    assert "5,000 word vectors of dimension 4" in result.output
