"""Classification on the command line: training on files, prediction, scores, comparison, and errors."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.progress import Callbacks
from tests.archives import tarred

TRAIN = ("train", "dense", "--epochs", 1, "--embedding", 4, "--units", 4, "--out", "run")


@pytest.fixture
def labels(small_label_run: Path, folder: Path) -> Path:
    """A copy of a finished run that labels texts, at "labels"."""
    shutil.copytree(small_label_run, folder / "labels")
    return Path("labels")


@pytest.fixture
def reviews(folder: Path):
    """Writes a CSV file of reviews, and returns its name."""

    def write(texts=None, labels=None, name="reviews.csv", columns=("review", "sentiment")) -> str:
        texts = [f"a {'fine' if i % 2 else 'poor'} film, number {i}" for i in range(60)] if texts is None else texts
        labels = [["bad", "good"][i % 2] for i in range(len(texts))] if labels is None else labels
        pd.DataFrame({columns[0]: texts, columns[1]: labels}).to_csv(folder / name, index=False)
        return name

    return write


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), keep_default_na=False)


def test_a_file_of_reviews_is_recognised_and_trained_on(done, reviews):
    result = done(*TRAIN, "--data", reviews())
    assert "60 texts: 30 bad, 30 good" in result.stderr
    assert "examples: 48 train, 6 validation, 6 test" in result.stderr
    assert "TF-IDF + linear" in result.stdout
    assert "majority class" in result.stdout
    files = {path.name for path in Path("run").iterdir()}
    assert {"model.onnx", "tokenizer.json", "metrics.json", "predictions.csv", "errors.csv", "baselines.npz"} <= files
    assert {path.name for path in Path("run/plots").iterdir()} == {
        "learning_curve.png", "confusion.png", "calibration.png",
    }  # fmt: skip


def test_columns_can_be_named(done, reviews):
    name = reviews(columns=("what they wrote", "stars"))
    result = done(*TRAIN, "--data", name, "--text", "what they wrote", "--label", "stars")
    assert "60 texts: 30 bad, 30 good" in result.stderr


def test_predictions_are_sorted_by_confident_errors(labels):
    found = pd.read_csv(labels / "predictions.csv")
    wrong = found[~found["correct"]]
    assert len(wrong)
    assert found.index[~found["correct"]].tolist() == list(range(len(wrong)))
    assert wrong["probability"].is_monotonic_decreasing
    assert (found["correct"] == (found["label"] == found["predicted"])).all()


def test_texts_are_labelled_from_arguments(done, labels):
    found = table(done("predict", labels, "a fine meal", "", "한국어").stdout)
    assert found["text"].tolist() == ["a fine meal", "", "한국어"]
    expected = seqkit.load(labels).predict(["a fine meal", "", "한국어"])
    assert found["predicted"].tolist() == expected["predicted"].tolist()
    np.testing.assert_allclose(found["probability"], expected["probability"], rtol=1e-5)


def test_lines_of_standard_input_are_labelled(done, labels):
    found = table(done("predict", labels, "-", stdin="one\n\nand two\n").stdout)
    assert found["text"].tolist() == ["one", "", "and two"]


def test_lines_of_standard_input_end_at_line_feeds_and_carriage_returns_only(done, labels):
    odd = ["a\x0bb", "a\x0cb", "a\x1c\x1d\x1eb", "a\x85b", "a\u2028b", "a\u2029b", "", "last"]
    for end in ("\n", "\r\n", "\r"):
        records = json.loads(done("predict", labels, "-", "--json", stdin=end.join([*odd, ""]).encode()).stdout)
        assert [record["text"] for record in records] == odd


def test_standard_input_is_read_in_its_encoding(done, refused, labels):
    content = "좋다\n나쁘다\n".encode("cp949")
    found = table(done("predict", labels, "-", "--encoding", "cp949", stdin=content).stdout)
    assert found["text"].tolist() == ["좋다", "나쁘다"]
    assert "standard input is not UTF-8" in refused("predict", labels, "-", stdin=content, code=5)


def test_a_labelled_file_keeps_its_columns(done, labels, folder):
    pd.DataFrame({"id": [7, 8, 9], "text": ["fine", "poor", ""], "label": "x"}).to_csv(folder / "new.csv", index=False)
    result = done("predict", labels, "--data", "new.csv", "-o", "out.csv")
    assert result.stdout == ""
    found = table(Path("out.csv").read_text(encoding="utf-8"))
    assert list(found.columns) == ["id", "text", "label", "predicted", "probability"]
    assert found["id"].tolist() == [7, 8, 9]


def test_no_column_of_a_file_is_lost_to_the_answers(done, labels, folder):
    columns = {
        "text": ["fine", "poor"],
        "predicted": ["x", "y"],
        "probability": [0.91, 0.55],
        "predicted_2": ["u", "v"],
    }
    pd.DataFrame(columns).to_csv(folder / "new.csv", index=False)
    result = done("predict", labels, "--data", "new.csv")
    found = table(result.stdout)
    assert list(found.columns) == [*columns, "predicted_3", "probability_2"]
    assert found[list(columns)].to_dict("list") == columns
    assert found["predicted_3"].tolist() == seqkit.load(labels).predict(["fine", "poor"])["predicted"].tolist()
    assert result.stderr.splitlines()[-1] == (
        "kept 'predicted', 'probability' of new.csv; the answers are in 'predicted_3', 'probability_2'"
    )


def test_classes_called_like_columns_get_columns_of_their_own(done, reviews, folder):
    texts = [f"{['photo and song', 'letter', 'letter and photo', 'song'][i % 4]} {i}" for i in range(80)]
    name = reviews(texts=texts, labels=["predicted|text", "id", "text|id", "predicted"] * 20)
    done(*TRAIN, "--data", name, "--separator", "|", "--quiet")
    (folder / "new.csv").write_text("id,text\n7,photo\n8,song\n", encoding="utf-8")
    found = table(done("predict", "run", "--data", "new.csv").stdout)
    assert list(found.columns) == ["id", "text", "predicted", "id_2", "predicted_2", "text_2"]
    assert found["id"].tolist() == [7, 8]
    assert found["text"].tolist() == ["photo", "song"]
    classifier = seqkit.load("run")
    answers = classifier.predict(["photo", "song"])
    assert list(answers.columns) == ["predicted", "id", "predicted_2", "text"]
    np.testing.assert_array_equal(answers.iloc[:, 1:], classifier.predict_proba(["photo", "song"]))
    assert list(table(done("predict", "run", "photo").stdout).columns) == [
        "text",
        "predicted",
        "id",
        "predicted_2",
        "text_2",
    ]


def test_texts_without_a_known_token_are_counted(done, labels):
    result = done("predict", labels, "-", stdin="the fine meal\nqwxzq\n\n한국어 the\n")
    assert result.stderr == (
        "2 of 4 texts contain no token of the run's vocabulary (first row 2), so nothing supports the labels there\n"
    )
    assert "1 of 1 texts contains no token" in done("predict", labels, "qwxzq").stderr
    assert done("predict", labels, "the meal").stderr == ""
    assert done("predict", labels, "-", stdin="").stdout == "text,predicted,probability\n"


def test_new_texts_are_read_as_in_training(done, reviews, folder):
    texts = [f"a 'fine' film, no {i}" if i % 2 else f'a "poor" film, no {i}' for i in range(60)]
    rows = [f"no text\t{text}\t{i % 2}" for i, text in enumerate(texts)]
    (folder / "train.tsv").write_text("\n".join(["text\tphrase\tlabel", *rows]), encoding="utf-8")
    done(*TRAIN, "--data", "train.tsv", "--text", "phrase", "--quotes", "none", "--quiet")
    result = done("predict", "run", "--data", "train.tsv")
    assert result.stderr == ""
    expected = seqkit.load("run").predict(texts)
    np.testing.assert_allclose(table(result.stdout)["probability"], expected["probability"], rtol=1e-5)
    assert "no token" not in done("predict", "run", "--data", "train.tsv", "--text", "text").stderr
    (folder / "new.csv").write_text("text\na poor film\n", encoding="utf-8")
    assert len(table(done("predict", "run", "--data", "new.csv").stdout)) == 1


def test_new_series_with_missing_values_are_read_as_in_training(done, refused, folder):
    header = "@problemName New\n@timeStamps false\n@classLabel true slow fast\n@data\n"
    waves = [np.sin(np.arange(9) * (1 + i % 2)) + i / 100 for i in range(60)]
    lines = [f"{','.join(map(str, wave))}:{['slow', 'fast'][i % 2]}" for i, wave in enumerate(waves)]
    lines[3] = lines[3].replace(str(waves[3][4]), "?")
    (folder / "train.ts").write_text(header + "\n".join(lines), encoding="utf-8")
    train = ("train", "dense", "--epochs", 1, "--units", 4, "--out", "run", "--data", "train.ts")
    assert "--missing interpolate" in refused(*train, code=5)
    result = done(*train, "--missing", "drop")
    assert "left out 1 of 60 series with missing values (first in line 8)" in result.stderr
    result = done("predict", "run", "--data", "train.ts")
    assert table(result.stdout)["row"].tolist() == [i for i in range(60) if i != 3]
    assert "left out 1 of 60 series" in result.stderr


def test_an_existing_file_is_replaced_only_when_asked(done, refused, labels, folder):
    (folder / "out.csv").write_text("x", encoding="utf-8")
    message = refused("predict", labels, "fine", "-o", "out.csv", code=2)
    assert message == "out.csv exists. Choose another --output, or add --overwrite."
    done("predict", labels, "fine", "-o", "out.csv", "--overwrite")
    assert "fine" in (folder / "out.csv").read_text(encoding="utf-8")
    done("predict", labels, "fine", "-o", "/dev/null")


def test_a_file_without_labels_is_labelled(done, labels, folder):
    (folder / "new.csv").write_text("text\nfine\n", encoding="utf-8")
    assert json.loads(done("predict", labels, "--data", "new.csv", "--json").stdout)[0]["text"] == "fine"


def test_series_are_labelled_from_a_ts_file(done, small_series_run, folder):
    (folder / "new.ts").write_text(
        "@problemName New\n@timeStamps false\n@missing false\n@univariate true\n@equalLength false\n"
        "@classLabel true slow fast\n@data\n0.1,0.2,0.3,0.4,0.5:slow\n1,2,3,4,5,6:fast\n",
        encoding="utf-8",
    )
    found = table(done("predict", small_series_run, "--data", "new.ts").stdout)
    assert set(found["predicted"]) <= {"slow", "fast"}
    assert len(found) == 2


def test_a_run_is_scored_again_and_on_new_examples(done, labels, reviews, strict_json):
    before = strict_json((labels / "metrics.json").read_text(encoding="utf-8"))["test"]
    assert strict_json(done("evaluate", labels, "--json").stdout) == before
    name = reviews(labels=[["neg", "pos"][i % 2] for i in range(60)])
    scores = strict_json(done("evaluate", labels, "--data", name, "--json").stdout)
    assert scores["examples"] == 60
    assert [row["name"] for row in scores["models"]] == ["dense", "TF-IDF + linear", "majority class"]


def test_runs_are_compared_by_a_paired_test(done, labels, folder, strict_json):
    shutil.copytree(labels, folder / "other")
    found = strict_json(done("compare", labels, "other", "--json").stdout)
    assert found["part"] == "test"
    assert found["runs"][1]["p_value"] == 1
    assert "labels" in done("compare", labels, "other").stdout


def test_a_separate_test_file_is_read_and_duplicate_texts_are_reported(done, reviews, folder):
    reviews(name="train.csv")
    reviews(texts=["a fine film, number 1", "a poor thing"], labels=["good", "bad"], name="test.csv")
    result = done(*TRAIN, "--data", "train.csv", "--test", "test.csv")
    assert "53 train, 7 validation, 2 test" in result.stderr
    assert "1 test text also occurs in training: row 61 (same as 2)" in result.stderr
    assert done("evaluate", "run").stdout.count("2 examples")


def test_several_label_columns_are_trained_scored_and_predicted(done, refused, folder):
    texts = [f"a {'fine' if i % 2 else 'poor'} {'film' if i % 3 else 'soup'}, number {i}" for i in range(60)]
    frame = pd.DataFrame(
        {"text": texts, "fine": [i % 2 for i in range(60)], "film": [int(i % 3 > 0) for i in range(60)]}
    )
    frame.to_csv(folder / "reviews.csv", index=False)
    frame.astype({"fine": bool, "film": bool}).to_json(folder / "new.jsonl", orient="records", lines=True)
    columns = ("--label", "fine", "--label", "film")
    result = done(*TRAIN, "--data", "reviews.csv", *columns)
    assert "60 texts: 40 film, 30 fine; 10 without a label" in result.stderr
    assert "examples: 48 train, 6 validation, 6 test" in result.stderr
    assert "6 examples" in done("evaluate", "run").stdout
    assert "60 examples" in done("evaluate", "run", "--data", "new.jsonl").stdout
    assert seqkit.evaluate("run", frame)["examples"] == 60
    found = table(done("predict", "run", "--data", "new.jsonl").stdout)
    assert len(found) == 60 and {"predicted", "fine", "film"} <= set(found.columns)
    frame.drop(columns="film").to_csv(folder / "fewer.csv", index=False)
    assert "no column 'film' for --label" in refused("evaluate", "run", "--data", "fewer.csv", code=2)
    message = refused(*TRAIN, "--overwrite", "--data", "reviews.csv", "--label", "fine,film", code=2)
    assert "pass --label fine --label film." in message


def test_classes_without_an_example_are_counted(done, reviews):
    labels = [["bad", "good"][i % 2] for i in range(60)]
    labels[:4] = ["rare", "rare", "odd", "odd"]
    result = done(*TRAIN, "--data", reviews(labels=labels))
    assert "classes without an example: 1 of 4 in validation, 2 of 4 in test; scores there" in result.stderr


def test_series_of_test_that_occur_in_training_are_counted():
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(5, 1)) for _ in range(20)]
    frame = pd.DataFrame({"series": [*series, series[3], series[0]], "label": ["a", "b"] * 11})
    frame["part"] = ["train"] * 14 + ["validation"] * 6 + ["test"] * 2
    frame.at[15, "series"] = series[2] + 0.0
    lines: list[str] = []
    callbacks = Callbacks(on_message=lines.append)
    seqkit.train("dense", frame, epochs=1, units=(2,), out="run", callbacks=callbacks)
    assert "2 test series also occur in training: row 21 (same as 4), 22 (same as 1)" in lines
    assert "1 validation series also occurs in training: row 16 (same as 3)" in lines


@pytest.mark.parametrize(("repeats", "copies"), [(1, 0), (4, 3)])
def test_copies_within_the_test_part_are_counted(repeats, copies):
    texts = [f"a {'fine' if i % 2 else 'poor'} film, number {i}" for i in range(30)]
    frame = pd.DataFrame({"text": texts + [texts[29].upper()] * (repeats - 1)})
    frame["label"] = ["good" if "fine" in text.lower() else "bad" for text in frame["text"]]
    frame["split"] = ["train"] * 20 + ["validation"] * 6 + ["test"] * (len(frame) - 26)
    lines: list[str] = []
    seqkit.train(
        "dense", frame, epochs=1, embedding=2, units=(2,), out="run", callbacks=Callbacks(on_message=lines.append)
    )
    note = (
        f"{copies} of {len(frame) - 26} test texts are copies of others there, which intervals and p-values take for "
        "independent examples; leave the copies out for honest ones"
    )
    assert (note in lines) == bool(copies) and any("copies" in line for line in lines) == bool(copies)


def test_empty_texts_are_counted_and_predicted(done, reviews):
    texts = [f"a {'fine' if i % 2 else 'poor'} film, number {i}" for i in range(60)]
    texts[3] = "   "
    assert "1 text is empty" in done(*TRAIN, "--data", reviews(texts=texts)).stderr


def test_a_text_of_a_million_words_is_read_and_labelled(done, labels):
    found = table(done("predict", labels, "word " * 1_000_000).stdout)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        ("review,stars\nfine,5\npoor,1\n", 2, "--label"),
        ("words,label\nfine,5\npoor,1\n", 2, "--text"),
        ("text,label\n" + "fine,good\n" * 20, 5, "good"),
        ("text,label\n" + "fine,good\npoor,bad\n" * 9 + "odd,\n", 5, "row 19"),
        ('text,label\n"fine" film,good\npoor,bad\n', 5, "--quotes none"),
        ("text,label\nfine,good\npoor,bad\n", 2, "no example for the"),
        ("text,label\n", 5, "no rows"),
    ],
    ids=["no label", "no text", "one class", "missing label", "quotes", "too few", "no rows"],
)
def test_an_unsuitable_file_is_rejected(refused, folder, content, code, message):
    (folder / "bad.csv").write_text(content, encoding="utf-8")
    columns = ("--label", "label") if "stars" not in content else ("--text", "review")
    assert message in refused(*TRAIN, "--data", "bad.csv", *columns, code=code)


def test_another_encoding_is_suggested_but_not_guessed(refused, folder):
    (folder / "bad.csv").write_bytes("text,label\n좋다,good\n나쁘다,bad\n".encode("cp949"))
    assert "cp949" in refused(*TRAIN, "--data", "bad.csv", code=5).lower()


def test_an_unknown_label_is_rejected(refused, reviews, labels):
    reviews(name="train.csv")
    reviews(labels=["good", "godo"] * 30, name="test.csv")
    message = refused(*TRAIN, "--data", "train.csv", "--test", "test.csv", code=5)
    assert "test part has the label 'godo'" in message
    assert "Known: 'neg', 'pos'" in refused("evaluate", labels, "--data", "test.csv", code=5)


def archive(folder: Path, names: list[str], name: str = "set.tar.gz") -> Path:
    files = {
        member: f"text {i} of many words that cannot be packed {np.random.default_rng(i).random(50)}".encode()
        for i, member in enumerate(names)
    }
    (folder / name).write_bytes(tarred(files, mode="w:gz"))
    return folder / name


def test_an_archive_with_a_path_outside_is_rejected(refused, folder):
    archive(folder, ["set/pos/1.txt", "set/neg/1.txt", "../../neg/2.txt"])
    assert "../../neg/2.txt" in refused(*TRAIN, "--data", "set.tar.gz", code=5)


def test_a_truncated_archive_is_rejected(refused, folder):
    path = archive(folder, [f"set/{label}/{i}.txt" for label in ("pos", "neg") for i in range(100)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cut off" in refused(*TRAIN, "--data", "set.tar.gz", code=5).replace("truncated", "cut off")


def test_inconsistent_or_truncated_vectors_are_rejected(refused, reviews, folder):
    name = reviews()
    (folder / "vectors.txt").write_text("fine 1 2 3\npoor 1 2\n", encoding="utf-8")
    assert "line 2" in refused(*TRAIN[:4], "--out", "run", "--data", name, "--vectors", "vectors.txt", code=5)
    (folder / "vectors.bin").write_bytes(b"2 3\nfine " + b"\0" * 12 + b"\npoor " + b"\0" * 7)
    message = refused(*TRAIN[:4], "--out", "run", "--data", name, "--vectors", "vectors.bin", code=5)
    assert "record 2 of 2 needs 18 bytes, but 13 remain" in message


def test_runs_of_another_task_are_rejected(refused, labels, run):
    assert "forecasts a series" in refused("predict", run, "a text", code=2)
    assert "labels examples" in refused("forecast", labels, code=2)
    assert "etth1 contains a table of numbers over time, not labelled texts" in refused(
        "predict", labels, "--data", "etth1", code=2
    )
    assert "different tasks" in refused("compare", labels, run, code=2)


@pytest.mark.parametrize("arguments", [(), ("a text", "--data", "x.csv")])
def test_predicting_needs_texts_or_a_file(refused, labels, call, arguments):
    result = call("predict", labels, *arguments)
    assert result.exit_code == 2
    assert "Give one of: texts, - for standard input, or --data FILE." in result.stderr


@pytest.mark.parametrize("file", ["tokenizer.json", "baselines.npz", "model.onnx"])
def test_a_damaged_file_of_a_run_is_named(refused, labels, file):
    path = labels / file
    path.write_bytes(path.read_bytes()[:-100])
    assert f"labels/{file} is damaged" in refused("evaluate", labels, code=5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content["recipe"].pop("name"), "damaged: recipe.name: Field required"),
        (lambda content: content["model"].update(parameters=[]), "damaged: model.parameters: Input should be"),
        (lambda content: content["reading"].update(text={}), "damaged: reading: Received an invalid value for --text"),
        (lambda content: content["reading"].update(texts="a"), "damaged: reading: Unknown option `texts`"),
    ],
)
def test_an_invalid_manifest_is_rejected(refused, labels, reviews, change, message):
    content = json.loads((labels / "run.json").read_text())
    change(content)
    (labels / "run.json").write_text(json.dumps(content))
    assert message in refused("evaluate", labels, "--data", reviews(), code=5)


@pytest.mark.parametrize("row", ["1e300", "9" * 30, "x"])
def test_invalid_rows_of_errors_are_rejected(refused, labels, row):
    shutil.copytree(labels, "other")
    lines = (labels / "errors.csv").read_text().splitlines()
    lines[1] = ",".join([lines[1].split(",")[0], row, *lines[1].split(",")[2:]])
    (labels / "errors.csv").write_text("\n".join(lines))
    assert "errors.csv" in refused("compare", labels, "other", code=5)


def test_a_text_that_is_not_utf8_is_rejected_by_number(refused, labels):
    assert "Text 2 is not UTF-8: 'caf\\udce9'" in refused("predict", labels, "good", "caf\udce9", code=2)


def test_a_recipe_that_does_not_label_says_so(refused, reviews):
    message = refused("train", "autoregression", "--data", reviews(), code=2)
    assert "needs the task 'classify', but the recipe autoregression does not support it" in message


def as_json_lines(folder: Path, texts: list[str], labels: list[str]) -> str:
    lines = [
        json.dumps({"text": t, "label": label}, ensure_ascii=False) for t, label in zip(texts, labels, strict=True)
    ]
    (folder / "set.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "set.jsonl"


def as_fasttext(folder: Path, texts: list[str], labels: list[str]) -> str:
    lines = [f"__label__{label} {text}\n" for text, label in zip(texts, labels, strict=True)]
    (folder / "set.txt").write_text("".join(lines), encoding="utf-8")
    return "set.txt"


def as_folders(folder: Path, texts: list[str], labels: list[str]) -> str:
    for i, (text, label) in enumerate(zip(texts, labels, strict=True)):
        (folder / "set" / label).mkdir(parents=True, exist_ok=True)
        (folder / "set" / label / f"{i}.txt").write_text(text, encoding="utf-8")
    return "set"


@pytest.mark.parametrize("write", [as_json_lines, as_fasttext, as_folders])
def test_other_text_formats_are_recognised_without_a_flag(done, folder, write):
    texts = [f"아주 {'좋은' if i % 2 else '나쁜'} 영화 {i}" for i in range(60)]
    name = write(folder, texts, ["bad", "good"] * 30)
    result = done(*TRAIN, "--data", name)
    assert "60 texts: 30 bad, 30 good" in result.stderr
    assert table(done("predict", "run", "좋은 영화").stdout)["text"].tolist() == ["좋은 영화"]


def test_texts_may_have_several_labels(done, folder):
    cells = ["red|blue", "red", "", "blue"] * 20
    texts = [f"it is {cell.replace('|', ' and ')} number {i}" for i, cell in enumerate(cells)]
    pd.DataFrame({"text": texts, "label": cells}).to_csv(folder / "colours.csv", index=False)
    done(*TRAIN, "--data", "colours.csv", "--separator", "|", "--class-weights", "balanced")
    found = table(done("predict", "run", "red and blue", "nothing").stdout)
    assert list(found.columns) == ["text", "predicted", "blue", "red"]
    assert found[["blue", "red"]].to_numpy(float).min() >= 0
    scores = json.loads(Path("run/metrics.json").read_text(encoding="utf-8"))["test"]["models"][0]
    assert 0 <= scores["micro_f1"] <= 1
    assert scores["confusion"] is None
    assert not Path("run/plots/confusion.png").exists()


@pytest.mark.parametrize("recipe", ["one_hot_conv1d", "bidirectional_gru"])
def test_inference_matches_the_saved_keras_model(done, reviews, recipe):
    done("train", recipe, "--data", reviews(), "--epochs", 1, "--out", "run", "--length", 20)
    import keras

    import seqkit.layers

    classifier = seqkit.load("run")
    texts = ["a fine film", "poor", "a poor film, and a long one at that, number 7"]
    inputs = classifier.encode(texts).padded(np.arange(3), 0)
    logits = np.array(keras.models.load_model("run/model.keras")(inputs))
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.predict_proba(texts), expected, rtol=1e-4, atol=1e-5)
