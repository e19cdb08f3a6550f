"""Entity scores equal those of seqeval, also on broken tags, and those worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as by_label

from seqkit.tasks.tag.metrics import accuracy, f1, span_counts, tag_summary, token_counts

without_deadline = settings(deadline=None)

TAGS = ["O", *(f"{letter}-{label}" for letter in "BIES" for label in ("per", "loc"))]


@st.composite
def corpora(draw):
    """True and predicted tags of the same words, legal or not."""
    lengths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=6))
    return [[[draw(st.sampled_from(TAGS)) for _ in range(n)] for n in lengths] for _ in range(2)]


@without_deadline
@given(corpora())
def test_scores_equal_those_of_seqeval(corpus):
    y_true, y_pred = corpus
    summary = tag_summary(y_true, y_pred, "BIOES")
    arguments = {"zero_division": 0}
    assert summary["f1"] == pytest.approx(f1_score(y_true, y_pred, **arguments))
    assert summary["precision"] == pytest.approx(precision_score(y_true, y_pred, **arguments))
    assert summary["recall"] == pytest.approx(recall_score(y_true, y_pred, **arguments))
    assert summary["token_accuracy"] == pytest.approx(accuracy_score(y_true, y_pred))
    reference = np.array(by_label(y_true, y_pred, average=None, zero_division=0)).reshape(4, -1).T
    types = [[row["precision"], row["recall"], row["f1"], row["spans"]] for row in summary["types"]]
    assert np.array(types).reshape(-1, 4) == pytest.approx(reference)


@without_deadline
@given(corpora())
def test_counts_of_sentences_sum_to_the_scores(corpus):
    y_true, y_pred = corpus
    summary = tag_summary(y_true, y_pred, "BIOES")
    assert float(f1(span_counts(y_true, y_pred, "BIOES").sum(axis=0))) == pytest.approx(summary["f1"])
    assert float(accuracy(token_counts(y_true, y_pred).sum(axis=0))) == pytest.approx(summary["token_accuracy"])


def test_scores_worked_out_by_hand():
    y_true = [["B-per", "I-per", "O", "B-loc"], ["O", "B-per"]]
    y_pred = [["B-per", "I-per", "O", "B-per"], ["B-loc", "B-per"]]
    assert span_counts(y_true, y_pred, "IOB2").tolist() == [[1, 2, 2], [1, 2, 1]]
    summary = tag_summary(y_true, y_pred, "IOB2")
    assert summary == {
        "precision": 2 / 4,
        "recall": 2 / 3,
        "f1": 4 / 7,
        "token_accuracy": 4 / 6,
        "sentences": 2,
        "words": 6,
        "spans": 3,
        "types": [
            {"label": "loc", "precision": 0, "recall": 0, "f1": 0, "spans": 1},
            {"label": "per", "precision": 2 / 3, "recall": 1, "f1": 0.8, "spans": 2},
        ],
    }


def test_part_of_a_span_is_no_span():
    y_true, y_pred = [["B-x", "I-x", "I-x"]], [["B-x", "I-x", "O"]]
    assert span_counts(y_true, y_pred, "IOB2").tolist() == [[0, 1, 1]]


@pytest.mark.parametrize(
    ("y_true", "y_pred", "counts"),
    [(["O", "O"], ["O", "O"], [0, 0, 0]), (["O", "O"], ["B-x", "O"], [0, 1, 0]), (["B-x", "O"], ["O", "O"], [0, 0, 1])],
)
def test_scores_without_spans_are_0(y_true, y_pred, counts):
    assert span_counts([y_true], [y_pred], "IOB2").tolist() == [counts]
    summary = tag_summary([y_true], [y_pred], "IOB2")
    assert (summary["precision"], summary["recall"], summary["f1"]) == (0, 0, 0)


def test_no_sentences_score_0():
    assert span_counts([], [], "IOB2").shape == (0, 3)
    assert token_counts([], []).shape == (0, 2)
    assert tag_summary([], [], "IOB2")["token_accuracy"] == 0
    assert tag_summary([], [], "IOB2")["types"] == []


def test_f1_of_many_resamples_at_once():
    sums = np.array([[[1, 2, 2], [0, 0, 0]], [[3, 3, 3], [0, 4, 0]]])
    assert f1(sums).tolist() == [[0.5, 0], [1, 0]]


def test_classes_of_words_have_no_spans_but_a_score_for_each_tag():
    summary = tag_summary([["NOUN", "VERB", "NOUN"]], [["NOUN", "NOUN", "NOUN"]], "plain")
    assert (summary["precision"], summary["recall"], summary["f1"], summary["spans"]) == (None, None, None, 0)
    assert summary["token_accuracy"] == pytest.approx(2 / 3)
    assert summary["types"] == [
        {"label": "NOUN", "precision": 2 / 3, "recall": 1, "f1": 0.8, "spans": 2},
        {"label": "VERB", "precision": 0, "recall": 0, "f1": 0, "spans": 1},
    ]


def test_tags_of_other_words_are_refused():
    for call in (lambda: span_counts([["O"]], [["O", "O"]], "IOB2"), lambda: tag_summary([["O"]], [], "IOB2")):
        with pytest.raises(ValueError, match="Expected tags of the same words"):
            call()
