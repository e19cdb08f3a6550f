"""`seqkit check` of data that is no table: facts, notes and problems in the terms of its kind."""

import json

import pytest

from seqkit import registry
from seqkit.cli.check import RECIPES
from seqkit.tasks import tasks

REVIEWS = "text,label\n" + "".join(f"a fine film number {i},good\na bad film number {i},bad\n" for i in range(12))
TS = "@problemName Own\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n"
SERIES = "".join(f"{i},{i + 1},{i + 2}:{'ab'[i % 2]}\n" for i in range(20))


@pytest.fixture
def write(folder):
    def into(name: str, content: str) -> str:
        (folder / name).write_text(content, encoding="utf-8")
        return name

    return into


def test_texts_are_described_with_labels_lengths_and_copies(done, strict_json, write):
    name = write("reviews.csv", REVIEWS + "a fine film number 1,bad\n,bad\nodd,ugly\n")
    lines = done("check", name).stdout.splitlines()
    assert lines[0] == "reviews.csv: 27 labelled texts"
    assert "  labels      3: bad 14, good 12, ugly 1" in lines
    assert "  words       0 to 5 words, median 5" in lines
    assert "  - 1 text is empty (first row 26) and kept" in lines
    assert "  - 'ugly' has fewer than 10 examples: scores of rare labels are uncertain" in lines
    assert "  - 1 text repeats an earlier one; copies stay in the same part" in lines
    assert "  - of the texts, 1 has copies with other labels: look at them" in lines
    assert lines[-1] == "  seqkit train conv1d --data reviews.csv"
    report = strict_json(done("check", name, "--json").stdout)
    assert (report["kind"], report["examples"], report["repeated"], report["contradicting"]) == ("texts", 27, 1, 1)
    assert report["labels"] == {"bad": 14, "good": 12, "ugly": 1}
    assert report["commands"] == ["seqkit train conv1d --data reviews.csv"]


def test_a_problem_of_labelled_texts_ends_with_code_5(call, write):
    name = write("reviews.csv", REVIEWS + "no label,\n")
    result = call("check", name)
    assert (result.exit_code, result.stderr) == (5, "")
    assert "To fix before training:\n  - reviews.csv: 'label': 1 row has no label" in result.stdout
    assert "Ready" not in result.stdout
    assert json.loads(call("check", name, "--json").stdout)["problems"]


def test_columns_of_texts_can_be_chosen(done, write):
    name = write("two.csv", REVIEWS.replace("text,label", "body,mood"))
    assert "labels      2" in done("check", name, "--text", "body", "--label", "mood").stdout


def test_series_are_described_with_channels_and_steps(done, write):
    lines = done("check", write("own.ts", TS + SERIES + "5,5,5:a\n1,2,3,4:b\n")).stdout.splitlines()
    assert lines[0] == "own.ts: 22 labelled series"
    assert "  labels    2: a 11, b 11" in lines
    assert "  steps     3 to 4 steps, median 3" in lines
    assert "  - 1 series is constant (first: series 21)" in lines


def test_missing_values_of_series_are_refused_or_mended(done, refused, write):
    name = write("own.ts", TS + SERIES + "1,?,3:b\n")
    assert "1 series has missing values" in refused("check", name, code=5)
    assert done("check", name, "--missing", "drop").stdout.startswith("own.ts: 20 labelled series")


def test_tagged_words_are_described_with_scheme_and_spans(done, write):
    lines = done(
        "check", write("names.conll", "Ada B-person\nmet O\n\nTim B-person\n\nTim B-person\n")
    ).stdout.splitlines()
    assert lines[0] == "names.conll: 3 sentences of tagged words"
    assert "  scheme     IOB2" in lines
    assert "  labels     1: person 3" in lines
    assert "  words      4, 3 different" in lines
    assert "  - 1 sentence repeats an earlier one; copies stay in the same part" in lines


def test_pairs_are_described_with_lengths_of_both_sides(done, write):
    rows = "".join(f"word {i}\tmot {i}\n" for i in range(30))
    name = write("own.tsv", f"english\tfrench\n{rows}word 1\tun mot\nsame\tsame\nOK\t{'long ' * 40}\n")
    lines = done("check", name).stdout.splitlines()
    assert lines[0] == "own.tsv: 33 sentence pairs"
    assert "  english  1 to 2 words, median 2" in lines
    text = " ".join(done("check", name).stdout.split())
    assert "1 pair gives another translation of a sentence that has one" in text
    assert "1 pair has the same text on both sides (first row 32)" in text
    assert "1 pair has sides of very unequal length (first row 33): are they aligned?" in text


def test_tagged_series_are_described_with_segments(done, refused, write):
    rows = [f"{i},{i % 3},{label}\n" for i, label in enumerate(["on"] * 12 + [""] + ["off"] * 11 + ["on"] * 4)]
    name = write("own.csv", "time,load,state\n" + "".join(rows))
    lines = done("check", name, "--task", "tag").stdout.splitlines()
    assert lines[0] == "own.csv: 28 rows of a series with a label in every row"
    assert "  column    'state'" in lines
    assert "  labels    2: on 16, off 11" in lines
    assert "  segments  3 of one label, 4 to 12 rows, median 11" in lines
    assert "  - 1 row has no label: read as context, never scored" in lines
    *others, command = done("check", name, "--task", "tag", "--label", "state").stdout.splitlines()
    assert others == lines[:-1] and command == f"{lines[-1]} --label state"
    twice = ("--task", "tag", "--label", "state", "--label", "load")
    assert refused("check", name, *twice, code=2).startswith("--label is given 2 times, but a row has one label.")


def test_prose_is_described_as_running_text(done, strict_json, write):
    name = write(
        "book.txt", "It was a bright cold day in spring, and nobody came.\n\nThe clock struck.\nThe clock struck.\n"
    )
    lines = done("check", name).stdout.splitlines()
    assert lines[0] == "book.txt: running text"
    assert "  lines       4, 1 blank; the longest has 52 characters" in lines
    assert "  seqkit train gru --data book.txt --task generate" in lines
    report = strict_json(done("check", name, "--json").stdout)
    assert (report["kind"], report["words"], report["repeated_lines"]) == ("corpus", 17, 1)


def test_a_text_file_of_numbers_is_a_table(done, write):
    name = write("own.txt", "time,value\n" + "".join(f"2024-01-{day:02d},{day % 7}\n" for day in range(1, 31)))
    assert done("check", name).stdout.startswith("own.txt (CSV, comma, UTF-8): 30 rows")


def test_music_is_described_with_voices_and_pitches(done, write):
    name = write("own.json", json.dumps([[[67, 64], [69, -1]], [[60, 55], [62, 57]]]))
    lines = done("check", name).stdout.splitlines()
    assert lines[0] == "own.json: 2 pieces of music"
    assert "  frames   2 frames each" in lines
    assert "  rests    12.5% of the notes" in lines


def test_the_task_chooses_how_a_file_is_read(done, refused, write):
    name = write("reviews.csv", REVIEWS)
    assert done("check", name, "--task", "generate").stdout.startswith("reviews.csv: running text")
    assert done("check", name, "--task", "classify").stdout == done("check", name).stdout
    assert refused("check", name, "--task", "clasify", code=2).startswith("There is no task 'clasify'. Did you mean")


def test_options_of_another_kind_are_refused(refused, write):
    name = write("names.conll", "Ada B-person\nmet O\n\nTim B-person\n")
    message = refused("check", name, "--missing", "drop", code=2)
    assert message.startswith("--missing does not apply: names.conll contains tagged words. Leave it out.")
    assert "analogies, which no model is trained on" in refused("check", "questions_words", code=2)


def test_suggested_recipes_exist_and_serve_their_task():
    assert {task for task in tasks() if task != "forecast"} == set(RECIPES)
    assert all(task in registry.find_recipe(recipe).constants["TASKS"] for task, recipe in RECIPES.items())


ROWS = "x,state\n" + "".join(f"{i}.5,{'on' if i // 5 % 2 else 'off'}\n" for i in range(40))


def test_task_tag_reads_a_table_as_training_does(done, call, write):
    name = write("states.csv", ROWS)
    assert done("check", name, "--task", "tag").stdout.startswith("states.csv: 40 rows of a series with a label")
    column = call("check", write("moods.csv", ROWS.replace("state", "mood")), "--task", "tag").stdout
    assert "Set --label to one" in " ".join(column.split())


def test_the_faults_of_a_table_with_labels_stay_a_table(call, write):
    result = call("check", write("states.csv", ROWS.replace("\n3.5", "\n")), "--task", "tag")
    assert result.exit_code == 5
    lines = result.stdout.splitlines()
    heading = next(number for number, line in enumerate(lines) if line.split()[:2] == ["problem", "column"])
    assert lines[heading + 1].split()[:3] == ["missing", "value", "x"]
    assert lines[heading].index("column") == lines[heading + 1].index("x")


def test_notes_fit_a_terminal(done, write):
    name = write(
        "reviews.csv", REVIEWS + "a fine film number 1,bad\nodd,ugly\nodder,another quite rare label of texts\n"
    )
    lines = done("check", name).stdout.splitlines()
    assert any("scores of rare labels" in line for line in lines) and max(map(len, lines)) <= 80


def test_command_repeats_the_options_without_which_training_reads_the_file_differently(done, write):
    name = write("moods.csv", ROWS.replace("state", "my mood"))
    lines = done("check", name, "--task", "tag", "--label", "my mood").stdout.splitlines()
    assert lines[-1] == "  seqkit train bidirectional_gru --data moods.csv --label 'my mood'"
    lines = done("check", write("states.csv", ROWS), "--task", "tag").stdout.splitlines()
    assert lines[-1].endswith("--data states.csv --task tag"), "rows without times show no series"


def test_parts_without_a_row_are_a_problem_of_rows_with_labels(call, write):
    head, *rows = ROWS.splitlines()
    parts = [f"{row},{'train' if number < 30 else 'test'}" for number, row in enumerate(rows)]
    result = call("check", write("parts.csv", "\n".join([f"{head},part", *parts])), "--task", "tag")
    assert result.exit_code == 5
    assert "has no row of validation. Give each part some rows" in " ".join(result.stdout.split())


def test_one_row_is_one_row(done, write):
    name = write("single.csv", "x,state\n" + "".join(f"{i}.5,s{i % 12}\n" for i in range(40)))
    assert "40 of one label, 1 row each" in done("check", name, "--task", "tag").stdout
