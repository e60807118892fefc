"""The flows that telephones call in the tests, and the tones they play, each with its pitch."""

from __future__ import annotations

from peer_kit.ports import free_port

PROMPT, SHORT = 440.0, 550.0
ONE, TWO = 1000.0, 1250.0
TALKED, BUSY, NOBODY, FAILED = 1500.0, 800.0, 900.0, 1100.0
TONES = {
    "prompt": (PROMPT, 1.5),
    "long": (PROMPT, 60.0),
    "short": (SHORT, 0.4),
    "one": (ONE, 0.6),
    "two": (TWO, 0.6),
    "talked": (TALKED, 0.4),
    "busy": (BUSY, 0.4),
    "nobody": (NOBODY, 0.4),
    "failed": (FAILED, 0.4),
}

PHONE_HOST, PHONE_PORT = "127.0.0.3", free_port("127.0.0.3")
"""The telephone that flows dial: whoever listens there answers calls to 2000-2999."""
SIP = """\
drain = "0s"
allow = ["127.0.0.1/32"]
dial_allow = ["2???"]
"""
MORE = f"""\
[trunks.phone]
address = "{PHONE_HOST}:{PHONE_PORT}"
[[routes]]
match = "2???"
to = "trunk:phone"
[phones.1001]
password = "correct-horse"
[phones.1002]
password = "battery-staple"
"""

MENU = """\
flow menu
schema 1
start -> menu

node menu: menu
  prompt = file("prompt.wav")
  timeout = 20s
  attempts = 1
  1 -> one
  2 -> two
  failed -> end

node one: play
  prompt = file("one.wav")
  -> end

node two: play
  prompt = file("two.wav")
  -> end

node end: hangup
"""
"""Key 1 or 2 is answered by a tone, then the server hangs up."""

LONG_MENU = MENU.replace("flow menu", "flow long_menu").replace("prompt.wav", "long.wav")
"""The same behind a prompt of a minute."""

TYPE_AHEAD = """\
flow type_ahead
schema 1
start -> number

node number: digits
  prompt = file("long.wav")
  min = 4
  max = 4
  into = number
  next -> said
  failed -> end

node said: play
  prompt = file("short.wav")
  -> menu

node menu: menu
  prompt = file("long.wav")
  5 -> two
  failed -> end

node two: play
  prompt = file("two.wav")
  -> end

node end: hangup
"""
"""Four digits, a short tone, then key 5."""

RING = """\
flow ring
schema 1
start -> ring

node ring: answer
  ring = {seconds}s
  -> one

node one: play
  prompt = file("one.wav")
  -> end

node end: hangup
"""
"""It rings, plays a tone and hangs up."""

LISTEN = """\
flow listen
schema 1
start -> long

node long: play
  prompt = file("long.wav")
  interruptible = false
  -> end

node end: hangup
"""
"""A minute of tone."""

RECORD = """\
flow record
schema 1
start -> message

node message: record
  prompt = file("short.wav")
  silence = 1s
  into = message
  next -> kept
  too_short -> nothing

node kept: play
  prompt = file("one.wav")
  -> end

node nothing: play
  prompt = file("two.wav")
  -> end

node end: hangup
"""
"""A message that ends with a second of silence."""

DIAL = """\
flow dial
schema 1
start -> dial

node dial: dial
  to = call.called
  timeout = 3s
  answered_ended -> talked
  busy -> busy
  no_answer -> nobody
  failed -> failed

node talked: play
  prompt = file("talked.wav")
  -> end

node busy: play
  prompt = file("busy.wav")
  -> end

node nobody: play
  prompt = file("nobody.wav")
  -> end

node failed: play
  prompt = file("failed.wav")
  -> end

node end: hangup
"""
"""Connects the caller with the called number; a tone says how that went."""

FLOWS = {
    "100": MENU,
    "101": LONG_MENU,
    "102": TYPE_AHEAD,
    "103": RING.format(seconds=5),
    "104": RING.format(seconds=1),
    "105": LISTEN,
    "106": RECORD,
    "2*": DIAL,
}
