"""The canonical rows of the two logs by Spark's own readers, into a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

JSON = (
    "time STRING, host STRING, epoch STRING, seq BIGINT, request_id STRING, client STRING, user STRING, ip STRING, "
    "agent STRING, method STRING, route STRING, path STRING, status INT, records BIGINT, bytes_out BIGINT, "
    "bytes_in BIGINT, duration_us BIGINT, referer STRING, history_from STRING"
)
COMBINED = r'^(\S+) \S+ (\S+) \[([^\]]*)\] "([^"]*)" (\S+) (\S+) "([^"]*)" "([^"]*)"$'
NAMES = ("address", "user", "time", "request", "status", "bytes", "referer", "agent")


def read_with_spark(session: SparkSession, kind: str, files: list[str], table: str) -> None:
    """Read the files and write their rows, by day."""
    session.conf.set("spark.sql.parquet.compression.codec", "zstd")
    rows = _json(session, files) if kind == "json" else _combined(session, files)
    days = rows.selectExpr("*", "CAST(received_at AS DATE) AS event_date", "'b' AS batch")
    days.write.format("delta").partitionBy("event_date").save(table)


def _json(session: SparkSession, files: list[str]) -> DataFrame:
    return (
        session.read.schema(JSON)
        .json(files)
        .selectExpr(
            "CAST(time AS TIMESTAMP) AS received_at",
            "concat('edge/', host) AS source",
            "seq AS sequence_number",
            "epoch",
            "request_id",
            "client AS credential",
            "user",
            "ip AS client_address",
            "agent AS user_agent",
            "method",
            "route",
            "split_part(path, '?', 1) AS path",
            "status",
            "records",
            "bytes_out AS response_bytes",
            "bytes_in AS request_bytes",
            "duration_us",
            "split_part(referer, '?', 1) AS referer",
            "CAST(history_from AS TIMESTAMP) AS history_from",
            "_metadata.file_path AS file_id",
        )
    )


def _combined(session: SparkSession, files: list[str]) -> DataFrame:
    from pyspark.sql import functions as f

    fields = [f.regexp_extract("value", COMBINED, place).alias(name) for place, name in enumerate(NAMES, 1)]
    return (
        session.read.text(files)
        .select(*fields, f.col("_metadata.file_path").alias("file_id"))
        .selectExpr(
            "to_timestamp(time, 'dd/MMM/yyyy:HH:mm:ss Z') AS received_at",
            "'edge' AS source",
            "nullif(user, '-') AS principal",
            "nullif(user, '-') AS user",
            "address AS client_address",
            "nullif(agent, '-') AS user_agent",
            "split_part(request, ' ', 1) AS method",
            "split_part(split_part(request, ' ', 2), '?', 1) AS path",
            "CAST(status AS INT) AS status",
            "CAST(bytes AS BIGINT) AS response_bytes",
            "split_part(nullif(referer, '-'), '?', 1) AS referer",
            "file_id",
        )
    )
