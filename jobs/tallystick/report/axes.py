"""Where the ticks of an axis stand, and what they say: whole numbers upwards, days along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tallystick.report.words import Words

FEW_DAYS = 62
"""Up to so many days each is drawn as a bar of its own."""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One mark of an axis: at which value, saying what."""

    at: int
    text: str


def amount_ticks(largest: int, words: Words, *, most: int = 4) -> list[Tick]:
    """At most `most` + 1 round amounts from 0 up to the first that is not below `largest`."""
    step = 1
    while step * most < largest:
        leading = int(str(step)[0])
        step = step // leading * {1: 2, 2: 5, 5: 10}[leading]
    count = max(1, -(-largest // step))
    return [Tick(at=step * index, text=short_amount(step * index, words)) for index in range(count + 1)]


def short_amount(value: int, words: Words) -> str:
    """A round amount, in thousands, millions or billions where that loses nothing: `2,500,000` is `2.5 M`."""
    for unit, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")):
        if value >= unit and value * 10 % unit == 0:
            whole, tenth = divmod(value * 10 // unit, 10)
            tail = f"{words.plain('number.decimal')}{tenth}" if tenth else ""
            return f"{words.number(whole)}{tail} {words.plain(f'number.{name}')}"
    return words.number(value)


def day_ticks(days: Sequence[date], words: Words, *, most: int) -> list[Tick]:
    """At most `most` marks at the first days of months (of days, when the days are few), the year said once each."""
    if len(days) <= FEW_DAYS:
        step = next(step for step in (1, 2, 7, 14, 31) if -(-len(days) // step) <= most)
        chosen = list(range(0, len(days), step))
        return [
            Tick(at=at, text=words.plain("date.day_month", day=days[at].day, month=_month(days[at], words)))
            for at in chosen
        ]
    firsts = [index for index, day in enumerate(days) if day.day == 1]
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if -(-len(firsts) // step) <= most)
    chosen = [at for at in firsts if (days[at].month - 1 + days[at].year * 12) % step == 0]
    ticks: list[Tick] = []
    for at in chosen:
        says_year = not ticks or days[ticks[-1].at].year != days[at].year
        text = f"{_month(days[at], words)} {days[at].year}" if says_year else _month(days[at], words)
        ticks.append(Tick(at=at, text=text))
    return ticks


def _month(day: date, words: Words) -> str:
    return words.plain(f"month.short.{day.month}")
