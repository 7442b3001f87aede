"""datapackage.json: a Frictionless Data Package v2 that lists every file of a bundle and says whose audit it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tallystick.evidence.bundle import DATAPACKAGE, REPORT, SHA256SUMS, STATEMENT, TIMESTAMP
from tallystick.evidence.canonical import Json, NotCanonicalError, canonical_bytes, parse_canonical
from tallystick.evidence.digest import FileDigest, Sha256
from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.media import media_of
from tallystick.evidence.names import is_file_name, segment
from tallystick.evidence.report_rules import CONCLUSIONS
from tallystick.period import Period

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "tallystick/bundle/1"
SELF = "manifest_sha256"
"""The property that holds the digest of the manifest's canonical bytes without this property."""


@dataclass(frozen=True, kw_only=True)
class Superseded:
    """The revision that this one replaces; its manifest's digest makes the revisions a chain."""

    revision: int
    report_sha256: Sha256
    datapackage_sha256: Sha256


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What only the publisher knows of a bundle; all else in its manifest follows from the files."""

    title: str
    revision: int
    supersedes: Superseded | None
    code_version: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A published bundle as its manifest describes it. `files` are the payload and SHA256SUMS, by name."""

    edition: Edition
    provider: str
    licensee: str
    licensee_name: str
    period: str
    period_start: str
    period_end: str
    time_zone: str
    conclusion: str
    requests: int
    findings: int
    report_sha256: Sha256
    files: Mapping[str, FileDigest]
    sha256: Sha256
    """The digest of the manifest's own bytes."""

    @property
    def revision(self) -> int:
        """The number of the revision."""
        return self.edition.revision

    @property
    def place(self) -> str:
        """The folder of all revisions in a report store: `<licensee>/<period>`."""
        return f"{segment(self.licensee)}/{segment(Period(text=self.period, start_us=0, end_us=1).slug)}"

    @property
    def folder(self) -> str:
        """The folder of this revision in a report store: `<licensee>/<period>/r<n>`."""
        return f"{self.place}/{revision_name(self.revision)}"

    @property
    def is_signed(self) -> bool:
        """Whether it lists a signed statement; that the signature is right is for verification to say."""
        return STATEMENT in self.files

    @property
    def size_bytes(self) -> int:
        """Bytes of all files together, without the manifest's own."""
        return sum(file.size_bytes for file in self.files.values())

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Read a manifest; NotAsPromisedError for whatever is not one, down to a single changed byte."""
        try:
            root = Node(parse_canonical(data))
        except NotCanonicalError as error:
            raise NotAsPromisedError("(all)", expected="a manifest in canonical JSON", found=str(error)) from None
        about = root["tallystick"]
        about["schema"].one_of(SCHEMA)
        if about[SELF].text() != _self_digest(root.value).hex:
            raise NotAsPromisedError(
                f"tallystick.{SELF}", expected=str(_self_digest(root.value)), found=about[SELF].text()
            )
        listed = [_file(resource) for resource in root["resources"].each()]
        if len({name.casefold() for name, _ in listed}) < len(listed):
            raise NotAsPromisedError("resources", expected="each file once", found="a file listed twice")
        return cls(
            edition=Edition(
                title=root["title"].text(),
                revision=_revision(about["revision"]),
                supersedes=_superseded(about["supersedes"], _revision(about["revision"])),
                code_version=about["code_version"].text(),
            ),
            provider=about["provider"].text(),
            licensee=_folder_text(about["licensee.id"]),
            licensee_name=about["licensee.name"].text(),
            period=_folder_text(about["period.text"]),
            period_start=about["period.start"].text(),
            period_end=about["period.end"].text(),
            time_zone=about["period.time_zone"].text(),
            conclusion=about["conclusion"].one_of(*CONCLUSIONS),
            requests=about["requests"].amount(),
            findings=about["findings"].amount(),
            report_sha256=_sha256(about["report_sha256"]),
            files=dict(listed),
            sha256=Sha256.of(data),
        )


def compose_manifest(report: Json, files: Mapping[str, FileDigest], edition: Edition) -> bytes:
    """The bytes of datapackage.json for these files (payload and SHA256SUMS); no time and no place is in them."""
    document = Node(report)
    licensee, period = document["licensee.id"].text(), document["period.text"].text()
    resources = [_resource(name, files[name]) for name in sorted(files)]
    package: dict[str, Json] = {
        "$schema": PROFILE,
        "name": f"{_slug(licensee)}-{_slug(period)}-{revision_name(edition.revision)}",
        "title": edition.title,
        "version": str(edition.revision),
        "resources": resources,
        "tallystick": {
            "schema": SCHEMA,
            "provider": document["provider.name"].text(),
            "licensee": {"id": licensee, "name": document["licensee.name"].text()},
            "period": {
                "text": period,
                **{key: document["period"][key].text() for key in ("start", "end", "time_zone")},
            },
            "conclusion": document["conclusion"].one_of(*CONCLUSIONS),
            "requests": document["summary.requests"].amount(),
            "findings": document["summary.findings"].amount(),
            "revision": edition.revision,
            "supersedes": _supersedes(edition.supersedes),
            "report_sha256": files[REPORT].sha256.hex,
            "code_version": edition.code_version,
        },
    }
    package["tallystick"][SELF] = _self_digest(package).hex
    return canonical_bytes(package)


def compose_sums(payload: Mapping[str, FileDigest]) -> bytes:
    """The bytes of SHA256SUMS: a line a payload file, sorted by name, as `sha256sum -c` reads it."""
    names = sorted(name for name in set(payload) - {SHA256SUMS, DATAPACKAGE} if not is_signed_apart(name))
    return "".join(f"{payload[name].sha256}  {name}\n" for name in names).encode("ascii")


def is_signed_apart(name: str) -> bool:
    """Whether a file is the statement or its time-stamp, which cannot be among what they state."""
    return name in (STATEMENT, TIMESTAMP)


def unsigned_digest(package: Json) -> Sha256:
    """The digest of a manifest without its own digest and without the lines of the statement and its time-stamp.

    The statement holds it, so that it signs every other word of the manifest that lists it.
    """
    lines = [line for line in package["resources"] if not is_signed_apart(line["path"])]
    return _self_digest({**package, "resources": lines})


def revision_name(revision: int) -> str:
    """The folder of a revision: `r1`, `r2` and so on."""
    return f"r{revision}"


def _resource(name: str, file: FileDigest) -> Json:
    media = media_of(name)
    return {
        "name": _slug(name),
        "path": name,
        "format": media.format,
        "mediatype": media.type,
        "bytes": file.size_bytes,
        "hash": file.sha256.prefixed,
    }


def _slug(text: str) -> str:
    """`text` in the letters that a data package's names may have."""
    return re.sub(r"[^a-z0-9._-]+", "-", text[:100].lower())


def _file(resource: Node) -> tuple[str, FileDigest]:
    name = resource["path"].text()
    if not is_file_name(name) or name == DATAPACKAGE:
        raise NotAsPromisedError(resource["path"].path, expected="a plain file name", found=ascii(name[:80]))
    try:
        sha256 = Sha256.parse(resource["hash"].text())
    except ValueError:
        found = ascii(resource["hash"].text()[:80])
        raise NotAsPromisedError(resource["hash"].path, expected="sha256: and 64 hex digits", found=found) from None
    return name, FileDigest(size_bytes=resource["bytes"].amount(), sha256=sha256)


def _self_digest(package: Json) -> Sha256:
    about = {key: value for key, value in package["tallystick"].items() if key != SELF}
    return Sha256.of(canonical_bytes({**package, "tallystick": about}))


def _folder_text(node: Node) -> str:
    if not node.text():
        raise NotAsPromisedError(node.path, expected="text that a folder can be named after", found="none")
    return node.text()


def _revision(node: Node) -> int:
    if node.integer() < 1:
        raise NotAsPromisedError(node.path, expected="1 or more", found=str(node.integer()))
    return node.integer()


def _sha256(node: Node) -> Sha256:
    try:
        return Sha256(node.text())
    except ValueError:
        raise NotAsPromisedError(node.path, expected="64 hex digits", found=ascii(node.text()[:80])) from None


def _superseded(node: Node, by: int) -> Superseded | None:
    if node.value is None:
        return None
    if _revision(node["revision"]) >= by:
        raise NotAsPromisedError(node["revision"].path, expected=f"less than {by}", found=str(node["revision"].value))
    return Superseded(
        revision=_revision(node["revision"]),
        report_sha256=_sha256(node["report_sha256"]),
        datapackage_sha256=_sha256(node["datapackage_sha256"]),
    )


def _supersedes(superseded: Superseded | None) -> Json:
    if superseded is None:
        return None
    return {
        "revision": superseded.revision,
        "report_sha256": superseded.report_sha256.hex,
        "datapackage_sha256": superseded.datapackage_sha256.hex,
    }
