"""Lists of labels written as text."""

import pytest

from seqkit.data.labelled.list_cells import is_quoted_list, list_in_text


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("['a', 'b']", ("a", "b")),
        ('["a","b"]', ("a", "b")),
        (" ['a' 'b'\n 'c'] ", ("a", "b", "c")),
        ("('a',)", ("a",)),
        ("{'a', \"b\"}", ("a", "b")),
        ("['it\\'s', \"l'x\", ' ,']", ("it's", "l'x", " ,")),
        ('["\\u00e9", "\\q"]', ("\u00e9", "q")),
        ("[]", ()),
        ("[very good, bad]", ("very good", "bad")),
        ("[1, 2]", ("1", "2")),
        ("[1 0 2.5]", ("1", "0", "2.5")),
        ("[1]", ("1",)),
    ],
)
def test_list_is_read(cell, items):
    assert list_in_text(cell) == items


@pytest.mark.parametrize(
    "cell",
    ["a", "", "[", "[unknown]", "(a, b)", "{'a': 1}", "['a'", "[['a']]", "[sic], [x]", "[,]", "['a' b]", "{}", "()"],
)
def test_other_cells_are_no_lists(cell):
    assert list_in_text(cell) is None


def test_time_of_a_cell_with_many_spaces_grows_with_its_length():
    assert list_in_text("[a" + " " * 60_000 + "(]") is None


def test_overlong_cell_is_no_list():
    assert list_in_text("['a'" + ", 'a'" * 100_000 + "]") is None


def test_quoted_items_tell_a_list_from_a_label_in_brackets():
    assert is_quoted_list("['a']") and not is_quoted_list("[a, b]") and not is_quoted_list("it's")
