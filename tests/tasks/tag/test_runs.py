"""Runs of the tag task: scores, comparison, resumed evaluation, damaged files."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run
from seqkit.tasks.tag.vocabulary import Vocabulary
from seqkit.workflows.compare import compare
from tests.tasks.tag.conftest import OPTIONS


@pytest.fixture
def copied_run(people_run, tmp_path) -> Path:
    return Path(shutil.copytree(people_run, tmp_path / "run"))


def change_manifest(run: Path, **state) -> None:
    manifest = json.loads((run / "run.json").read_text())
    manifest["task_state"].update(state)
    (run / "run.json").write_text(json.dumps(manifest))


def test_scores_stand_beside_the_baselines_with_a_paired_test(people_run):
    metrics = read_run(people_run).read_json("metrics.json")
    for part in ("validation", "test"):
        model, *baselines = metrics[part]["models"]
        assert model["name"] == "bidirectional_gru" and model["f1"] > 0.9
        assert [row["name"] for row in baselines][-2:] == ["CRF of hand features", "majority tag of the word"]
        for row in baselines:
            test = row["against_model"]
            assert test["difference"] == pytest.approx(model["f1"] - row["f1"])
            assert test["low"] <= test["difference"] <= test["high"] and 0 < test["p_value"] <= 1
    assert {row["label"] for row in metrics["test"]["models"][0]["types"]} == {"person", "place"}


def test_predictions_and_errors_agree_with_the_scores(people_run):
    model = read_run(people_run).read_json("metrics.json")["test"]["models"][0]
    errors = pd.read_csv(people_run / "errors.csv")
    test = errors[errors["part"] == "test"]
    assert 2 * test["correct"].sum() / (test["predicted"] + test["true"]).sum() == pytest.approx(model["f1"])
    predictions = pd.read_csv(people_run / "predictions.csv")
    assert len(predictions) == test["words"].sum() == model["words"]
    assert (predictions["tag"] == predictions["predicted"]).mean() == pytest.approx(model["token_accuracy"])
    assert (predictions["tag"] == predictions["predicted"]).sum() == test["right"].sum()


def test_evaluation_of_the_test_part_gives_the_same_scores(copied_run):
    before = read_run(copied_run).read_json("metrics.json")["test"]
    assert seqkit.evaluate(copied_run) == before


def test_mixture_with_the_crf_is_scored_beside_the_network_alone(copied_run):
    manifest = json.loads((copied_run / "run.json").read_text())
    manifest["model"] |= {"share": 0.2, "outside_bias": 0.0, "alone_bias": 50.0}
    (copied_run / "run.json").write_text(json.dumps(manifest))
    models = seqkit.evaluate(copied_run)["models"]
    assert [row["name"] for row in models][:2] == ["bidirectional_gru", "bidirectional_gru alone"]
    assert models[0]["f1"] > 0.9 and models[1]["f1"] < 0.9  # O is never the best tag of the network
    (copied_run / "baselines.npz").unlink()
    with pytest.raises(DataError, match=r"baselines\.npz"):
        seqkit.load(copied_run)


@pytest.mark.parametrize("weights", [{"share": 0.0}, {"share": 1.5}, {"outside_bias": -1.0}, {"alone_bias": "x"}])
def test_weights_of_a_stranger_are_validated(weights, copied_run):
    manifest = json.loads((copied_run / "run.json").read_text())
    manifest["model"] |= weights
    (copied_run / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=rf"damaged: model\.{next(iter(weights))}: "):
        seqkit.load(copied_run)


def test_other_sentences_in_another_scheme_are_scored(people_run, tmp_path):
    (tmp_path / "other.conll").write_text("Lee\tB-person\nKim\tE-person\nmet\tO\nTim\tS-person\n\n")
    scores = seqkit.evaluate(people_run, tmp_path / "other.conll")
    assert scores["models"][0]["f1"] == 1 and scores["models"][0]["spans"] == 2 and scores["sentences"] == 1


def test_plain_tags_are_not_scored_by_a_run_of_spans(people_run, tmp_path):
    (tmp_path / "pos.conll").write_text("the\tDET\ndog\tNOUN\n\na\tDET\n")
    with pytest.raises(DataError, match="was trained on tags of the scheme IOB2, but the data has the scheme plain"):
        seqkit.evaluate(people_run, tmp_path / "pos.conll")


def test_separate_test_file_is_scored_and_found_again(people_file, tmp_path):
    (tmp_path / "test.conll").write_text("Ada B-person\nmet O\nTim B-person\n\n")
    options = {**OPTIONS, "epochs": 1, "features": False, "outside": "trained"}
    run = seqkit.train("gru", people_file, task="tag", test=tmp_path / "test.conll", out=tmp_path / "run", **options)
    metrics = run.read_json("metrics.json")
    assert metrics["test"]["sentences"] == 1 and metrics["test"]["models"][0]["spans"] == 2
    assert seqkit.evaluate(run.path) == metrics["test"] and run.manifest.model["outside_bias"] == 0


def test_data_that_has_changed_is_not_evaluated(copied_run):
    manifest = json.loads((copied_run / "run.json").read_text())
    manifest["data"]["sha256"] = "of other sentences"
    (copied_run / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=r"people\.conll has changed since the run .* was trained"):
        seqkit.evaluate(copied_run)


def test_runs_are_compared_by_a_paired_bootstrap(people_run, copied_run):
    metrics = json.loads((copied_run / "metrics.json").read_text())
    for part in metrics.values():
        part["models"][0]["f1"] = 0.0
    (copied_run / "metrics.json").write_text(json.dumps(metrics))
    errors = pd.read_csv(copied_run / "errors.csv")
    errors.assign(correct=0).to_csv(copied_run / "errors.csv", index=False)
    comparison = compare([copied_run, people_run])
    assert comparison["part"] == "test" and comparison["score"] == "f1"
    assert [row["run"] for row in comparison["runs"]] == [str(people_run), str(copied_run)]
    assert comparison["runs"][1]["p_value"] < 0.05 and "p_value" not in comparison["runs"][0]
    result = CliRunner().invoke(main, ["compare", str(copied_run), str(people_run)])
    assert "val. F1" in result.stdout and "paired bootstrap" in result.stdout


def test_runs_of_other_splits_are_not_compared(people_run, copied_run):
    manifest = json.loads((copied_run / "run.json").read_text())
    manifest["options"]["split"] = "0.6,0.2,0.2"
    (copied_run / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match=r"answer different questions: sentences, split or scheme differ"):
        compare([people_run, copied_run])


def test_page_of_mistakes_marks_missed_and_wrong_spans(tmp_path):
    from seqkit.tasks.tag.plots import mistakes

    words = [["Ada", "<b>", "Rome"], ["right"]]
    true, found = [["B-person", "O", "B-place"], ["O"]], [["B-person", "B-x", "O"], ["O"]]
    mistakes(words, true, found, "IOB2", tmp_path / "page.html", "test")
    page = (tmp_path / "page.html").read_text()
    assert "Mistakes in 1 of 2 test sentences" in page and "right</p>" not in page
    assert '<span class="right">Ada<small> person</small></span>' in page
    assert '<span class="wrong">&lt;b&gt;<small> x</small></span>' in page
    assert '<span class="missed">Rome<small> place</small></span>' in page


def test_scores_by_label_draw_a_bar_for_each_model(figures, tmp_path):
    from seqkit.tasks.tag.plots import scores_by_label

    types = [{"label": label, "f1": value, "spans": count} for label, value, count in (("a", 0.5, 2), ("b", 0.25, 9))]
    models = [{"name": "gru", "types": types}, {"name": "majority", "types": types[:1]}]
    scores_by_label(models, tmp_path / "labels.png", counted="spans")
    (axes,) = figures[0].axes
    assert [bar.get_width() for bar in axes.patches] == [0.25, 0.5, 0.0, 0.5]  # the most frequent label first
    assert [text.get_text() for text in axes.get_yticklabels()] == ["b (9)", "a (2)"]


def test_long_labels_are_shortened_in_the_plot(figures, tmp_path):
    from seqkit.tasks.tag.plots import scores_by_label

    types = [{"label": "p" * 5000, "f1": 0.5, "spans": 2}]
    scores_by_label([{"name": "gru", "types": types}], tmp_path / "labels.png", counted="spans")
    (label,) = figures[0].axes[0].get_yticklabels()
    assert label.get_text() == f"{'p' * 11}…{'p' * 11} (2)"


@pytest.mark.parametrize("name", ["words.json", "transitions.npz", "model.onnx"])
def test_damaged_file_is_refused(name, copied_run):
    content = (copied_run / name).read_bytes()
    (copied_run / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="damaged"):
        seqkit.load(copied_run)


def test_words_of_another_run_are_refused(copied_run):
    content = Vocabulary.fit([["other", "words"]], size=9).to_json()
    (copied_run / "words.json").write_bytes(content)
    with pytest.raises(DataError, match="its hash differs from that in run"):
        seqkit.load(copied_run)
    change_manifest(copied_run, vocabulary_sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(DataError, match=r"words\.json does not match run\.json"):
        seqkit.load(copied_run)


def test_words_that_are_no_vocabulary_are_refused(copied_run):
    content = b'{"words": 3}'
    (copied_run / "words.json").write_bytes(content)
    change_manifest(copied_run, vocabulary_sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(DataError, match=r"words\.json is damaged: .*Train the run again"):
        seqkit.load(copied_run)


@pytest.mark.parametrize(
    "weights", [np.zeros((2, 2)), np.full((9, 9), np.nan), np.zeros((9, 9), int), np.zeros(81), np.array("x")]
)
def test_transitions_of_another_shape_are_refused(weights, copied_run):
    np.savez(copied_run / "transitions.npz", weights=weights)
    with pytest.raises(DataError, match=r"transitions\.npz (does not match run\.json|is damaged)"):
        seqkit.load(copied_run)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"tags": ["O"]}, "task_state.tags"),
        ({"scheme": "IOB9"}, "task_state.scheme"),
        ({"slots": -1}, "task_state.slots"),
        ({"characters": 10**9}, "task_state.characters"),
        ({"length": 0}, "task_state.length"),
        ({"more": 1}, "task_state.more: Extra inputs"),
        ({"tags": ["O", "S-person"]}, "does not match run"),
        ({"slots": 1}, "does not match run"),
    ],
)
def test_state_of_a_stranger_is_validated(state, message, copied_run):
    change_manifest(copied_run, **state)
    with pytest.raises(DataError, match=message):
        seqkit.load(copied_run)
