from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from evidence.authority import Authority
from evidence.bundles import a_bundle
from evidence.signed import Files, a_signed_bundle, in_folder, refitted
from evidence.three_ways import by_hand, by_tallystick, by_verify_py
from tallystick.errors import TryAgainError, VerificationError
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import DATAPACKAGE, STATEMENT, TIMESTAMP, MemoryReader
from tallystick.evidence.digest import Sha256
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.timestamp import check_timestamp, parse_certificates, query
from tallystick.evidence.trust import Trust
from tallystick.evidence.verification import verify_bundle
from tallystick.evidence.verified import Verified
from tallystick.settings import S3Settings
from tallystick.storage.objects import open_store
from tallystick.storage.publication import publish_bundle
from tallystick.storage.timestamping import ask_for_timestamp

KEY = SigningKey.make()
PLACE = "halcyon/2022-01-01_2022-01-03/r1"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def another(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("another"), kind="rsa")


@pytest.fixture(scope="session")
def url(authority: Authority) -> Iterator[str]:
    with authority.served() as address:
        yield address


@pytest.fixture(scope="session")
def stamped(url: str) -> Files:
    """A bundle that is signed and stamped."""
    return published_as(Seal(keys=(KEY,), stamp=partial(ask_for_timestamp, url)))


def published_as(seal: Seal) -> Files:
    plain = a_signed_bundle()
    payload = {name: data for name, data in plain.items() if name not in (DATAPACKAGE, "SHA256SUMS")}
    return a_bundle(payload, seal=seal)


def checked(files: Files, *authorities: Authority) -> Verified:
    pem = [each.certificate.read_bytes() for each in authorities]
    trust = Trust(keys=(KEY.public,), authorities=Trust.parse(pem).authorities)
    return verify_bundle(MemoryReader(files), location="here", trust=trust)


def test_a_stamped_statement_is_right_in_all_three_ways(stamped: Files, authority: Authority, tmp_path: Path) -> None:
    folder, key = in_folder(tmp_path / "r1", stamped), tmp_path / "key.pub"
    key.write_text(KEY.public.pem, "ascii")

    verified = checked(stamped, authority)
    assert verified.seals.timestamp is not None
    assert (verified.seals.timestamp.is_trusted, verified.seals.timestamp.authority) == (True, "CN=Fictional Time")
    assert [by_tallystick(folder, key), by_verify_py(folder, key)] == [0, 0]
    assert by_hand(folder, key, authority.certificate) == 0


def test_without_a_trusted_authority_the_result_says_that_nobody_knows_whose_it_is(stamped: Files) -> None:
    found = checked(stamped)

    assert "who runs the time-stamp's authority: no trusted certificate was given" in found.not_checked


def test_a_time_stamp_by_another_authority_than_the_trusted_is_refused(
    stamped: Files, another: Authority, tmp_path: Path
) -> None:
    with pytest.raises(VerificationError, match="authority: expected CN=Fictional Time Root") as caught:
        checked(stamped, another)
    assert caught.value.where == TIMESTAMP
    assert by_hand(in_folder(tmp_path / "r1", stamped), None, another.certificate) == 6


def test_a_bundle_without_a_time_stamp_does_not_satisfy_who_trusts_an_authority(authority: Authority) -> None:
    with pytest.raises(VerificationError, match=r"timestamp\.tsr.*expected a time-stamp by a trusted authority"):
        checked(a_signed_bundle(KEY), authority)


def test_the_time_stamp_of_another_statement_is_refused_in_all_three_ways(
    stamped: Files, authority: Authority, tmp_path: Path
) -> None:
    stale = authority.answer(query(b"another statement", 7))
    folder, key = in_folder(tmp_path / "r1", refitted({**stamped, TIMESTAMP: stale})), tmp_path / "key.pub"
    key.write_text(KEY.public.pem, "ascii")

    assert [by_tallystick(folder, key), by_verify_py(folder, key)] == [6, 6]
    assert by_hand(folder, key, authority.certificate) == 6


def test_one_changed_byte_of_a_time_stamp_is_found_at_every_position(stamped: Files) -> None:
    for position in range(len(stamped[TIMESTAMP])):
        changed = bytearray(stamped[TIMESTAMP])
        changed[position] ^= 1
        with pytest.raises(VerificationError):
            checked({**stamped, TIMESTAMP: bytes(changed)})


def test_a_changed_time_stamp_is_no_other_time_stamp(stamped: Files, authority: Authority) -> None:
    """Whatever byte is changed, nothing but an error or the same time by the same authority comes out."""
    trusted = parse_certificates(authority.certificate.read_bytes())
    answer, statement = stamped[TIMESTAMP], stamped[STATEMENT]
    right = check_timestamp(answer, statement, trusted)
    outcomes = set()
    for position in range(len(answer)):
        changed = bytearray(answer)
        changed[position] ^= 1 << position % 8
        try:
            outcomes.add(check_timestamp(bytes(changed), statement, trusted))
        except NotAsPromisedError:
            outcomes.add(None)

    assert outcomes <= {right, None}
    assert None in outcomes


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"\x30\x05\x30\x03\x02\x01\x02", "status: expected granted, found status 2"),
        (b"\x30\x05\x30\x03\x02\x01\x00", "status: expected granted"),
        (b"", "expected an answer"),
        (b"\x30\x80\x00\x00", "a length is not written as DER does"),
        (b"\x30\x84\xff\xff\xff\xff", "a length is not written as DER does"),
        (b"\x30" * 5000, "expected an answer, and nothing after it"),
        (b"<html>", "a value is cut off"),
    ],
)
def test_an_answer_that_grants_nothing_is_no_time_stamp(answer: bytes, message: str) -> None:
    with pytest.raises(NotAsPromisedError) as caught:
        check_timestamp(answer, b"x", ())
    assert message in str(caught.value)


def test_an_authority_with_an_rsa_key_is_believed_too(another: Authority) -> None:
    trusted = parse_certificates(another.certificate.read_bytes())

    assert check_timestamp(another.answer(query(b"x", 2**63)), b"x", trusted).is_trusted


def test_what_a_killed_run_stamped_is_kept_when_the_report_is_published_again(url: str, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "reports"), S3Settings())
    plain = a_signed_bundle()
    payload = {name: data for name, data in plain.items() if name not in (DATAPACKAGE, "SHA256SUMS")}
    seal = Seal(keys=(KEY,), stamp=partial(ask_for_timestamp, url))
    digest = Sha256.of(payload["report.json"]).hex

    def publish() -> str:
        return publish_bundle(
            store, "halcyon", "2022-01-01_2022-01-03", payload, report_sha256=digest, title="Audit", seal=seal
        ).location

    first = publish()
    folder = tmp_path / "reports" / PLACE
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    (folder / DATAPACKAGE).unlink()

    assert publish() == first
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before
    assert TIMESTAMP in before


@pytest.mark.parametrize("path", ["nothing", "junk"])
def test_a_report_is_not_published_without_the_time_stamp_that_it_is_to_carry(
    path: str, url: str, tmp_path: Path
) -> None:
    address = {"nothing": "http://127.0.0.1:9/", "junk": f"{url}elsewhere"}[path]

    with pytest.raises(TryAgainError, match="time-stamp authority") as caught:
        published_as(Seal(keys=(KEY,), stamp=partial(ask_for_timestamp, address)))
    assert caught.value.exit_code == 75
