"""The same traffic as two sides have it: a gateway's log with a register, and a client's own log in its own format."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commands.command_line import Ran, tallystick
from reference.commitments import Call

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = datetime(2024, 1, 16, 9, tzinfo=UTC)
KEY = bytes(range(32))
CREDENTIALS = {"kestrel-desk": "kestrel-key-1", "kestrel-mail": "kestrel-key-2", "osprey-web": "osprey-key"}
REGISTER = """\
licensee: {licensee}
name: {licensee}
time_zone: Etc/UTC
apps:
"""
APP = """\
  - app: {app}
    name: {app}
    registered: 2023-11-01
    use_case: {{text: Something, approved: 2023-11-15}}
    recognised_by: [{{credential: {credential}}}]
"""
CLIENT_FORMAT = """\
name: kestrel_client
title: The client's own log
says: One JSON object a call, written when it is sent.
docs: []
entries: {find: lines}
decode:
  kind: json
  fields:
    sent: {path: sent, says: When it was sent.}
    id: {path: id, says: The X-Request-Id of the answer.}
    verb: {path: verb, says: The method.}
    path: {path: path, says: The path.}
    code: {path: code, says: The status.}
    rows: {path: rows, says: How many records came.}
columns:
  received_at: {field: sent, read: iso8601}
  request_id: {field: id, read: text}
  method: {field: verb, read: text}
  path: {field: path, read: target}
  status: {field: code, read: status}
  records: {field: rows, read: count}
identity: request_id
recognise: {needs: [sent, code]}
"""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A call as it was made: its id, app, seconds after 9 o'clock, path, status and records."""

    id: str | None
    app: str = "kestrel-desk"
    at: float = 0.0
    path: str = "/2/posts/7"
    status: int | None = 200
    records: int | None = 10

    def but(self, **changes: Any) -> Sent:
        return replace(self, **changes)

    @property
    def instant(self) -> datetime:
        return START + timedelta(microseconds=round(self.at * 1_000_000))


def calls(number: int = 24, *, app: str = "kestrel-desk", first: int = 0) -> list[Sent]:
    """One call every ten minutes, beginning a second before a full hour is over."""
    return [
        Sent(id=f"{app}/{each}", app=app, at=599.0 + 600 * each, records=each, path=f"/2/posts/{each}")
        for each in range(first, first + number)
    ]


def gateway(sent: Iterable[Sent]) -> bytes:
    """The gateway's log of some calls."""
    return b"".join(
        json.dumps(
            {
                "time": call.instant.isoformat(timespec="microseconds"),
                "request_id": call.id,
                "client": CREDENTIALS[call.app],
                "method": "GET",
                "path": call.path,
                "status": call.status,
                "records": call.records,
            }
        ).encode()
        + b"\n"
        for call in sent
    )


def client(sent: Iterable[Sent], *, ahead: float = 0.0) -> bytes:
    """The client's log of some calls, by a clock that is so many seconds ahead."""
    return b"".join(
        json.dumps(
            {
                "sent": call.but(at=call.at + ahead).instant.isoformat(timespec="microseconds"),
                "id": call.id,
                "verb": "GET",
                "path": call.path + "?page=2",
                "code": call.status,
                "rows": call.records,
            }
        ).encode()
        + b"\n"
        for call in sent
    )


def plain(sent: Iterable[Sent]) -> Iterator[Call]:
    """The same for the second opinion."""
    for call in sent:
        yield Call(
            app=call.app,
            hour=(call.instant - EPOCH) // timedelta(hours=1),
            texts={"request_id": call.id, "method": "GET", "path": call.path},
            numbers={"records": call.records, "status": call.status},
        )


class TwoSides:
    """A folder with the key, the licensor's project and logs, and the client's project and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, folder / "shared.key"
        self.key.write_text(KEY.hex() + "\n", "ascii")
        for side in ("licensor", "licensee"):
            for name in ("register", "formats", "logs"):
                (folder / side / name).mkdir(parents=True)
            (folder / side / "tallystick.toml").write_text("", "utf-8")
        for licensee in ("kestrel", "osprey"):
            apps = "".join(
                APP.format(app=app, credential=credential)
                for app, credential in CREDENTIALS.items()
                if app.startswith(licensee)
            )
            file = folder / "licensor" / "register" / f"{licensee}.yaml"
            file.write_text(REGISTER.format(licensee=licensee) + apps, "utf-8")
        (folder / "licensee" / "formats" / "kestrel_client.yaml").write_text(CLIENT_FORMAT, "utf-8")

    def log(self, side: str, data: bytes, name: str = "log.jsonl", *, packed: bool = False) -> None:
        (self.folder / side / "logs" / name).write_bytes(gzip.compress(data) if packed else data)

    def commit(self, out: str, side: str, *more: str | Path) -> Ran:
        project = self.folder / side
        given = ("--logs", project / "logs", "--key", self.key, "--project", project, "--out", self.folder / out)
        return tallystick("commit", *given, *more)

    def ours(self, sent: Sequence[Sent], *more: str) -> Ran:
        """The licensor's commitment `ours`."""
        self.log("licensor", gateway(sent))
        return self.commit("ours", "licensor", "--licensee", "kestrel", *more)

    def theirs(self, sent: Sequence[Sent], *more: str, ahead: float = 0.0) -> Ran:
        """The licensee's commitment `theirs`, of the log of one app."""
        self.log("licensee", client(sent, ahead=ahead))
        return self.commit("theirs", "licensee", "--app", "kestrel-desk", *more)

    def reconcile(self, *more: str) -> Ran:
        return tallystick("reconcile", self.folder / "ours", self.folder / "theirs", *more)

    def total(self) -> dict[str, Any]:
        """The numbers in all that are not zero."""
        ran = self.reconcile("--json")
        assert (ran.code, ran.stderr) == (0, "")
        return {name: number for name, number in ran.data["total"].items() if number and name != "differing_by"}
