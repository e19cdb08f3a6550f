"""Tags and spans by a finished run, in Python and on the command line."""

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import seqkit
from seqkit.cli import main
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run


@pytest.fixture
def tagger(people_run):
    return seqkit.load(people_run)


def command(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["tag", *map(str, arguments)], input=stdin)


def test_spans_have_offsets_of_the_text_given(tagger):
    texts = ["  Ada met Lee Kim,\tin\nNew York.", "", "met in met .", "😀\nTim met Nora"]
    found = tagger.tag(texts)
    assert list(found.columns) == ["text", "start", "end", "label", "span", "probability"]
    assert [(row.text, row.label, row.span) for row in found.itertuples() if row.span != "😀"] == [
        (0, "person", "Ada"),
        (0, "person", "Lee Kim"),
        (0, "place", "New York"),
        (3, "person", "Tim"),
        (3, "person", "Nora"),
    ]
    for row in found.itertuples():
        assert texts[row.text][row.start : row.end] == row.span
    assert ((found["probability"] > 0.3) & (found["probability"] <= 1)).all()


def test_answers_do_not_depend_on_other_texts_or_their_number(tagger):
    texts = [f"{'Ada met ' * number}Tim in Rome" for number in range(1, 40)] * 8
    together = tagger.tag(texts)
    for number in (0, 5, 38):
        alone = tagger.tag([texts[number]])
        rows = together[together["text"] == number].reset_index(drop=True).assign(text=0)
        pd.testing.assert_frame_equal(rows, alone, rtol=1e-4)


def test_no_text_gives_no_rows_of_the_same_types(tagger):
    empty = tagger.tag([])
    assert list(empty.columns) == list(tagger.tag(["Ada"]).columns) and len(empty) == 0
    assert empty["start"].dtype == np.int64


def test_words_of_sentences_get_tags_in_the_scheme_of_the_data(tagger):
    tags, probabilities = tagger.tag_words([("Sam", "Poe", "met", "Tim"), (), ("Rome",)])
    assert tags == [["B-person", "I-person", "O", "B-person"], [], ["B-place"]]
    assert [len(values) for values in probabilities] == [4, 0, 1]


def test_sentence_longer_than_the_limit_is_read_in_pieces(tagger):
    words = ["Ada", "met", "Tim", "in", "Rome", "."] * 100
    tags, _ = tagger.tag_words([words])
    assert len(tags[0]) == 600 and tags[0].count("B-person") > 180


def test_single_text_is_refused(tagger):
    with pytest.raises(UsageError, match=r"got a single text\. Put it in a list"):
        tagger.tag("Ada")


def test_text_that_is_no_string_is_refused(tagger):
    with pytest.raises(DataError, match=r"Text 2 is of type int, expected a string\. Leave it out\."):
        tagger.tag(["Ada", 3])


def test_command_prints_a_row_per_span(people_run):
    result = command(people_run, "Ada met Lee Kim", "Tim")
    lines = [line.rpartition(",")[0] for line in result.stdout.splitlines()]
    assert lines == ["text,start,end,label,span", "1,0,3,person,Ada", "1,8,15,person,Lee Kim", "2,0,3,person,Tim"]


def test_command_reads_lines_of_standard_input_and_prints_json(people_run):
    result = command(people_run, "-", "--json", stdin="Ada met 김\n\nin Rome")
    first, second, third = json.loads(result.stdout)
    assert first["text"] == "Ada met 김" and second == {"text": "", "spans": []}
    assert {"start": 3, "end": 7, "label": "place", "text": "Rome"}.items() <= third["spans"][0].items()


def test_command_writes_a_file_in_the_form_it_has(people_run, people_file, tmp_path):
    out = tmp_path / "out.conll"
    assert command(people_run, "--data", people_file, "-o", out).exit_code == 0
    assert out.read_text() == people_file.read_text()
    words = tmp_path / "words.txt"
    words.write_text("Ada\nmet\n\nTim\n")
    assert command(people_run, "--data", words).stdout == "Ada\tB-person\nmet\tO\n\nTim\tB-person\n\n"
    lines = tmp_path / "texts.jsonl"
    lines.write_text('{"text": "Ada met Tim"}\n')
    assert json.loads(command(people_run, "--data", lines).stdout) == {
        "text": "Ada met Tim",
        "spans": [{"start": 0, "end": 3, "label": "person"}, {"start": 8, "end": 11, "label": "person"}],
    }


def test_command_writes_another_form_by_the_suffix_of_the_output(people_run, tmp_path):
    words, out = tmp_path / "words.txt", tmp_path / "out.jsonl"
    words.write_text("Ada\nmet\n")
    assert command(people_run, "--data", words, "-o", out).exit_code == 0
    assert json.loads(out.read_text()) == {"tokens": ["Ada", "met"], "tags": ["B-person", "O"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Give one of: texts, - for standard input, or --data FILE"),
        (("Ada", "--data", "x"), "Give one of: texts"),
        (("--data", "x", "--json"), "--data writes the form of its file: leave --json out"),
        (("\udcff",), "Text 1 is not UTF-8: '\\udcff'. Encode it as UTF-8"),
    ],
)
def test_command_refuses_what_it_cannot_read(people_run, arguments, message):
    result = command(people_run, *arguments)
    assert result.exit_code == 2 and message in result.stderr


def test_command_tags_a_dataset(people_run):
    header, *lines = command(people_run, "--data", "demo_names").stdout.splitlines()
    assert header == "sentence,word,tag" and len(lines) > 3000
    assert {line.rpartition(",")[2] for line in lines} <= {"O", "B-person", "I-person", "B-place", "I-place"}


def test_command_keeps_an_existing_file(people_run, people_file, tmp_path):
    out = tmp_path / "out.conll"
    out.write_text("mine")
    result = command(people_run, "--data", people_file, "-o", out)
    assert result.exit_code == 2 and "exists. Choose another --output" in result.stderr and out.read_text() == "mine"


def test_command_refuses_a_run_of_another_task(small_run):
    result = command(small_run, "Ada")
    assert result.exit_code == 2 and "but a run of the task 'tag' is needed" in result.stderr


def test_plain_tags_are_printed_for_every_word(tmp_path):
    words = product(("the", "a", "every"), ("dog", "cat", "owl", "hen"), ("barks", "sleeps", "sings", "runs"))
    sentences = (f"{one} DET\n{two} NOUN\n{three} VERB\n\n" for one, two, three in words)
    (tmp_path / "pos.conll").write_text("".join(sentences))
    options = {"epochs": 2, "filters": (8,), "embedding": 4, "learning_rate": 2e-2, "character_filters": 0}
    run = seqkit.train("conv1d", tmp_path / "pos.conll", out=tmp_path / "run", decoder="softmax", **options)
    found = seqkit.load(run.path).tag(["the cat barks"])
    assert found["label"].tolist() == ["DET", "NOUN", "VERB"] and found["span"].tolist() == ["the", "cat", "barks"]
    test = read_run(run.path).read_json("metrics.json")["test"]
    assert test["scheme"] == "plain" and test["models"][0]["f1"] is None
    assert test["models"][0]["token_accuracy"] == 1.0
    assert not (run.path / "transitions.npz").exists()
