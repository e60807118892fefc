"""The order of a class, against a sorted list: whoever comes, goes in the middle, or comes back."""

from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.core import waiting
from contact_center.core.model import Agent, AgentSetup, Contact, Entry, Queue, QueueSetup
from contact_center.core.strategy.plan import Plan
from contact_center.core.waiting import WaitingClass, turn

PLAN = Plan("longest idle", (), ())
QUEUE = Queue(QueueSetup("help"))


def entry(number: int, place: float, priority: float = 0.0) -> Entry:
    contact = Contact(f"c{number}", "", "call", True)
    return Entry(contact, QUEUE, PLAN, priority, place, place, number)


def same(cls: WaitingClass, expected: list[Entry]) -> None:
    expected.sort(key=turn)
    assert list(cls) == expected and cls.count == len(expected)
    assert cls.score == (expected[0].score if expected else inf)
    if expected:
        assert cls.first() is expected[0]


steps = st.lists(
    st.tuples(st.sampled_from("come come come go leave back".split()), st.integers(0, 9)),
    max_size=150,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(steps)
def test_the_order_is_that_of_a_sorted_list(steps):
    """With blocks of two, so that few make many, and with few scores, so that many are equal."""
    block, waiting._BLOCK = waiting._BLOCK, 2
    try:
        cls = WaitingClass(("help", None, None))
        here, gone = list[Entry](), list[Entry]()
        for number, (what, value) in enumerate(steps):
            if what == "come":
                here.append(entry(number, number // 4, value))
                cls.push(here[-1])
            elif what == "back" and gone:
                here.append(gone.pop(value % len(gone)))
                cls.push(here[-1])
            elif here:
                one = here.pop(0 if what == "go" else value % len(here))
                cls.remove(one)
                gone.append(one)
            same(cls, here)
    finally:
        waiting._BLOCK = block


def test_ten_thousand_at_the_same_moment_keep_their_order():
    cls = WaitingClass(("help", None, None))
    entries = [entry(number, 5.0) for number in range(10_000)]
    for one in entries:
        cls.push(one)
    middle = entries.pop(700)
    cls.remove(middle)
    same(cls, entries[:])
    cls.push(middle)
    same(cls, [*entries, middle])


def test_the_first_who_does_not_exclude_an_agent():
    agent = Agent(AgentSetup("a"), 0, 0.0)
    cls = WaitingClass(("help", None, None))
    for number in range(3):
        one = entry(number, float(number))
        one.excluded = {"a": 60.0} if number < 2 else None
        cls.push(one)
    found = cls.first_for(agent)
    assert found is not None and found.seq == 2
    cls.remove(found)
    assert cls.first_for(agent) is None
