"""What one version of an agreement says otherwise than another, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.agreements.limit import LimitClause
from tallystick.agreements.version import AnyClause, Version
from tallystick.clauses.kinds import KINDS
from tallystick.clauses.limit_words import terms_of

OF_VERSION = ("licensee", "title", "version", "in_force_from", "in_force_until", "time_zone", "amends", "response_days")
IN_WORDS = {"in_force_from": "beginning", "in_force_until": "end", "says": "words", "cites": "paragraph"}
"""Keys that read badly in a sentence, as people call them."""
NAMED = ("id", "readings")
"""Keys of a clause that are compared otherwise than by their values."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that differs: of which clause and reading (None: of the version), which key, from what to what."""

    clause: str | None
    reading: str | None
    key: str | None
    before: Any
    after: Any
    words: str


def changes(before: Version, after: Version) -> list[Change]:
    """Everything that differs, but for cases, which bind nobody: the version first, then clause by clause."""
    found = list(_keys(None, None, _shown(before, OF_VERSION), _shown(after, OF_VERSION)))
    old, new = ({clause.id: clause for clause in version.clauses} for version in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            found.append(_whole(old[name], None))
        elif name not in old:
            found.append(_whole(None, new[name]))
        else:
            found.extend(_clause(old[name], new[name]))
    return found


def _clause(before: AnyClause, after: AnyClause) -> Iterator[Change]:
    yield from _keys(before.id, None, _stated(before), _stated(after))
    old, new = ({one.id: one for one in getattr(clause, "readings", ())} for clause in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if name in old and name in new:
            yield from _keys(before.id, name, _stated(old[name]), _stated(new[name]))
            continue
        clause, one, verb = (before, old[name], "removed") if name in old else (after, new[name], "added")
        assert isinstance(clause, LimitClause)
        said = terms_of(clause.limit_as(one))
        yield Change(
            clause=before.id,
            reading=name,
            key=None,
            before=said if name in old else None,
            after=said if name in new else None,
            words=f"clause {before.id}: reading {name} {verb}: {said}",
        )


def _whole(before: AnyClause | None, after: AnyClause | None) -> Change:
    one = after or before
    assert one is not None
    said = f"{one.kind}, {KINDS[one.kind].terms(one)}"
    verb = "removed" if after is None else "added"
    return Change(
        clause=one.id,
        reading=None,
        key=None,
        before=None if before is None else said,
        after=None if after is None else said,
        words=f"clause {one.id} {verb} ({one.cites}): {said}",
    )


def _keys(
    clause: str | None, reading: str | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    whose = "" if clause is None else f"clause {clause}: " if reading is None else f"clause {clause}, {reading}: "
    for key in dict.fromkeys((*before, *after)):
        old, new, name = before.get(key), after.get(key), IN_WORDS.get(key, key)
        if old == new:
            continue
        if old is None:
            words = f"{name} added: {_value(new)}"
        elif new is None:
            words = f"{name} removed, which was {_value(old)}"
        elif isinstance(old, list) and isinstance(new, list):
            words = f"{name}{_lists(old, new)}"
        else:
            words = f"{name} from {_value(old)} to {_value(new)}"
        yield Change(clause=clause, reading=reading, key=key, before=old, after=new, words=f"{whose}{words}")


def _lists(old: list[Any], new: list[Any]) -> str:
    added, gone = [one for one in new if one not in old], [one for one in old if one not in new]
    parts = [f"{verb} {_value(some)}" for verb, some in (("with", added), ("without", gone)) if some]
    return f" now {' and '.join(parts)}"


def _value(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | list | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return value if value and value.isascii() and " " not in value else f"“{value}”"


def _stated(part: Any) -> dict[str, Any]:
    """The keys that a clause or reading states, those inside of others as `counts.routes` or `tiers[0].price`."""
    return dict(_flat("", part.model_dump(mode="json", exclude_none=True, exclude=set(NAMED), by_alias=True)))


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(f"{name}.{key}" if name else key, one)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for place, one in enumerate(value):
            yield from _flat(f"{name}[{place}]", one)
    else:
        yield name, sorted(value, key=str) if isinstance(value, list) else value  # a list says which, in any order


def _shown(version: Version, names: tuple[str, ...]) -> dict[str, Any]:
    said: dict[str, Any] = version.model_dump(mode="json", include=set(names))
    return dict(_flat("", {name: said[name] for name in names}))
