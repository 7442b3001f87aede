"""What somebody could do to a bundle before it is checked: by name, and what it leaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from evidence.bundles import (
    a_bundle,
    a_page,
    a_payload,
    a_print,
    a_report,
    a_sample,
    a_workbook,
    rows_of_a_sample,
    with_evidence,
)
from evidence.signed import Files, a_signed_bundle, refitted, resigned, with_own_digest
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import DATAPACKAGE, SHA256SUMS, STATEMENT
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.digest import Sha256
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Superseded
from tallystick.evidence.sample_rules import FRAME, SAMPLE
from tallystick.evidence.standalone import instructions

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Who signs, who attacks, and the bundles that an attacker has at hand."""

    sender: SigningKey
    attacker: SigningKey
    good: Files
    other: Files
    """Another licensee's report, signed by the sender too."""
    later: Files
    """A second revision, with its changes, a sample and requests of two findings."""

    @property
    def file_id(self) -> str:
        """The log file of the reports."""
        return str(json.loads(self.good["report.json"])["files"][0]["file_id"])

    def later_with(self, name: str, data: bytes) -> Files:
        """The second revision with another file, signed again by the sender."""
        return refitted({**self.later, name: data}, self.sender)

    def later_saying(self, name: str, change: Callable[[Any], Any]) -> Files:
        """The second revision with a JSON file changed, signed again by the sender."""
        said = json.loads(self.later[name])
        change(said)
        return self.later_with(name, canonical_bytes(said))

    def refit(self, changes: dict[str, bytes], **how: Any) -> Files:
        """The good bundle changed and signed again by the sender, so that only what a file says can give it away."""
        return refitted({**self.good, **changes}, self.sender, **how)

    def state(self, change: Callable[[Any], Any]) -> Files:
        """The good bundle with another statement, signed by the sender."""
        return resigned(self.good, change, self.sender)

    def envelope(self, change: Callable[[Any], Any]) -> Files:
        """The good bundle with another envelope, and a manifest that fits it."""
        envelope = json.loads(self.good[STATEMENT])
        change(envelope)
        return refitted({**self.good, STATEMENT: canonical_bytes(envelope)})

    def manifest(self, change: Callable[[Any], Any]) -> Files:
        """The good bundle with another manifest, whose own digest fits."""
        package = json.loads(self.good[DATAPACKAGE])
        change(package)
        return {**self.good, DATAPACKAGE: with_own_digest(package)}


def a_case() -> Case:
    """A case with new keys."""
    sender, attacker = SigningKey.make(), SigningKey.make()
    others = {"licensee.id": "meridian", "licensee.name": "Meridian Ltd"}
    payload = a_payload()
    more = {**instructions(), **a_sample(payload), **with_evidence(payload, "f1")}
    before = Superseded(revision=1, report_sha256=Sha256.of(b"1"), datapackage_sha256=Sha256.of(b"2"))
    return Case(
        later=a_bundle(payload | more, revision=2, supersedes=before, seal=Seal(keys=(sender,))),
        sender=sender,
        attacker=attacker,
        good=a_signed_bundle(sender),
        other=a_signed_bundle(sender, changes=others),
    )


def swapped(case: Case) -> Files:
    return {**case.good, "run.json": case.good["quality.json"], "quality.json": case.good["run.json"]}


def with_a_forged_key_under_the_senders_id(case: Case) -> Files:
    def change(statement: Any) -> None:
        statement["predicate"]["signers"][0]["keyid"] = case.sender.public.keyid

    files = resigned(case.good, change, case.attacker)
    envelope = json.loads(files[STATEMENT])
    envelope["signatures"][0]["keyid"] = case.sender.public.keyid
    return refitted({**files, STATEMENT: canonical_bytes(envelope)})


def with_a_signature_over_the_bare_payload(case: Case) -> Files:
    def change(envelope: Any) -> None:
        signature = case.sender.sign(base64.b64decode(envelope["payload"]))
        envelope["signatures"][0]["sig"] = base64.b64encode(signature).decode("ascii")

    return case.envelope(change)


def with_the_attackers_signature(case: Case) -> Files:
    def change(envelope: Any) -> None:
        envelope["signatures"][0]["sig"] = json.loads(a_signed_bundle(case.attacker)[STATEMENT])["signatures"][0]["sig"]

    return case.envelope(change)


def with_one_of_two_signatures(case: Case) -> Files:
    two = a_signed_bundle(case.sender, case.attacker)
    envelope = json.loads(two[STATEMENT])
    envelope["signatures"] = [each for each in envelope["signatures"] if each["keyid"] == case.sender.public.keyid]
    return refitted({**two, STATEMENT: canonical_bytes(envelope)})


def with_a_signature_that_nobody_names(case: Case) -> Files:
    two = json.loads(a_signed_bundle(case.sender, case.attacker)[STATEMENT])
    return case.envelope(lambda envelope: envelope.update(signatures=two["signatures"]))


def with_another_superseded_revision(case: Case) -> Files:
    before = {"revision": 1, "report_sha256": "0" * 64, "datapackage_sha256": "0" * 64}
    return case.manifest(lambda package: package["tallystick"].update(supersedes=before))


def without_what_it_supersedes(case: Case) -> Files:
    package = json.loads(case.later[DATAPACKAGE])
    package["tallystick"]["supersedes"] = None
    return {**case.later, DATAPACKAGE: with_own_digest(package)}


def rolled_back(case: Case) -> Files:
    package = json.loads(case.later[DATAPACKAGE])
    package["tallystick"].update(revision=1, supersedes=None)
    package.update(version="1", name=package["name"].replace("-r2", "-r1"))
    return refitted({**case.later, DATAPACKAGE: with_own_digest(package)}, drop=["changes.json", "changes.html"])


def with_evidence_swapped(case: Case) -> Files:
    one, two = "evidence/f1.parquet", SAMPLE
    return {**case.later, one: case.later[two], two: case.later[one]}


def with_other_bits_that_mean_the_same(case: Case) -> Files:
    """The last character of base64 has bits that stand for nothing."""

    def change(envelope: Any) -> None:
        text = envelope["signatures"][0]["sig"].rstrip("=")
        envelope["signatures"][0]["sig"] = text[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[text[-1]] + "=="

    return case.envelope(change)


def with_another_schema(case: Case, schema: str) -> Files:
    report = a_report({"schema": schema})
    return case.refit(
        {
            "report.json": canonical_bytes(report),
            "report.html": a_page(report),
            "report.pdf": a_print(report),
            "findings.xlsx": a_workbook(report),
        }
    )


def with_lines_of_windows(case: Case) -> Files:
    return {**case.good, SHA256SUMS: case.good[SHA256SUMS].replace(b"\n", b"\r\n")}


def in_another_form(data: bytes) -> bytes:
    return json.dumps(json.loads(data), sort_keys=True, indent=1).encode()


def twice(data: bytes) -> bytes:
    return data.replace(b'{"agreements"', b'{"agreements":[],"agreements"', 1)


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
    "the rows do not add up": lambda case: case.refit({"usage.parquet": b"PAR1"}),
}
"""What only `tallystick verify` looks at."""
