"""The calls of all scenes as requests in a row, and each as a line of the gateway's log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.demo.planted.scene import Actor, Scene
from tallystick.period import parse_instant_us, to_text

HOST, EPOCH_NAME = "regional-01", "2021-12-05T06:00:00Z"
SECOND_US = 1_000_000
USUAL: dict[str, Any] = {
    "call": "GET /2/murmurs/search/recent",
    "status": 200,
    "records": 10,
    "bytes": 1_000,
    "took_us": 2_000,
    "user": None,
    "history_from": None,
}
"""What a call says where the scene does not."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, before it has a number."""

    at_us: int
    request_id: str
    said: dict[str, Any]

    def line(self, number: int) -> bytes:
        """The request as a line of the log."""
        method, _, route = self.said["call"].partition(" ")
        fields = {
            "time": to_text(self.at_us),
            "host": HOST,
            "epoch": EPOCH_NAME,
            "seq": number,
            "request_id": self.request_id,
            "client": self.said["by"],
            "user": self.said["user"],
            "tenant": None,
            "ip": "198.51.100.250",
            "agent": self.said["agent"],
            "method": method,
            "route": route,
            "path": route.replace("{id}", "1200000000000000"),
            "status": self.said["status"],
            "records": self.said["records"],
            "bytes_out": self.said["bytes"],
            "bytes_in": 0,
            "duration_us": self.said["took_us"],
            "referer": None,
        }
        if self.said["history_from"] is not None:
            fields["history_from"] = self.said["history_from"]
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def calls_of(all_scenes: tuple[Scene, ...]) -> list[Call]:
    """Every call of every scene, by time; those of one instant in the order of the scenes' files."""
    found = [call for scene in all_scenes for actor in scene.actors for call in _calls(actor)]
    return sorted(found, key=lambda call: call.at_us)


def _calls(actor: Actor) -> Iterator[Call]:
    """A scene's `at` is the first of `count` calls, `every` so many seconds."""
    first_app = actor.register["apps"][0]
    usual = {
        **USUAL,
        "by": first_app["recognised_by"][0]["credential"],
        "agent": f"{actor.licensee}-reader/1.0 (+https://{actor.licensee}.example.com)",
    }
    place = 0
    for stated in actor.calls:
        run = {**usual, **stated}
        first_us = parse_instant_us(run.pop("at"), ZoneInfo("Etc/UTC"))
        every_us = run.pop("every", 0) * SECOND_US
        for number in range(run.pop("count", 1)):
            name = hashlib.sha256(f"{actor.licensee} {place}".encode()).hexdigest()[:16]
            yield Call(at_us=first_us + number * every_us, request_id=name, said=run)
            place += 1
