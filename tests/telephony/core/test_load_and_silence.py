"""When a process is too busy for more calls, and when a far end is missed."""

from telephony.core.load import WINDOW, Load
from telephony.core.silence import Silence


def test_two_full_windows_make_a_process_busy_and_one_quiet_one_ends_it() -> None:
    load = Load(0.9, cpu=5.0, now=100.0)
    assert not load.note(5.0 + 0.95 * WINDOW, 100.0 + WINDOW)
    assert not load.note(5.0 + 0.95 * WINDOW, 100.5 + WINDOW), "a window is not over yet"
    assert load.note(5.0 + 1.9 * WINDOW, 100.0 + 2 * WINDOW)
    assert load.busy
    assert not load.note(5.0 + 2.5 * WINDOW, 100.0 + 3 * WINDOW)


def test_a_hiccup_after_a_quiet_hour_is_no_load() -> None:
    load = Load(0.9, cpu=0.0, now=0.0)
    assert not load.note(10.0, 3600.0)
    assert not load.note(10.0 + WINDOW, 3600.0 + WINDOW)


def test_silence_is_told_in_steps_until_something_comes() -> None:
    silence = Silence(60.0)
    assert silence.lasting(1e6) == 0.0, "who was never heard is not missed"
    silence.heard(10.0)
    assert silence.lasting(69.9) == 0.0
    assert silence.lasting(70.0) == 60.0
    assert silence.lasting(70.3) == 0.0
    assert silence.lasting(130.5) == 120.5
    silence.heard(131.0)
    assert silence.lasting(190.9) == 0.0
    assert silence.lasting(191.0) == 60.0
