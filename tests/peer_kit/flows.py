"""The flows that telephones call in the tests, and the tones they play, each with its pitch."""

from __future__ import annotations

PROMPT, ONE, TWO, AGAIN, SHORT = 440.0, 1000.0, 1250.0, 700.0, 550.0
BUSY, NOBODY, FAILED, TALKED = 800.0, 900.0, 1100.0, 1500.0
TONES = {
    "prompt": (PROMPT, 1.5),
    "long": (PROMPT, 60.0),
    "one": (ONE, 0.6),
    "two": (TWO, 0.6),
    "again": (AGAIN, 0.6),
    "short": (SHORT, 0.4),
    "busy": (BUSY, 0.6),
    "nobody": (NOBODY, 0.6),
    "failed": (FAILED, 0.6),
    "talked": (TALKED, 0.6),
}
SIP = """\
drain = "0s"
allow = ["127.0.0.1/32"]
dial_allow = ["2???"]
"""
MORE = ""

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
"""The menu; key 1 or 2 is answered by a tone, then the server hangs up."""

FLOWS = {"100": MENU}
