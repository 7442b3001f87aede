"""`tallystick recount`: what a report states of its log files, counted again by the second path."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from commands.command_line import Ran, tallystick
from evidence.bundles import a_report
from tallystick.evidence.canonical import canonical_bytes

REGISTER = """
licensee: halcyon
name: Halcyon Analytics Ltd
apps:
  - app: halcyon-monitor
    recognised_by:
      - credential: hal-1
        until: 2022-01-02
      - credential_sha256: {digest}
        name: second
      - network: 203.0.113.0/24
      - user_agent: monitor/*
  - app: halcyon-batch
    recognised_by:
      - user_agent: monitor/batch
"""
OTHER = """
licensee: meridian
name: Meridian Ltd
apps:
  - app: meridian-web
    recognised_by:
      - credential: mer-1
"""


def call(at: str, client: str | None = "hal-1", **said: Any) -> bytes:
    """One line of the gateway's log."""
    return (
        json.dumps({"time": f"2022-01-{at}Z", "client": client, "method": "GET", "status": 200, **said}).encode()
        + b"\n"
    )


def web(at: str, agent: str, *, address: str = "192.0.2.7") -> bytes:
    """One combined line."""
    return f'{address} - - [{at} +0100] "GET /x HTTP/1.1" 200 - "-" "{agent}"\n'.encode()


GATEWAY = b"".join(
    [
        call("01T10:00:00", host="a", seq=1),
        call("01T10:00:01", host="a", seq=2),
        call("01T10:00:02", host="a", seq=2),
        call("01T10:00:02", host="b", seq=2),
        call("01T10:00:03", client="second-secret"),
        call("01T10:00:04", client="mer-1", host="a", seq=3),
        call("02T10:00:04", host="a", seq=4),  # no longer its credential
        call("03T10:00:04", client="second-secret"),  # another day
        call("01T10:00:05", status=12),  # no request
        b"{nonsense\n\n",
    ]
)
AGAIN = gzip.compress(
    call("01T10:00:01.5", host="a", seq=2) + call("02T00:00:00", client=None, ip="203.0.113.9"), mtime=0
)
WEB = web("02/Jan/2022:00:30:00", "monitor/1") + web("02/Jan/2022:12:00:00", "monitor/batch") + web("bad", "monitor/1")


def row(
    data: bytes, source: str, name: str, requests: int, duplicates: int, form: str | None = "gateway_jsonl"
) -> dict[str, Any]:
    named = {"file_id": sha256(data).hexdigest(), "source": source, "name": name, "format": form}
    return {**named, "requests": requests, "duplicates": duplicates}


FILES = [
    row(GATEWAY, "gateway", "one.jsonl", 4, 1),
    row(AGAIN, "gateway", "two.jsonl.gz", 1, 1),
    row(WEB, "web", "access.log", 2, 0, "nginx_combined"),
]
APPS = {"halcyon-monitor": 6, "halcyon-batch": 1}


class Case:
    """A report, the log files that it names, and the register."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "logs" / "deep").mkdir(parents=True)
        (folder / "register").mkdir()
        for name, data in (("x", GATEWAY), ("deep/y", AGAIN), ("z", WEB), ("other", b"another file\n")):
            (folder / "logs" / name).write_bytes(data)
        digest = sha256(b"second-secret").hexdigest()
        (folder / "register/halcyon.yaml").write_text(REGISTER.format(digest=digest), "utf-8")
        (folder / "register/meridian.yaml").write_text(OTHER, "utf-8")
        self.report()

    def report(self, files: list[dict[str, Any]] = FILES, apps: dict[str, int] = APPS) -> None:
        one = a_report()["consumption"]["apps"][0]
        rows = [{**one, "app": app, "requests": requests} for app, requests in apps.items()]
        report = a_report({"files": files, "consumption.apps": rows})
        (self.folder / "report.json").write_bytes(canonical_bytes(report))

    def recount(self, *more: str) -> Ran:
        register = ("--register", self.folder / "register")
        return tallystick("recount", self.folder / "report.json", "--logs", self.folder / "logs", *register, *more)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_files_found_by_digest_give_the_stated_numbers_by_file_and_app(case: Case) -> None:
    ran = case.recount()

    assert (ran.code, ran.stdout.splitlines()) == (0, ["files: 3 of 3 as stated", "apps: 2 of 2 as stated"])


def test_each_differing_number_is_named_with_what_was_counted(case: Case) -> None:
    case.report([{**FILES[0], "requests": 5}, *FILES[1:]], {**APPS, "halcyon-batch": 2})

    ran = case.recount()

    assert ran.code == 6
    stated = "stated 5 requests, 1 duplicates; counted 10 entries, 7 readable, 4 requests, 1 duplicates"
    assert ran.stdout.splitlines() == [
        f"differs: file gateway/one.jsonl ({FILES[0]['file_id']}): {stated}",
        "differs: app halcyon-batch: stated 2 requests; counted 1 requests",
        "files: 2 of 3 as stated",
        "apps: 1 of 2 as stated",
    ]


def test_a_file_that_is_missing_or_has_other_bytes_is_named(case: Case) -> None:
    with (case.folder / "logs/z").open("ab") as stream:
        stream.write(b"\n")

    ran = case.recount("--json")

    assert (ran.code, ran.data["agrees"], ran.data["apps"]) == (6, False, [])
    assert [one["state"] for one in ran.data["files"]] == ["same", "same", "missing"]


@pytest.mark.parametrize(
    ("form", "data", "why"),
    [
        ("cloudtrail", b"{}", "entries are found as json"),
        ("aws_alb", b"x", "received_at is made by an expression"),
        ("unheard_of", b"x", "no format of this name"),
        (None, b"x", "no format of this name"),
        ("gateway_jsonl", gzip.compress(GATEWAY)[:-9], "cannot be read to its end"),
        ("gateway_jsonl", b"\x28\xb5\x2f\xfd" + GATEWAY, "packed or encoded"),
    ],
)
def test_what_this_path_cannot_read_is_said_and_never_passed_over(
    case: Case, form: str | None, data: bytes, why: str
) -> None:
    (case.folder / "logs/odd").write_bytes(data)
    case.report([*FILES, row(data, "odd", "odd", 0, 0, form)])

    ran = case.recount()

    assert ran.code == 6
    assert why in ran.stdout


def test_without_a_register_a_file_is_asked_for_as_many_requests_as_are_stated(case: Case) -> None:
    ran = tallystick("recount", case.folder / "report.json", "--logs", case.folder / "logs")
    case.report([{**FILES[0], "requests": 8}, *FILES[1:]])
    more = tallystick("recount", case.folder / "report.json", "--logs", case.folder / "logs")

    assert (ran.code, more.code) == (0, 6)
    assert "nobody is told apart" in ran.stdout


def test_nothing_to_count_is_no_agreement(case: Case) -> None:
    case.report([])
    nothing = case.recount()
    missing = tallystick("recount", case.folder / "report.json", "--logs", case.folder / "nothing")

    assert (nothing.code, missing.code) == (6, 6)


@pytest.mark.parametrize(
    "changes", [{"files": {}}, {"files.0.file_id": None}, {"period.start": "2022-99-01T00:00:00.000000Z"}]
)
def test_a_document_that_is_none_is_refused_and_not_counted(case: Case, changes: dict[str, Any]) -> None:
    (case.folder / "report.json").write_bytes(canonical_bytes(a_report(changes)))

    ran = case.recount()

    assert (ran.code, ran.stdout) == (6, "")
    assert "Traceback" not in ran.stderr


def test_names_of_others_do_nothing_on_a_terminal(case: Case) -> None:
    case.report([{**FILES[0], "name": "\x1b[2J\u202e\n"}], {"\x1b[31m": 1})

    shown = case.recount().stdout

    assert all(each.isprintable() for each in shown.replace("\n", ""))
