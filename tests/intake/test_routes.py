from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tallystick.duck import connect
from tallystick.errors import BadConfigurationError
from tallystick.intake.routes import Route, route_sql

TEMPLATES = ("GET /2/tweets/{id}", "/2/tweets/{id}/likes", "POST /2/tweets", "GET /a.b/{x}-{y}", "GET /{any}")
COMBINED = '192.0.2.1 - - [04/Mar/2022:10:00:00 +0000] "{request} HTTP/1.1" 200 5 "-" "-"\n'


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/2/tweets/17", "/2/tweets/{id}"),
        ("POST", "/2/tweets/17", None),
        ("DELETE", "/2/tweets/17/likes", "/2/tweets/{id}/likes"),
        ("GET", "/2/tweets/17/other", None),
        ("GET", "/2/tweets/", None),
        ("GET", "/2/tweets/17\n", "/2/tweets/{id}"),
        ("POST", "/2/tweets", "/2/tweets"),
        ("GET", "/a.b/1-2", "/a.b/{x}-{y}"),
        ("GET", "/aXb/1-2", None),
        ("GET", "/2", "/{any}"),
        ("GET", "/", None),
        ("GET", None, None),
        (None, "/2/tweets/17", None),
        (None, "/2/tweets/17/likes", "/2/tweets/{id}/likes"),
    ],
)
def test_a_template_fits_whole_paths_of_its_method(method: str | None, path: str | None, expected: str | None) -> None:
    sql = route_sql(TEMPLATES, method="method", path="path")

    found = connect().execute(f"SELECT {sql} FROM (VALUES (?, ?)) AS t(method, path)", [method, path]).fetchall()

    assert found == [(expected,)]


def test_the_first_template_that_fits_wins() -> None:
    sql = route_sql(("/a/{x}", "/a/b"), method="'GET'", path="'/a/b'")

    assert connect().execute(f"SELECT {sql}").fetchall() == [("/a/{x}",)]


def test_what_stands_in_a_template_is_no_expression_and_no_sql() -> None:
    hostile = "/a'||'b/(x+)+/[c]"
    sql = route_sql((hostile,), method="m", path="p")

    found = connect().execute(f"SELECT {sql} FROM (VALUES ('GET', ?), ('GET', '/ab/xx/c')) AS t(m, p)", [hostile])

    assert found.fetchall() == [(hostile,), (None,)]


@pytest.mark.parametrize("text", ["", "GET", "2/tweets", "GET  /x", "/a/{b", "/a/b}", "/a/{}", "/a/{1}", "/a b"])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(BadConfigurationError):
        Route.parse(text)


def test_templates_name_the_routes_of_a_log_that_has_only_paths(read: Callable[..., Any]) -> None:
    content = "".join(
        COMBINED.format(request=request) for request in ("GET /2/tweets/1?x=y", "GET /else", "POST /2/tweets/1")
    )

    reading = read(content, format="nginx_combined", routes=("GET /2/tweets/{id}",))

    assert [row["route"] for row in reading.entries] == ["/2/tweets/{id}", None, None]


def test_a_route_that_the_log_names_stands_before_templates(read: Callable[..., Any]) -> None:
    content = (
        '{"time":"2022-03-04T10:00:00Z","method":"GET","path":"/a/1","route":"/a/{own}"}\n'
        '{"time":"2022-03-04T10:00:00Z","method":"GET","path":"/a/1"}\n'
    )

    reading = read(content, format="gateway_jsonl", routes=("/a/{x}",))

    assert [row["route"] for row in reading.entries] == ["/a/{own}", "/a/{x}"]
