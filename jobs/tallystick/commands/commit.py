"""`tallystick commit`: whose requests of which logs go into a commitment, and what is said of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tallystick.commands.inspect import log_objects
from tallystick.commitments.identity import AMOUNTS, HOUR_US, Identity
from tallystick.commitments.logs import Days, Offered, Reading
from tallystick.commitments.shared_key import SharedKey
from tallystick.commitments.terms import Terms, Whose, tagged
from tallystick.commitments.unlike import KEPT, Wanted
from tallystick.commitments.writing import Committed, Tags
from tallystick.digest_key import DigestKey
from tallystick.errors import BadConfigurationError, BadPeriodError, MissingInputError, UsageError
from tallystick.evidence.names import legible
from tallystick.formats import BUILT_IN, Catalogue
from tallystick.period import Period
from tallystick.register.load import find_licensee, load_register, recognitions
from tallystick.register.model import Slug
from tallystick.settings import S3Settings, Settings
from tallystick.storage.objects import open_object

MOST_AHEAD_S = 7 * 86_400


def whose_of(settings: Settings | None, licensee: str | None, app: str | None) -> Whose:
    """Raises UsageError unless it is just one of the two, and for what is no app's id; UnknownLicenseeError."""
    if (licensee is None) == (app is None) or (licensee is not None and settings is None):
        raise UsageError(
            "whose requests are they?",
            next_step="--project P --licensee ID takes those of its register; --app ID takes all, as one app",
        )
    if licensee is not None and settings is not None:
        register = load_register(settings.register_folder)
        find_licensee(register, licensee)
        return Whose(licensee=licensee, recognitions=recognitions(register))
    try:
        return Whose(app=TypeAdapter(Slug).validate_python(app))
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(said, where="--app", next_step="take the app's id of the register") from error


def terms_of(
    key_file: Path,
    *,
    identity: str,
    compared: Sequence[str],
    period: str | None,
    clock_ahead: str,
    settings: Settings | None,
) -> Terms:
    """What both sides agreed on, from the words of the command line; UsageError for what cannot be."""
    wrong = [name for name in compared if name not in AMOUNTS]
    if wrong:
        raise UsageError(
            f"{legible(wrong[0])!r} is not compared", where="--compare", next_step=f"one of {', '.join(AMOUNTS)}"
        )
    key = SharedKey.load(key_file)
    own = settings.digest_key_file if settings is not None else None
    if own is not None and own.is_file() and DigestKey.load(own).secret == key.secret:
        raise BadConfigurationError(
            "this is the project's digest key, which nobody else may have",
            where=str(key_file),
            next_step="tallystick keys shared FILE makes a key to share",
        )
    return Terms(
        key=key,
        identity=Identity.of([name.strip() for name in identity.split(",") if name.strip()]),
        compared=tuple(sorted(set(compared))),
        period=None if period is None else _hours(period),
        ahead_us=_microseconds(clock_ahead),
    )


@dataclass(frozen=True, kw_only=True)
class Logs:
    """Which logs are read: each of `places` may number its requests for itself, and is what `inspect` takes."""

    places: tuple[str, ...]
    format_name: str | None = None
    accepts_refused: bool = False


def commit(
    logs: Logs, out: Path, *, terms: Terms, whose: Whose, settings: Settings | None
) -> tuple[Committed, Offered]:
    """Read the logs and write the commitment; nothing where a log cannot be read, unless that is accepted.

    With a project's settings its store and formats are used. Raises as `Days` and `Tags`.
    """
    with _opened(logs, terms=terms, whose=whose, settings=settings) as (days, memory_limit, scratch):
        tags = Tags(terms, memory_limit=memory_limit, scratch=scratch)
        for connection, requests in days.each():
            tags.add(connection, requests, whose)
        return tags.write(out), days.offered


def find(
    logs: Logs, wanted: Path, *, terms: Terms, whose: Whose, settings: Settings | None
) -> Iterator[dict[str, Any]]:
    """Where in the logs the requests of a list of `reconcile --unlike` stand. Raises as `commit` and `Wanted`."""
    with _opened(logs, terms=terms, whose=whose, settings=settings) as (days, memory_limit, scratch):
        tags = Wanted(wanted, memory_limit=memory_limit, scratch=scratch)
        for connection, requests in days.each():
            for row in tags.found(connection, tagged(requests, terms, whose, kept=KEPT)):
                yield {"path": days.paths[row.pop("file_id")], **row}


@contextmanager
def _opened(logs: Logs, *, terms: Terms, whose: Whose, settings: Settings | None) -> Iterator[tuple[Days, str, Path]]:
    """The logs' days, with the memory and the folder that their reader may use."""
    s3 = settings.s3 if settings else S3Settings()
    memory_limit = settings.engine.memory_limit if settings else "1GB"
    sources = [list(log_objects([place], s3)) for place in logs.places]
    for place, objects in zip(logs.places, sources, strict=True):
        if not objects:
            raise MissingInputError(
                "there is no log file", where=legible(place), next_step="name a folder that holds logs"
            )
    with tempfile.TemporaryDirectory(prefix="tallystick-", dir=settings.engine.scratch if settings else None) as folder:
        reading = Reading(
            catalogue=Catalogue.of(settings.formats) if settings else BUILT_IN,
            format_name=logs.format_name,
            recognitions=whose.recognitions,
            digest_key=terms.key.for_secrets,
            accepts_refused=logs.accepts_refused,
            memory_limit=memory_limit,
            scratch=Path(folder),
        )
        yield Days(sources, partial(open_object, s3=s3), reading), memory_limit, reading.scratch


def found_in_lines(rows: Iterable[dict[str, Any]], *, as_json: bool) -> Iterator[str]:
    """Each request that was found in a line; as JSON the lines are one array."""
    number = 0
    for row in rows:
        told = json.dumps(row, sort_keys=True)
        named = f"{row['kind']}: {legible(row['path'])}:{row['position']} {row['received_at']} {row['app']}"
        yield ("[" if not number else ",") + told if as_json else f"{named} {legible(row['request_id'] or '')}".rstrip()
        number += 1
    if as_json:
        yield "]" if number else "[]"


def as_dict(out: Path, committed: Committed, offered: Offered, terms: Terms) -> dict[str, Any]:
    """What was done, for a program."""
    return {"file": str(out), **vars(committed), "header": terms.header(), "logs": vars(offered)}


def in_lines(out: Path, committed: Committed, offered: Offered) -> Iterator[str]:
    """What was done, and what of the logs is not in it."""
    yield f"{out}: {committed.requests:,} requests in {committed.cells:,} app-hours, {committed.size_bytes:,} bytes"
    yield f"sha256 {committed.sha256}"
    if committed.unidentified:
        yield f"without identity, so never compared: {committed.unidentified:,} requests"
    if offered.rejected:
        yield f"rejected: {offered.rejected:,} of {offered.entries:,} entries; tallystick inspect says why"
    if offered.repeated:
        yield f"read once only: {offered.repeated:,} files whose bytes are those of another"
    for path, problem in offered.refused:
        yield f"not read: {legible(path)}: {legible(problem)}"


def _hours(text: str) -> tuple[int, int]:
    period = Period.parse(text)
    if period.start_us % HOUR_US or period.end_us % HOUR_US:
        raise BadPeriodError(
            f"{text!r} does not begin and end at full hours of UTC", next_step="write whole days or hours, in UTC"
        )
    return period.start_us // HOUR_US, period.end_us // HOUR_US


def _microseconds(text: str) -> int:
    try:
        seconds = Decimal(text)
        if not seconds.is_finite() or abs(seconds) > MOST_AHEAD_S or seconds * 1_000_000 % 1:
            raise InvalidOperation
    except InvalidOperation:
        raise UsageError(
            f"{legible(text)!r} is no number of seconds",
            where="--clock-ahead",
            next_step="write one such as 2.5 or -0.3",
        ) from None
    return int(seconds * 1_000_000)
