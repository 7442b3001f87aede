"""The demo's files read back slowly and plainly: gzip, json, a regular expression, and the register's YAML."""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

NGINX = re.compile(rb'(\S+) - (\S+) \[([^\]]+)\] "(\S+) (\S+) HTTP/1\.1" (\d{3}) (\d+) "([^"]*)" "([^"]*)"\n')


@dataclass(frozen=True, kw_only=True)
class Read:
    """One request as its log line says it, with whose it is by the register."""

    file: str
    host: str
    us: int
    number: tuple[str, int] | None
    status: int
    records: int | None
    response_bytes: int
    method: str
    path: str
    route: str | None
    licensee: str | None
    app: str | None
    credential: str | None


@dataclass(frozen=True, kw_only=True)
class Logs:
    """All readable requests of all files, and how many lines of each file are not readable."""

    requests: list[Read]
    unreadable: dict[str, int]
    blank: dict[str, int]
    unreadable_bytes: int


def read_logs(project: Path) -> Logs:
    """Read every file below logs/, in order of name."""
    register = Register(project)
    requests: list[Read] = []
    unreadable: dict[str, int] = {}
    blank: dict[str, int] = {}
    unreadable_bytes = 0
    for path in sorted((project / "logs").rglob("*.gz")):
        name = path.relative_to(project).as_posix()
        for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True):
            if not line.strip():
                blank[name] = blank.get(name, 0) + 1
                continue
            said = nginx_line(line) if "nginx" in name else gateway_line(line)
            if said is None:
                unreadable[name] = unreadable.get(name, 0) + 1
                unreadable_bytes += len(line.rstrip(b"\n"))
            else:
                caller = said.pop("caller")
                requests.append(Read(file=name, **said, **register.whose(**caller)))
    return Logs(requests=requests, unreadable=unreadable, blank=blank, unreadable_bytes=unreadable_bytes)


def gateway_line(line: bytes) -> dict[str, Any] | None:
    """What a gateway line says; None when it does not say it rightly."""
    try:
        said = json.loads(line.decode())
        us = instant_us(said["time"])
        whole = [said[name] for name in ("seq", "status", "records", "bytes_out", "bytes_in", "duration_us")]
        if not all(isinstance(number, int) and number >= 0 for number in whole) or not 100 <= said["status"] <= 999:
            return None
        if not 1990 <= int(said["time"][:4]) < 2100:
            return None
    except (ValueError, KeyError, TypeError):
        return None
    return {
        "host": said["host"],
        "us": us,
        "number": (said["epoch"], said["seq"]),
        "status": said["status"],
        "records": said["records"],
        "response_bytes": said["bytes_out"],
        "method": said["method"],
        "path": said["path"],
        "route": said["route"],
        "caller": {"credential": said["client"], "principal": None, "agent": said["agent"], "ip": said["ip"]},
    }


def nginx_line(line: bytes) -> dict[str, Any] | None:
    """What an nginx line says."""
    found = NGINX.fullmatch(line)
    if not found:
        return None
    ip, user, time, method, target, status, size, _, agent = (part.decode() for part in found.groups())
    return {
        "host": "edge-04",
        "us": int(datetime.strptime(time, "%d/%b/%Y:%H:%M:%S %z").timestamp()) * 1_000_000,
        "number": None,
        "status": int(status),
        "records": None,
        "response_bytes": int(size),
        "method": method,
        "path": target.partition("?")[0],
        "route": None,
        "caller": {"credential": None, "principal": None if user == "-" else user, "agent": agent, "ip": ip},
    }


def instant_us(text: str) -> int:
    """Microseconds since 1970 of an instant that ends in Z."""
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class Register:
    """The register's files, asked one caller at a time."""

    def __init__(self, project: Path) -> None:
        self.licensees = [yaml.safe_load(path.read_text()) for path in sorted((project / "register").glob("*.yaml"))]
        self.known: dict[tuple[object, ...], dict[str, str | None]] = {}

    def whose(self, **caller: str | None) -> dict[str, str | None]:
        """Licensee, app and credential of a caller; all None when nobody knows it."""
        key = tuple(caller.values())
        if key not in self.known:
            self.known[key] = self._look(caller)
        return self.known[key]

    def _look(self, caller: dict[str, str | None]) -> dict[str, str | None]:
        found = [
            {"licensee": one["licensee"], "app": app["app"], "credential": way.get("name", way.get("credential"))}
            for one in self.licensees
            for app in one["apps"]
            for way in app["recognised_by"]
            if recognised(way, caller)
        ]
        assert len(found) <= 1, (caller, found)
        return found[0] if found else {"licensee": None, "app": None, "credential": None}


def recognised(way: dict[str, str], caller: dict[str, str | None]) -> bool:
    """Whether one line under `recognised_by` speaks of the caller."""
    credential, principal, agent = caller["credential"], caller["principal"], caller["agent"]
    if "credential" in way:
        return credential == way["credential"]
    if "credential_sha256" in way:
        return credential is not None and hashlib.sha256(credential.encode()).hexdigest() == way["credential_sha256"]
    if "principal" in way:
        return principal is not None and fnmatchcase(principal, way["principal"])
    if "user_agent" in way:
        return agent is not None and fnmatchcase(agent, way["user_agent"])
    return ipaddress.ip_address(str(caller["ip"])) in ipaddress.ip_network(way["network"])
