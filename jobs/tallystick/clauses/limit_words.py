"""A limit's numbers in words."""

from __future__ import annotations

from tallystick.agreements.limit import Limit, LimitClause


def terms(clause: LimitClause) -> str:
    """The numbers in words, such as: at most 250,000 requests per licensee in a calendar year (P1Y)."""
    return terms_of(clause.limit_as(None))


def terms_of(limit: Limit) -> str:
    """The same of one limit."""
    tolerance = f", tolerance {limit.limit - limit.max:,}" if limit.limit != limit.max else ""
    of = limit.of.replace("_", " ")
    return f"at most {limit.max:,} {of} per {limit.per} {window_in_words(limit)} ({limit.length.text}{tolerance})"


def window_in_words(limit: Limit) -> str:
    """The window of a limit as people say it."""
    length = limit.length.words
    return {
        "calendar": f"in a {length}" if limit.length.unit else f"in each {length} of the clock",
        "anchored": f"in each {length} from the first request",
        "sliding": f"in any {length}",
        "bucket": f"in a bucket that refills in {length}",
    }[limit.window]
