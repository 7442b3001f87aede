"""The tables of a first tally as plain SQL over all days at once, as somebody would write it who has only an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import Asked, PeakSummary, SlotSummary

SLOT_US, DAY_US = 900_000_000, 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How an engine spells what the others spell differently."""

    micros: str
    instant: str
    divided: str
    first_by: str
    epoch_first: str
    epoch_last: str
    day_us: str

    def slot(self, at: str = "received_at") -> str:
        """The start of an instant's quarter of an hour."""
        whole = self.divided.format(self.micros.format(at), SLOT_US)
        return self.instant.format(f"{whole} * {SLOT_US}")

    def at(self, us: str) -> str:
        """Microseconds as an instant."""
        return self.instant.format(us)


DUCKDB = Dialect(
    micros="epoch_us({})",
    instant="make_timestamptz({})",
    divided="({} // {})",
    first_by="arg_max({0}, {1})",
    epoch_first="arg_min_null(epoch, (received_at, sequence_number))",
    epoch_last="arg_max_null(epoch, (received_at, sequence_number))",
    day_us="epoch_us(event_date::TIMESTAMP)",
)
"""`arg_max` keeps the first of equals where rows come in order, as they do out of a window in one thread."""
SPARK = Dialect(
    micros="unix_micros({})",
    instant="timestamp_micros({})",
    divided="({} div {})",
    first_by="min_by({0}, struct(-{1}, {0}))",
    epoch_first="min_by(epoch, struct(received_at, sequence_number))",
    epoch_last="max_by(epoch, struct(received_at, sequence_number))",
    day_us="unix_micros(cast(event_date as timestamp))",
)

AMOUNTS = """count(*) AS requests,
    CAST(coalesce(sum(records), 0) AS BIGINT) AS records,
    count(*) - count(records) AS records_unknown,
    CAST(coalesce(sum(response_bytes), 0) AS BIGINT) AS response_bytes,
    count(*) - count(response_bytes) AS response_bytes_unknown,
    min(received_at) AS first_at,
    max(received_at) AS last_at"""
THROTTLED = "coalesce(status = 429, false)"
UNIQUE = "(SELECT * FROM request WHERE NOT is_duplicate) AS request"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One table, or one summary of it: what is laid out before, each a name and SQL, and the SQL of its rows."""

    table: str
    query: str
    partition_by: tuple[str, ...]
    before: tuple[tuple[str, str], ...] = ()


def statements(dialect: Dialect, asked: Sequence[Asked]) -> Iterator[Statement]:
    """Every standing table, the ledger with its gaps, and every summary that is asked for."""
    yield from _standing(dialect)
    yield from _ledger(dialect)
    for one in asked:
        if isinstance(one.summary, SlotSummary):
            yield _slots(dialect, one.summary, one.whose)
        elif isinstance(one.summary, PeakSummary):
            yield _peaks(dialect, one.summary, one.whose)
        else:
            raise ValueError(f"terms.py asks for {type(one.summary).__name__}, which no contender makes")


def _standing(dialect: Dialect) -> Iterator[Statement]:
    yield Statement(
        table="usage_app_slot",
        query=f"SELECT event_date, licensee, app, {dialect.slot()} AS slot_at, {THROTTLED} AS is_throttled, "
        f"count(*) FILTER (WHERE status >= 400 AND status <> 429) AS errors, {AMOUNTS} FROM {UNIQUE} "
        f"GROUP BY event_date, licensee, app, {dialect.slot()}, {THROTTLED}",
        partition_by=("event_date",),
    )
    for table, keys in (
        ("usage_app_route", "event_date, licensee, app, method, route, status"),
        ("usage_credential", "event_date, licensee, app, credential_id, is_throttled"),
    ):
        yield Statement(
            table=table,
            query=f"SELECT {keys}, {AMOUNTS} FROM (SELECT *, {THROTTLED} AS is_throttled FROM {UNIQUE}) AS request "
            f"GROUP BY {keys}",
            partition_by=("event_date",),
        )


def _ledger(dialect: Dialect) -> Iterator[Statement]:
    numbering = (
        "SELECT event_date, source, epoch, min(sequence_number) AS least, max(sequence_number) AS most, "
        f"count(*) AS numbers FROM {UNIQUE} WHERE sequence_number IS NOT NULL GROUP BY event_date, source, epoch"
    )
    gap = f"""
        WITH step AS (
            SELECT request.event_date, request.source, request.epoch, sequence_number, received_at,
                lag(sequence_number) OVER numbers AS number_before, lag(received_at) OVER numbers AS after_at
            FROM {UNIQUE} INNER JOIN (SELECT * FROM numbering WHERE most - least <> numbers - 1) AS broken
                ON request.event_date = broken.event_date AND request.source = broken.source
                AND request.epoch IS NOT DISTINCT FROM broken.epoch
            WHERE sequence_number IS NOT NULL
            WINDOW numbers AS (
                PARTITION BY request.event_date, request.source, request.epoch ORDER BY sequence_number
            )
        )
        SELECT event_date, source, epoch, number_before + 1 AS first_missing, sequence_number - 1 AS last_missing,
            sequence_number - number_before - 1 AS missing, after_at, received_at AS before_at
        FROM step WHERE sequence_number - number_before > 1"""
    yield Statement(
        table="sequence_gap",
        query="SELECT * FROM gap",
        partition_by=("event_date",),
        before=(("numbering", numbering), ("gap", gap)),
    )
    counted = f"""SELECT event_date, source, count(*) AS accepted,
            count(*) FILTER (WHERE is_duplicate) AS duplicate,
            count(*) FILTER (WHERE is_duplicate AND conflict) AS conflict,
            count(*) FILTER (WHERE NOT is_duplicate) AS unique_requests,
            count(*) FILTER (WHERE NOT is_duplicate AND licensee IS NULL) AS unattributed,
            count(*) FILTER (WHERE NOT is_duplicate AND licensee IS NOT NULL) AS attributed,
            min(received_at) FILTER (WHERE NOT is_duplicate) AS first_at,
            max(received_at) FILTER (WHERE NOT is_duplicate) AS last_at,
            {dialect.epoch_first} FILTER (WHERE NOT is_duplicate AND sequence_number IS NOT NULL) AS epoch_first,
            {dialect.epoch_last} FILTER (WHERE NOT is_duplicate AND sequence_number IS NOT NULL) AS epoch_last
        FROM request GROUP BY event_date, source"""
    lost = "SELECT event_date, source, sum(missing) AS missing FROM gap GROUP BY event_date, source"
    yield Statement(
        table="day_ledger",
        query=f"""
        SELECT counted.event_date, counted.source, 0 AS files, 0 AS repeated_files, accepted AS entries, 0 AS rejected,
            accepted, duplicate, conflict, unique_requests AS {"`unique`" if dialect is SPARK else '"unique"'},
            unattributed, attributed, first_at, last_at, epoch_first, epoch_last, earliest.least AS first_number,
            latest.most AS last_number, CAST(coalesce(lost.missing, 0) AS BIGINT) AS missing
        FROM ({counted}) AS counted
        LEFT JOIN numbering AS earliest ON counted.event_date = earliest.event_date
            AND counted.source = earliest.source AND counted.epoch_first IS NOT DISTINCT FROM earliest.epoch
        LEFT JOIN numbering AS latest ON counted.event_date = latest.event_date
            AND counted.source = latest.source AND counted.epoch_last IS NOT DISTINCT FROM latest.epoch
        LEFT JOIN ({lost}) AS lost ON counted.event_date = lost.event_date AND counted.source = lost.source""",
        partition_by=("event_date",),
    )


def _slots(dialect: Dialect, summary: SlotSummary, whose: str) -> Statement:
    key = _named(dialect, KEY[summary.per])
    return Statement(
        table="usage_scope",
        query=f"SELECT '{summary.id}' AS summary_id, event_date, licensee, {key} AS key, {dialect.slot()} AS slot_at, "
        f"count(*) FILTER (WHERE NOT {THROTTLED}) AS served, {AMOUNTS} FROM {UNIQUE} "
        f"WHERE {whose} AND ({_named(dialect, condition(summary.scope))}) "
        f"GROUP BY event_date, licensee, {key}, {dialect.slot()}",
        partition_by=("summary_id", "event_date"),
    )


def _peaks(dialect: Dialect, summary: PeakSummary, whose: str) -> Statement:
    """Exact peaks by a running sum over what comes into the window and what leaves it: linear, no self-join.

    A request leaves one length later; of the two at one instant the one that leaves goes first. On the first
    windows of a day the day's own sum is a running one, too: nothing of the day has left yet.
    """
    if summary.window != "sliding":
        raise ValueError(f"terms.py asks for {summary.window} windows, which no contender makes")
    key, length = _named(dialect, KEY[summary.per]), summary.length_us
    amount = "1" if summary.of == "requests" else summary.of
    at_us = dialect.micros.format("received_at")
    counted = (
        f"SELECT event_date, licensee, {key} AS key, {at_us} AS at_us, CAST({amount} AS BIGINT) AS amount, "
        f"{at_us} - {dialect.day_us} AS since_us FROM {UNIQUE} "
        f"WHERE {whose} AND {key} IS NOT NULL AND ({_named(dialect, condition(summary.scope))})"
    )
    query = f"""
        WITH step AS (
            SELECT event_date, licensee, key, at_us, since_us, 1 AS comes, amount AS delta
            FROM counted WHERE amount IS NOT NULL
            UNION ALL
            SELECT NULL, licensee, key, at_us + {length}, NULL, 0, -amount FROM counted WHERE amount IS NOT NULL
        ),
        running AS (
            SELECT event_date, at_us, licensee, key, comes, since_us, sum(delta) OVER (
                PARTITION BY licensee, key ORDER BY at_us, comes ROWS UNBOUNDED PRECEDING
            ) AS total FROM step
        ),
        peak AS (
            SELECT event_date, licensee, key, CAST(max(total) AS BIGINT) AS peak,
                {dialect.first_by.format("at_us", "total")} AS peak_us,
                CAST(max(total) FILTER (WHERE since_us >= {length}) AS BIGINT) AS late,
                {dialect.first_by.format("at_us", "total")} FILTER (WHERE since_us >= {length}) AS late_us
            FROM running WHERE comes = 1 GROUP BY event_date, licensee, key
        ),
        beginning AS (
            SELECT event_date, licensee, key, at_us, sum(amount) OVER (
                PARTITION BY event_date, licensee, key ORDER BY at_us ROWS UNBOUNDED PRECEDING
            ) AS total FROM counted WHERE since_us < {length} AND amount IS NOT NULL
        ),
        early AS (
            SELECT event_date, licensee, key, CAST(max(total) AS BIGINT) AS early,
                {dialect.first_by.format("at_us", "total")} AS early_us
            FROM beginning GROUP BY event_date, licensee, key
        ),
        owner AS (
            SELECT event_date, licensee, key, count(*) AS counted, count(*) - count(amount) AS unknown,
                CAST(coalesce(sum(amount), 0) AS BIGINT) AS used
            FROM counted GROUP BY event_date, licensee, key
        )
        SELECT '{summary.id}' AS summary_id, owner.event_date, owner.licensee, owner.key, counted, unknown, used, peak,
            {dialect.at("peak_us")} AS peak_at,
            CASE WHEN early >= coalesce(late, early) THEN early ELSE late END AS own_peak,
            {dialect.at("CASE WHEN early >= coalesce(late, early) THEN early_us ELSE late_us END")} AS own_peak_at
        FROM owner
        LEFT JOIN peak ON owner.event_date = peak.event_date AND owner.licensee = peak.licensee AND owner.key = peak.key
        LEFT JOIN early
            ON owner.event_date = early.event_date AND owner.licensee = early.licensee AND owner.key = early.key"""
    return Statement(
        table="usage_peak", query=query, partition_by=("summary_id", "event_date"), before=(("counted", counted),)
    )


def _named(dialect: Dialect, sql: str) -> str:
    """Names that are words of the language, quoted as the engine does it."""
    return sql.replace('"user"', "`user`") if dialect is SPARK else sql
