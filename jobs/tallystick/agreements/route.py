"""Routes and methods as clauses name them: `GET /2/tweets/{id}`, with * for any run of characters."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_REGISTERED = (
    "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY "
    "MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PRI PROPFIND PROPPATCH PUT "
    "REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL"
)
METHODS = frozenset((*_REGISTERED.split(), "PURGE", "QUERY"))
"""The methods that HTTP has: those that IANA registers, and two that servers know beside them (PURGE, QUERY)."""


def a_method(text: str) -> str:
    """An HTTP method, in capitals or not."""
    if text.upper() not in METHODS:
        raise ValueError(f"{text!r} is no HTTP method; write one such as GET or POST")
    return text


def a_route(text: str) -> str:
    """A pattern of routes: `GET /2/tweets/{id}`, `* /2/tweets/*`, or an operation, `ec2.amazonaws.com:Describe*`."""
    method, gap, path = text.partition(" ") if " " in text else ("", "", text)
    if not text or re.search(r"\s", path) or (gap and not method):
        raise ValueError(f"{text!r} is no route; write GET /2/tweets/{{id}}, with one space")
    if gap and "*" not in method and method not in METHODS:
        raise ValueError(f"{method!r} is no HTTP method in capitals; write GET {path}, or * {path} for any method")
    if gap and not path.startswith(("/", "*")):
        raise ValueError(f"a path begins with /; write {method} /{path}")
    before = path.partition("/")[0]
    if "/" in path and before and "*" not in before:
        name = before.rstrip("0123456789")
        written = f"{name} /{path.removeprefix(name).removeprefix('/')}" if name in METHODS else f"GET /{path}"
        raise ValueError(f"{text!r} is no route: a method, a space and a path make one; write {written}")
    return text


Method = Annotated[str, AfterValidator(a_method)]
RoutePattern = Annotated[str, AfterValidator(a_route)]


def fits(pattern: str, template: str) -> bool:
    """Whether a pattern fits requests of a template, `GET /2/tweets/{id}`, or `/2/tweets/{id}` for any method."""
    expression = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", pattern))
    routes = [template] if " " in template else [f"{method} {template}" for method in METHODS]
    return any(re.fullmatch(expression, route) for route in routes)
