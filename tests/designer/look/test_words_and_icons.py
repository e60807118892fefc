"""Words in two languages, and an icon for every node type."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from designer.look import i18n, icons
from designer.look.style import sheet
from designer.look.theme import theme
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import suggest
from nodes.catalogue import library


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    theme().choose("light")
    i18n.choose_language("en")
    yield
    i18n.choose_language("en")
    theme().choose("light")


def test_texts_follow_the_language_and_so_do_qts_own() -> None:
    assert i18n.tr("Nodes") == "Nodes"
    i18n.choose_language("zh_CN")
    assert (i18n.tr("Nodes"), i18n.language()) == ("节点", "zh_CN")
    assert i18n.tr("a text that nobody has translated {n}", n=3).endswith("translated 3")
    assert QApplication.translate("QPlatformTheme", "Cancel") == "取消"
    i18n.choose_language("en")
    assert i18n.tr("Nodes") == "Nodes"


def test_a_language_that_is_not_known_is_english() -> None:
    i18n.choose_language("tlh")
    assert i18n.language() == "en"


def test_a_message_of_the_checker_is_told_in_chinese_with_its_values() -> None:
    text = phrase("there is no node type {type}{hint}", type="mneu", hint=suggest("mneu", ["menu"]))
    assert i18n.told(text) == 'there is no node type mneu (did you mean "menu"?)'
    i18n.choose_language("zh_CN")
    assert i18n.told(text) == "没有节点类型 mneu（是不是“menu”？）"
    assert i18n.told("something else entirely") == "something else entirely"


@pytest.mark.parametrize("language", [name for name in i18n.LANGUAGES if name != "en"])
def test_places_for_values_are_the_same_in_both_languages(language: str) -> None:
    import re

    for english_text, other in i18n.table(language).items():
        places = [set(re.findall(r"\{(\w+)\}", text)) for text in (english_text, other)]
        assert places[1] <= places[0], english_text
        assert other.strip(), english_text


def test_every_node_type_has_an_icon() -> None:
    assert [cls.icon for cls in library().values() if not icons.has_icon(cls.icon)] == []


def test_an_icon_is_painted_in_its_colour_and_kept() -> None:
    first = icons.pixmap("menu", "ask", 20, 2.0)
    assert (first.width(), first.devicePixelRatio()) == (40, 2.0)
    assert icons.pixmap("menu", "ask", 20, 2.0) is first
    image = first.toImage()
    painted = {
        image.pixelColor(x, y).name()
        for x in range(40)
        for y in range(40)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert theme().colour("ask").name() in painted
    theme().choose("dark")
    assert icons.pixmap("menu", "ask", 20, 2.0) is not first


def test_the_style_sheet_is_made_of_tokens() -> None:
    light = sheet()
    assert "$" not in light and theme().tokens.accent in light
    theme().choose("dark")
    assert sheet() != light
