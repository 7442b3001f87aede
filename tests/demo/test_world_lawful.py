"""Those who keep their terms keep them, counted once more from the demo's files by plain Python."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from demo.plain_reader import Read, instant_us
from demo.world_year import (
    QUARTER_US,
    Year,
    brute_force,
    by,
    counting,
    local,
)


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
