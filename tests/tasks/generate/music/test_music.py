"""Models of music: parts, transpositions, scores by piece, evaluation and comparison, bad input."""

import importlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.data.music.notes import END, VOCABULARY, encode_piece, read_columns
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run
from seqkit.tasks.generate.music.plots import note_bars, piano_roll
from seqkit.tasks.generate.music.prepare import MusicState, count_repeated, prepare_music, streams, transposed
from seqkit.tasks.generate.music.scoring import references
from seqkit.tasks.generate.recent_text import RecentText
from seqkit.workflows.compare import compare

PIECES = [np.repeat([60 + number] * 3 + [60], 2).reshape(4, 2) for number in range(10)]


def frame_of(pieces, parts=None) -> pd.DataFrame:
    rows = pd.DataFrame(np.concatenate(pieces), columns=["voice 1", "voice 2"])
    rows.insert(0, "piece", np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces]))
    if parts:
        rows["part"] = [parts[number] for number in rows["piece"]]
    return rows


@pytest.fixture
def model(small_music_run):
    return seqkit.load(small_music_run)


@pytest.fixture(scope="module")
def pieces():
    demo = importlib.import_module("seqkit.datasets.demo_chorales")
    return [piece.iloc[:, 1:].to_numpy() for _, piece in demo.load(chorales=3, chorales_seed=9).groupby("piece")]


def test_given_parts_are_kept():
    _, splits = prepare_music(frame_of(PIECES, ["test", "train", "validation"] + ["train"] * 7))
    assert [piece[0, 0] for piece in splits.test + splits.validation] == [60, 62]
    assert [piece[0, 0] for piece in splits.train] == [61, *range(63, 70)]


def test_pieces_without_parts_are_drawn_and_equal_ones_are_in_one_part():
    _, splits = prepare_music(frame_of(PIECES + PIECES), split="0.6,0.2,0.2")
    parts = [[piece[0, 0] for piece in part] for part in (splits.train, splits.validation, splits.test)]
    assert [len(part) for part in parts] == [12, 4, 4]
    assert not set(parts[0]) & set(parts[1]) and not set(parts[1]) & set(parts[2])
    assert all(part.count(pitch) == 2 for part in parts for pitch in part)


def test_transposed_pieces_are_drawn_into_one_part_and_counted_where_they_are_not():
    melodies = [PIECES[5], PIECES[5] + 3, *PIECES[:4]]
    melodies[0][1, 0] = melodies[1][1, 0] = -1
    _, splits = prepare_music(frame_of(melodies), split="0.6,0.2,0.2")
    assert count_repeated(splits) == 0 and sum(map(len, (splits.train, splits.validation, splits.test))) == 6
    _, splits = prepare_music(frame_of(melodies, ["train", "test", "train", "train", "train", "validation"]))
    assert count_repeated(splits) == 1


def test_pieces_of_one_name_in_two_parts_are_two():
    frame = frame_of(PIECES[:3], ["train", "validation", "test"]).assign(piece=1)
    _, splits = prepare_music(frame)
    assert [len(part[0]) for part in (splits.train, splits.validation, splits.test)] == [4, 4, 4]


@pytest.mark.parametrize(("order", "expected"), [("outer", (0, 3, 1, 2)), ("down", (0, 1, 2, 3)), ("up", (3, 2, 1, 0))])
def test_order_of_voices(order, expected):
    frame = frame_of(PIECES).rename(columns={"voice 1": "soprano", "voice 2": "alto"})
    state, _ = prepare_music(frame.assign(tenor=50, bass=40), order=order)
    assert (state.order, state.names) == (expected, ("soprano", "alto", "tenor", "bass"))


@pytest.mark.parametrize("order", ["outer", "down", "up"])
def test_single_voice_has_one_order(order):
    state, _ = prepare_music(frame_of(PIECES).drop(columns="voice 2"), order=order)
    assert state.order == (0,)


def test_transpositions_shift_pitches_keep_rests_and_stay_within_midi():
    piece = np.array([[60, -1], [62, 1]])
    shifted = transposed([piece], 3)
    assert sorted(int(moved[0, 0]) - 60 for moved in shifted) == [-1, 0, 1, 2, 3]
    for moved in shifted:
        assert moved[0, 1] == -1 and moved[1, 0] - moved[0, 0] == 2
    assert len(transposed([piece + 65], 3)) == 3 + 1
    np.testing.assert_array_equal(transposed(PIECES, 0), transposed(PIECES, 0))


def test_streams_join_pieces_and_start_each_one_anew():
    state = MusicState(voices=2, order=(0, 1), bar=1, embedding=4)
    ids, columns = streams([np.full((4, 2), 60), np.full((4, 2), 61)], state)
    assert ids.tolist() == [0, *[62] * 8, 0, *[63] * 8, 0]
    assert len(columns) == len(ids) - 1
    assert (
        columns[9].tolist() == [0, 0, 0] and columns[8].tolist() == [62, 62, 0] and columns[10].tolist() == [63, 0, 1]
    )


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            frame_of(PIECES[:1]),
            r"no piece for the training part: the data has 1 piece, and each of training, validation",
        ),
        (frame_of(PIECES[:2]), r"There is no piece for the training part: the data has 2 pieces, and"),
        (frame_of([PIECES[0]] * 9), r"has 9 pieces, 1 of them distinct apart from transpositions, and each"),
        (frame_of(PIECES, ["train"] * 10), r"There is no piece for the validation part"),
        (frame_of(PIECES, ["other"] * 10), r"has the part 'other', expected train, validation or test\. Rename it"),
        (frame_of([piece + 60 for piece in PIECES]), r"row 33, voice 1: the pitch is 128, expected a whole number"),
        (frame_of([piece + 0.5 for piece in PIECES]), r"row 1, voice 1: the pitch is 60\.5"),
        (frame_of(PIECES).rename(columns={"piece": "song"}), r"has no column 'piece', no voices, or no rows\. Voices"),
        (frame_of(PIECES)[:0], r"has no column 'piece', no voices, or no rows"),
    ],
)
def test_faults_of_frames_are_named(frame, message):
    with pytest.raises(DataError, match=message):
        prepare_music(frame)


def test_invalid_split_is_refused():
    with pytest.raises(UsageError, match="Use three fractions above 0 that sum to 1"):
        prepare_music(frame_of(PIECES), split="1,0,0")


def test_state_of_a_stranger_must_name_every_voice_once():
    with pytest.raises(ValueError, match="order does not name every voice once"):
        MusicState(voices=2, order=(0, 0), bar=1, embedding=4)


def test_training_refuses_separate_test_data_and_too_few_notes(tmp_path):
    with pytest.raises(UsageError, match="The test pieces of a model of music are a part of its data"):
        seqkit.train("gru", "demo_chorales", test="demo_chorales", chorales=5, out=tmp_path / "run")
    with pytest.raises(DataError, match=r"The training pieces have 1,540 notes, but a step reads 8,193: --batch-size"):
        seqkit.train(
            "gru", "demo_chorales", chorales=5, transpose=0, batch_size=128, chunk=64, out=tmp_path / "run", bar=16
        )


def test_metrics_have_nats_per_frame_and_name_the_baselines(small_music_run):
    run = read_run(small_music_run)
    test = run.read_json("metrics.json")["test"]
    assert (test["pieces"], test["frames"], test["notes"]) == (2, 2 * 128, 2 * (4 * 128 + 1))
    names = [row["name"] for row in test["models"]]
    assert names[0] == "gru" and names[-2:] == ["Kneser-Ney", "note frequencies"]
    for row in test["models"]:
        assert row["nats_per_frame"] == pytest.approx(row["nats"] * test["notes"] / test["frames"])
    assert (small_music_run / "plots" / "piece.png").stat().st_size > 10_000


def test_score_of_a_piece_is_that_of_its_notes_one_by_one(model, pieces):
    piece = pieces[0][:6]
    ids = encode_piece(piece, model.state.order)
    columns = read_columns(ids, model.state.voices, model.state.places)
    states, total = model.model.stepper.start(1), 0.0
    recent = RecentText(VOCABULARY, "note")
    recent.read(END)
    for step, note in enumerate(ids):
        logits, states = model.model.stepper.read(columns[None, step : step + 1], states)
        network = np.exp(logits[0, 0]) / np.exp(logits[0, 0]).sum()
        counts = model.model.kneser_ney.distribution([0, *ids[:step].tolist()])
        total -= np.log(model.model.shares.combine(network, counts, recent.distribution(), recent.weight)[note])
        recent.read(int(note))
    row = model.score([piece]).iloc[0]
    assert row["frames"] == 6
    assert row["nats"] == pytest.approx(total / 25, rel=1e-4)
    assert row["nats_per_frame"] == pytest.approx(total / 6, rel=1e-4)


def test_pieces_are_scored_independently_of_each_other(model, pieces):
    together = model.score([pieces[0], pieces[1][:20], pieces[2][:77]])
    alone = pd.concat([model.score([piece]) for piece in (pieces[0], pieces[1][:20], pieces[2][:77])])
    np.testing.assert_allclose(together, alone, rtol=1e-5)


def test_evaluation_gives_the_scores_of_training_and_scores_other_pieces(small_music_run, pieces, tmp_path):
    before = read_run(small_music_run).read_json("metrics.json")["test"]
    after = seqkit.evaluate(small_music_run)
    assert after["models"][0]["nats"] == pytest.approx(before["models"][0]["nats"], rel=1e-6)
    (tmp_path / "own.json").write_text(json.dumps([piece.tolist() for piece in pieces]))
    scores = seqkit.evaluate(small_music_run, tmp_path / "own.json")
    expected = seqkit.load(small_music_run).score(pieces)
    assert scores["models"][0]["nats_per_frame"] == pytest.approx(
        (expected["nats_per_frame"] * expected["frames"]).sum() / expected["frames"].sum()
    )
    (tmp_path / "two.json").write_text(json.dumps([[[60, 55]]]))
    with pytest.raises(DataError, match=r"two\.json has 2 voices, expected 4, those of the run .* Name other data\."):
        seqkit.evaluate(small_music_run, tmp_path / "two.json")


def test_run_of_changed_pieces_is_not_evaluated(small_music_run, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(small_music_run, run)
    manifest = json.loads((run / "run.json").read_text())
    manifest["data"]["sha256"] = "0" * 64
    (run / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=r"demo_chorales has changed since the run .* was trained"):
        seqkit.evaluate(run)


def test_runs_are_compared_and_shown_by_nats_per_frame(small_music_run, small_language_run, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(small_music_run, other)
    result = compare([small_music_run, other])
    assert [row["p_value"] for row in result["runs"][1:]] == [1.0] or "reason" in result["runs"][1]
    shown = CliRunner().invoke(main, ["compare", str(small_music_run), str(other)])
    assert shown.exit_code == 0 and "test nats/frame" in shown.stdout
    manifest = json.loads((other / "run.json").read_text())
    manifest["data"]["sha256"] = "0" * 64
    (other / "run.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="answer different questions: their pieces or the parts differ"):
        compare([small_music_run, other])
    with pytest.raises(UsageError, match="generates text, but a model of music is needed"):
        compare([small_music_run, small_language_run])


def test_tables_show_nats_per_frame_beside_the_baselines(small_music_run):
    result = CliRunner().invoke(main, ["evaluate", str(small_music_run)])
    assert result.exit_code == 0
    assert "Test: 2 pieces, 256 frames, 1,026 notes" in result.stdout
    assert "nats/frame" in result.stdout and "note frequencies" in result.stdout


def test_learning_curve_refers_to_the_n_gram_model_and_the_mixture():
    models = [{"name": "gru", "nats": 1.0}, {"name": "gru alone", "nats": 1.2}, {"name": "Kneser-Ney", "nats": 1.1}]
    assert references(models) == {"mixed with Kneser-Ney": 1.0, "Kneser-Ney": 1.1}
    assert references([models[0], models[2]]) == {"Kneser-Ney": 1.1}


def test_bars_of_a_piano_roll_are_the_notes():
    assert note_bars(np.array([60, 60, -1, 62, 62, 62, 60])) == [(0, 2, 60), (3, 6, 62), (6, 7, 60)]
    assert note_bars(np.array([-1, -1])) == []


@pytest.mark.parametrize("frames", [1, 20, 300, 3000])
def test_piano_roll_continues_in_rows_and_names_the_given_voice(frames, figures, tmp_path):
    piece = np.tile([[72, 55], [71, -1]], (frames, 1))[:frames]
    piano_roll(piece, ("high", "low"), bar=16, title="A piece", path=tmp_path / "p.png", given=("low",))
    (figure,) = figures
    assert len(figure.axes) == min(-(-frames // 256) if frames > 256 else 1, 6)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["high", "low (given)"]
    assert ("first 1,536 frames" in figure.axes[0].get_title(loc="left")) == (frames == 3000)


def test_piece_of_rests_is_drawn(tmp_path):
    piano_roll(np.full((4, 1), -1), ("voice 1",), bar=16, title="Silence", path=tmp_path / "p.png")
    assert (tmp_path / "p.png").exists()
