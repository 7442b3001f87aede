"""The letter's licensee: eight apps, of which six lack an approved use case at some time of the year."""

from __future__ import annotations

from tallystick.demo.world.cast import Answer, App, Licensee, UseCase, numbered

LETTER = "halcyon"
LETTER_REQUESTS, LETTER_RECORDS = 780_000_000, 26_000_000_000
"""What the letter says at scale 1: requests of the year 2022, and records they returned."""

_SEARCH = (("search-recent", 30), ("search-all", 10), ("lookup", 10), ("user-murmurs", 10), ("counts", 4))
_PEOPLE = (("user-murmurs", 26), ("followers", 18), ("user-lookup", 14), ("members", 6))
_LISTEN = (("search-recent", 34), ("replies", 14), ("trends", 8), ("counts", 8))
SITE = "(+https://halcyon.example.com)"

HALCYON = Licensee(
    id=LETTER,
    name="Halcyon Analytics Ltd",
    terms="letter",
    answers=(
        Answer(
            clause="approved-purpose",
            app="halcyon-alerts",
            period="2022",
            date="2023-02-14",
            text="The use case was described in writing in May 2022. That approval came on 1 September was not in our "
            "hands, and what the app does did not change in between.",
        ),
    ),
    apps=(
        App(
            id="halcyon-monitor",
            name="Halcyon Monitor",
            share=262,
            registered="2019-11-04",
            use_case=UseCase(text="Dashboards of how often a brand is named, for that brand.", approved="2020-03-15"),
            callers=numbered("hal-mon", 6),
            agent=f"halcyon-monitor/4.2 {SITE}",
            rhythm="steady",
            growth=36,
            routes=_SEARCH,
            refused=14_000,
        ),
        App(
            id="halcyon-insight",
            name="Halcyon Insight",
            share=204,
            registered="2020-01-20",
            use_case=UseCase(text="Audience profiles by interest and place.", approved=None),
            callers=numbered("hal-ins", 5),
            agent=f"halcyon-insight/2.9 {SITE}",
            rhythm="office",
            growth=30,
            routes=_PEOPLE,
            refused=9_000,
        ),
        App(
            id="halcyon-archive",
            name="Halcyon Archive",
            share=158,
            registered="2020-02-03",
            use_case=UseCase(text="A searchable copy of murmurs for later study.", approved=None),
            callers=numbered("hal-arc", 4),
            agent=f"halcyon-archive/1.7 {SITE}",
            rhythm="batch",
            growth=22,
            routes=(("search-all", 46), ("lookup", 12), ("user-murmurs", 6)),
            refused=11_000,
        ),
        App(
            id="halcyon-alerts",
            name="Halcyon Alerts",
            share=122,
            registered="2020-06-15",
            use_case=UseCase(text="Messages to a press office when its organisation is named.", approved="2022-09-01"),
            callers=numbered("hal-alr", 4),
            agent=f"halcyon-alerts/3.0 {SITE}",
            rhythm="steady",
            growth=28,
            routes=_LISTEN,
            refused=7_000,
        ),
        App(
            id="halcyon-signal",
            name="Halcyon Signal",
            share=94,
            registered="2021-03-08",
            callers=numbered("hal-sig", 3),
            agent=f"halcyon-signal/0.14 {SITE}",
            rhythm="evening",
            growth=40,
            routes=_LISTEN,
            refused=12_000,
        ),
        App(
            id="halcyon-relay",
            name="Halcyon Relay",
            share=71,
            registered="2019-11-04",
            ended="2022-10-01",
            use_case=UseCase(text="Feeds of a customer's own accounts into its archive.", approved="2020-06-01"),
            callers=numbered("hal-rel", 3),
            agent=f"halcyon-relay/2.1 {SITE}",
            rhythm="steady",
            growth=8,
            slower_from_day=273,
            routes=_PEOPLE,
            refused=6_000,
        ),
        App(
            id="halcyon-atlas",
            name="Halcyon Atlas",
            share=52,
            registered="2021-09-13",
            callers=numbered("hal-atl", 3),
            agent=f"halcyon-atlas/1.1 {SITE}",
            rhythm="office",
            growth=34,
            routes=(("trends", 22), ("search-recent", 26), ("members", 16)),
            refused=5_000,
        ),
        App(
            id="halcyon-labs",
            name="Halcyon Labs",
            share=37,
            registered="2022-03-01",
            environment="dev",
            callers=numbered("hal-lab", 2),
            agent=f"halcyon-labs/0.3 {SITE}",
            rhythm="office",
            from_day=59,
            growth=60,
            routes=_SEARCH,
            refused=8_000,
            failed=22_000,
        ),
    ),
)
