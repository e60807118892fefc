"""Saves a call as a call test, and sees whether it passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.forms.tasks import Tasks
from designer.look.i18n import told, tr
from designer.panels.simulator.simulation import Simulation
from designer.panels.tests.failure import failure_text
from designer.session import Session
from flow_runtime.call_tests import ENDING, CallTest, CannotSave, Result, SavedTests, verdict
from flow_runtime.core.program import Program


class SaveDialog(QDialog):
    """Asks for a name and a file, saves, and tells what came of it."""

    def __init__(
        self,
        session: Session,
        test: CallTest,
        program: Program | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._test, self._program = session, test, program
        self._tasks = Tasks(self)
        self.setWindowTitle(tr("Save as test"))
        self.setMinimumWidth(460)
        path = session.path
        self.name, self.file = QLineEdit(test.name), QLineEdit()
        self.name.setCursorPosition(0)
        self.name.selectAll()
        if path is not None:
            self.file.setText(str(path.with_name(path.stem + ENDING)))
        self.choose = QPushButton(tr("Choose…"))
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setProperty("role", "help")
        self.buttons = QDialogButtonBox()
        self.ok = self.buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.leave = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.choose.clicked.connect(self._choose)
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        self.name.textChanged.connect(self._judge)
        self.file.textChanged.connect(self._judge)
        self._judge()

    def save(self) -> None:
        """Write the call; then it is made again as a test, which shows whether it passes."""
        flow = self._session.path
        if flow is None:
            return
        test = replace(self._test, name=self.name.text().strip())
        try:
            file = SavedTests(Path(self.file.text().strip()), flow)
            test = file.save(test)
        except CannotSave as reason:
            self._say(told(str(reason)), "error")
            return
        self.ok.setEnabled(False)
        if self._program is None:
            self.leave.setText(tr("Close"))
            self._say(
                tr("Saved as “{name}” in {file}. It can be run when the flow has no errors.",
                   name=test.name, file=file.path.name), "ok",
            )  # fmt: skip
            return
        self._say(tr("Saved. The call is made again as a test…"))
        self._try(self._program, test, file.path)

    def _try(self, program: Program, test: CallTest, path: Path) -> None:
        site = self._session.site

        def done(result: Result) -> None:
            self.leave.setText(tr("Close"))
            if result.passed:
                self._say(
                    tr("Saved as “{name}” in {file}; the test passes.", name=test.name,
                       file=path.name), "ok",
                )  # fmt: skip
                return
            self._say(
                tr("Saved, but the test fails when it is run; change its steps by hand:")
                + "\n"
                + failure_text(result),
                "warning",
            )

        self._tasks.start(
            lambda: verdict(program, test, site.open_data),
            done,
            lambda error: self._say(str(error), "error"),
        )

    # --- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Name"), self.name)
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.choose)
        form.addRow(tr("File"), row)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.said)
        column.addWidget(self.buttons)

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save as test"), self.file.text(), f"*{ENDING}",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self.file.setText(name if name.endswith(ENDING) else name + ENDING)

    def _judge(self) -> None:
        saved = self._session.path is not None
        self.ok.setEnabled(saved and bool(self.name.text().strip() and self.file.text().strip()))
        if not saved:
            self._say(tr("Save the flow first: a test names its file."), "warning")

    def _say(self, text: str, role: str = "help") -> None:
        self.said.setText(text)
        self.said.setProperty("role", role)
        self.said.style().polish(self.said)


def dialog_for(simulation: Simulation, parent: QWidget | None = None) -> SaveDialog | None:
    """The dialog that saves the last simulated call; None while it is not over, or was stopped."""
    call = simulation.call
    if call is None:
        return None
    name = tr("simulated call of {time}", time=f"{call.setup.at:%Y-%m-%d %H:%M}")
    test = call.test(name)
    return None if test is None else SaveDialog(simulation.session, test, call.program, parent)


def save_as_test(simulation: Simulation, parent: QWidget) -> None:
    """Ask, and save the call."""
    dialog = dialog_for(simulation, parent)
    if dialog is not None:
        dialog.exec()
