"""Bundles that an attacker has at hand, and what takes more than a line to be done to them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evidence.bundles import (
    a_bundle,
    a_page,
    a_payload,
    a_print,
    a_report,
    a_sample,
    a_workbook,
    with_evidence,
)
from evidence.signed import Files, a_signed_bundle, refitted, resigned, with_own_digest
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import DATAPACKAGE, SHA256SUMS, STATEMENT
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.digest import Sha256
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Superseded
from tallystick.evidence.sample_rules import SAMPLE
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
