from __future__ import annotations

import pytest

from stages.world import World
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_scope import USAGE_SCOPE

CLAUSES = """
  - {id: only-posts, cites: "§ 7", says: Posts only., kind: routes, allowed: ["GET /2/posts/*"], methods: [GET]}
  - {id: only-users, cites: "§ 8", says: Users only., kind: routes, allowed: ["GET /2/users/*"]}
  - {id: revoked, cites: "§ 9", says: No revoked key., kind: term}
  - {id: registration, cites: "§ 9", says: While registered., kind: term, per: app}
  - {id: trial, cites: "§ 10", says: Trials are small., kind: environment, max: 1, window: calendar, within: P1D}
  - {id: agent, cites: "§ 11", says: Identify yourself., kind: identification, user_agent: ["kestrel/*"]}
  - {id: sharing, cites: "§ 12", says: One app each., kind: use_case, max_apps_per_use_case: 1}
"""


@pytest.fixture
def judged(world: World) -> World:
    """The small world under an agreement with a clause of every kind, published."""
    world.edit("agreements/kestrel/2024-01-01.yaml", "    kind: text\n", f"    kind: text\n{CLAUSES.rstrip()}\n")
    world.edit(
        "register/kestrel.yaml",
        "      - credential: kes-board-2\n",
        "      - {credential: kes-board-2, revoked: 2024-03-01T23:55:00Z}\n",
    )
    world.edit(
        "register/kestrel.yaml",
        "    ended: 2024-03-03\n",
        "    ended: 2024-03-03\n    environment: dev\n    use_case: {text: Dashboards}\n",
    )
    world.run()
    return world


def test_every_kind_reaches_a_report_that_agrees_with_itself(judged: World) -> None:
    report = judged.report()

    assert {one["clause"]: one["verdict"] for one in report["clauses"] if one["version"]} == {
        "daily-volume": "exceeded",
        "burst": "exceeded",
        "purpose": "exceeded",
        "no-resale": "not checked",
        "only-posts": "kept",
        "only-users": "exceeded",
        "revoked": "exceeded",
        "registration": "exceeded",
        "trial": "kept",
        "agent": "not decided",
        "sharing": "exceeded",
    }
    assert all(one["in_period"] == one["counted"] + one["out_of_scope"] for one in report["clauses"])
    assert all(one["out_of_scope"] >= 0 for one in report["clauses"])
    assert verify(str(judged.folder / "reports/kestrel/2024-03/r1"), S3Settings()).files


def test_findings_say_what_was_measured(judged: World) -> None:
    sentences = {one["sentence"] for one in judged.report()["findings"]}

    assert sentences >= {
        "kes-board-2: measured 3 requests where none is permitted by § 9",
        "kestrel-batch: measured 1 requests where none is permitted by § 9",
        "kestrel-batch: measured 1 requests where none is permitted by the register",
        "use case: Dashboards: measured 2 apps against 1 permitted by § 12",
        "kestrel-board: not decided, 12 of 12 requests are in logs that show no user agent",
    }


def test_a_clause_that_needs_a_summary_of_its_own_leaves_the_other_tables_as_they_are(finished: World) -> None:
    before = finished.days_of(USAGE_APP_ROUTE)
    scopes = len(finished.lake.files(USAGE_SCOPE))

    finished.edit("agreements/kestrel/2024-01-01.yaml", "    kind: text\n", f"    kind: text\n{CLAUSES.rstrip()}\n")
    finished.count()

    assert finished.days_of(USAGE_APP_ROUTE) == before
    assert len(finished.lake.files(USAGE_SCOPE)) == scopes + 7 * len(before)  # identification 3, routes 2 each
