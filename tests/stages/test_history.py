"""How far back a call asks, from the gateway's log to a verdict; other logs do not say it."""

from __future__ import annotations

from typing import Any

import pytest

from stages.world import World, a_call, numbered
from tallystick.tables.request import REQUEST

CLAUSE = """
  - {id: recent, cites: "§ 7", says: Nothing older than a week., kind: routes, history: P7D}
"""


@pytest.fixture
def world_with_history(world: World) -> World:
    """The small world under an agreement that permits a week of history, on a day of its own."""
    world.edit("agreements/kestrel/2024-01-01.yaml", "    kind: text\n", f"    kind: text\n{CLAUSE.rstrip()}\n")
    return world


def asking(*history: Any) -> list[dict[str, Any]]:
    calls = [a_call(f"05-10 10:00:{place:02}", history_from=one) for place, one in enumerate(history)]
    return numbered(calls, first=1000)


@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        (("2024-05-10T10:00:00Z", "2024-05-03T10:00:01Z"), "kept"),
        (("2024-05-10T10:00:00Z", "2024-05-03T10:00:00.999999Z"), "exceeded"),
        (("2024-05-10T10:00:00Z", None), "not decided"),
    ],
)
def test_what_the_gateway_says_of_history_is_judged(
    world_with_history: World, history: tuple[str | None, ...], verdict: str
) -> None:
    world_with_history.log("2024-05-10", asking(*history))
    world_with_history.run(period="2024-05")

    clauses = {one["clause"]: one for one in world_with_history.report(period="2024-05")["clauses"]}
    assert clauses["recent"]["verdict"] == verdict
    assert clauses["recent"]["decided_from"] == ["usage_scope"]


def test_logs_that_do_not_say_it_leave_it_unknown(world_with_history: World) -> None:
    world_with_history.count()

    assert {row["history_from"] for row in world_with_history.rows(REQUEST)} == {None}
