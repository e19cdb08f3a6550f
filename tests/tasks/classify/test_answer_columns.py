"""Names of the columns of answers."""

import pytest

from seqkit.tasks.classify.answer_columns import distinct_columns


@pytest.mark.parametrize(
    ("names", "taken", "columns"),
    [
        (["predicted", "probability"], ["text"], ["predicted", "probability"]),
        (["predicted", "probability"], ["text", "predicted"], ["predicted_2", "probability"]),
        (["predicted"], ["predicted", "predicted_2", "predicted_4"], ["predicted_3"]),
        (["predicted", "text", "predicted"], ["text"], ["predicted", "text_2", "predicted_2"]),
        (["a", "a_2", "a"], ["a"], ["a_3", "a_2", "a_4"]),
    ],
)
def test_a_taken_name_gets_the_next_free_number(names, taken, columns):
    assert distinct_columns(names, taken) == columns
    assert not set(columns) & set(taken)
    assert len(set(columns)) == len(columns)
