"""A real log of Azure App Service, read as the OpenTelemetry record that is expected of it says."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from intake.telling import told
from tallystick.duck import connect
from tallystick.intake import FileTask, create_entry_tables, read_file


def expected_of(folder: Path) -> tuple[dict[str, Any], str]:
    """The values of the expected record's body by name, and its time as a column tells it."""
    [resource] = yaml.safe_load((folder / "appservice_httplogs_expected.yaml").read_text())["resourceLogs"]
    [record] = resource["scopeLogs"][0]["logRecords"]
    body = {one["key"]: one["value"] for one in record["body"]["kvlistValue"]["values"]}
    body |= {one["key"]: one["value"] for one in body.pop("properties")["kvlistValue"]["values"]}
    seconds, nanoseconds = divmod(int(record["timeUnixNano"]), 10**9)
    at = datetime.fromtimestamp(seconds, UTC)
    told_at = f"{at:%Y-%m-%dT%H:%M:%S}.{nanoseconds // 1000:06}Z"
    return {name: next(iter(value.values())) for name, value in body.items()}, told_at


def test_the_app_service_entry_of_opentelemetry_is_the_record_that_is_expected_of_it(
    samples: Path, tmp_path: Path
) -> None:
    folder = samples / "otel-azure-appservice"
    log = folder / "appservice_httplogs.json"
    expected, at = expected_of(folder)

    file = told(log, tmp_path)

    assert (file["format"], file["entries"], file["accepted"]) == ("azure_app_service", 1, 1)
    assert file["first_at"] == file["last_at"] == at == "2024-04-24T11:59:40.989337Z"
    assert file["top"] == {
        "credential": {"(none)": 1},
        "principal": {expected["CsUsername"]: 1},
        "user": {expected["CsUsername"]: 1},
        "client_address": {expected["client.address"]: 1},
        "user_agent": {expected["user_agent.original"]: 1},
        "operation": {f"{expected['http.request.method']} {expected['url.path']}": 1},
        "status": {expected["http.response.status_code"]: 1},
        "error": {"(none)": 1},
    }
    assert file["sums"]["response_bytes"] == {"known": 1, "sum": int(expected["http.response.body.size"])}
    assert file["sums"]["request_bytes"] == {"known": 1, "sum": int(expected["http.request.body.size"])}


def test_milliseconds_of_app_service_are_the_seconds_that_opentelemetry_expects(samples: Path, tmp_path: Path) -> None:
    folder = samples / "otel-azure-appservice"
    log = folder / "appservice_httplogs.json"
    expected, _ = expected_of(folder)
    connection = connect(scratch=tmp_path)
    create_entry_tables(connection)
    task = FileTask(source="edge", name=log.name, uri="memory", version_tag="1", format=None)

    read_file(connection, task, open_object=lambda _: log.open("rb"), scratch=tmp_path, batch="b1")

    [(duration_us, referer)] = connection.execute("SELECT duration_us, referer FROM entry").fetchall()
    assert duration_us == Decimal(str(expected["http.server.request.duration"])) * 10**6 == 420_000
    assert referer == expected["http.request.header.referer"]
