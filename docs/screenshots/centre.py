"""The pictures of queues and agents: a small service line that is drawn for them."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QTextCursor
from shared import bubbles, call_on
from studio import Studio

from designer.forms.editors.strategy import StrategyEditor
from designer.panels.simulator.phone import Phone
from designer.window.page import Page

_CONFIG: Final = """
[numbers]
"100" = "service.flow"

[prompts]
languages = ["$tag"]

[queues.repairs]
strategy = "highest skill"

[queues.billing]

[voicemail.repairs]
queue = "repairs"

[agents.1001]
name = "$first"
password = "of no use outside of this picture"
queues = {repairs = 80, billing = 20}
skills = {boilers = 60, language = "$tag"}

[agents.1002]
name = "$second"
password = "of no use outside of this picture"
queues = {repairs = 60}
skills = {boilers = 90, language = "$tag"}

[agents.1003]
name = "$third"
password = "of no use outside of this picture"
queues = {repairs = 40, billing = 80}
skills = {language = "$tag"}
"""
_FLOW: Final = """\
flow service "$service"
schema 1

start -> welcome

node welcome: say "$welcome"
  text = "$welcome_text"
  -> wait

node wait: queue "$wait"
  queue = "repairs"
  greeting = "$greeting"
  max_wait = 10m
  callback_key = "1"
  keys = {"*": "message"}
  after_agent -> thanks
  timeout -> message
  full -> call_back
  closed -> message
  callback -> call_back
  message -> message

node call_back: callback "$call_back"
  queue = "repairs"
  next -> booked
  refused -> message

node booked: say "$booked"
  text = "$booked_text"
  -> bye

node message: voicemail "$message"
  box = "repairs"
  left -> bye
  too_short -> bye

node thanks: say "$thanks"
  text = "$thanks_text"
  -> bye

node bye: hangup "$bye"
"""
_ENGLISH: Final = {
    "tag": "en", "first": "Ann Berg", "second": "Tom Hill", "third": "Eva Lind",
    "service": "Service line", "welcome": "Welcome", "wait": "Wait for a fitter",
    "call_back": "Book a callback", "booked": "It is booked", "message": "Leave a message",
    "thanks": "Thank the caller", "welcome_text": "Welcome to the service line.",
    "greeting": "All fitters are busy. To be called back, press 1; to leave a message, press star.",
    "booked_text": "We will call you back.", "thanks_text": "Thank you for calling.",
    "bye": "Goodbye",
}  # fmt: skip
_CHINESE: Final = {
    "tag": "zh-CN", "first": "李伟", "second": "王芳", "third": "陈静",
    "service": "维修热线", "welcome": "欢迎", "wait": "等待维修师傅", "call_back": "预约回电",
    "booked": "已预约", "message": "留言", "thanks": "致谢",
    "welcome_text": "欢迎致电维修热线。", "greeting": "坐席全忙。请按 1 预约回电，按星号键留言。",
    "booked_text": "我们会给您回电。", "thanks_text": "感谢来电。", "bye": "再见",
}  # fmt: skip
_STRATEGY: Final = (
    "require skill.language == call.language\n"
    "prefer skill.boilers >= 80 for 20s then >= 50 for 30s then any\n"
    "order by skill.boilers desc, idle desc"
)


def service(studio: Studio) -> Page:
    """The service line, in the language of the picture."""
    words = _CHINESE if studio.chinese else _ENGLISH
    folder = studio.folder / "service"
    folder.mkdir()
    _write(folder / "cordboard.toml", _CONFIG, words)
    _write(folder / "service.flow", _FLOW, words)
    return studio.open(folder / "service.flow")


def _write(file: Path, text: str, words: dict[str, str]) -> None:
    file.write_text(Template(text).substitute(words), encoding="utf-8")


def queue(studio: Studio) -> None:
    """The whole window: a queue with its form, a strategy chosen by name."""
    page = service(studio)
    page.session.reveal("wait")
    studio.settle()
    _choose(studio, "last agent")


def strategy(studio: Studio) -> QRect:
    """A strategy that is being written, with what may come next."""
    editor = _form(studio)
    _choose(studio, "\0")
    text = editor.words.text
    text.setPlainText(_STRATEGY.replace(".boilers desc, idle desc", "."))
    text.setFocus()
    text.moveCursor(QTextCursor.MoveOperation.End)
    studio.type(text, "b")
    return studio.right_part(800)


def strategy_read(studio: Studio) -> QRect:
    """The same strategy when it is written, in plain words."""
    editor = _form(studio)
    _choose(studio, "\0")
    editor.words.text.setPlainText(_STRATEGY)
    editor.choice.setFocus()
    return studio.right_part(800)


def _form(studio: Studio) -> StrategyEditor:
    service(studio).session.reveal("wait")
    studio.widen(studio.window.right, 400)
    return studio.panel(StrategyEditor)


def _choose(studio: Studio, what: str) -> None:
    editor = studio.panel(StrategyEditor)
    editor.choice.activated.emit(editor.choice.findData(what))
    studio.settle()


def agents(studio: Studio) -> None:
    """A simulated call in a queue: one agent is away, another one's telephone rings."""
    page = service(studio)
    call = call_on(page, studio)
    call.let_work("1002", False)
    studio.do("simulate")
    studio.until(lambda: call.state.rings and not call.state.talking)
    page.session.reveal("wait")
    studio.until(lambda: len(bubbles(call)) > 3)
    assert studio.panel(Phone).ringing.isVisible()
