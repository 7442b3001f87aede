"""Every clause of the letter's licensee, judged once more from the demo's files by brute force."""

from __future__ import annotations

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest
import yaml

from demo.plain_reader import instant_us
from demo.world_year import (
    QUARTER_US,
    Year,
    brute_force,
    by,
    counting,
    episodes,
    in_us,
    local,
)


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
