"""Every sum of every licensee that the demo's truth states, counted once more from its files by plain Python."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from demo.plain_reader import instant_us
from demo.world_year import (
    Year,
    amounts,
    by,
    utc,
)
from tallystick.demo.world import plan_world, truth, write_day


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
