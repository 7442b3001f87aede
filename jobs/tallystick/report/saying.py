"""What a document says in English, said in the reader's language where the document has the structure for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.report.translation import translated
from tallystick.report.visible import WORDS_LENGTH, visible
from tallystick.report.words import Words
from tallystick.tables.rejected_entry import REASONS

DOCUMENT_LANGUAGE = "en"
"""The language of the sentences that stand in report.json."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence, and its language where that is not the rendering's own."""

    text: str
    language: str | None = None

    def brief(self, most: int) -> Said:
        """The same, cut after so many characters."""
        return Said(text=visible(self.text, most), language=self.language)


def as_stated(text: str, words: Words, most: int = WORDS_LENGTH) -> Said:
    """A sentence of the document, in the rendering's language if its form is known; else marked as English."""
    if words.language == DOCUMENT_LANGUAGE:
        return Said(text=visible(text, most))
    said = translated(text, words)
    if said is None:
        return Said(text=visible(text, most), language=DOCUMENT_LANGUAGE)
    return Said(text=visible(said, most))


def finding_said(finding: Mapping[str, Any], words: Words, most: int = WORDS_LENGTH) -> Said:
    """The sentence of a finding: from its numbers in a language of its own, else as the document has it."""
    condition = finding.get("condition")
    if words.language == DOCUMENT_LANGUAGE or not condition:
        return as_stated(finding["sentence"], words, most)
    said = _measured(finding, condition, words)
    return as_stated(finding["sentence"], words, most) if said is None else Said(text=visible(said, most))


def _measured(finding: Mapping[str, Any], condition: Mapping[str, Any], words: Words) -> str | None:
    """`key : mesuré 120 …`; None where the condition does not say what was measured against what."""
    used, limit = condition.get("used"), condition.get("limit")
    if used is None or limit is None or not condition.get("unit") or not finding["cites"]:
        return None
    within = interval_said(condition, words)
    return words.plain(
        "sentence.exceeded" if finding["verdict"] == "exceeded" else "sentence.not_decided",
        key=finding["key"] or words.plain("sentence.licensee"),
        used=_number(used, words),
        unit=words.term("unit", condition["unit"]),
        limit=_number(limit, words),
        within=f" {within}" if within else "",
        cites=finding["cites"],
    )


def interval_said(limit: Mapping[str, Any], words: Words) -> str:
    """`in any 15 minutes`: the window of a limit in words, nothing where it has none."""
    window, within = limit.get("window"), limit.get("within")
    if not window or not within:
        return ""
    kind = "clock" if window == "calendar" and within.startswith("PT") else window
    if not words.has(f"window.{kind}"):
        return str(window)
    return words.plain(f"window.{kind}", within=words.duration(within))


def _number(value: object, words: Words) -> str:
    text = str(value)
    return words.number(text) if text.removeprefix("-").isdigit() else words.amount(text)


def condition_said(condition: Mapping[str, Any], words: Words) -> list[Said]:
    """What was measured against what, whose, in which interval and how exactly; then of tolerance and cut, if any."""
    within = interval_said(condition, words)
    known = {
        name: "–" if condition[name] is None else _number(condition[name], words) for name in ("used", "limit", "max")
    }
    said = words.plain(
        "condition.said",
        reading=words.term("reading", condition["reading"]),
        used=known["used"],
        unit=words.term("unit", condition["unit"]),
        limit=known["limit"],
        per=words.term("per", condition["per"]) if condition["per"] else "",
        within=f" {within}" if within else "",
        start=words.instant(condition["start_at"]),
        end=words.instant(condition["end_at"]),
        exactness=words.term("exactness", condition["exactness"]),
    )
    is_tolerated = condition["max"] not in (None, condition["limit"])
    more = [words.plain("condition.tolerance", max=known["max"])] if is_tolerated else []
    more += [words.plain("condition.clipped")] if condition["clipped"] else []
    return [Said(text=text) for text in (said, *more)]


def effect_said(effect: Mapping[str, Any], words: Words) -> list[Said]:
    """How many requests are over, how many of those were answered, what is open in money: as far as there is any."""
    over, served = effect["requests_over"], effect["served_over"]
    said = [words.plain("effect.requests_over", n=over)] if int(over or 0) else []
    if served is not None and (said or int(served)):
        said.append(words.plain("effect.served_over" if said else "effect.answered", n=served))
    if effect["money"]:
        money = effect["money"]
        amounts = {name: words.amount(money[name]) for name in ("low", "high")}
        said.append(words.plain("effect.money", currency=money["currency"], **amounts))
    return [Said(text=text) for text in said]


# ── what is asked, supposed, refuted and rejected ────────────────────────────────────────────────────────────────────


def ask_what(ask: Mapping[str, Any], words: Words) -> str:
    """What is asked, with its numbers and names; a word that the catalogue lacks stays as it is."""
    values = {name: _value(name, value, words) for name, value in dict(ask["values"]).items()}
    return _filled(f"ask.{ask['what']}", values, words) or visible(str(ask["what"]))


def ask_due(ask: Mapping[str, Any], words: Words, most: int = WORDS_LENGTH) -> str:
    """By when, with the agreement's paragraph about that; or that no date is set."""
    if ask["within_days"] is None:
        return words.plain("asks.no_date")
    cites = words.plain("ask_when.cites", cites=visible(ask["cites"], most)) if ask["cites"] else ""
    return words.plain("asks.due", n=ask["within_days"]) + cites


def ask_said(ask: Mapping[str, Any], words: Words, most: int = WORDS_LENGTH) -> Said:
    """What is asked of whom by when: `Licensee: answer … within 30 days (§ 9)`."""
    asked = ask_what(ask, words)
    when = words.plain("ask_when.days", n=ask["within_days"]) if ask["within_days"] is not None else ""
    cites = words.plain("ask_when.cites", cites=ask["cites"]) if ask["cites"] else ""
    of = words.term("ask_of", ask["of"])
    return Said(text=visible(words.plain("asks.line", of=of, ask=asked, when=when, cites=cites), most))


def cause_said(cause: Mapping[str, Any], words: Words) -> Said:
    """A possible cause, labelled as a hypothesis."""
    values = {name: _value(name, value, words) for name, value in dict(cause["values"]).items()}
    supposed = _filled(f"cause.{cause['what']}", values, words) or visible(str(cause["what"]))
    return Said(text=words.plain("cause.hypothesis", cause=supposed))


def refutation_said(key: str, words: Words) -> Said:
    """What would show a finding to be wrong; a key that the catalogue lacks stays as it is."""
    return Said(text=words.term("refuted_by", key))


def reason_said(reason: str, words: Words) -> Said:
    """Why an entry was rejected, in the catalogue's words or in the English ones of the program."""
    if words.has(f"reason.{reason}"):
        return Said(text=words.plain(f"reason.{reason}"))
    return as_stated(REASONS.get(reason, reason), words)


def _filled(key: str, values: Mapping[str, object], words: Words) -> str | None:
    """The sentence of a key with what it asks for, or None where the catalogue lacks it or a value is missing."""
    try:
        return words.plain(key, **values)
    except KeyError:
        return None


def _value(name: str, value: object, words: Words) -> str:
    if name in ("low", "high"):
        return words.amount(str(value))
    return words.instant(str(value)) if name.endswith("_at") else words.show(value)
