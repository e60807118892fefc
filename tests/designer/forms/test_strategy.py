"""A routing strategy in the form of a queue: chosen, filled in, written, and what is said of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from centre_kit import FLOW, make_centre
from contact_center.core.strategy.names import NAMED
from designer.forms.editors.names import NameEditor
from designer.forms.editors.strategy import StrategyEditor
from designer.look.i18n import choose_language
from flow_runtime.core.expr.assist import assist


@pytest.fixture
def bench(open_bench, tmp_path):
    made = open_bench(make_centre(tmp_path / "site"))
    made.select("wait")
    made.session.check_now()
    return made


@pytest.fixture
def editor(bench) -> StrategyEditor:
    found = bench.field("strategy").plain
    assert isinstance(found, StrategyEditor)
    return found


def choose(editor: StrategyEditor, what: str) -> None:
    editor.choice.setCurrentIndex(editor.choice.findText(what))
    editor.choice.activated.emit(editor.choice.currentIndex())
    QApplication.processEvents()


def strategy(bench) -> str | None:
    """The line of the flow."""
    lines = [line for line in bench.text_of("wait").splitlines() if "strategy" in line]
    return lines[0].strip() if lines else None


def said(bench) -> str:
    """What stands below the field."""
    bench.session.check_now()
    QApplication.processEvents()
    return bench.field("strategy").message.text.text()


def write(editor: StrategyEditor, text: str) -> None:
    choose(editor, "Written as text")
    editor.words.text.selectAll()
    QTest.keyClicks(editor.words.text, text)
    QApplication.processEvents()


# --- choosing -------------------------------------------------------------------------------------


def test_it_is_the_queues_own_until_another_is_chosen(bench, editor: StrategyEditor) -> None:
    assert editor.choice.currentText() == "As the queue has it"
    assert editor.about.text() == "Queue repairs has: Highest skill"
    choose(editor, "8  Round robin")
    assert strategy(bench) == 'strategy = "round robin"'
    assert editor.about.text() == NAMED["round robin"].help.en
    bench.session.undo()
    QApplication.processEvents()
    assert strategy(bench) is None and editor.choice.currentText() == "As the queue has it"


def test_all_fourteen_are_there_with_their_definitions(bench, editor: StrategyEditor) -> None:
    for named in NAMED.values():
        choose(editor, f"{named.number}  {named.title.en}")
        assert strategy(bench) == f'strategy = "{named.name}"'
        assert editor.about.text() == named.help.en
        assert set(editor.fields.inputs if editor.fields.isVisible() else ()) == {
            field.name for field in named.fields
        }
        assert said(bench).startswith("How the agent is chosen")


def test_parameters_make_a_text_that_is_shown_as_the_same_choice_again(
    bench, editor: StrategyEditor
) -> None:
    choose(editor, "11  Last agent")
    bench.type_into(editor.fields.inputs["wait"], "20s")
    assert strategy(bench) == ('strategy = "last_agent within 7d wait 20s; order by idle desc"')
    then = editor.fields.inputs["then"]
    then.setCurrentIndex(then.findText("Round robin"))
    then.activated.emit(then.currentIndex())
    assert strategy(bench) == 'strategy = "last_agent within 7d wait 20s; order by ring"'
    choose(editor, "13  Random")
    bench.session.undo()
    QApplication.processEvents()
    assert editor.choice.currentText() == "11  Last agent"
    assert editor.fields.inputs["wait"].text() == "20s"
    assert editor.fields.inputs["then"].currentText() == "Round robin"


def test_a_parameter_that_is_not_allowed_says_what_is_expected_and_is_kept(
    bench, editor: StrategyEditor
) -> None:
    choose(editor, "11  Last agent")
    bench.type_into(editor.fields.inputs["wait"], "20")
    assert editor.fields._messages["wait"].text.text() == (
        "A time with its unit is expected: 15s, 2m, 1h or 7d."
    )
    assert "a time has a unit: 20s, 20m, 20h" in said(bench)
    assert strategy(bench) == 'strategy = "last_agent within 7d wait 20; order by idle desc"'
    bench.session.undo()
    bench.session.redo()
    QApplication.processEvents()
    assert editor.choice.currentText() == "Written as text"
    assert editor.words.text.toPlainText() == "last_agent within 7d wait 20; order by idle desc"


def test_skills_of_the_agents_are_offered(bench, editor: StrategyEditor) -> None:
    choose(editor, "6  Highest skill")
    box = editor.fields.inputs["skill"]
    offered = [box.itemText(at) for at in range(box.count())]
    assert {"billing", "repairs"} <= set(offered) and "language" not in offered
    box.setCurrentIndex(offered.index("billing"))
    box.activated.emit(box.currentIndex())
    assert strategy(bench) == ('strategy = "order by skill[\\"billing\\"] desc, idle desc"')


def test_in_chinese(open_bench, tmp_path) -> None:
    choose_language("zh_CN")
    bench = open_bench(make_centre(tmp_path / "site"))
    bench.select("wait")
    editor = bench.field("strategy").plain
    assert editor.about.text() == "队列 repairs 的设置：最高技能优先"
    choose(editor, "12  同时振铃")
    assert editor.about.text() == NAMED["ring all"].help.zh
    write(editor, "require skill.billing >= 30; order by idle desc")
    assert (
        editor.words.reading.text()
        == "仅限满足 skill.billing >= 30 的坐席。\n其中本次空闲最长的优先。"
    )
    choose_language("en")


# --- writing --------------------------------------------------------------------------------------


def test_what_was_chosen_is_the_text_to_begin_with(bench, editor: StrategyEditor) -> None:
    choose(editor, "7  Lowest sufficient skill")
    choose(editor, "Written as text")
    assert editor.words.text.toPlainText() == "require level >= 1\norder by level, idle desc"
    assert "whoever has the lowest level in this queue goes first" in editor.words.reading.text()
    assert said(bench).startswith("How the agent is chosen")


def test_a_mistake_is_marked_and_told_and_a_right_text_is_read_out(
    bench, editor: StrategyEditor
) -> None:
    write(editor, "require skill.biling >= 30; order by idle desc")
    QTest.keyClick(editor.words.text, Qt.Key.Key_Escape)
    assert 'no agent has the skill "biling" (did you mean "billing"?)' in said(bench)
    assert underlined(editor) == "skill.biling"
    assert not editor.words.reading.isVisible()
    write(editor, "require skill.billing >= 30; order by idle desc")
    assert said(bench).startswith("How the agent is chosen") and underlined(editor) == ""
    assert editor.words.reading.text() == (
        "Only agents with skill.billing >= 30.\n"
        "Of these, whoever has been ready for the longest time goes first."
    )


def underlined(editor: StrategyEditor) -> str:
    """The characters of the text that are marked as wrong."""
    marked = ""
    block = editor.words.text.document().firstBlock()
    while block.isValid():
        for piece in block.layout().formats():
            if piece.format.fontUnderline() or piece.format.underlineStyle().value:
                marked += block.text()[piece.start : piece.start + piece.length]
        block = block.next()
    return marked


def test_what_is_not_finished_is_no_mistake_while_it_is_typed(
    bench, editor: StrategyEditor
) -> None:
    write(editor, "require skill.billing >= ")
    assert said(bench) == "Still needed: the rest of the statement"
    bench.focus(bench.field("queue").plain)
    assert said(bench) == "the line ends too early; a value is missing behind “>=”"


@pytest.mark.parametrize(
    ("typed", "offered", "then"),
    [
        ("req", ["require"], "require "),
        ("require ", ["skill.billing", "skill.language"], "require skill.billing"),
        ("order by sk", ["skill.billing"], "order by skill.billing"),
        (
            "order by idle desc; la",
            ["last_agent"],
            "order by idle desc; last_agent within 7d wait 15s",
        ),
        ("prefer skill.billing >= 6 ", ["for 20s", "then"], "prefer skill.billing >= 6 for 20s "),
        (
            "require skill.language == call.lang",
            ["language"],
            "require skill.language == call.language",
        ),
    ],
)
def test_offers(bench, editor: StrategyEditor, typed: str, offered: list[str], then: str) -> None:
    write(editor, typed)
    labels = editor.words.text.offers.labels()
    assert [label for label in labels if label in offered] == offered
    QTest.keyClick(editor.words.text, Qt.Key.Key_Tab)
    assert editor.words.text.toPlainText() == then


# --- queues and agents ----------------------------------------------------------------------------


def test_queues_and_agents_are_picked_from_those_of_the_site(bench) -> None:
    for name, known in (
        ("queue", ["repairs", "sales"]),
        ("preferred_agent", ["1001 · Li Wei", "1002 · Ann Berg", "1003"]),
    ):
        picker = bench.field(name).plain
        assert isinstance(picker, NameEditor)
        assert [picker.combo.itemText(at) for at in range(picker.combo.count())] == known


def test_an_agent_is_found_by_name_and_written_by_number(bench) -> None:
    picker = bench.field("preferred_agent").plain
    picker.combo.setCurrentIndex(1)
    picker.combo.activated.emit(1)
    assert picker.line.text() == "1002"
    assert 'preferred_agent = "1002"' in bench.text_of("wait")
    bench.type_into(picker.line, "Wei")
    completer = picker.combo.completer()
    assert completer.currentCompletion() == "1001 · Li Wei"
    QTest.keyClick(completer.popup(), Qt.Key.Key_Down)
    QTest.keyClick(completer.popup(), Qt.Key.Key_Return)
    QApplication.processEvents()
    assert picker.line.text() == "1001"
    assert 'preferred_agent = "1001"' in bench.text_of("wait")


def test_what_the_site_does_not_have_is_told_at_once(bench) -> None:
    bench.type_into(bench.field("preferred_agent").plain.line, "1004")
    bench.session.check_now()
    QApplication.processEvents()
    message = bench.field("preferred_agent").message
    assert message.kind == "warning"
    assert message.text.text() == 'there is no agent "1004" (did you mean "1003"?)'


def test_boxes_are_picked_and_checked(open_bench, tmp_path) -> None:
    flow = FLOW.split("node wait")[0] + (
        'node wait: voicemail\n  box = "repair"\n  left -> bye\n  too_short -> bye\n\n'
        "node bye: hangup\n"
    )
    bench = open_bench(make_centre(tmp_path / "site", flow))
    bench.select("wait")
    bench.session.check_now()
    QApplication.processEvents()
    field = bench.field("box")
    assert [field.plain.combo.itemText(at) for at in range(field.plain.combo.count())] == [
        "repairs"
    ]
    assert (
        field.message.text.text() == 'there is no voicemail box "repair" (did you mean "repairs"?)'
    )
    assert field.message.kind == "error"


def test_they_are_offered_in_expressions_too(bench) -> None:
    scope = bench.form.body.context.insight.scope("wait")
    assert scope.names["queue"] == ("repairs", "sales")
    assert scope.names["agent"] == ("1001", "1002", "1003")
    found = assist('agent("', 7, scope).completions
    assert [one.label for one in found] == ["1001", "1002", "1003"]
