"""Colours can be read and told apart, also by those who see fewer of them."""

from itertools import combinations

import numpy as np
import pytest

from colour_kit import contrast, linear
from designer.look.tokens import COLOURS, DARK, GROUPS, LIGHT, Tokens

THEMES = {"light": LIGHT, "dark": DARK}
TEXT_PAIRS = [
    *((text, ground) for text in ("text", "muted") for ground in ("window", "panel", "canvas")),
    ("faint", "panel"), ("off_text", "card"), ("text", "card"), ("muted", "card"),
    ("text", "hover"), ("on_accent", "accent"), ("accent", "accent_bg"), ("accent", "panel"),
    ("chip_text", "chip"), ("error", "error_bg"), ("warning", "warning_bg"), ("ok", "ok_bg"),
    ("drop", "drop_bg"), ("note_text", "note"), ("muted", "frame"), ("error", "panel"),
    ("off_text", "chip"), ("accent", "canvas"), ("panel", "ok"), ("panel", "error"),
]  # fmt: skip

# Machado, Oliveira & Fernandes 2009, severity 1.0
SIGHTS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def lab(light: np.ndarray) -> np.ndarray:
    """Linear sRGB to CIELAB (D65)."""
    matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
              [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip
    xyz = np.clip(np.array(matrix) @ np.clip(light, 0, 1), 0, None) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_every_text_can_be_read(name: str, text: str, ground: str) -> None:
    tokens = THEMES[name]
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("line", "ground"), [("edge", "canvas"), ("input", "panel")])
def test_connectors_and_fields_stand_out(name: str, line: str, ground: str) -> None:
    tokens = THEMES[name]
    assert contrast(getattr(tokens, line), getattr(tokens, ground)) >= 3.0


@pytest.mark.parametrize("name", THEMES)
def test_counts_on_the_heat_map_can_be_read(name: str) -> None:
    tokens = THEMES[name]
    for ground, text in zip(tokens.heat, tokens.heat_text, strict=True):
        assert contrast(text, ground) >= 4.5, (ground, text)


def groups(tokens: Tokens) -> list[str]:
    return [tokens.group(name) for name in GROUPS]


@pytest.mark.parametrize(("name", "least"), [("light", 34.0), ("dark", 37.0)])
def test_groups_are_told_apart(name: str, least: float) -> None:
    for one, other in combinations(groups(THEMES[name]), 2):
        assert np.linalg.norm(lab(linear(one)) - lab(linear(other))) >= least, (one, other)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(("name", "least"), [("light", 15.0), ("dark", 19.0)])
def test_groups_are_told_apart_by_those_who_see_fewer_colours(
    name: str, least: float, sight: str
) -> None:
    seen = [lab(np.array(SIGHTS[sight]) @ linear(colour)) for colour in groups(THEMES[name])]
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(one - other) >= least


@pytest.mark.parametrize("name", THEMES)
def test_every_token_is_a_colour(name: str) -> None:
    for token in COLOURS:
        value = getattr(THEMES[name], token)
        assert len(value) == 7 and value[0] == "#" and int(value[1:], 16) >= 0


def test_a_group_that_is_not_known_has_its_own_colour() -> None:
    assert LIGHT.group("Fraud") == LIGHT.unknown and LIGHT.group("Say") == LIGHT.say
