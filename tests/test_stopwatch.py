"""Where seconds go: each is counted once, for the phase that ran."""

import threading

import pytest

from seqkit import stopwatch
from seqkit.stopwatch import PHASES, compiled_first, measured, spent


@pytest.fixture
def wait(monkeypatch):
    """Returns a function that lets so many seconds pass, of which nobody needs to wait for one."""
    now = 100.0

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(stopwatch, "perf_counter", lambda: now)
    return wait


def counted(watch) -> dict[str, float]:
    return {phase: seconds for phase, seconds in watch.seconds.items() if seconds}


def test_nested_phase_interrupts_the_outer_one_and_phases_sum_to_the_total(wait):
    with measured() as watch:
        wait(1)
        with spent("exporting"):
            wait(2)
            with spent("importing libraries"):
                wait(4)
            with spent("importing libraries"), spent("compiling"):
                wait(8)
            wait(16)
        wait(32)
        with spent("exporting"):
            wait(64)
    wait(1000)
    assert counted(watch) == {"importing libraries": 4, "compiling": 8, "exporting": 82, "everything else": 33}
    assert sum(watch.seconds.values()) == 127
    assert tuple(watch.seconds) == PHASES


def test_time_before_the_measurement_counts_as_starting(wait):
    with measured(since=97.5) as watch:
        wait(1)
    assert counted(watch) == {"starting the program": 2.5, "everything else": 1}


def test_error_ends_phases_and_measurement(wait):
    with pytest.raises(ValueError, match="no such"), measured() as left:
        with pytest.raises(KeyError), spent("training"), spent("validating"):
            wait(1)
            raise KeyError
        wait(2)
        with spent("scoring"):
            wait(4)
            raise ValueError("no such thing")
    with spent("scoring"):
        wait(8)
    assert counted(left) == {"validating": 1, "scoring": 4, "everything else": 2}


def test_decorated_function_is_a_phase_at_every_call(wait):
    @spent("scoring")
    def score() -> int:
        wait(3)
        return 7

    assert score() == 7, "nobody measures"
    with measured() as watch:
        assert score() + score() == 14
    assert counted(watch) == {"scoring": 6}


def test_first_successful_call_counts_as_compiling(wait):
    @compiled_first
    def step(seconds: float) -> float:
        wait(seconds)
        return 1 / seconds

    with measured() as watch, spent("training"):
        with pytest.raises(ZeroDivisionError):
            step(0)
        assert [step(seconds) for seconds in (8, 1, 2)] == [1 / 8, 1, 1 / 2]
    assert counted(watch) == {"compiling": 8, "training": 3}


def test_other_threads_are_not_measured(wait):
    def work() -> None:
        with spent("scoring"):
            wait(1)

    with measured() as watch, spent("training"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert counted(watch) == {"training": 1}


def test_nested_measurement_is_independent(wait):
    with measured() as outer, spent("training"):
        with measured() as inner, spent("scoring"):
            wait(1)
        with spent("validating"):
            wait(2)
    assert (counted(inner), counted(outer)) == ({"scoring": 1}, {"training": 1, "validating": 2})
