"""Text of others, made safe to look at: whatever hides, reorders or overflows becomes a visible mark."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 400
"""Characters of a name that a page shows; what is cut is counted."""

WORDS_LENGTH = 12_000
"""Characters of a clause's words or of a sentence that a page shows."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"})
_SPACES = frozenset(" \u00a0\u202f")  # a space, and the two that typography puts before a unit
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_MARKS_IN_A_ROW = 3


def visible(text: str, most: int = NAME_LENGTH) -> str:
    """`text` with control, bidi, zero-width and blank characters written as `[U+202E]`, cut after `most` characters.

    A cut is counted: `…[+1,048,176]`. The result is one line of plain text, to be escaped for where it goes.
    """
    kept = text[:most]
    if not (kept.isascii() and kept.isprintable()):
        kept = _marked(kept)
    return kept if len(text) <= most else f"{kept}…[+{len(text) - most:,}]"


def visible_lines(text: str, most: int = WORDS_LENGTH) -> str:
    """Like `visible`, for text that may have lines: line ends stay, as line feeds."""
    lines = text[:most].replace("\r\n", "\n").split("\n")
    shown = "\n".join(visible(line, most) for line in lines)
    return shown if len(text) <= most else f"{shown}…[+{len(text) - most:,}]"


def _marked(text: str) -> str:
    shown: list[str] = []
    marks_in_a_row = 0
    for character in text:
        marks_in_a_row = marks_in_a_row + 1 if unicodedata.combining(character) else 0
        hidden = _is_hidden(character) or marks_in_a_row > _MARKS_IN_A_ROW
        shown.append(f"[U+{ord(character):04X}]" if hidden else character)
    return "".join(shown)


def _is_hidden(character: str) -> bool:
    if character in _SPACES:
        return False
    return (
        unicodedata.category(character) in _HIDDEN_CATEGORIES
        or character in _BLANK_LETTERS
        or 0xFE00 <= ord(character) <= 0xFE0F  # variation selectors
        or 0xE0000 <= ord(character) <= 0xE0FFF  # tags and further variation selectors
        or ord(character) & 0xFFFE == 0xFFFE  # the two code points of each plane that are no characters
        or 0xFDD0 <= ord(character) <= 0xFDEF
    )
