"""Saves a simulated call as a call test, and sees whether it passes."""

from __future__ import annotations

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
from designer.look.i18n import tr
from designer.panels.simulator.simulation import Simulation
from flow_runtime.call_tests import ENDING, CallTest, CannotSave, SavedTests, verdict
from flow_runtime.core.program import Program


class SaveDialog(QDialog):
    """Asks for a name and a file, saves, and tells what came of it."""

    def __init__(self, simulation: Simulation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._simulation = simulation
        self._tasks = Tasks(self)
        self.setWindowTitle(tr("Save as test"))
        self.setMinimumWidth(460)
        path = simulation.session.path
        self.name, self.file = QLineEdit(), QLineEdit()
        assert simulation.call is not None
        self.name.setText(
            tr("simulated call of {time}", time=f"{simulation.call.setup.at:%Y-%m-%d %H:%M}")
        )
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
        simulation = self._simulation
        call, flow = simulation.call, simulation.session.path
        test = None if call is None else call.test(self.name.text().strip())
        if call is None or test is None or flow is None:
            return
        try:
            file = SavedTests(Path(self.file.text().strip()), flow)
            test = file.save(test)
        except CannotSave as reason:
            self._say(str(reason), "error")
            return
        self.ok.setEnabled(False)
        self._say(tr("Saved. The call is made again as a test…"))
        self._try(call.program, test, file.path)

    def _try(self, program: Program, test: CallTest, path: Path) -> None:
        site = self._simulation.session.site

        def done(lines: list[str]) -> None:
            self.leave.setText(tr("Close"))
            if not lines:
                self._say(
                    tr("Saved as “{name}” in {file}; the test passes.", name=test.name,
                       file=path.name), "ok",
                )  # fmt: skip
                return
            what = "\n".join(lines)
            self._say(
                tr("Saved, but the test fails when it is run; change its steps by hand:")
                + f"\n{what}",
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
        saved = self._simulation.session.path is not None
        self.ok.setEnabled(saved and bool(self.name.text().strip() and self.file.text().strip()))
        if not saved:
            self._say(tr("Save the flow first: a test names its file."), "warning")

    def _say(self, text: str, role: str = "help") -> None:
        self.said.setText(text)
        self.said.setProperty("role", role)
        self.said.style().polish(self.said)


def save_as_test(simulation: Simulation, parent: QWidget) -> None:
    """Ask, and save the call."""
    if simulation.call is not None and simulation.call.ended is not None:
        SaveDialog(simulation, parent).exec()
