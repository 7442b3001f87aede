"""Checks a report bundle with nothing of Tallystick's: this one file, Python 3.11 and, for signatures, cryptography.

    python verify.py [BUNDLE] [--trust KEY.pub]

BUNDLE is a folder or a zip; without it, the bundle that this file lies in. Take this file, and the key to trust, from
somewhere else than the bundle: whoever forges a bundle forges what is in it. It ends with 0 when everything it says it
checked is right, 6 when something differs (each line names file, field, expected, found) or there is nothing to check,
5 when something cannot be read or cryptography is missing, and 2 when it was asked in a wrong way.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import csv
import hashlib
import html
import io
import json
import os
import re
import stat
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

MANIFEST, SUMS, STATEMENT, STAMP = "datapackage.json", "SHA256SUMS", "statement.dsse.json", "timestamp.tsr"
CHANGES, FRAME, SAMPLE = "changes.json", "evidence/sample.json", "evidence/sample.parquet"
NEEDED = {"report.json", "report.html", "findings.csv", "usage.parquet", "quality.json", "run.json", SUMS}
FIRST_SCHEMA = "tallystick/report/1"
NEEDED_SINCE = {"tallystick/report/2": {"report.pdf", "findings.xlsx", "verify/VERIFY.md", "verify/verify.py"}}
MOST_BYTES, MOST_MANIFEST, MOST_INTEGER = 1 << 31, 1 << 24, 2**53 - 1
PART = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
FILE_NAME = re.compile(rf"{PART}(?:/{PART})*")
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://tallystick.example.com/report-bundle/v1"
MEDIA = {"json": "application/json", "html": "text/html", "csv": "text/csv", "pdf": "application/pdf"}
MEDIA |= {"md": "text/markdown", "py": "text/x-python", "txt": "text/plain", "tsr": "application/timestamp-reply"}
MEDIA |= {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MEDIA |= {"parquet": "application/vnd.apache.parquet"}
VERDICTS = ("kept", "exceeded", "not decided", "not checked")
BOXES = (("entries", "rejected", "accepted"), ("accepted", "duplicate", "unique"))


class DiffersError(Exception):
    """The bundle is not what it says it is: which file, which field of it, what was expected, what was found."""

    def __init__(self, file: str, field: str, expected: object, found: object) -> None:
        parts = (ascii(str(part))[1:-1][:200] for part in (file, field, expected, found))
        super().__init__("{}: {}: expected {}, found {}".format(*parts))


class UnreadableError(Exception):
    """Something is missing, or cannot be read."""


def equal(file: str, field: str, expected: object, found: object) -> None:
    """DiffersError unless two values are the same."""
    if type(expected) is not type(found) or expected != found:
        raise DiffersError(file, field, expected, found)


# ── the files ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_bundle(place: Path) -> dict[str, bytes]:
    """Every file by name; links, names that stand twice, and what is no file are refused."""
    listed = list(from_zip(place) if place.is_file() else from_folder(place))
    files = dict(listed)
    if not files:
        raise DiffersError(str(place), "files", "a bundle", "nothing")
    for name, count in Counter(name for name, _ in listed).items():
        if count > 1:
            raise DiffersError(name, "name", "one such file", count)
    if sum(map(len, files.values())) > MOST_BYTES:
        raise DiffersError(str(place), "bytes", f"at most {MOST_BYTES}", "more")
    return files


def from_folder(folder: Path, below: str = "") -> Iterator[tuple[str, bytes]]:
    """The files below a folder, with `/` between the parts of a name."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise UnreadableError(f"{folder}: {error.strerror}") from error
    for entry in entries:
        name = below + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from from_folder(folder / entry.name, name + "/")
        elif entry.is_file(follow_symlinks=False):
            yield name, Path(entry.path).read_bytes()
        else:
            raise DiffersError(name, "kind", "a file", "a link, a pipe or a device")


def from_zip(file: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a zip, below the one folder that it may have; nothing is unpacked to disk."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            names = [each.orig_filename for each in entries]
            top = names[0].partition("/")[0] + "/" if names else ""
            if MANIFEST in names or top + MANIFEST not in names or any(not name.startswith(top) for name in names):
                top = ""
            if sum(each.file_size for each in entries) > MOST_BYTES:
                raise DiffersError(file.name, "bytes", f"at most {MOST_BYTES}", "more")
            for entry in entries:
                kind = stat.S_IFMT(entry.external_attr >> 16)
                if kind not in (0, stat.S_IFREG) or entry.flag_bits & 1:
                    raise DiffersError(entry.orig_filename, "kind", "a file", "a link, or one that is locked")
                yield entry.orig_filename.removeprefix(top), archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DiffersError(file.name, "(all)", "a whole zip", error) from error


def sha256(data: bytes) -> str:
    """A digest in hex."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """The one form of a value in bytes (RFC 8785, without floats)."""
    return json.dumps(in_order(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def in_order(value: Any) -> Any:
    """The value with the keys of its objects in the order of their UTF-16 code units."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [in_order(each) for each in value] if isinstance(value, list) else value


def parse(file: str, data: bytes) -> Any:
    """The value, if `data` is its one canonical form: a key that stands twice, a float, a space are all refused."""

    def refuse(text: str) -> NoReturn:
        raise ValueError(f"the number {text[:40]}")

    def integer(text: str) -> int:
        if len(text) > 17 or abs(int(text)) > MOST_INTEGER:
            refuse(text)
        return int(text)

    try:
        value = json.loads(data.decode("utf-8"), parse_float=refuse, parse_constant=refuse, parse_int=integer)
        same = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise DiffersError(file, "(all)", "canonical JSON", error) from None
    if not same:
        raise DiffersError(file, "(all)", "canonical JSON", "another form")
    return value


def at(value: Any, path: str, file: str = "report.json") -> Any:
    """The member that a path such as `summary.records.sum` leads to."""
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            raise DiffersError(file, path, "a value", "nothing")
        value = value[step]
    return value


def amount(value: Any, path: str) -> int:
    """A count: an integer, or its digits where it is too large for most readers of JSON."""
    found = at(value, path)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and int(found[:100]) > MOST_INTEGER:
        return int(found)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise DiffersError("report.json", path, "a count", found)
    return found


def rows(value: Any, path: str) -> list[Any]:
    """A list of objects."""
    found = at(value, path)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise DiffersError("report.json", path, "a list", found)
    return found


def check_files(files: dict[str, bytes]) -> Any:
    """The manifest, after every file was held against it."""
    if MANIFEST not in files:
        raise DiffersError(MANIFEST, "(all)", "the manifest that every bundle has", "no such file")
    if len(files[MANIFEST]) > MOST_MANIFEST:
        raise DiffersError(MANIFEST, "bytes", f"at most {MOST_MANIFEST}", len(files[MANIFEST]))
    package = parse(MANIFEST, files[MANIFEST])
    about, lines = at(package, "tallystick", MANIFEST), at(package, "resources", MANIFEST)
    equal(MANIFEST, "tallystick.schema", "tallystick/bundle/1", at(about, "schema", MANIFEST))
    equal(MANIFEST, "tallystick.manifest_sha256", self_digest(package, lines), at(about, "manifest_sha256", MANIFEST))
    listed = {at(line, "path", MANIFEST): line for line in lines}
    if len({str(name).casefold() for name in listed}) < len(lines):
        raise DiffersError(MANIFEST, "resources", "each file once", "one twice")
    for name in sorted(NEEDED - set(listed)):
        raise DiffersError(MANIFEST, "resources", name, "it is not listed")
    for name in listed:
        if not isinstance(name, str) or not FILE_NAME.fullmatch(name) or len(name) > 240 or name == MANIFEST:
            raise DiffersError(MANIFEST, "resources", "a plain file name", name)
    for name in sorted(set(files) - {MANIFEST} - set(listed)):
        raise DiffersError(name, "name", "no such file", "it is there")
    for name in sorted(listed):
        if name not in files:
            raise DiffersError(name, "name", "a file", "no such file")
        check_line(name, listed[name], files[name])
    names = sorted(set(listed) - {SUMS, STATEMENT, STAMP})
    sums = "".join(f"{sha256(files[name])}  {name}\n" for name in names).encode("ascii")
    if files[SUMS] != sums:
        raise DiffersError(SUMS, "lines", f"a line for each of {len(names)} files, in order", "other lines")
    return package


def check_line(name: str, line: Any, data: bytes) -> None:
    """One file is what its line in the manifest says."""
    ending = "txt" if name.endswith(SUMS) else name.rpartition(".")[2].lower()
    equal(name, "bytes", at(line, "bytes", MANIFEST), len(data))
    equal(name, "sha256", at(line, "hash", MANIFEST), f"sha256:{sha256(data)}")
    expected = {
        "name": slug(name),
        "path": name,
        "format": ending if ending in MEDIA else "bin",
        "mediatype": MEDIA.get(ending, "application/octet-stream"),
        "bytes": len(data),
        "hash": f"sha256:{sha256(data)}",
    }
    equal(MANIFEST, f"resources: {name}", expected, line)


def slug(text: str) -> str:
    """A text in the letters that a data package's names may have."""
    return re.sub(r"[^a-z0-9._-]+", "-", text[:100].lower())


def self_digest(package: Any, lines: list[Any]) -> str:
    """The digest of a manifest with just these lines and without its own digest."""
    about = {key: value for key, value in package["tallystick"].items() if key != "manifest_sha256"}
    return sha256(canonical({**package, "resources": lines, "tallystick": about}))


def check_manifest(package: Any, report: Any, report_sha256: str) -> None:
    """What the manifest says beside the files follows from the report."""
    about = package["tallystick"]
    revision, before = at(about, "revision", MANIFEST), at(about, "supersedes", MANIFEST)
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 1:
        raise DiffersError(MANIFEST, "tallystick.revision", "1 or more", revision)
    if before is not None and (len(before) != 3 or not 0 < amount(before, "revision") < revision):
        raise DiffersError(MANIFEST, "tallystick.supersedes", "a revision and two digests", before)
    licensee, period = at(report, "licensee.id"), at(report, "period.text")
    expected = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"{slug(licensee)}-{slug(period)}-r{revision}",
        "title": at(package, "title", MANIFEST),
        "version": str(revision),
        "resources": package["resources"],
        "tallystick": {
            "schema": "tallystick/bundle/1",
            "provider": at(report, "provider.name"),
            "licensee": {"id": licensee, "name": at(report, "licensee.name")},
            "period": {key: at(report, f"period.{key}") for key in ("text", "start", "end", "time_zone")},
            "conclusion": at(report, "conclusion"),
            "requests": amount(report, "summary.requests"),
            "findings": amount(report, "summary.findings"),
            "revision": revision,
            "supersedes": before,
            "report_sha256": report_sha256,
            "code_version": at(about, "code_version", MANIFEST),
            "manifest_sha256": about["manifest_sha256"],
        },
    }
    for key, value in expected["tallystick"].items():
        equal(MANIFEST, f"tallystick.{key}", value, about.get(key))
    if canonical(expected) != canonical(package):
        raise DiffersError(MANIFEST, "(all)", "what files and report give", "something else")


# ── the report and its renderings ─────────────────────────────────────────────────────────────────────────────────────


def check_beside(report: Any, files: dict[str, bytes], about: Any) -> list[str]:
    """What a report of its schema comes with is there; sample and changes are of this report and add up."""
    equal("report.json", "schema is known", True, at(report, "schema") in (FIRST_SCHEMA, *NEEDED_SINCE))
    needed = set(NEEDED_SINCE.get(report["schema"], ()))
    needed |= {CHANGES} if (needed and about["supersedes"] is not None) or "changes.html" in files else set()
    needed |= {FRAME, SAMPLE} if {FRAME, SAMPLE} & set(files) else set()
    for name in sorted(needed - set(files)):
        raise DiffersError(name, "name", "a file that such a report comes with", "no such file")
    known = {SAMPLE, *(f"evidence/{at(finding, 'id')}.parquet" for finding in rows(report, "findings"))}
    for name in sorted(name for name in files if re.fullmatch(r"evidence/.*\.parquet", name) and name not in known):
        raise DiffersError(name, "name", "a finding of that id", "none")
    if FRAME in files:
        frame = parse(FRAME, files[FRAME])
        said = [at(frame, "schema", FRAME), at(frame, "seed", FRAME)]
        equal(FRAME, "schema, seed", ["tallystick/sample/1", about["report_sha256"]], said)
        equal(FRAME, "requests", about["requests"], amount(frame, "requests"))
        for key in ("requests", "drawn"):
            equal(FRAME, f"strata: {key}", amount(frame, key), sum(amount(each, key) for each in rows(frame, "strata")))
        equal(FRAME, "drawn", True, all(amount(each, "drawn") <= amount(each, "requests") for each in frame["strata"]))
    if CHANGES in files:
        check_changes(report, parse(CHANGES, files[CHANGES]), about)
        if about["report_sha256"] not in str(files.get("changes.html", about["report_sha256"])):
            raise DiffersError("changes.html", "report_sha256", about["report_sha256"], "it is not named")
    return [name for name in (FRAME, CHANGES) if name in files]


def check_changes(report: Any, changes: Any, about: Any) -> None:
    """changes.json is of this report and the one that it supersedes, counts what it lists and agrees in the totals."""
    equal(CHANGES, "schema", "tallystick/changes/1", at(changes, "schema", CHANGES))
    before = {key: at(changes, f"before.{key}", CHANGES) for key in ("revision", "report_sha256", "datapackage_sha256")}
    equal(CHANGES, "before", about["supersedes"], before)
    after = {"licensee": about["licensee"]["id"], "period": about["period"]["text"], "conclusion": about["conclusion"]}
    for key, expected in {**after, "revision": about["revision"], "report_sha256": about["report_sha256"]}.items():
        equal(CHANGES, f"after.{key}", expected, at(changes, f"after.{key}", CHANGES))
    listed = [change for section in rows(changes, "sections") for change in rows(section, "changes")]
    numbers = sum(at(change, "is_number", CHANGES) is True for change in listed)
    counts = [numbers, len(listed) - numbers] if at(changes, "compared", CHANGES) is True else [None, None]
    equal(CHANGES, "counts", counts, [at(changes, key, CHANGES) for key in ("numbers", "other_values")])
    for change in (each for each in listed if "[" not in at(each, "path", CHANGES)):
        value = report
        for step in change["path"].split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, dict | list) and value != at(change, "after", CHANGES):
            raise DiffersError(CHANGES, change["path"], value, change["after"])


def check_report(report: Any, findings_csv: bytes) -> None:
    """Its boxes and sums add up, every clause has a verdict, and the conclusion and findings.csv follow."""
    whose = "attributed" if at(report, "schema") == FIRST_SCHEMA else "this_licensee"
    for whole, *parts in (*BOXES, ("unique", "unattributed", whose)):
        total = sum(amount(report, f"reconciliation.{part}") for part in parts)
        equal("report.json", f"reconciliation.{whole}", total, amount(report, f"reconciliation.{whole}"))
    requests = amount(report, "summary.requests")
    for view in ("apps", "days", "months"):
        total = sum(amount(row, "requests") for row in rows(report, f"consumption.{view}"))
        equal("report.json", f"consumption.{view}", requests, total)
    clauses, findings = rows(report, "clauses"), rows(report, "findings")
    for clause in clauses:
        verdict, over = at(clause, "verdict"), amount(clause, "readings_exceeded")
        if verdict not in VERDICTS or (over > 0) != (verdict == "exceeded"):
            raise DiffersError("report.json", f"clause {at(clause, 'clause')}: verdict", "one that fits", verdict)
        counted = amount(clause, "counted") + amount(clause, "out_of_scope")
        equal("report.json", f"clause {at(clause, 'clause')}: in_period", counted, amount(clause, "in_period"))
    for verdict in VERDICTS:
        field = f"summary.clauses_{verdict.replace(' ', '_')}"
        equal("report.json", field, sum(each["verdict"] == verdict for each in clauses), amount(report, field))
    equal("report.json", "summary.clauses", len(clauses), amount(report, "summary.clauses"))
    equal("report.json", "summary.findings", len(findings), amount(report, "summary.findings"))
    outside = any(
        each["verdict"] == "exceeded"
        and each["readings_exceeded"] == at(each, "readings")
        and each["clause"] != "agreement-in-force"
        for each in clauses
    )
    conclusion = at(report, "conclusion")
    is_open = any(each["verdict"] in ("exceeded", "not decided") for each in clauses)
    if outside != (conclusion == "outside terms") or (is_open and conclusion == "within terms"):
        raise DiffersError("report.json", "conclusion", "the one that the verdicts give", conclusion)
    csv.field_size_limit(1 << 24)
    try:
        table = list(csv.DictReader(io.StringIO(findings_csv.decode("utf-8-sig"), newline=""), strict=True))
        equal("findings.csv", "id", [at(each, "id") for each in findings], [row["id"] for row in table])
        for finding, row in zip(findings, table, strict=True) if at(report, "schema") != FIRST_SCHEMA else ():
            check_row(finding, row)
    except (ValueError, KeyError, csv.Error) as error:
        raise DiffersError("findings.csv", "id", "a column", error) from None


def check_row(finding: Any, row: dict[str, str]) -> None:
    """The numbers of a finding stand in its row of findings.csv."""
    counts = {key: amount(finding, key) for key in ("requests", "readings", "readings_exceeded")}
    money = finding.get("money") or {}
    stated = {key: money.get(key) or "" for key in ("currency", "owed", "paid", "underpaid", "interest")}
    listed = {key: len(rows(finding, key)) for key in ("windows", "evidence")}
    for key, value in {**counts, **listed, **stated}.items():
        equal("findings.csv", f"{finding['id']}: {key}", str(value), row[key])


def check_renderings(report: Any, files: dict[str, bytes]) -> list[str]:
    """Page and workbook name the digest of report.json and show its main numbers; the print has it attached."""
    if report["schema"] == FIRST_SCHEMA:
        return []  # pages of those name no digest
    page = files["report.html"].decode("utf-8", "replace")
    shown = {"report.html": (page, re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->", " ", page))}
    shown["findings.xlsx"] = (workbook(files["findings.xlsx"]),) * 2
    for file, (text, visible) in shown.items():
        if sha256(files["report.json"]) not in text:
            raise DiffersError(file, "report_sha256", sha256(files["report.json"]), "it is not named")
        visible = html.unescape(re.sub(r"<[^>]*>", " ", visible))
        ungrouped = re.sub(r"(?<=\d)[,.' \u00a0\u2009\u202f\u2019](?=\d{3}(?!\d))", "", visible)
        numbers = set(re.findall(r"\d+", visible)) | set(re.findall(r"\d+", ungrouped))
        for path in ("summary.requests", "summary.records.sum", "summary.clauses", "summary.findings"):
            if str(amount(report, path)) not in numbers:
                raise DiffersError(file, path, amount(report, path), "it is not shown")
    if not any(stream == files["report.json"] for stream in attached(files["report.pdf"], files["report.json"])):
        raise DiffersError("report.pdf", "attachment", "the bytes of report.json", "no such attachment")
    return [*shown, "report.pdf"]


def workbook(data: bytes) -> str:
    """All text of a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = [each for each in book.infolist() if re.search(r"/(sheet1|sharedStrings)\.xml$", each.filename)]
            if sum(each.file_size for each in parts) > 1 << 28:
                raise DiffersError("findings.xlsx", "(all)", "a workbook", "more than 256 MiB of text")
            return " ".join(book.read(each).decode("utf-8", "replace") for each in parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise DiffersError("findings.xlsx", "(all)", "a workbook", error) from None


def attached(pdf: bytes, wanted: bytes) -> Iterator[bytes]:
    """The streams of a PDF that could be `wanted`: as they stand, and unpacked."""
    for found in re.finditer(rb"stream\r?\n", pdf):
        start = found.end()
        yield pdf[start : start + len(wanted)]
        try:
            if zlib.decompressobj().decompress(pdf[start : start + 4096], 64) == wanted[:64]:
                yield zlib.decompressobj().decompress(pdf[start:], len(wanted) + 1)
        except zlib.error:
            continue


# ── statement, signatures, time-stamp ─────────────────────────────────────────────────────────────────────────────────


def check_statement(files: dict[str, bytes], package: Any, trusted: list[str]) -> list[str]:
    """The ids of the keys that have signed, all of them rightly; `trusted` are PEM texts of which one must be there."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    def key_of(pem: Any) -> tuple[str, Ed25519PublicKey]:
        try:
            key = load_pem_public_key(str(pem).encode("utf-8"))
        except ValueError:
            raise DiffersError(STATEMENT, "public_key", "a public key in PEM form", "none") from None
        if not isinstance(key, Ed25519PublicKey):
            raise DiffersError(STATEMENT, "public_key", "an Ed25519 key", "another kind")
        return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)), key

    envelope = parse(STATEMENT, files[STATEMENT])
    equal(STATEMENT, "payloadType", PAYLOAD_TYPE, at(envelope, "payloadType", STATEMENT))
    equal(STATEMENT, "(all)", ["payload", "payloadType", "signatures"], sorted(envelope))
    payload = unpacked(at(envelope, "payload", STATEMENT))
    statement = parse(STATEMENT, payload)
    signers = at(statement, "predicate.signers", STATEMENT)
    keys = dict(key_of(at(signer, "public_key", STATEMENT)) for signer in signers)
    about, lines = package["tallystick"], package["resources"]
    covered = [line for line in lines if line["path"] not in (STATEMENT, STAMP)]
    kept = ("licensee", "period", "revision", "report_sha256", "supersedes", "code_version")
    expected = {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": line["path"], "digest": {"sha256": sha256(files[line["path"]])}}
            for line in sorted(covered, key=lambda line: str(line["path"]))
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            **{key: about[key] for key in kept},
            "manifest_sha256": self_digest(package, covered),
            "signers": [
                {
                    "keyid": keyid,
                    "public_key": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
                }
                for keyid, key in sorted(keys.items(), key=lambda item: item[0])
            ],
        },
    }
    for part in (*expected, "predicate.manifest_sha256"):
        equal(STATEMENT, f"payload.{part}", at(expected, part), at(statement, part, STATEMENT))
    if payload != canonical(expected):
        raise DiffersError(STATEMENT, "payload", "what files and manifest give", "something else")
    signatures = [(at(each, "keyid", STATEMENT), at(each, "sig", STATEMENT)) for each in envelope["signatures"]]
    equal(STATEMENT, "keyid and sig alone", True, all(len(each) == 2 for each in envelope["signatures"]))
    equal(STATEMENT, "signatures", sorted(keys), [keyid for keyid, _ in signatures])
    if not keys:
        raise DiffersError(STATEMENT, "signatures", "one or more", "none")
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode("ascii"), len(payload), payload)
    for keyid, signature in signatures:
        try:
            keys[keyid].verify(unpacked(signature), message)
        except InvalidSignature:
            raise DiffersError(STATEMENT, f"signature of {keyid[:16]}", "the key's", "a wrong one") from None
    believed = {key_of(text)[0] for text in trusted}
    if believed and not believed & set(keys):
        raise DiffersError(STATEMENT, "signatures", f"one by {sorted(believed)}", f"only by {sorted(keys)}")
    return sorted(keys)


def unpacked(text: Any) -> bytes:
    """The bytes of a base64 text, which must be written in the one usual way."""
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error, ValueError):
        raise DiffersError(STATEMENT, "base64", "base64", "other text") from None
    equal(STATEMENT, "base64", base64.b64encode(data).decode("ascii"), text)
    return data


def check_stamp(answer: bytes, statement: bytes) -> str:
    """The time of a time-stamp (RFC 3161) over the statement; openssl checks its signature, as VERIFY.md says."""
    status, token = values(values(answer)[0][1])
    if values(status[1])[0][1] not in (b"\x00", b"\x01"):
        raise DiffersError(STAMP, "status", "granted", "refused")
    signed = values(values(values(values(token[1])[1][1])[0][1])[2][1])
    info = values(values(values(signed[1][1])[0][1])[0][1])
    digest = values(info[2][1])[1][1]
    equal(STAMP, "imprint", sha256(statement), digest.hex())
    text = info[4][1].decode("ascii", "replace")
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def values(data: bytes) -> list[tuple[int, bytes]]:
    """The DER values in `data`: tag and content of each."""
    found, place = [], 0
    while place < len(data):
        tag, size = data[place], data[place + 1]
        place += 2
        if size & 0x80:
            digits = size & 0x7F
            size = int.from_bytes(data[place : place + digits], "big")
            place += digits
        if place + size > len(data):
            raise ValueError("a value is cut off")
        found.append((tag, data[place : place + size]))
        place += size
    return found


def verify(place: Path, trusted: list[str]) -> list[str]:
    """What was checked and what was not, a line each; DiffersError for the first thing that is not as it should be."""
    files = read_bundle(place)
    package = check_files(files)
    report = parse("report.json", files["report.json"])
    check_report(report, files["findings.csv"])
    check_manifest(package, report, sha256(files["report.json"]))
    beside = check_beside(report, files, package["tallystick"])
    renderings = check_renderings(report, files)
    about = package["tallystick"]
    said = [
        f"{about['licensee']['id']} {about['period']['text']} r{about['revision']}: {about['conclusion']}",
        f"checked: {len(files)} files, {sum(map(len, files.values()))} bytes, manifest, {SUMS}, sums and verdicts",
        f"checked: that these show report.json: {', '.join((*renderings, *beside))}",
    ]
    if STATEMENT in files:
        keys = check_statement(files, package, trusted)
        said += [f"checked: the signature of key {keyid}" for keyid in keys]
        if not trusted:
            said.append("not checked: whose key that is; give one that you trust with --trust")
    elif trusted:
        raise DiffersError(STATEMENT, "signatures", "one by a trusted key", "no such file")
    else:
        said.append("NOT SIGNED: whole, but anybody could have made it")
    if STAMP in files:
        if STATEMENT not in files:
            raise DiffersError(STAMP, "(all)", "a statement that it stamps", "no such file")
        try:
            time = check_stamp(files[STAMP], files[STATEMENT])
        except (ValueError, IndexError) as error:
            raise DiffersError(STAMP, "(all)", "a time-stamp", error) from None
        said.append(f"checked: the time-stamp is over the statement and says {time}")
        said.append("not checked: the time-stamp's own signature; openssl ts checks it, as VERIFY.md says")
    said.append("not checked: usage.parquet, quality.json, all of page and print; tallystick verify --render does")
    return said


def main(arguments: list[str]) -> int:
    """Check what was asked for, say what was found, and give the code to end with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).resolve().parents[1])
    parser.add_argument("--trust", action="append", type=Path, default=[], metavar="KEY.pub")
    asked = parser.parse_args(arguments)
    try:
        trusted = [key.read_text("ascii", "replace") for key in asked.trust]
        lines = verify(asked.bundle, trusted)
    except DiffersError as error:
        print(f"DIFFERS: {error}", file=sys.stderr)
        return 6
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        print(f"DIFFERS: something is not of the form that it must have: {error!a}", file=sys.stderr)
        return 6
    except ImportError as error:
        print(f"cannot check: {error}; next: pip install cryptography", file=sys.stderr)
        return 5
    except (UnreadableError, OSError) as error:
        print(f"cannot read: {error}", file=sys.stderr)
        return 5
    print("\n".join(ascii(line)[1:-1] for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
