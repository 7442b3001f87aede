"""Who vouches for a bundle: its statement's signatures and time-stamp, checked, and what could not be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.errors import BundleDiffersError, Difference
from tallystick.evidence.bundle import STATEMENT, TIMESTAMP
from tallystick.evidence.canonical import parse_canonical
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.statement import Signature, check_statement, missing_statement
from tallystick.evidence.timestamp import TimeStamp, check_timestamp
from tallystick.evidence.trust import Trust

SIGNATURE_RULES = (
    "The statement names every file and the manifest by digest, and whose report of which period and revision it is.",
    "Every signer that the statement names has signed it, and nobody else.",
)
TIMESTAMP_RULE = "The time-stamp is over the statement, and signed by the authority that it names."
NOT_SIGNED = "NOT SIGNED"


@dataclass(frozen=True, kw_only=True)
class Seals:
    """The signatures of a bundle, each right, and its time-stamp; none and None where it has none."""

    signatures: tuple[Signature, ...]
    timestamp: TimeStamp | None

    @property
    def is_signed(self) -> bool:
        """Whether anybody has signed the bundle."""
        return bool(self.signatures)

    @property
    def sentence(self) -> str:
        """Who has signed it and when, in a few words."""
        if not self.signatures:
            return NOT_SIGNED
        signed = "signed by " + ", ".join(
            f"key {each.key.keyid[:16]} ({'trusted' if each.is_trusted else 'not known to be anybody’s'})"
            for each in self.signatures
        )
        return f"{signed}, stamped {self.timestamp.at:%Y-%m-%dT%H:%M:%SZ}" if self.timestamp else signed

    @property
    def rules(self) -> tuple[str, ...]:
        """What was checked, a sentence each."""
        signed = SIGNATURE_RULES if self.signatures else ()
        return (*signed, TIMESTAMP_RULE) if self.timestamp else signed

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What was not, a sentence each."""
        found = []
        if not self.signatures:
            found.append("who made the bundle: it is not signed")
        elif not any(each.is_trusted for each in self.signatures):
            found.append("whose key has signed the bundle: it is none that is trusted here")
        if self.timestamp is not None and not self.timestamp.is_trusted:
            found.append("who runs the time-stamp's authority: no trusted certificate was given")
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """The same for a program."""
        stamp = self.timestamp
        return {
            "signatures": [{"keyid": each.key.keyid, "trusted": each.is_trusted} for each in self.signatures],
            "timestamp": stamp
            and {"at": f"{stamp.at:%Y-%m-%dT%H:%M:%S.%fZ}", "authority": stamp.authority, "trusted": stamp.is_trusted},
        }


def check_seals(whole: Mapping[str, bytes], manifest: bytes, digests: Mapping[str, FileDigest], trust: Trust) -> Seals:
    """Check statement and time-stamp; BundleDiffersError where one is wrong, or lacks what is trusted."""
    if STATEMENT not in whole:
        if trust.keys and trust.demanded:
            raise BundleDiffersError([missing_statement(trust.keys)])
        if TIMESTAMP in whole:
            raise BundleDiffersError(
                [Difference(file=TIMESTAMP, expected="a statement that it stamps", found="no such file")]
            )
        return Seals(signatures=(), timestamp=None)
    name = STATEMENT
    try:
        signatures = check_statement(
            whole[STATEMENT], parse_canonical(manifest), digests, trust.keys, demanded=trust.demanded
        )
        name = TIMESTAMP
        stamp = None
        if TIMESTAMP in whole:
            stamp = check_timestamp(whole[TIMESTAMP], whole[STATEMENT], trust.authorities)
        elif trust.authorities:
            raise NotAsPromisedError("(all)", expected="a time-stamp by a trusted authority", found="no such file")
    except NotAsPromisedError as error:
        raise BundleDiffersError(
            [Difference(file=name, field=error.field, expected=error.expected, found=error.found)]
        ) from None
    return Seals(signatures=tuple(signatures), timestamp=stamp)
