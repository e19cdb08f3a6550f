import signal
import threading

import pytest

from seqkit.training.interrupts import SIGNALS, on_interrupt


@pytest.mark.parametrize("number", SIGNALS)
def test_signal_sets_a_flag_that_is_announced_on_request(number):
    lines: list[str] = []
    with on_interrupt(lines.append) as should_stop:
        assert not should_stop()
        signal.raise_signal(number)
        assert lines == []  # The handler must not print: a line may be half written.
        assert should_stop() and should_stop()
        assert lines == ["stopping after this step; press Ctrl-C again to stop immediately"]


def test_second_signal_raises_keyboard_interrupt():
    with pytest.raises(KeyboardInterrupt), on_interrupt(lambda line: None):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


def test_signal_handlers_are_restored():
    before = [signal.getsignal(number) for number in SIGNALS]
    with on_interrupt(lambda line: None):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_other_threads_handle_no_signals():
    results = []

    def check() -> None:
        with on_interrupt(lambda line: None) as should_stop:
            results.append((should_stop(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=check)
    thread.start()
    thread.join()
    assert results == [(False, signal.getsignal(signal.SIGINT))]
