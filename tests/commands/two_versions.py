"""An agreement of two versions, as tests of the commands about agreements write it."""

from __future__ import annotations

from pathlib import Path

from commands.command_line import Ran

HOSTILE = 'No "resale" \\x1b[31m; \\u202e <script>'
FIRST = """
licensee: acme
title: Terms
in_force_from: 2021-07-01
time_zone: America/Los_Angeles
clauses:
  - id: yearly-volume
    cites: "§ 4.2"
    says: "No more than 250,000,000 calls in a calendar year."
    kind: limit
    of: requests
    per: licensee
    max: 250000000
    window: calendar
    within: P1Y
    counts: {routes: ["GET /2/*", "POST /2/*"]}
    severity: critical
  - id: resale
    cites: "§ 7"
    says: "HOSTILE"
    kind: text
"""
SECOND = """
licensee: acme
title: First amendment
in_force_from: 2022-07-01T12:00:00
amends: "2021-07-01"
time_zone: America/Los_Angeles
clauses:
  - id: yearly-volume
    cites: "§ 4.2"
    says: "No more than 320,000,000 calls in a calendar year."
    kind: limit
    of: requests
    per: licensee
    max: 320000000
    window: calendar
    within: P1Y
    counts: {routes: ["GET /2/*", "GET /3/*"]}
    tolerance: "2 %"
    severity: critical
    readings:
      - {id: rolling-year, says: any 365 days, window: sliding, within: P365D}
  - id: burst
    cites: "§ 4.3"
    says: "No more than ten calls in any minute."
    kind: limit
    of: requests
    per: app
    max: 10
    window: sliding
    within: PT1M
cases:
  - says: The eleventh call in a minute is over.
    requests: [{at: "2022-08-01T10:00:00Z", app: acme-export, times: 11, every: PT1S, route: GET /2/posts}]
    expect: {burst: exceeded, yearly-volume: kept}
"""


def write(project: Path, name: str, text: str) -> Path:
    file = project / "agreements" / "acme" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def assert_refused(ran: Ran, code: int, name: str, *saying: str) -> None:
    assert ran.code == code, ran
    assert ran.stderr.startswith(f"{name}: ")
    assert "  next: " in ran.stderr
    assert "Traceback" not in ran.stderr
    for part in saying:
        assert part in ran.stderr
