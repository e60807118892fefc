"""A small site with a queue, three agents and a voicemail box, for tests of the designer."""

from __future__ import annotations

from pathlib import Path

CONFIG = """
[numbers]
"100" = "hotline.flow"

[queues.repairs]
strategy = "highest skill"

[queues.sales]

[voicemail.repairs]
queue = "repairs"

[agents.1001]
name = "Li Wei"
password = "not a secret 1"
queues = {repairs = 80, sales = 20}
skills = {billing = 60, language = "zh-CN"}

[agents.1002]
name = "Ann Berg"
password = "not a secret 2"
queues = {repairs = 40}
skills = {billing = 20, language = "en"}

[agents.1003]
password = "not a secret 3"
queues = {sales = 50}
"""
FLOW = """\
flow hotline "Hotline"
schema 1

start -> welcome

node welcome: say
  text = "Welcome"
  -> wait

node wait: queue
  queue = "repairs"
  greeting = "All lines are busy"
  music = "la la la"
  keys = {"*": "message"}
  max_wait = 5m
  after_agent -> thanks
  timeout -> sorry
  full -> sorry
  closed -> sorry
  message -> sorry

node thanks: say
  text = "You talked with {contact.agent}"
  -> bye

node sorry: say
  text = "Nobody is free"
  -> bye

node bye: hangup
"""


def make_centre(folder: Path, flow: str = FLOW) -> Path:
    """Put the site into *folder*; its flow."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cordboard.toml").write_text(CONFIG, encoding="utf-8")
    file = folder / "hotline.flow"
    file.write_text(flow, encoding="utf-8")
    return file
