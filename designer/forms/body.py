"""What every form has: a head, a column of fields, and how it follows the flow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from designer.forms.commit_line import CommitLine
from designer.forms.context import FormContext


class Body(QWidget):
    """One form, made for one selection."""

    def __init__(self, context: FormContext) -> None:
        super().__init__()
        self.context, self.session = context, context.session
        self.head = QVBoxLayout()
        self.column = QVBoxLayout()
        self.column.setContentsMargins(14, 10, 14, 14)
        self.column.setSpacing(12)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(0, 0, 0, 0)
        self.foot.setSpacing(0)
        whole.addLayout(self.head)
        whole.addLayout(self.column)
        whole.addLayout(self.foot)
        whole.addStretch(1)

    def refresh(self) -> None:
        """The flow has changed, by this form or otherwise."""
        raise NotImplementedError

    def refresh_names(self) -> None:
        """Configuration, prompts or other flows have changed."""
        self.refresh()

    def commit(self) -> None:
        """Take what is typed and not taken yet: the selection is about to change."""
        from designer.prompts.card import PromptCard

        for line in self.findChildren(CommitLine):
            line.commit()
        for card in self.findChildren(PromptCard):
            card.save()

    def add_rule(self) -> None:
        """A line across the whole form, above its foot."""
        rule = QFrame()
        rule.setProperty("role", "rule")
        self.foot.addWidget(rule)


def note(words: str, role: str = "help") -> QLabel:
    """A text that may take several lines."""
    label = QLabel(words)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    let_wrap(label)
    return label


def let_wrap(label: QLabel) -> None:
    """Let its text take several lines; a word without end does not widen the form."""
    label.setWordWrap(True)
    policy = label.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    label.setSizePolicy(policy)


def heading(words: str) -> QLabel:
    """The label of a group of rows."""
    label = QLabel(words)
    label.setProperty("role", "label")
    return label
