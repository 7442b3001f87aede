"""The rules that hold clauses, findings, verdicts and the conclusion of a report together."""

from __future__ import annotations

from collections import Counter

from tallystick.evidence.document import Node, NotAsPromisedError

VERDICTS = ("kept", "exceeded", "not decided", "not checked")
FINDING_VERDICTS = ("exceeded", "not decided")
NO_AGREEMENT = "agreement-in-force"
"""The standing rule that some version is in force; where it is broken there are no terms to be outside of."""


def every_clause_has_a_verdict(report: Node) -> None:
    """Every clause has one of the four verdicts, and is exceeded exactly if it is under at least one reading."""
    for clause in report["clauses"].each():
        _verdict_fits_readings(clause, VERDICTS)


def the_summary_counts_the_clauses(report: Node) -> None:
    """The summary counts the clauses, and those of each verdict."""
    verdicts = Counter(clause["verdict"].text() for clause in report["clauses"].each())
    report["summary.clauses"].equals(verdicts.total())
    for verdict in VERDICTS:
        report[f"summary.clauses_{verdict.replace(' ', '_')}"].equals(verdicts[verdict])


def a_clause_judges_requests_in_and_out_of_scope(report: Node) -> None:
    """Per clause: in_period = counted + out_of_scope."""
    for clause in report["clauses"].each():
        clause["in_period"].equals(clause["counted"].amount() + clause["out_of_scope"].amount())


def each_clause_belongs_to_a_version(report: Node) -> None:
    """Every clause belongs to a listed version of the agreement, or to none, once; the version counts its clauses."""
    versions = [version["version"].text() for version in report["agreements"].each()]
    clauses = Counter((clause["version"].value, clause["clause"].text()) for clause in report["clauses"].each())
    for clause in report["clauses"].each():
        if clause["version"].value is not None:
            clause["version"].one_of(*versions)
        if clauses[clause["version"].value, clause["clause"].text()] > 1:
            raise NotAsPromisedError(clause["clause"].path, expected="one such clause of this version", found="several")
    for version in report["agreements"].each():
        version["clauses"].equals(sum(1 for name, _ in clauses if name == version["version"].text()))


def versions_judge_no_more_than_all_requests(report: Node) -> None:
    """The versions of the agreement together judge no more requests than there are."""
    judged = sum(version["requests"].amount() for version in report["agreements"].each())
    if judged > report["summary.requests"].amount():
        expected = f"a sum of at most {report['summary.requests'].amount():,}"
        raise NotAsPromisedError("agreements[].requests", expected=expected, found=f"{judged:,}")


def the_summary_counts_the_findings(report: Node) -> None:
    """The summary counts the findings, and no two have the same id."""
    ids = _ids(report)
    report["summary.findings"].equals(len(ids))
    if len(set(ids)) < len(ids):
        raise NotAsPromisedError("findings[].id", expected=f"{len(ids):,} different ids", found=f"{len(set(ids)):,}")


def every_finding_fits_its_readings(report: Node) -> None:
    """Every finding is exceeded or not decided, and is exceeded exactly if it is under at least one reading."""
    for finding in report["findings"].each():
        _verdict_fits_readings(finding, FINDING_VERDICTS)


def every_finding_is_named_by_its_clause(report: Node) -> None:
    """Every finding is named once, by the clause and version that it is about, and no clause names any other."""
    findings = {finding["id"].text(): finding for finding in report["findings"].each()}
    named: set[str] = set()
    for clause in report["clauses"].each():
        for reference in clause["findings"].each():
            finding = findings.get(reference.text())
            if finding is None or reference.text() in named:
                found = "no such finding" if finding is None else "a second mention"
                raise NotAsPromisedError(reference.path, expected="a finding named once", found=found)
            named.add(reference.text())
            for field in ("version", "clause"):
                if finding[field].value != clause[field].value:
                    expected = f"the {field} of {clause.path}"
                    raise NotAsPromisedError(finding[field].path, expected=expected, found="another")
    for key, finding in findings.items():
        if key not in named:
            raise NotAsPromisedError(finding.path, expected="a clause that names it", found="none")


def an_exceeded_clause_has_a_finding(report: Node) -> None:
    """A clause that is exceeded names at least one finding that says so, and one that is kept names none that does."""
    exceeded = {f["id"].text() for f in report["findings"].each() if f["verdict"].text() == "exceeded"}
    for clause in report["clauses"].each():
        says_so = any(reference.text() in exceeded for reference in clause["findings"].each())
        if says_so != (clause["verdict"].text() == "exceeded"):
            expected = "exceeded" if says_so else "a finding for this verdict"
            raise NotAsPromisedError(clause["verdict"].path, expected=expected, found=clause["verdict"].text())


def the_conclusion_follows_from_the_verdicts(report: Node) -> None:
    """It is outside terms exactly if a clause is exceeded under all readings, and within terms only if none is open."""
    clauses = list(report["clauses"].each())
    under_all_readings = any(
        clause["verdict"].text() == "exceeded"
        and clause["readings_exceeded"].amount() == clause["readings"].amount()
        and clause["clause"].text() != NO_AGREEMENT
        for clause in clauses
    )
    is_open = any(clause["verdict"].text() in ("exceeded", "not decided") for clause in clauses)
    conclusion = report["conclusion"].text()
    if under_all_readings != (conclusion == "outside terms"):
        expected = "outside terms" if under_all_readings else "another, as no clause is exceeded under all readings"
        raise NotAsPromisedError("conclusion", expected=expected, found=conclusion)
    if is_open and conclusion == "within terms":
        raise NotAsPromisedError("conclusion", expected="another, as a clause is exceeded or open", found=conclusion)


RULES = (
    every_clause_has_a_verdict,
    the_summary_counts_the_clauses,
    a_clause_judges_requests_in_and_out_of_scope,
    each_clause_belongs_to_a_version,
    versions_judge_no_more_than_all_requests,
    the_summary_counts_the_findings,
    every_finding_fits_its_readings,
    every_finding_is_named_by_its_clause,
    an_exceeded_clause_has_a_finding,
    the_conclusion_follows_from_the_verdicts,
)


def _verdict_fits_readings(node: Node, allowed: tuple[str, ...]) -> None:
    verdict = node["verdict"].one_of(*allowed)
    node["readings_exceeded"].at_most(node["readings"].amount())
    if (node["readings_exceeded"].amount() > 0) != (verdict == "exceeded"):
        expected = (
            "exceeded" if node["readings_exceeded"].amount() else "exceeded under no reading to be another verdict"
        )
        raise NotAsPromisedError(node["verdict"].path, expected=expected, found=verdict)


def _ids(report: Node) -> list[str]:
    return [finding["id"].text() for finding in report["findings"].each()]
