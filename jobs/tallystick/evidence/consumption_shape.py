"""The shape of a report's `consumption`: what was taken, by app, day, route, credential and the rest."""

from __future__ import annotations

from tallystick.evidence.findings_shape import DAY, INSTANT
from tallystick.evidence.shape import Key, ListOf, Object, OrNull, Text, Whole

AMOUNT_SAID = Object(
    {
        "sum": Key(shape=Whole(), says="The sum over the requests that say theirs."),
        "known": Key(shape=Whole(), says="How many requests say theirs."),
        "unknown": Key(shape=Whole(), says="How many do not."),
    }
)
REQUESTS = Key(shape=Whole(), says="Requests, refused ones too.")
AMOUNTS = {
    "requests": REQUESTS,
    "records": Key(shape=AMOUNT_SAID, says="Records returned."),
    "response_bytes": Key(shape=AMOUNT_SAID, says="Bytes returned."),
}
THROTTLED = Key(shape=Whole(), says="Requests refused with status 429.")
ERRORS = Key(shape=Whole(), says="Requests with another status from 400 on.")

APP = Object(
    {
        "app": Key(shape=OrNull(Text()), says="The app's id on the register."),
        "name": Key(shape=OrNull(Text()), says="Its name."),
        "registered": Key(shape=OrNull(Text()), says="When its registration begins."),
        "ended": Key(shape=OrNull(Text()), says="The first instant after its registration."),
        "use_case": Key(shape=OrNull(Text()), says="Its use case in the licensee's words."),
        "use_case_approved": Key(shape=OrNull(Text()), says="When that was approved."),
        **AMOUNTS,
        "throttled": THROTTLED,
        "errors": ERRORS,
        "first_at": Key(shape=OrNull(INSTANT), says="Its first request in the period."),
        "last_at": Key(shape=OrNull(INSTANT), says="Its last request in the period."),
    }
)

BY_CREDENTIAL = Object(
    {
        "app": Key(shape=OrNull(Text()), says="The app's id on the register."),
        "credential": Key(
            shape=OrNull(Text()), says="The credential's name in register or log; null where it is a secret."
        ),
        "digest": Key(
            shape=OrNull(Text(pattern="[0-9a-f]{12}", such="159e4a573cf4")),
            says="Of a secret the first 12 digits of its digest with the project's key.",
        ),
        "hint": Key(shape=OrNull(Text()), says="Of a secret its last characters, at most four, after `…`."),
        **AMOUNTS,
        "throttled": THROTTLED,
        "first_at": Key(shape=INSTANT, says="Its first request in the period."),
        "last_at": Key(shape=INSTANT, says="Its last request in the period."),
    }
)

PEAKS = Object(
    {
        "version": Key(shape=Text(), says="The version of the agreement."),
        "clause": Key(shape=Text(), says="The clause's id."),
        "of": Key(shape=Text(), says="What is added up."),
        "per": Key(shape=Text(), says="Whose budget it is."),
        "window": Key(shape=Text(allowed=("calendar", "sliding")), says="Which windows."),
        "within": Key(shape=Text(), says="How long one is."),
        "max": Key(shape=Whole(), says="What is permitted in one."),
        "limit": Key(shape=Whole(), says="The same with the tolerance."),
        "days": Key(
            shape=ListOf(
                Object(
                    {
                        "date": Key(shape=DAY, says="The UTC day."),
                        "key": Key(shape=Text(), says="Whose window it is."),
                        "peak": Key(shape=Whole(), says="What it holds."),
                        "peak_at": Key(
                            shape=INSTANT,
                            says="The request at which that is first reached, or the beginning of a window that is "
                            "made of whole quarters of an hour.",
                        ),
                    }
                )
            ),
            says="The fullest window of each day.",
        ),
    }
)

CONSUMPTION = Object(
    {
        "apps": Key(shape=ListOf(APP), says="By app, the largest first."),
        "days": Key(
            shape=ListOf(Object({"date": Key(shape=DAY, says="The UTC day."), **AMOUNTS, "throttled": THROTTLED})),
            says="By UTC day, every day of the period.",
        ),
        "months": Key(
            shape=ListOf(Object({"month": Key(shape=Text(), says="The UTC month."), **AMOUNTS})), says="By UTC month."
        ),
        "routes": Key(
            shape=ListOf(
                Object(
                    {
                        "method": Key(shape=OrNull(Text()), says="The HTTP method."),
                        "route": Key(shape=OrNull(Text()), says="The route's template."),
                        **AMOUNTS,
                    }
                )
            ),
            says="By method and route, over whole UTC days.",
        ),
        "statuses": Key(
            shape=ListOf(Object({"status": Key(shape=OrNull(Whole()), says="The HTTP status."), "requests": REQUESTS})),
            says="By status, over whole UTC days.",
        ),
        "weekday_hours": Key(
            shape=ListOf(ListOf(Whole(), 24), 7), says="Requests by UTC weekday from Monday on, and hour."
        ),
        "credentials": Key(shape=Whole(), says="Different credentials that were used.", is_needed=False),
        "by_credential": Key(
            shape=ListOf(BY_CREDENTIAL),
            says="By app and credential, the 1,000 with most requests first; the row of an app's requests without a "
            "credential has null for `credential`, `digest` and `hint`.",
            is_needed=False,
        ),
        "other_credentials": Key(
            shape=Object(
                {
                    "credentials": Key(shape=Whole(), says="How many rows more there would be."),
                    **AMOUNTS,
                    "throttled": THROTTLED,
                }
            ),
            says="What is not in by_credential, added up.",
            is_needed=False,
        ),
        "peaks": Key(
            shape=ListOf(PEAKS),
            says="Of each limit in calendar or sliding windows of at most a day, as it is written: the fullest window "
            "of each UTC day that its version judges, days without one left out.",
            is_needed=False,
        ),
    }
)
