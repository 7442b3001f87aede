"""Client addresses in text, and what stands for them in one report: pseudonyms that nobody can undo without the key."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tallystick.digest_key import DigestKey

Shown = Callable[[str], str]
"""What is shown of a text that came from a log."""

KEPT = 16
"""Hex digits of a pseudonym: 64 bits tell the addresses of one report apart."""

_OF_FOUR = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
_COLON = r"(?::|%3[Aa])"
_ALONE = rf"(?<![0-9])(?<![0-9]\.){_OF_FOUR}(?![0-9])(?!\.[0-9])"
_VERSION_4 = re.compile(_ALONE)
_ADDRESS = re.compile(
    rf"(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{{0,4}}{_COLON}){{2,7}}(?:{_OF_FOUR}|[0-9A-Fa-f]{{1,4}})?(?![0-9A-Za-z])|{_ALONE}"
)
POSSIBLE = rf"[0-9]\.[0-9]{{1,3}}\.[0-9]|{_COLON}[0-9A-Fa-f]{{0,4}}{_COLON}"
"""A regular expression, in the syntax of RE2 too, that some part of every text with an address fits."""


def as_logged(text: str) -> str:
    """Everything as the log has it."""
    return text


@dataclass(frozen=True, kw_only=True)
class Pseudonyms:
    """The pseudonyms of one report; `key` is asked for when the first address is met.

    An address has the same one throughout a report and all its revisions, and another in any other report.
    """

    key: Callable[[], DigestKey]
    licensee: str
    period: str

    def __call__(self, text: str) -> str:
        """`text` with the pseudonym of each IPv4 and IPv6 address in its place."""
        if "." not in text and ":" not in text and "%" not in text:
            return text
        return _ADDRESS.sub(lambda found: self._instead_of(found[0]), text)

    def of(self, client: str) -> str:
        """The pseudonym of what a log gives as a client's address, whether that is one or a host's name."""
        return self._named(_canonical(client) or client)

    def _instead_of(self, candidate: str) -> str:
        address = _canonical(candidate)
        if address is not None:
            return self._named(address)
        return _VERSION_4.sub(lambda found: self._instead_of(found[0]), candidate) if ":" in candidate else candidate

    def _named(self, address: str) -> str:
        digest = hmac.new(self._report_key, address.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"address-{digest.hexdigest()[:KEPT]}"

    @cached_property
    def _report_key(self) -> bytes:
        about = json.dumps(["tallystick client addresses", self.licensee, self.period])
        return hmac.new(self.key().secret, about.encode("ascii"), hashlib.sha256).digest()


def _canonical(candidate: str) -> str | None:
    """The address that a text is, in one spelling for all; None for one that is none, and for `::`, which names nobody.

    `::ffff:192.0.2.1` is 192.0.2.1, and so is 192.000.002.001.
    """
    text = candidate.replace("%3A", ":").replace("%3a", ":")
    if ":" not in text:
        parts = text.split(".")
        if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
            return None
        return ".".join(str(int(part)) for part in parts)
    try:
        address = ipaddress.IPv6Address(text.partition("%")[0])
    except ValueError:
        return None
    return None if address.is_unspecified else str(address.ipv4_mapped or address)
