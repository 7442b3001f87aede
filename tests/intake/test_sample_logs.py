"""Real logs, read as what jq, awk and grep say of them; the literal numbers were taken with those."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from intake.telling import counted, told
from tallystick.intake.inspection import inspect

STRATUS = {
    "aws.credential-access.ec2-get-password-data.json": (34, "2024-07-30T21:31:10", "2024-07-30T21:31:21"),
    "aws.credential-access.secretsmanager-retrieve-secrets.json": (21, "2024-07-31T12:36:48", "2024-07-31T12:36:52"),
    "aws.credential-access.ssm-retrieve-securestring-parameters.json": (
        10, "2024-08-01T15:26:55", "2024-08-01T15:26:58",
    ),
    "aws.discovery.ec2-download-user-data.json": (19, "2024-07-31T19:52:31", "2024-07-31T19:52:38"),
    "aws.impact.bedrock-invoke-model.json": (15, "2024-10-17T20:09:50", "2024-10-17T20:11:24"),
    "aws.initial-access.console-login-without-mfa.json": (1, "2024-08-02T08:53:24", "2024-08-02T08:53:24"),
    "aws.lateral-movement.ec2-instance-connect.json": (3, "2024-08-01T13:24:47", "2024-08-01T13:24:47"),
    "aws.persistence.iam-create-admin-user.json": (3, "2024-08-01T13:33:28", "2024-08-01T13:33:28"),
}  # fmt: skip


def expected_of_events(events: list[dict[str, Any]]) -> dict[str, Any]:
    identities = [event["userIdentity"] for event in events]
    return {
        "entries": len(events),
        "distinct_ids": len({event["eventID"] for event in events}),
        "first_at": min(event["eventTime"] for event in events).replace("Z", ".000000Z"),
        "last_at": max(event["eventTime"] for event in events).replace("Z", ".000000Z"),
        "per_hour": counted([event["eventTime"][:13] + "Z" for event in events]),
        "top": {
            "credential": counted([one.get("accessKeyId") for one in identities]),
            "principal": counted([one.get("arn") for one in identities]),
            "user": counted([one.get("userName") for one in identities]),
            "client_address": counted([event.get("sourceIPAddress") for event in events]),
            "user_agent": counted([event.get("userAgent") for event in events]),
            "operation": counted(
                [event["eventSource"].removesuffix(".amazonaws.com") + ":" + event["eventName"] for event in events]
            ),
            "status": {"(none)": len(events)},
            "error": counted([event.get("errorCode") for event in events]),
        },
    }


def test_the_cloudtrail_events_of_grycap(samples: Path, tmp_path: Path) -> None:
    path = samples / "cloudtrail-grycap" / "sample-cloudtrail-event.json"

    file = told(path, tmp_path)

    assert (file["format"], file["entries"], file["accepted"], file["rejected"]) == ("cloudtrail", 142, 142, {})
    assert (file["distinct_ids"], file["duplicates"]) == (142, 0)
    assert (file["first_at"], file["last_at"]) == ("2017-06-01T21:50:21.000000Z", "2017-06-01T21:53:21.000000Z")
    assert file["per_hour"] == {"2017-06-01T21Z": 142}
    assert file["top"]["user"] == {"alucloud171": 118, "(none)": 15, "grycap-aws": 7, "alucloud05": 2}
    assert file["top"]["credential"]["ASIAJPARIVD3SHUIOTCQ"] == 72
    assert file["top"]["credential"]["(none)"] == 22
    assert file["top"]["error"] == {"(none)": 141, "ValidationException": 1}
    assert file["top"]["operation"]["ec2:DescribeVolumes"] == 17
    assert len(file["top"]["operation"]) == 37
    assert file["sums"] == {name: {"known": 0, "sum": 0} for name in ("response_bytes", "request_bytes", "records")}
    assert expected_of_events(json.loads(path.read_text())["Records"]).items() <= file.items()


@pytest.mark.parametrize("name", sorted(STRATUS))
def test_the_cloudtrail_events_of_stratus(samples: Path, tmp_path: Path, name: str) -> None:
    path = samples / "cloudtrail-stratus" / name

    file = told(path, tmp_path)

    entries, first, last = STRATUS[name]
    assert (file["format"], file["entries"], file["accepted"], file["distinct_ids"]) == (
        "cloudtrail", entries, entries, entries,
    )  # fmt: skip
    assert (file["first_at"], file["last_at"]) == (f"{first}.000000Z", f"{last}.000000Z")
    assert expected_of_events(json.loads(path.read_text())).items() <= file.items()


def test_all_cloudtrail_events_of_stratus_together(samples: Path, tmp_path: Path) -> None:
    result = inspect([samples / "cloudtrail-stratus"], top=0, scratch=tmp_path)

    assert (result["total"]["entries"], result["total"]["distinct_ids"], result["total"]["format"]) == (
        106, 106, "cloudtrail",
    )  # fmt: skip
    assert result["total"]["top"]["error"] == {
        "(none)": 57, "Client.UnauthorizedOperation": 45, "AccessDenied": 4,
    }  # fmt: skip
    assert [Path(file["path"]).name for file in result["files"] if "problem" in file] == ["LICENSE", "SOURCE.txt"]


def test_no_session_token_of_the_real_logs_is_kept_or_told(samples: Path, tmp_path: Path) -> None:
    text = (samples / "cloudtrail-grycap" / "sample-cloudtrail-event.json").read_text()
    tokens = set(re.findall(r'"sessionToken":"([^"]+)"', text))
    assert tokens

    result = json.dumps(inspect([samples / "cloudtrail-grycap"], top=0, scratch=tmp_path))

    assert not any(token[:20] in result for token in tokens)


def test_the_nginx_log_of_opensearch(samples: Path, tmp_path: Path) -> None:
    path = samples / "nginx-opensearch" / "nginx-access.log"

    file = told(path, tmp_path)

    assert (file["format"], file["entries"], file["accepted"], file["distinct_ids"]) == (
        "nginx_combined",
        1408,
        1408,
        0,
    )
    assert file["sums"]["response_bytes"] == {"known": 1408, "sum": 2_373_115}
    assert file["top"]["status"] == {"200": 1190, "500": 56, "404": 49, "302": 45, "301": 36, "400": 32}
    assert len(file["top"]["client_address"]) == len(file["top"]["user_agent"]) == 1408
    assert len(file["top"]["operation"]) == 1402
    assert file["per_hour"] == {"2023-10-30T19Z": 1408}
    fields = [line.split('"') for line in path.read_text().splitlines()]
    assert file["top"]["client_address"] == counted([one[0].split()[0] for one in fields])
    assert file["top"]["user_agent"] == counted([one[5] for one in fields])
    assert file["top"]["operation"] == counted([one[1].rsplit(" ", 1)[0] for one in fields])
    assert file["top"]["user"] == file["top"]["credential"] == {"(none)": 1408}
    times = sorted(one[0].split("[")[1][12:20] for one in fields)
    assert (file["first_at"][11:19], file["last_at"][11:19]) == (times[0], times[-1]) == ("19:01:01", "19:01:15")


def test_the_load_balancer_log_of_opensearch(samples: Path, tmp_path: Path) -> None:
    path = samples / "aws-elb-cloudfront-opensearch" / "elb-access.log"

    file = told(path, tmp_path)

    assert (file["format"], file["entries"], file["accepted"]) == ("aws_alb", 63, 63)
    assert (file["distinct_ids"], file["duplicates"]) == (63, 0)
    assert file["sums"]["response_bytes"] == {"known": 63, "sum": 29_987}
    assert file["sums"]["request_bytes"] == {"known": 63, "sum": 13_257}
    assert file["top"]["status"] == {"404": 61, "200": 2}
    assert file["top"]["client_address"] == {"20.78.123.34": 63}
    assert (file["first_at"], file["last_at"]) == ("2022-07-05T04:47:50.271000Z", "2022-07-05T04:48:07.455000Z")
    lines = path.read_text().splitlines()
    requests = [line.split('"')[1].split(" ") for line in lines]
    paths = ["/" + url.split("?")[0].split("/", 3)[3] for _, url, _ in requests]
    assert file["top"]["operation"] == counted(
        [f"{method} {path}" for (method, *_), path in zip(requests, paths, strict=True)]
    )
    assert file["top"]["user_agent"] == counted([line.split('"')[3] for line in lines])
    assert file["distinct_ids"] == len({line.split('"')[5] for line in lines})


def test_the_cloudfront_log_of_opensearch(samples: Path, tmp_path: Path) -> None:
    path = samples / "aws-elb-cloudfront-opensearch" / "cloudfront-access.log"

    file = told(path, tmp_path)

    assert (file["format"], file["entries"], file["accepted"]) == ("aws_cloudfront", 40, 40)
    assert (file["distinct_ids"], file["duplicates"]) == (40, 0)
    assert file["sums"]["response_bytes"] == {"known": 40, "sum": 1_582_266}
    assert file["top"]["status"] == {"304": 23, "200": 17}
    rows = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    assert file["top"]["operation"] == counted([f"{row[5]} {row[7]}" for row in rows])
    assert file["top"]["client_address"] == counted([row[4] for row in rows])
    assert file["top"]["user_agent"] == counted([unquote(row[10]) for row in rows])
    times = sorted(f"{row[0]}T{row[1]}.000000Z" for row in rows)
    assert (file["first_at"], file["last_at"]) == (times[0], times[-1])


def golden(path: Path) -> dict[tuple[str, str], int]:
    """Counters of mtail by name and labels."""
    found = re.findall(r"^counter (\S+) \{(.*)\} (\d+) ", path.read_text(), re.MULTILINE)
    return {(name, labels): int(number) for name, labels, number in found}


def test_the_combined_log_of_mtail(samples: Path, tmp_path: Path) -> None:
    file = told(samples / "mtail" / "apache-combined.log", tmp_path)

    counters = golden(samples / "mtail" / "apache-combined.golden")
    label = "request_method=GET,http_version=HTTP/1.1,request_status="
    assert file["format"] == "nginx_combined"
    assert file["top"]["status"] == {
        status: counters["apache_http_requests_total", label + status] for status in ("200", "304")
    }
    assert file["top"]["status"] == {"200": 4, "304": 1}
    # Apache writes "-" where no bytes were sent: a known zero, which awk adds up as one too.
    assert file["sums"]["response_bytes"] == {"known": 5, "sum": 2602}
    assert counters["apache_http_bytes_total", label + "200"] == 2602
    assert file["top"]["client_address"] == {"192.168.1.23": 4, "2001:db8::1": 1}


def test_the_common_log_of_mtail(samples: Path, tmp_path: Path) -> None:
    file = told(samples / "mtail" / "apache-common.log", tmp_path)

    counters = golden(samples / "mtail" / "apache-common.golden")
    label = "request_method=GET,http_version=HTTP/1.1,status_code="
    assert file["format"] == "apache_timed"
    assert file["top"]["status"] == {
        status: counters["apache_http_requests_total", label + status] for status in ("200", "304", "404")
    }
    assert file["sums"]["response_bytes"] == {"known": 3, "sum": 1899}
    assert sum(number for (name, _), number in counters.items() if name == "apache_http_bytes_total") == 1899
    assert file["top"]["operation"] == {"GET /docs/": 1, "GET /docs/nx": 1, "GET /prefix": 1}


def test_the_lighttpd_log_of_mtail(samples: Path, tmp_path: Path) -> None:
    path = samples / "mtail" / "lighttpd_access.log"
    whole = told(path, tmp_path)
    # mtail's program leaves out the health checks.
    rest = tmp_path / "rest.log"
    rest.write_text("".join(line + "\n" for line in path.read_text().splitlines() if "/healthz" not in line))

    file = told(rest, tmp_path)

    counters = golden(samples / "mtail" / "lighttpd_accesslog.golden")
    assert (whole["format"], whole["entries"], whole["top"]["operation"]["HEAD /healthz"]) == ("lighttpd", 19, 3)
    assert (whole["first_at"], whole["last_at"]) == ("2010-04-09T03:43:02.000000Z", "2010-04-09T03:43:29.000000Z")
    assert file["top"]["status"] == {status: counters["request", f"status={status}"] for status in ("200", "304")}
    assert file["sums"]["response_bytes"]["sum"] == counters["bytes_out", "subtotal=resp_body,status=200"] == 2_338_666
    assert file["sums"]["request_bytes"]["sum"] == sum(counters["bytes_in", f"status={one}"] for one in (200, 304))
    assert file["sums"]["request_bytes"]["sum"] == 5861
    assert file["top"]["client_address"] == {"198.51.100.71": counters["requests", "proxy_cache=192.0.2.5"]}


EVERYTHING = {
    "apache_timed": (1, 3),
    "aws_alb": (1, 63),
    "aws_cloudfront": (1, 40),
    "azure_app_service": (1, 1),
    "cloudtrail": (9, 248),
    "gcp_audit": (1, 1),
    "iis_w3c": (3, 7),
    "kubernetes_audit": (1, 37),
    "lighttpd": (1, 19),
    "nginx_combined": (2, 1413),
    "otlp_logs": (1, 0),
    "zeek_http": (1, 150),
    "zeek_http_json": (1, 28),
}
"""Of each format: how many of the sample logs have it, and how many entries those have together."""


def test_all_sample_logs_are_read_in_one_go_and_their_boxes_add_up(samples: Path, tmp_path: Path) -> None:
    result = inspect([samples], scratch=tmp_path)

    for file in [*result["files"], result["total"]]:
        assert file["entries"] == file["accepted"] + sum(file["rejected"].values())
    read = [file for file in result["files"] if "problem" not in file]
    found = {
        name: (len(files), sum(file["entries"] for file in files))
        for name in sorted({file["format"] for file in read})
        for files in [[file for file in read if file["format"] == name]]
    }
    assert found == EVERYTHING
    assert (
        result["total"]["entries"] == result["total"]["accepted"] == sum(entries for _, entries in EVERYTHING.values())
    )
