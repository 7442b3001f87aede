"""Which characters the fonts in Typst have, and how text looks that needs others."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from importlib.resources import files

_BEYOND_LATIN = re.compile(r"[^\x20-\x7e\n\u00a0-\u024f\u2007\u200b\u2010-\u2026\u202f\u2190-\u2193\u2212\u2713\u25b2]")


def printable(text: str) -> str:
    """`text` with every character that none of the embedded fonts has as its code point, `[U+4E2D]`.

    PDF/UA and PDF/A forbid an empty box in its place.
    """
    if text.isascii():
        return text
    return "".join(each if each == "\n" or _has(ord(each)) else _code_point(each) for each in text)


def plainer(text: str) -> str:
    """`text` with everything beyond Latin letters as code points, for combinations that no single font can set."""
    return _BEYOND_LATIN.sub(lambda found: _code_point(found[0]), text)


def _code_point(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _has(code: int) -> bool:
    starts, ends = _ranges()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """First and last code points of the runs that the fonts have, from glyphs.txt."""
    text = files("tallystick.report.paper").joinpath("glyphs.txt").read_text(encoding="ascii")
    runs = [line.split("-") for line in text.split() if line]
    return [int(run[0], 16) for run in runs], [int(run[-1], 16) for run in runs]
