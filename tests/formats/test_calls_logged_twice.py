"""A call that a log writes twice on purpose counts once, and equal calls that cannot be told apart are listed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from building import DAY, shown
from days import refined
from tallystick.duck import connect
from tallystick.intake import FileTask, create_entry_tables, read_file

OUTBOUND = "outbound|80||web.shop.svc.cluster.local"
CALLER = f"{OUTBOUND} 192.0.2.8:4000 192.0.2.7:80 192.0.2.6:4001 - default"
CALLEE = "inbound|80|| 127.0.0.1:4002 192.0.2.7:80 192.0.2.8:4000 outbound_.80_._.web default"


def requests_of(log: str, tmp_path: Path) -> list[dict[str, Any]]:
    connection = connect(scratch=tmp_path)
    create_entry_tables(connection)
    task = FileTask(source="edge", name="log", uri="memory", version_tag="1")
    account = read_file(connection, task, open_object=lambda _: io.BytesIO(log.encode()), scratch=tmp_path, batch="b1")
    assert account.rejected == 0
    return refined(tmp_path / "lake", connection.execute("FROM entry").to_arrow_table().to_pylist())


def at_a_proxy(second: str, target: str, where: str, *, protocol: str = "HTTP/1.1", status: str = "200") -> str:
    return (
        f'[{DAY}T10:00:{second}Z] "GET {target} {protocol}" {status} - via_upstream - "-" 0 5 4 1 "-" "x" '
        f'"84961386-6d84-929d-98bd-c5aee93b5c88" "web" "192.0.2.9:80" {where}\n'
    )


def test_a_call_that_both_sidecars_log_is_one_request_at_the_caller(tmp_path: Path) -> None:
    found = requests_of(
        at_a_proxy("00.005", "/a?x=1", CALLEE, protocol="HTTP/2") + at_a_proxy("00.001", "/a?x=1", CALLER), tmp_path
    )

    assert shown(found, "position is_duplicate conflict client_address") == [
        (1, True, False, "192.0.2.8"),
        (2, False, False, "192.0.2.6"),
    ]


def test_a_gateway_that_tries_again_makes_no_second_request(tmp_path: Path) -> None:
    found = requests_of(
        at_a_proxy("00.001", "/a", CALLER)
        + at_a_proxy("00.002", "/a", CALLEE, status="503")
        + at_a_proxy("00.004", "/a", CALLEE),
        tmp_path,
    )

    assert [row["is_duplicate"] for row in found] == [False, True, True]
    assert found[0]["status"] == 200


def test_calls_of_one_trace_with_other_queries_are_other_requests(tmp_path: Path) -> None:
    found = requests_of(
        at_a_proxy("00.001", "/a?x=1", CALLER)
        + at_a_proxy("00.002", "/a?x=2", CALLER)
        + at_a_proxy("00.003", "/b?x=1", CALLER),
        tmp_path,
    )

    assert not any(row["is_duplicate"] for row in found)


def test_equal_calls_of_one_trace_are_listed_as_a_conflict(tmp_path: Path) -> None:
    found = requests_of(at_a_proxy("00.001", "/a", CALLER) + at_a_proxy("07.000", "/a", CALLER), tmp_path)

    assert shown(found, "is_duplicate conflict") == [(False, True), (True, True)]


def test_a_request_and_its_answer_in_bitbucket_are_one_request_that_came_in_at_its_beginning(tmp_path: Path) -> None:
    line = (
        '192.0.2.1 | https | {}@1Y8NA7Ox764x406x0 | ann | {} 10:00:0{} | "GET /x HTTP/1.1" | "" "y" | {} | 1hpn738 | '
    )
    log = "\n".join(
        [
            line.format("i", DAY, "1,500", "- | - | - | - | -"),
            line.format("o", DAY, "3,507", "200 | 0 | 19 | - | 2007"),
        ]
    )

    found = requests_of(log, tmp_path)

    assert shown(found, "position is_duplicate conflict status response_bytes duration_us") == [
        (1, True, False, None, None, None),
        (2, False, False, 200, 19, 2_007_000),
    ]
    assert found[1]["received_at"].strftime("%H:%M:%S.%f") == "10:00:01.500000"
