"""What nodes refuse by themselves, before they ask the world for anything."""

from typing import Any

import pytest

from flow_runtime.core.commands import NodeFailure
from nodes.catalogue import library

CASES = [
    ("pin", {"account": ""}, "account is empty"),
    ("send_keys", {"keys": "1 2"}, 'keys holds " ", which no telephone has'),
    ("send_keys", {"keys": "1w"}, 'keys holds "w"'),
    ("send_email", {"to": "a@b", "document": "../cordboard.toml"}, "may not leave its folder"),
    ("send_email", {"to": "a@b", "document": "a/../../b"}, "may not leave its folder"),
    ("send_email", {"to": "a@b", "document": "/etc/passwd"}, "may not leave its folder"),
    ("send_email", {"to": "a@b", "document": 42}, "a recording or the name of a file"),
]


@pytest.mark.parametrize(("word", "given", "says"), CASES)
def test_a_node_refuses(word: str, given: dict[str, Any], says: str) -> None:
    running: Any = library()[word](name="x", **given).run()
    with pytest.raises(NodeFailure, match=says) as caught:
        running.send(None)
    assert caught.value.name in ("bad-value", "type-error")
