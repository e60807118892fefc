"""Simulated calls that ask web servers and PINs, and what is saved of them as tests."""

import argparse
import io
from pathlib import Path

import pytest

from cordboard.call_tests import CallTests
from cordboard.commands import simulate
from outside_kit.web_server import WebServer, answer

FLOW = """\
flow line "Line"
schema 1
var order: any = none

start -> make

node make: pin
  account = "A-1"
  action = "set"
  ok -> check
  wrong -> end
  error -> end

node check: pin
  account = "A-1"
  ok -> ask
  wrong -> end
  locked -> end
  error -> end

node ask: http
  url = "URL"
  into = order
  ok -> tell
  failed -> end
  error -> end

node tell: say
  text = "It is {text(order.state)}."
  -> mail

node mail: send_email
  to = "repairs@example.com"
  text = "It is {text(order.state)}."
  -> sms
  failed -> end
  error -> end

node sms: send_sms
  to = call.caller
  text = "Done."
  -> end
  failed -> end
  error -> end

node end: hangup
"""


@pytest.mark.parametrize(
    ("status", "port", "heard"), [("200 OK", "ok", "It is sent."), ("503 Busy", "failed", "PIN")]
)
def test_a_simulated_call_asks_and_is_saved(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    status: str,
    port: str,
    heard: str,
) -> None:
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    monkeypatch.setattr("sys.stdin", io.StringIO("739182#\n739182#\n1111#\n739182#\n"))
    flow, saved = tmp_path / "line.flow", tmp_path / "line.call.yaml"
    with WebServer(answer('{"state": "sent"}', status)) as server:
        flow.write_text(FLOW.replace("URL", server.url("/orders?key=k7")))
        code = simulate.run(parser.parse_args([str(flow), "--save-test", str(saved)]))
        assert len(server.asked) == 1, "the test that was saved asks nobody"
    printed = capsys.readouterr().out
    assert code == 0
    assert heard in printed
    assert "but it fails" not in printed
    done = CallTests().run(saved)
    assert (done.passed, done.failed) == (1, 0), [r.lines() for r in done.results]
    written = saved.read_text()
    assert "739182" not in printed + written and "1111" not in printed + written
    assert "k7" not in written
    lines = {line.strip() for line in written.splitlines()}
    assert {"make: [ok]", "check: [ok]"} <= lines, written
    assert f"port: {port}" in written
