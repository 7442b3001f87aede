"""API Commons rate-limits into a draft agreement: a list of limits, bare or under properties of type RateLimits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tallystick.commands.import_draft import BY, OPEN, UNITS, Draft, Drafted, refused, text_of, whole, window_of

NAME = "API Commons rate-limits"
PER = {"Platform": "licensee", "Organization": "licensee", "Application": "app", "User": "user"}
"""Whose budget a limit is, for the types that name somebody."""
PARTS = {"Model": "model", "Endpoint": "endpoint", "Resource": "resource"}
"""The types that name a part of the API, and what they call it."""
METRICS = {"request": "requests", "operation": "requests", "byte": "response_bytes"}
UNMEASURED = ("token", "input-token", "output-token", "connection", "job", "event")
NEEDED = ("name", "type", "limit", "metric", "timeframe", "description")
SCHEMA = "see rate-limits-json-schema.yml of api-commons/rate-limits"


def is_api_commons(value: Any) -> bool:
    """Whether a file is a list whose first part looks like a limit or like a property that holds some."""
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict):
        return False
    return first.get("type") == "RateLimits" or not {"limit", "metric", "timeframe"}.isdisjoint(first)


def draft_api_commons(file: Path, value: list[Any], plan: str | None) -> Draft:
    """The draft: a clause for each entry, of one `plan` (what the format calls tier) where one is named.

    Raises BadConfigurationError for an entry that is none, or several tiers of which none is named.
    """
    entries = list(_entries(file, value))
    tiers = dict.fromkeys(text_of(one["tier"]) for _, one in entries if "tier" in one)
    if plan is not None and plan not in tiers:
        known = ", ".join(tiers) or "none"
        raise refused(file, "", f"there is no tier {plan!r}", f"the file has these tiers: {known}")
    if plan is None and len(tiers) > 1:
        raise refused(file, "", f"there are {len(tiers)} tiers", f"name one with --plan: {', '.join(tiers)}")
    chosen = [(at, one) for at, one in entries if "tier" not in one or plan is None or text_of(one["tier"]) == plan]
    return Draft(
        title=f"Rate limits{f', {plan}' if plan else ''}",
        read_from=NAME,
        clauses=tuple(_clause(file, at, one) for at, one in chosen),
        comments=("That format does not say either since when these limits bind whom.",),
    )


def _entries(file: Path, value: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, one in enumerate(value):
        inside = one.get("data") if isinstance(one, dict) and one.get("type") == "RateLimits" else None
        if inside is None:
            yield from _entry(file, f"[{place}]", one, {})
            continue
        if not isinstance(inside, list) or not inside:
            raise refused(file, f"[{place}].data", "a list of limits is needed", SCHEMA)
        for number, part in enumerate(inside):
            yield from _entry(file, f"[{place}].data[{number}]", part, one)


def _entry(file: Path, at: str, one: Any, around: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(one, dict):
        raise refused(file, at, "this is no limit: keys are needed, each with its value", SCHEMA)
    for key in NEEDED:
        if one.get(key) is None:
            raise refused(file, f"{at}.{key}", "this key is missing", SCHEMA)
    for key, known in (
        ("type", (*PER, *PARTS)),
        ("metric", (*METRICS, "concurrent-request", *UNMEASURED)),
        ("timeframe", tuple(UNITS)),
    ):
        if one[key] not in known:
            raise refused(file, f"{at}.{key}", f"{text_of(one[key])!r} is none of {', '.join(known)}", SCHEMA)
    yield at, {**{key: around[key] for key in ("url", "source_date") if key in around}, **one}


def _clause(file: Path, at: str, one: Mapping[str, Any]) -> Drafted:
    """A limit, a clause of kind concurrency, or words that no log can check, with why."""
    says = text_of(one["description"])
    origin = [text_of(one[key]) for key in ("url", "source_date") if key in one]
    cites = " of ".join(reversed(origin)) or text_of(one["name"])
    most, metric = whole(one["limit"]), str(one["metric"])
    comments = list(_left_open(one))
    keys: dict[str, Any]
    if metric in UNMEASURED:
        return _words(one, cites, says, f"a log of requests has no {metric}s")
    if most is None:
        raise refused(
            file, f"{at}.limit", f"{text_of(one['limit'])} is no whole number", "write it in digits alone: 250000"
        )
    if one.get("userMultiplied") is True:
        return _words(one, cites, says, "the limit grows with the number of users, which no log states")
    per = PER.get(str(one["type"]), "licensee")
    if metric == "concurrent-request":
        keys = {"kind": "concurrency", "per": per, "max": most}
    else:
        found = window_of(str(one["timeframe"]), 1)
        assert found is not None
        keys = {"kind": "limit", "of": METRICS[metric], "per": per, "max": most, **found[0]}
        comments.append(f"Not said: {OPEN['window']}.")
    comments.append(f"Not said: {OPEN['status']}.")
    return Drafted(name=str(one["name"]), cites=cites, says=says, keys=keys, comments=tuple(comments))


def _left_open(one: Mapping[str, Any]) -> Iterator[str]:
    """What an entry leaves open, as comments."""
    kind = str(one["type"])
    if kind in PARTS:
        yield (
            f"Not said: which routes the {PARTS[kind]} is; add `counts: {{routes: [...]}}`, else the clause counts "
            f"every route. Not said either: {OPEN['per']}; the licensee is assumed."
        )
    elif kind == "User":
        yield "Said: a limit by user. A user may mean an account of the API: then write per: licensee or app."
    if "domains" in one:
        yield f"Said, and no clause can count by host: only for {text_of(one['domains'])}."
    if "tier" in one:
        yield f"Said: for the tier {text_of(one['tier'])}."


def _words(one: Mapping[str, Any], cites: str, says: str, why: str) -> Drafted:
    number = f"{text_of(one['limit'])} {one['metric']}s {BY[one['timeframe']]}, by {one['type']}"
    return Drafted(
        name=str(one["name"]), cites=cites, says=says, keys={"kind": "text"}, comments=(f"{number}: {why}.",)
    )
