"""Every word of a rendering, from one catalogue a language, and how that language writes numbers and dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from tallystick.report.visible import visible

_CODE = re.compile(r"`([^`]*)`")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d{6})Z")
_DURATION = re.compile(r"P(?:(\d{1,9})([YMWD])|T(\d{1,9})([HMS]))")
_AMOUNT = re.compile(r"(-)?(\d{1,60})(?:\.(\d{1,20}))?", re.ASCII)
_DIGITS = re.compile(r"-?\d+")


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language: its sentences by key (`findings.title`), and its ways with numbers."""

    language: str
    sentences: Mapping[str, str]

    @classmethod
    def load(cls, language: str = "en") -> Words:
        """The catalogue of a language; KeyError where a key is asked for that it lacks."""
        return _load(language)

    # ── sentences ────────────────────────────────────────────────────────────────────────────────────────────────────

    def plain(self, key: str, /, **values: object) -> str:
        """The sentence of a key as plain text, its values filled in and made visible; `n` chooses one or many."""
        return self._pattern(key, values).format_map({name: self.show(value) for name, value in values.items()})

    def say(self, key: str, /, **values: object) -> Markup:
        """The sentence of a key as HTML: values escaped, `code` between backquotes of the catalogue's own text."""
        pattern = _CODE.sub(r"<code>\1</code>", str(escape(self._pattern(key, values))))
        shown = {
            name: value if isinstance(value, Markup) else escape(self.show(value)) for name, value in values.items()
        }
        return Markup(pattern.format_map(shown))  # noqa: S704 - the pattern is ours and every value is escaped

    def term(self, group: str, value: object) -> str:
        """The word for one allowed value (`verdict`, `not decided`); one that the catalogue lacks stays as it is."""
        return self.sentences.get(f"{group}.{value}", visible(str(value)))

    def has(self, key: str) -> bool:
        """Whether the catalogue has the key."""
        return key in self.sentences

    def _pattern(self, key: str, values: Mapping[str, object]) -> str:
        if "n" in values and f"{key}.one" in self.sentences:
            return self.sentences[f"{key}.one" if _whole(values["n"]) == 1 else f"{key}.many"]
        return self.sentences[key]

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, value: object) -> str:
        """Any value as plain visible text: numbers grouped, nothing as a dash, lists with commas."""
        if value is None:
            return "–"
        if isinstance(value, bool):
            return self.sentences["word.yes" if value else "word.no"]
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, list | tuple):
            return ", ".join(self.show(part) for part in value) or "–"
        return visible(str(value))

    def number(self, value: int | str | None) -> str:
        """A whole number, also one that the document carries as a decimal string, with its thousands apart."""
        if value is None:
            return "–"
        return f"{int(value):,}".replace(",", self.sentences["number.thousands"])

    def amount(self, text: str | None) -> str:
        """An amount of money, `-2345.10` as `−2,345.10`; any other text stays as it is."""
        found = _AMOUNT.fullmatch(text or "")
        if not found:
            return self.show(text)
        sign, whole, fraction = found.groups()
        tail = f"{self.sentences['number.decimal']}{fraction}" if fraction else ""
        minus = self.sentences["number.minus"] if sign else ""
        return f"{minus}{self.number(whole)}{tail}"

    def percent(self, part: int | str, whole: int | str, decimals: int = 1) -> str:
        """`part` of `whole` in percent, rounded towards zero, so that 100 % is said only of all of it."""
        share = int(part) * 100 * 10**decimals // int(whole) if int(whole) else 0
        units, fraction = divmod(share, 10**decimals)
        tail = f"{self.sentences['number.decimal']}{fraction:0{decimals}d}" if decimals else ""
        return f"{self.number(units)}{tail}{self.sentences['number.percent']}"

    def instant(self, text: str | None) -> str:
        """`2022-11-03T14:05:11.000000Z` as `2022-11-03 14:05:11`; a fraction of a second stays when there is one."""
        found = _INSTANT.fullmatch(text or "")
        if not found:
            return self.show(text)
        day, time, fraction = found.groups()
        tail = "" if fraction == "000000" else f"{self.sentences['number.decimal']}{fraction}"
        return f"{self.day(day)} {time}{tail}"

    def day(self, text: str | None) -> str:
        """The day of a date or an instant in digits: `2022-11-03`, or as the language writes it; others stay."""
        found = re.match(r"(\d{4})-(\d\d)-(\d\d)", text or "")
        if not found:
            return self.show(text)
        year, month, day = found.groups()
        return self.sentences["date.numeric"].format(year=year, month=month, day=day)

    def date(self, text: str, *, short: bool = False) -> str:
        """`2022-11-03`, or an instant of that day, as `3 November 2022`, or `3 Nov 2022` in short."""
        found = re.match(r"(\d{4})-(\d\d)-(\d\d)", text)
        if not found:
            return self.show(text)
        year, month, day = found.groups()
        name = self.sentences.get(f"month.short.{int(month)}" if short else f"month.{int(month)}", month)
        number = self.sentences["date.first"] if int(day) == 1 else int(day)
        return self.sentences["date.long"].format(year=year, month=name, day=number)

    def duration(self, text: str) -> str:
        """`PT15M` as `15 minutes`, `P1Y` as `year`, `P3M` as `quarter`; any other text stays as it is."""
        if f"duration.{text}" in self.sentences:
            return self.sentences[f"duration.{text}"]
        found = _DURATION.fullmatch(text)
        if not found:
            return self.show(text)
        days, day_unit, times, time_unit = found.groups()
        unit = day_unit or f"T{time_unit}"
        return self.plain(f"duration.{unit}", n=int(days or times))


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and _DIGITS.fullmatch(value)) else 0


@cache
def _load(language: str) -> Words:
    folder = files("tallystick.report").joinpath("languages")
    names = (f"{language}.toml", f"changes.{language}.toml")
    texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in names]
    sentences = {key: word for text in texts for key, word in _flat("", tomllib.loads(text))}
    return Words(language=language, sentences=sentences)


def _flat(prefix: str, tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in tree.items():
        flat += _flat(f"{prefix}{key}.", value) if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return flat
