"""Real logs of Kubernetes, Google Cloud, OpenTelemetry and Zeek, read as a plain reading of them and jq say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from intake.telling import counted, told

ZEEK = {"http.log": (150, 7_181_170, 724_760), "http.json.log": (28, 736_371, 24_269)}
"""Entries, bytes of answers and bytes of requests, taken with awk and jq."""


def test_the_kubernetes_audit_log_of_audit2rbac(samples: Path, tmp_path: Path) -> None:
    path = samples / "k8s-audit2rbac" / "demo.log"

    file = told(path, tmp_path)

    assert (file["format"], file["entries"], file["accepted"], file["distinct_ids"]) == ("kubernetes_audit", 37, 37, 37)
    assert (file["first_at"], file["last_at"]) == ("2017-09-11T19:55:05.000000Z", "2017-09-11T20:29:04.000000Z")
    assert file["per_hour"] == {"2017-09-11T19Z": 4, "2017-09-11T20Z": 33}
    assert file["top"]["status"] == {"200": 26, "403": 11}
    assert file["top"]["user"] == {"bob": 29, "system:serviceaccount:ns1:sa1": 5, "alice": 3}
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert file["top"]["principal"] == counted([event["user"]["username"] for event in events])
    assert file["top"]["client_address"] == counted([event["sourceIPs"][-1] for event in events])
    assert file["top"]["error"] == counted([event["responseStatus"].get("reason") for event in events])
    assert file["top"]["operation"] == counted(
        [
            f"{event['objectRef']['resource']}:{event['verb']}"
            if "objectRef" in event
            else f"{event['verb'].upper()} {event['requestURI']}"
            for event in events
        ]
    )


def attributes_of(record: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["value"]["stringValue"] for one in record["attributes"] if "stringValue" in one["value"]}


def test_the_google_cloud_audit_entry_of_opentelemetry_is_the_record_that_is_expected_of_it(
    samples: Path, tmp_path: Path
) -> None:
    folder = samples / "otel-gcp-audit"
    [resource] = yaml.safe_load((folder / "data_access_expected.yaml").read_text())["resourceLogs"]
    [record] = resource["scopeLogs"][0]["logRecords"]
    expected = attributes_of(record)

    file = told(folder / "data_access.json", tmp_path)

    assert (file["format"], file["entries"], file["distinct_ids"]) == ("gcp_audit", 1, 1)
    service = expected["gcp.audit.service.name"].removesuffix(".googleapis.com")
    at = datetime.fromtimestamp(int(record["timeUnixNano"]) // 10**9, UTC)
    assert file["first_at"] == f"{at:%Y-%m-%dT%H:%M:%S}.{int(record['timeUnixNano']) % 10**9 // 1000:06}Z"
    assert file["top"] == {
        "credential": {"(none)": 1},
        "principal": {expected["user.email"]: 1},
        "user": {expected["user.email"]: 1},
        "client_address": {expected["client.address"]: 1},
        "user_agent": {expected["user_agent.original"]: 1},
        "operation": {f"{service}:{expected['gcp.audit.method.name']}": 1},
        "status": {"(none)": 1},
        "error": {"(none)": 1},
    }


def test_the_record_in_the_example_of_otlp_is_no_request(samples: Path, tmp_path: Path) -> None:
    path = samples / "otlp-logs" / "logs.json"
    [resource] = json.loads(path.read_text())["resourceLogs"]
    [record] = resource["scopeLogs"][0]["logRecords"]
    assert not [one for one in record["attributes"] if one["key"].startswith(("http.", "url."))]

    file = told(path, tmp_path)

    assert (file["format"], file["entries"], file["accepted"], file["rejected"]) == ("otlp_logs", 0, 0, {})


def records_of_zeek(path: Path) -> list[dict[str, str]]:
    """The records of an http.log, unset values left out, as text."""
    lines = path.read_text().splitlines()
    if lines[0].startswith("{"):
        records = [json.loads(line, parse_float=str, parse_int=str) for line in lines]
        return [{name: value for name, value in record.items() if isinstance(value, str)} for record in records]
    [names] = [line.split("\t")[1:] for line in lines if line.startswith("#fields")]
    records = [dict(zip(names, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
    return [{name: value for name, value in record.items() if value != "-"} for record in records]


def time_of_zeek(ts: str) -> str:
    seconds, _, fraction = ts.partition(".")
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.{fraction:0<6}Z"


@pytest.mark.parametrize("name", sorted(ZEEK))
def test_the_http_logs_of_zeek(samples: Path, tmp_path: Path, name: str) -> None:
    path = samples / "zeek-zat" / name
    records = records_of_zeek(path)

    file = told(path, tmp_path)

    assert file["format"] == ("zeek_http_json" if ".json" in name else "zeek_http")
    entries, answered, asked = ZEEK[name]
    assert file["entries"] == file["accepted"] == len(records) == entries
    assert file["distinct_ids"] == len({(one["uid"], one["trans_depth"], one["ts"]) for one in records})
    times = sorted(
        (one["ts"] for one in records), key=lambda ts: (int(ts.split(".")[0]), ts.split(".")[1].ljust(6, "0"))
    )
    assert (file["first_at"], file["last_at"]) == (time_of_zeek(times[0]), time_of_zeek(times[-1]))
    assert file["sums"] == {
        "response_bytes": {"known": entries, "sum": answered},
        "request_bytes": {"known": entries, "sum": asked},
        "records": {"known": 0, "sum": 0},
    }
    assert file["top"]["client_address"] == counted([one["id.orig_h"] for one in records])
    assert file["top"]["user_agent"] == counted([one.get("user_agent") for one in records])
    assert file["top"]["status"] == counted([one.get("status_code") for one in records])
    paths = [one.get("uri", "").split("?")[0].split("#")[0] for one in records]
    operations = [
        f"{one['method']} {path}" if "method" in one else None for one, path in zip(records, paths, strict=True)
    ]
    assert file["top"]["operation"] == counted(operations)


def test_the_same_requests_give_the_same_figures_in_both_forms_of_zeeks_log(samples: Path, tmp_path: Path) -> None:
    own_form = samples / "zeek-zat" / "http.log"
    as_json = tmp_path / "http.json.log"
    numbers = {"ts", "trans_depth", "status_code", "request_body_len", "response_body_len"}
    as_json.write_text(
        "".join(
            "{" + ", ".join(f"{json.dumps(n)}: {v if n in numbers else json.dumps(v)}" for n, v in one.items()) + "}\n"
            for one in records_of_zeek(own_form)
        )
    )

    first, second = told(own_form, tmp_path), told(as_json, tmp_path)

    assert (first["format"], second["format"]) == ("zeek_http", "zeek_http_json")
    compared = ("entries", "accepted", "duplicates", "distinct_ids", "first_at", "last_at", "per_hour", "sums", "top")
    assert {name: first[name] for name in compared} == {name: second[name] for name in compared}
