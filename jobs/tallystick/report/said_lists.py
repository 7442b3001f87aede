"""The reasons of a conclusion and the limits of sight, in the reader's language where the document bears them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.report.completeness import not_seen
from tallystick.report.document import concluded
from tallystick.report.saying import DOCUMENT_LANGUAGE, Said, as_stated
from tallystick.report.words import Words

Row = Mapping[str, Any]


def reasons_said(document: Row, words: Words) -> list[Said]:
    """Every reason of the conclusion; in English, and marked so, unless they are just those that the clauses give."""
    stated = [as_stated(reason, words) for reason in document["reasons"]]
    if words.language == DOCUMENT_LANGUAGE or document["reasons"] != concluded(document["clauses"])[1]:
        return stated
    by_name = {_named(clause): clause for clause in document["clauses"] if clause["verdict"] == "exceeded"}
    unchecked = sum(clause["verdict"] == "not checked" for clause in document["clauses"])
    said = []
    for place, reason in enumerate(document["reasons"]):
        clause = by_name.get(reason.partition(": exceeded under ")[0]) if ": exceeded under " in reason else None
        if clause is not None:
            said.append(Said(text=_exceeded(clause, words)))
        elif ": not decided, " in reason:
            said.append(_undecided(reason, words))
        elif place == 0 and document["conclusion"] == "within terms":
            said.append(Said(text=words.plain("why.kept")))
        elif unchecked:
            said.append(Said(text=words.plain("why.not_checked", n=unchecked)))
        else:
            said.append(stated[place])
    return said


def _undecided(reason: str, words: Words) -> Said:
    """`§ 4 (v1): not decided, …` with what is missing in the reader's language, where that has a known form."""
    name, _, missing = reason.removesuffix(".").partition(": not decided, ")
    said = as_stated(missing, words)
    if said.language:
        return as_stated(reason, words)
    return Said(text=words.plain("why.not_decided", name=name, missing=said.text))


def not_seen_said(document: Row, words: Words) -> list[Said]:
    """What the audit cannot see; in English, and marked so, unless it is just what the numbers give."""
    stated = [as_stated(sentence, words) for sentence in document["not_seen"]]
    if words.language == DOCUMENT_LANGUAGE or document["not_seen"] != _english(document):
        return stated
    return [Said(text=sentence) for sentence in _sight(document, words)]


def _english(document: Row) -> Sequence[str] | None:
    """The sentences that the numbers give; None where one is too large for a number of JSON and stands as text."""
    try:
        return not_seen(document["completeness"], document["reconciliation"], document["consumption"])
    except TypeError:
        return None


def _sight(document: Row, words: Words) -> list[str]:
    """The sentences of `completeness.not_seen`, in its order."""
    complete = document["completeness"]
    numberless = [source["source"] for source in complete["sources"] if not source["numbered"]]
    counted = {
        "missing": sum(source["missing"] for source in complete["sources"]),
        "numberless": numberless,
        "refused": len(complete["refused_files"]),
        "rejected": document["reconciliation"]["rejected"],
        "unattributed": complete["unattributed"],
        "unknown": sum(app["records"]["unknown"] for app in document["consumption"]["apps"]),
    }
    said = [words.plain("sight.not_logged"), words.plain("sight.after_delivery")]
    for name, value in counted.items():
        if value:
            values = {"sources": value} if name == "numberless" else {"n": value}
            said.append(words.plain(f"sight.{name}", **values))
    return said


def _exceeded(clause: Row, words: Words) -> str:
    name = f"{clause['cites']} ({clause['version']})" if clause["cites"] else words.term("rule", clause["clause"])
    every, over = int(clause["readings"]), int(clause["readings_exceeded"])
    under = words.plain("readings.all", n=every) if every == over else words.plain("readings.some", k=over, n=every)
    return words.plain("why.exceeded", name=name, under=under, n=len(clause["findings"]))


def _named(clause: Row) -> str:
    return f"{clause['cites']} ({clause['version']})" if clause["cites"] else str(clause["says"]).rstrip(".")
