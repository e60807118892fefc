"""Call tests of flows that reach beyond the call: nothing leaves the machine."""

from call_test_kit import failure, made, program
from outside_kit.web_server import WebServer, answer

FLOW = """
flow f
schema 1
var order: any = none
start -> ask
node ask: http
  url = "URL"
  into = order
  ok -> mail
  failed -> mail
  error -> end
node mail: send_email
  to = "a@example.com"
  text = "x"
  -> sms
  failed -> end
  error -> end
node sms: send_sms
  to = call.caller
  text = "x"
  -> pin
  failed -> end
  error -> end
node pin: pin
  account = "A-1"
  action = "set"
  ok -> check
  wrong -> end
  error -> end
node check: pin
  account = "A-1"
  attempts = 2
  lock_after = 2
  ok -> end
  wrong -> end
  locked -> end
  error -> end
node end: hangup
"""


def test_a_web_server_is_not_asked() -> None:
    with WebServer(answer("1")) as server:
        result = made(FLOW.replace("URL", server.url("/x?token=s1")), "steps: [ends: normal]")
    told = failure(result)
    where = f"127.0.0.1:{server.port}"
    assert f"ask asks {where}: say how that goes, answers: {{ask: [ok]}}" in told
    assert "s1" not in told
    assert not server.asked


def test_mails_and_messages_go_nowhere_and_pins_last_for_the_call() -> None:
    flow = program(FLOW.replace("URL", "https://shop.example.com/"))
    call = """
        answers: {ask: [{port: ok, sets: {order: {state: sent}}}]}
        steps:
          - variable: {order: {state: sent}}
          - press: "7391#"
          - press: "7391#"
          - visits: check
          - hears: "Please enter your PIN"
          - press: "WRONG#"
          - hears: "Please enter your PIN"
          - press: "7391#"
          - visits: end
          - ends: normal
        """
    for wrong, port in (("7392", "ok"), ("73", "ok")):
        result = made(flow, call.replace("WRONG", wrong))
        assert result.passed, result.lines()
        ports = {visit.node: visit.port for visit in result.path}
        assert ports == {
            "ask": "ok", "mail": "next", "sms": "next", "pin": "ok", "check": port, "end": None
        }  # fmt: skip


def test_no_account_has_a_pin_at_first() -> None:
    flow = program(
        """
        flow f
        schema 1
        start -> check
        node check: pin
          account = "A-1"
          attempts = 1
          ok -> end
          wrong -> end
          locked -> end
        node end: hangup
        """
    )
    for _ in range(2):
        result = made(flow, 'steps: [{press: "7391#"}, ends: normal]')
        assert result.passed, result.lines()
        assert result.path[0].port == "wrong"
