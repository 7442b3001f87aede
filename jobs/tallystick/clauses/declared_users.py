"""How many different users there were, in the whole span or in each calendar month, against how many were stated."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.declared import DeclaredClause
from tallystick.agreements.length import calendar_length
from tallystick.clauses.calendar import window_borders
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure, Over, Witness
from tallystick.duck import quote_text
from tallystick.period import Period
from tallystick.tally.scope import SLOT_US, condition
from tallystick.tally.summary import declared_by


@dataclass(frozen=True, kw_only=True)
class _Window:
    """A calendar month, or the whole span, and the part of it that is judged."""

    start_us: int
    end_us: int
    judged: Period

    @property
    def is_clipped(self) -> bool:
        """Whether the window reaches beyond what is judged."""
        return (self.start_us, self.end_us) != (self.judged.start_us, self.judged.end_us)


def measure_users(judging: Judging, clause: DeclaredClause) -> list[Measure]:
    """One measure of all requests that are meant: `used` = their distinct users, `peak` those of the fullest window.

    None where no request is meant. Each window with more users than stated is over from the first request of the user
    who was one too many.
    """
    assert clause.users is not None
    windows = _windows(judging, clause)
    rows_read, unclear = _lay_out_users(judging, clause, windows)
    connection = judging.reader.connection
    [[counted, nameless, users]] = connection.execute(
        "SELECT CAST(coalesce(sum(counted), 0) AS BIGINT), "
        "CAST(coalesce(sum(counted) FILTER (key IS NULL), 0) AS BIGINT), count(DISTINCT key) FROM seen"
    ).fetchall()
    if not counted + unclear:
        return []
    by_window = connection.execute(
        "SELECT place, count(DISTINCT key) FROM seen WHERE key IS NOT NULL GROUP BY place ORDER BY place"
    ).fetchall()
    over: list[Over] = []
    witnesses: tuple[Witness, ...] = ()
    for place, used in by_window:
        if used > clause.users:
            window = windows[place]
            crossed_us, user, rows = _one_too_many(judging, clause, place, window)
            rows_read += rows
            if not over:
                witnesses = _requests_of(judging, clause, user, crossed_us)
            over.append(
                Over(
                    start_us=window.start_us,
                    end_us=window.end_us,
                    used=used,
                    over=used - clause.users,
                    crossed_us=crossed_us,
                    is_clipped=window.is_clipped,
                )
            )
    peak, place = max(((used, -place) for place, used in by_window), default=(0, 0))
    return [
        Measure(
            reading=AS_WRITTEN,
            key=clause.app or clause.credential or judging.licensee.licensee,
            in_period=judging.in_period,
            counted=counted + unclear,
            unknown=nameless + unclear,
            used=users,
            of="users",
            window="in a calendar month" if clause.within else "in the period",
            max=clause.users,
            limit=clause.users,
            peak=peak,
            peak_us=windows[-place].start_us if by_window else None,
            windows=tuple(over),
            verdict=EXCEEDED if over else NOT_DECIDED if nameless + unclear else KEPT,
            missing=None if over else _missing(counted, nameless, unclear),
            decided_from="request" if judging.reader.only_raw else "usage_scope",
            rows_read=rows_read,
            witnesses=witnesses,
        )
    ]


def _windows(judging: Judging, clause: DeclaredClause) -> list[_Window]:
    span = judging.span
    if clause.within is None:
        return [_Window(start_us=span.start_us, end_us=span.end_us, judged=span)]
    return [
        _Window(
            start_us=start_us,
            end_us=end_us,
            judged=Period(text=span.text, start_us=max(start_us, span.start_us), end_us=min(end_us, span.end_us)),
        )
        for start_us, end_us in window_borders(calendar_length(clause.within), span, judging.binding.version.zone)
    ]


def _lay_out_users(judging: Judging, clause: DeclaredClause, windows: list[_Window]) -> tuple[int, int]:
    """Make the table `seen` (place of the window, user, at_us, counted); raw rows read, and requests that are unclear.

    A user who is not named is NULL.
    """
    reader, rows_read = judging.reader, 0
    meant, unclear = declared_by(clause)
    reader.connection.execute(
        "CREATE OR REPLACE TEMP TABLE seen (place BIGINT, key VARCHAR, at_us BIGINT, counted BIGINT)"
    )
    for place, window in enumerate(windows):
        rows_read += reader.lay_out_pieces(meant, "requests", window.judged)
        reader.connection.execute(f"INSERT INTO seen SELECT {place}, key, at_us, counted FROM piece")
    if clause.credential is None and clause.routes is None:
        return rows_read, 0
    rows_read += reader.lay_out_pieces(unclear, "requests", judging.span)
    [[count]] = reader.connection.execute("SELECT CAST(coalesce(sum(counted), 0) AS BIGINT) FROM piece").fetchall()
    return rows_read, int(count)


def _one_too_many(judging: Judging, clause: DeclaredClause, place: int, window: _Window) -> tuple[int, str, int]:
    """The first request of the user who was one too many in a window, that user, and the raw rows read for it.

    The quarter of an hour is known from the sums; only its requests are read.
    """
    reader, (meant, _) = judging.reader, declared_by(clause)
    quarter_us, before = reader.connection.execute(
        f"""WITH first AS (
            SELECT key, min(at_us) AS at_us FROM seen WHERE place = {place} AND key IS NOT NULL GROUP BY key
        )
        SELECT at_us, (SELECT count(*) FROM first AS other WHERE other.at_us < first.at_us)
        FROM first ORDER BY at_us LIMIT 1 OFFSET {clause.users}"""
    ).fetchall()[0]
    until_us = min((quarter_us // SLOT_US + 1) * SLOT_US, window.judged.end_us)
    new = (
        f'SELECT "user", min(epoch_us(received_at)) AS first_us FROM ({reader.requests_within(quarter_us, until_us)}) '
        f'WHERE ({condition(meant.scope)}) AND "user" IS NOT NULL AND "user" NOT IN '
        f"(SELECT key FROM seen WHERE place = {place} AND key IS NOT NULL AND at_us < {quarter_us}) "
        f'GROUP BY "user" ORDER BY first_us, "user" LIMIT 1 OFFSET {int(clause.users or 0) - before}'
    )
    [[user, crossed_us]] = reader.connection.execute(new).fetchall()
    return int(crossed_us), str(user), reader.raw_rows(quarter_us, until_us)


def _requests_of(judging: Judging, clause: DeclaredClause, user: str, first_us: int) -> tuple[Witness, ...]:
    meant, _ = declared_by(clause)
    test = f'({condition(meant.scope)}) AND "user" = {quote_text(user)}'
    return judging.reader.first_requests(test, first_us, judging.span.end_us)


def _missing(counted: int, nameless: int, unclear: int) -> str | None:
    if nameless:
        return f"{nameless} of {counted} requests do not say their user"
    return f"{unclear} requests do not say enough to tell whether they are meant" if unclear else None
