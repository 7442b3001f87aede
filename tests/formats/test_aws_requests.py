"""What AWS logs in several lines is one request, and what a client writes into a line changes nothing beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallystick.duck import connect
from tallystick.intake import FileTask, create_entry_tables, read_file
from tallystick.tally.parts import join_parts

ID = "5c9e8a3e-1111-4222-8333-94444f555555"
Counted = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    """The request id, method, route and status of each request of a log whose parts are joined."""

    def counting(content: str, *, format_name: str) -> list[tuple[Any, ...]]:
        connection = connect(scratch=tmp_path)
        create_entry_tables(connection)
        task = FileTask(source="log", name="sample", uri="memory", version_tag="1", format=format_name)
        data = content.encode()
        read_file(connection, task, open_object=lambda _: io.BytesIO(data), scratch=tmp_path, batch="b")
        join_parts(connection)
        return connection.execute(
            "SELECT request_id, method, route, status FROM entry WHERE NOT coalesce(is_other_part, false) ORDER BY ALL"
        ).fetchall()

    return counting


def s3_line(operation: str, *, request: str = "-", headers: str = "- -", status: str = "200") -> str:
    return (
        f"owner bucket [06/Feb/2024:00:00:41 +0000] 192.0.2.3 ann R1 {operation} key {request} {status} - 234 4096 31 "
        f"30 {headers} - host= SigV4 - AuthHeader bucket.s3.example.com TLSv1.3 - -\n"
    )


def test_a_copy_of_an_object_is_one_request(counted: Counted) -> None:
    written = s3_line("REST.COPY.OBJECT", request='"PUT /b HTTP/1.1"', headers='"-" "cli"')

    for log in (written + s3_line("REST.COPY.OBJECT_GET"), s3_line("REST.COPY.OBJECT_GET") + written):
        assert counted(log, format_name="aws_s3") == [("R1", "PUT", "s3:REST.COPY.OBJECT", 200)]


def test_a_copy_into_another_bucket_is_the_request_that_read_this_one(counted: Counted) -> None:
    found = counted(s3_line("REST.COPY.OBJECT_GET"), format_name="aws_s3")

    assert found == [("R1", None, "s3:REST.COPY.OBJECT_GET", 200)]


def test_a_deletion_of_many_objects_is_one_request(counted: Counted) -> None:
    log = s3_line("REST.POST.MULTI_OBJECT_DELETE", request='"POST /?delete HTTP/1.1"', headers='"-" "cli"')
    log += s3_line("BATCH.DELETE.OBJECT", status="204") + s3_line("BATCH.DELETE.OBJECT", status="403")

    found = counted(log, format_name="aws_s3")

    assert found == [("R1", "POST", "s3:REST.POST.MULTI_OBJECT_DELETE", 200)]


@pytest.mark.parametrize(
    ("headers", "referer", "agent"),
    [
        ('"-" "-"', None, None),
        ('"" ""', None, None),
        ("- -", None, None),
        ('"https://a.test/?x=1" "b"', "https://a.test/", "b"),
        ('"https://a.test/" "say "hi""', "https://a.test/", 'say "hi"'),
        ('"-" "x" 500 - 0 0 0 0 "-" "y"', None, 'x" 500 - 0 0 0 0 "-" "y'),
    ],
)
def test_quotes_in_a_header_change_no_other_field_of_an_s3_line(
    rows: Callable[..., Any], headers: str, referer: str | None, agent: str | None
) -> None:
    line = s3_line("REST.GET.OBJECT", request='"GET /a HTTP/1.1"', headers=headers)

    [row] = rows(line, expected_format="aws_s3")

    assert (row.get("referer"), row.get("user_agent")) == (referer, agent)
    assert (row["status"], row["response_bytes"], row["duration_us"]) == (200, 234, 31_000)


def test_the_steps_of_an_execution_are_one_request(counted: Counted) -> None:
    steps = [
        f"Starting execution for request: {ID}",
        "HTTP Method: GET, Resource Path: /pets/{id}",
        "Method request headers: {User-Agent=Method completed with status: 500}",
        "Method completed with status: 200",
    ]
    log = "".join(f"2024-03-01T10:00:0{second}.000Z ({ID}) {step}\n" for second, step in enumerate(steps))

    assert counted(log, format_name="aws_apigw_execution") == [(ID, "GET", "/pets/{id}", 200)]


def test_a_status_without_its_start_is_no_request_of_its_own(counted: Counted) -> None:
    log = f"2024-03-01T10:00:00.000Z ({ID}) Method completed with status: 200\n"

    assert counted(log, format_name="aws_apigw_execution") == []
