from __future__ import annotations

import random
from typing import Any

import pytest

from stages.recount import recount
from stages.world import AGREEMENT, SECOND_DAY, THIRD_DAY, World, a_call, as_lines, numbered, web_line
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.request import REQUEST
from tallystick.tables.sequence_gap import SEQUENCE_GAP

pytestmark = pytest.mark.spark

BOXES = ("entries", "rejected", "accepted", "duplicate", "unique", "unattributed", "attributed")
WHOSE = {"kes-board-1": "kestrel", "kes-board-2": "kestrel", "kes-batch-1": "kestrel", "otter-reader/1.4": "otter"}


def boxes(world: World) -> dict[tuple[str, str], dict[str, int]]:
    return {
        (str(row["event_date"]), row["source"]): {name: row[name] for name in BOXES if row[name]}
        for row in world.rows(DAY_LEDGER)
    }


def many_lines(seed: int) -> dict[str, bytes]:
    """Files of some hundred lines of three hosts and two days: repeated, damaged, of nobody."""
    chance = random.Random(seed)  # noqa: S311 - the same lines for the same seed
    clients = ["kes-board-1", "kes-batch-1", "stranger", None]
    calls = [
        a_call(
            f"03-0{chance.choice('12')} {chance.randrange(24):02d}:{chance.randrange(60):02d}:00",
            host=f"edge-{chance.randrange(3)}",
            client=chance.choice(clients),
            number=number,
        )
        for number in range(200)
    ]
    again = chance.sample(calls, 40)
    damaged = ["{", "[]", '"text"', '{"client": "kes-board-1"', "\x00"] * 3
    files = [chance.sample([*calls[:100], *again], 140), [*chance.sample(calls[100:], 100), *damaged, *again[:10]]]
    web = [web_line(f"0{chance.choice('12')}/Mar/2024:0{chance.randrange(10)}:00:00") for _ in range(30)]
    web += [web_line("02/Mar/2024:23:59:59", agent="curl/8"), "nonsense\n"]
    return {
        "logs/gateway/2024-03-01.jsonl": as_lines(files[0]),
        "logs/gateway/2024-03-02.jsonl": as_lines(files[1]),
        "logs/web/access.log": "".join(web).encode(),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_every_box_of_every_day_equals_a_recount_of_the_lines(world: World, seed: int) -> None:
    (world.folder / "logs/gateway/2024-03-03.jsonl").unlink()
    for name, lines in many_lines(seed).items():
        world.write(name, lines)

    world.count()

    assert boxes(world) == {place: dict(counts) for place, counts in recount(world.folder, whose=WHOSE).items()}


def test_the_small_world_equals_a_recount_too(finished: World) -> None:
    assert boxes(finished) == {place: dict(counts) for place, counts in recount(finished.folder, whose=WHOSE).items()}


def gaps(world: World) -> list[tuple[str, str | None, int, int]]:
    world.audit()
    world.publish()
    latest = max(int(path.name[1:]) for path in world.folder.glob("reports/kestrel/2024-03/r*"))
    listed = world.report(revision=latest)["completeness"]["gaps"]
    return [(gap["source"], gap["epoch"], gap["first_missing"], gap["last_missing"]) for gap in listed]


def test_a_jump_inside_a_day_and_one_over_midnight_are_lost_requests(finished: World) -> None:
    inside = [(row["first_missing"], row["last_missing"], row["missing"]) for row in finished.rows(SEQUENCE_GAP)]
    [source] = [one for one in finished.report()["completeness"]["sources"] if one["source"] == "gateway/edge-1"]

    assert inside == [(14, 15, 2)]
    assert gaps(finished) == [("gateway/edge-1", "e1", 10, 11), ("gateway/edge-1", "e1", 14, 15)]
    assert source["missing"] == 4
    assert [one for one in finished.report()["not_seen"] if one.startswith("4 requests") and "missing" in one]


def test_a_restart_begins_another_epoch_and_loses_nothing(finished: World) -> None:
    restarted = [{**call, "epoch": "e2", "seq": number} for number, call in enumerate(THIRD_DAY)]
    finished.log("2024-03-03", restarted)
    finished.count()

    assert gaps(finished) == [("gateway/edge-1", "e1", 10, 11), ("gateway/edge-1", "e1", 14, 15)]


def test_a_whole_day_without_entries_is_one_gap(finished: World) -> None:
    finished.log("2024-03-02", [])
    finished.count()

    assert gaps(finished) == [("gateway/edge-1", "e1", 10, 17)]


def test_numbers_that_come_late_close_a_gap(finished: World) -> None:
    late = [*numbered([a_call("03-01 23:59:30")] * 2, first=10), *numbered([a_call("03-02 08:30:00")] * 2, first=14)]
    finished.write("logs/gateway/late.jsonl", as_lines(late))
    finished.count()

    assert gaps(finished) == []


def test_numbers_that_pass_each_other_at_midnight_are_not_missing(finished: World) -> None:
    finished.log("2024-03-01", [a_call("03-01 23:59:59.90", number=10), a_call("03-01 23:59:59.95", number=12)])
    finished.log("2024-03-02", [a_call("03-02 00:00:00.01", number=11), a_call("03-02 00:00:00.02", number=13)])
    finished.log("2024-03-03", [])
    finished.count()

    assert gaps(finished) == []


@pytest.mark.parametrize(
    "change",
    [{"status": 500}, {"records": 6}, {"client": "kes-board-2"}, {"time": "2024-03-02T08:00:00.000001Z"}],
)
def test_equal_identity_with_other_content_is_a_conflict_and_counts_once(
    finished: World, change: dict[str, Any]
) -> None:
    finished.write("logs/gateway/other.jsonl", as_lines([{**SECOND_DAY[1], **change}]))

    finished.count()
    finished.audit()
    finished.publish()

    report = finished.report(revision=2)
    assert (report["reconciliation"]["conflict"], report["reconciliation"]["duplicate"]) == (1, 1)
    assert report["summary"]["requests"] == finished.report()["summary"]["requests"]
    both = [row for row in finished.rows(REQUEST) if row["conflict"]]
    assert sorted(row["is_duplicate"] for row in both) == [False, True]


def test_a_repeated_line_is_a_duplicate_without_conflict(finished: World) -> None:
    finished.write("logs/gateway/other.jsonl", as_lines([SECOND_DAY[1], a_call("03-02 10:00:00", number=20)]))

    finished.count()

    row = boxes(finished)["2024-03-02", "gateway/edge-1"]
    assert (row["accepted"], row["duplicate"], row["unique"]) == (6, 1, 5)
    assert [row for row in finished.rows(REQUEST) if row["conflict"]] == []


def test_traffic_without_an_agreement_is_a_finding_and_no_breach(finished: World) -> None:
    finished.audit(licensee="otter")
    finished.publish(licensee="otter")

    report = finished.report(licensee="otter")
    assert report["summary"]["requests"] == 3
    assert report["agreements"] == []
    assert {(one["clause"], one["requests"]) for one in report["findings"]} == {("agreement-in-force", 3)}
    assert report["conclusion"] == "unable to conclude"


def test_a_licensee_without_a_call_gets_a_report_too(finished: World) -> None:
    finished.write("register/wren.yaml", "licensee: wren\nname: Wren Ltd\napps: []\n")
    finished.write("agreements/wren/2024-01-01.yaml", AGREEMENT.replace("kestrel", "wren"))

    finished.run(licensee="wren")

    report = finished.report(licensee="wren")
    assert (report["conclusion"], report["summary"]["requests"]) == ("within terms", 0)


def test_each_version_judges_its_own_requests(finished: World) -> None:
    amended = AGREEMENT.replace("2024-01-01", "2024-03-01T12:00:00Z").replace("max: 8", "max: 3").replace("eight", "3")
    finished.write("agreements/kestrel/2024-03-01.yaml", amended)

    finished.run()

    report = finished.report(revision=2)
    assert [(one["version"], one["requests"]) for one in report["agreements"]] == [
        ("2024-01-01", 5),
        ("2024-03-01", 9),
    ]
    daily = {one["version"]: one for one in report["clauses"] if one["clause"] == "daily-volume"}
    assert (daily["2024-01-01"]["verdict"], daily["2024-01-01"]["measures"][0]["peak"]) == ("kept", 5)
    assert (daily["2024-03-01"]["verdict"], daily["2024-03-01"]["measures"][0]["peak"]) == ("exceeded", 4)
    [finding] = [one for one in report["findings"] if one["clause"] == "daily-volume"]
    [window] = finding["windows"]
    assert (window["start_at"], window["clipped"]) == ("2024-03-01T00:00:00.000000Z", True)


def test_requests_before_the_first_version_are_a_finding(finished: World) -> None:
    (finished.folder / "agreements/kestrel/2024-01-01.yaml").rename(
        finished.folder / "agreements/kestrel/2024-03-02.yaml"
    )
    finished.edit("agreements/kestrel/2024-03-02.yaml", "in_force_from: 2024-01-01", "in_force_from: 2024-03-02")

    finished.run()

    report = finished.report(revision=2)
    [finding] = [one for one in report["findings"] if one["clause"] == "agreement-in-force"]
    assert finding["requests"] == 9
    assert {one["received_at"][:10] for one in finding["evidence"]} == {"2024-03-01"}


def test_a_period_within_a_day_counts_only_its_requests(finished: World) -> None:
    finished.audit(period="2024-03-01T10:00:05Z/2024-03-01T23:58:00Z")
    finished.publish(period="2024-03-01T10:00:05Z/2024-03-01T23:58:00Z")

    report = finished.report(period="2024-03-01T100005Z_2024-03-01T235800Z")
    assert report["summary"]["requests"] == 6
    assert report["reconciliation"]["this_licensee"] == 9


def test_every_reason_of_every_damaged_line_is_in_the_report(finished: World) -> None:
    good = numbered([a_call("03-04 10:00:00")] * 6, first=20)
    finished.log("2024-03-04", [*good, "{", "{}", '{"time": 3, "seq": -1}'])

    finished.run()

    told = finished.report(revision=2)["completeness"]["rejected_entries"]
    reasons = {one["reason"]: (one["entries"], one["bytes"]) for one in told}
    assert reasons == {
        "bad_number": (1, 22), "bad_time": (1, 22), "no_time": (1, 2), "not_in_format": (1, 25), "not_json": (1, 1),
    }  # fmt: skip
    assert finished.report(revision=2)["reconciliation"]["rejected"] == 4


def reasons(world: World, period: str) -> tuple[int, dict[str, int]]:
    world.audit(period=period)
    world.publish(period=period)
    report = world.report(period=period)
    listed = {one["reason"]: one["entries"] for one in report["completeness"]["rejected_entries"]}
    return report["reconciliation"]["rejected"], listed


def test_a_damaged_line_is_of_the_day_of_the_line_before_it_in_every_report(finished: World) -> None:
    good = numbered([*[a_call("02-28 10:00:00")] * 3, *[a_call("02-29 10:00:00")] * 3, a_call("03-01 10:00:00")])
    finished.log("2024-03-01", ["{", *good[:3], "[1]", "[2]", *good[3:6], '"x"', "7", good[6], "{}"])
    finished.count()

    assert reasons(finished, "2024-02-28") == (3, {"not_json": 1, "not_an_object": 2})
    assert reasons(finished, "2024-02-29") == (2, {"not_an_object": 2})
    assert reasons(finished, "2024-03-01") == (1, {"no_time": 1})
    assert reasons(finished, "2024-02") == (5, {"not_json": 1, "not_an_object": 4})


def test_damaged_lines_are_counted_as_often_as_they_were_delivered(finished: World) -> None:
    finished.write("sources/archive.yaml", "folder: logs/archive\n")
    for name in ("gateway/2024-03-04.jsonl", "gateway/again.jsonl", "archive/copy.jsonl"):
        finished.write(f"logs/{name}", as_lines([*numbered([a_call("03-04 10:00:00")] * 3, first=20), "{"]))
    finished.count()

    assert reasons(finished, "2024-03-04") == (3, {"not_json": 3})
