"""Patterns of routes: which are some, and which templates they fit."""

from __future__ import annotations

import pytest

from tallystick.agreements.route import a_method, a_route, fits


@pytest.mark.parametrize(
    "pattern",
    [
        "GET /2/tweets",
        "GET /2/tweets/{id}",
        "GET /2/tweets/*",
        "* /2/tweets",
        "P* /2/tweets",
        "GET *",
        "*",
        "*/tweets",
        "/2/tweets/*",
        "/",
        "ec2.amazonaws.com:DescribeInstances",
        "s3.amazonaws.com:Get*",
        "PROPFIND /files/*",
    ],
)
def test_a_pattern_is_a_method_and_a_path_or_an_operation(pattern: str) -> None:
    assert a_route(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("GET2/tweets", "write GET /2/tweets"),
        ("GET/2/tweets", "write GET /2/tweets"),
        ("get /2/tweets", "'get' is no HTTP method in capitals; write GET /2/tweets"),
        ("FETCH /2/tweets", "'FETCH' is no HTTP method"),
        ("GET 2/tweets", "write GET /2/tweets"),
        ("GET  /2/tweets", "with one space"),
        ("GET /2/tweets /3", "with one space"),
        (" /2/tweets", "with one space"),
        ("GET\t/2/tweets", "with one space"),
        ("GET /2/\x1b[31m tweets", "with one space"),
        ("tweets/{id}", "write GET /tweets/{id}"),
        ("", "is no route"),
    ],
)
def test_what_no_request_can_be_called_is_refused_with_what_to_write(pattern: str, hint: str) -> None:
    with pytest.raises(ValueError, match=".*") as refused:
        a_route(pattern)

    assert hint in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("method", ["GET", "get", "PATCH", "PURGE", "M-SEARCH", ""])
def test_a_method_is_one_that_there_is_in_capitals_or_not(method: str) -> None:
    if method.upper() in ("M-SEARCH", ""):
        with pytest.raises(ValueError, match="is no HTTP method"):
            a_method(method)
    else:
        assert a_method(method) == method


@pytest.mark.parametrize(
    ("pattern", "template", "expected"),
    [
        ("GET /2/tweets/{id}", "GET /2/tweets/{id}", True),
        ("GET /2/tweets/*", "GET /2/tweets/{id}", True),
        ("GET /2/tweets/*", "POST /2/tweets/{id}", False),
        ("* /2/tweets/*", "POST /2/tweets/{id}", True),
        ("GET /2/tweets/{id}", "/2/tweets/{id}", True),
        ("/2/tweets/{id}", "GET /2/tweets/{id}", False),
        ("/2/tweets/{id}", "/2/tweets/{id}", False),
        ("*/2/tweets/{id}", "/2/tweets/{id}", True),
        ("GET /2/tweets/7", "GET /2/tweets/{id}", False),
        ("GET /2.tweets", "GET /2/tweets", False),
    ],
)
def test_a_pattern_fits_a_template_as_it_fits_the_requests_of_it(pattern: str, template: str, expected: bool) -> None:
    assert fits(pattern, template) is expected
