"""`tallystick audit --clause` and `--as-if`: what would come out, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.command_line import Ran, tallystick
from stages.world import AGREEMENT, World

pytestmark = pytest.mark.spark


def audit(world: World, *more: str | Path) -> Ran:
    return tallystick("audit", "--project", world.folder, "--licensee", "kestrel", "--period", "2024-03", *more)


def proposal(world: World, old: str, new: str) -> Path:
    assert AGREEMENT.count(old) == 1
    return world.write("proposed/2025-01-01.yaml", AGREEMENT.replace(old, new))


def test_one_clause_is_shown_as_the_audit_judged_it_and_nothing_is_written(finished: World) -> None:
    before = finished.versions()

    told = audit(finished, "--clause", "burst", "--json")

    judged = {
        one["key"]: one for one in next(c for c in finished.report()["clauses"] if c["clause"] == "burst")["measures"]
    }
    assert {one["key"]: (one["verdict"], one["peak"], one["used"]) for one in told.data} == {
        key: (one["verdict"], one["peak"], one["used"]) for key, one in judged.items()
    }
    assert {one["clause"] for one in told.data} == {"burst"}
    assert finished.versions() == before


def test_one_clause_reads_as_a_line_a_measure(finished: World) -> None:
    told = audit(finished, "--clause", "daily-volume")

    assert told.stdout == (
        "kestrel  2024-01-01  daily-volume  as written  kestrel  exceeded: 9 against 8, from usage_app_slot\n"
    )


def test_a_proposal_with_another_number_is_judged_from_the_same_small_tables(finished: World) -> None:
    before = finished.versions()
    file = proposal(finished, "max: 8", "max: 9")

    told = audit(finished, "--as-if", file, "--json").data

    as_if = {one["clause"]: one for one in told["as_if"]}
    assert (as_if["daily-volume"]["verdict"], as_if["daily-volume"]["rows_read"]) == ("kept", 0)
    assert "daily-volume: exceeded by 2024-01-01; kept as if" in told["changes"]
    assert "burst: exceeded by 2024-01-01; the same as if" in told["changes"]
    assert finished.versions() == before


def test_a_proposal_that_asks_for_another_sum_is_judged_from_requests(finished: World) -> None:
    file = proposal(finished, "within: PT1M", "within: PT2M")

    told = audit(finished, "--as-if", file, "--clause", "burst", "--json").data

    assert [(one["clause"], one["verdict"], one["decided_from"]) for one in told["as_if"]] == [
        ("burst", "exceeded", ["request"])
    ]


FEE = """
  - {id: fee, cites: "§ 7", says: A fee., kind: fee, of: requests, currency: USD, price: "0.50"}
"""


def test_what_would_be_owed_under_other_prices_is_said(finished: World) -> None:
    finished.write("agreements/kestrel/2024-01-01.yaml", AGREEMENT.rstrip() + FEE)
    file = finished.write("proposed/2025-01-01.yaml", AGREEMENT.rstrip() + FEE.replace('"0.50"', '"0.75"'))

    one = audit(finished, "--clause", "fee")
    as_if = audit(finished, "--as-if", file)

    assert "fee  as written  2024-03  not decided: owed 6.50 USD for 13, from usage_app_slot\n" in one.stdout
    assert "fee: not decided, owed 6.50 USD by 2024-01-01; not decided, owed 9.75 USD as if\n" in as_if.stdout


def test_a_clause_more_or_less_is_said(finished: World) -> None:
    file = proposal(finished, "id: no-resale", "id: no-lending")

    told = audit(finished, "--as-if", file)

    assert "no-resale: not checked by 2024-01-01; the proposal does not state it\n" in told.stdout
    assert "no-lending: not stated; not checked as if\n" in told.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--clause", "nonsense"), "no version in force in 2024-03 has a clause 'nonsense'"),
        (("--clause", "burst", "--fail-on", "minor"), "--fail-on asks about a whole audit"),
    ],
)
def test_what_cannot_be_tried_is_refused(finished: World, more: tuple[str, ...], said: str) -> None:
    refused = audit(finished, *more, "--json")

    assert (refused.code, said in refused.data["what"]) == (2, True)


def test_a_proposal_is_of_the_licensee_it_is_held_against(finished: World) -> None:
    file = proposal(finished, "licensee: kestrel", "licensee: otter")

    refused = audit(finished, "--as-if", file, "--json")

    assert (refused.code, refused.data["what"]) == (2, f"{file} is an agreement of 'otter', not of 'kestrel'")


def test_a_proposal_needs_a_licensee(finished: World) -> None:
    file = proposal(finished, "max: 8", "max: 9")

    refused = tallystick("audit", "--project", finished.folder, "--period", "2024-03", "--as-if", file, "--json")

    assert (refused.code, refused.data["next_step"]) == (2, "name it with --licensee")


def test_a_clause_that_the_proposal_lacks_is_named(finished: World) -> None:
    file = proposal(finished, "max: 8", "max: 9")

    refused = audit(finished, "--as-if", file, "--clause", "other", "--json")

    assert refused.code == 2
    assert refused.data["next_step"].startswith("take one of: daily-volume, burst")
