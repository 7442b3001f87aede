"""Every number that the look-back's truth states of 2021, counted once more from its files by plain Python."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.plain_reader import Read, instant_us, read_logs
from demo.world_year import amounts, brute_force, by, counting, episodes, in_us, utc
from tallystick.demo.look_back import look_back_truth, plan_look_back, write_look_back, write_monday
from tallystick.demo.look_back.plan import MONDAYS
from tallystick.demo.world import plan_world, write_project

NOTHING = {"sum": 0, "known": 0, "unknown": 0}
NO_YEAR = {
    "versions": [],
    "apps": {},
    "after_end": [],
    "summary": {"requests": 0, "records": NOTHING, "response_bytes": NOTHING, "throttled": 0, "errors": 0},
}
"""What is true of 2022 where nothing is made in it."""

Json = dict[str, Any]


class Mondays:
    def __init__(self, seed: int, scale: str, folder: Path) -> None:
        look_back = plan_look_back(plan_world(seed, Decimal(scale)))
        write_project(look_back.world, folder)
        write_look_back(look_back, folder)
        written = [write_monday(look_back, monday, folder) for monday in range(len(MONDAYS))]
        self.scale = Decimal(scale)
        self.folder = folder
        self.truth: Json = look_back_truth(look_back, written, NO_YEAR)
        self.requests: list[Read] = read_logs(folder).requests
        files = sorted((folder / "agreements" / "halcyon").glob("*"))
        self.agreements: list[Json] = [yaml.safe_load(file.read_text()) for file in files]

    def bound_by(self, place: int) -> list[Read]:
        starts = [instant_us(version["in_force_from"]) for version in self.truth["versions"]]
        until = starts[place + 1] if place + 1 < len(starts) else 2**62
        return [request for request in self.requests if starts[place] <= request.us < until]


@pytest.fixture(scope="module", params=[(7, "0.0001"), (11, "0.00001")], ids=["seed 7", "seed 11, tiny"])
def mondays(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mondays:
    seed, scale = request.param
    return Mondays(seed, scale, tmp_path_factory.mktemp("mondays"))


def test_the_totals_of_2021_are_exact_in_the_files(mondays: Mondays) -> None:
    assert len(mondays.requests) == 208_000_000 * mondays.scale
    assert sum(request.records or 0 for request in mondays.requests) == 6_900_000_000 * mondays.scale
    said = {name: mondays.truth["summary"][name] for name in amounts([])}
    assert said == amounts(mondays.requests)
    assert mondays.truth["ledger"]["entries"] == len(mondays.requests)


def test_every_request_is_made_on_a_monday_of_2021_by_an_app_that_was_registered(mondays: Mondays) -> None:
    register = yaml.safe_load((mondays.folder / "register/halcyon.yaml").read_text())
    registered = {app["app"]: app["registered"] for app in register["apps"]}

    for request in mondays.requests:
        day = utc(request).date()
        assert (day.year, day.weekday()) == (2021, 0)
        assert registered[str(request.app)] <= day
        assert request.licensee == "halcyon"


def test_the_bulk_hosts_numbers_run_without_a_gap(mondays: Mondays) -> None:
    numbers = [request.number[1] for request in mondays.requests if request.number]

    assert numbers[0] == 1
    assert {after - before for before, after in pairwise(numbers)} == {1}
    assert [one.us for one in mondays.requests] == sorted(one.us for one in mondays.requests)


def test_six_versions_follow_each_other_and_each_binds_what_was_made_in_its_time(mondays: Mondays) -> None:
    said = mondays.truth["versions"]

    assert [str(one["in_force_from"])[:10] for one in mondays.agreements] == [one["version"] for one in said]
    assert len(said) == 6
    for place, version in enumerate(said):
        assert version["requests"] == len(mondays.bound_by(place))
        assert version["in_force_until"] == (said[place + 1]["in_force_from"] if place < 5 else None)


def test_the_yearly_cap_of_each_version_is_crossed_where_a_plain_count_crosses_it(mondays: Mondays) -> None:
    for place, version in enumerate(mondays.truth["versions"]):
        cap, counted = version["clauses"]["yearly-volume"], counting(mondays.bound_by(place))
        assert (cap["counted"], cap["used"]) == (len(counted), len(counted))
        assert cap["verdict"] == ("exceeded" if len(counted) > cap["max"] else "kept")
        assert [one["crossed_at"] for one in cap["windows"]] == [
            one["crossed_at"] for one in cap["windows"] if instant_us(one["crossed_at"]) == counted[cap["max"]]
        ]
        assert [one["over"] for one in cap["windows"]] == [len(counted) - cap["max"]] * (len(counted) > cap["max"])


def test_every_episode_of_2021_is_what_brute_force_finds(mondays: Mondays) -> None:
    found = 0
    for place, version in enumerate(mondays.truth["versions"]):
        said = version["clauses"]["quarter-hour"]
        apps = by(mondays.bound_by(place), lambda request: request.app)
        assert set(said["apps"]) == set(apps)
        for app, requests in apps.items():
            used = brute_force(counting(requests))
            facts = said["apps"][app]
            assert (facts["counted"], facts["peak"]) == (len(used), max(count for _, count in used))
            assert instant_us(facts["peak_at"]) == min(instant for instant, count in used if count == facts["peak"])
            assert [in_us(one) for one in facts["episodes"]] == episodes(used, said["max"])
            assert facts["requests_over"] == sum(count > said["max"] for _, count in used)
            found += len(facts["episodes"])
    assert found == 3


def test_either_side_of_a_version_is_up_to_its_limit_and_both_together_are_twice_that(mondays: Mondays) -> None:
    border = instant_us("2021-04-05T12:00:00Z")
    relay = [
        one.us for one in mondays.requests if one.app == "halcyon-relay" and utc(one).date().isoformat() == "2021-04-05"
    ]
    limits = [mondays.truth["versions"][place]["clauses"]["quarter-hour"]["max"] for place in (1, 2)]

    assert [sum(us < border for us in relay), sum(us >= border for us in relay)] == limits
    assert (max(us for us in relay if us < border), min(us for us in relay if us >= border)) == (border - 1, border)
    assert max(count for _, count in brute_force(sorted(relay))) == sum(limits)


def test_apps_without_an_approved_use_case_are_counted_by_version(mondays: Mondays) -> None:
    for place, version in enumerate(mondays.truth["versions"]):
        lacking = by(
            (one for one in mondays.bound_by(place) if one.app not in ("halcyon-monitor", "halcyon-relay")),
            lambda request: request.app,
        )
        assert version["clauses"]["approved-purpose"]["apps"] == {
            app: {"requests": len(these), "not_throttled": sum(one.status != 429 for one in these)}
            for app, these in lacking.items()
        }


def test_the_truth_of_the_look_back_needs_every_monday_of_it(tmp_path: Path) -> None:
    look_back = plan_look_back(plan_world(7, Decimal("0.00001")))

    with pytest.raises(ValueError, match="every Monday"):
        look_back_truth(look_back, [write_monday(look_back, 0, tmp_path)], NO_YEAR)


def test_a_monday_written_again_is_the_same_bytes(tmp_path: Path) -> None:
    look_back = plan_look_back(plan_world(7, Decimal("0.0001")))

    first, again = (write_monday(look_back, 13, tmp_path / name) for name in ("first", "again"))

    assert (tmp_path / "first" / first.file.name).read_bytes() == (tmp_path / "again" / again.file.name).read_bytes()
    assert first.file.sha256 == again.file.sha256
