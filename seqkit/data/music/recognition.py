"""Recognises music by a file's first bytes or a DataFrame's columns."""

from seqkit.data.files.sniffing import Look
from seqkit.data.music.voices import PIECE, voice_columns


def holds_music(look: Look) -> bool:
    """Whether it is a MIDI file or a folder of them, a JSON file of frames, or a DataFrame of voices by piece."""
    if look.form == "frame":
        return PIECE in look.names and bool(voice_columns(look.names))
    return look.form in ("midi", "frames")
