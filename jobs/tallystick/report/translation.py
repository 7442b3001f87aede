"""Sentences that stand in English in a document, said in another language where the catalogue has their form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from tallystick.report.words import Words

_WHOLE = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_LENGTH = re.compile(r"(\d+) (day|hour|minute|second)s?")
_PRICE = re.compile(rf"({_WHOLE}(?:\.\d+)?) ([A-Z]{{3}})")
_DURATION_KEY = {"day": "D", "hour": "TH", "minute": "TM", "second": "TS"}
_PLACE = re.compile(r"\{(\w+)\}")
LONGEST = 2_000
"""Characters of a sentence that is looked at; a longer one stays in English."""


@dataclass(frozen=True, kw_only=True)
class _Form:
    """One sentence of the catalogue: its key, and how the English one reads with its values."""

    key: str
    pattern: re.Pattern[str]


def translated(text: str, words: Words) -> str | None:
    """The sentence in the language of `words`, its numbers as that writes them; None where its form is not known.

    A sentence of parts between semicolons is known when every part is. Values that are names stay as they are.
    """
    if len(text) > LONGEST:
        return None
    parts = text.split("; ")
    known = [said for part in parts if (said := _said("stated", part, words)) is not None]
    if len(known) == len(parts):
        return words.sentences["stated_parts.join"].join(known)
    return _said("stated", text, words)


def _said(group: str, text: str, words: Words) -> str | None:
    for form in _forms(group):
        found = form.pattern.fullmatch(text)
        if found is None:
            continue
        values = {name: _VALUES.get(name, _as_it_is)(value, words) for name, value in found.groupdict().items()}
        if all(value is not None for value in values.values()):
            return words.plain(form.key, **values)
    return None


@cache
def _forms(group: str) -> tuple[_Form, ...]:
    """The forms of a group, those with the most words of their own first: the others fit more than they mean."""
    english = Words.load("en").sentences
    forms = [(key, sentence) for key, sentence in english.items() if key.startswith(f"{group}.")]
    forms.sort(key=lambda form: -len(_PLACE.sub("", form[1])))
    return tuple(_Form(key=key, pattern=_pattern(sentence)) for key, sentence in forms)


def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = _PLACE.split(sentence)
    read = [
        rf"(?P<{piece}>{_WHOLE if piece in _NUMBERS else '.+?'})" if place % 2 else re.escape(piece)
        for place, piece in enumerate(pieces)
    ]
    return re.compile("".join(read), re.DOTALL | re.ASCII)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_NUMBERS = ("max", "used", "tolerance", "times")


def _as_it_is(text: str, words: Words) -> str | None:
    return text


def _number(text: str, words: Words) -> str | None:
    return words.number(text.replace(",", ""))


def _instant(text: str, words: Words) -> str | None:
    return words.instant(text)


def _length(text: str, words: Words) -> str | None:
    found = _LENGTH.fullmatch(text)
    return found and words.plain(f"duration.{_DURATION_KEY[found[2]]}", n=int(found[1]))


def _price(text: str, words: Words) -> str | None:
    found = _PRICE.fullmatch(text)
    return found and f"{words.amount(found[1].replace(',', ''))} {found[2]}"


def _within(group: str) -> Callable[[str, Words], str | None]:
    return lambda text, words: _said(group, text, words)


_VALUES: Mapping[str, Callable[[str, Words], str | None]] = {
    **dict.fromkeys(_NUMBERS, _number),
    "instant": _instant,
    "length": _length,
    "price": _price,
    **{name: _within(f"stated_{name}") for name in ("of", "one", "per", "unit", "window")},
    "limit": _within("stated"),
    "missing": _within("stated"),
}
