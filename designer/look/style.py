"""The style sheet of the whole program, made from the tokens; and how it is put into use."""

from __future__ import annotations

from string import Template
from typing import Final

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from designer.look.fonts import CODE_FAMILIES, families, font
from designer.look.glyphs import glyph_files
from designer.look.theme import theme
from designer.look.tokens import COLOURS

_SHEET: Final = Template("""
* { color: $text; font-family: $families; font-size: 13px; outline: none; }
QMainWindow, QDialog, QStatusBar { background: $window; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 6px;
  font-size: 12px; }

QMenuBar { background: $panel; padding: 0 6px; min-height: 28px; }
QMenuBar::item { padding: 5px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 5px; min-width: 120px; }
QMenu::item:selected { background: $accent_bg; }
QMenu::item:disabled { color: $off; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $line; spacing: 2px;
  padding: 0 8px; min-height: 42px; max-height: 42px; }
QToolBar::separator { width: 1px; background: $line; margin: 11px 8px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 5px;
  padding: 4px 7px; min-height: 18px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $accent_bg; color: $accent; }
QToolButton:disabled { color: $off; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton::menu-indicator { image: none; }

QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget > QWidget, #panel { background: $panel; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QTabWidget::pane { border: none; border-top: 1px solid $line; background: $panel; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 0 12px; height: 31px;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:hover:!selected { color: $text; background: $hover; }
QTabBar::tab:selected:focus { color: $accent; background: $accent_bg; }
QTabBar::tab:disabled { color: $off; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateTimeEdit {
  background: $panel; border: 1px solid $input; border-radius: 5px; padding: 3px 8px;
  min-height: 20px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus, QDateTimeEdit:focus { border: 2px solid $accent; padding: 2px 7px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QComboBox:disabled,
QSpinBox:disabled, QDoubleSpinBox:disabled, QDateTimeEdit:disabled {
  color: $off; border-color: $line; background: $window; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] { border: 1px solid $error; }
QLineEdit[code="true"], QPlainTextEdit[code="true"], QLabel[code="true"] {
  font-family: $code; font-size: 12px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$arrow_down"); width: 16px; height: 16px; }
QComboBox::down-arrow:disabled { image: url("$arrow_down_off"); }
Chooser::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; padding: 4px;
  selection-background-color: $accent_bg; selection-color: $text; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button, QDateTimeEdit::up-button, QDateTimeEdit::down-button { width: 0; }

QPushButton { background: $panel; border: 1px solid $input; border-radius: 5px; padding: 4px 12px;
  min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $accent_bg; }
QPushButton:focus { border: 2px solid $accent; padding: 3px 11px; }
QPushButton:disabled { color: $off; border-color: $line; }
QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent;
  font-weight: 600; }
QPushButton[primary="true"]:disabled { background: $window; color: $off; border-color: $line; }
QPushButton[primary="true"]:focus { border-color: $text; }
QPushButton[danger="true"] { color: $error; border-color: $error; }
QPushButton[danger="true"]:disabled { color: $off; border-color: $line; }
QPushButton[flat="true"] { border-color: transparent; background: transparent; color: $accent;
  padding: 3px 6px; }
QPushButton[flat="true"]:hover { background: $hover; }
QPushButton[flat="true"]:focus { border: 2px solid $accent; padding: 2px 5px; }
QPushButton[flat="true"]:disabled { color: $off; }
QPushButton:checked { background: $accent_bg; color: $accent; border-color: $accent; }

QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; background: $panel;
  border: 1px solid $input; border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: $accent;
  border-color: $accent; }
QCheckBox::indicator:checked { image: url("$tick"); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $window;
  border-color: $line; }
QCheckBox::indicator:checked:disabled { image: url("$tick_off"); }
QRadioButton::indicator:checked:disabled { background: $off; }
Tick::indicator:checked, Tick::indicator:checked:disabled { image: none; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $off; }

QListView, QTreeView, QTableView, QListWidget, QTreeWidget, QTableWidget { background: $panel;
  border: 1px solid transparent; alternate-background-color: $hover; }
QListView:focus, QTreeView:focus, QTableView:focus { border: 1px solid $accent; }
QListView:disabled, QTreeView:disabled, QTableView:disabled { color: $off; }
QListView::item, QTreeView::item { min-height: 25px; border-radius: 5px; padding: 0 4px; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
  background: $accent_bg; color: $text; }
QHeaderView::section { background: $panel; border: none; border-bottom: 1px solid $line;
  color: $muted; font-size: 12px; font-weight: 600; padding: 4px 8px; }

QScrollArea { background: $panel; border: none; }
QScrollArea > QWidget > QWidget { background: $panel; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $card_line; border-radius: 3px; margin: 2px; min-height: 28px;
  min-width: 28px; }
QScrollBar::handle:hover { background: $input; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  background: transparent; height: 0; width: 0; }

QProgressBar { background: $chip; border: none; border-radius: 3px; max-height: 6px;
  min-height: 6px; }
QProgressBar::chunk { background: $ok; border-radius: 3px; }
QSlider::groove:horizontal { background: $card_line; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 14px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:focus { border: 2px solid $text; width: 10px; }
QSlider::handle:horizontal:disabled { background: $off; }

QStatusBar { color: $muted; min-height: 24px; max-height: 24px; border-top: 1px solid $line; }
QStatusBar QLabel { color: $muted; font-size: 12px; padding: 0 8px; }
QStatusBar::item { border: none; }
QLabel { background: transparent; }
QLabel[role="panel"] { font-size: 15px; font-weight: 600; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="label"] { font-size: 12px; font-weight: 600; }
QLabel[role="help"] { font-size: 12px; color: $muted; }
QLabel[role="faint"] { font-size: 12px; color: $faint; }
QLabel[role="error"] { font-size: 12px; color: $error; }
QLabel[role="warning"] { font-size: 12px; color: $warning; }
QLabel[role="ok"] { font-size: 12px; color: $ok; }
QFrame[role="line"] { background: $line; max-height: 1px; min-height: 1px; border: none; }
QFrame[role="banner"] { background: $warning_bg; border: none; border-bottom: 1px solid $warning; }
QFrame[role="banner"] QLabel { color: $warning; }
""")


_DRESSED: Final = "cordboard-dressed"


def sheet() -> str:
    """The style sheet of the theme in use."""
    tokens = theme().tokens
    colours = {name: getattr(tokens, name) for name in COLOURS}

    def listed(names: tuple[str, ...]) -> str:
        return ", ".join(f'"{name}"' for name in names)

    return _SHEET.substitute(
        colours, **glyph_files(), families=listed(families()), code=listed(CODE_FAMILIES)
    )


def apply_style(app: QApplication) -> None:
    """Dress the whole program in the theme in use, now and whenever it changes.

    Once is enough: a program that is dressed already stays as it is.
    """
    if app.property(_DRESSED):
        return
    app.setProperty(_DRESSED, True)
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(font("body"))
    _dress(app)
    theme().changed.connect(lambda: _dress(app))


def _dress(app: QApplication) -> None:
    app.setPalette(palette())
    app.setProperty("dark", theme().tokens.dark)
    app.setStyleSheet(sheet())


def palette() -> QPalette:
    """Qt's own colours in the theme in use, for what the sheet does not reach."""
    colour = theme().colour
    made = QPalette(colour("panel"), colour("window"))
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "panel",
        QPalette.ColorRole.AlternateBase: "hover",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "panel",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "on_accent",
        QPalette.ColorRole.PlaceholderText: "faint",
        QPalette.ColorRole.ToolTipBase: "panel",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.LinkVisited: "accent",
        QPalette.ColorRole.BrightText: "error",
        QPalette.ColorRole.Accent: "accent",
    }
    for role, token in roles.items():
        made.setColor(role, colour(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText,
                 QPalette.ColorRole.ButtonText):  # fmt: skip
        made.setColor(QPalette.ColorGroup.Disabled, role, colour("off"))
    return made
