"""What a server tells of its site is enough to draw and check its flows elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from centre_kit import CONFIG, FLOW, make_centre
from cordboard.api import Facts
from cordboard.config import load_config
from cordboard.design_site import Voices
from cordboard.samples import make_site, samples
from cordboard.served_site import RemoteSite
from cordboard.simulator import NoData
from cordboard.surroundings import configured
from designer.panels.simulator.call_state import Setup
from designer.panels.simulator.fake_data import FakeData
from designer.panels.simulator.live_call import LiveCall
from designer.server.answers import ServedSite
from designer.server.mirror import Mirror
from flow_runtime.core.check import check_flow
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.program import compile_program
from flow_runtime.core.syntax import parse
from flow_runtime.library import FlowLibrary, PromptSource


@pytest.fixture
def voices() -> Iterator[Voices]:
    made = Voices()
    yield made
    made.close()


def served(name: str, folder: Path) -> ServedSite:
    """What a server of the sample *name* answers to ``GET /api/site``."""
    make_site(samples()[name], folder)
    return msgspec.json.decode(told_of(folder), type=ServedSite)


def told_of(folder: Path) -> str:
    """What a server of the site in *folder* answers."""
    config = load_config(folder / "cordboard.toml")
    prompts = config.prompts
    source = PromptSource(prompts.folder, prompts.languages, prompts.currency)
    library = FlowLibrary(config.numbers, configured(config)[0], source)
    library.load()
    return Facts(config, library, dict).site().model_dump_json()


@pytest.mark.parametrize("name", ["gas_hotline", "city_hotline", "appointment_booking"])
def test_the_flows_of_a_sample_have_no_mistake_there_either(
    name: str, tmp_path: Path, voices: Voices
) -> None:
    told = served(name, tmp_path / "server")
    mirror = Mirror(tmp_path / "here")
    mirror.lay(told)
    site = RemoteSite(told, mirror.folder, voices)
    assert set(site.numbers.values()) <= set(mirror.texts)
    assert site.prompt_problems() == ()
    for path, text in mirror.texts.items():
        flow = parse(text).flow
        assert flow is not None and mirror.by_name[flow.name] == path
        found = check_flow(flow, site.surroundings(path))
        assert [problem.text for problem in found] == []


def test_flows_that_are_served_no_more_are_gone_here_too(tmp_path: Path) -> None:
    told = served("gas_hotline", tmp_path / "server")
    mirror = Mirror(tmp_path / "here")
    mirror.lay(told)
    (path,) = [path for path in mirror.texts if path.name == "gas_hotline.flow"]
    told.files = [file for file in told.files if not file.path.endswith(".flow")]
    mirror.lay(told)
    assert not path.exists() and mirror.by_name == {}


def test_a_calendar_that_is_not_understood_is_told(tmp_path: Path, voices: Voices) -> None:
    told = served("gas_hotline", tmp_path / "server")
    told.calendars = {"office": {"zone": "Mars/Olympus"}}
    with pytest.raises(ValueError, match="office"):
        RemoteSite(told, tmp_path, voices)


def test_the_data_of_the_server_stay_there(tmp_path: Path, voices: Voices) -> None:
    site = RemoteSite(served("gas_hotline", tmp_path / "server"), tmp_path, voices)
    with pytest.raises(NodeFailure, match="cannot be asked from here"):
        site.try_query("gas", "select 1", {}, timedelta(seconds=1), 1)


def test_queues_agents_and_boxes_are_known_there_but_no_passwords(
    tmp_path: Path, voices: Voices
) -> None:
    make_centre(tmp_path / "server")
    answer = told_of(tmp_path / "server")
    assert "not a secret" in CONFIG and "not a secret" not in answer
    told = msgspec.json.decode(answer, type=ServedSite)
    site = RemoteSite(told, tmp_path / "here", voices)
    around = site.surroundings(None)
    assert tuple(around.queues) == ("repairs", "sales")
    assert tuple(around.agents) == ("1001", "1002", "1003")
    assert tuple(around.boxes) == ("repairs",)
    queue, other = site.centre().queues
    assert (queue.strategy, queue.agents) == ("highest skill", ("1001", "1002"))
    assert (other.strategy, other.agents) == ("longest idle", ("1001", "1003"))
    agents = {agent.name: agent for agent in site.centre().agents}
    assert agents["1001"].title == "Li Wei" and agents["1001"].queues == {
        "repairs": 80,
        "sales": 20,
    }
    assert agents["1002"].skills == {"billing": 20, "language": "en"}
    assert site.centre().boxes == {"repairs": "repairs"}


def test_queues_agents_and_strategies_of_a_server_are_checked_here(
    tmp_path: Path, voices: Voices
) -> None:
    make_centre(tmp_path / "server")
    told = msgspec.json.decode(told_of(tmp_path / "server"), type=ServedSite)
    site = RemoteSite(told, tmp_path / "here", voices)
    text = FLOW.replace('"repairs"', '"repair"\n  strategy = "order by skill.biling"')
    flow = parse(text.replace("max_wait", 'preferred_agent = "1005"\n  max_wait')).flow
    assert flow is not None
    found = {problem.code: problem.text for problem in check_flow(flow, site.surroundings(None))}
    assert set(found) == {"unknown-queue", "unknown-agent", "bad-strategy"}
    assert 'no agent has the skill "biling" (did you mean "billing"?)' in found["bad-strategy"]


def test_a_server_of_before_tells_no_queues(tmp_path: Path, voices: Voices) -> None:
    make_centre(tmp_path / "server")
    old = msgspec.json.decode(told_of(tmp_path / "server"))
    for name in ("queues", "agents", "boxes"):
        del old[name]
    told = msgspec.convert(old, ServedSite)
    assert RemoteSite(told, tmp_path / "here", voices).centre().queues == ()


def test_a_call_is_simulated_with_the_agents_of_the_server(tmp_path: Path, voices: Voices) -> None:
    make_centre(tmp_path / "server")
    told = msgspec.json.decode(told_of(tmp_path / "server"), type=ServedSite)
    site = RemoteSite(told, tmp_path / "here", voices)
    flow = parse(FLOW).flow
    assert flow is not None
    program = compile_program(flow, site.surroundings(None))
    setup = Setup("138", "100", datetime(2026, 11, 23, 10, tzinfo=UTC))
    rung: list[str] = []
    call: LiveCall

    def tell(event: Mapping[str, Any] | None) -> None:
        if event is not None and event["event"] == "offered":
            rung.append(event["agent"])
        if call.state.rings and not call.state.talking:
            call.other(call.state.others[0], "answers" if len(rung) == 2 else "rejects")
        elif call.state.others and not call.state.rings:
            call.other(call.state.others[0], "hangs_up")

    call = LiveCall(program, setup, site, FakeData({}, NoData(), UTC), tell)
    call.pace.be_fast(True)
    call.start()
    assert call.join(30)
    assert rung == ["1001", "1002"], "the highest skill first, as the server says"
    assert call.ended is not None and call.ended.by == "hangup"
    test = call.test("saved")
    assert test is not None and test.queues["repairs"][0].agent == "1002"
