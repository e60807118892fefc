from decimal import Decimal

from expr_kit import failure, problem, typed, value
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.model import TypeName
from flow_runtime.core.sound import Recording
from flow_runtime.core.types import RECORDING, declared

MESSAGE = {"message": Recording("/r/1.wav", 2.504)}
ENV = TypeEnv({"message": RECORDING, "maybe": declared(TypeName("recording", optional=True))})


def test_a_recording_tells_its_path_and_its_length() -> None:
    assert value("message.path", MESSAGE) == "/r/1.wav"
    assert value("message.seconds", MESSAGE) == Decimal("2.50")
    assert value("maybe?.seconds ?? 0", {"maybe": None}) == 0


def test_nothing_else_may_be_asked_of_it() -> None:
    assert failure("message.second", MESSAGE).name == "unknown-member"
    found = problem("message.second", None, ENV)
    assert found.code == "unknown-member" and "seconds" in found.text
    assert problem("maybe.path", None, ENV).code == "possible-none"


def test_the_types_are_known() -> None:
    assert typed("message.seconds", env=ENV) == ("number", [])
    assert typed("message.path", env=ENV) == ("text", [])
    assert typed("maybe?.path", env=ENV) == ("text?", [])
