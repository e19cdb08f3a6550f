"""Music as notes, one voice after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from seqkit.spec.checks import check_count

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True)
class Notes:
    """The last note of each voice, and the place in the bar, at every step; a step is a note of one voice.

    Attributes:
        vocabulary: Number of notes, at least 2.
        voices: Number of voices, at least 1.
        places: Places in a bar: its frames times the voices, at least 1.
        embedding: Dimensions of the embeddings of notes and places, at least 1.
        name: Name of the input in ONNX.
        steps: None: pieces have any length.
        length: None: pieces have any length.
    """

    vocabulary: int
    voices: int
    places: int
    embedding: int = 48
    name: ClassVar[str] = "notes"
    steps: ClassVar[None] = None
    length: ClassVar[None] = None

    def __post_init__(self) -> None:
        check_count("vocabulary", self.vocabulary, least=2)
        for name in ("voices", "places", "embedding"):
            check_count(name, getattr(self, name))

    @property
    def features(self) -> int:
        """Features of each step: an embedding for each voice and one for the place."""
        return (self.voices + 1) * self.embedding

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of the input, None for dynamic dimensions."""
        return (None, None, self.voices + 1)

    def inputs(self) -> tuple[KerasTensor, KerasTensor]:
        """Returns the input (batch, time, voices + 1), int32, and the tensor to build on (batch, time, features).

        The columns of the input are the last note, the one before, and so on, up to the note that the next voice has
        now, and the place of the next note.
        """
        import keras

        notes = keras.Input((None, self.voices + 1), dtype="int32", name=self.name)
        embedded = keras.layers.Embedding(self.vocabulary, self.embedding, name="embedding")(notes[:, :, :-1])
        place = keras.layers.Embedding(self.places, self.embedding, name="place")(notes[:, :, -1:])
        together = keras.layers.Concatenate(axis=2, name="last_notes")([embedded, place])
        return notes, keras.layers.Reshape((-1, self.features), name="features")(together)
