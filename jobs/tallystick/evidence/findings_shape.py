"""The shape of what a report judges: versions, clauses and their measures, findings, exposures, and what is asked."""

from __future__ import annotations

from tallystick.evidence.shape import Key, ListOf, MapOf, Object, OrNull, Text, Truth, Whole

INSTANT = Text(
    pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", such="2022-01-01T00:00:00.000000Z"
)
DAY = Text(pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}", such="2022-01-01")
SHA256 = Text(pattern=r"[0-9a-f]{64}", such="64 lower-case hex digits")
AMOUNT = Text(pattern=r"-?(?:0|[1-9][0-9]{0,59})(?:\.[0-9]{1,20})?", such="120.00")
CURRENCY = Text(pattern=r"[A-Z]{3}", such="USD")
VERDICTS = ("kept", "exceeded", "not decided", "not checked")
SEVERITIES = ("info", "minor", "major", "critical")
EXACTNESS = ("exact", "at least", "unknown amounts")
ASKED_OF = ("licensee", "provider")

CLAUSE_NAMED = {
    "version": Key(shape=OrNull(Text()), says="The version of the agreement; null for a standing rule."),
    "clause": Key(shape=Text(), says="The clause's id, or the standing rule's."),
}

MONEY = Object(
    {
        "currency": Key(shape=CURRENCY, says="The code of ISO 4217 of every amount here."),
        "owed": Key(shape=AMOUNT, says="What was owed for the month, or for all of them."),
        "paid": Key(shape=OrNull(AMOUNT), says="What the register says was paid; null where it does not."),
        "underpaid": Key(shape=OrNull(AMOUNT), says="owed - paid; below zero where more was paid."),
        "interest": Key(
            shape=OrNull(AMOUNT), says="Interest on what is underpaid; null where none is agreed or known."
        ),
        "at_least": Key(shape=Truth(), says="Whether more may be owed than the log says."),
        "clipped": Key(shape=Truth(), says="Whether only a part of the month is judged."),
        "share": Key(shape=OrNull(AMOUNT), says="Of a total: what is underpaid, in percent of what was owed."),
        "share_reached": Key(
            shape=OrNull(Truth()), says="Whether the share is as much as the clause names for the cost of the audit."
        ),
    }
)

VERSION = Object(
    {
        "version": Key(shape=Text(), says="What the version is called."),
        "title": Key(shape=Text(), says="The agreement's title."),
        "in_force_from": Key(shape=INSTANT, says="The first instant at which it judges."),
        "in_force_until": Key(shape=OrNull(INSTANT), says="The first instant at which it does not; null: open."),
        "time_zone": Key(shape=Text(), says="How its dates and calendar windows are read."),
        "sha256": Key(shape=SHA256, says="The SHA-256 of its file."),
        "clauses": Key(shape=Whole(), says="How many clauses it has; every one is in `clauses`."),
        "requests": Key(shape=Whole(), says="Requests of the period that it judges."),
    }
)

LIMIT = Object(
    {
        "reading": Key(shape=Text(), says="The reading's id; `as written` for the clause's own words."),
        "of": Key(shape=Text(), says="What is added up: requests, records or response_bytes."),
        "per": Key(shape=Text(), says="Whose budget it is."),
        "window": Key(shape=Text(), says="How windows lie: calendar, anchored, sliding or bucket."),
        "within": Key(shape=Text(), says="How long a window is, as an ISO 8601 duration."),
        "max": Key(shape=Whole(), says="What one window permits."),
        "limit": Key(shape=Whole(), says="The same with the tolerance added: more than this is exceeded."),
    }
)

MEASURE = Object(
    {
        "reading": Key(shape=Text(), says="The reading's id; `as written` for the clause's own words."),
        "key": Key(shape=OrNull(Text()), says="Who or what was measured: a licensee, app, credential, user or month."),
        "counted": Key(shape=Whole(), says="Requests in the clause's scope for this key."),
        "unknown": Key(shape=Whole(), says="Of those, without the amount that is added up."),
        "used": Key(shape=Whole(), says="The known sum over all that was counted."),
        "max": Key(shape=OrNull(Whole()), says="What the agreement permits."),
        "limit": Key(shape=OrNull(Whole()), says="The same with the tolerance added."),
        "peak": Key(shape=OrNull(Whole()), says="The largest amount in any window."),
        "peak_at": Key(shape=OrNull(INSTANT), says="When it was first reached, or when its window begins."),
        "windows_over": Key(shape=Whole(), says="Windows or episodes over the limit."),
        "requests_over": Key(
            shape=OrNull(Whole()), says="Requests that are over, where the kind of window says which."
        ),
        "served_over": Key(shape=OrNull(Whole()), says="Requests over the limit that the gateway let through."),
        "verdict": Key(shape=Text(allowed=VERDICTS), says="What this reading says of this key."),
        "missing": Key(shape=OrNull(Text()), says="What the data lacks, where that is not decided."),
        "money": Key(shape=MONEY, says="Of a fee: what was owed and paid.", is_needed=False),
    }
)

CLAUSE = Object(
    {
        **CLAUSE_NAMED,
        "cites": Key(shape=OrNull(Text()), says="The agreement's own paragraph."),
        "says": Key(shape=Text(), says="The agreement's own words."),
        "kind": Key(shape=Text(), says="The kind of clause."),
        "severity": Key(shape=Text(allowed=SEVERITIES), says="How much it matters when it is exceeded."),
        "verdict": Key(shape=Text(allowed=VERDICTS), says="The gravest verdict of its measures."),
        "readings": Key(shape=Whole(), says="How many readings were evaluated."),
        "readings_exceeded": Key(shape=Whole(), says="Under how many of them it is exceeded."),
        "decided_from": Key(shape=ListOf(Text()), says="The tables that decided it."),
        "rows_read": Key(shape=Whole(), says="Raw request rows that were read for it."),
        "missing": Key(shape=OrNull(Text()), says="What the data lacks, where it is not decided."),
        "in_period": Key(shape=Whole(), says="Requests that its version judges: counted + out_of_scope."),
        "counted": Key(shape=Whole(), says="Of those, in its scope."),
        "out_of_scope": Key(shape=Whole(), says="Of those, not in its scope."),
        "terms": Key(shape=Text(), says="Its numbers in words."),
        "limits": Key(shape=ListOf(LIMIT), says="What each reading of a limit permits; empty for other kinds."),
        "findings": Key(shape=ListOf(Text()), says="The ids of its findings."),
        "measures": Key(shape=ListOf(MEASURE), says="What was measured, a row for each reading and key."),
    }
)

WINDOW = Object(
    {
        "reading": Key(shape=Text(), says="The reading under which it is over."),
        "start_at": Key(shape=INSTANT, says="Where the window begins, or the episode's first request."),
        "end_at": Key(shape=INSTANT, says="Where the window ends, or the episode's last request."),
        "used": Key(shape=Whole(), says="The amount in the window, or the episode's largest."),
        "over": Key(shape=Whole(least=None), says="used - max."),
        "crossed_at": Key(shape=OrNull(INSTANT), says="The request that took the window above the limit."),
        "peak_at": Key(shape=OrNull(INSTANT), says="When an episode first reached its largest amount."),
        "requests_over": Key(shape=OrNull(Whole()), says="Requests that are over."),
        "served_over": Key(shape=OrNull(Whole()), says="Requests over the limit that the gateway let through."),
        "clipped": Key(shape=Truth(), says="Whether the window reaches beyond what was audited."),
    }
)

POINTER = Object(
    {
        "source": Key(shape=Text(), says="The source of the log."),
        "file": Key(shape=Text(), says="The log object, below its source."),
        "file_id": Key(shape=Text(), says="Its SHA-256."),
        "position": Key(shape=Whole(), says="Where the entry stands in it."),
        "received_at": Key(shape=INSTANT, says="When the request was received."),
        "request_id": Key(shape=OrNull(Text()), says="The id that the log gives it."),
    }
)

CONDITION = Object(
    {
        "reading": Key(shape=Text(), says="The reading that these numbers are of."),
        "used": Key(
            shape=OrNull(Whole()),
            says="What was measured: the largest amount in a window, else the known sum; null: no window was reckoned.",
        ),
        "limit": Key(shape=OrNull(Whole()), says="What is permitted, with the tolerance."),
        "max": Key(shape=OrNull(Whole()), says="What is permitted by the agreement's own number."),
        "unit": Key(shape=Text(), says="What is counted: a word of the catalogue (`unit.…`)."),
        "per": Key(shape=OrNull(Text()), says="Whose amount it is: licensee, app, credential, user or use_case."),
        "window": Key(shape=OrNull(Text()), says="How windows lie; null where the clause has none."),
        "within": Key(shape=OrNull(Text()), says="How long a window is, as an ISO 8601 duration."),
        "start_at": Key(shape=INSTANT, says="The beginning of what was measured: that window, or all that is judged."),
        "end_at": Key(shape=INSTANT, says="Its end."),
        "exactness": Key(shape=Text(allowed=EXACTNESS), says="Whether `used` is all, at least this much, or open."),
        "clipped": Key(shape=Truth(), says="Whether the window reaches beyond what was audited."),
    }
)

RANGE = {
    "currency": Key(shape=CURRENCY, says="The code of ISO 4217 of the amounts."),
    "low": Key(shape=AMOUNT, says="What is open at least: set off between months, without interest."),
    "high": Key(shape=AMOUNT, says="What is open at most: month by month, unstated payments in full, with interest."),
    "at_least": Key(shape=Truth(), says="Whether the log lacks amounts, so that both may be more."),
}

EFFECT = Object(
    {
        "requests_over": Key(shape=OrNull(Whole()), says="Requests that are over; null where none can be told."),
        "served_over": Key(shape=OrNull(Whole()), says="Of those over a limit, how many the gateway let through."),
        "money": Key(shape=OrNull(Object(RANGE)), says="Of a fee: what is open."),
    }
)

VALUES = MapOf((Text(), Whole(least=None), Truth(), ListOf(Text())))

CAUSE = Object(
    {
        "what": Key(shape=Text(), says="A word of the catalogue (`cause.…`): a hypothesis from the facts at hand."),
        "values": Key(shape=VALUES, says="The facts that it rests on."),
    }
)

RESPONSE = Object(
    {
        "date": Key(shape=DAY, says="The day of the answer."),
        "text": Key(shape=Text(), says="The answer in the licensee's own words."),
    }
)

EARLIER = Object(
    {
        "period": Key(shape=Text(), says="The earlier period."),
        "id": Key(shape=Text(), says="The finding's id there."),
        "used": Key(shape=OrNull(Whole()), says="What was measured, as in `condition`."),
        "limit": Key(shape=OrNull(Whole()), says="Against what."),
        "requests": Key(shape=Whole(), says="How many requests it was about."),
    }
)

FINDING = Object(
    {
        "id": Key(shape=Text(), says="Its name, the same in every revision."),
        **CLAUSE_NAMED,
        "agreement_sha256": Key(shape=OrNull(SHA256), says="The SHA-256 of the version's file."),
        "cites": Key(shape=OrNull(Text()), says="The agreement's own paragraph."),
        "says": Key(shape=Text(), says="The agreement's own words."),
        "terms": Key(shape=Text(), says="The clause's numbers in words."),
        "kind": Key(shape=Text(), says="The kind of clause."),
        "key": Key(shape=OrNull(Text()), says="Who or what it is about; null: requests that do not say."),
        "severity": Key(shape=Text(allowed=SEVERITIES), says="The severity that the clause states."),
        "verdict": Key(shape=Text(allowed=("exceeded", "not decided")), says="Why it is listed."),
        "readings": Key(shape=Whole(), says="How many readings were evaluated."),
        "readings_exceeded": Key(shape=Whole(), says="Under how many of them it is exceeded."),
        "sentence": Key(shape=Text(), says="The finding in one neutral English sentence."),
        "requests": Key(shape=Whole(), says="How many requests it is about."),
        "condition": Key(shape=OrNull(CONDITION), says="What was measured, against what, in which interval."),
        "effect": Key(shape=EFFECT, says="What follows from it, in requests and money."),
        "cause": Key(shape=OrNull(CAUSE), says="A hypothesis of how it came about; null where no fact suggests one."),
        "refuted_by": Key(shape=ListOf(Text()), says="Words of the catalogue (`refuted.…`): what would show it wrong."),
        "query": Key(shape=OrNull(Text()), says="SQL over `request` that counts it again; null where no log can tell."),
        "response": Key(shape=OrNull(RESPONSE), says="What the licensee answered, from the register."),
        "earlier": Key(shape=ListOf(EARLIER), says="Findings on the same clause and key in earlier periods."),
        "windows": Key(shape=ListOf(WINDOW), says="Each window or episode over the limit."),
        "evidence": Key(shape=ListOf(POINTER), says="The first requests that it rests on."),
        "money": Key(shape=MONEY, says="Of a fee: what was owed and paid.", is_needed=False),
    }
)

EXPOSURE = Object(
    {
        **RANGE,
        "of": Key(
            shape=ListOf(Object({**CLAUSE_NAMED, **{name: RANGE[name] for name in ("low", "high", "at_least")}})),
            says="The clauses that it adds up.",
        ),
    }
)

ASK = Object(
    {
        "number": Key(shape=Whole(least=1), says="Its place in the list, from 1."),
        "of": Key(shape=Text(allowed=ASKED_OF), says="Who is asked."),
        "what": Key(shape=Text(), says="A word of the catalogue (`ask.…`): what is asked."),
        "values": Key(shape=VALUES, says="The numbers and names of what is asked."),
        "clauses": Key(shape=ListOf(Text()), says="The clauses that it is about."),
        "findings": Key(shape=ListOf(Text()), says="The ids of the findings that it is about."),
        "within_days": Key(shape=OrNull(Whole(least=1)), says="By when, in days; null where the agreement names none."),
        "cites": Key(shape=OrNull(Text()), says="The agreement's own paragraph about that time."),
    }
)
