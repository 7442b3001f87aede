"""What somebody could do to a bundle before it is checked: by name, and what it leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from evidence.attacked import (
    BOM,
    Case,
    in_another_form,
    rolled_back,
    swapped,
    twice,
    with_a_forged_key_under_the_senders_id,
    with_a_signature_over_the_bare_payload,
    with_a_signature_that_nobody_names,
    with_another_schema,
    with_another_superseded_revision,
    with_evidence_swapped,
    with_lines_of_windows,
    with_one_of_two_signatures,
    with_other_bits_that_mean_the_same,
    with_the_attackers_signature,
    without_what_it_supersedes,
)
from evidence.bundles import (
    POLICY,
    a_page,
    a_report,
    rows_of_a_sample,
)
from evidence.signed import Files, a_signed_bundle, refitted
from tallystick.evidence.bundle import DATAPACKAGE, STATEMENT
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.sample_rules import FRAME, SAMPLE

ATTACKS: dict[str, Callable[[Case], Files]] = {
    "two files change places": swapped,
    "a file is dropped": lambda case: {name: data for name, data in case.good.items() if name != "quality.json"},
    "a file is dropped with its lines": lambda case: refitted(case.good, drop=["verify/VERIFY.md"]),
    "a needed file is dropped and signed": lambda case: case.refit({}, drop=["quality.json"]),
    "a file is added": lambda case: {**case.good, "notes.txt": b"see me\n"},
    "a file is added with its lines": lambda case: refitted({**case.good, "notes.md": b"x"}, add=["notes.md"]),
    "a file is renamed": lambda case: {
        {"run.json": "runs.json"}.get(name, name): data for name, data in case.good.items()
    },
    "a name differs in case only": lambda case: case.refit({"Run.json": b"{}"}, add=["Run.json"]),
    "a name looks like another": lambda case: {**case.good, "r\u0435port.json": case.good["report.json"]},
    "a name looks like another and is signed": lambda case: case.refit(
        {"r\u0435port.json": b"{}"}, add=["r\u0435port.json"]
    ),
    "a name leads elsewhere": lambda case: case.refit({}, add=["../report.json"]),
    "the statement is removed": lambda case: {name: data for name, data in case.good.items() if name != STATEMENT},
    "the statement is removed with its line": lambda case: refitted(case.good, drop=[STATEMENT]),
    "another key has signed": lambda case: a_signed_bundle(case.attacker),
    "another key has signed under the sender's id": with_a_forged_key_under_the_senders_id,
    "the signature is another key's": with_the_attackers_signature,
    "one of two signatures is removed": with_one_of_two_signatures,
    "a signature is added": with_a_signature_that_nobody_names,
    "no signature is left": lambda case: case.envelope(lambda envelope: envelope.update(signatures=[])),
    "the signature is over the bare payload": with_a_signature_over_the_bare_payload,
    "the payload's type is another": lambda case: case.envelope(
        lambda envelope: envelope.update(payloadType="application/json")
    ),
    "the statement is of another bundle": lambda case: refitted({**case.good, STATEMENT: case.other[STATEMENT]}),
    "the statement has a subject more": lambda case: case.state(
        lambda statement: statement["subject"].append({"name": "x", "digest": {"sha256": "0" * 64}})
    ),
    "the statement has a subject less": lambda case: case.state(lambda statement: statement["subject"].pop()),
    "the statement is of another type": lambda case: case.state(
        lambda statement: statement.update(predicateType="https://example.com/other")
    ),
    "the statement names another revision": lambda case: case.state(
        lambda statement: statement["predicate"].update(revision=2)
    ),
    "the statement is in another form": lambda case: case.state(
        lambda statement: json.dumps(statement, sort_keys=True).encode()
    ),
    "the manifest is of another bundle": lambda case: {**case.good, DATAPACKAGE: case.other[DATAPACKAGE]},
    "the manifest is in another form": lambda case: {
        **case.good,
        DATAPACKAGE: in_another_form(case.good[DATAPACKAGE]),
    },
    "the manifest has a byte-order mark": lambda case: {**case.good, DATAPACKAGE: BOM + case.good[DATAPACKAGE]},
    "the manifest is followed by bytes": lambda case: {**case.good, DATAPACKAGE: case.good[DATAPACKAGE] + b"\n"},
    "the manifest is huge": lambda case: {**case.good, DATAPACKAGE: b"[" + b"0," * (9 << 20) + b"0]"},
    "the manifest is deep": lambda case: {**case.good, DATAPACKAGE: b"[" * 100_000 + b"]" * 100_000},
    "the manifest's title is another": lambda case: case.manifest(lambda package: package.update(title="Acquitted")),
    "the chain of revisions is broken": with_another_superseded_revision,
    "the report has a key twice": lambda case: case.refit({"report.json": twice(case.good["report.json"])}),
    "the report is in another form": lambda case: case.refit(
        {"report.json": in_another_form(case.good["report.json"])}
    ),
    "the report has a byte-order mark": lambda case: case.refit({"report.json": BOM + case.good["report.json"]}),
    "the report does not add up": lambda case: case.refit(
        {
            "report.json": canonical_bytes(a_report({"reconciliation.entries": 99})),
            "report.html": a_page(a_report({"reconciliation.entries": 99})),
        }
    ),
    "a clause has no verdict": lambda case: case.refit(
        {
            "report.json": canonical_bytes(a_report({"clauses.1.verdict": "fine"})),
            "report.html": a_page(a_report({"clauses.1.verdict": "fine"})),
        }
    ),
    "the page is another licensee's": lambda case: case.refit({"report.html": case.other["report.html"]}),
    "the sums have lines of Windows": with_lines_of_windows,
    "the schema is rolled back": lambda case: with_another_schema(case, "tallystick/report/1"),
    "the schema is nobody's": lambda case: with_another_schema(case, "tallystick/report/3"),
    **{
        f"{name} is dropped and signed": partial(lambda case, name: case.refit({}, drop=[name]), name=name)
        for name in ("report.pdf", "findings.xlsx", "verify/verify.py")
    },
    "the manifest has a key twice": lambda case: {
        **case.good,
        DATAPACKAGE: case.good[DATAPACKAGE].replace(b'"title":', b'"title":"Acquitted","title":', 1),
    },
    "the statement has a key twice": lambda case: case.state(
        lambda statement: canonical_bytes(statement).replace(b'"subject":', b'"subject":[],"subject":', 1)
    ),
    "the envelope has a key twice": lambda case: refitted(
        {**case.good, STATEMENT: case.good[STATEMENT].replace(b'"payload":', b'"payload":"","payload":', 1)}
    ),
    "the envelope has a key more": lambda case: case.envelope(lambda envelope: envelope.update(note="Acquitted")),
    "a signature has a key more": lambda case: case.envelope(
        lambda envelope: envelope["signatures"][0].update(note="Acquitted")
    ),
    "a signature is written in another way": with_other_bits_that_mean_the_same,
    "the revision is rolled back": rolled_back,
    "what it supersedes is forgotten": without_what_it_supersedes,
    "two evidence files change places": with_evidence_swapped,
    "the changes are dropped and signed": lambda case: refitted(
        case.later, case.sender, drop=["changes.json", "changes.html"]
    ),
    "the changes are of no revision before": lambda case: case.refit(
        {"changes.json": case.later["changes.json"]}, add=["changes.json"]
    ),
    "the changes have a page alone": lambda case: case.refit(
        {"changes.html": case.later["changes.html"]}, add=["changes.html"]
    ),
    "the changes are against another report": lambda case: case.later_saying(
        "changes.json", lambda said: said["before"].update(report_sha256="0" * 64)
    ),
    "the changes are of another report": lambda case: case.later_saying(
        "changes.json", lambda said: said["after"].update(report_sha256="0" * 64)
    ),
    "the changes conclude otherwise": lambda case: case.later_saying(
        "changes.json", lambda said: said["after"].update(conclusion="within terms")
    ),
    "the changes are said to be none": lambda case: case.later_saying(
        "changes.json", lambda said: said.update(numbers=0)
    ),
    "the changes are said not to be compared": lambda case: case.later_saying(
        "changes.json", lambda said: said.update(compared=False)
    ),
    "the changes lead to another number": lambda case: case.later_saying(
        "changes.json", lambda said: said["sections"][0]["changes"][0].update(after=8)
    ),
    "the changes are in another form": lambda case: case.later_with(
        "changes.json", in_another_form(case.later["changes.json"])
    ),
    "the page of changes is another's": lambda case: case.later_with("changes.html", b"<!doctype html>"),
    "the sample is of another report": lambda case: case.later_saying(FRAME, lambda frame: frame.update(seed="0" * 64)),
    "the sample is of fewer requests": lambda case: case.later_saying(FRAME, lambda frame: frame.update(requests=6)),
    "the sample's strata do not add up": lambda case: case.later_saying(FRAME, lambda frame: frame["strata"].pop()),
    "more is drawn than there is": lambda case: case.later_saying(
        FRAME, lambda frame: (frame.update(drawn=8), frame["strata"][0].update(drawn=8))
    ),
    "the sample is dropped and its frame stays": lambda case: refitted(case.later, case.sender, drop=[SAMPLE]),
    "the frame is dropped and the sample stays": lambda case: refitted(case.later, case.sender, drop=[FRAME]),
}
"""What each attack leaves; every one is found in all three ways by someone who trusts the sender's key."""

BEYOND_THE_HAND: dict[str, Callable[[Case], Files]] = {
    "the page shows another number": lambda case: case.refit(
        {"report.html": case.good["report.html"].replace(b"<p>70", b"<p>71")}
    ),
    "the table lacks a finding": lambda case: case.refit({"findings.csv": b"id,sentence\r\n"}),
    "the print holds no report": lambda case: case.refit({"report.pdf": b"%PDF-1.7\n"}),
    "the workbook is none": lambda case: case.refit({"findings.xlsx": b"PK"}),
    "the print is another licensee's": lambda case: case.refit({"report.pdf": case.other["report.pdf"]}),
    "the workbook is another licensee's": lambda case: case.refit({"findings.xlsx": case.other["findings.xlsx"]}),
    "there are requests of a finding that there is not": lambda case: case.refit(
        {"evidence/f9.parquet": b"PAR1"}, add=["evidence/f9.parquet"]
    ),
    "the table has another number": lambda case: case.refit(
        {"findings.csv": case.good["findings.csv"].replace(b",2,2,2,2,,2,", b",2,2,9,2,,2,")}
    ),
}
"""What the commands do not look at, and both programs do."""

BEYOND_ALONE: dict[str, Callable[[Case], Files]] = {
    "the expectations are met more often": lambda case: case.refit(
        {"quality.json": case.good["quality.json"].replace(b"false", b"true", 1)}
    ),
    "the expectations are another licensee's": lambda case: case.refit({"quality.json": case.other["quality.json"]}),
    "the expectations are none": lambda case: case.refit({"quality.json": b"{}"}),
    "the requests of a finding are not told of": lambda case: case.later_with(
        "quality.json", case.good["quality.json"]
    ),
    "the sample is of another log": lambda case: case.later_with(SAMPLE, rows_of_a_sample("b" * 64)),
    "the sample has a request twice": lambda case: case.later_with(
        SAMPLE, rows_of_a_sample(case.file_id, [1, 2, 3, 4, 4])
    ),
    "the sample has a row less": lambda case: case.later_with(SAMPLE, rows_of_a_sample(case.file_id, [1, 2, 3, 4])),
    "the sample is of another app": lambda case: case.later_with(SAMPLE, rows_of_a_sample(case.file_id, app="other")),
    "the sample is no table": lambda case: case.later_with(SAMPLE, b"PAR1"),
    "the strata are of another app": lambda case: case.later_saying(
        FRAME, lambda frame: frame["strata"][0].update(app="other")
    ),
    **{
        f"the page has the policy {policy or 'of nothing'}": partial(
            lambda case, policy: case.refit({"report.html": a_page(a_report(), policy=policy)}), policy=policy
        )
        for policy in (
            "",
            POLICY.replace("data:", "https://example.com"),
            POLICY.replace("'none'", "*", 1),
            f"{POLICY}; script-src 'unsafe-inline'",
            f"{POLICY}; script-src data:",
            f"{POLICY}; connect-src 'self'",
            f"{POLICY}; report-uri https://example.com",
            f"script-src *; {POLICY}; script-src 'none'",
            POLICY.removesuffix("; form-action 'none'"),
        )
    },
    "the page has no policy": lambda case: case.refit(
        {"report.html": case.good["report.html"].replace(b"http-equiv", b"data-equiv")}
    ),
    "the page does something before its policy": lambda case: case.refit(
        {"report.html": case.good["report.html"].replace(b"<head>", b"<head><script>f()</script>")}
    ),
    "the page leads elsewhere when it is opened": lambda case: case.refit(
        {
            "report.html": case.good["report.html"].replace(
                b"</head>", b'<meta content="0;url=https://example.com" HTTP-EQUIV=refresh></head>'
            )
        }
    ),
    "the page of changes has no policy": lambda case: case.later_with(
        "changes.html", case.later["changes.html"].replace(b"http-equiv", b"data-equiv")
    ),
    "the rows do not add up": lambda case: case.refit({"usage.parquet": b"PAR1"}),
}
"""What only `tallystick verify` looks at."""
