"""The rules that hold a finding to its clause: its words, what was measured, what follows, and a supposed cause."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.evidence.canonical import Json
from tallystick.evidence.document import Node, NotAsPromisedError, describe
from tallystick.evidence.report_shape import is_of_the_first_schema

GRAVEST_FIRST = ("exceeded", "not decided", "not checked")


def a_verdict_follows_from_the_measures(report: Node) -> None:
    """A clause has a measure of each reading and the gravest verdict of them, and counts those exceeded."""
    for clause in _each(report, "clauses"):
        measures = list(clause["measures"].each())
        said = {measure["verdict"].text() for measure in measures}
        _is(clause["verdict"], next((one for one in GRAVEST_FIRST if one in said), "kept"))
        readings = {measure["reading"].text() for measure in measures}
        over = {measure["reading"].text() for measure in measures if measure["verdict"].text() == "exceeded"}
        clause["readings"].equals(len(readings))
        clause["readings_exceeded"].equals(len(over))


def a_finding_shows_its_clause(report: Node) -> None:
    """A finding shows the words, the paragraph and the terms of its clause, and the digest of its version's file."""
    files = {_value(version, "version"): version["sha256"].value for version in _each(report, "agreements")}
    for clause, finding in _with_clauses(report):
        for name in ("cites", "says", "terms", "kind"):
            _is(finding[name], clause[name].value)
        _is(finding["agreement_sha256"], files.get(_value(finding, "version")))


def a_condition_is_what_was_measured(report: Node) -> None:
    """A finding's condition states the numbers of a measure of its clause, for its key and with its verdict."""
    for clause, finding, measure in _measured_findings(report):
        condition = finding["condition"]
        if measure is None:
            _is(condition, None)
            continue
        for name in ("limit", "max"):
            _is(condition[name], measure[name].value)
        _is(condition["used"], _measured(clause, measure))
        _is(condition["exactness"], _exactness(measure))
        windows = list(_windows_of(finding))
        if len(windows) != measure["windows_over"].amount():
            expected = f"{measure['windows_over'].amount():,} of reading {describe(condition['reading'].value)}"
            raise NotAsPromisedError(finding["windows"].path, expected=expected, found=f"{len(windows):,}")
        if windows:
            ends = ("start_at", "end_at", "clipped")
            if [condition[name].value for name in ends] not in [[one[name].value for name in ends] for one in windows]:
                raise NotAsPromisedError(condition.path, expected="a window of the finding", found="another interval")
        elif condition["start_at"].text() >= condition["end_at"].text():
            raise NotAsPromisedError(condition["end_at"].path, expected="an instant after start_at", found="none")


def an_effect_is_what_was_measured(report: Node) -> None:
    """A finding's effect states the requests of the measure that its condition is of."""
    for _, finding, measure in _measured_findings(report):
        for name in ("requests_over", "served_over"):
            _is(finding["effect"][name], None if measure is None else measure[name].value)


def a_cause_rests_on_facts_of_the_report(report: Node) -> None:
    """What is supposed as a cause is of a finding that is exceeded, and its numbers are those that were measured."""
    for finding in _each(report, "findings"):
        cause = finding["cause"]
        if cause.value is None:
            continue
        finding["verdict"].one_of("exceeded")
        facts: dict[str, Json] = {
            "served_over": finding["effect"]["served_over"].value,
            "windows": len([*_windows_of(finding)]),
        }
        if cause["what"].value == "retries_after_refusal":
            facts["requests"] = finding["condition"]["used"].value
        for name, value in facts.items():
            if isinstance(cause["values"].value, dict) and name in cause["values"].value:
                _is(cause["values"][name], value)


def an_answer_and_what_was_found_before_are_of_another_time(report: Node) -> None:
    """What was found earlier is of other periods and has other ids, each once, and something would refute a finding."""
    for finding in _each(report, "findings"):
        listed = [one["id"].text() for one in finding["earlier"].each()]
        if len(set(listed)) < len(listed) or finding["id"].value in listed:
            raise NotAsPromisedError(finding["earlier"].path, expected="other findings, each once", found="one twice")
        for one in finding["earlier"].each():
            if one["period"].value == report["period.text"].value:
                raise NotAsPromisedError(one["period"].path, expected="another period", found=one["period"].text())
        if not list(finding["refuted_by"].each()):
            raise NotAsPromisedError(finding["refuted_by"].path, expected="at least one", found="none")


RULES = (
    a_verdict_follows_from_the_measures,
    a_finding_shows_its_clause,
    a_condition_is_what_was_measured,
    an_effect_is_what_was_measured,
    a_cause_rests_on_facts_of_the_report,
    an_answer_and_what_was_found_before_are_of_another_time,
)


def _each(report: Node, part: str) -> Iterator[Node]:
    """The elements of a part of a document; none of a document of the first schema, which lacks what is held here."""
    return iter(()) if is_of_the_first_schema(report) else report[part].each()


def _with_clauses(report: Node) -> Iterator[tuple[Node, Node]]:
    """Each finding after the clause that it is about; one whose clause is missing is told by another rule."""
    clauses = {(_value(one, "version"), one["clause"].text()): one for one in _each(report, "clauses")}
    for finding in _each(report, "findings"):
        clause = clauses.get((_value(finding, "version"), finding["clause"].text()))
        if clause is not None:
            yield clause, finding


def _measured_findings(report: Node) -> Iterator[tuple[Node, Node, Node | None]]:
    """Each finding after its clause, with the measure that its condition is of, if there can be one."""
    by_clause: dict[str, dict[tuple[str | None, str], list[Node]]] = {}
    for clause, finding in _with_clauses(report):
        measures = by_clause.get(clause.path)
        if measures is None:
            measures = by_clause[clause.path] = {}
            for measure in clause["measures"].each():
                measures.setdefault((_value(measure, "key"), measure["verdict"].text()), []).append(measure)
        fitting = measures.get((_value(finding, "key"), finding["verdict"].text()), [])
        yield clause, finding, _stated(finding, fitting)


def _stated(finding: Node, fitting: list[Node]) -> Node | None:
    """The measure with the reading of a finding's condition; None where no measure has its key and verdict."""
    if not fitting:
        return None
    reading = finding["condition"]["reading"]
    found = next((one for one in fitting if one["reading"].value == reading.value), None)
    if found is None:
        raise NotAsPromisedError(reading.path, expected="a reading with this verdict", found=describe(reading.value))
    return found


def _measured(clause: Node, measure: Node) -> Json:
    """The largest amount in a window; of a bucket the requests beyond it; of a clause without windows the known sum."""
    if measure["peak"].value is not None:
        return measure["peak"].value
    if measure["windows_over"].amount():
        return measure["requests_over"].value
    return None if list(clause["limits"].each()) else measure["used"].value


def _exactness(measure: Node) -> str:
    if isinstance(measure.value, dict) and "money" in measure.value:
        return "at least" if measure["money"]["at_least"].value else "exact"
    if measure["verdict"].value != "exceeded":
        return "unknown amounts"
    return "at least" if measure["unknown"].amount() else "exact"


def _windows_of(finding: Node) -> Iterator[Node]:
    reading = finding["condition"]["reading"].value
    return (window for window in finding["windows"].each() if window["reading"].value == reading)


def _value(node: Node, name: str) -> str | None:
    return None if node[name].value is None else node[name].text()


def _is(node: Node, expected: Json) -> None:
    if node.value != expected or isinstance(node.value, bool) != isinstance(expected, bool):
        raise NotAsPromisedError(node.path, expected=describe(expected), found=describe(node.value))
