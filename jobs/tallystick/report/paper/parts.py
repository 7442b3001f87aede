"""The blocks that a page of paper is made of, as plain data that the Typst template sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.report.saying import Said
from tallystick.report.words import Words

Block = dict[str, Any]
Cell = str | dict[str, Any]

MOST_KEPT_TOGETHER = 1_500
"""Characters of blocks that stay on one page; more of them would leave much of the page before empty."""

MARKS = {
    "kept": "kept",
    "exceeded": "exceeded",
    "not decided": "not-decided",
    "within terms": "kept",
    "outside terms": "exceeded",
    "unable to conclude": "not-decided",
}


def heading(level: int, said: str | Said) -> Block:
    """A heading below that of its section."""
    return {"kind": "heading", "level": level, **_text(said)}


def paragraph(said: str | Said, style: str = "plain") -> Block:
    """A paragraph; `style` is plain, lead or fine."""
    return {"kind": "paragraph", "style": style, **_text(said)}


def quotation(text: str) -> Block:
    """Words that somebody else wrote."""
    return {"kind": "quotation", "t": text}


def code(text: str) -> Block:
    """What is typed, or a query, as it stands."""
    return {"kind": "code", "code": text}


def listed(items: Sequence[str | Said]) -> Block:
    """A list of sentences."""
    return {"kind": "list", "items": [_text(item) for item in items]}


def terms(items: Sequence[tuple[str, str]]) -> Block:
    """Terms and what each means."""
    return {"kind": "terms", "items": [[term, meaning] for term, meaning in items]}


def table(
    caption: str, columns: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[Cell]], *, sides: int = 1
) -> Block:
    """A table with a header row, every row with a cell for every column; in two parts side by side if `sides` is 2."""
    cells = [list(row) for row in rows]
    return {"kind": "table", "caption": caption, "columns": list(columns), "rows": cells, "sides": sides}


def column(name: str, *, number: bool = False, wide: int = 0) -> dict[str, Any]:
    """A column's heading, whether numbers stand in it, and its share of what width is left."""
    return {"t": name, "number": number, "wide": wide}


def cell(text: str, *small: str | Said, mono: bool = False, strong: bool = False) -> Cell:
    """A cell with smaller lines below its text."""
    kept = [_text(each) for each in small if not isinstance(each, str) or each]
    if not kept and not mono and not strong:
        return text
    return {"t": text, "mono": mono, "strong": strong, **({"small": kept} if kept else {})}


def verdict(value: str, words: Words, *small: str | Said) -> Cell:
    """A verdict with its sign, which says the same as its colour."""
    kept = [_text(each) for each in small if not isinstance(each, str) or each]
    return {
        "t": words.term("verdict", value),
        "mark": MARKS.get(value, "not-checked"),
        **({"small": kept} if kept else {}),
    }


def introduced(introduction: str, said: Said) -> Block:
    """A small paragraph: our words, then a sentence of the document."""
    return {**paragraph(introduction, "fine"), "then": _text(said)}


def kept_together(*parts: Sequence[Block]) -> list[Block]:
    """Blocks that stand on one page, unless one of them may be longer than that."""
    blocks = [block for part in parts for block in part]
    if sum(len(str(block.get("t", ""))) for block in blocks) > MOST_KEPT_TOGETHER:
        return blocks
    return [{"kind": "together", "blocks": blocks}]


def text(said: str | Said) -> dict[str, Any]:
    """A text with its language where that is another."""
    return _text(said)


def _text(said: str | Said) -> dict[str, Any]:
    if isinstance(said, str):
        return {"t": said}
    return {"t": said.text, **({"lang": said.language} if said.language else {})}


# ── phrases that several sections share ──────────────────────────────────────────────────────────────────────────────


def readings(exceeded: int | str, every: int | str, words: Words) -> str:
    """Under how many readings a clause is exceeded; a dash without readings."""
    if int(every) == 0:
        return "–"
    if int(exceeded) == 0:
        return words.plain("readings.none", n=every)
    if int(exceeded) == int(every):
        return words.plain("readings.all", n=every)
    return words.plain("readings.some", k=words.number(exceeded), n=words.number(every))


def known(amount: Any, words: Words) -> Cell:
    """An amount as far as it is known, and over how many requests."""
    if not isinstance(amount, Mapping):
        return words.number(amount)
    every = int(amount["known"]) + int(amount["unknown"])
    if int(amount["unknown"]) == 0:
        return words.number(amount["sum"])
    if int(amount["known"]) == 0:
        return words.plain("amount.unknown")
    over = words.plain("amount.over", k=words.number(amount["known"]), n=words.number(every))
    return cell(words.number(amount["sum"]), over)


def rest(count: int, key: str, words: Words) -> list[Block]:
    """A line that says how many more there are, where there are any."""
    return [paragraph(words.plain(key, n=count), "fine")] if count else []
