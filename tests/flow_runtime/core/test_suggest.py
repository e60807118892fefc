from flow_runtime.core.suggest import nearest, suggest


def test_the_nearest_name_whatever_its_case() -> None:
    assert nearest("Hangupp", ["hangup", "wait"]) == "hangup"
    assert nearest("xyz", ["hangup", "wait"]) is None


def test_what_to_append() -> None:
    assert suggest("wiat", ["hangup", "wait"]) == ' (did you mean "wait"?)'
    assert suggest("xyz", ["wait", "hangup"]) == " (known: hangup, wait)"
    assert suggest("xyz", []) == ""
    assert suggest("xyz", [f"name{i}" for i in range(9)]) == ""
