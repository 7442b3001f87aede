"""statement.dsse.json: an in-toto statement over every file of a bundle and over its manifest, signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tallystick.errors import Difference
from tallystick.evidence.bundle import STATEMENT
from tallystick.evidence.canonical import Json, NotCanonicalError, canonical_bytes, parse_canonical
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.document import Node, NotAsPromisedError, first_difference
from tallystick.evidence.envelope import Envelope, pre_authentication_encoding, seal
from tallystick.evidence.keys import NotAKeyError, PublicKey, SigningKey
from tallystick.evidence.manifest import is_signed_apart, unsigned_digest

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://tallystick.example.com/report-bundle/v1"
_FROM_MANIFEST = ("licensee", "period", "revision", "report_sha256", "supersedes", "code_version")


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature that is right; `is_trusted` when whoever checks knows the key as the other side's."""

    key: PublicKey
    is_trusted: bool


def compose_statement(package: Json, files: Mapping[str, FileDigest], signers: Sequence[PublicKey]) -> bytes:
    """The bytes of the statement over `files` and over their manifest `package`; no time and no place is in them.

    Subjects are the payload and SHA256SUMS. The manifest lists the statement, so it is no subject: the predicate has
    the digest of what the manifest says of everything but the statement and its time-stamp.
    """
    about = package["tallystick"]
    return canonical_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": name, "digest": {"sha256": files[name].sha256.hex}}
                for name in sorted(files)
                if not is_signed_apart(name)
            ],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                **{key: about[key] for key in _FROM_MANIFEST},
                "manifest_sha256": unsigned_digest(package).hex,
                "signers": [{"keyid": key.keyid, "public_key": key.pem} for key in sorted(set(signers))],
            },
        }
    )


def sign_bundle(package: Json, files: Mapping[str, FileDigest], keys: Sequence[SigningKey]) -> bytes:
    """The bytes of statement.dsse.json, signed by every key; the same keys give the same bytes."""
    return seal(compose_statement(package, files, [key.public for key in keys]), keys)


def check_statement(
    data: bytes, package: Json, files: Mapping[str, FileDigest], trusted: Sequence[PublicKey], *, demanded: bool
) -> list[Signature]:
    """The signatures of a statement, all of them right, by the keys that it names itself.

    Raises NotAsPromisedError when the statement is not, byte for byte, what files and manifest give, when a signature
    is wrong, or one of a key that it names is missing; and where one of the trusted is demanded, when none has signed.
    """
    envelope = Envelope.parse(data)
    signers = _signers(envelope.payload)
    expected = compose_statement(package, files, signers)
    if envelope.payload != expected:
        field, should, stands = first_difference(parse_canonical(expected), parse_canonical(envelope.payload), "")
        raise NotAsPromisedError(f"payload.{field}", expected=should, found=stands)
    message = pre_authentication_encoding(envelope.payload)
    known = {key.keyid: key for key in signers}
    for keyid in sorted(set(known) | set(envelope.signatures)):
        if keyid not in known or keyid not in envelope.signatures:
            found = "none" if keyid in known else "one by a key that the statement does not name"
            raise NotAsPromisedError("signatures", expected=f"one by each signer, {_short(keyid)}", found=found)
        if not known[keyid].has_signed(message, envelope.signatures[keyid]):
            raise NotAsPromisedError("signatures", expected=f"the signature of {_short(keyid)}", found="a wrong one")
    trusted_ids = {key.keyid for key in trusted}
    right = [Signature(key=known[keyid], is_trusted=keyid in trusted_ids) for keyid in sorted(known)]
    if trusted and demanded and not any(each.is_trusted for each in right):
        expected_keys = " or ".join(_short(key.keyid) for key in trusted)
        others = ", ".join(_short(keyid) for keyid in sorted(known))
        raise NotAsPromisedError("signatures", expected=f"one by {expected_keys}", found=f"only by {others}")
    return right


def missing_statement(trusted: Sequence[PublicKey]) -> Difference:
    """What to say of a bundle without a statement to someone who trusts a key."""
    expected = " or ".join(_short(key.keyid) for key in trusted)
    return Difference(file=STATEMENT, field="signatures", expected=f"one by {expected}", found="no such file")


def _signers(payload: bytes) -> list[PublicKey]:
    try:
        root = Node(parse_canonical(payload), "payload")
    except NotCanonicalError as error:
        raise NotAsPromisedError("payload", expected="a statement in canonical JSON", found=str(error)) from None
    root["_type"].one_of(STATEMENT_TYPE)
    root["predicateType"].one_of(PREDICATE_TYPE)
    signers = []
    for signer in root["predicate.signers"].each():
        try:
            key = PublicKey.parse(signer["public_key"].text().encode("utf-8"))
        except NotAKeyError as error:
            raise NotAsPromisedError(signer["public_key"].path, expected="a public key", found=str(error)) from None
        signers.append(key)
    return signers


def _short(keyid: str) -> str:
    return f"key {ascii(keyid[:16])[1:-1]}…"
