"""The shape of a whole report, `tallystick/report/2`, and the rule that holds a document to it."""

from __future__ import annotations

from tallystick.evidence.consumption_shape import AMOUNTS, CONSUMPTION, ERRORS, THROTTLED
from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.findings_shape import ASK, CLAUSE, DAY, EXPOSURE, FINDING, INSTANT, VERSION
from tallystick.evidence.shape import Key, ListOf, Object, OrNull, Text, Truth, Whole

FIRST_SCHEMA = "tallystick/report/1"
"""Documents of the first schema have no shape of their own here; the rules that they were made under still hold."""
SCHEMA = "tallystick/report/2"

PERIOD = Object(
    {
        "text": Key(shape=Text(), says="The period as its user wrote it."),
        "start": Key(shape=INSTANT, says="The first instant."),
        "end": Key(shape=INSTANT, says="The first instant after it."),
        "time_zone": Key(shape=Text(), says="How it is read."),
    }
)

SUMMARY = Object(
    {
        **AMOUNTS,
        "throttled": THROTTLED,
        "errors": ERRORS,
        "apps": Key(shape=Whole(), says="Apps with requests."),
        "credentials": Key(shape=Whole(), says="Different credentials of apps that were used."),
        "clauses": Key(shape=Whole(), says="Clauses, standing rules too."),
        "clauses_kept": Key(shape=Whole(), says="Clauses that are kept."),
        "clauses_exceeded": Key(shape=Whole(), says="Clauses that are exceeded under some reading."),
        "clauses_not_decided": Key(shape=Whole(), says="Clauses of which the data cannot tell."),
        "clauses_not_checked": Key(shape=Whole(), says="Clauses without an automatic check."),
        "findings": Key(shape=Whole(), says="Findings."),
    }
)

RECONCILIATION = Object(
    {
        "entries": Key(shape=Whole(), says="rejected + accepted."),
        "rejected": Key(shape=Whole(), says="Entries that could not be read as requests."),
        "accepted": Key(shape=Whole(), says="duplicate + unique."),
        "duplicate": Key(shape=Whole(), says="Second entries of a request."),
        "conflict": Key(shape=Whole(), says="Of those, with another content than the first."),
        "unique": Key(shape=Whole(), says="unattributed + this_licensee."),
        "unattributed": Key(shape=Whole(), says="Requests that match no licensee of the register."),
        "this_licensee": Key(shape=Whole(), says="Requests of this licensee, over whole UTC days."),
    }
)

SOURCE = Object(
    {
        "source": Key(shape=Text(), says="The source's name."),
        "numbered": Key(shape=Truth(), says="Whether it numbers its requests."),
        "days": Key(shape=Whole(), says="UTC days that the period touches."),
        "days_without_entries": Key(shape=Whole(), says="Of those, without any entry of this licensee or of nobody."),
        "files": Key(shape=Whole(), says="Its log objects that were read."),
        "repeated_files": Key(shape=Whole(), says="Its log objects that were offered a second time."),
        "entries": Key(shape=Whole(), says="Entries of this licensee or of nobody."),
        "rejected": Key(shape=Whole(), says="Of those, rejected."),
        "unattributed": Key(shape=Whole(), says="Of those, of no licensee of the register."),
        "this_licensee": Key(shape=Whole(), says="Of those, requests of this licensee."),
        "missing": Key(shape=Whole(), says="Numbers that no log of it has."),
    }
)

GAP = Object(
    {
        "source": Key(shape=Text(), says="The source's name."),
        "epoch": Key(shape=OrNull(Text()), says="The run of numbers that it is in."),
        "first_missing": Key(shape=Whole(least=None), says="The first number that is missing."),
        "last_missing": Key(shape=Whole(least=None), says="The last."),
        "missing": Key(shape=Whole(), says="How many."),
        "after_at": Key(shape=INSTANT, says="When the request before was received, to the quarter of an hour."),
        "before_at": Key(shape=INSTANT, says="When the one after was."),
    }
)

LOG_OBJECT = {
    "source": Key(shape=Text(), says="The source's name."),
    "file": Key(shape=Text(), says="The log object, below its source."),
    "file_id": Key(shape=OrNull(Text()), says="Its SHA-256."),
}

COMPLETENESS = Object(
    {
        "sources": Key(shape=ListOf(SOURCE), says="What was seen of each source."),
        "gaps": Key(shape=ListOf(GAP), says="Every run of numbers that is missing."),
        "refused_files": Key(
            shape=ListOf(Object({**LOG_OBJECT, "problem": Key(shape=OrNull(Text()), says="Why.")})),
            says="Log objects that could not be read to their end.",
        ),
        "repeated_files": Key(shape=ListOf(Object(LOG_OBJECT)), says="Log objects that were offered a second time."),
        "rejected_entries": Key(
            shape=ListOf(
                Object(
                    {
                        "reason": Key(shape=Text(), says="The reason's name."),
                        "entries": Key(shape=Whole(), says="Entries with it."),
                        "bytes": Key(shape=OrNull(Whole()), says="Their bytes, where those of all are known."),
                    }
                )
            ),
            says="Rejected entries by reason.",
        ),
        "unattributed": Key(shape=Whole(), says="Requests that match no licensee of the register."),
        "hours": Key(
            shape=ListOf(
                Object(
                    {
                        "source": Key(shape=Text(), says="The source's name."),
                        "date": Key(shape=DAY, says="The UTC day."),
                        "seen": Key(
                            shape=Text(pattern="[01]{24}", such="24 of 0 and 1"),
                            says="From 00:00 on, 1 for each UTC hour in which an entry of this licensee or nobody was "
                            "received, duplicates included, and 0 for each other hour.",
                        ),
                    }
                )
            ),
            says="What was seen of each source in each hour of each UTC day that the period touches; by source and "
            "date, also the days with nothing.",
            is_needed=False,
        ),
        "late_files": Key(
            shape=ListOf(
                Object(
                    {
                        **LOG_OBJECT,
                        "first_date": Key(shape=DAY, says="The first UTC day of which it brought any."),
                        "last_date": Key(shape=DAY, says="The last UTC day of which it has any."),
                        "entries": Key(shape=Whole(), says="How many it brought late of this licensee or of nobody."),
                    }
                )
            ),
            says="Log objects that brought entries of a UTC day of the period two or more days after it: beside "
            "entries of a day that is later by so much.",
            is_needed=False,
        ),
    }
)

FILE = Object(
    {
        "file_id": Key(shape=Text(), says="The log object's SHA-256."),
        "source": Key(shape=Text(), says="Its source."),
        "name": Key(shape=Text(), says="Its name, below the source."),
        "format": Key(shape=OrNull(Text()), says="The format that it was read as."),
        "requests": Key(shape=Whole(), says="Requests of this licensee in it."),
        "duplicates": Key(shape=Whole(), says="Second entries of its requests in it."),
    }
)

REPORT = Object(
    {
        "schema": Key(shape=Text(allowed=(SCHEMA,)), says="This schema's name."),
        "provider": Key(
            shape=Object({"name": Key(shape=Text(), says="The provider's name.")}), says="Whose API it is."
        ),
        "licensee": Key(
            shape=Object(
                {
                    "id": Key(shape=Text(), says="The licensee's id on the register."),
                    "name": Key(shape=Text(), says="The licensee's name."),
                }
            ),
            says="Whose usage was audited.",
        ),
        "period": Key(shape=PERIOD, says="Which period was audited; half-open."),
        "conclusion": Key(
            shape=Text(allowed=("within terms", "outside terms", "unable to conclude")),
            says="What the audit concludes.",
        ),
        "reasons": Key(shape=ListOf(Text()), says="Why, in English sentences."),
        "summary": Key(shape=SUMMARY, says="The totals."),
        "exposures": Key(shape=ListOf(EXPOSURE), says="Money that is open under fee clauses, an entry a currency."),
        "asks": Key(shape=ListOf(ASK), says="What is asked of whom, and by when."),
        "agreements": Key(shape=ListOf(VERSION), says="Every version that was in force in the period."),
        "clauses": Key(shape=ListOf(CLAUSE), says="Every clause of every such version, then the standing rules."),
        "findings": Key(shape=ListOf(FINDING), says="What is exceeded or not decided, the gravest first."),
        "consumption": Key(shape=CONSUMPTION, says="What was taken."),
        "reconciliation": Key(
            shape=RECONCILIATION, says="The accounting identity over whole UTC days, of this licensee and of nobody."
        ),
        "completeness": Key(shape=COMPLETENESS, says="What was seen of the logs, and what is known to be missing."),
        "files": Key(shape=ListOf(FILE), says="The log objects that hold this licensee's requests."),
        "not_seen": Key(shape=ListOf(Text()), says="What this audit cannot see, in English sentences."),
        "checks": Key(
            shape=Object(
                {
                    "expectations": Key(shape=Whole(), says="Expectations that were asked."),
                    "met": Key(shape=Whole(), says="Of those, met."),
                    "failed_warnings": Key(shape=Whole(), says="Of those, warnings that were not met."),
                }
            ),
            says="Whether the count was fit to publish.",
        ),
    }
)


def is_of_the_first_schema(report: Node) -> bool:
    """Whether a document was made before the keys of the second schema; it must have a `schema`."""
    return bool(report["schema"].value == FIRST_SCHEMA)


def the_document_has_its_shape(report: Node) -> None:
    """The document has every key of its schema and no other, each with a value of the kind that the schema says."""
    if not is_of_the_first_schema(report) and (found := REPORT.misfit(report.value)) is not None:
        raise NotAsPromisedError(found.path, expected=found.expected, found=found.found)


RULES = (the_document_has_its_shape,)
