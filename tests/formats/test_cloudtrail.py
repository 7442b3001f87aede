from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

IAM_USER = {
    "eventVersion": "1.09",
    "userIdentity": {
        "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/ann",
        "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLE", "userName": "ann",
    },
    "eventTime": "2022-01-31T23:59:59Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
    "awsRegion": "eu-west-1", "sourceIPAddress": "2001:db8::9", "userAgent": '[aws-cli/2 "x"]',
    "errorCode": "AccessDenied",
    "requestParameters": {"key": "{\"a\": [1]}"}, "responseElements": None,
    "additionalEventData": {"bytesTransferredIn": 0, "bytesTransferredOut": 8130, "SignatureVersion": "SigV4"},
    "requestID": "R1", "eventID": "e-1", "recipientAccountId": "111122223333",
}  # fmt: skip
CANONICAL = {
    "received_at": datetime(2022, 1, 31, 23, 59, 59, tzinfo=UTC), "source": "log", "request_id": "e-1",
    "credential": "AKIAEXAMPLE", "principal": "arn:aws:iam::111122223333:user/ann", "user": "ann",
    "tenant": "111122223333", "client_address": "2001:db8::9", "user_agent": '[aws-cli/2 "x"]', "route": "s3:GetObject",
    "response_bytes": 8130, "request_bytes": 0, "error": "AccessDenied",
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"Records": [IAM_USER]}),
        json.dumps({"Records": [IAM_USER]}, indent=2),
        json.dumps([IAM_USER]),
        json.dumps(IAM_USER) + "\n",
        json.dumps(IAM_USER, indent=4),
    ],
)
def test_an_event_is_the_same_in_every_shape(rows: Callable[..., Any], content: str) -> None:
    assert rows(content, expected_format="cloudtrail") == [CANONICAL]


def test_what_an_event_does_not_say_is_unknown(rows: Callable[..., Any]) -> None:
    root = {
        "eventTime": "2022-01-31T23:59:59Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
        "eventID": "e-2", "userIdentity": {"type": "Root", "arn": "arn:aws:iam::1:root", "userName": None},
        "sourceIPAddress": "ec2.amazonaws.com", "userAgent": "",
    }  # fmt: skip
    service = {**root, "eventID": "e-3", "userIdentity": None, "additionalEventData": "text"}

    found = rows(json.dumps({"Records": [root, service]}), expected_format="cloudtrail")

    same = {
        "received_at": datetime(2022, 1, 31, 23, 59, 59, tzinfo=UTC), "source": "log",
        "client_address": "ec2.amazonaws.com", "user_agent": "", "route": "signin:ConsoleLogin",
    }  # fmt: skip
    assert found == [
        {**same, "request_id": "e-2", "principal": "arn:aws:iam::1:root"},
        {**same, "request_id": "e-3"},
    ]


@pytest.mark.parametrize(
    ("source", "service"),
    [
        ("ec2.amazonaws.com", "ec2"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("tagging.ec2.amazonaws.com", "tagging.ec2"),
        ("custom.example.com", "custom.example.com"),
    ],
)
def test_an_operation_is_named_as_a_policy_writes_it(rows: Callable[..., Any], source: str, service: str) -> None:
    [row] = rows(json.dumps([{**IAM_USER, "eventSource": source}]), expected_format="cloudtrail")

    assert row["route"] == f"{service}:GetObject"


def test_a_session_token_elsewhere_in_an_event_is_not_kept(rows: Callable[..., Any]) -> None:
    event = {**IAM_USER, "responseElements": {"credentials": {"sessionToken": "FQoGZXIvYXdzEJrSECRET"}}}

    [row] = rows(json.dumps([event]), expected_format="cloudtrail")

    assert "FQoGZXIvYXdzEJrSECRET" not in repr(row)


def test_whole_numbers_that_are_written_with_a_point_are_whole_numbers(rows: Callable[..., Any]) -> None:
    event = {**IAM_USER, "additionalEventData": {"bytesTransferredIn": 0.0, "bytesTransferredOut": 236375.0}}

    [row] = rows(json.dumps([event]), expected_format="cloudtrail")

    assert (row["request_bytes"], row["response_bytes"]) == (0, 236375)
