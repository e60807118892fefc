"""Questions to the person, in message boxes: what happened, and what to do about it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

from designer.look.i18n import tr

Answer = Literal["save", "drop", "cancel"]
Recover = Literal["open", "drop", "later"]


def ask_to_save(parent: QWidget, name: str) -> Answer:
    """A flow is closed with work that is not saved."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        tr("Save {name}?", name=name),
        tr("“{name}” has changes that are not saved.", name=name),
        QMessageBox.StandardButton.NoButton,
        parent,
    )
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    drop = box.addButton(tr("Don't save"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.exec()
    if box.clickedButton() is save:
        return "save"
    return "drop" if box.clickedButton() is drop else "cancel"


def ask_to_recover(parent: QWidget, names: str) -> Recover:
    """Work of a designer that ended badly is there; Esc leaves it for the next start."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        tr("Unsaved work"),
        tr("Cordboard ended without saving: {names}. Open what was kept?", names=names),
        QMessageBox.StandardButton.NoButton,
        parent,
    )
    accept = box.addButton(tr("Open it"), QMessageBox.ButtonRole.AcceptRole)
    drop = box.addButton(tr("Throw it away"), QMessageBox.ButtonRole.DestructiveRole)
    later = box.addButton(tr("Decide later"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(accept)
    box.setEscapeButton(later)
    box.exec()
    if box.clickedButton() is accept:
        return "open"
    return "drop" if box.clickedButton() is drop else "later"


def ask(parent: QWidget, title: str, text: str, yes: str, no: str) -> bool:
    """A question with two answers; Esc is *no*."""
    box = QMessageBox(
        QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent
    )
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    reject = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(accept)
    box.setEscapeButton(reject)
    box.exec()
    return box.clickedButton() is accept


def tell(parent: QWidget, title: str, text: str) -> None:
    """Something went wrong."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, title, text, QMessageBox.StandardButton.NoButton, parent
    )
    box.addButton(tr("Close"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()
