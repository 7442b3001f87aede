"""A fee and two declarations from the log to a published report that agrees with itself."""

from __future__ import annotations

import pytest

from stages.world import World
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify
from tallystick.tables.measure import MEASURE

CLAUSES = """
  - id: fee
    cites: "§ 7"
    says: Two and a half dollars a call, at least ten dollars a month.
    kind: fee
    of: requests
    currency: USD
    price: "2.50"
    minimum: "10.00"
    cost_share: "5 %"
    interest: {rate: "10 %", due_days: 30, until: 2024-06-01}
  - {id: ended, cites: "§ 8", says: The batch app stopped., kind: declared, stopped: 2024-03-02, app: kestrel-batch}
  - {id: seats, cites: "§ 8", says: At most five users., kind: declared, users: 5}
"""
PAID = 'paid: [{month: 2024-02, amount: "9.99", currency: USD}, {month: 2024-03, amount: "20.00", currency: USD}]\n'


@pytest.fixture
def judged(world: World) -> World:
    """The small world under an agreement with a fee, February and March published."""
    world.edit("agreements/kestrel/2024-01-01.yaml", "    kind: text\n", f"    kind: text\n{CLAUSES.rstrip()}\n")
    world.edit("register/kestrel.yaml", "name: Kestrel Metrics Ltd\n", f"name: Kestrel Metrics Ltd\n{PAID}")
    world.run(period="2024-02-01/2024-04-01")
    return world


PERIOD = "2024-02-01_2024-04-01"


def test_a_fee_and_declarations_reach_a_report_that_agrees_with_itself(judged: World) -> None:
    report = judged.report(period=PERIOD)

    verdicts = {one["clause"]: one["verdict"] for one in report["clauses"]}
    assert {name: verdicts[name] for name in ("fee", "ended", "seats")} == {
        "fee": "exceeded",
        "ended": "exceeded",
        "seats": "not decided",  # the log shows no user
    }
    assert all(one["in_period"] == one["counted"] + one["out_of_scope"] for one in report["clauses"])
    assert verify(str(judged.folder / "reports/kestrel" / PERIOD / "r1"), S3Settings()).files


def test_the_report_states_money_as_decimal_text(judged: World) -> None:
    [fee] = [one for one in judged.report(period=PERIOD)["clauses"] if one["clause"] == "fee"]

    stated = [(one["key"], *(one["money"][name] for name in ("owed", "paid", "underpaid"))) for one in fee["measures"]]
    assert stated == [
        ("2024-02", "10.00", "9.99", "0.01"),
        ("2024-03", "32.50", "20.00", "12.50"),
        ("total", "42.50", "29.99", "12.51"),
    ]
    total = fee["measures"][-1]["money"]
    assert (total["share"], total["share_reached"], total["interest"]) == ("29.4353", True, "0.11")


def test_a_month_without_a_request_is_a_finding_without_evidence(judged: World) -> None:
    findings = {one["key"]: one for one in judged.report(period=PERIOD)["findings"] if one["clause"] == "fee"}

    assert findings["2024-02"]["sentence"] == (
        "2024-02: owed 10.00 USD for 0 requests by § 7, paid 9.99 USD, 0.01 USD less"
    )
    assert (findings["2024-02"]["requests"], findings["2024-02"]["evidence"]) == (0, [])
    assert findings["2024-03"]["money"]["underpaid"] == "12.50"
    assert findings["total"]["requests"] == findings["2024-03"]["requests"] == 13
    assert findings["2024-03"]["evidence"][0]["position"] == 1


def test_what_was_paid_makes_the_audit_of_its_licensee_stale(judged: World) -> None:
    judged.edit("register/kestrel.yaml", '"20.00"', '"32.50"')

    assert judged.audit(period="2024-02-01/2024-04-01").changed
    rows = [row["verdict"] for row in judged.rows(MEASURE) if (row["clause"], row["key"]) == ("fee", "2024-03")]
    assert rows == ["kept"]
