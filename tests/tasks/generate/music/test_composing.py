"""Composing: given voices are kept and weigh the rest, and the command writes MIDI, JSON and pictures."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.data.music.music_files import read_music, write_music
from seqkit.errors import DataError, UsageError
from seqkit.inference.sampling import Sampling
from seqkit.tasks.generate.kneser_ney import KneserNey
from seqkit.tasks.generate.mixture import Shares
from seqkit.tasks.generate.music.composing import NoteModel, compose
from seqkit.tasks.generate.music.prepare import MusicState


class Table:
    """Network whose next note depends on the last one, by a table of probabilities."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table

    def start(self, batch: int) -> list[np.ndarray]:
        return [np.zeros((batch, 1), np.float32)]

    def read(self, columns: np.ndarray, states: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        return np.log(self.table[columns[:, :, 0]]), states


@pytest.fixture
def chain():
    """Two voices of which the second one tells in its turn what the first one was: 4 after 2, mostly, and 5 after 3."""
    table = np.full((6, 6), 1e-12)
    table[0] = [1e-12, 1e-12, 0.5, 0.5, 1e-12, 1e-12]
    table[2, 4:], table[3, 4:] = (0.9, 0.1), (0.1, 0.9)
    table[4, :4] = table[5, :4] = [1e-12, 1e-12, 0.5, 0.5]
    table /= table.sum(axis=1, keepdims=True)
    state = MusicState(voices=2, order=(0, 1), bar=1, embedding=1)
    return NoteModel(state, Table(table), KneserNey.fit(np.arange(6), 6, 1), Shares())


@pytest.fixture
def model(small_music_run):
    return seqkit.load(small_music_run)


def drawn(chain, particles: int, draws: int = 400) -> Counter:
    given = {1: np.array([4, 5])}
    options = {"sampling": Sampling(), "particles": particles}
    return Counter(
        tuple(compose(chain, 2, given, **options, rng=np.random.default_rng(seed)).tolist()) for seed in range(draws)
    )


def test_particles_draw_from_the_distribution_under_the_given_notes(chain):
    alone, many = drawn(chain, 1), drawn(chain, 64)
    assert all(notes[1::2] == (4, 5) for notes in (*alone, *many))
    assert 0.15 < alone[2, 4, 3, 5] / 400 < 0.35  # one of four, whatever the given notes
    assert 0.74 < many[2, 4, 3, 5] / 400 < 0.88  # 0.9 × 0.9


def test_piece_ends_where_the_end_is_drawn_between_frames_only(chain):
    chain.stepper.table[4:, 0] = 1e6
    chain.stepper.table[2:4, 0] = 1e6
    chain.stepper.table /= chain.stepper.table.sum(axis=1, keepdims=True)
    options = {"sampling": Sampling(), "particles": 1, "rng": np.random.default_rng(0)}
    assert len(compose(chain, 9, {}, **options)) == 2
    assert len(compose(chain, 3, {1: np.array([4, 4, 4])}, **options)) == 6


def test_seed_determines_the_piece(model):
    first, again, other = (model.generate(24, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()
    assert first.shape[1] == 4 and first.min() >= -1 and first.max() <= 127


def test_given_voices_are_kept(model):
    bass = [48] * 8 + [50] * 8 + [-1] * 4
    piece = model.generate(given={"bass": bass, "soprano": [67] * 20}, particles=4, seed=0)
    np.testing.assert_array_equal(piece[:, [0, 3]], np.column_stack([[67] * 20, bass]))


def test_greedy_composition_needs_no_seed(model):
    np.testing.assert_array_equal(model.generate(12, temperature=0), model.generate(12, temperature=0))


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"base": [60]}, UsageError, r"There is no voice 'base'\. Did you mean 'bass'\?"),
        ({"bass": [48], "soprano": [60, 62]}, UsageError, r"have different lengths in frames: bass 1, soprano 2\. Cut"),
        ({name: [60] for name in ("soprano", "alto", "tenor", "bass")}, UsageError, r"All voices are given"),
        ({"bass": [200]}, DataError, r"The pitches of bass are not all whole numbers from 0 to 127 or -1"),
        ({"bass": []}, DataError, r"The pitches of bass are not all whole numbers"),
        ({"bass": ["C"]}, DataError, r"The pitches of bass are not all whole numbers"),
    ],
)
def test_given_voices_that_do_not_fit_are_refused(given, error, message, model):
    with pytest.raises(error, match=message):
        model.generate(given=given)


def test_length_out_of_range_and_wrong_shapes_are_refused(model):
    with pytest.raises(UsageError, match=r"`length`, expected 1 to 100000, got 0"):
        model.generate(0)
    with pytest.raises(UsageError, match=r"`particles`, expected 1 to 1000, got 0"):
        model.generate(4, particles=0)
    with pytest.raises(DataError, match=r"A piece has the shape \(2, 3\), expected \(frames, 4\)"):
        model.score([np.full((2, 3), 60)])


@pytest.fixture
def ran(small_music_run, tmp_path, monkeypatch):
    """Returns a function that runs `seqkit generate` on the run of music in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, source=small_music_run):
        return CliRunner().invoke(main, ["generate", str(source), *arguments])

    return run


def test_command_prints_json_and_writes_what_the_endings_tell(ran, model):
    printed = ran("--length", "24", "--seed", "3")
    assert printed.exit_code == 0
    piece = np.array(json.loads(printed.stdout))
    np.testing.assert_array_equal(piece, model.generate(24, temperature=0.8, seed=3))
    (record,) = json.loads(ran("--length", "24", "--seed", "3", "--json").stdout)
    assert record == {"piece": piece.tolist(), "seed": 3}
    result = ran("--length", "24", "--seed", "3", "-o", "a.mid", "-o", "a.json", "-o", "a.png")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == ["written: a.mid", "written: a.json", "written: a.png"]
    for name in ("a.mid", "a.json"):
        read = read_music(name).iloc[:, 1:].to_numpy()
        np.testing.assert_array_equal(read, piece[: len(read)])
    with open("a.png", "rb") as file:
        assert file.read(4) == b"\x89PNG"


def test_several_pieces_are_numbered_or_listed(ran):
    result = ran("--length", "8", "--seed", "3", "--n", "2", "-o", "a.mid", "-o", "a.json")
    assert result.stderr.splitlines() == ["written: a-1.mid", "written: a-2.mid", "written: a.json"]
    assert len(json.loads(Path("a.json").read_text())) == 2
    assert len(json.loads(ran("--length", "8", "--seed", "3", "--n", "2").stdout)) == 2


def test_voices_are_given_by_files(ran):
    write_music("song.json", [np.tile([[72, 67, 60, 48]], (6, 1))])
    write_music("bass.mid", [np.full((6, 1), 50)])
    for arguments, expected in (
        (("--given", "song.json", "--voice", "bass"), {3: 48}),
        (("--given", "song.json", "--voice", "bass", "--voice", "soprano"), {3: 48, 0: 72}),
        (("--given", "bass.mid", "--voice", "bass", "--given", "song.json", "--voice", "alto"), {3: 50, 1: 67}),
    ):
        result = ran(*arguments, "--seed", "0", "--particles", "2")
        piece = np.array(json.loads(result.stdout))
        assert len(piece) == 6
        assert all((piece[:, voice] == pitch).all() for voice, pitch in expected.items())
    assert ran("--given", "song.json", "--voice", "bass", "-o", "a.png").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-o", "a.wav"), 2, "a.wav ends with none of .mid, .midi, .json, .png, which tell what to write. Choose one."),
        (("-o", "old.json"), 2, "old.json exists. Choose another --output, or add --overwrite."),
        (("--prompt", "x"), 2, "--prompt and --repetition-penalty are for text. Give voices to compose to with"),
        (("--given", "old.json"), 2, "Received 1 --given and 0 --voice, expected a --voice for each --given: "),
        (
            *(("--given", "old.json", "--voice", "bass", "--given", "two.json", "--voice", "bass"), 2),
            "--voice names a voice twice: bass, bass. Give each voice once.",
        ),
        (("--given", "old.json", "--voice", "base"), 2, "There is no voice 'base'. Did you mean 'bass'?"),
        (("--given", "two.json", "--voice", "bass"), 5, "two.json has 2 voices, expected 1 or 4. Give a file with the"),
        (("--given", "many.json", "--voice", "bass"), 2, "many.json has 2 pieces. Give a file with one."),
        (("--given", "none.mid", "--voice", "bass"), 4, "There is no file none.mid"),
        (("--length", "0"), 2, "Received an invalid value for `length`, expected 1 to 100000, got 0."),
    ],
)
def test_command_refuses_what_it_cannot_do(arguments, code, message, ran):
    write_music("old.json", [np.full((2, 4), 60)])
    write_music("two.json", [np.full((2, 2), 60)])
    write_music("many.json", [np.full((2, 4), 60)] * 2)
    result = ran(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def test_options_of_music_are_refused_for_text(ran, small_language_run):
    result = ran("-o", "a.mid", source=small_language_run)
    assert result.exit_code == 2
    assert "--output, --given and --voice are for music, and the run" in result.stderr
