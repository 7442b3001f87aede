"""`evidence/sample.parquet`: counted requests drawn by a keyed hash: a few thousand test a count of any size."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from tallystick.addresses import Shown, as_logged
from tallystick.clauses.usage_reader import Relation, UsageReader
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.sample_rules import FRAME, SAMPLE, SCHEMA
from tallystick.period import Period
from tallystick.report.callers import told_table
from tallystick.report.usage import usage_parquet

SIZE = 2_995
"""Requests that show at 95 % confidence, when none of them is wrong, that less than 0.1 % of all are."""
CONFIDENCE = "0.95"
_LOT = 1 << 32
_EXACT = Context(prec=40)


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """The counted requests of one app in one UTC month, and how many of them are drawn."""

    app: str
    month: str
    requests: int
    drawn: int

    @property
    def below(self) -> int:
        """The lot below which requests are looked at; about 20 for each that is drawn, and 200 more."""
        return min(_LOT, (20 * self.drawn + 200) * _LOT // self.requests)


def strata_of(usage: pa.Table, size: int = SIZE) -> list[Stratum]:
    """App by UTC month, by app and month; `usage` is that of usage.parquet. Each has its share of `size`, rounded up.

    So at most `size` and one for each stratum are drawn, and never fewer of any stratum than a proportional sample.
    """
    months = pc.strftime(usage["slot_at"].cast(pa.timestamp("us")), format="%Y-%m")
    counted = pa.table({"app": usage["app"], "month": months, "requests": usage["requests"]})
    sums = counted.group_by(["app", "month"]).aggregate([("requests", "sum")]).to_pylist()
    every = sum(row["requests_sum"] for row in sums)
    return [
        Stratum(
            app=row["app"],
            month=row["month"],
            requests=row["requests_sum"],
            drawn=min(row["requests_sum"], -(-size * row["requests_sum"] // every)),
        )
        for row in sorted(sums, key=lambda row: (row["app"], row["month"]))
        if row["requests_sum"]
    ]


def sample_files(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    licensee: str,
    period: Period,
    usage: pa.Table,
    report: bytes,
    shown: Shown = as_logged,
) -> dict[str, bytes]:
    """evidence/sample.parquet and evidence/sample.json of a report; the digest of report.json is the seed."""
    seed = hashlib.sha256(report).hexdigest()
    drawn, strata = draw(connection, relation, licensee, period, strata_of(usage), seed)
    return {SAMPLE: usage_parquet(told_table(drawn, shown)), FRAME: canonical_bytes(frame(strata, seed))}


def draw(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    licensee: str,
    period: Period,
    strata: Sequence[Stratum],
    seed: str,
) -> tuple[pa.Table, list[Stratum]]:
    """file_id, position, received_at, app, route, status and records of what is drawn, and how many that is of each.

    Of each stratum those come first whose SHA-256 of seed, `/`, file_id, `/` and position is the least. Before that a
    lot is cast for each request, by shifts and products of its instant and position: only those below the stratum's
    bound are hashed, so that a count of any size costs one pass over five columns and some ten thousand hashes. Where
    too few have a low lot, which does not happen by chance, all of the stratum are hashed; where requests are no longer
    there, fewer are drawn, and the strata say so.
    """
    requests = UsageReader(connection, relation, licensee).requests_within(period.start_us, period.end_us)
    found: list[pa.Table] = []
    wanted = list(strata)
    for lots in (True, False):
        drawn = _drawn(connection, requests, wanted, seed, lots=lots)
        counts = _counts(drawn)
        short = [one for one in wanted if counts.get((one.app, one.month), 0) < one.drawn]
        kept = {(one.app, one.month) for one in wanted} - ({(one.app, one.month) for one in short} if lots else set())
        found.append(drawn.filter(pa.array([key in kept for key in _keys(drawn)], pa.bool_())))
        wanted = short
        if not short:
            break
    drawn = pa.concat_tables(found)
    counts = _counts(drawn)
    told = [replace(one, drawn=counts.get((one.app, one.month), 0)) for one in strata]
    return drawn.drop_columns(["month"]), told


def frame(strata: Sequence[Stratum], seed: str) -> Mapping[str, Any]:
    """evidence/sample.json: from what the sample is drawn, how, and what it shows if nothing in it is wrong."""
    requests, drawn = (sum(getattr(one, name) for one in strata) for name in ("requests", "drawn"))
    at_least = min((one.drawn * requests // one.requests for one in strata if one.drawn < one.requests), default=None)
    return {
        "schema": SCHEMA,
        "seed": seed,
        "seed_is": "the SHA-256 of report.json",
        "order": "the least SHA-256 of seed/file_id/position in each stratum, of those with a low lot",
        "confidence": CONFIDENCE,
        "requests": requests,
        "drawn": drawn,
        "wrong_at_most": bound(at_least),
        "strata": [
            {
                "app": one.app,
                "month": one.month,
                "requests": one.requests,
                "drawn": one.drawn,
                "lot_below": one.below,
                "wrong_at_most": bound(None if one.drawn == one.requests else one.drawn),
            }
            for one in strata
        ],
    }


def bound(drawn: int | None) -> str | None:
    """The largest share of wrong requests of which `drawn` right ones leave a chance of 5 %, as text rounded up.

    1 - 0.05^(1/drawn): exact where requests are drawn with return, and on the safe side where they are not. None: all
    were drawn, and nothing is left open. Of nothing drawn: None, not known.
    """
    if drawn is None:
        return "0"
    if drawn == 0:
        return None
    chance = _EXACT.subtract(Decimal(1), Decimal(CONFIDENCE))
    share = _EXACT.subtract(Decimal(1), _EXACT.exp(_EXACT.divide(_EXACT.ln(chance), Decimal(drawn))))
    return str(share.quantize(Decimal("0.000001"), rounding=ROUND_CEILING))


def _drawn(
    connection: duckdb.DuckDBPyConnection, requests: str, strata: Sequence[Stratum], seed: str, *, lots: bool
) -> pa.Table:
    rows = {
        "app": pa.array([one.app for one in strata], pa.string()),
        "month": pa.array([one.month for one in strata], pa.string()),
        "drawn": pa.array([one.drawn for one in strata], pa.int64()),
        "below": pa.array([one.below if lots else _LOT for one in strata], pa.uint64()),
    }
    connection.register("stratum", pa.table(rows))
    return connection.execute(
        "SELECT file_id, position, received_at, app, route, status, records, month FROM ("
        f"SELECT *, strftime(event_date, '%Y-%m') AS month, {_lot(seed)} AS lot FROM ({requests})) "
        "JOIN stratum USING (app, month) WHERE lot < below "
        "QUALIFY row_number() OVER (PARTITION BY app, month "
        "ORDER BY sha256($seed || '/' || file_id || '/' || position), file_id, position) <= drawn",
        {"seed": seed},
    ).to_arrow_table()


def _lot(seed: str) -> str:
    """SQL for a number below 2^32 from a request's instant and position, another for each seed.

    Products are of 32 bits by 32 bits, so that nothing overflows.
    """
    digest = hashlib.sha256(seed.encode()).digest()
    keys = [int.from_bytes(digest[4 * each : 4 * each + 4], "big") | 1 for each in range(3)]
    whole = _LOT - 1

    def mixed(number: str, key: int) -> str:
        once = f"((xor({number}, ({number}) >> 16) * {key}::UBIGINT) & {whole}::UBIGINT)"
        return f"xor({once}, {once} >> 15)"

    instant = "epoch_us(received_at)::UBIGINT"
    place = mixed(f"(position::UBIGINT & {whole}::UBIGINT)", keys[0])
    time = mixed(f"xor({instant} & {whole}::UBIGINT, {place})", keys[1])
    return mixed(time, keys[2])


def _keys(drawn: pa.Table) -> list[tuple[str, str]]:
    columns = (drawn.column(name).to_pylist() for name in ("app", "month"))
    return list(zip(*columns, strict=True))


def _counts(drawn: pa.Table) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for key in _keys(drawn):
        counts[key] = counts.get(key, 0) + 1
    return counts
