import signal
import threading

import pytest

from seqkit.training.interrupts import SIGNALS, on_interrupt


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_noted_when_it_comes_and_told_when_asked_for(number):
    lines: list[str] = []
    with on_interrupt(lines.append) as stops:
        assert not stops()
        signal.raise_signal(number)
        assert lines == []  # A line may be half written when it comes.
        assert stops() and stops()
        assert lines == ["stopping after this step; once more stops at once"]


def test_the_second_signal_ends_at_once():
    with pytest.raises(KeyboardInterrupt), on_interrupt(lambda line: None):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


def test_what_signals_did_before_they_do_after():
    before = [signal.getsignal(number) for number in SIGNALS]
    with on_interrupt(lambda line: None):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_beside_the_main_thread_no_signal_is_caught():
    found = []

    def ask() -> None:
        with on_interrupt(lambda line: None) as stops:
            found.append((stops(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [(False, signal.getsignal(signal.SIGINT))]
