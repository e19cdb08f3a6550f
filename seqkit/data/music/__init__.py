"""Music as frames: the pitches of some voices, at equal intervals of time."""

from seqkit.data.kinds import Kind

KINDS = (
    Kind(
        "music",
        "music",
        reader=("seqkit.data.music.music_files", "read_music"),
        recognises=("seqkit.data.music.recognition", "holds_music"),
        report=("seqkit.data.music.report", "report_music"),
        is_exclusive=True,
    ),
)
