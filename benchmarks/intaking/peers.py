"""Polars and ClickHouse (chdb) on the same logs; run by the Python of the peers' own environment."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

JSON = {
    "time": "str",
    "host": "str",
    "epoch": "str",
    "seq": "int",
    "request_id": "str",
    "client": "str",
    "user": "str",
    "ip": "str",
    "agent": "str",
    "method": "str",
    "route": "str",
    "path": "str",
    "status": "int",
    "records": "int",
    "bytes_out": "int",
    "bytes_in": "int",
    "duration_us": "int",
    "referer": "str",
    "history_from": "str",
}
WORDS = {
    "address": "str",
    "identity": "str",
    "user": "str",
    "day": "str",
    "zone": "str",
    "request": "str",
    "status": "int",
    "bytes": "int",
    "referer": "str",
    "agent": "str",
}


def polars_alone(kind: str, files: list[str], out: str) -> str:
    """Polars' readers in one thread, a file after the other."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars as pl

    types = {"str": pl.String, "int": pl.Int64}
    for number, file in enumerate(files):
        if kind == "json":
            read = pl.scan_ndjson(file, schema={name: types[of] for name, of in JSON.items()})
            rows = read.select(
                pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us").alias("received_at"),
                pl.concat_str(pl.lit("edge/"), pl.col("host")).alias("source"),
                pl.col("seq").alias("sequence_number"),
                "epoch",
                "request_id",
                pl.col("client").alias("credential"),
                "user",
                pl.col("ip").alias("client_address"),
                pl.col("agent").alias("user_agent"),
                "method",
                "route",
                _before_query(pl.col("path")).alias("path"),
                "status",
                "records",
                pl.col("bytes_out").alias("response_bytes"),
                pl.col("bytes_in").alias("request_bytes"),
                "duration_us",
                _before_query(pl.col("referer")).alias("referer"),
                pl.col("history_from").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us").alias("history_from"),
            )
        else:
            read = pl.scan_csv(
                file,
                has_header=False,
                separator=" ",
                schema={name: types[of] for name, of in WORDS.items()},
            )
            user = pl.col("user").replace("-", None)
            words = pl.col("request").str.splitn(" ", 3)
            rows = read.select(
                pl.col("day").str.to_datetime("[%d/%b/%Y:%H:%M:%S", time_unit="us").alias("received_at"),
                pl.lit("edge").alias("source"),
                user.alias("principal"),
                user.alias("user"),
                pl.col("address").alias("client_address"),
                pl.col("agent").alias("user_agent"),
                words.struct[0].alias("method"),
                _before_query(words.struct[1]).alias("path"),
                "status",
                pl.col("bytes").alias("response_bytes"),
                _before_query(pl.when(pl.col("referer") == "-").then(None).otherwise(pl.col("referer"))).alias(
                    "referer"
                ),
            )
        placed = rows.with_row_index("position", offset=1).with_columns(
            pl.col("received_at").dt.date().alias("event_date"),
            pl.lit(_sha256(file)).alias("file_id"),
            pl.col("received_at").dt.replace_time_zone("UTC"),
        )
        placed.sink_parquet(f"{out}/{number}.parquet", compression="zstd")
    return str(pl.__version__)


def _before_query(text: Any) -> Any:
    return text.str.splitn("?", 2).struct[0]


def chdb_alone(kind: str, files: list[str], out: str) -> str:
    """ClickHouse in this process, in one thread, a file after the other."""
    import chdb

    types = {"str": "Nullable(String)", "int": "Nullable(Int64)"}
    shape = ", ".join(f"`{name}` {types[of]}" for name, of in (JSON if kind == "json" else WORDS).items())
    settings = (
        "SETTINGS max_threads = 1, max_insert_threads = 1, output_format_parquet_compression_method = 'zstd', "
        "output_format_parquet_string_as_string = 1, session_timezone = 'UTC', "
        "format_custom_escaping_rule = 'CSV', format_custom_field_delimiter = ' ', "
        "input_format_parallel_parsing = 0, output_format_parallel_formatting = 0, "
        "output_format_parquet_parallel_encoding = 0, engine_file_truncate_on_insert = 1"
    )
    for number, file in enumerate(files):
        found = f"file('{file}', '{'JSONEachRow' if kind == 'json' else 'CustomSeparated'}', '{shape}')"
        rows = CLICKHOUSE[kind].format(found=found)
        query = (
            f"INSERT INTO FUNCTION file('{out}/{number}.parquet', 'Parquet') "
            f"SELECT *, toDate32(received_at) AS event_date, rowNumberInAllBlocks() + 1 AS position, "
            f"'{_sha256(file)}' AS file_id FROM ({rows}) {settings}"
        )
        chdb.query(query)
    return str(chdb.__version__)


CLICKHOUSE = {
    "json": """
        SELECT parseDateTime64BestEffort(time, 6, 'UTC') AS received_at, concat('edge/', host) AS source,
               seq AS sequence_number, epoch, request_id, client AS credential, user, ip AS client_address,
               agent AS user_agent, method, route, cutQueryString(path) AS path, status, records,
               bytes_out AS response_bytes, bytes_in AS request_bytes, duration_us,
               cutQueryString(referer) AS referer, parseDateTime64BestEffort(history_from, 6, 'UTC') AS history_from
        FROM {found}""",
    "combined": """
        SELECT toDateTime64(parseDateTime(day, '[%d/%b/%Y:%H:%i:%s', 'UTC'), 6, 'UTC') AS received_at,
               'edge' AS source, nullIf(user, '-') AS principal, nullIf(user, '-') AS user,
               address AS client_address, agent AS user_agent, splitByChar(' ', assumeNotNull(request))[1] AS method,
               cutQueryString(splitByChar(' ', assumeNotNull(request))[2]) AS path, status, bytes AS response_bytes,
               cutQueryString(nullIf(referer, '-')) AS referer
        FROM {found}""",
}


def _sha256(file: str) -> str:
    with Path(file).open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


CONTENDERS: dict[str, Callable[..., str]] = {one.__name__: one for one in (polars_alone, chdb_alone)}


def main() -> None:
    """Run one contender; it says what it cost and its version, or that it is not installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contender", nargs=2, required=True)
    name, arguments = parser.parse_args().contender
    asked = json.loads(arguments)
    Path(asked["out"]).mkdir(parents=True, exist_ok=True)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        version = CONTENDERS[name](**asked)
    except ImportError as error:
        print(json.dumps({"missing": f"{error.name} is not installed"}))
        return
    said = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "version": version}
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(said | {"rss": rss}))


if __name__ == "__main__":
    main()
