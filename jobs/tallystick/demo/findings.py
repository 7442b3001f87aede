"""Everything that an audit of the demo's case must find, and nothing else: clause by clause, key by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Fact = dict[str, Any]
EXCEEDED = "exceeded"
WITHOUT_AGREEMENT, OFF_THE_REGISTER = "agreement-in-force", "registered-app"
STANDING = (WITHOUT_AGREEMENT, OFF_THE_REGISTER)
"""Rules that hold without a version."""


def findings(case: Fact) -> list[Fact]:
    """Period, licensee, version, clause and key of all that is exceeded under some reading, in order."""
    found = [
        *(one for name, facts in case["licensees"].items() for one in _of(case["period"], name, facts)),
        *_of(case["look_back"]["period"], case["look_back"]["licensee"], case["look_back"]),
        *(one for name, facts in case["planted"]["licensees"].items() for one in _planted(case["period"], name, facts)),
    ]
    return sorted(found, key=lambda one: [str(value) for value in one.values()])


def _of(period: str, licensee: str, facts: Fact) -> Iterator[Fact]:
    """What the world's truth says of one licensee."""
    for version in facts["versions"]:
        for clause, said in version["clauses"].items():
            for key in _keys(licensee, said):
                yield _finding(period, licensee, version["version"], clause, key)
    for late in facts["after_end"]:
        yield _finding(period, licensee, None, OFF_THE_REGISTER, late["app"])
    if not facts["versions"]:
        yield _finding(period, licensee, None, WITHOUT_AGREEMENT, licensee)


def _keys(licensee: str, said: Fact) -> list[str]:
    if said["verdict"] != EXCEEDED:
        return []
    if said["kind"] == "use_case":  # only apps that lack an approval are listed
        return list(said["apps"])
    return [app for app, one in said["apps"].items() if one["verdict"] == EXCEEDED] if "apps" in said else [licensee]


def _planted(period: str, licensee: str, facts: Fact) -> Iterator[Fact]:
    """What a scene says of one licensee."""
    for clause, said in facts["clauses"].items():
        readings = [said.get("keys", {}), *said.get("readings", {}).values()]
        over = {key for keys in readings for key, one in keys.items() if one["verdict"] == EXCEEDED}
        for key in sorted(over):
            yield _finding(period, licensee, None if clause in STANDING else facts["version"], clause, key)


def _finding(period: str, licensee: str, version: str | None, clause: str, key: str) -> Fact:
    return {"period": period, "licensee": licensee, "version": version, "clause": clause, "key": key}
