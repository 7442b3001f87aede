"""Documents that hold many texts of others at once, each wherever such a text can stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from report.documents import (
    Row,
    a_clause,
    a_credential,
    a_document,
    a_finding,
    a_late_file,
    a_measure,
    a_pointer,
    a_source,
    a_version,
    a_window,
    amount,
    an_app,
    an_ask,
    days,
    digest,
)
from report.hostile_forms import LONG, hostile

TOGETHER = 48
"""Texts of one document: fewer than the rows of a table that a page shows."""


def benign(many: int = TOGETHER) -> list[str]:
    return [f"name {place}" for place in range(many)]


@cache
def chunks() -> tuple[tuple[str, ...], ...]:
    """All hostile texts, TOGETHER at a time; the last ones begin again with the first."""
    texts = hostile()
    rounds = -(-len(texts) // TOGETHER)
    again = (*texts, *texts)
    return tuple(again[each * TOGETHER : (each + 1) * TOGETHER] for each in range(rounds))


@cache
def everything() -> Row:
    """One document with every hostile text; the long ones are keys of findings and apps in it."""
    document = a_document_of(hostile())
    document["findings"] += [a_finding(id=f"f-long-{place}", key=text) for place, text in enumerate(LONG)]
    document["consumption"]["apps"] += [an_app(app=f"long-{place}", name=text) for place, text in enumerate(LONG)]
    return document


@cache
def long_names() -> Row:
    """A small document whose licensee, apps, routes, files and findings have names of up to a mebibyte."""
    return a_document_of(LONG[:5])


def a_document_of(texts: Sequence[str], *, licensee: str | None = None) -> Row:
    """A document in which every text is an app, a route, a file, a credential, a source and words of a clause.

    `licensee`, else the first, is the licensee and the provider too.
    """
    name = texts[0] if licensee is None else licensee
    document = a_document(
        findings=[_finding(place, text) for place, text in enumerate(texts)],
        clauses=[_clause(place, text) for place, text in enumerate(texts)],
        agreements=[a_version(title=text, clauses=1) for text in texts[:6]],
        reasons=list(texts),
        not_seen=list(texts),
        provider={"name": name},
        licensee={"id": name, "name": name},
        files=[_file(place, text) for place, text in enumerate(texts)],
    )
    every = {"records": amount(500), "response_bytes": amount(9000)}
    document["consumption"] |= {
        "days": days("2022-03-01", [0, 0]),
        "weekday_hours": [[0] * 24 for _ in range(7)],
        "apps": [an_app(app=text, name=text, use_case=text) for text in texts],
        "routes": [{"method": text, "route": text, "requests": 10, **every} for text in texts],
        "by_credential": [a_credential(app=text, credential=text, hint=text) for text in texts],
    }
    document["completeness"] |= {
        "sources": [a_source(source=text, numbered=place % 2 == 0) for place, text in enumerate(texts)],
        "refused_files": [
            {"source": text, "file": text, "file_id": digest(str(place)), "problem": text}
            for place, text in enumerate(texts)
        ],
        "repeated_files": [
            {"source": text, "file": text, "file_id": digest(str(place))} for place, text in enumerate(texts)
        ],
        "late_files": [a_late_file(source=text, file=text) for text in texts],
    }
    document["summary"] |= {"findings": len(texts), "clauses": len(texts), "clauses_exceeded": len(texts)}
    document["asks"].append(an_ask(number=2, what="register_app", values={"apps": list(texts)}))
    return document


def _clause(place: int, text: str) -> Row:
    return a_clause(
        clause=f"clause-{place}",
        cites=text,
        says=text,
        terms=f"only requests whose user agent fits {text}",
        verdict="exceeded",
        readings_exceeded=1,
        missing=text,
        findings=[f"f-{place}"],
        measures=[a_measure(key=text, verdict="exceeded", missing=text)],
    )


def _finding(place: int, text: str) -> Row:
    return a_finding(
        id=f"f-{place}",
        clause=f"clause-{place}",
        key=text,
        cites=text,
        says=text,
        terms=text,
        sentence=f"{text}: measured 120 requests against 100 permitted by {text}",
        query=f"SELECT * FROM request\nWHERE app = {text}",
        response={"date": "2022-04-01", "text": text},
        windows=[a_window()],
        evidence=[a_pointer(source=text, file=text, request_id=text, file_id=digest(str(place)))],
    )


def _file(place: int, text: str) -> Row:
    return {
        "file_id": digest(str(place)),
        "source": text,
        "name": text,
        "format": "gateway_jsonl",
        "requests": 10,
        "duplicates": 0,
    }
