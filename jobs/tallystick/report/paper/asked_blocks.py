"""What is asked of whom by when on paper, with the findings that it follows from; and what is open in money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.page import Page
from tallystick.report.paper.parts import Block, Cell, column, heading, paragraph, table, text
from tallystick.report.saying import ask_said
from tallystick.report.visible import visible
from tallystick.report.words import Words

Row = Mapping[str, Any]


def asked(document: Row, page: Page, words: Words) -> list[Block]:
    """Every ask with its clauses and findings, then each fee clause with the range that is open under it."""
    blocks = [paragraph(words.plain("asks.lead"), "lead")]
    if document["asks"]:
        blocks.append(_asks(document, page, words))
    else:
        blocks.append(paragraph(words.plain("asks.nothing")))
    blocks.append(heading(3, words.plain("exposure.title")))
    if document["exposures"]:
        return [*blocks, *(_exposure(each, words) for each in document["exposures"])]
    return [
        *blocks,
        paragraph(f"{words.plain('exposure.none')}{words.plain('word.colon')}{words.plain('exposure.none_means')}."),
    ]


def _asks(document: Row, page: Page, words: Words) -> Block:
    columns = [
        column(words.plain("findings.column.number"), number=True),
        column(words.plain("asks.column.what"), wide=4),
        column(words.plain("clauses.column.clause"), wide=2),
        column(words.plain("asks.column.findings"), wide=2),
    ]
    rows: list[list[Cell]] = [
        [
            words.number(ask["number"]),
            text(ask_said(ask, words)),
            words.show(ask["clauses"]),
            words.show(runs(page.numbers_of(ask["findings"]))),
        ]
        for ask in document["asks"]
    ]
    return table(words.plain("asks.caption"), columns, rows)


def runs(numbers: list[int]) -> list[str]:
    """`1–4`, `7`: rising whole numbers, those that follow one another as one."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}–{last}" for first, last in found]


def _exposure(exposure: Row, words: Words) -> Block:
    """One currency: a row for each clause, then all of them."""
    columns = [
        column(words.plain("clauses.column.clause"), wide=2),
        column(words.plain("clauses.column.version"), wide=1),
        *(column(words.plain(f"exposure.{end}"), number=True, wide=1) for end in ("low", "high")),
        column("", wide=1),
    ]
    every = {"clause": words.plain("exposure.all"), "version": None, **exposure}
    rows = [
        [
            visible(each["clause"]),
            words.show(each["version"]),
            words.amount(each["low"]),
            words.amount(each["high"]),
            words.plain("exposure.at_least") if each["at_least"] else "",
        ]
        for each in [*exposure["of"], every]
    ]
    caption = words.plain("exposure.caption")
    return table(f"{caption}, {words.plain('money.caption', currency=exposure['currency'])}", columns, rows)
