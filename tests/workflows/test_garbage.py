"""Trainings restore the state of garbage collection of their process."""

import gc
import weakref

import pytest

import seqkit
from seqkit.errors import UsageError

SMALL = {"rows": 300, "window": 6, "epochs": 1, "units": (4,)}


class Knot:
    """An object in a reference cycle, freed by garbage collection only."""

    def __init__(self) -> None:
        self.itself = self


def fail(*_, **__):
    raise UsageError("it cannot be fitted")


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_objects_from_before_a_training_are_collected_after_it(tmp_path, monkeypatch, ends):
    knot = Knot()
    seen = weakref.ref(knot)
    if ends == "badly":
        monkeypatch.setattr("seqkit.training.loop.fit", fail)
        with pytest.raises(UsageError, match="it cannot be fitted"):
            seqkit.train("dense", out=tmp_path / "run", **SMALL)
    else:
        seqkit.train("dense", out=tmp_path / "run", **SMALL)
    del knot
    gc.collect()
    assert seen() is None
    assert gc.get_freeze_count() == 0


def test_objects_frozen_before_a_training_stay_frozen(tmp_path):
    gc.freeze()
    try:
        seqkit.train("dense", out=tmp_path / "run", **SMALL)
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
