"""Chorales of J. S. Bach: 382 pieces in four voices, cut into sixteenth notes.

229, 76 and 77 chorales for training, validation and test, the parts of Boulanger-Lewandowski, Bengio and Vincent
(2012): 55,228, 18,408 and 18,900 frames of a sixteenth note, each with the pitches of soprano, alto, tenor and bass. A
note that is struck again and one that is held look the same. In 384 frames some voices rest, in 256 of them all.

The file tells no bars; most chorales begin with an upbeat of a quarter note. Source: https://arxiv.org/abs/1206.6392,
in the sixteenth notes of https://github.com/czhuang/JSB-Chorales-dataset.
"""

from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.music.music_files import read_music
from seqkit.errors import DataError

LICENCE = "the music is in the public domain; the file has no licence"
SOURCE = "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/master/jsb-chorales-16th.json"
TASKS = ("generate",)
KIND = "music"

_FRAMES = {"train": 55_228, "validation": 18_408, "test": 18_900}


def load() -> pd.DataFrame:
    """Returns the frames of all chorales: "part", "piece", "soprano", "alto", "tenor" and "bass".

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    return read_music(fetch("jsb_chorales", "jsb-chorales-16th.json", url=SOURCE, check=_check))


def _check(path: Path) -> None:
    found = read_music(path)
    frames = found["part"].value_counts().to_dict() if "part" in found else {}
    if frames != _FRAMES:
        raise DataError(f"it has the frames {frames}, expected {_FRAMES}.")
