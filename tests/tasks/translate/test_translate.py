"""Translation with a finished run: parts, search, alignment, scores, and bad input."""

import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.pairs.sentence_pairs import find_pairs
from seqkit.data.text.text_units import TextUnits
from seqkit.errors import DataError, UsageError
from seqkit.inference.beam_search import Beam
from seqkit.runs.run import read_run
from seqkit.tasks.translate import inference
from seqkit.tasks.translate.encoding import PAD, decode, encode, end_of, fit_units
from seqkit.tasks.translate.metrics import score_translations
from seqkit.tasks.translate.prepare import prepare
from seqkit.workflows.compare import compare

SENTENCES = ["Push the red box.", "  Push\nthe box. ", "", "Zoë naïvely pays 3 €; 한국어도 됩니다 🎉"]


@pytest.fixture(scope="module")
def translator(small_translation_run):
    return seqkit.load(small_translation_run)


@pytest.fixture
def run_copy(small_translation_run, tmp_path):
    """A copy of the small run, and a function that changes its manifest."""
    path = tmp_path / "run"
    shutil.copytree(small_translation_run, path)

    def change(how):
        manifest = json.loads((path / "run.json").read_text())
        how(manifest)
        (path / "run.json").write_text(json.dumps(manifest))

    return path, change


def pairs_frame(count: int = 30) -> pd.DataFrame:
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    rows = [(f"{words[i % 7]} {words[i % 5]} {i}", f"{words[i % 5]} {i} {words[i % 7]}") for i in range(count)]
    return pd.DataFrame(rows, columns=["source", "target"])


def test_units_spell_every_sentence_and_never_use_padding():
    units = fit_units(["push the box", "push the ball"] * 5, 300)
    encoded = encode(units, SENTENCES)
    assert len(encoded) == 4 and PAD not in encoded.values
    assert [decode(units, encoded[i][:-1]) for i in range(4)] == [
        "Push the red box.", "Push the box.", "", SENTENCES[3]
    ]  # fmt: skip
    assert all(encoded[i][-1] == end_of(units) for i in range(4))
    assert encoded.lengths[2] == 1


def test_units_are_fitted_on_training_sentences_and_joint_or_separate():
    pairs = find_pairs(pairs_frame(200))
    state, splits = prepare(pairs, vocabulary=300)
    assert splits.source_units is splits.target_units and state.source_vocabulary == state.target_vocabulary
    separate, apart = prepare(pairs, vocabulary=300, subwords="separate")
    assert apart.source_units.tokens != apart.target_units.tokens
    assert separate.source_units_sha256 != separate.target_units_sha256
    for part in (splits.train, splits.validation, splits.test):
        for number, row in enumerate(part.rows[:5]):
            assert decode(splits.source_units, part.sources[number][:-1]) == pairs.sources[row]
            assert decode(splits.target_units, part.targets[number][:-1]) == pairs.targets[row]


def test_long_pairs_are_left_out_of_training_with_a_note_and_scored_all_the_same():
    frame = pd.concat([pairs_frame(100), pd.DataFrame({"source": ["long " * 60], "target": ["lang " * 60]})])
    _, splits = prepare(find_pairs(frame), vocabulary=300, length=20)
    too_long = [len(part.rows[part.sources.lengths > 20]) for part in (splits.train, splits.validation, splits.test)]
    assert sum(too_long) == 1
    assert any("left 1 training pair with more than 20" in note for note in splits.notes) == bool(too_long[0])
    with pytest.raises(DataError, match=r"training pairs have more than 3 tokens on a side; the shortest has"):
        prepare(find_pairs(frame), vocabulary=300, length=3)


def test_translations_do_not_depend_on_the_batch(translator, monkeypatch):
    texts = ["Push the red box.", "", "Count the white lamp behind the house.", "Find the bag twice."] * 3
    together = translator.translate(texts)
    assert together == [translator.translate([text])[0] for text in texts]
    monkeypatch.setattr(inference, "BATCH_TEXTS", 2)
    assert translator.translate(texts) == together
    assert together[1] == ""


def test_candidates_are_the_best_first_and_their_scores_those_of_the_model(translator):
    (found,) = translator.candidates(["Push the red box."], beam=translator.beam(6, 4))
    assert 1 < len({each.text for each in found}) == len(found) <= 4
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    source = encode(translator.source_units, ["Push the red box."])[0][None]
    for each in found:
        state, total, previous = translator._model.start(source), 0.0, [translator.state.end]
        for token in (*each.tokens, translator.state.end):
            logits, state = translator._model.step(np.array([previous], np.int32), state)
            logits = logits[0].astype(float)
            total += logits[token] - np.logaddexp.reduce(logits)
            previous.append(token)
        assert total == pytest.approx(each.log_probability, abs=1e-3)
        assert each.score == pytest.approx(total / ((6 + len(each.tokens)) / 6), abs=1e-3)


def test_larger_beam_finds_translations_that_are_no_less_probable(translator):
    texts = ["Push the red box.", "Count the white lamp behind the house."]
    scores = [
        [found[0].log_probability for found in translator.candidates(texts, beam=Beam(size, 1, 0.0))]
        for size in (1, 20)
    ]
    assert scores[1][0] >= scores[0][0] - 1e-6 and scores[1][1] >= scores[0][1] - 1e-6


def test_alignment_has_a_row_per_piece_and_each_row_sums_to_one(translator):
    alignment = translator.alignment("Push the red box.", "BOX RED PUSH")
    assert alignment.weights.shape == (len(alignment.target), len(alignment.source))
    np.testing.assert_allclose(alignment.weights.sum(axis=1), 1, atol=1e-5)
    assert "".join(alignment.source) == "Push the red box.⏎" and "".join(alignment.target) == "BOX RED PUSH⏎"


def test_recipe_without_attention_has_no_alignment(translator, monkeypatch):
    monkeypatch.setattr(translator._model, "has_attention", False)
    with pytest.raises(UsageError, match=r"has no attention that could be shown\. Train attention_encoder_decoder"):
        translator.alignment("a", "b")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 0}, "The beam must be from 1 to 100, got 0"),
        ({"size": 101}, "The beam must be from 1 to 100, got 101"),
        ({"size": 2, "n": 3}, "so it gives from 1 to 2 of them, not 3"),
        ({"n": 0}, "so it gives from 1 to 5 of them, not 0"),
        ({"length_penalty": -1}, "The length penalty must be from 0 to 10, got -1"),
        ({"length_penalty": float("nan")}, "The length penalty must be from 0 to 10, got nan"),
    ],
)
def test_search_out_of_range_is_refused(translator, values, message):
    with pytest.raises(UsageError, match=message):
        translator.beam(**values)


def test_more_translations_than_the_usual_beam_widen_it(translator):
    assert translator.beam(n=9) == Beam(9, 9, 1.0)


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ("one text", UsageError, "Expected a list of texts, got a single text"),
        (["fine", 3], DataError, "Text 2 is of type int, expected a text"),
        (["\ud800"], DataError, "Text 1 contains half of a surrogate pair"),
        (["fine", "word " * 3000], DataError, r"Text 2 has [0-9,]+ tokens; a run reads at most 2,000"),
    ],
)
def test_texts_that_cannot_be_translated_are_refused(translator, texts, error, message):
    with pytest.raises(error, match=message):
        translator.translate(texts)


def test_metrics_are_those_of_the_written_translations(small_translation_run):
    run = read_run(small_translation_run)
    test = run.read_json("metrics.json")["test"]
    predictions = pd.read_csv(small_translation_run / "predictions.csv", keep_default_na=False)
    assert test["pairs"] == test["scored"] == len(predictions) == 20
    scores = score_translations(predictions["translation"].tolist(), predictions["reference"].tolist())
    assert test["models"][0]["bleu"] == pytest.approx(scores.bleu) and test["signature"] == scores.signature
    names = [row["name"] for row in test["models"]]
    assert names == ["attention_encoder_decoder", "IBM model 1", "nearest sentence", "copy"]
    assert all("p_value" in row["against_model"] for row in test["models"][1:])


def test_large_validation_part_is_sampled_and_the_sample_is_counted(monkeypatch, small_translation_run, capsys):
    from seqkit.tasks.translate import scoring, show

    monkeypatch.setattr(scoring, "MAX_VALIDATION", 7)
    pairs = find_pairs(pairs_frame(60))
    rows = {"train": np.arange(40), "validation": np.arange(40, 60), "test": np.arange(50, 60)}
    evaluator = scoring.Evaluator(seqkit.load(small_translation_run), pairs, rows)
    validation, test = (evaluator.score(part).summary() for part in ("validation", "test"))
    assert (validation["pairs"], validation["scored"]) == (20, 7) and test["scored"] == 10
    show._show_scores(test, "test", validation=validation)
    assert "validation BLEU: a sample of 7 of 20 pairs" in capsys.readouterr().out


def test_other_pairs_are_scored_beside_the_baselines(small_translation_run, tmp_path):
    path = tmp_path / "other.tsv"
    path.write_text("english\tanswer\nPush the red box.\tBOX RED PUSH\nLift the cup.\tCUP LIFT\n\tLIFT\n")
    notes = []
    scores = seqkit.evaluate(small_translation_run, path, note=notes.append)
    assert scores["pairs"] == 2 and len(scores["models"]) == 4
    assert any("left out 1 pair" in note for note in notes)


def test_runs_of_the_same_pairs_are_compared_and_of_others_refused(small_translation_run, run_copy):
    path, change = run_copy
    rows = compare([small_translation_run, path])["runs"]
    assert rows[1]["p_value"] == 1 and "p_value" not in rows[0]
    change(lambda manifest: manifest["data"].update(sha256="other"))
    with pytest.raises(UsageError, match="answer different questions: pairs or split differ"):
        compare([small_translation_run, path])
    with pytest.raises(DataError, match=r"demo_commands has changed since the run"):
        seqkit.evaluate(path)


@pytest.mark.parametrize("name", ["source_units.json", "target_units.json", "encoder.onnx", "decoder.onnx"])
@pytest.mark.parametrize("damage", ["half", "missing"])
def test_damaged_file_is_refused(run_copy, name, damage):
    path, _ = run_copy
    content = (path / name).read_bytes()
    (path / name).write_bytes(content[: len(content) // 2]) if damage == "half" else (path / name).unlink()
    with pytest.raises(DataError, match=name):
        seqkit.load(path)


def swapped_models(path, change):
    encoder, decoder = ((path / f"{name}.onnx").read_bytes() for name in ("encoder", "decoder"))
    (path / "encoder.onnx").write_bytes(decoder)
    (path / "decoder.onnx").write_bytes(encoder)
    hashes = [hashlib.sha256(content).hexdigest() for content in (decoder, encoder)]
    change(lambda manifest: manifest["model"].update(encoder_sha256=hashes[0], decoder_sha256=hashes[1]))


def other_units(path, change):
    content = TextUnits.fit("other text\n", unit="char").to_json()
    (path / "target_units.json").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    change(lambda manifest: manifest["task_state"].update(target_units_sha256=sha256))


def units_that_are_none(path, change):
    (path / "source_units.json").write_bytes(b"[]")
    sha256 = hashlib.sha256(b"[]").hexdigest()
    change(lambda manifest: manifest["task_state"].update(source_units_sha256=sha256))


def another_end(path, change):
    change(lambda manifest: manifest["task_state"].update(end=5))


def endless_ratio(path, change):
    change(lambda manifest: manifest["task_state"].update(ratio=1e9))


def huge_beam(path, change):
    change(lambda manifest: manifest["options"].update(beam=10**9))


def no_hash(path, change):
    change(lambda manifest: manifest["model"].pop("decoder_sha256"))


@pytest.mark.parametrize(
    ("attack", "message"),
    [
        (swapped_models, r"decoder\.onnx does not fit encoder\.onnx"),
        (other_units, r"target_units\.json does not match run\.json"),
        (units_that_are_none, r"source_units\.json is damaged"),
        (another_end, r"run\.json does not match the files of the run"),
        (endless_ratio, r"run\.json is damaged: task_state\.ratio"),
        (huge_beam, r"run\.json is damaged: options\.beam"),
        (no_hash, r"run\.json is damaged: model\.decoder_sha256"),
    ],
)
def test_run_of_a_stranger_is_refused(run_copy, attack, message):
    attack(*run_copy)
    with pytest.raises(DataError, match=message):
        seqkit.load(run_copy[0])


def test_model_that_fails_or_gives_no_numbers_is_reported(small_translation_run, monkeypatch):
    translator = seqkit.load(small_translation_run)
    step = translator._model.step
    monkeypatch.setattr(translator._model, "step", lambda *inputs: (step(*inputs)[0] * np.nan, []))
    with pytest.raises(DataError, match="gives values that are not finite"):
        translator.translate(["Push the box."])

    class Broken:
        def run(self, *arguments):
            raise RuntimeError("out of memory.")

    monkeypatch.setattr(translator._model, "_encoder", Broken())
    with pytest.raises(DataError, match=r"The model of the run fails: out of memory\. Train the run again\."):
        translator.translate(["Push the box."])


def test_model_with_outputs_of_another_number_of_sequences_is_reported(small_translation_run, monkeypatch):
    translator = seqkit.load(small_translation_run)
    encoder = translator._model._encoder

    class Short:
        def run(self, *arguments):
            return [output[:-1] for output in encoder.run(*arguments)]

    monkeypatch.setattr(translator._model, "_encoder", Short())
    with pytest.raises(DataError, match=r"The model of the run returned memory_1 with the shape .* for 2 sequences"):
        translator.translate(["Push the box.", "Push the box."])


def test_decoder_with_an_output_of_another_shape_is_reported(small_translation_run, monkeypatch):
    translator = seqkit.load(small_translation_run)
    monkeypatch.setattr(translator._model, "vocabulary", 7)
    with pytest.raises(DataError, match="The decoder of the run returned the shape"):
        translator.translate(["Push the box."])
