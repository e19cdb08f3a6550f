"""Notes as ids, and what a model reads before each of them."""

import numpy as np

from seqkit.data.music.notes import decode_notes, encode_piece, read_columns

PIECE = np.array([[67, 64, 48], [69, -1, 48]])


def test_voices_take_turns_in_order_and_the_piece_ends():
    assert encode_piece(PIECE, (0, 2, 1)).tolist() == [69, 50, 66, 71, 50, 1, 0]


def test_decoding_is_the_opposite():
    for order in ((0, 1, 2), (0, 2, 1), (2, 1, 0)):
        np.testing.assert_array_equal(decode_notes(encode_piece(PIECE, order)[:-1], order), PIECE)


def test_model_reads_the_last_note_of_every_voice_and_the_place():
    columns = read_columns(encode_piece(PIECE, (0, 1, 2)), voices=3, places=4)
    assert columns.tolist() == [
        [0, 0, 0, 0],
        [69, 0, 0, 1],
        [66, 69, 0, 2],
        [50, 66, 69, 3],
        [71, 50, 66, 0],
        [1, 71, 50, 1],
        [50, 1, 71, 2],
    ]
