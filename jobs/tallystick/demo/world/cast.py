"""The shapes of everybody in the demo world: licensees, their apps, and how the provider knows them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

GATEWAY, NGINX = "gateway", "nginx"
"""Which of the two kinds of host serves an app."""


@dataclass(frozen=True, kw_only=True)
class UseCase:
    """What an app was said to be for, and the day that was approved; None = never."""

    text: str
    approved: str | None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """One credential, principal or other thing that an app's calls show.

    `shown` stands in the log (None: the line has no client), `way` and `value` in the register (None: not on it).
    `credential_id` is the name by which reports know it, None where they know none. Without an `address` it gets one.
    """

    shown: str | None
    way: str | None = "credential"
    value: str | None = None
    credential_id: str | None = None
    address: str | None = None
    tenant: str | None = None


@dataclass(frozen=True, kw_only=True)
class App:
    """One app: who it is, and how it behaves.

    `share` is its part of its licensee's requests, `records_per_hundred` the records that a hundred successful requests
    return, `refused` and `failed` how many of a million requests end with 429, and with another error.
    """

    id: str
    name: str
    callers: tuple[Caller, ...]
    agent: str
    rhythm: str
    routes: tuple[tuple[str, int], ...]
    share: int
    registered: str = "2019-05-01"
    ended: str | None = None
    environment: str = "production"
    use_case: UseCase | None = None
    via: str = GATEWAY
    growth: int = 20
    from_day: int = 0
    slower_from_day: int = 365
    records_per_hundred: int = 2_000
    refused: int = 4_000
    failed: int = 9_000
    has_users: bool = False
    referer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a licensee answered to what was found under a clause for one of its apps in a period."""

    clause: str
    app: str
    period: str
    date: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Licensee:
    """One licensee. `terms` names the kind of agreement it has, None for none."""

    id: str
    name: str
    apps: tuple[App, ...]
    terms: str | None
    time_zone: str = "Etc/UTC"
    note: str = ""
    answers: tuple[Answer, ...] = ()


def numbered(prefix: str, count: int, *, tenants: int = 0, is_hashed: bool = False) -> tuple[Caller, ...]:
    """`count` credentials `prefix-01`, `prefix-02`, …, dealt to `tenants` customers of their licensee.

    Where `is_hashed` the register knows only their SHA-256.
    """
    callers = []
    for number in range(count):
        name = f"{prefix}-{number + 1:02}"
        digest = hashlib.sha256(name.encode()).hexdigest()
        way, value = ("credential_sha256", digest) if is_hashed else ("credential", name)
        tenant = f"t-{number % tenants + 1:03}" if tenants else None
        callers.append(Caller(shown=name, way=way, value=value, credential_id=name, tenant=tenant))
    return tuple(callers)


def principals(prefix: str, count: int, *, by_pattern: bool) -> tuple[Caller, ...]:
    """Principals `prefix-a`, `prefix-b`, …, known one by one, or all by a pattern and then by no name."""
    names = [f"{prefix}-{letter}" for letter in "abcdefghij"[:count]]
    if by_pattern:
        return tuple(Caller(shown=name, way="principal", value=f"{prefix}-*") for name in names)
    return tuple(Caller(shown=name, way="principal", value=name, credential_id=name) for name in names)


def nameless(way: str, value: str, *addresses: str | None) -> tuple[Caller, ...]:
    """Callers that show no credential, and that the register knows by their network or user agent."""
    return tuple(Caller(shown=None, way=way, value=value, address=address) for address in addresses)


def address(number: int) -> str:
    """A documentation address (RFC 5737, RFC 3849); every seventh is IPv6. 203.0.113.192/26 is left free."""
    if number % 7 == 6:
        return f"2001:db8:{number % 60_000 + 16:x}::{number % 251 + 1:x}"
    network, hosts = (("192.0.2", 254), ("198.51.100", 254), ("203.0.113", 190))[number % 3]
    return f"{network}.{number // 3 % hosts + 1}"
