"""What each picture shows, and how the program is brought there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import centre
from chinese import translate
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QTextCursor
from running import TOKEN, RunningServer
from shared import bubbles, call_on
from studio import NOW, Studio
from traffic import make_trace

from designer.forms.editors.expression import ExpressionText
from designer.forms.editors.sql import Trial
from designer.panels.problems import Problems
from designer.panels.simulator.ready import ready_program
from designer.panels.simulator.simulation import Simulation
from designer.panels.tests.panel import CallTestsPanel
from designer.prompts.card import PromptCard
from designer.prompts.sound_dialog import SoundDialog
from designer.server.trace_file import TraceFile
from designer.window.page import Page

Shot = QRect | QImage | None
"""A part of the screen, a picture of its own, or None for all of the screen."""
Scene = Callable[[Studio], Shot]
_WEEK: Final = datetime.fromisoformat("2026-11-16T00:00:00+08:00")
_CALLS: Final = 900


def gas(studio: Studio) -> Page:
    """The gas hotline, in the language of the picture."""
    flow = studio.sample("gas_hotline")
    if studio.chinese:
        translate(flow)
    return studio.open(flow)


# --- the window -----------------------------------------------------------------------------------


def main(studio: Studio) -> None:
    """The window with the gas hotline, its menu chosen."""
    page = gas(studio)
    studio.show(page, "hours", 1.0)
    page.session.reveal("menu")


def main_dark(studio: Studio) -> None:
    """The same at night."""
    studio.look("dark")
    main(studio)


def start(studio: Studio) -> None:
    """What a window without a flow shows."""


def tour(studio: Studio) -> None:
    """The tour's first bubble over the gas hotline."""
    gas(studio)
    studio.do("tour")


def commands(studio: Studio) -> None:
    """The list of commands, typed into."""
    gas(studio)
    studio.window.show_commands()
    studio.type(studio.focus(), "zoom" if not studio.chinese else "")


def text(studio: Studio) -> None:
    """The text beside the canvas."""
    page = gas(studio)
    studio.do("text")
    page.session.reveal("owes")


def outline(studio: Studio) -> QRect:
    """The outline of the flow, and the card that is chosen in it."""
    page = gas(studio)
    studio.window.left.show_panel("outline")
    studio.widen(studio.window.left, 330)
    page.session.reveal("menu")
    studio.settle()
    return studio.left_part()


def bakery(studio: Studio) -> None:
    """The flow of the guide's first chapter."""
    guide = Path(__file__).parents[1] / ("guide-zh" if studio.chinese else "guide")
    chapter = (guide / "first-flow.md").read_text(encoding="utf-8")
    flow = studio.folder / "bakery.flow"
    text = chapter.split("```flow\n")[1].split("```")[0]
    flow.write_text(text, encoding="utf-8")
    studio.open(flow).session.reveal("say_2")


# --- drawing --------------------------------------------------------------------------------------


def add(studio: Studio) -> None:
    """A port was drawn to an empty place: which node shall stand there."""
    page = gas(studio)
    page.session.reveal("menu")
    card = page.session.picture.card("menu")
    assert card is not None
    page.drawing.connected_to_nothing(("menu", "failed"), card.rect.x + 40, card.rect.bottom + 60)
    studio.settle()
    studio.type(studio.focus(), "rec" if not studio.chinese else "")


def keys(studio: Studio) -> QRect:
    """The keys of a menu, in its form."""
    gas(studio).session.reveal("what")
    studio.widen(studio.window.right, 400)
    return studio.right_part(560)


# --- words, expressions, data ---------------------------------------------------------------------


def prompt(studio: Studio) -> QRect:
    """A prompt in the form, in the other of its two languages."""
    gas(studio).session.reveal("meter")
    studio.settle()
    return studio.right_part(560)


def sound(studio: Studio) -> QRect:
    """A sound that was imported for a prompt, to be trimmed and levelled."""
    page = gas(studio)
    page.session.reveal("meter")
    studio.settle()
    language, words = ("zh-CN", "请输入您的燃气表号，按井号键结束。") if studio.chinese else (
        "en", "Please key in your meter number, then press the hash key."
    )  # fmt: skip
    spoken = page.session.site.speak(words, language)
    assert spoken.wav, spoken.trouble
    file = studio.folder / "meter.wav"
    file.write_bytes(spoken.wav)
    studio.panel(PromptCard).import_file(str(file))
    studio.settle()
    dialog = studio.panel(SoundDialog)
    dialog.normalise()
    dialog.wave.clearFocus()
    return dialog.frameGeometry()


def expression(studio: Studio) -> QRect:
    """An expression that is being typed, with what may come next."""
    gas(studio).session.reveal("owes")
    studio.settle()
    field = studio.panel(ExpressionText)
    field.setFocus()
    field.moveCursor(QTextCursor.MoveOperation.End)
    studio.type(field, " and call.")
    return studio.right_part(430)


def sql(studio: Studio) -> QRect:
    """A statement that was tried against the data source."""
    gas(studio).session.reveal("balance")
    studio.settle()
    trial = studio.panel(Trial)
    studio.click(trial.run)
    studio.type(trial.samples["phone"], '"13800000001"')
    studio.click(trial.run)
    studio.until(trial.table.isVisible)
    return studio.right_part(760)


# --- checking -------------------------------------------------------------------------------------


def problems(studio: Studio) -> None:
    """Two mistakes, and the way by which a caller meets the first."""
    flow = studio.sample("gas_hotline")
    if studio.chinese:
        translate(flow)
    words = "欠费" if studio.chinese else "Debts"
    studio.rewrite(flow, "var account: record?", "var account: record")
    end = "  failed -> goodbye\n\n# --- balance"
    studio.rewrite(flow, end, f'  3 "{words}" -> owes\n{end}')
    studio.rewrite(flow, "number(account?.owed ?? 0) > 0", "number(account.owed) > 0")
    table = flow.parent / "prompts" / "zh-CN.toml"
    studio.rewrite(table, '"repair.kinds"', "# to be translated\n# ")
    page = studio.open(flow)
    found = studio.panel(Problems)
    first = next(one for one in page.session.problems if one.path)
    found.choose(first)
    studio.do("right")
    page.canvas.fit([step.node for step in first.path])


def compare(studio: Studio) -> None:
    """What was changed since the flow was saved."""
    page = gas(studio)
    text = page.session.document.text
    rest = "稍等" if studio.chinese else "A moment"
    for old, new in (
        ("  closed -> night\n", "  closed -> rest\n"),
        ("node menu:", f'node rest: wait "{rest}"\n  time = 2s\n  -> night_message\n\nnode menu:'),
        ("  failed -> goodbye\n\n# --- balance", "  failed -> operator\n\n# --- balance"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    before, after = text.split("node night: say")
    page.session.type_text(before + after[after.index("node night_message") :], "typing")
    studio.settle()
    studio.window.compare_with_disk(page)
    page.session.select(["menu"])
    studio.show(page, "hours", 0.8)


# --- trying ---------------------------------------------------------------------------------------


def simulator(studio: Studio) -> None:
    """A call that has heard its balance and now reports a repair."""
    page = gas(studio)
    call = call_on(page, studio)
    page.drawing.breakpoint_toggled("save")
    studio.do("simulate")
    stands_at(studio, call, "menu")
    call.press("1")
    studio.until(lambda: len(bubbles(call)) > 3)
    stands_at(studio, call, "menu")
    call.press("2")
    stands_at(studio, call, "meter")
    page.session.reveal("meter")


def stands_at(studio: Studio, call: Simulation, node: str) -> None:
    """Wait until the call stands at *node* and waits for its caller."""
    studio.until(
        lambda: call.state.node == node and not call.state.talking and call.state.waits is not None
    )


def export(studio: Studio) -> QImage:
    """What "Export as PNG" writes of a small flow."""
    flow = studio.sample("night_service").parent / "notify.flow"
    file = studio.folder / "notify.png"
    assert studio.window.export.write(studio.open(flow), file)
    whole = QImage(str(file))
    return whole.scaledToWidth(1000, Qt.TransformationMode.SmoothTransformation)


def heat_map(studio: Studio) -> None:
    """Where a week's callers went, and where they hung up."""
    page = gas(studio)
    read_week(studio, page)
    studio.do("heat_map")
    studio.show(page, "hours", 0.8)
    page.session.select(["menu"])
    studio.settle()


def replay(studio: Studio) -> None:
    """A call of that week, replayed on the canvas up to its middle."""
    page = gas(studio)
    trace = read_week(studio, page)
    studio.window.watching.replay_traced(reporting(trace))
    studio.window.watching.calls.model.go(19.0)
    studio.settle()
    studio.show(page, "hours", 0.8)


def watch(studio: Studio) -> None:
    """A call that a server is serving, followed on the canvas."""
    page = gas(studio)
    trace = read_week(studio, page)
    events = trace.events(reporting(trace))
    asked = next(n for n, event in enumerate(events) if event.get("node") == "what")
    now = NOW.timestamp()
    late = now - 4.0 - float(events[asked]["t"])
    assert page.path is not None
    server = RunningServer(page.path.parent / "cordboard.toml")
    try:
        studio.window.files.close(page)
        server.tell([event | {"t": event["t"] + late} for event in events[: asked + 2]])
        watching = studio.window.watching
        known = watching.serving.connect_to(server.address, TOKEN)
        watching.show_calls("running")
        known.now = lambda: now  # type: ignore[method-assign]  # as all clocks of the pictures
        studio.until(lambda: known.state == "up" and bool(known.live.calls))
        watching.follow_call(next(iter(known.live.calls)))
        studio.until(lambda: studio.window.page is not None)
        studio.until(lambda: any(m.flag for m in studio.page.session.marks.cards.values()))
        studio.settle(500)  # a page that has just opened brings its beginning into view first
        studio.show(studio.page, "hours", 0.8)
        studio.keep()
    finally:
        studio.window.watching.disconnect_from()
        server.stop()


def reporting(trace: TraceFile) -> str:
    """A call of somebody without gas."""
    return next(
        name for name in trace.calls
        if {"no_gas", "saved"} <= {str(event.get("node")) for event in trace.events(name)}
    )  # fmt: skip


def read_week(studio: Studio, page: Page) -> TraceFile:
    """Open the trace of a week of calls."""
    file = studio.folder / "week.jsonl"
    make_trace(file, ready_program(page.session), page.session.site, _WEEK, _CALLS)
    watching = studio.window.watching
    watching.read_trace(file)
    studio.until(lambda: watching.trace is not None)
    assert watching.trace is not None
    return watching.trace


def tests(studio: Studio) -> None:
    """The call tests of the gas hotline, all run, and what they cover."""
    gas(studio)
    panel = studio.window.bottom.show_panel("tests").panel(studio.page)
    assert isinstance(panel, CallTestsPanel)
    panel.run()
    studio.until(lambda: bool(panel.results) and not panel.runner.running)
    panel.cover.setChecked(True)


_SCENES: Final[dict[str, Scene]] = {
    "main": main, "main-dark": main_dark, "start": start, "tour": tour, "commands": commands,
    "bakery": bakery, "text": text, "outline": outline, "add": add, "keys": keys, "prompt": prompt,
    "sound": sound, "expression": expression, "sql": sql, "problems": problems, "compare": compare,
    "simulator": simulator, "tests": tests, "queue": centre.queue, "strategy": centre.strategy,
    "strategy-read": centre.strategy_read, "agents": centre.agents,
    "watch": watch, "heat-map": heat_map, "replay": replay, "export": export,
}  # fmt: skip
_ENGLISH: Final = frozenset({"main-dark", "export"})
"""Pictures without words that matter are made once."""


def _in_languages() -> Iterator[tuple[str, tuple[Scene, str]]]:
    for name, scene in _SCENES.items():
        yield name, (scene, "en")
        if name not in _ENGLISH:
            yield f"{name}-zh", (scene, "zh_CN")


SHOTS: Final[Mapping[str, tuple[Scene, str]]] = dict(_in_languages())
"""Scene and language by the name of the picture; the Chinese ones end in ``-zh``."""
