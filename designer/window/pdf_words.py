"""Lets readers of a PDF find Chinese words in it, as they are typed.

A font has one glyph for 日 and for the sign of the radical ⽇, and Qt notes down the radical, for
which nobody looks. The notes are plain text of fixed width in the file; they are put right there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFontDatabase, QRawFont

from designer.look.fonts import font

_RADICALS: Final = range(0x2E80, 0x2FE0)
_CHARACTERS: Final = range(0x4E00, 0xA000)
_NOTES: Final = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_LINE: Final = re.compile(rb"^<[0-9a-fA-F]{4}> <[0-9a-fA-F]{4}> (?:<.*>|\[.*\])\s*$", re.MULTILINE)
_CODE: Final = re.compile(rb"(?<=<)(2[EeFf][0-9a-fA-F]{2})(?=>)")


def put_right(path: Path) -> None:
    """In the PDF at *path* let radicals be the characters that they are meant for."""
    content = path.read_bytes()
    path.write_bytes(_NOTES.sub(_corrected, content))


@cache
def _meant() -> Mapping[int, int]:
    """The character for each radical that shares its glyph in the font of Chinese texts."""
    chinese = QRawFont.fromFont(font("body"), QFontDatabase.WritingSystem.SimplifiedChinese)
    characters = chinese.glyphIndexesForString("".join(map(chr, _CHARACTERS)))
    radicals = chinese.glyphIndexesForString("".join(map(chr, _RADICALS)))
    if (len(characters), len(radicals)) != (len(_CHARACTERS), len(_RADICALS)):
        return {}
    by_glyph = dict(zip(characters, _CHARACTERS, strict=True))
    return {
        radical: by_glyph[glyph]
        for radical, glyph in zip(_RADICALS, radicals, strict=True)
        if glyph and glyph in by_glyph
    }


def _corrected(notes: re.Match[bytes]) -> bytes:
    return _LINE.sub(_with_characters, notes[0])


def _with_characters(line: re.Match[bytes]) -> bytes:
    """The line with characters for radicals; its first two codes are those of glyphs."""
    glyphs, codes = line[0][:14], line[0][14:]
    return glyphs + _CODE.sub(_character, codes)


def _character(code: re.Match[bytes]) -> bytes:
    noted = int(code[0], 16)
    return b"%04X" % _meant().get(noted, noted)
