"""Which requests a clause counts: true, false, or not known, the same as the second opinion has it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from building import a_clause
from reference.limits import Call, Terms, fits, is_in_scope
from tallystick.duck import connect
from tallystick.tally.scope import condition, digest, like_pattern

METHODS = ("GET", "get", "POST", None)
ROUTES = ("/search", "/2/tweets/1", "/2/%", "/it's\\", "", None)
STATUSES = (200, 429, 500, None)
COUNTS: tuple[dict[str, Any], ...] = (
    {},
    {"except_status": []},
    {"except_status": [200, 429]},
    {"statuses": [200]},
    {"statuses": [200, 429], "except_status": [429]},
    {"methods": ["get"]},
    {"routes": ["GET /search"]},
    {"routes": ["/search", "* /2/%"]},
    {"routes": ["GET /2/*"]},
    {"routes": ["*"]},
    {"routes": ["/*it's\\"]},
    {"routes": ["GET /search"], "methods": ["GET"], "statuses": [200]},
)


@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_a_scope_says_yes_no_or_unknown_as_the_second_opinion_does(counts: dict[str, Any]) -> None:
    terms = Terms(
        of="requests",
        per="app",
        max=1,
        window="sliding",
        within="PT1S",
        except_status=tuple(counts.get("except_status", () if "statuses" in counts else (429,))),
        **{name: tuple(counts[name]) for name in ("statuses", "methods", "routes") if name in counts},
    )
    sql = condition(a_clause(counts=counts).limit_as(None).scope)
    asked = list(product(METHODS, ROUTES, STATUSES))

    found = [
        connection.execute(f"SELECT {sql} FROM (SELECT ? AS method, ? AS route, ?::INTEGER AS status)", one).fetchone()
        for connection in [connect()]
        for one in asked
    ]

    expected = [
        is_in_scope(
            Call(received_at=datetime(2022, 1, 1, tzinfo=UTC), method=method, route=route, status=status), terms
        )
        for method, route, status in asked
    ]
    assert [one[0] for one in found if one is not None] == expected


PATTERNS = ("*", "", "a*c", "*a*", "100%", "a_c", "\\*", "\\", "[ab]", "?", "a**c", "'", "ä*")
TEXTS = ("", "abc", "ac", "a_c", "100%", "1000", "\\x", "\\", "[ab]", "a", "?", "'", "äb", "a\nc", "ABC")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_only_the_star_is_special(pattern: str) -> None:
    connection = connect()

    found = [
        text
        for text in TEXTS
        if connection.execute("SELECT ? LIKE ? ESCAPE '\\'", [text, like_pattern(pattern)]).fetchone() == (True,)
    ]

    assert found == [text for text in TEXTS if fits(text, pattern)]
    assert pattern in found or pattern not in TEXTS


def test_equal_scopes_have_one_name_and_others_have_another() -> None:
    def name(**counts: Any) -> str:
        return digest(a_clause(counts=counts).limit_as(None).scope)

    assert name(methods=["get", "POST"]) == name(methods=["post", "GET", "get"])
    assert name() == name(except_status=[429]) != name(except_status=[])
    assert name(routes=None) != name(routes=["GET /a"])
