"""Reasons for unknown tokens in the validation texts, and the flags that help."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.progress import Callbacks
from seqkit.tasks.classify.unknown_tokens import explain_unknown

CHINESE = ["今天天气很好我们去公园散步", "这家餐厅的晚餐很好吃我们再来"]
ENGLISH = ["a good film", "a poor film"]


@pytest.mark.parametrize(
    ("share", "texts", "tokenizer", "is_full", "expected"),
    [
        (0.5, CHINESE, "word", False, "the text has hardly any blanks between words: 100% of it is Chinese"),
        (0.2, CHINESE, "word", False, "the text has hardly any blanks between words"),
        (0.05, CHINESE, "word", False, None),
        (0.5, CHINESE, "char", False, None),
        (0.2, ENGLISH, "word", False, None),
        (0.5, ENGLISH, "word", True, "are not among the most frequent ones: raise --vocabulary"),
        (0.5, ENGLISH, "bpe", True, "raise --vocabulary"),
        (0.5, ENGLISH, "word", False, "compare some of them; if words have many forms, --tokenizer bpe splits off"),
        (0.5, ENGLISH, "bpe", False, "have few tokens in common with the training texts: compare some of them"),
    ],
)
def test_cause_of_unknown_tokens_is_named_with_a_flag(share, texts, tokenizer, is_full, expected):
    explanation = explain_unknown(share, texts, tokenizer, is_full=is_full)
    assert explanation is None if expected is None else expected in (explanation or "")


def test_training_on_text_without_blanks_names_the_cause_before_it_begins(tmp_path):
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("今天气很好我们去公园散步这家餐厅的晚"), 16)) for _ in range(60)]
    frame = pd.DataFrame({"text": texts, "label": ["a", "b"] * 30})
    for tokenizer, is_explained in (("word", True), ("char", False)):
        seen: list[str] = []
        seqkit.train(
            "conv1d",
            frame,
            out=tmp_path / tokenizer,
            epochs=1,
            filters=2,
            embedding=4,
            tokenizer=tokenizer,
            callbacks=Callbacks(on_message=seen.append),
        )
        place = next(i for i, line in enumerate(seen) if line.startswith("unknown tokens in validation"))
        assert ("the text has hardly any blanks between words" in seen[place + 1]) == is_explained
        assert (seen[place] == "unknown tokens in validation: 100.00%") == is_explained
