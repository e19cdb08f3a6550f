"""Simulated chorales: the rules that the module documents hold in every chorale; and the chorales of Bach."""

import importlib
import json

import numpy as np
import pytest

from seqkit.errors import DataError, UsageError

demo = importlib.import_module("seqkit.datasets.demo_chorales")
FRAME = demo.load(chorales=60)
PIECES = [piece.iloc[:, 1:].to_numpy() for _, piece in FRAME.groupby("piece", sort=False)]


def test_chorale_has_four_phrases_of_two_bars_and_repeats_the_first():
    for piece in PIECES:
        assert piece.shape == (4 * 2 * 16, 4)
        beats = piece[::4]
        assert {*(beats[:8, 3] % 12)} == {*(beats[16:24, 3] % 12)}


def test_voices_do_not_cross_and_stay_in_their_range():
    for piece in PIECES:
        assert (np.diff(piece, axis=1) < 0).all()
        for voice, (low, high) in enumerate(demo._RANGES):
            assert low <= piece[:, voice].min() and piece[:, voice].max() <= high


def test_every_beat_is_a_triad_of_one_major_key():
    for piece in PIECES:
        classes = [{*(beat % 12)} for beat in piece[::4]]
        assert all(len(chord) == 3 for chord in classes)
        keys = [key for key in range(12) if all((p - key) % 12 in demo._SCALE for chord in classes for p in chord)]
        assert keys
        assert len({p for chord in classes for p in chord}) <= 7


def test_only_the_soprano_passes_between_chords():
    passing = sum((np.diff(piece.reshape(-1, 4, 4), axis=1) != 0).sum(axis=(0, 1)) for piece in PIECES)
    assert passing[0] > 30 and passing[1:].tolist() == [0, 0, 0]


def test_more_chorales_never_change_the_first_ones():
    np.testing.assert_array_equal(demo.load(chorales=2), FRAME[: 2 * 128])
    assert (demo.load(chorales=2, chorales_seed=1).to_numpy() != FRAME[: 2 * 128].to_numpy()).any()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"chorales": 0}, "`chorales`, expected 1 to 100000, got 0"),
        ({"chorales_seed": -1}, "`chorales_seed`, expected 0 to 4294967295"),
    ],
)
def test_invalid_option_is_named(options, complaint):
    with pytest.raises(UsageError, match=complaint):
        demo.load(**options)


def test_chorales_of_bach_have_the_documented_parts(requires_data):
    requires_data("jsb_chorales/jsb-chorales-16th.json")
    frame = importlib.import_module("seqkit.datasets.jsb_chorales").load()
    assert frame.groupby("part")["piece"].nunique().to_dict() == {"train": 229, "validation": 76, "test": 77}
    voices = frame[["soprano", "alto", "tenor", "bass"]].to_numpy()
    assert ((voices == -1).any(axis=1).sum(), (voices == -1).all(axis=1).sum()) == (384, 256)


def test_another_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path))
    (tmp_path / "jsb_chorales").mkdir()
    (tmp_path / "jsb_chorales" / "jsb-chorales-16th.json").write_text(json.dumps({"train": [[[60]]]}))
    with pytest.raises(DataError, match=r"it has the frames \{'train': 1\}, expected \{'train': 55228"):
        importlib.import_module("seqkit.datasets.jsb_chorales").load()
