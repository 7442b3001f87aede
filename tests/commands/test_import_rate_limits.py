"""`tallystick import rate-limits`: drafts that load, say what the other format leaves open, and invent nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.command_line import Ran, tallystick
from tallystick.agreements.version import Version
from tallystick.yaml_file import load_yaml

API_COMMONS = """
- name: All calls
  type: Organization
  limit: 10000
  metric: request
  timeframe: hour
  description: Calls an hour of one account.
- name: Look-ups
  type: Endpoint
  limit: 30
  metric: request
  timeframe: minute
  description: Look-ups are counted apart.
  domains: [api.example.com]
- name: Export
  type: Application
  limit: 5000000000
  metric: byte
  timeframe: day
  description: Bytes a day of one application.
- name: Calls of a person
  type: User
  limit: 100
  metric: operation
  timeframe: month
  description: Calls a month of one person.
- name: At once
  type: Application
  limit: 25
  metric: concurrent-request
  timeframe: second
  description: Calls in flight.
- name: Words
  type: Model
  limit: 30000
  metric: input-token
  timeframe: minute
  description: Tokens a minute.
- name: By crowd
  type: Application
  limit: 200
  metric: request
  timeframe: hour
  userMultiplied: true
  description: Calls an hour for each user that the application has.
"""

PROPERTY = """
- name: Rate Limits
  type: RateLimits
  url: https://developers.example.com/limits
  source_date: '2026-08-17'
  data:
    - {name: Calls, type: Platform, limit: 7, metric: request, timeframe: week, description: Calls a week.}
    - {name: Free, type: User, tier: Free, limit: 1, metric: request, timeframe: day, description: Free calls.}
    - {name: Paid, type: User, tier: Paid, limit: 9, metric: request, timeframe: day, description: Paid calls.}
"""

SLA4OAI = """
context: {id: kites, version: '1.0', type: plans, api: ./kites.yaml, provider: Example}
infrastructure: {supervisor: 'https://example.com/s', monitor: 'https://example.com/m'}
metrics:
  requests: {type: integer, format: int64}
  kites: {type: integer}
pricing: {cost: 0, currency: EUR}
rates:
  /kites/{id}:
    get:
      requests: [{max: 3, period: secondly}]
  /kites:
    get:
      requests: [{max: 10, period: minutely, scope: account}]
plans:
  free:
    quotas:
      /kites:
        post:
          requests: [{max: 5, period: {amount: 1, unit: day}, cost: {overage: {overage: 1, cost: 0.01}}}]
          kites: [{max: 50}]
        all:
          requests: [{max: 900, period: {amount: 30, unit: days}, scope: user}]
      '*':
        all:
          requests: [{max: 9000, period: {amount: 3, unit: month}}, {custom: true}, {max: unlimited}]
    rates:
      /kites:
        get:
          requests: [{max: 20, period: minutely, scope: account}]
  pro:
    quotas:
      /kites/*:
        delete:
          requests: [{max: 5, period: {amount: 2, unit: month}}, {max: 6, period: {amount: 1, unit: forever}}]
"""

INSTANCE = """
context:
  id: kites-acme
  sla: 1.0
  type: instance
  api: ./kites.yaml
  provider: Example
  consumer: Acme Ltd
  validity: {effectiveDate: 2015-05-16T09:00:54Z, expirationDate: 2016-05-16T09:00:54Z}
metrics: {requests: {type: integer}}
quotas:
  /kites: {get: {requests: [{max: 20, period: minutely, scope: tenant}]}}
"""


def imported(folder: Path, text: str | bytes, *options: str, name: str = "limits.yml") -> Ran:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tallystick("import", "rate-limits", file, *options)


def clauses(folder: Path, text: str, *options: str) -> dict[str, dict[str, Any]]:
    """The clauses of a draft that loads, by id."""
    ran = imported(folder, text, *options)
    assert (ran.code, ran.stderr) == (0, "")
    file = folder / "draft.yaml"
    file.write_text(ran.stdout, "utf-8")
    version = load_yaml(file, Version, more={"version": "draft"})
    return {one.id: one.model_dump(exclude_unset=True, exclude={"id"}) for one in version.clauses}


def numbers(clause: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(clause.get(key) for key in ("kind", "of", "per", "max", "window", "within"))


# ── API Commons ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_of_limits_is_a_clause_each(tmp_path: Path) -> None:
    found = clauses(tmp_path, API_COMMONS)

    assert {name: numbers(clause) for name, clause in found.items()} == {
        "all-calls": ("limit", "requests", "licensee", 10000, "calendar", "PT1H"),
        "look-ups": ("limit", "requests", "licensee", 30, "calendar", "PT1M"),
        "export": ("limit", "response_bytes", "app", 5000000000, "calendar", "P1D"),
        "calls-of-a-person": ("limit", "requests", "user", 100, "calendar", "P1M"),
        "at-once": ("concurrency", None, "app", 25, None, None),
        "words": ("text", None, None, None, None, None),
        "by-crowd": ("text", None, None, None, None, None),
    }
    assert found["all-calls"]["says"] == "Calls an hour of one account."


def test_a_property_of_an_index_holds_the_same_and_says_where_it_was_read(tmp_path: Path) -> None:
    found = clauses(tmp_path, PROPERTY, "--plan", "Paid")

    assert {name: (one["max"], one["within"]) for name, one in found.items()} == {
        "calls": (7, "P1W"),
        "paid": (9, "P1D"),
    }
    assert found["calls"]["cites"] == "2026-08-17 of https://developers.example.com/limits"


def test_what_the_format_leaves_open_stands_beside_the_clause(tmp_path: Path) -> None:
    said = " ".join(imported(tmp_path, API_COMMONS).stdout.replace("#", " ").split())

    for part in (
        "Not said: time zone in which days, weeks, months and years begin",
        "Not said: kind of window",
        "Not said: whether refused calls count: those answered with 429 are assumed not to",
        "Not said: which routes the endpoint is",
        "who is counted together; the licensee is assumed",
        "no clause can count by host: only for api.example.com",
        "a log of requests has no input-tokens",
        "the limit grows with the number of users",
        "not said: the licensee's id",
        "not said: the day it came into force",
    ):
        assert part in said, part


def test_json_is_read_like_yaml(tmp_path: Path) -> None:
    as_json = json.dumps(yaml.safe_load(API_COMMONS))

    assert imported(tmp_path, as_json, name="limits.json").stdout == imported(tmp_path, API_COMMONS).stdout


def test_several_tiers_are_no_agreement_until_one_is_named(tmp_path: Path) -> None:
    ran = imported(tmp_path, PROPERTY)

    assert (ran.code, ran.stdout) == (5, "")
    assert "next: name one with --plan: Free, Paid" in ran.stderr


# ── SLA4OAI ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_is_its_quotas_and_rates_over_those_of_all_plans(tmp_path: Path) -> None:
    found = clauses(tmp_path, SLA4OAI, "--plan", "free")

    assert {name: numbers(clause) for name, clause in found.items()} == {
        "quota-post-kites-requests": ("limit", "requests", "licensee", 5, "calendar", "P1D"),
        "quota-post-kites-kites": ("text", None, None, None, None, None),
        "quota-all-kites-requests": ("limit", "requests", "user", 900, "sliding", "P30D"),
        "quota-all-requests": ("limit", "requests", "licensee", 9000, "calendar", "P3M"),
        "quota-all-requests-2": ("text", None, None, None, None, None),
        "quota-all-requests-3": ("text", None, None, None, None, None),
        "rate-get-kites-id-requests": ("limit", "requests", "licensee", 3, "calendar", "PT1S"),
        "rate-get-kites-requests": ("limit", "requests", "app", 20, "calendar", "PT1M"),
    }
    assert found["quota-post-kites-requests"]["counts"] == {"routes": ("POST /kites",)}
    assert found["quota-all-kites-requests"]["counts"] == {"routes": ("* /kites",)}
    assert "counts" not in found["quota-all-requests"]


def test_periods_that_no_window_has_are_words(tmp_path: Path) -> None:
    ran = imported(tmp_path, SLA4OAI, "--plan", "pro")
    said = " ".join(ran.stdout.replace("#", " ").split())

    assert "no window is 2 months long" in said
    assert "the period is a forever, and there is no such window" in said
    assert clauses(tmp_path, SLA4OAI, "--plan", "pro")["quota-delete-kites-requests"]["kind"] == "text"


def test_an_agreement_of_one_consumer_says_who_and_since_when(tmp_path: Path) -> None:
    ran = imported(tmp_path, INSTANCE)

    assert ran.code == 0
    assert "licensee: acme-ltd\n" in ran.stdout
    assert 'in_force_from: "2015-05-16T09:00:54Z"\n' in ran.stdout
    assert 'in_force_until: "2016-05-16T09:00:54Z"\n' in ran.stdout
    assert list(clauses(tmp_path, INSTANCE)) == ["quota-get-kites-requests"]


def test_what_is_named_on_the_command_line_wins(tmp_path: Path) -> None:
    ran = imported(tmp_path, INSTANCE, "--licensee", "acme", "--in-force-from", "2015-06-01")

    assert "licensee: acme\n" in ran.stdout
    assert "in_force_from: 2015-06-01\n" in ran.stdout


def test_several_plans_are_no_agreement_until_one_is_named(tmp_path: Path) -> None:
    ran = imported(tmp_path, SLA4OAI)

    assert (ran.code, ran.stdout) == (5, "")
    assert "plans: there are 2 plans" in ran.stderr
    assert "next: name one with --plan: free, pro" in ran.stderr


# ── what cannot be read ───────────────────────────────────────────────────────────────────────────────────────────────

ENTRY = "- {name: a, type: User, limit: 5, metric: request, timeframe: day, description: d}\n"
PLAN = "context: {id: a}\nquotas: {/a: {get: {requests: [{max: 5, period: minutely}]}}}\n"


@pytest.mark.parametrize(
    ("text", "where", "saying"),
    [
        ("", "", "this is neither API Commons rate-limits"),
        ("[]", "", "this is neither"),
        ("just words", "", "this is neither"),
        ("openapi: 3.0.2\n", "", "nor SLA4OAI"),
        ("a: [1\n", ":2", "this is neither YAML nor JSON"),
        ("a: !!python/object/apply:os.system [id]\n", ":1", "this is neither YAML nor JSON"),
        (f"{'[' * 5000}", "", "this is neither YAML nor JSON"),
        (ENTRY.replace("limit: 5, ", ""), ": [0].limit", "this key is missing"),
        (ENTRY.replace("type: User", "type: Team"), ": [0].type", "'Team' is none of Platform, Organization"),
        (ENTRY.replace("metric: request", "metric: calls"), ": [0].metric", "'calls' is none of request"),
        (ENTRY.replace("timeframe: day", "timeframe: fortnight"), ": [0].timeframe", "is none of second, minute"),
        (ENTRY.replace("limit: 5", "limit: '250,000'"), ": [0].limit", "250,000 is no whole number"),
        (ENTRY.replace("limit: 5", "limit: 2.5"), ": [0].limit", "2.5 is no whole number"),
        (ENTRY.replace("limit: 5", "limit: .inf"), ": [0].limit", "inf is no whole number"),
        (ENTRY.replace("limit: 5", f"limit: {10**30}"), ": [0].limit", "is no whole number"),
        (ENTRY + "- 5\n", ": [1]", "this is no limit"),
        ("- {type: RateLimits, data: []}\n", ": [0].data", "a list of limits is needed"),
        ("- {type: RateLimits, data: [1]}\n", ": [0].data[0]", "this is no limit"),
        ("context: 5\nplans: {}\n", ": context", "keys are needed"),
        ("context: {id: a}\nplans: []\n", ": plans", "keys are needed"),
        ("context: {id: a}\nplans: {p: {}}\n", "", "there is no quota and no rate"),
        (PLAN.replace("max: 5", "max: five"), ": quotas./a.get.requests[0].max", "five is no whole number"),
        (PLAN.replace("minutely", "minutly"), ": quotas./a.get.requests[0].period", "minutly is no period"),
        (PLAN.replace("minutely", "{amount: 0, unit: day}"), ".period.amount", "0 is no whole number above 0"),
        (PLAN.replace("get", "fetch"), ": quotas./a.fetch.requests[0]", "'fetch' is no HTTP method"),
        (PLAN.replace("/a:", "/a b:"), ": quotas./a b.get.requests[0]", "holds white space"),
        (PLAN.replace("/a:", "a:"), ": quotas.a.get.requests[0]", "does not begin with /"),
        (PLAN.replace("[{max: 5, period: minutely}]", "5"), ": quotas./a.get.requests", "a list of limits is needed"),
    ],
)
def test_what_is_no_such_file_is_refused_with_where_and_what_next(
    tmp_path: Path, text: str, where: str, saying: str
) -> None:
    ran = imported(tmp_path, text)

    assert (ran.code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("BadConfiguration: ")
    assert f"limits.yml{where}" in ran.stderr or where in ran.stderr
    assert saying in ran.stderr
    assert "\n  next: " in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("options", "code", "saying"),
    [
        (("--plan", "Gold"), 5, "the file has these tiers: none"),
        (("--licensee", "../acme"), 2, "--licensee"),
        (("--in-force-from", "tomorrow"), 2, "--in-force-from"),
    ],
)
def test_what_is_asked_for_and_cannot_be_is_refused(
    tmp_path: Path, options: tuple[str, ...], code: int, saying: str
) -> None:
    ran = imported(tmp_path, API_COMMONS, *options)

    assert (ran.code, ran.stdout) == (code, "")
    assert saying in ran.stderr


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    absent = tallystick("import", "rate-limits", tmp_path / "absent.yml")
    folder = tallystick("import", "rate-limits", tmp_path)
    binary = imported(tmp_path, b"\xff\xfe\x00")

    assert {(ran.code, ran.stderr.split(":")[0]) for ran in (absent, folder, binary)} == {(5, "UnreadableFile")}


@pytest.mark.parametrize(
    "hostile", ["\\x1b[31mred", "\\u202e", "a\\nkind: text", "\\u2028", "'\\\"", "- &a *a", "true", "# no"]
)
def test_hostile_words_stay_words(tmp_path: Path, hostile: str) -> None:
    words = json.loads(f'"{hostile}"'.replace("\\x1b", "\\u001b")) if "\\" in hostile else hostile
    entry = {"name": words, "type": "User", "limit": 5, "metric": "request", "timeframe": "day", "description": words}

    ran = imported(tmp_path, json.dumps([entry | {"domains": [words], "url": words}]))
    [clause] = clauses(tmp_path, json.dumps([entry])).values()

    assert ran.code == 0
    assert all(line.isprintable() for line in ran.stdout.splitlines())
    assert (clause["kind"], clause["max"]) == ("limit", 5)


def test_text_that_multiplies_itself_is_short_in_every_message(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    names = "abcdefghijklmnopqrst"
    lines += [f"{name}: &{name} [{', '.join([f'*{names[n]}'] * 9)}]" for n, name in enumerate(names[1:])]
    text = "\n".join(["context: {id: a}", *lines, "quotas: {/a: {get: {requests: [{max: *t, period: *t}]}}}"])

    ran = imported(tmp_path, text)

    assert ran.code == 5
    assert len(ran.stderr) < 2000
