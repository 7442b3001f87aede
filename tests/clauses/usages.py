"""Usage of licensees, drawn where counting goes wrong: ties, edges of windows, midnights, changes of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clauses.product import Usage
from reference.calendars import duration
from reference.limits import Call, Edition, Terms

PLACES = {
    "Etc/UTC": ("2022-03-01T00:00:00", "2024-02-29T00:00:00", "2024-03-01T00:00:00", "2023-01-01T00:00:00"),
    "Europe/Berlin": ("2022-03-27T01:00:00", "2022-10-30T01:00:00", "2022-12-31T23:00:00"),
    "America/New_York": ("2022-03-13T07:00:00", "2022-11-06T06:00:00", "2024-02-29T05:00:00"),
    "Australia/Lord_Howe": ("2022-04-02T15:00:00", "2022-04-02T13:00:00"),
    "Asia/Kathmandu": ("2022-05-31T18:15:00",),
    "America/Sao_Paulo": ("2018-11-04T03:00:00", "2018-02-18T02:00:00"),
    "America/St_Johns": ("2010-11-07T02:31:00", "2010-11-07T02:30:00"),
    "Pacific/Apia": ("2011-12-30T10:00:00",),
}
"""Instants, UTC: clock changes, skipped and repeated midnights, a skipped day, leap days, turns of month and year."""

SCOPES: dict[str, dict[str, tuple[str, ...] | tuple[int, ...]]] = {
    "all": {},
    "served": {"except_status": (429,)},
    "search": {"routes": ("GET /search",)},
    "tweets": {"routes": ("GET /2/*", "/2/tweets/%"), "except_status": (429,)},
    "posts": {"methods": ("post", "put")},
    "good": {"statuses": (200, 404)},
}

SHAPES = {
    "calendar": """
        requests        licensee    P1D    all      requests        app         PT1S   served
        records         app         P1W    served   response_bytes  app         PT7M   all
        response_bytes  credential  P1M    search   records         credential  PT10M  served
        requests        user        P3M    good     records         user        PT15M  tweets
        records         licensee    P1Y    served   requests        app         PT45M  posts
        requests        app         P1D    served   response_bytes  app         PT1H   served
        records         app         P1M    all      requests        credential  PT1M   all
    """,
    "sliding": """
        requests        app         PT15M  served   records         app         PT15M  served
        requests        licensee    PT1S   all      response_bytes  credential  PT1H   search
        records         user        P1D    tweets   requests        credential  P1D    good
        requests        app         P2D    served   records         app         P2D    all
        response_bytes  app         P30D   posts    records         licensee    PT1H   served
    """,
    "anchored": """
        requests        app         PT15M  served   records         app         PT15M  served
        requests        licensee    PT1S   all      response_bytes  credential  PT1H   search
        records         user        P1D    tweets   requests        credential  P2D    good
    """,
    "bucket": """
        requests        app         PT15M  served   records         app         PT15M  served
        requests        licensee    PT1S   all      response_bytes  credential  PT1H   search
        records         user        P1D    tweets   requests        credential  PT7M   good
    """,
}
"""For each kind of window the limits that are drawn: of, per, within and scope, each four words."""

STEP = timedelta(microseconds=1)
ROUTES = ("/search", "/search", "/2/tweets", "/2/tweets/%", None)
JITTERS = (0 * STEP, 0 * STEP, -STEP, STEP, 17_000_003 * STEP)
TARGETS = [(method, route) for method in ("GET", "GET", "POST", None) for route in ROUTES]
AMOUNTS = (None, 0, 1, 1, 2, 5, 2**53 + 1)


def draw_usages(kind: str, *, count: int) -> list[Usage]:
    """At least `count` licensees with up to 16 callers each, as many for every limit, the same ones on every run."""
    shapes = _shapes(kind)
    found = [usage for shape in shapes for usage in _draw(usage_strategy(kind, shape), -(-count // len(shapes)))]
    return [replace(usage, licensee=f"{kind}-{place:04}") for place, usage in enumerate(found)]


def _draw(strategy: st.SearchStrategy[Usage], count: int) -> list[Usage]:
    found: list[Usage] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(usage: Usage) -> None:
        found.append(usage)

    collect()
    return found


@st.composite
def usage_strategy(draw: st.DrawFn, kind: str, shape: tuple[str, ...]) -> Usage:
    of, per, within, scope = shape
    zone = draw(st.sampled_from(sorted(PLACES)))
    place = datetime.fromisoformat(f"{draw(st.sampled_from(PLACES[zone]))}+00:00")
    stride = duration(within) if within.startswith("PT") or kind != "calendar" else timedelta(days=1)
    stride = stride * draw(st.sampled_from((2, 3, 4, 6))) / 4
    moments = st.sampled_from([place + steps * stride + jitter for steps in range(-3, 5) for jitter in JITTERS])
    borders = sorted(draw(st.sets(moments, max_size=2)))
    callers = draw(st.integers(16, 32))
    calls = draw(st.lists(_call(per, callers, moments), min_size=3 * callers, max_size=6 * callers))
    return Usage(
        licensee="",
        time_zone=zone,
        calls=tuple(replace(call, request_id=f"r{number:04}") for number, call in enumerate(calls)),
        editions=tuple(
            Edition(
                version=f"v{number}",
                in_force_from=begins,
                terms=Terms(
                    of=of,
                    per=per,
                    window=kind,
                    within=within,
                    max=draw(st.sampled_from((0, 1, 1, 2, 2, 3, 5, 2**53, 2**53 + 1))),
                    tolerance=draw(st.sampled_from((0, 0, 1))),
                    **SCOPES[scope],  # type: ignore[arg-type]
                ),
            )
            for number, begins in enumerate([place - timedelta(days=3650), *borders])
        ),
        period=draw(st.none() | _ordered(moments)),
    )


def _call(per: str, callers: int, moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[Call]:
    nobody = [None] if per in ("credential", "user") else []
    whose = st.sampled_from([*(f"key {number}" for number in range(callers)), *nobody])
    return st.builds(
        lambda at, key, amount, answer, target: Call(
            received_at=at,
            licensee="halcyon",
            app=key if per == "app" else "monitor",
            credential=key if per == "credential" else "hal-01",
            user=key if per == "user" else None,
            method=target[0],
            route=target[1],
            status=answer,
            records=amount,
            response_bytes=amount,
        ),
        moments,
        whose,
        st.sampled_from(AMOUNTS),
        st.sampled_from((200, 200, 200, 429, 500, None)),
        st.sampled_from(TARGETS),
    )


@st.composite
def _ordered(draw: st.DrawFn, moments: st.SearchStrategy[datetime]) -> tuple[datetime, datetime]:
    first, last = sorted(draw(st.tuples(moments, moments)))
    return first, last + STEP


def _shapes(kind: str) -> list[tuple[str, ...]]:
    words = SHAPES[kind].split()
    return [tuple(words[start : start + 4]) for start in range(0, len(words), 4)]
