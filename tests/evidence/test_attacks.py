from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evidence.bundles import a_bundle, a_page, a_payload, a_report
from evidence.signed import Files, a_signed_bundle, in_folder, refitted, resigned, with_own_digest
from evidence.three_ways import by_hand, by_tallystick, by_verify_py
from tallystick.errors import VerificationError
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import DATAPACKAGE, SHA256SUMS, STATEMENT, MemoryReader
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.trust import Trust
from tallystick.evidence.verification import verify_bundle
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Who signs, who attacks, and the bundles that an attacker has at hand."""

    sender: SigningKey
    attacker: SigningKey
    good: Files
    other: Files
    """Another licensee's report, signed by the sender too."""

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


@pytest.fixture(scope="session")
def case() -> Case:
    sender, attacker = SigningKey.make(), SigningKey.make()
    others = {"licensee.id": "meridian", "licensee.name": "Meridian Ltd"}
    return Case(
        sender=sender,
        attacker=attacker,
        good=a_signed_bundle(sender),
        other=a_signed_bundle(sender, changes=others),
    )


@pytest.fixture(scope="session")
def sender_pub(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "sender.pub"
    file.write_text(case.sender.public.pem, "ascii")
    return file


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
}
"""What each attack leaves; every one is found in all three ways by someone who trusts the sender's key."""

BEYOND_THE_HAND: dict[str, Callable[[Case], Files]] = {
    "the page shows another number": lambda case: case.refit(
        {"report.html": case.good["report.html"].replace(b"<p>70", b"<p>71")}
    ),
    "the table lacks a finding": lambda case: case.refit({"findings.csv": b"id,sentence\r\n"}),
    "the print holds no report": lambda case: case.refit({"report.pdf": b"%PDF-1.7\n"}, add=["report.pdf"]),
    "the workbook is none": lambda case: case.refit({"findings.xlsx": b"PK"}, add=["findings.xlsx"]),
}
"""What the commands do not look at, and both programs do."""


def test_a_good_bundle_is_right_in_all_three_ways(case: Case, sender_pub: Path, tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "r1", case.good)

    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [0, 0, 0]


def test_a_bundle_that_nobody_signed_is_right_in_all_three_ways_and_none_of_a_trusted_key(
    sender_pub: Path, tmp_path: Path
) -> None:
    folder = in_folder(tmp_path / "r1", a_signed_bundle())

    assert [check(folder, None) for check in (by_tallystick, by_verify_py, by_hand)] == [0, 0, 0]
    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [6, 6, 6]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_in_all_three_ways(name: str, case: Case, sender_pub: Path, tmp_path: Path) -> None:
    files = {name: data for name, data in ATTACKS[name](case).items() if not name.startswith("../")}
    folder = in_folder(tmp_path / "bundle", files)

    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [6, 6, 6]


@pytest.mark.parametrize("name", BEYOND_THE_HAND)
def test_what_a_rendering_shows_is_held_to_the_report_by_both_programs(
    name: str, case: Case, sender_pub: Path, tmp_path: Path
) -> None:
    folder = in_folder(tmp_path / "bundle", BEYOND_THE_HAND[name](case))

    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py)] == [6, 6]


def test_rows_that_do_not_add_up_are_found(case: Case, sender_pub: Path, tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "bundle", case.refit({"usage.parquet": b"PAR1"}))
    sums = in_folder(
        tmp_path / "sums",
        a_signed_bundle(
            case.sender,
            changes={"summary.errors": 0, "consumption.apps.0.errors": 0},
        ),
    )

    assert [by_tallystick(each, sender_pub) for each in (folder, sums)] == [6, 6]
    with pytest.raises(VerificationError, match=r"usage\.parquet: sum of errors: expected 0, found 1"):
        verify(str(sums), S3Settings())


def test_a_link_and_an_empty_folder_are_found_in_all_three_ways(case: Case, sender_pub: Path, tmp_path: Path) -> None:
    linked, empty = in_folder(tmp_path / "linked", case.good), in_folder(tmp_path / "empty", {})
    (linked / "run.json").unlink()
    (linked / "run.json").symlink_to(in_folder(tmp_path / "out", {"run.json": case.good["run.json"]}) / "run.json")

    for folder in (linked, empty):
        assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [6, 6, 6]


def test_an_older_revision_in_the_place_of_a_newer_is_refused(case: Case, tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "r2", case.good)

    with pytest.raises(VerificationError, match=r"tallystick\.revision: expected 2, found 1"):
        verify(str(folder), S3Settings())


def zipped(file: Path, entries: list[tuple[str, bytes]], **how: Any) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name)
            for key, value in how.items():
                setattr(entry, key, value)
            archive.writestr(entry, data)
    return file


@pytest.mark.parametrize("below", ["", "halcyon-r1/"])
def test_a_zip_is_checked_like_a_folder(below: str, case: Case, sender_pub: Path, tmp_path: Path) -> None:
    file = zipped(tmp_path / "b.zip", [(below + name, data) for name, data in case.good.items()])

    assert [check(file, sender_pub) for check in (by_tallystick, by_verify_py)] == [0, 0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "attack", ["two entries of one name", "a slip", "a link", "cut off", "damaged", "empty", "two folders", "no zip"]
)
def test_a_zip_that_plays_tricks_is_refused(attack: str, case: Case, sender_pub: Path, tmp_path: Path) -> None:
    entries = list(case.good.items())
    file = tmp_path / "b.zip"
    more = {"two entries of one name": ("run.json", b"[]"), "a slip": ("../../run.json", b"{}")}
    zipped(file, [] if attack == "empty" else [*entries, *([more[attack]] if attack in more else [])])
    if attack == "a link":
        zipped(file, entries, external_attr=0o120777 << 16)
    elif attack == "two folders":
        zipped(file, [(f"a/{name}", data) for name, data in entries] + [("b/run.json", b"{}")])
    elif attack in ("cut off", "damaged", "no zip"):
        data = bytearray(file.read_bytes())
        data[200] ^= 1
        file.write_bytes({"cut off": bytes(data[: len(data) // 2]), "no zip": b"PK?"}.get(attack, bytes(data)))

    assert [check(file, sender_pub) for check in (by_tallystick, by_verify_py)] == [6, 6]


@pytest.mark.parametrize("name", [STATEMENT, DATAPACKAGE, SHA256SUMS, "verify/verify.py"])
def test_one_changed_byte_of_a_signed_bundle_is_found_at_every_position(name: str, case: Case) -> None:
    small = a_bundle(a_payload() | {"verify/verify.py": b"print()\n"}, seal=Seal(keys=(case.sender,)))
    trust = Trust(keys=(case.sender.public,))
    for position in range(len(small[name])):
        changed = bytearray(small[name])
        changed[position] ^= 1
        with pytest.raises(VerificationError):
            verify_bundle(MemoryReader({**small, name: bytes(changed)}), location="here", trust=trust)


@pytest.mark.parametrize("name", [STATEMENT, SHA256SUMS])
def test_one_changed_byte_is_found_even_where_the_manifest_was_made_to_fit(name: str, case: Case) -> None:
    for position in range(0, len(case.good[name]), 11):
        changed = bytearray(case.good[name])
        changed[position] ^= 1
        package = json.loads(case.good[DATAPACKAGE])
        files = refitted({**case.good, name: bytes(changed)}) if name == STATEMENT else None
        files = files or {**case.good, name: bytes(changed), DATAPACKAGE: with_own_digest(package)}
        with pytest.raises(VerificationError):
            verify_bundle(MemoryReader(files), location="here")
