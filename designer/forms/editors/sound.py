"""What a caller hears: a prompt, a text, a sound file, silence, or a list of these in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
)

from designer.core.edits import fresh_name, read_value
from designer.forms.context import Cell, FormContext
from designer.forms.editors.base import Editor, set_property
from designer.forms.editors.expression import ExpressionEditor
from designer.forms.message import Message
from designer.forms.picker import Choice, Picker
from designer.forms.speaking import speak, spoken_words
from designer.forms.values import plain_words, prose_of, prose_value, sound_kind, text_expression
from designer.look.i18n import tr
from designer.look.icons import icon
from flow_runtime.core.expr.assist import Wanted
from flow_runtime.core.expr.tree import Call, Expr, ListOf, PromptKey, Text
from flow_runtime.core.prompts import BUILT_IN
from flow_runtime.core.syntax import print_template
from flow_runtime.core.syntax.words import quoted
from flow_runtime.core.types import SOUND

KINDS: Final = {
    "prompt": "A prompt of the table", "text": "A text", "file": "A sound file",
    "silence": "Silence", "list": "Several in turn", "expression": "An expression",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """One of `KINDS`, in a list beside the keys of prompts."""

    name: str


class SoundEditor(Editor):
    """*nested*: it is an item of a list, which cannot be a list itself."""

    gaps_changed = Signal(int)
    """In how many languages nothing would be heard."""

    def __init__(
        self, context: FormContext, cell: Cell, placeholder: str, nested: bool = False
    ) -> None:
        super().__init__()
        self.context, self.cell, self._nested = context, cell, nested
        self._value: Expr | None = None
        self._kind = ""
        self.source = ExpressionEditor(
            cell.scope, lambda: Wanted((SOUND,)), placeholder=placeholder
        )
        self.prose = ExpressionEditor(
            cell.scope, cell.wanted, prose=True, least=2, placeholder=tr("What is said")
        )
        self.choose = self._button("ui-chevron-down", tr("Choose a prompt"))
        self.play = self._button("ui-play-solid", tr("Listen"))
        self.more = self._button("ui-more", tr("What kind of sound it is"))
        self.message = Message()
        self.card: QFrame | None = None
        self.items: Editor | None = None
        self._lay_out()
        for editor in (self.source, self.prose):
            self._join(editor)
        self.setFocusProxy(self.source)
        self.choose.clicked.connect(self.pick_prompt)
        self.play.clicked.connect(self._listen)
        self.more.clicked.connect(self._open_menu)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        self.box = QFrame()
        self.box.setProperty("role", "box")
        inside = QHBoxLayout(self.box)
        inside.setContentsMargins(1, 0, 1, 0)
        inside.setSpacing(0)
        top = Qt.AlignmentFlag.AlignTop
        inside.addWidget(self.source, 1, top)
        inside.addWidget(self.prose, 1, top)
        inside.addWidget(self.choose, 0, top)
        self.turns = QLabel(tr("Said in turn:"))
        self.turns.setProperty("role", "help")
        self._row.addWidget(self.turns, 1)
        self._row.addWidget(self.box, 1, top)
        self._row.addWidget(self.play, 0, top)
        self._row.addWidget(self.more, 0, top)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(self._row)
        self._column.addWidget(self.message)

    def _button(self, name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "tiny" if name == "ui-chevron-down" else "square")
        button.setIcon(icon(name, "text", 16))
        button.setIconSize(QSize(16, 16) if name != "ui-play-solid" else QSize(13, 13))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _join(self, editor: Editor) -> None:
        editor.edited.connect(self._edited)
        editor.advised.connect(self.advised)
        editor.entered.connect(self._light)
        editor.left.connect(self._unlight)

    def _light(self) -> None:
        set_property(self.box, "lit", True)
        self.entered.emit()

    def _unlight(self) -> None:
        set_property(self.box, "lit", False)
        said = plain_words(self._value)
        if said:
            self._put(prose_value(said))
        self.left.emit()

    # --- showing --------------------------------------------------------------------------------

    def can_show(self, value: Expr | None) -> bool:
        """Whatever it is: what is no plain sound is an expression in the same place."""
        return not (self._nested and isinstance(value, ListOf))

    def show_value(self, value: Expr | None) -> None:
        """See `Editor`."""
        self._value = value
        kind = sound_kind(value)
        typing = self._kind == "expression" and self.source.text.hasFocus()
        if kind == "text" and typing:
            kind = "expression"
        self._show_kind(kind)
        if kind == "list":
            self._show_items(value)
        elif kind == "text":
            self.prose.show_value(value)
        else:
            self.source.show_value(value)
        self._show_card(value)

    def _show_kind(self, kind: str) -> None:
        self._kind = kind
        prose, many = kind == "text", kind == "list"
        self.prose.setVisible(prose)
        self.source.setVisible(not prose)
        self.choose.setVisible(not prose)
        self.box.setVisible(not many)
        self.turns.setVisible(many)
        self.play.setVisible(not many and bool(kind))
        self.more.setVisible(bool(kind))
        self.play.setEnabled(kind in ("text", "prompt", "file"))
        self.setFocusProxy(self.prose if prose else self.source)
        if self.items is not None:
            self.items.setVisible(many)

    def _show_items(self, value: Expr | None) -> None:
        if self.items is None:
            from designer.forms.editors.sound_list import SoundList

            self.items = SoundList(self.context, self.cell)
            self.items.edited.connect(self._edited)
            self.items.entered.connect(self.entered)
            self.items.left.connect(self.left)
            self.items.advised.connect(self.advised)
            self._column.insertWidget(1, self.items)
        self.items.show()
        self.items.show_value(value)

    def _show_card(self, value: Expr | None) -> None:
        from designer.prompts.card import PromptCard

        key = value.key if isinstance(value, PromptKey) else ""
        if key and self.card is None:
            card = PromptCard(self.context, self.cell.scope)
            card.gaps_changed.connect(self.gaps_changed)
            card.entered.connect(self.entered)
            card.left.connect(self.left)
            self.card = card
            self._column.insertWidget(1, card)
        if isinstance(self.card, PromptCard):
            self.card.setVisible(bool(key))
            if key:
                self.card.show_prompt(key)
            else:
                self.gaps_changed.emit(0)

    def refresh(self) -> None:
        """See `Editor`."""
        self._show_card(self._value)
        if self.items is not None:
            self.items.refresh()

    def show_wrong(self, wrong: bool) -> None:
        """See `Editor`."""
        set_property(self.box, "wrong", wrong)

    def name_it(self, name: str) -> None:
        """See `Editor`."""
        for editor in (self.source, self.prose):
            editor.name_it(name)

    def _edited(self, value: Any) -> None:
        self._value = value
        self.edited.emit(value)
        if self._kind != "text" and sound_kind(value) != "text":
            self._show_card(value)
            self.play.setEnabled(sound_kind(value) in ("prompt", "file"))
            self.play.setVisible(value is not None)
            self.more.setVisible(value is not None)

    # --- kinds ----------------------------------------------------------------------------------

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def menu(self) -> QMenu:
        """What kind of sound it can be."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind, words in KINDS.items():
            if kind == "list" and self._nested:
                continue
            action = menu.addAction(tr(words))
            action.triggered.connect(partial(self.become, kind))
            action.setCheckable(True)
            action.setChecked(kind == self._kind)
        menu.addSeparator()
        new = menu.addAction(tr("New prompt from this text"))
        new.triggered.connect(lambda: self.make_prompt())
        new.setEnabled(self._kind == "text")
        out = menu.addAction(tr("Leave out"))
        out.triggered.connect(lambda: self._put(None))
        out.setEnabled(self._value is not None and not self._nested)
        return menu

    def become(self, kind: str) -> None:
        """Make it a sound of *kind*; what it was is kept where that is possible."""
        if kind == self._kind:
            return
        make: dict[str, Callable[[], None]] = {
            "prompt": self._open_prompts,
            "text": lambda: self._put(text_expression(self._said())),
            "file": self._pick_file,
            "silence": lambda: self._put(read_value("silence(1s)")),
            "list": lambda: self._put(ListOf(() if self._value is None else (self._value,))),
            "expression": self._as_expression,
        }
        make[kind]()

    def _as_expression(self) -> None:
        self._show_kind("expression")
        self.source.show_value(self._value)
        self.source.text.setFocus()

    def _put(self, value: Expr | None) -> None:
        self.edited.emit(value)
        self.show_value(value)

    def _said(self) -> str:
        """What is said now, as words of a text."""
        book = self.context.session.around.prompts
        if isinstance(self._value, PromptKey):
            found = book.find(self._value.key, self.context.session.around.languages[0])
            return "" if found is None or found.text is None else print_template(found.text.parts)
        return prose_of(self._value) or ""

    def _open_prompts(self) -> None:
        self.pick_prompt()

    def pick_prompt(self) -> Picker:
        """Choose a prompt of the tables by key or by its words."""
        picker = Picker(self, tr("Key or words of a prompt"), self._prompt_choices)
        picker.chosen.connect(self._picked)
        picker.open_below(self.box if self.box.isVisible() else self)
        return picker

    def _picked(self, choice: object) -> None:
        """A prompt by its key, or another kind of sound."""
        if isinstance(choice, Kind):
            self.become(choice.name)
        else:
            self._put(PromptKey(str(choice)))

    def _prompt_choices(self, typed: str) -> list[Choice]:
        around = self.context.session.around
        own = BUILT_IN["en"].keys()
        keys = {key for tag in around.languages for key in around.prompts.keys(tag)} - own
        found = [] if typed else self._kind_choices()
        for key in sorted(keys):
            prompt = around.prompts.find(key, around.languages[0])
            text = None if prompt is None else prompt.text
            words = tr("a recording") if text is None else print_template(text.parts)
            if typed.casefold() in f"{key} {words}".casefold():
                found.append(Choice(f"{key}   {words}", key, "say", "say", words))
        if typed.strip() and typed.strip() not in keys:
            key = typed.strip().replace(" ", "_")
            found.append(Choice(tr("New prompt {key}", key=key), key, "ui-plus", "accent"))
        return found

    def _kind_choices(self) -> list[Choice]:
        return [
            Choice(tr(words), Kind(kind), "ui-chevron-right", "muted")
            for kind, words in KINDS.items()
            if kind not in ("prompt", self._kind) and not (self._nested and kind == "list")
        ]

    def make_prompt(self) -> None:
        """Put the text into the prompt table of the first language and name it here."""
        from designer.prompts.desk import PromptDesk

        desk = PromptDesk(self.context.session)
        node = self.cell.key.partition(".")[0]
        known = self.context.session.around.prompts.keys(desk.languages[0])
        key = fresh_name(known, node)
        trouble = desk.write(key, desk.languages[0], prose_of(self._value) or "")
        if trouble:
            self.message.say("error", trouble)
        else:
            self._put(PromptKey(key))

    def _pick_file(self) -> None:
        session = self.context.session
        folder = session.path.parent if session.path is not None else Path()
        path, _ = QFileDialog.getOpenFileName(
            self, tr("A sound file"), str(folder), tr("Sound (*.wav)")
        )
        if path:
            self.use_file(Path(path))

    def use_file(self, path: Path) -> None:
        """Name a sound file, as seen from the flow or from the prompts folder."""
        session = self.context.session
        homes = [session.site.prompts_folder]
        if session.path is not None:
            homes.insert(0, session.path.parent)
        for home in homes:
            if path.resolve().is_relative_to(home.resolve()):
                name = path.resolve().relative_to(home.resolve()).as_posix()
                self.message.say("help", "")
                self._put(read_value(f"file({quoted(name)})"))
                return
        self.message.say(
            "error",
            tr("The file must lie beside the flow or in the prompts folder; put it there first."),
        )

    # --- listening ------------------------------------------------------------------------------

    def _listen(self) -> None:
        player = self.context.player
        if player.playing:
            player.stop()
            return
        self.message.say("help", "")
        language = self.context.session.around.languages[0]
        match self._value:
            case Call("file", (Text() as name,)):
                self._play_file(name.constant or "")
            case PromptKey():
                from designer.prompts.card import PromptCard

                if isinstance(self.card, PromptCard):
                    self.card.listen.click()
            case _:
                self.play.setEnabled(False)
                words = spoken_words(prose_of(self._value) or "")
                speak(self.context, words, language, self._play, self._trouble)

    def _play_file(self, name: str) -> None:
        find = self.context.session.around.files
        path = None if find is None else find(name)
        if path is None:
            self._trouble(tr("There is no sound file {name}.", name=name))
        else:
            self._play(Path(path).read_bytes())

    def _play(self, wav: bytes) -> None:
        self.play.setEnabled(True)
        self.message.say("error", self.context.player.play(wav))

    def _trouble(self, words: str) -> None:
        self.play.setEnabled(True)
        self.message.say("error", words)
