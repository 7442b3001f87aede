"""Reconciliation, what is not seen, what an earlier revision said, and the glossary, on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.page import GLOSSARY, Page
from tallystick.report.paper.parts import Block, column, heading, listed, paragraph, table, terms
from tallystick.report.said_lists import not_seen_said, reasons_said
from tallystick.report.words import Words

Row = Mapping[str, Any]


def reconciliation(document: Row, page: Page, words: Words) -> list[Block]:
    """The accounting identity as sums, each with what is left over."""
    columns = [
        column(words.plain("reconciliation.whole"), wide=1),
        column(words.plain("reconciliation.parts"), wide=2),
        column(words.plain("reconciliation.adds_up"), number=True),
    ]
    rows = [
        [
            _box(*each.whole, words),
            " + ".join(_box(name, amount, words) for name, amount in each.parts),
            words.plain("reconciliation.off", n=each.difference) if each.difference else words.plain("word.yes"),
        ]
        for each in page.sums
    ]
    counted = document["reconciliation"]
    return [
        paragraph(words.plain("reconciliation.lead"), "lead"),
        table(words.plain("reconciliation.caption"), columns, rows),
        paragraph(words.plain("reconciliation.conflict", n=counted["conflict"], duplicates=counted["duplicate"])),
        paragraph(
            words.plain(
                "reconciliation.period", requests=document["summary"]["requests"], days=counted["this_licensee"]
            )
        ),
    ]


def _box(name: str, amount: int, words: Words) -> str:
    return f"{words.number(amount)} {words.term('box', name)}"


def not_seen(document: Row, words: Words) -> list[Block]:
    """What lies outside of the count, and every reason of the conclusion."""
    sentences, reasons = not_seen_said(document, words), reasons_said(document, words)
    conclusion = words.term("conclusion", document["conclusion"])
    return [
        paragraph(words.plain("not_seen.lead"), "lead"),
        listed(sentences or [words.plain("not_seen.nothing")]),
        heading(3, words.plain("not_seen.reasons", conclusion=conclusion)),
        listed(reasons or [words.plain("not_seen.no_reasons")]),
    ]


def changes(words: Words) -> list[Block]:
    """Where it stands what a revision changes; the rendering itself cannot know."""
    return [paragraph(words.plain("changes.says").replace("`", ""))]


def glossary(words: Words) -> list[Block]:
    """The words of the report and what each means."""
    return [terms([(words.plain(f"glossary.{name}.term"), words.plain(f"glossary.{name}.means")) for name in GLOSSARY])]
