"""`seqkit translate`: texts, lines and files in, lines, CSV, JSON and a drawing out."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main

TEXTS = ["Push the red box.", "Lift the cup."]


@pytest.fixture
def call(small_translation_run):
    def run(*arguments, stdin: str | bytes | None = None):
        return CliRunner().invoke(main, ["translate", str(small_translation_run), *map(str, arguments)], input=stdin)

    return run


@pytest.fixture(scope="module")
def expected(small_translation_run):
    return seqkit.load(small_translation_run).translate(TEXTS)


def test_texts_and_lines_of_standard_input_give_a_line_each(call, expected):
    assert call(*TEXTS).stdout.split("\n") == [*expected, ""]
    result = call("-", stdin=f"{TEXTS[0]}\r\n\n{TEXTS[1]}\n")
    assert result.exit_code == 0 and result.stdout.split("\n") == [expected[0], "", expected[1], ""]


def test_json_has_the_best_translations_with_their_scores(call, expected):
    rows = json.loads(call(*TEXTS, "--json", "--n", 2, "--beam", 5).stdout)
    assert [(row["text"], row["rank"]) for row in rows] == [(text, rank) for text in TEXTS for rank in (1, 2)]
    assert rows[0]["translation"] == expected[0] and rows[0]["score"] >= rows[1]["score"]


def test_columns_of_a_file_stay_and_a_column_of_translations_follows(call, expected, tmp_path):
    path, output = tmp_path / "new.csv", tmp_path / "out.csv"
    rows = {"id": [7, 8, 9], "english": [TEXTS[0], "", TEXTS[1]], "translation": ["x", "y", "z"]}
    pd.DataFrame(rows).to_csv(path, index=False)
    result = call("--data", path, "--source", "english", "-o", output)
    assert result.exit_code == 0, result.stderr
    frame = pd.read_csv(output, keep_default_na=False)
    assert list(frame.columns) == ["id", "english", "translation", "translation_2"]
    assert frame["translation_2"].tolist() == [expected[0], "", expected[1]]
    assert call("--data", path, "--source", "english", "-o", output).exit_code == 2, "the file exists"
    result = call("--data", path, "--source", "english", "-o", output, "--overwrite", "--n", 2)
    assert pd.read_csv(output)["id"].tolist() == [7, 7, 8, 9, 9]


def test_file_of_lines_is_translated(call, expected, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(TEXTS) + "\n")
    result = call("--data", path)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[1].endswith(expected[0])


def test_attention_is_drawn(call, tmp_path):
    path = tmp_path / "attention.png"
    assert call("Push the 빨간 box.", "--attention", path).exit_code == 0
    assert path.read_bytes()[:4] == b"\x89PNG"
    result = call(*TEXTS, "--attention", tmp_path / "other.png")
    assert result.exit_code == 2 and "--attention draws a single text" in result.stderr


def test_bytes_within_a_character_are_not_drawn_as_blanks(figures, tmp_path):
    from seqkit.tasks.translate.inference import Alignment
    from seqkit.tasks.translate.plots import attention

    attention(Alignment(["", "é", " ", "⏎"], ["a", "⏎"], np.full((2, 4), 0.25)), tmp_path / "attention.png")
    assert [label.get_text() for label in figures[0].axes[0].get_xticklabels()] == ["·", "é", "␣", "⏎"]


def test_title_says_what_is_not_drawn(figures, tmp_path):
    from seqkit.tasks.translate.inference import Alignment
    from seqkit.tasks.translate.plots import attention

    attention(Alignment(["a"] * 83, ["b"] * 60, np.full((60, 83), 0.01)), tmp_path / "attention.png", title="long")
    axes = figures[0].axes[0]
    assert axes.get_title(loc="left").splitlines() == ["long", "first 60 of the 83 pieces of the source"]
    assert len(axes.get_xticklabels()) == len(axes.get_yticklabels()) == 60


def test_attention_of_a_recipe_without_it_is_refused_before_translating(call, tmp_path, monkeypatch):
    monkeypatch.setattr("seqkit.tasks.translate.inference.Translator.has_attention", False)
    result = call("Push the box.", "--attention", tmp_path / "attention.png")
    assert (result.exit_code, result.stdout) == (2, "") and "has no attention that could be shown" in result.stderr


def test_texts_longer_than_those_of_training_are_noted(call):
    result = call("Push the box.", "Push the box and then " * 20)
    assert result.exit_code == 0
    assert "1 of 2 texts (the first is number 2) are longer than the sentences of the training" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("text", "--data", "file.csv"),
        ("text", "--beam", "0"),
        ("text", "--n", "0"),
        ("text", "--length-penalty", "-1"),
    ],
)
def test_wrong_arguments_are_refused(call, arguments):
    assert call(*arguments).exit_code == 2


def test_more_translations_than_the_beam_holds_are_refused(call):
    result = call("text", "--beam", "2", "--n", "3")
    assert result.exit_code == 2 and "Choose a larger beam or a smaller n" in result.stderr


def test_bytes_that_are_no_text_are_refused(call):
    result = call("-", stdin=b"\xff\xfe\xfa")
    assert result.exit_code in (2, 5) and "UTF-8" in result.stderr


def test_argument_that_is_not_utf_8_is_refused(call):
    result = call("Push", "the \udcff box")
    assert result.exit_code == 2 and "Text 2 is not UTF-8: 'the \\udcff box'" in result.stderr


def test_run_of_another_task_is_refused(small_run):
    result = CliRunner().invoke(main, ["translate", str(small_run), "text"])
    assert result.exit_code == 2 and "but a run of the task 'translate' is needed" in result.stderr
