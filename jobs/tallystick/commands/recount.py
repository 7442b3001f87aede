"""`tallystick recount`: a report's requests counted again from the raw files that it names, by a second path."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from tallystick.commands.recount_callers import Callers
from tallystick.commands.recount_entries import NotCountedError, Request, read_requests
from tallystick.errors import MissingInputError, UnreadableFileError, VerificationError
from tallystick.evidence.canonical import Json
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.names import legible
from tallystick.evidence.report_shape import REPORT
from tallystick.formats.load import Catalogue
from tallystick.formats.model import Format
from tallystick.period import DAY_US, to_us

State = Literal["same", "differs", "missing", "not counted"]


@dataclass(frozen=True, kw_only=True)
class Recounted:
    """A file or an app: what the report states, what was counted, and whether that is the same.

    `numbers` of a file: entries, readable (requests of anybody on the period's UTC days), and with a register requests
    and duplicates of the licensee. Of an app: requests in the period.
    """

    name: str
    state: State
    stated: Mapping[str, int]
    numbers: Mapping[str, int]
    why: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recount:
    """Every file that the report names, and every app where all of them were counted with a register."""

    files: tuple[Recounted, ...]
    apps: tuple[Recounted, ...]
    with_register: bool

    @property
    def agrees(self) -> bool:
        """Whether each file was there and counted, and no number differs."""
        return bool(self.files) and all(one.state == "same" for one in (*self.files, *self.apps))

    def as_dict(self) -> dict[str, Any]:
        """The result for a program."""
        return {"agrees": self.agrees, **asdict(self)}


def recount(report: Json, logs: Path, callers: Callers | None, catalogue: Catalogue) -> Recount:
    """Count again what a verified report states of each log file and app.

    Raises MissingInputError without the folder, and VerificationError for a report that names no files.
    """
    if (misfit := REPORT.misfit(report)) is not None or not report["files"]:
        fact = f"{misfit.path}: expected {misfit.expected}, found {misfit.found}" if misfit else "it names no log files"
        raise VerificationError(
            f"there is nothing in this report to count again: {fact}",
            next_step="name a bundle of today's schema, or ask for a revision that was made by a newer program",
        )
    there = _by_digest(logs, {row["file_id"] for row in report["files"]})
    count = _Count(report, callers)
    problems: dict[str, tuple[State, str]] = {}
    for row in report["files"]:
        if row["file_id"] not in there:
            problems[row["file_id"]] = ("missing", "no file in the folder has this SHA-256")
            continue
        try:
            count.read(row, there[row["file_id"]], _format(catalogue, row["format"]))
        except NotCountedError as error:
            problems[row["file_id"]] = ("not counted", str(error))
    requests = count.settled()
    files = []
    for row in report["files"]:
        state, why = _state(row, problems, is_right=count.agrees(row, requests, exactly=not problems))
        numbers = count.numbers(row["file_id"], requests)
        files.append(
            Recounted(
                name=f"{row['source']}/{row['name']}",
                state=state,
                stated={name: row[name] for name in ("requests", "duplicates")},
                numbers={} if row["file_id"] in problems else numbers,
                why=why,
                file_id=row["file_id"],
            )
        )
    apps = count.apps() if callers is not None and not problems else ()
    return Recount(files=tuple(files), apps=tuple(apps), with_register=callers is not None)


class _Count:
    """The sums of one recount."""

    def __init__(self, report: Json, callers: Callers | None) -> None:
        self._report, self._callers = report, callers
        self._licensee = report["licensee"]["id"]
        self._start_us, self._end_us = (_us(report["period"][name]) for name in ("start", "end"))
        self._seen: dict[str, Counter[str]] = {}
        self._single: Counter[str] = Counter()
        self._by_app: Counter[str] = Counter()
        self._first: dict[tuple[Any, ...], tuple[int, str, int, str]] = {}
        """By identity the request that counts: its instant, file and position, and its app."""

    def read(self, row: Json, file: Path, described: Format) -> None:
        """Count one file; NotCountedError where this path cannot."""
        file_id, seen = row["file_id"], Counter[str]()
        rule = described.columns.get("credential")
        is_secret = rule is not None and rule.secret
        first_day, last_day = self._start_us // DAY_US, (self._end_us - 1) // DAY_US
        singles: list[tuple[int, str]] = []
        shared: list[tuple[tuple[Any, ...], tuple[int, str, int, str]]] = []

        def take(request: Request) -> None:
            if not first_day <= request.at_us // DAY_US <= last_day:
                return
            seen["readable"] += 1
            owner = self._callers and self._callers.owner(request.columns, request.at_us, secret=is_secret)
            if not owner or owner[0] != self._licensee:
                return
            seen["mine"] += 1
            identity = _identity(row["source"], request)
            if identity is None:
                singles.append((request.at_us, owner[1]))
            else:
                shared.append((identity, (request.at_us, file_id, request.position, owner[1])))

        looked_at = frozenset() if self._callers is None else self._callers.columns
        seen["entries"] = read_requests(file, described, looked_at, take)
        self._seen[file_id] = seen
        self._single[file_id] = len(singles)
        for at_us, app in singles:
            self._count_app(at_us, app)
        for identity, found in shared:
            self._first[identity] = min(found, self._first.get(identity, found))

    def settled(self) -> Counter[str]:
        """The licensee's requests by file, now that every file has been read."""
        requests = Counter(self._single)
        for at_us, file_id, _, app in self._first.values():
            requests[file_id] += 1
            self._count_app(at_us, app)
        return requests

    def numbers(self, file_id: str, requests: Counter[str]) -> dict[str, int]:
        """What was counted of one file."""
        seen = self._seen.get(file_id, Counter())
        told = {"entries": seen["entries"], "readable": seen["readable"]}
        if self._callers is None:
            return told
        return told | {"requests": requests[file_id], "duplicates": seen["mine"] - requests[file_id]}

    def agrees(self, row: Json, requests: Counter[str], *, exactly: bool) -> bool:
        """Whether a file holds what the report states of it.

        Not `exactly`: the first entry of a request may be in a file that is missing, so only the sum is compared.
        Without a register: whether it has as many requests at all.
        """
        found, stated = self.numbers(row["file_id"], requests), row["requests"] + row["duplicates"]
        if self._callers is None:
            return bool(stated <= found["readable"])
        if not exactly:
            return bool(stated == found["requests"] + found["duplicates"])
        return (found["requests"], found["duplicates"]) == (row["requests"], row["duplicates"])

    def apps(self) -> Iterator[Recounted]:
        """Each app of the report or of the count, with its requests in the period."""
        stated = {row["app"]: row["requests"] for row in self._report["consumption"]["apps"]}
        for app in sorted({*stated, *self._by_app}):
            old, new = stated.get(app, 0), self._by_app[app]
            state: State = "same" if old == new else "differs"
            yield Recounted(name=app, state=state, stated={"requests": old}, numbers={"requests": new})

    def _count_app(self, at_us: int, app: str) -> None:
        if self._start_us <= at_us < self._end_us:
            self._by_app[app] += 1


def in_lines(found: Recount) -> Iterator[str]:
    """Every file and app that is not the same with both numbers, then how many are."""
    for kind, rows in (("file", found.files), ("app", found.apps)):
        for one in rows:
            if one.state != "same":
                stated, numbers = _said(one.stated), _said(one.numbers)
                told = (
                    f"stated {stated}"
                    + (f"; counted {numbers}" if numbers else "")
                    + (f"; {one.why}" if one.why else "")
                )
                digest = "" if one.file_id is None else f" ({legible(one.file_id)})"
                yield f"{one.state}: {kind} {legible(one.name)}{digest}: {legible(told)}"
    yield f"files: {_of(found.files)}"
    if found.apps:
        yield f"apps: {_of(found.apps)}"
    elif found.with_register:
        yield "apps: not compared, since not every file was counted"
    else:
        yield "without --register nobody is told apart: a file was only asked for as many requests as are stated of it"


def _of(rows: Sequence[Recounted]) -> str:
    return f"{sum(one.state == 'same' for one in rows):,} of {len(rows):,} as stated"


def _said(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in numbers.items())


def _state(row: Json, problems: Mapping[str, tuple[State, str]], *, is_right: bool) -> tuple[State, str | None]:
    if row["file_id"] in problems:
        return problems[row["file_id"]]
    return ("same" if is_right else "differs"), None


def _identity(source: str, request: Request) -> tuple[Any, ...] | None:
    """What makes two entries of a UTC day one request; None where the log has nothing of the kind."""
    day, columns = request.at_us // DAY_US, request.columns
    if columns.get("sequence_number") is not None:
        return (day, source, request.host, columns.get("epoch"), columns["sequence_number"])
    if columns.get("request_id") is not None:
        return (day, source, request.host, columns["request_id"])
    return None


def _format(catalogue: Catalogue, name: str | None) -> Format:
    if name is None or name not in catalogue.formats:
        raise NotCountedError(f"no format of this name is known: {legible(str(name))}")
    return catalogue.formats[name]


def _by_digest(folder: Path, wanted: set[str]) -> dict[str, Path]:
    """The files below a folder that have one of the digests; links are not followed."""
    if not folder.is_dir():
        raise MissingInputError("there is no such folder", where=legible(str(folder)))
    found: dict[str, Path] = {}
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(place, name)
            if file.is_symlink() or not file.is_file():
                continue
            try:
                with file.open("rb") as stream:
                    digest = FileDigest.of_stream(stream).sha256.hex
            except OSError as error:
                raise UnreadableFileError("it cannot be read", where=legible(str(file))) from error
            if digest in wanted:
                found.setdefault(digest, file)
    return found


def _us(text: str) -> int:
    try:
        return to_us(datetime.fromisoformat(text))
    except ValueError:
        raise VerificationError(f"{text} is no instant", where="report.json: period") from None
