"""Every planted fact of the demo world, counted once more from its files by plain Python."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from demo.plain_reader import Logs, Read, instant_us, read_logs
from tallystick.demo.world import damage, plan_world, truth, write_day, write_project, write_truth

QUARTER_US = 15 * 60 * 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Year:
    folder: Path
    scale: Decimal
    truth: dict[str, Any]
    logs: Logs
    counted_once: list[Read]

    def of(self, licensee: str | None) -> list[Read]:
        return [request for request in self.counted_once if request.licensee == licensee]

    def versions(self, licensee: str) -> list[dict[str, Any]]:
        return [yaml.safe_load(file.read_text()) for file in sorted((self.folder / "agreements" / licensee).glob("*"))]

    def zone(self, licensee: str) -> ZoneInfo:
        return ZoneInfo(yaml.safe_load((self.folder / "register" / f"{licensee}.yaml").read_text())["time_zone"])

    def in_period(self, licensee: str) -> list[Read]:
        zone = self.zone(licensee)
        return [request for request in self.of(licensee) if local(request.us, zone).year == 2022]

    def bound_by(self, licensee: str, version: int) -> list[Read]:
        starts = [midnight_us(one["in_force_from"], self.zone(licensee)) for one in self.versions(licensee)]
        until = starts[version + 1] if version + 1 < len(starts) else 2**62
        return [request for request in self.in_period(licensee) if starts[version] <= request.us < until]


@pytest.fixture(scope="module", params=[(7, "0.0001"), (11, "0.00001")], ids=["seed 7", "seed 11, tiny"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    seed, scale = request.param
    folder = tmp_path_factory.mktemp("world")
    world = plan_world(seed, Decimal(scale))
    write_project(world, folder)
    file = write_truth(world, [write_day(world, day, folder) for day in world.days], folder)
    logs = read_logs(folder)
    repeated = {one["file"] for one in json.loads(file.read_text())["repeated_files"]}
    return Year(
        folder=folder,
        scale=world.scale,
        truth=json.loads(file.read_text()),
        logs=logs,
        counted_once=[request for request in logs.requests if request.file not in repeated],
    )


def local(us: int, zone: ZoneInfo) -> datetime:
    return (EPOCH + timedelta(microseconds=us)).astimezone(zone)


def utc(request: Read) -> datetime:
    return local(request.us, ZoneInfo("UTC"))


def midnight_us(day: date, zone: ZoneInfo) -> int:
    since = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) - EPOCH
    return since // timedelta(microseconds=1)


def amounts(requests: Iterable[Read]) -> dict[str, Any]:
    requests = list(requests)
    known = [request.records for request in requests if request.records is not None]
    return {
        "requests": len(requests),
        "records": {"sum": sum(known), "known": len(known), "unknown": len(requests) - len(known)},
        "response_bytes": {
            "sum": sum(request.response_bytes for request in requests),
            "known": len(requests),
            "unknown": 0,
        },
        "throttled": sum(request.status == 429 for request in requests),
        "errors": sum(request.status >= 400 and request.status != 429 for request in requests),
    }


def by(requests: Iterable[Read], key: Callable[[Read], Any]) -> dict[Any, list[Read]]:
    groups: dict[Any, list[Read]] = defaultdict(list)
    for request in requests:
        groups[key(request)].append(request)
    return dict(groups)


def counting(requests: Iterable[Read]) -> list[int]:
    return sorted(request.us for request in requests if request.status != 429)


def brute_force(instants: list[int]) -> list[tuple[int, int]]:
    """Each instant with the number of instants in the 15 minutes up to and with it: O(n·w), nothing clever."""
    used = []
    for place, instant in enumerate(instants):
        first = place
        while first > 0 and instants[first - 1] > instant - QUARTER_US:
            first -= 1
        last = place
        while last + 1 < len(instants) and instants[last + 1] == instant:
            last += 1
        used.append((instant, last - first + 1))
    return used


def episodes(used: list[tuple[int, int]], limit: int) -> list[dict[str, Any]]:
    runs: list[list[tuple[int, int]]] = [[]]
    for one in used:
        if one[1] > limit:
            runs[-1].append(one)
        elif runs[-1]:
            runs.append([])
    return [
        {
            "first_at": run[0][0],
            "last_at": run[-1][0],
            "peak": max(count for _, count in run),
            "peak_at": min(instant for instant, count in run if count == max(count for _, count in run)),
            "requests_over": len(run),
        }
        for run in runs
        if run
    ]


def in_us(fact: dict[str, Any]) -> dict[str, Any]:
    return {name: instant_us(value) if name.endswith("_at") else value for name, value in fact.items()}


# ── the ledger ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_entry_is_in_one_box_and_the_boxes_add_up(year: Year) -> None:
    ledger = year.truth["ledger"]

    assert ledger["accepted"] == len(year.logs.requests)
    assert ledger["rejected"] == sum(year.logs.unreadable.values())
    assert ledger["entries"] == ledger["accepted"] + ledger["rejected"]
    assert ledger["unique"] == len(year.counted_once) == ledger["accepted"] - ledger["duplicate"]
    assert ledger["unattributed"] == len(year.of(None)) > 0
    assert ledger["attributed"] == sum(1 for request in year.counted_once if request.licensee)
    for name in ("entries", "rejected", "accepted", "duplicate", "unique", "not_entries"):
        assert ledger[name] == sum(host[name] for host in year.truth["hosts"])


def test_every_host_has_a_file_a_day(year: Year) -> None:
    by_host = by(year.counted_once, lambda request: request.host)

    assert [host["host"] for host in year.truth["hosts"]] == ["edge-01", "edge-02", "edge-03", "edge-04"]
    for host in year.truth["hosts"]:
        folder = year.folder / "logs" / host["source"] / host["host"]
        assert len(list(folder.iterdir())) == host["files"] + host["repeated_files"]
        assert host["files"] == 365
        assert host["unique"] == len(by_host[host["host"]])


def test_only_the_damaged_file_has_lines_that_cannot_be_read(year: Year) -> None:
    [damaged] = year.truth["damaged_files"]

    assert year.logs.unreadable == {damaged["file"]: sum(damaged["rejected"].values())}
    assert year.logs.blank == {damaged["file"]: damaged["not_entries"]}
    assert damaged["rejected"] == damage.rejected_by_reason()


def test_lines_stand_in_order_of_time_on_their_day(year: Year) -> None:
    for name, requests in by(year.logs.requests, lambda request: request.file).items():
        assert [request.us for request in requests] == sorted(request.us for request in requests)
        day = name.rpartition("/")[2][:10]
        assert {(EPOCH + timedelta(microseconds=request.us)).date().isoformat() for request in requests} == {day}


def test_numbers_run_without_gap_but_for_the_lost_hour(year: Year) -> None:
    [gap] = year.truth["gaps"]
    epochs = by((request for request in year.counted_once if request.number), lambda one: (one.host, one.number[0]))

    jumps = []
    for (host, epoch), requests in epochs.items():
        requests.sort(key=lambda request: (request.us, request.number))
        for before, after in pairwise(requests):
            missing = after.number[1] - before.number[1] - 1
            if missing:
                jumps.append((host, epoch, before, after, missing))

    [(host, epoch, before, after, missing)] = jumps
    assert (host, epoch, missing) == (gap["host"], gap["epoch"], gap["missing"])
    assert (before.number[1] + 1, after.number[1] - 1) == (gap["first_missing"], gap["last_missing"])
    assert (before.us, after.us) == (instant_us(gap["after_at"]), instant_us(gap["before_at"]))


def test_the_host_that_lost_an_hour_has_no_line_in_it_while_others_have(year: Year) -> None:
    [gap] = year.truth["gaps"]
    start, end = instant_us(gap["lost_from"]), instant_us(gap["lost_until"])
    hosts = Counter(request.host for request in year.counted_once if start <= request.us < end)

    assert end - start == 4 * QUARTER_US
    assert hosts[gap["host"]] == 0
    assert hosts.total() > 0


def test_the_host_that_was_restarted_begins_another_epoch_at_one(year: Year) -> None:
    [restart] = year.truth["restarts"]
    requests = [request for request in year.counted_once if request.host == restart["host"]]
    epochs = by(requests, lambda request: request.number[0])

    assert list(epochs) == restart["epochs"]
    assert min(request.number[1] for request in epochs[restart["epochs"][1]]) == 1
    assert min(request.us for request in epochs[restart["epochs"][1]]) >= instant_us(restart["at"])
    assert max(request.us for request in epochs[restart["epochs"][0]]) < instant_us(restart["at"])
    assert len({request.number[0] for request in year.counted_once if request.host == "edge-01"}) == 1


def test_the_repeated_file_is_the_only_one_with_bytes_of_another(year: Year) -> None:
    [again] = year.truth["repeated_files"]
    names = by((year.folder / "logs").rglob("*.gz"), lambda path: path.read_bytes())
    repeated = [sorted(paths) for data, paths in names.items() if len(paths) > 1 and len(data) > 100]

    assert [[path.relative_to(year.folder).as_posix() for path in paths] for paths in repeated] == [
        sorted([again["file"], again["repeats"]])
    ]
    assert again["entries"] == year.truth["ledger"]["duplicate"]


# ── licensees ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_letters_totals_are_exact_in_the_files(year: Year) -> None:
    letters = amounts(year.of("halcyon"))

    assert letters["requests"] == 780_000_000 * year.scale
    assert letters["records"]["sum"] == 26_000_000_000 * year.scale
    assert letters["throttled"] > 0
    assert letters["errors"] > 0
    assert {request.records for request in year.of("halcyon") if request.status != 200} == {0}


def test_the_sums_of_every_licensee_and_app_are_true(year: Year) -> None:
    for name, said in year.truth["licensees"].items():
        requests = year.in_period(name)
        credentials = Counter(request.credential for request in requests if request.credential)
        apps = by(requests, lambda request: request.app)
        assert said["summary"] == {**amounts(requests), "apps": len(apps), "credentials": len(credentials)}
        assert said["outside_period"] == len(year.of(name)) - len(requests)
        assert set(said["apps"]) >= set(apps)
        for app, mine in apps.items():
            assert {key: said["apps"][app][key] for key in amounts(mine)} == amounts(mine)
            assert instant_us(said["apps"][app]["first_at"]) == min(request.us for request in mine)
            assert instant_us(said["apps"][app]["last_at"]) == max(request.us for request in mine)
            assert said["apps"][app]["credentials"] == Counter(one.credential for one in mine if one.credential)


def test_consumption_by_day_month_status_and_hour_is_true(year: Year) -> None:
    for name, said in year.truth["licensees"].items():
        requests = year.in_period(name)
        told = said["consumption"]
        assert told["days"] == {
            day: amounts(mine) for day, mine in by(requests, lambda one: utc(one).strftime("%Y-%m-%d")).items()
        }
        months = by(requests, lambda one: utc(one).strftime("%Y-%m"))
        assert told["months"] == {
            f"2022-{month:02}": amounts(months.get(f"2022-{month:02}", ())) for month in range(1, 13)
        }
        assert told["statuses"] == Counter(str(request.status) for request in requests)
        hours = Counter((utc(one).weekday(), utc(one).hour) for one in requests)
        assert told["weekday_hours"] == [[hours[weekday, hour] for hour in range(24)] for weekday in range(7)]


def test_consumption_by_route_is_true_where_the_log_names_the_route(year: Year) -> None:
    checked = 0
    for name, said in year.truth["licensees"].items():
        requests = year.in_period(name)
        if all(request.route for request in requests):
            routes = by(requests, lambda one: f"{one.method} {one.route}")
            assert said["consumption"]["routes"] == {route: amounts(mine) for route, mine in routes.items()}
            checked += 1

    assert checked == 22 - 3


def test_paths_fit_their_routes(year: Year) -> None:
    for request in year.counted_once[:: len(year.counted_once) // 2_000]:
        if request.route:
            before, _, after = request.route.partition("{")
            parameter = request.path.removeprefix(before).removesuffix(after.partition("}")[2])
            assert parameter.isdigit() if "{" in request.route else request.path == request.route


# ── the letter's clauses ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("version", [0, 1])
def test_the_yearly_cap_of_each_version_is_crossed_at_the_request_after_the_last_that_it_allows(
    year: Year, version: int
) -> None:
    said = year.truth["licensees"]["halcyon"]["versions"][version]
    cap = said["clauses"]["yearly-volume"]
    counted = counting(year.bound_by("halcyon", version))

    [window] = cap["windows"]
    assert said["requests"] == len(year.bound_by("halcyon", version))
    assert cap["counted"] == cap["used"] == window["used"] == len(counted)
    assert window["over"] == len(counted) - cap["max"] > 0
    assert instant_us(window["crossed_at"]) == counted[cap["max"]]
    assert window["served_over"] == sum(instant >= counted[cap["max"]] for instant in counted)
    assert (window["start_at"][:10], window["end_at"][:10]) == ("2022-01-01", "2023-01-01")


@pytest.mark.parametrize("version", [0, 1])
def test_every_episode_is_what_brute_force_finds_and_there_is_no_other(year: Year, version: int) -> None:
    clause = year.truth["licensees"]["halcyon"]["versions"][version]["clauses"]["quarter-hour"]
    apps = by(year.bound_by("halcyon", version), lambda request: request.app)

    assert set(clause["apps"]) == set(apps)
    for app, requests in apps.items():
        said = clause["apps"][app]
        used = brute_force(counting(requests))
        assert said["counted"] == len(used)
        assert said["peak"] == max(count for _, count in used)
        assert instant_us(said["peak_at"]) == min(instant for instant, count in used if count == said["peak"])
        assert [in_us(episode) for episode in said["episodes"]] == episodes(used, clause["max"])
        assert said["requests_over"] == sum(count > clause["max"] for _, count in used)
        assert said["verdict"] == ("exceeded" if said["episodes"] else "kept")
    exceeded = {app for app, said in clause["apps"].items() if said["episodes"]}
    assert exceeded == {"halcyon-monitor", "halcyon-archive", "halcyon-signal"}


def test_fixed_quarter_hours_are_what_a_plain_count_finds(year: Year) -> None:
    clause = year.truth["licensees"]["halcyon"]["versions"][1]["clauses"]["quarter-hour"]
    reading = clause["readings"]["fixed-quarters"]["apps"]

    for app, requests in by(year.bound_by("halcyon", 1), lambda request: request.app).items():
        windows = by(counting(requests), lambda instant: instant // QUARTER_US * QUARTER_US)
        largest = max(len(inside) for inside in windows.values())
        assert reading[app]["peak"] == largest
        assert instant_us(reading[app]["peak_at"]) == min(
            start for start, mine in windows.items() if len(mine) == largest
        )
        assert [in_us(window) for window in reading[app]["windows"]] == [
            {
                "start_at": start,
                "end_at": start + QUARTER_US,
                "used": len(inside),
                "over": len(inside) - clause["max"],
                "crossed_at": inside[clause["max"]],
                "served_over": sum(instant >= inside[clause["max"]] for instant in inside),
            }
            for start, inside in sorted(windows.items())
            if len(inside) > clause["max"]
        ]
    assert clause["apps"]["halcyon-archive"]["verdict"] == "exceeded"
    assert reading["halcyon-archive"]["verdict"] == "kept"


def test_one_burst_crosses_midnight_and_one_has_ties_and_some_are_refused(year: Year) -> None:
    versions = year.truth["licensees"]["halcyon"]["versions"]
    found = [
        one
        for version in versions
        for said in version["clauses"]["quarter-hour"]["apps"].values()
        for one in said["episodes"]
    ]
    signal = Counter(request.us for request in year.of("halcyon") if request.app == "halcyon-signal")

    assert any(one["first_at"][:10] < one["last_at"][:10] for one in found)
    assert max(signal.values()) == 3
    assert sum(burst["throttled"] for burst in year.truth["bursts"]) > 0


def test_an_app_makes_no_other_request_within_fifteen_minutes_of_its_burst(year: Year) -> None:
    for burst in year.truth["bursts"]:
        mine = sorted(request.us for request in year.counted_once if request.app == burst["app"])
        start = instant_us(burst["start_at"])
        first = next(place for place, instant in enumerate(mine) if instant >= start)
        last = first + burst["requests"] - 1
        assert mine[first] - mine[first - 1] > QUARTER_US
        assert mine[last + 1] - mine[last] > QUARTER_US


def test_calls_without_an_approved_use_case_are_counted_by_app_and_version(year: Year) -> None:
    register = yaml.safe_load((year.folder / "register/halcyon.yaml").read_text())
    approved = {app["app"]: app.get("use_case", {}).get("approved", date(9999, 1, 1)) for app in register["apps"]}
    lacking = set()
    for version in (0, 1):
        mine = [
            request
            for request in year.bound_by("halcyon", version)
            if local(request.us, ZoneInfo("UTC")).date() < approved[str(request.app)]
        ]
        said = year.truth["licensees"]["halcyon"]["versions"][version]["clauses"]["approved-purpose"]["apps"]
        assert said == {
            app: {"requests": len(these), "not_throttled": sum(one.status != 429 for one in these)}
            for app, these in by(mine, lambda request: request.app).items()
        }
        lacking |= set(said)

    assert len(lacking) == 6


def test_an_app_called_after_it_was_ended(year: Year) -> None:
    [said] = year.truth["licensees"]["halcyon"]["after_end"]
    late = [one for one in year.of("halcyon") if one.app == said["app"] and one.us >= instant_us(said["ended_at"])]

    assert said["ended_at"] == "2022-10-01T00:00:00.000000Z"
    assert said["requests"] == len(late) > 0
    assert said["not_throttled"] == sum(request.status != 429 for request in late)


# ── those who keep their terms ────────────────────────────────────────────────────────────────────────────────────


def largest(requests: list[Read], clause: dict[str, Any], zone: ZoneInfo) -> int:
    """The most that any window of a clause holds."""
    if clause["window"] == "sliding":
        assert (clause["of"], clause["within"]) == ("requests", "PT15M")
        apps = by(requests, lambda request: request.app).values()
        return max((count for mine in apps for _, count in brute_force(counting(mine))), default=0)
    form = {"P1D": "%Y-%m-%d", "P1M": "%Y-%m", "P1Y": "%Y"}[clause["within"]]
    key = {"licensee": lambda one: "", "credential": lambda one: one.credential}[clause["per"]]
    windows = by(
        (one for one in requests if one.status != 429), lambda one: (key(one), f"{local(one.us, zone):{form}}")
    )
    weigh = {
        "requests": lambda one: 1,
        "records": lambda one: one.records,
        "response_bytes": lambda one: one.response_bytes,
    }
    return max(sum(weigh[clause["of"]](one) for one in mine) for mine in windows.values())


def test_twenty_licensees_keep_every_limit_and_every_call_has_an_approved_use_case(year: Year) -> None:
    kept = [name for name, said in year.truth["licensees"].items() if said["conclusion"] == "within terms"]
    kinds = set()

    assert len(kept) == 20
    for name in kept:
        for place, version in enumerate(year.versions(name)):
            requests = year.bound_by(name, place)
            said = year.truth["licensees"][name]["versions"][place]["clauses"]
            assert len(requests) == year.truth["licensees"][name]["versions"][place]["requests"]
            for clause in version["clauses"]:
                if clause["kind"] == "limit":
                    most = largest(requests, clause, ZoneInfo(version["time_zone"]))
                    assert most <= clause["max"], (name, clause["id"])
                    kinds.add((clause["of"], clause["per"], clause["window"], clause["within"]))
                assert said[clause["id"]]["verdict"] == ("not checked" if clause["kind"] == "text" else "kept")
        for app in yaml.safe_load((year.folder / "register" / f"{name}.yaml").read_text())["apps"]:
            assert max(app["registered"], app["use_case"]["approved"]) < date(2022, 1, 1)
            assert "ended" not in app

    assert len(kinds) == 6


def test_a_lawful_licensee_comes_up_to_its_limit_exactly_and_another_stays_a_window_apart(year: Year) -> None:
    pinwheel = year.truth["licensees"]["pinwheel"]["versions"][0]["clauses"]["quarter-hour"]
    bellmoor = year.truth["licensees"]["bellmoor"]["versions"][0]["clauses"]["quarter-hour"]

    assert pinwheel["apps"]["pinwheel-desk"]["peak"] == pinwheel["max"]
    assert bellmoor["apps"]["bellmoor-gauge"]["peak"] == bellmoor["max"]
    [burst] = [burst for burst in year.truth["bursts"] if burst["app"] == "bellmoor-gauge"]
    start = instant_us(burst["start_at"])
    inside = [one.us for one in year.of("bellmoor") if start <= one.us <= start + QUARTER_US]
    assert len(inside) == bellmoor["max"] + 1
    assert max(inside) - min(inside) == QUARTER_US


def test_a_lawful_licensee_uses_many_credentials(year: Year) -> None:
    assert year.truth["licensees"]["lanternfish"]["summary"]["credentials"] > 60


def test_a_licensee_without_an_agreement_has_traffic_and_no_conclusion(year: Year) -> None:
    said = year.truth["licensees"]["quillwort"]

    assert said["conclusion"] == "unable to conclude"
    assert said["versions"] == []
    assert said["summary"]["requests"] == len(year.of("quillwort")) > 0


def test_only_the_letters_licensee_is_outside_its_terms(year: Year) -> None:
    outside = [name for name, said in year.truth["licensees"].items() if said["conclusion"] == "outside terms"]

    assert outside == ["halcyon"]
    assert {one["clause"] for one in year.truth["licensees"]["halcyon"]["exceeded"]} == {
        "yearly-volume",
        "quarter-hour",
        "approved-purpose",
    }


def test_records_are_unknown_behind_nginx_and_nowhere_else(year: Year) -> None:
    for name, said in year.truth["licensees"].items():
        records = said["summary"]["records"]
        if name in ("orchard-vale", "lowmarsh"):
            assert (records["sum"], records["known"]) == (0, 0)
        elif name == "mossgrove":
            assert records["known"] > 0
            assert records["unknown"] > 0
        else:
            assert records["unknown"] == 0


def test_the_truth_of_a_year_needs_every_day_of_it(tmp_path: Path) -> None:
    world = plan_world(7, Decimal("0.00001"))

    with pytest.raises(ValueError, match="every day"):
        truth(world, [write_day(world, world.days[0], tmp_path)])
