"""The colours by their use, light and dark: no other colour appears anywhere in the designer.

Grey is structure, colour is meaning: blue is the one who draws (selection, focus, the live
position), red is broken, green is proven. Group colours stand on a card's edge and icon only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme; every value is ``#RRGGBB``."""

    window: str
    panel: str
    canvas: str
    grid: str
    line: str
    input: str
    hover: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_bg: str
    on_accent: str
    card: str
    card_line: str
    card_base: str
    edge: str
    off: str
    off_text: str
    chip: str
    chip_text: str
    error: str
    error_bg: str
    warning: str
    warning_bg: str
    ok: str
    ok_bg: str
    drop: str
    drop_bg: str
    frame: str
    frame_line: str
    note: str
    note_line: str
    note_text: str
    call: str
    say: str
    ask: str
    logic: str
    data: str
    agents: str
    unknown: str
    heat: tuple[str, str, str, str, str, str]
    heat_text: tuple[str, str, str, str, str, str]
    heat_line: tuple[str, str, str, str, str, str]
    dark: bool

    def group(self, name: str) -> str:
        """The colour of a node group; `unknown` for one that is not known."""
        return str(getattr(self, name.lower())) if name.lower() in GROUPS else self.unknown


GROUPS: Final = ("call", "say", "ask", "logic", "data", "agents")

LIGHT: Final = Tokens(
    window="#F1F3F6", panel="#FFFFFF", canvas="#F7F8FA", grid="#DDE1E7", line="#DEE2E8",
    input="#858E9B", hover="#EEF1F5", text="#1B2129", muted="#566070", faint="#616B79",
    accent="#2458D3", accent_bg="#E7EDFC", on_accent="#FFFFFF", card="#FFFFFF",
    card_line="#C3CAD4", card_base="#D5DAE1", edge="#717C8B", off="#858E9B",
    off_text="#616B79", chip="#EEF1F5", chip_text="#36404D", error="#B8281C",
    error_bg="#FCEBE9", warning="#855300", warning_bg="#FFF3DC", ok="#12705A", ok_bg="#E2F3EE",
    drop="#AD4408", drop_bg="#FDEEE3", frame="#EDF1F7", frame_line="#B9C3D1", note="#FFF6D6",
    note_line="#E0CF8C", note_text="#4A3F12", call="#3A3D43", say="#127F89", ask="#7D45B8",
    logic="#985902", data="#17501D", agents="#B41366", unknown="#5F6875",
    heat=("#E4ECF8", "#BFD2EE", "#8FB0DF", "#4272BC", "#2C5499", "#1D3F7C"),
    heat_text=("#1B2129", "#1B2129", "#1B2129", "#FFFFFF", "#FFFFFF", "#FFFFFF"),
    heat_line=("#A9B6CA", "#94AFDA", "#7699D2", "#4272BC", "#2C5499", "#1D3F7C"),
    dark=False,
)  # fmt: skip
DARK: Final = Tokens(
    window="#15171B", panel="#1D2025", canvas="#191C20", grid="#2C3138", line="#30353D",
    input="#727C8A", hover="#272B32", text="#E7EAEF", muted="#A8B1BE", faint="#939DAB",
    accent="#82A9FF", accent_bg="#243355", on_accent="#0F1420", card="#252A31",
    card_line="#434A56", card_base="#101215", edge="#8792A2", off="#6C7684",
    off_text="#9CA6B3", chip="#323841", chip_text="#D5DAE2", error="#FF8A7D",
    error_bg="#43211F", warning="#F0BB5A", warning_bg="#3B2E14", ok="#5FCFB0", ok_bg="#17362F",
    drop="#FF9D5C", drop_bg="#42280F", frame="#1F242B", frame_line="#46505E", note="#38331C",
    note_line="#6B612F", note_text="#F0E6BC", call="#CACBCD", say="#46D6F6", ask="#9594FC",
    logic="#DC8634", data="#8DD47D", agents="#F25B90", unknown="#A3ACB9",
    heat=("#1F2C42", "#27436F", "#2F5896", "#3C6FB9", "#7DA9E6", "#B9D2F7"),
    heat_text=("#FFFFFF", "#FFFFFF", "#FFFFFF", "#FFFFFF", "#0F1420", "#0F1420"),
    heat_line=("#44536D", "#3E5C8C", "#3F6DB5", "#5E92DC", "#8DB5EE", "#B9D2F7"),
    dark=True,
)  # fmt: skip

COLOURS: Final = tuple(
    f.name for f in fields(Tokens) if f.name not in ("heat", "heat_text", "heat_line", "dark")
)
"""The names of all tokens that are one colour."""
