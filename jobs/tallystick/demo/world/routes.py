"""The provider's API: its routes, and how many records an answer of each tends to hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation: method, template, how many records its answers tend to hold, and its query as nginx logs it."""

    name: str
    method: str
    template: str
    weight: int
    query: str = ""


ROUTES = (
    Route(name="search-recent", method="GET", template="/2/murmurs/search/recent", weight=44, query="?max_results=100"),
    Route(name="search-all", method="GET", template="/2/murmurs/search/all", weight=60, query="?max_results=500"),
    Route(name="counts", method="GET", template="/2/murmurs/counts/recent", weight=12),
    Route(name="lookup", method="GET", template="/2/murmurs", weight=24, query="?ids=multiple"),
    Route(name="replies", method="GET", template="/2/murmurs/{id}/replies", weight=18),
    Route(name="user-murmurs", method="GET", template="/2/users/{id}/murmurs", weight=36, query="?max_results=100"),
    Route(name="followers", method="GET", template="/2/users/{id}/followers", weight=50),
    Route(name="user-lookup", method="GET", template="/2/users", weight=20, query="?ids=multiple"),
    Route(name="members", method="GET", template="/2/lists/{id}/members", weight=30),
    Route(name="trends", method="GET", template="/2/trends/{place}", weight=15),
    Route(name="publish", method="POST", template="/2/murmurs", weight=20),
)
"""Every route. `publish` stands alone in its apps, which return exactly one record a call."""

ROUTE_NUMBER = {route.name: number for number, route in enumerate(ROUTES)}
