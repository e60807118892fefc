from telephony.core.timers import Timers


def test_timers_fire_in_order_and_once():
    timers = Timers()
    timers.set(2.0, "b", "second")
    timers.set(1.0, "a", "first")
    timers.set(2.0, "c", "third")
    assert timers.next_wakeup() == 1.0
    assert list(timers.due(2.0)) == [("a", "first"), ("b", "second"), ("c", "third")]
    assert list(timers.due(9.0)) == [] and timers.next_wakeup() is None


def test_a_cancelled_timer_is_forgotten():
    timers = Timers()
    one, two = timers.set(1.0, "a", "x"), timers.set(2.0, "b", "y")
    timers.cancel(one)
    timers.cancel(one)
    timers.cancel(None)
    assert (len(timers), timers.next_wakeup()) == (1, 2.0)
    assert list(timers.due(5.0)) == [("b", "y")]
    timers.cancel(two)
    assert len(timers) == 0


def test_a_cancelled_timer_below_the_top_does_not_fire():
    timers = Timers()
    timers.set(1.0, "a", "x")
    timers.cancel(timers.set(2.0, "b", "y"))
    assert list(timers.due(5.0)) == [("a", "x")]
    assert len(timers) == 0


def test_timers_set_while_firing_count():
    timers = Timers()
    timers.set(1.0, "a", "x")
    fired = []
    for owner, _ in timers.due(1.0):
        fired.append(owner)
        if owner == "a":
            timers.set(1.0, "b", "y")
    assert fired == ["a", "b"]


def test_cancelled_timers_do_not_pile_up():
    timers = Timers()
    keep = [timers.set(1e6 + n, n, "keep") for n in range(100)]
    for n in range(100_000):
        timers.cancel(timers.set(1000.0 + n, "gone", "x"))
    assert len(timers) == len(keep)
    assert len(timers._heap) < 5000
    assert [owner for owner, _ in timers.due(2e6)] == list(range(100))
