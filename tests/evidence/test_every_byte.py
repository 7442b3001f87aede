"""No byte of a bundle can be another without verify saying so, wherever it stands and whatever it becomes."""

from __future__ import annotations

import pytest

from evidence.authority import Authority
from evidence.bundles import a_bundle, a_payload, a_sample, with_evidence
from tallystick.errors import BundleDiffersError
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import DATAPACKAGE, STATEMENT, TIMESTAMP, MemoryReader
from tallystick.evidence.digest import Sha256
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Superseded
from tallystick.evidence.timestamp import query
from tallystick.evidence.trust import Trust
from tallystick.evidence.verification import verify_bundle

KEY = SigningKey.make()
KINDS = {
    *("report.json", "report.html", "report.pdf", "findings.csv", "findings.xlsx", "usage.parquet", "quality.json"),
    *("run.json", "verify/VERIFY.md", "verify/verify.py", "evidence/f1.parquet", "evidence/sample.parquet"),
    *("evidence/sample.json", "changes.json", "changes.html", "SHA256SUMS", STATEMENT, TIMESTAMP, DATAPACKAGE),
}
"""One of every file that a bundle can hold."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small second revision with all of them, signed and stamped."""
    authority = Authority.make(tmp_path_factory.mktemp("authority"))
    payload = a_payload()
    before = Superseded(revision=1, report_sha256=Sha256.of(b"1"), datapackage_sha256=Sha256.of(b"2"))
    more = {**a_sample(payload), **with_evidence(payload, "f1")}
    seal = Seal(keys=(KEY,), stamp=lambda statement: authority.answer(query(statement, 1)))
    return a_bundle(payload | more, revision=2, supersedes=before, seal=seal)


def another(position: int, byte: int) -> int:
    """What a byte becomes: the next character at every third position, else itself with one bit flipped."""
    return (byte + 1) % 256 if position % 3 == 0 else byte ^ 1 << position % 8


def named(files: dict[str, bytes]) -> set[str]:
    """The files in which verify finds a difference."""
    try:
        verify_bundle(MemoryReader(files), location="here", trust=Trust(keys=(KEY.public,)))
    except BundleDiffersError as error:
        return {each.file for each in error.differences}
    return set()


def with_byte(data: bytes, position: int, value: int) -> bytes:
    return data[:position] + bytes([value]) + data[position + 1 :]


def test_the_bundle_is_right_before_it_is_changed(small: dict[str, bytes]) -> None:
    assert set(small) == KINDS
    assert named(small) == set()


def test_every_changed_byte_of_every_file_is_found_and_its_file_named(small: dict[str, bytes]) -> None:
    """At each position all files that are so long are changed at once: each of them has to be named."""
    listed = {name: data for name, data in small.items() if name != DATAPACKAGE}
    believed = []
    for position in range(max(map(len, listed.values()))):
        changed = {
            name: with_byte(data, position, another(position, data[position]))
            for name, data in listed.items()
            if position < len(data)
        }
        if named({**small, **changed}) != set(changed):
            believed.append(position)

    assert believed == []


def test_every_changed_byte_of_the_manifest_is_found(small: dict[str, bytes]) -> None:
    data = small[DATAPACKAGE]
    believed = [
        position
        for position, byte in enumerate(data)
        if named({**small, DATAPACKAGE: with_byte(data, position, another(position, byte))}) != {DATAPACKAGE}
    ]

    assert believed == []


def test_whatever_a_byte_becomes_it_is_found(small: dict[str, bytes]) -> None:
    manifest = small[DATAPACKAGE]
    small = {name: data for name, data in small.items() if name != DATAPACKAGE}
    for value in range(256):
        changed = {name: with_byte(data, len(data) // 2, value) for name, data in small.items()}
        wrong = {name for name, data in changed.items() if data != small[name]}
        assert named({**changed, DATAPACKAGE: manifest}) == wrong
        whole = {**small, DATAPACKAGE: with_byte(manifest, len(manifest) // 2, value)}
        assert named(whole) == (set() if whole[DATAPACKAGE] == manifest else {DATAPACKAGE})


def test_a_byte_that_is_gone_or_stands_twice_is_found(small: dict[str, bytes]) -> None:
    for tenths in range(11):
        for more in (0, 1):
            changed = {}
            for name, data in small.items():
                position = min(len(data) - 1, len(data) * tenths // 10)
                changed[name] = data[:position] + data[position : position + 1] * (2 * more) + data[position + 1 :]
            manifest = changed.pop(DATAPACKAGE)
            assert named({**small, **changed}) == set(changed)
            assert named({**small, DATAPACKAGE: manifest}) == {DATAPACKAGE}
