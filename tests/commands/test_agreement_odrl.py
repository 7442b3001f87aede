"""`tallystick agreements odrl`: one version as an ODRL 2.2 Agreement in JSON-LD."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commands.command_line import tallystick
from tallystick.clauses.kinds import KINDS

EVERY_KIND = """
licensee: acme
title: Terms
in_force_from: 2022-01-01
in_force_until: 2023-01-01
clauses:
  - {id: limit, cites: "§ 1", says: w, kind: limit, of: records, per: app, max: 5, window: sliding, within: PT1M,
     tolerance: 1, counts: {routes: ["GET /2/*"], statuses: [200]},
     readings: [{id: r, says: by the clock, window: calendar}]}
  - {id: backoff, cites: "§ 1", says: w, kind: backoff, within: PT1M}
  - {id: concurrency, cites: "§ 1", says: w, kind: concurrency, per: app, max: 4}
  - {id: deleted, cites: "§ 1", says: w, kind: declared, deleted: 2022-10-01, routes: ["GET /2/*"]}
  - {id: users, cites: "§ 1", says: w, kind: declared, users: 5000, within: P1M}
  - {id: environment, cites: "§ 1", says: w, kind: environment, max: 5, window: calendar, within: P1D}
  - {id: fee, cites: "§ 1", says: w, kind: fee, of: requests, currency: USD, per_units: 1000,
     tiers: [{up_to: 100, price: "0.50"}, {price: "0.40"}], interest: {rate: "8 %", until: 2023-06-30}}
  - {id: identification, cites: "§ 1", says: w, kind: identification, user_agent: ["halcyon/*"]}
  - {id: routes, cites: "§ 1", says: w, kind: routes, allowed: ["GET /2/*"], methods: [GET], history: P7D}
  - {id: term, cites: "§ 1", says: w, kind: term}
  - {id: use-case, cites: "§ 1", says: w, kind: use_case, max_apps_per_use_case: 1}
  - {id: text, cites: "§ 1", says: w, kind: text}
"""


def a_policy(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "2022-01-01.yaml"
    file.write_text(EVERY_KIND, "utf-8")
    ran = tallystick("agreements", "odrl", file)
    assert (ran.code, ran.stderr) == (0, "")
    found: dict[str, Any] = ran.data
    return found


def rules(policy: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Each rule and which kind it is, by the end of its name."""
    return {
        rule["uid"].rpartition("#")[2]: (kind, rule)
        for kind in ("permission", "prohibition", "obligation")
        for rule in policy[kind]
    }


def test_an_agreement_is_an_odrl_agreement_between_two_parties(tmp_path: Path) -> None:
    policy = a_policy(tmp_path)

    assert policy["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert (policy["@type"], policy["conflict"]) == ("Agreement", "prohibit")
    assert policy["uid"] == "urn:tallystick:agreement:acme:2022-01-01"
    assert policy["assigner"]["uid"] == "urn:tallystick:provider:the%20provider"
    assert policy["assignee"]["uid"] == "urn:tallystick:licensee:acme"


def test_every_clause_is_a_rule_of_its_name_with_its_words(tmp_path: Path) -> None:
    found = rules(a_policy(tmp_path))

    assert {name: kind for name, (kind, _) in found.items()} == {
        "in-force": "permission",
        "limit": "prohibition",
        "backoff": "prohibition",
        "concurrency": "prohibition",
        "deleted": "prohibition",
        "deleted-2": "obligation",
        "users": "prohibition",
        "environment": "prohibition",
        "fee": "obligation",
        "identification": "prohibition",
        "routes": "prohibition",
        "term": "prohibition",
        "use-case": "prohibition",
        "text": "obligation",
    }
    assert {rule["tallystick:kind"] for _, rule in found.values() if "tallystick:kind" in rule} == set(KINDS)
    assert all(rule["dct:source"] == "§ 1" for name, (_, rule) in found.items() if name != "in-force")


def test_every_rule_is_one_that_odrl_knows(tmp_path: Path) -> None:
    prefixes = set(a_policy(tmp_path)["@context"][1])

    def look(value: Any) -> None:
        if isinstance(value, list):
            for one in value:
                look(one)
        elif isinstance(value, dict):
            if "leftOperand" in value:
                assert value["operator"] in {"eq", "gt", "gteq", "lt", "lteq", "isA", "isAnyOf", "isNoneOf"}
                assert {"rightOperand", "rightOperandReference"} & set(value)
                left = value["leftOperand"]
                assert left in {"count", "dateTime", "payAmount", "purpose"} or left.partition(":")[0] in prefixes
            for key, one in value.items():
                assert ":" not in key or key.partition(":")[0] in prefixes, key
                look(one)

    for _, rule in rules(a_policy(tmp_path)).values():
        assert rule["target"] == "urn:tallystick:api"
        assert rule["action"]
        look(rule)


def test_a_limit_forbids_use_past_its_number_in_its_window(tmp_path: Path) -> None:
    _, rule = rules(a_policy(tmp_path))["limit"]

    assert [(one["leftOperand"], one["operator"], one["rightOperand"]) for one in rule["constraint"]] == [
        ("tallystick:records", "gt", {"@value": "6", "@type": "xsd:integer"}),
        ("tallystick:per", "eq", {"@id": "tallystick:app"}),
        ("tallystick:window", "eq", {"@id": "tallystick:sliding"}),
        ("tallystick:windowLength", "eq", {"@value": "PT1M", "@type": "xsd:duration"}),
        ("tallystick:route", "isAnyOf", ["GET /2/*"]),
        ("tallystick:status", "isAnyOf", [200]),
    ]
    assert rule["constraint"][0]["tallystick:tolerance"] == {"@value": "1", "@type": "xsd:integer"}
    [reading] = rule["tallystick:reading"]
    assert (reading["dct:identifier"], reading["constraint"][2]["rightOperand"]) == (
        "r",
        {"@id": "tallystick:calendar"},
    )


def test_a_permission_lasts_as_long_as_the_version(tmp_path: Path) -> None:
    _, rule = rules(a_policy(tmp_path))["in-force"]

    assert [(one["operator"], one["rightOperand"]["@value"]) for one in rule["constraint"]] == [
        ("gteq", "2022-01-01T00:00:00.000000Z"),
        ("lt", "2023-01-01T00:00:00.000000Z"),
    ]


def test_a_fee_is_owed_by_its_tariff(tmp_path: Path) -> None:
    _, rule = rules(a_policy(tmp_path))["fee"]

    [action] = rule["action"]
    assert action["rdf:value"] == {"@id": "http://www.w3.org/ns/odrl/2/compensate"}
    assert action["refinement"][0]["unit"] == "urn:iso:std:iso:4217:USD"
    tiers = rule["tallystick:tariff"]["tallystick:tiers"]["@list"]
    assert [one["tallystick:price"] for one in tiers] == ["0.50", "0.40"]
    assert rule["tallystick:tariff"]["tallystick:interest"]["tallystick:kind"] == "simple"
    assert rule["tallystick:tariff"]["tallystick:perUnits"] == {"@value": "1000", "@type": "xsd:integer"}


def test_what_is_written_is_ascii_and_the_same_each_time(project: Path) -> None:
    file = project / "agreements/acme/2024-01-01.yaml"
    file.write_text(file.read_text("utf-8").replace("No more than 20", r"No \x1b[31m \u202e more than 20"), "utf-8")

    first, second = (tallystick("agreements", "odrl", file, "--project", project).stdout for _ in range(2))

    assert first == second
    assert first.isascii()
    assert "\x1b" not in first
    assert json.loads(first)["assigner"]["dct:title"] == "Example Provider"


def test_a_file_that_is_no_version_has_no_odrl(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("licensee: acme\n")

    unreadable = tallystick("agreements", "odrl", tmp_path / "a.yaml")
    absent = tallystick("agreements", "odrl", tmp_path / "b.yaml")

    assert (unreadable.code, unreadable.stdout, absent.code, absent.stdout) == (5, "", 5, "")
    assert "a.yaml:1: title: this key is missing" in unreadable.stderr
    assert "b.yaml: there is no such file" in absent.stderr
