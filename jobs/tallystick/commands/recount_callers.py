"""Whose a request is: the second path's own comparison of a caller with each way in which the register recognises."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Mapping, Sequence

from tallystick.register.load import Recognition

COLUMN: Mapping[str, str] = {
    "credential": "credential",
    "credential_sha256": "credential",
    "principal": "principal",
    "user": "user",
    "network": "client_address",
    "user_agent": "user_agent",
}


class Callers:
    """The ways of a register, asked request by request; `secret` says that a format's credential is a secret."""

    def __init__(self, recognitions: Sequence[Recognition]) -> None:
        self._ways = [(one, self._narrowness(one)) for one in recognitions]
        self.columns = frozenset(COLUMN[one.by] for one in recognitions)
        self._known: dict[tuple[str | None, ...], list[tuple[Recognition, int]]] = {}

    def owner(self, columns: Mapping[str, str | None], at_us: int, *, secret: bool) -> tuple[str, str] | None:
        """Licensee and app: of the surest way that fits, among equals the narrowest; None where two claim alike."""
        key = (str(secret), *(columns.get(name) for name in sorted(self.columns)))
        if key not in self._known:
            self._known[key] = [way for way in self._ways if _fits(way[0], columns, secret=secret)]
        valid = [way for way in self._known[key] if way[0].from_us <= at_us < way[0].until_us]
        if not valid:
            return None
        best = min((one.rank, -narrow) for one, narrow in valid)
        owners = {(one.licensee, one.app) for one, narrow in valid if (one.rank, -narrow) == best}
        return owners.pop() if len(owners) == 1 else None

    @staticmethod
    def _narrowness(one: Recognition) -> int:
        if one.by == "network":
            network = ipaddress.ip_network(one.value)
            return network.prefixlen + (96 if network.version == 4 else 0)
        return 2 * len(one.value.replace("*", "")) + ("*" not in one.value)


def _fits(one: Recognition, columns: Mapping[str, str | None], *, secret: bool) -> bool:
    text = columns.get(COLUMN[one.by])
    if text is None:
        return False
    if one.by == "credential":
        return not secret and text == one.value
    if one.by == "credential_sha256":
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() == one.value
    if one.by == "network":
        return _lies_in(text, one.value)
    expression = ".*".join(re.escape(part) for part in one.value.split("*"))
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _lies_in(text: str, network: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any(each in ipaddress.ip_network(network) for each in (address, mapped) if each is not None)
