"""Whom the checker of a bundle believes: keys that sign reports, and authorities that stamp the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tallystick.evidence.keys import NotAKeyError, PublicKey
from tallystick.evidence.timestamp import MALFORMED, Certificate, parse_certificates

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Keys and certificates that came by another way than the bundle.

    Where they are `demanded`, a bundle that none of the keys has signed is wrong; else it is said that none has.
    """

    keys: tuple[PublicKey, ...] = ()
    demanded: bool = True
    authorities: tuple[Certificate, ...] = ()

    @classmethod
    def parse(cls, files: Iterable[bytes]) -> Trust:
        """Read PEM files, each a public key, or certificates of time-stamp authorities; NotAKeyError otherwise."""
        keys: list[PublicKey] = []
        authorities: list[Certificate] = []
        for pem in files:
            if _CERTIFICATE in pem:
                try:
                    authorities += parse_certificates(pem)
                except MALFORMED:
                    raise NotAKeyError("this is no certificate in PEM form") from None
            else:
                keys.append(PublicKey.parse(pem))
        return cls(keys=tuple(sorted(set(keys))), authorities=tuple(authorities))


NOBODY = Trust()
"""A checker who was given no key."""
