"""Page one on paper: the conclusion, four tiles, the foremost findings, and what is asked of whom by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.page import (
    FIRST_PAGE_ASKS,
    FIRST_PAGE_CHARACTERS,
    FIRST_PAGE_CURRENCIES,
    FIRST_PAGE_NAME,
    FIRST_PAGE_REASONS,
    FIRST_PAGE_VERSION,
    FIRST_PAGE_VERSIONS,
    Page,
)
from tallystick.report.paper.parts import MARKS, Block, readings, text
from tallystick.report.said_lists import reasons_said
from tallystick.report.saying import ask_said, finding_said
from tallystick.report.visible import visible
from tallystick.report.words import Words

ASK_CHARACTERS = 260


def first_page(document: Mapping[str, Any], page: Page, words: Words) -> Block:
    """Everything that stands on page one, cut so that it is one side of A4 whatever the document holds."""
    period, conclusion = document["period"], document["conclusion"]
    span = f"{words.instant(period['start'])} {words.plain('word.to')} {words.instant(period['end'])} UTC"
    if period["time_zone"] not in ("UTC", "Etc/UTC"):
        span += f", {words.plain('summary.zone', zone=period['time_zone'])}"
    return {
        "kicker": words.plain("summary.kicker"),
        "by": words.plain("summary.by", provider=_name(document["provider"]["name"])),
        "licensee": _name(document["licensee"]["name"]),
        "period": words.plain("summary.period", text=period["text"]),
        "span": span,
        "mark": MARKS.get(conclusion, "not-checked"),
        "conclusion": words.term("conclusion", conclusion),
        "reasons": _reasons(document, words),
        "tiles": [
            *_amount_tiles(document["summary"], words),
            _clause_tile(document, words),
            _exposure_tile(document, page, words),
        ],
        "parts": [
            _foremost(document, page, words),
            _asks(document, words),
            _versions(page, words),
            _seen(document, page, words),
        ],
        "fine": words.plain("summary.fine"),
    }


def _name(name: str) -> str:
    return visible(name, FIRST_PAGE_NAME)


def _reasons(document: Mapping[str, Any], words: Words) -> list[Block]:
    reasons = reasons_said(document, words)
    shown = [text(reason.brief(FIRST_PAGE_CHARACTERS)) for reason in reasons[:FIRST_PAGE_REASONS]]
    more = len(reasons) - len(shown)
    return [*shown, *([text(words.plain("summary.more_reasons", n=more))] if more > 0 else [])]


def _tile(name: str, value: str, *notes: str) -> Block:
    return {"name": name, "value": value, "notes": list(notes)}


def _amount_tiles(summary: Mapping[str, Any], words: Words) -> list[Block]:
    records, sent = summary["records"], summary["response_bytes"]
    return [
        _tile(
            words.plain("summary.requests"),
            words.number(summary["requests"]),
            f"{words.plain('summary.apps', n=summary['apps'])}, "
            f"{words.plain('summary.credentials', n=summary['credentials'])}",
            words.plain("summary.refused", n=summary["throttled"], errors=summary["errors"]),
        ),
        _tile(
            words.plain("summary.records"),
            words.number(records["sum"]),
            words.plain("summary.known", k=records["known"], n=int(records["known"]) + int(records["unknown"])),
            words.plain("summary.bytes", n=sent["sum"], k=sent["known"]),
        ),
    ]


def _clause_tile(document: Mapping[str, Any], words: Words) -> Block:
    summary = document["summary"]
    others = [
        words.plain(f"summary.{verdict}", n=summary[f"clauses_{verdict}"])
        for verdict in ("kept", "not_decided", "not_checked")
    ]
    of = words.plain("summary.of", n=summary["clauses"])
    return _tile(
        words.plain("summary.exceeded"), f"{words.number(summary['clauses_exceeded'])} {of}", " · ".join(others)
    )


def _exposure_tile(document: Mapping[str, Any], page: Page, words: Words) -> Block:
    """Money at stake as a range for each currency, or that no clause asks for any; and the findings by severity."""
    severities = ", ".join(f"{words.number(count)} {words.term('severity', name)}" for name, count in page.severities)
    findings = words.plain("summary.findings_in_all", n=document["summary"]["findings"])
    findings += f": {severities}" if severities else ""
    exposures = document.get("exposures", ())
    if not exposures:
        means = f"{words.plain('exposure.none_means')}."
        return _tile(words.plain("exposure.title"), words.plain("exposure.none"), means, findings)
    ranges = [
        f"{words.amount(each['low'])} {each['currency']}"
        if each["low"] == each["high"]
        else f"{words.amount(each['low'])} – {words.amount(each['high'])} {each['currency']}"
        for each in exposures[:FIRST_PAGE_CURRENCIES]
    ]
    more = len(exposures) - len(ranges)
    notes = [words.plain("exposure.more", n=more)] if more > 0 else []
    at_least = any(one["at_least"] for each in exposures for one in each["of"])
    notes += [words.plain("exposure.at_least")] if at_least else []
    return _tile(words.plain("exposure.title"), "; ".join(ranges), words.plain("exposure.means"), *notes, findings)


def _foremost(document: Mapping[str, Any], page: Page, words: Words) -> Block:
    items = []
    for block in page.foremost:
        finding = block.finding
        meta = [words.term("severity", finding["severity"]), words.term("verdict", finding["verdict"])]
        if int(finding["readings"]):
            meta.append(readings(finding["readings_exceeded"], finding["readings"], words))
        if finding["cites"]:
            meta.append(visible(finding["cites"], FIRST_PAGE_NAME))
        said = text(finding_said(finding, words, FIRST_PAGE_CHARACTERS))
        items.append({**said, "small": [{"t": " · ".join(meta)}]})
    more = len(page.findings) - len(items)
    notes = [words.plain("summary.more_findings", n=more)] if more > 0 else []
    if not items:
        key = "findings.nothing" if int(document["summary"]["clauses"]) else "findings.no_clauses"
        notes = [words.plain(key)]
    return {"title": words.plain("summary.first", n=len(items)), "items": items, "notes": notes}


def _asks(document: Mapping[str, Any], words: Words) -> Block:
    asks = document.get("asks", [])
    items = [text(ask_said(ask, words, ASK_CHARACTERS)) for ask in asks[:FIRST_PAGE_ASKS]]
    more = len(asks) - len(items)
    notes = [words.plain("asks.more", n=more)] if more > 0 else []
    return {
        "title": words.plain("asks.title"),
        "items": items,
        "notes": notes or ([] if items else [words.plain("asks.nothing")]),
    }


def _versions(page: Page, words: Words) -> Block:
    notes = [_version(version, until, words) for version, until in page.versions[:FIRST_PAGE_VERSIONS]]
    more = len(page.versions) - len(notes)
    notes += [words.plain("versions.more", n=more)] if more > 0 else []
    return {"title": words.plain("summary.versions"), "items": [], "notes": notes or [words.plain("versions.nothing")]}


def _version(version: Mapping[str, Any], until: str | None, words: Words) -> str:
    named = words.plain("finding.version", version=visible(version["version"], FIRST_PAGE_VERSION))
    end = words.day(until) if until else words.plain("versions.open")
    judges = words.plain("versions.judges", n=version["requests"])
    return f"{named}: {words.day(version['in_force_from'])} {words.plain('word.to')} {end}, {judges}"


def _seen(document: Mapping[str, Any], page: Page, words: Words) -> Block:
    return {"title": words.plain("seen.title"), "items": [], "notes": [" ".join(log_seen_said(document, page, words))]}


def log_seen_said(document: Mapping[str, Any], page: Page, words: Words) -> list[str]:
    """How much of the log was there, in sentences."""
    seen = page.seen
    if seen.entries == 0:
        said = [words.plain("seen.nothing")]
    elif seen.missing:
        share = words.percent(seen.entries, seen.entries + seen.missing, 2)
        said = [words.plain("seen.share", share=share, n=seen.gaps, missing=seen.missing, entries=seen.entries)]
    else:
        said = [words.plain("seen.whole", n=seen.entries)]
    if seen.numbered is not None and seen.numbered < seen.sources:
        said.append(words.plain("seen.numbered", k=seen.numbered, n=seen.sources))
    refused = (
        words.plain("seen.refused", n=seen.refused_files) if seen.refused_files else words.plain("seen.none_refused")
    )
    said.append(refused)
    if seen.sources and seen.days_without_entries:
        said.append(words.plain("seen.days", n=seen.days_without_entries, days=seen.days))
    elif seen.sources:
        said.append(words.plain("seen.every_day", n=seen.sources))
    checks = document["checks"]
    return [*said, words.plain("seen.checks", k=checks["met"], n=checks["expectations"])]
