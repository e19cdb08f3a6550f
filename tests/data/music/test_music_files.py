"""Music files: JSON of frames and MIDI, read, written, recognised, and refused with the place of the fault."""

import gzip
import io
import json
import sys

import numpy as np
import pandas as pd
import pytest

from seqkit.data.files.sniffing import kind_of
from seqkit.data.music import midi_files
from seqkit.data.music.midi_files import frames_of_midi, midi_bytes
from seqkit.data.music.music_files import read_music, write_music
from seqkit.data.music.voices import voice_columns, voice_names
from seqkit.errors import DataError, MissingExtraError, SeqkitError, UsageError

mido = pytest.importorskip("mido")

CHORDS = [[67, 64, 60, 48], [67, 64, 60, 48], [69, 65, 60, 53], [-1, 65, 60, 53]]
PIECE = np.array(CHORDS)


@pytest.fixture
def read(tmp_path):
    """Returns a function that writes JSON to a file and reads it."""

    def run(content, **options):
        path = tmp_path / "own.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_music(path, **options)

    return run


def test_json_of_parts_has_a_row_for_each_frame(read):
    frame = read({"train": [CHORDS, CHORDS[:1]], "valid": [CHORDS[:2]], "test": [[[60.0, 55.0, 52.0, 48.0]]]})
    assert list(frame.columns) == ["part", "piece", "soprano", "alto", "tenor", "bass"]
    assert frame["part"].tolist() == ["train"] * 5 + ["validation"] * 2 + ["test"]
    assert frame["piece"].nunique() == 4
    assert frame.iloc[3].tolist() == ["train", "train 1", -1, 65, 60, 53]
    assert frame["soprano"].dtype == np.int64


@pytest.mark.parametrize("content", [CHORDS, [CHORDS]])
def test_json_may_be_a_single_piece(content, read):
    frame = read(content)
    assert "part" not in frame and frame["piece"].nunique() == 1
    np.testing.assert_array_equal(frame.iloc[:, 1:], PIECE)


def test_frames_with_fewer_pitches_get_rests_and_a_note(read):
    frame = read([[[67, 60], [], [67]]])
    np.testing.assert_array_equal(frame[["voice 1", "voice 2"]], [[67, 60], [-1, -1], [67, -1]])
    assert frame.attrs["remarks"] == ["2 of 3 frames have fewer than 2 pitches: their last voices rest"]
    assert list(read([[[67]]], voices=2)["voice 2"]) == [-1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[[60", r"own\.json is neither a MIDI file nor JSON: .* Name a file of one of these\."),
        ([], r"has no pieces\. Write a list of pieces"),
        ("3", r"has no pieces\. Write a list of pieces"),
        ([[[60]], []], r"the piece 2 has no frames\. Leave it out\."),
        ([[[60]], 3], r"the piece 2 has no frames\. Leave it out\."),
        ([[[60], 61]], r"piece 1, frame 2, is 61, expected a list of pitches such as \[67, 64, 60, 48\]\."),
        ([[[60], [128]]], r"piece 1, frame 2, has the pitch 128, expected a whole number from 0 to 127, or -1 for a"),
        ([[[60], [-2]]], r"piece 1, frame 2, has the pitch -2, expected .* Correct it, or leave the piece out\."),
        ([[[60.5]]], r"piece 1, frame 1, has the pitch 60\.5"),
        ([[[10**400]]], r"piece 1, frame 1, has the pitch 1000"),
        ([[["C4"]]], r"piece 1, frame 1, has the pitch C4"),
        ([[[True]]], r"piece 1, frame 1, has the pitch True"),
        (
            {"train": [[[60]]], "rest": []},
            r"has the key 'rest', expected train, valid and test, with lists of pieces\.",
        ),
        ({"train": 3}, r"has the key 'train', expected train, valid and test"),
        ([[[60] * 17]], r"has a frame of 17 pitches, expected at most 16\. Write one pitch for each voice\."),
    ],
)
def test_faults_are_named_with_their_place(content, message, read):
    with pytest.raises(DataError, match=message):
        read(content)


def test_more_pitches_than_voices_are_refused(read):
    with pytest.raises(DataError, match=r"has a frame of 4 pitches, expected at most 2\. Set --voices to that number"):
        read([CHORDS], voices=2)


def test_parquet_is_refused_and_an_unreadable_midi_file_is_reported(tmp_path, monkeypatch):
    pd.DataFrame({"soprano": [60]}).to_parquet(tmp_path / "own.parquet")
    with pytest.raises(DataError, match=r"own\.parquet is not music, or larger than 1 GiB\. Name a JSON file"):
        read_music(tmp_path / "own.parquet")
    (tmp_path / "piece.mid").write_bytes(midi_bytes(PIECE, 4))

    def broken(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pathlib.Path.read_bytes", broken)
    with pytest.raises(SeqkitError, match=r"piece\.mid cannot be read: Input/output error\. Make it readable"):
        read_music(tmp_path / "piece.mid")


@pytest.mark.parametrize("name", ["piece.json", "piece.mid", "piece.MIDI"])
def test_written_piece_is_read_again(name, tmp_path):
    rng = np.random.default_rng(0)
    piece = np.repeat(rng.integers(40, 80, (20, 4)), rng.integers(1, 5, 20), axis=0)
    piece[5:9, 1] = -1
    piece[-1] = (70, 62, 55, 43)
    write_music(tmp_path / name, [piece])
    assert kind_of(tmp_path / name) == "music"
    np.testing.assert_array_equal(read_music(tmp_path / name).iloc[:, 1:], piece)


def test_several_pieces_are_written_as_json(tmp_path):
    write_music(tmp_path / "pieces.json", [PIECE, PIECE[:2]])
    assert read_music(tmp_path / "pieces.json")["piece"].tolist() == ["1"] * 4 + ["2"] * 2


def test_midi_file_has_a_named_track_for_each_voice_and_joins_equal_pitches():
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(PIECE, 4)))
    assert [track.name for track in file.tracks[1:]] == ["soprano", "alto", "tenor", "bass"]
    notes = [(m.note, m.time) for m in file.tracks[3] if m.type in ("note_on", "note_off")]
    assert notes == [(60, 0), (60, 480)]  # four frames of a quarter of a quarter note
    assert [m.note for m in file.tracks[1] if m.type == "note_on"] == [67, 69]


def written_by_hand(tmp_path, *tracks, ticks: int = 96):
    file = mido.MidiFile(ticks_per_beat=ticks)
    for messages in tracks:
        track = mido.MidiTrack()
        for kind, note, velocity, time, channel in messages:
            track.append(mido.Message(kind, note=note, velocity=velocity, time=time, channel=channel))
        file.tracks.append(track)
    path = tmp_path / "hand.mid"
    file.save(path)
    return path


def test_chords_of_one_track_become_voices_by_pitch(tmp_path):
    path = written_by_hand(
        tmp_path,
        [("note_on", 60, 9, 0, 0), ("note_on", 64, 9, 0, 0), ("note_on", 67, 9, 48, 0)]
        + [("note_on", note, 0, 48, 0) for note in (60, 64, 67)],  # a velocity of 0 ends a note, too
    )
    frame = read_music(path, resolution=2)
    np.testing.assert_array_equal(frame.iloc[:, 1:], [[64, 60, -1], [67, 64, 60], [67, 64, -1], [67, -1, -1]])


def test_struck_again_unended_and_percussion_notes(tmp_path):
    path = written_by_hand(
        tmp_path,
        [("note_on", 60, 9, 0, 0), ("note_on", 60, 9, 96, 0), ("note_on", 36, 9, 0, 9), ("note_off", 99, 0, 96, 0)],
    )
    np.testing.assert_array_equal(read_music(path, resolution=1)["voice 1"], [60, 60])


def test_notes_are_put_on_the_grid_where_they_sound_at_the_middle_of_a_frame(tmp_path):
    path = written_by_hand(tmp_path, [("note_on", 60, 9, 10, 0), ("note_off", 60, 0, 90, 0)])
    assert read_music(path, resolution=4)["voice 1"].tolist() == [60] * 4
    late = written_by_hand(tmp_path, [("note_on", 60, 9, 13, 0), ("note_off", 60, 0, 83, 0)])
    assert read_music(late, resolution=4)["voice 1"].tolist() == [-1, 60, 60, 60]


def test_gzipped_json_is_read(tmp_path):
    path = tmp_path / "own.json.gz"
    path.write_bytes(gzip.compress(json.dumps([CHORDS]).encode()))
    assert kind_of(path) == "music"
    np.testing.assert_array_equal(read_music(path).iloc[:, 1:], PIECE)


def test_folder_of_midi_files_has_a_piece_for_each(tmp_path):
    for number in (2, 1):
        write_music(tmp_path / f"{number}.mid", [PIECE[:number]])
    (tmp_path / "notes.txt").write_text("of no interest")
    assert kind_of(tmp_path) == "music"
    assert read_music(tmp_path)["piece"].tolist() == ["1.mid", "2.mid", "2.mid"]


def test_folder_without_midi_files_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"has no MIDI files\. Name a folder with \.mid files, or a file\."):
        read_music(tmp_path)


@pytest.mark.parametrize("content", [b"", b"MThd", b"not music at all", midi_bytes(PIECE, 4)[:60]])
def test_file_that_is_no_midi_is_refused_with_one_message(content, tmp_path):
    path = tmp_path / "broken.mid"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"broken\.mid is not a MIDI file, or is damaged: .* Name another file\."):
        read_music(path)


def test_midi_files_without_notes_too_long_or_in_seconds_are_refused(tmp_path, monkeypatch):
    with pytest.raises(DataError, match=r"hand\.mid has no notes\. Name another MIDI file\."):
        read_music(written_by_hand(tmp_path, []))
    monkeypatch.setattr(midi_files, "MAX_FRAMES", 3)
    with pytest.raises(DataError, match=r"has 4 frames, expected at most 3\. Lower --resolution\."):
        frames_of_midi(midi_bytes(PIECE, 4), "long.mid", 4)
    content = bytearray(midi_bytes(PIECE, 4))
    content[12:14] = (0xE7, 0x28)  # 25 frames of film a second
    with pytest.raises(DataError, match=r"counts time in seconds instead of quarter notes\. Save it with ticks"):
        frames_of_midi(bytes(content), "film.mid", 4)


def test_missing_mido_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "mido", None)
    with pytest.raises(MissingExtraError, match=r"MIDI files need mido, .*: pip install 'seqkit\[music\]'$") as caught:
        midi_bytes(PIECE, 4)
    assert caught.value.exit_code == 3


def test_music_is_told_from_other_json_and_frames(tmp_path):
    frame = pd.DataFrame({"piece": [1], "soprano": [60]})
    assert kind_of(frame) == "music"
    assert kind_of(frame.drop(columns="piece")) == kind_of(frame.drop(columns="soprano")) == "table"
    for content, kind in (
        ('[["a", "b"]]', "texts"),
        ('[{"text": "a", "label": 1}]', "texts"),
        ("[[60, 55]]", "music"),
        ('{"train": [[[60', "music"),
        ('{ "test": [\n[ [], [60', "music"),
    ):
        (tmp_path / "own.json").write_text(content)
        assert kind_of(tmp_path / "own.json") == kind, content


def test_voices_have_names():
    assert voice_names(2) == ("voice 1", "voice 2")
    assert voice_columns(["piece", "bass", "voice 12", "voice x", "voice"]) == ["bass", "voice 12"]
