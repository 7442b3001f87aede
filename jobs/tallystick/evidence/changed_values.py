"""Every value that two documents state differently, found by what it is about and not by where in a list it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

from tallystick.evidence.canonical import LARGEST_INTEGER, Json
from tallystick.evidence.changed_words import label, words_of
from tallystick.evidence.shape import WIDE

SAME_THING: Mapping[str, tuple[str, ...]] = {
    "apps": ("app",),
    "days": ("date",),
    "months": ("month",),
    "routes": ("method", "route"),
    "statuses": ("status",),
    "by_credential": ("app", "credential", "digest", "hint"),
    "peaks": ("version", "clause"),
    "agreements": ("version",),
    "clauses": ("version", "clause"),
    "measures": ("reading", "key"),
    "limits": ("reading",),
    "findings": ("id",),
    "windows": ("reading", "start_at"),
    "evidence": ("file_id", "position"),
    "earlier": ("period", "id"),
    "exposures": ("currency",),
    "of": ("version", "clause"),
    "sources": ("source",),
    "hours": ("source", "date"),
    "gaps": ("source", "epoch", "first_missing"),
    "refused_files": ("source", "file"),
    "repeated_files": ("source", "file"),
    "late_files": ("source", "file"),
    "rejected_entries": ("reason",),
    "files": ("source", "name", "file_id"),
}
"""Of each list, the keys by which one of its elements is the same thing in two documents."""
SAID_AGAIN = frozenset({"sentence", "reasons", "not_seen", "query"})
"""Sentences and SQL made of numbers that stand elsewhere in the document, where their changes are listed."""
MONEY = frozenset({"low", "high", "owed", "paid", "underpaid", "interest", "share"})
"""Keys whose text is a decimal number."""
NAMES = frozenset(
    {
        *("seen", "app", "name", "id", "key", "source", "file", "file_id", "request_id", "method", "route", "use_case"),
        *("credential", "digest", "hint"),
    }
)
"""Keys whose text is no number, whatever it looks like."""
_DECIMAL = re.compile(r"-?[0-9]{1,80}(?:\.[0-9]{1,40})?", re.ASCII)

DEEPEST = 40
"""Steps into a document; no report has as many, and what lies deeper is only counted."""
_WIDE = Context(prec=200)

Steps = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value: `before` is None where only the later document has it (`added`), `after` where only the earlier.

    Of what only one document has, the numbers are listed; where it has none, itself, with nothing before and after.
    """

    path: str
    words: str
    kind: str
    is_number: bool
    before: Json
    after: Json
    by: int | str | None
    """after - before of two numbers; money as decimal text."""


def changes_of(before: Json, after: Json, name: str) -> list[Change]:
    """What differs in the member `name` of two documents; neither need have it. Sentences of numbers are left out."""
    return list(_differing(before, after, (name,)))


_NOTHING = object()


def _differing(before: Json, after: Json, steps: Steps) -> Iterator[Change]:
    if before is not _NOTHING and after is not _NOTHING and before == after and type(before) is type(after):
        return
    if steps[-1] in SAID_AGAIN:
        return
    parts = [each for each in (before, after) if isinstance(each, dict | list)]
    if not parts:
        change = _change(before, after, steps)
        if change.is_number or change.kind == "changed":
            yield change
        return
    if _is_words(parts):
        if before is not _NOTHING and after is not _NOTHING:
            yield _change(_plain(before), _plain(after), steps)
        return
    before, after = (_NOTHING if each is None else each for each in (before, after))  # null instead of a list or object
    kind = type(parts[0])
    if len(steps) > DEEPEST or any(not isinstance(each, kind) for each in (before, after) if each is not _NOTHING):
        yield _change(_plain(before), _plain(after), steps)
        return
    found = False
    old, new = _paired(before, after, steps)
    for key in dict.fromkeys((*old, *new)):
        for change in _differing(old.get(key, _NOTHING), new.get(key, _NOTHING), (*steps, key)):
            found = True
            yield change
    is_one = isinstance(parts[0], dict) and bool(parts[0])
    if not found and is_one and (before is _NOTHING or after is _NOTHING):
        yield _change(_NOTHING if before is _NOTHING else None, _NOTHING if after is _NOTHING else None, steps)


def _paired(before: Json, after: Json, steps: Steps) -> tuple[dict[str | int, Json], dict[str | int, Json]]:
    old, new = (_members(each, steps) for each in (before, after))
    if old is None or new is None:
        return _by_place(before), _by_place(after)
    return old, new


def _is_words(parts: list[Json]) -> bool:
    """Whether all that is there are lists of text, which are one value each."""
    return all(isinstance(each, list) and all(isinstance(one, str) for one in each) for each in parts)


def _members(value: Json, steps: Steps) -> dict[str | int, Json] | None:
    """The members by key, or by what the elements are about; None for elements that only their place tells apart."""
    if isinstance(value, dict):
        return dict(value)
    if not isinstance(value, list):
        return {}
    keys = SAME_THING.get(str(steps[-1]), ())
    if not all(isinstance(one, dict) and all(key in one for key in keys) for one in value) or not keys:
        return None
    named: dict[str | int, Json] = {
        label([one[key] for key in keys]): {key: each for key, each in one.items() if key not in keys} or True
        for one in value
    }
    return named if len(named) == len(value) else None


def _by_place(value: Json) -> dict[str | int, Json]:
    if isinstance(value, dict):
        return dict(value)
    return dict(enumerate(value)) if isinstance(value, list) else {}


def _plain(value: Json) -> Json:
    """A list of words as one text; of any other list or object only that it is there."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return f"{len(value)} values" if isinstance(value, dict | list) else value


def _change(before: Json, after: Json, steps: Steps) -> Change:
    kind = "added" if before is _NOTHING else "removed" if after is _NOTHING else "changed"
    old, new = (None if each is _NOTHING else each for each in (before, after))
    numbers = [_number(each, steps[-1]) for each in (old, new)]
    return Change(
        path=_path(steps),
        words=words_of(steps),
        kind=kind,
        is_number=any(each is not None for each in numbers),
        before=old,
        after=new,
        by=None if numbers[0] is None or numbers[1] is None else _difference(numbers[0], numbers[1]),
    )


def _number(value: Json, key: str | int) -> int | Decimal | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or key in NAMES or not _DECIMAL.fullmatch(value):
        return None
    if key in MONEY:
        return Decimal(value)
    return int(value) if re.fullmatch(WIDE, value, re.ASCII) and abs(int(value)) > LARGEST_INTEGER else None


def _difference(old: int | Decimal, new: int | Decimal) -> int | str:
    if isinstance(old, int) and isinstance(new, int):
        return new - old
    return f"{_WIDE.subtract(Decimal(new), Decimal(old)):f}"


def _path(steps: Steps) -> str:
    """`clauses[2021-07-01 / daily-volume].counted`: as a reader of JSON writes it, with names for places in lists."""
    path = ""
    for place, step in enumerate(steps):
        inside = isinstance(step, int) or (place > 0 and steps[place - 1] in SAME_THING)
        path += f"[{step}]" if inside else f".{step}" if path else str(step)
    return path
