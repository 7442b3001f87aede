"""What wraps entries of other formats: each envelope gives back what is inside, and costs nothing else."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from intake.described import Row, a_format, paths, read_as
from tallystick.duck import connect
from tallystick.formats import all_envelopes
from tallystick.intake import FileAccount, FileTask, create_entry_tables, read_file

CALL = {"time": "2024-03-01T10:00:00Z", "client": "acme-1", "method": "GET", "status": 200}
LINE = '192.0.2.7 - - [01/Mar/2024:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"'


def read(content: str | bytes, scratch: Path) -> tuple[FileAccount, list[Row], list[Row]]:
    """A log whose format and envelope are found from its content."""
    connection = connect(scratch=scratch)
    create_entry_tables(connection)
    data = content.encode() if isinstance(content, str) else content
    task = FileTask(source="edge", name="a.log", uri="memory", version_tag="1")
    account = read_file(connection, task, open_object=lambda _: io.BytesIO(data), scratch=scratch, batch="b1")
    accepted = connection.execute("SELECT * FROM entry ORDER BY position").to_arrow_table().to_pylist()
    rejected = connection.execute("SELECT * FROM rejected ORDER BY position").to_arrow_table().to_pylist()
    return account, accepted, rejected


def subscription(*messages: str, kind: str = "DATA_MESSAGE") -> str:
    events = [{"id": str(n), "timestamp": 1709287200000, "message": message} for n, message in enumerate(messages)]
    return json.dumps({"messageType": kind, "owner": "111122223333", "logGroup": "g", "logEvents": events})


def event(data: Any, **more: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "type": "com.example.call", "source": "/gateway", "id": "1", "data": data, **more}


WRAPPED = {
    "cloudwatch_logs": subscription(json.dumps(CALL), json.dumps(CALL)) + subscription(json.dumps(CALL)),
    "eventbridge": "\n".join(json.dumps({"source": "x", "detail-type": "Call", "detail": CALL}) for _ in range(3)),
    "cloudevents": json.dumps([event(CALL), event(CALL, sampledrate=1), event(json.dumps(CALL))]),
    "docker_json": "\n".join(
        json.dumps({"log": json.dumps(CALL) + "\n", "stream": "stdout", "time": "2024-03-01T10:00:00.1Z"})
        for _ in range(3)
    ),
    "cri": "\n".join(f"2024-03-01T10:00:00.123456789Z stdout F {json.dumps(CALL)}" for _ in range(3)),
    "syslog": "\n".join(
        [
            f"<134>Mar  1 10:00:00 edge-1 gateway[42]: {json.dumps(CALL)}",
            f"<134>1 2024-03-01T10:00:00Z edge-1 gateway 42 - - {json.dumps(CALL)}",
            f"2024-03-01T10:00:00+00:00 edge-1 gateway[42]: {json.dumps(CALL)}",
        ]
    ),
    "sns": "\n".join(
        json.dumps({"Type": "Notification", "MessageId": "1", "TopicArn": "arn:x", "Message": json.dumps(CALL)})
        for _ in range(3)
    ),
}


@pytest.mark.parametrize("name", sorted(WRAPPED))
def test_what_is_wrapped_is_read_as_the_format_that_it_is(name: str, tmp_path: Path) -> None:
    account, accepted, rejected = read(WRAPPED[name], tmp_path)

    assert (account.format, account.envelope, account.problem) == ("gateway_jsonl", name, None)
    assert [row["credential"] for row in accepted] == ["acme-1"] * 3
    assert [row["position"] for row in accepted] == [1, 2, 3]
    assert (account.entries, rejected) == (3, [])


def test_every_envelope_has_a_wrapped_log_here() -> None:
    assert {*WRAPPED, "cloudwatch_logs_timed"} == set(all_envelopes())


def test_lines_without_a_time_are_read_after_the_time_of_their_event(tmp_path: Path) -> None:
    request = "(0f6a1c9e-2b1d-4c53-9a0e-6f3d2c1b0a99)"
    log = subscription(
        f"{request} Starting execution for request: {request[1:-1]}",
        f"{request} HTTP Method: GET, Resource Path: /pets/{{id}}",
        f"{request} Method completed with status: 200",
    )

    account, accepted, rejected = read(log, tmp_path)

    assert (account.format, account.envelope, rejected) == ("aws_apigw_execution", "cloudwatch_logs_timed", [])
    assert [row["part"] for row in accepted] == [1, -2, -3]
    assert {row["received_at"].isoformat() for row in accepted} == {"2024-03-01T10:00:00+00:00"}


def test_a_line_of_a_web_server_is_read_out_of_a_container_log(tmp_path: Path) -> None:
    log = json.dumps({"log": LINE + "\n", "stream": "stdout", "time": "2024-03-01T10:00:00Z"}) + "\n"

    account, accepted, _ = read(log * 3, tmp_path)

    assert (account.format, account.entries) == ("nginx_combined", 3)
    assert [(row["client_address"], row["status"]) for row in accepted] == [("192.0.2.7", 200)] * 3


def test_a_control_message_wraps_no_request(tmp_path: Path) -> None:
    control = subscription("CWL CONTROL MESSAGE: Checking health of destination", kind="CONTROL_MESSAGE")

    account, accepted, rejected = read(control + WRAPPED["cloudwatch_logs"], tmp_path)

    assert (len(accepted), rejected, account.not_requests) == (3, [], 1)


def test_an_event_that_stands_for_several_is_refused(tmp_path: Path) -> None:
    log = "\n".join(json.dumps(event(CALL, sampledrate=rate)) for rate in (1, 10, 1))

    account, accepted, rejected = read(log, tmp_path)

    assert (account.accepted, account.rejected) == (2, 1)
    assert [(row["position"], row["reasons"]) for row in rejected] == [(2, ["sampled"])]
    assert [row["position"] for row in accepted] == [1, 3]


def test_what_is_not_wrapped_among_wrapped_entries_is_rejected_alone(tmp_path: Path) -> None:
    lines = WRAPPED["docker_json"].splitlines()
    log = "\n".join([lines[0], '{"level":"info"}', "not json", lines[1], lines[2]])

    account, accepted, rejected = read(log, tmp_path)

    assert [row["reasons"] for row in rejected] == [["not_in_envelope"], ["not_json"]]
    assert (account.entries, len(accepted)) == (5, 3)


def test_a_line_that_a_runtime_cut_is_rejected_and_the_lines_add_up(tmp_path: Path) -> None:
    whole = f"2024-03-01T10:00:00Z stdout F {json.dumps(CALL)}"
    log = "\n".join([whole, whole.replace(" F ", " P "), "", whole, whole])

    account, accepted, rejected = read(log, tmp_path)

    assert [(row["position"], row["reasons"]) for row in rejected] == [(2, ["not_in_envelope"])]
    assert [row["position"] for row in accepted] == [1, 4, 5]
    assert (account.lines, account.entries, account.blanks) == (5, 4, 1)


def test_entries_below_several_keys_are_found_in_every_object(tmp_path: Path) -> None:
    described = a_format(entries={"find": "json", "under": ["groups", "parts", "records"]}, identity="none")
    record = {"time": "2024-03-01T10:00:00Z"}
    groups = [
        {"parts": [{"records": [{**record, "who": "a"}, {**record, "who": "b"}]}, {"records": []}]},
        {"parts": {"records": {**record, "who": "c"}}},
        {"parts": None},
    ]
    log = json.dumps({"groups": groups}) + "\n" + json.dumps({"groups": [{"parts": [{"records": [{"who": "d"}]}]}]})

    account, accepted, rejected = read_as(described, log, tmp_path)

    assert [row["user"] for row in accepted] == ["a", "b", "c"]
    assert [(row["position"], row["reasons"]) for row in rejected] == [(4, ["no_time"])]
    assert account.entries == 4


def test_fractions_keep_their_digits_inside_a_wrapper(tmp_path: Path) -> None:
    described = a_format(
        entries={"find": "json", "under": ["a", "b"]},
        decode={"kind": "json", "fields": paths(time="time", who="who")},
        columns={
            "received_at": {"field": "time", "read": "epoch_seconds"},
            "user": {"field": "who", "read": "text"},
        },
    )

    _, [row], _ = read_as(described, '{"a":{"b":[{"time":1709287200.123456,"who":1.10}]}}', tmp_path)

    assert row["received_at"].strftime("%H:%M:%S.%f") == "10:00:00.123456"
    assert row["user"] == "1.10"
