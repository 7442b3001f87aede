"""SLA4OAI documents into a draft agreement: quotas and rates by path, method and metric, of one plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tallystick.agreements.route import METHODS
from tallystick.commands.import_draft import BY, OPEN, UNITS, Draft, Drafted, refused, text_of, whole, window_of

NAME = "SLA4OAI"
PERIODS = {
    "secondly": "second",
    "minutely": "minute",
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
}
"""How versions before 0.10 write a period, by its unit."""
SCOPES = {"account": "app", "user": "user", "tenant": "licensee", "organization": "licensee"}
"""Whose budget a limit is, for the scopes that the specification's samples name."""
STEP = "see Specification.md of isa-group/SLA4OAI-ResearchSpecification"
LIMITS = ("quotas", "rates")
NOT_READ = ("guarantees", "availability", "pricing")
"""What else a plan may state; no limit, so it is named and not read."""


def is_sla4oai(value: Any) -> bool:
    """Whether a file is a mapping with a context and limits or plans."""
    return isinstance(value, dict) and "context" in value and bool({"plans", *LIMITS, "metrics"} & set(value))


def draft_sla4oai(file: Path, value: dict[str, Any], plan: str | None) -> Draft:
    """The draft: a clause for each limit of the document, or of one of its plans over what holds for all plans.

    Raises BadConfigurationError for what the specification does not allow, or several plans of which none is named.
    """
    context = _mapping(file, "context", value.get("context"))
    plans = _mapping(file, "plans", value.get("plans"))
    if plan is None and len(plans) > 1:
        raise refused(file, "plans", f"there are {len(plans)} plans", f"name one with --plan: {_names(plans)}")
    if plan is not None and plan not in plans:
        known = f"the file has these: {_names(plans)}" if plans else "the file has none: leave --plan out"
        raise refused(file, "plans", f"there is no plan {plan!r}", known)
    name = plan or next(iter(plans), None)
    chosen = {} if name is None else _mapping(file, f"plans.{name}", plans[name])
    clauses = [
        clause
        for kind in LIMITS
        for clause in _limits(file, kind, _merged(file, kind, value, chosen, name), f"plan {name}" if name else "")
    ]
    if not clauses:
        raise refused(file, "", "there is no quota and no rate to read", STEP)
    validity = _mapping(file, "context.validity", context.get("validity"))
    other = sorted({key for key in (*value, *chosen) if key in NOT_READ})
    return Draft(
        title=f"{text_of(context.get('id', 'Agreement'))}{f', plan {text_of(name)}' if name else ''}",
        read_from=NAME,
        licensee=_text(context.get("consumer")),
        in_force_from=_text(validity.get("effectiveDate")),
        in_force_until=_text(validity.get("expirationDate")),
        clauses=tuple(clauses),
        comments=(f"It states {', '.join(other)} too, which are no limits and are not read.",) if other else (),
    )


def _merged(
    file: Path, kind: str, whole_file: Mapping[str, Any], plan: Mapping[str, Any], name: str | None
) -> dict[tuple[str, str, str], tuple[str, Any]]:
    """The limits by path, method and metric: what a plan says in place of what the document says for all plans."""
    found: dict[tuple[str, str, str], tuple[str, Any]] = {}
    for at, part in ((kind, whole_file), (f"plans.{name}.{kind}", plan)):
        for path, operations in _mapping(file, at, part.get(kind)).items():
            for method, metrics in _mapping(file, f"{at}.{path}", operations).items():
                for metric, limits in _mapping(file, f"{at}.{path}.{method}", metrics).items():
                    found[str(path), str(method), str(metric)] = (f"{at}.{path}.{method}.{metric}", limits)
    return found


def _limits(
    file: Path, kind: str, merged: Mapping[tuple[str, str, str], tuple[str, Any]], whose: str
) -> Iterator[Drafted]:
    for (path, method, metric), (at, limits) in merged.items():
        if not isinstance(limits, list) or not limits:
            raise refused(file, at, "a list of limits is needed: - max: 10", STEP)
        for place, limit in enumerate(limits):
            said = _mapping(file, f"{at}[{place}]", limit)
            yield _clause(file, f"{at}[{place}]", said, (path, method, metric), kind.removesuffix("s"), whose)


def _clause(file: Path, at: str, limit: Mapping[str, Any], of: tuple[str, str, str], kind: str, whose: str) -> Drafted:
    path, method, metric = of
    unit, amount = _period(file, f"{at}.period", limit.get("period"))
    length = "" if unit is None else f" {BY.get(unit, f'a {unit}')}" if amount == 1 else f" in {amount} {unit}s"
    most = text_of("custom" if limit.get("custom") is True else limit.get("max", "custom"))
    where = "the whole API" if _is_any(path) and _is_any(method) else text_of(f"{method.upper()} {path}")
    words = f"{kind}: at most {most} {text_of(metric)}{length} for {where}"
    name, cites = f"{kind} {method} {path} {metric}", ", ".join(filter(None, (whose, at.rpartition("[")[0])))
    why = _unreadable(limit, metric, unit)
    number = whole(limit.get("max"))
    window = None if unit is None else window_of(unit, amount)
    if why is None and number is None:
        raise refused(file, f"{at}.max", f"{text_of(limit.get('max'))} is no whole number", "write it in digits alone")
    if why is None and window is None:
        why = f"no window is {amount} {unit}s long"
    if why is not None or window is None:
        return Drafted(
            name=name, cites=text_of(cites), says=words, keys={"kind": "text"}, comments=(f"Not a limit here: {why}.",)
        )
    scope = _text(limit.get("scope"))
    per = SCOPES.get(scope or "", "licensee")
    keys = {
        "kind": "limit",
        "of": "requests",
        "per": per,
        "max": number,
        **window[0],
        **_counts(file, at, path, method),
    }
    comments = [
        f"Not said: {OPEN['window']}." if window[1] is None else f"Not said: the kind of window; {window[1]}.",
        f"Said: the scope {text_of(scope)}, which is taken for per: {per}."
        if scope
        else f"Not said: {OPEN['per']}; the licensee is assumed.",
        f"Not said: {OPEN['status']}.",
    ]
    if "cost" in limit:
        comments.append(
            "Said: a price for what goes beyond it (`cost`); so it may limit what is free, and nothing else."
        )
    return Drafted(name=name, cites=text_of(cites), says=words, keys=keys, comments=tuple(comments))


def _unreadable(limit: Mapping[str, Any], metric: str, unit: str | None) -> str | None:
    """Why a limit cannot be one here."""
    if limit.get("custom") is True or limit.get("max") in ("custom", None):
        return "the number is to be agreed; write it, and the kind limit"
    if limit.get("max") == "unlimited":
        return "it is unlimited"
    if metric.lower() not in ("requests", "request"):
        return f"a log of requests does not say {text_of(metric)}; if it is records or bytes, write the kind limit"
    if unit is None:
        return "it has no period, so it is for good"
    if unit not in UNITS:
        return f"the period is a {unit}, and there is no such window"
    return None


def _counts(file: Path, at: str, path: str, method: str) -> dict[str, Any]:
    if not _is_any(method) and method.upper() not in METHODS:
        raise refused(file, at, f"{method!r} is no HTTP method", "write one such as get, or all")
    if not _is_any(path) and not path.startswith(("/", "*")):
        raise refused(file, at, f"the path {path!r} does not begin with /", STEP)
    if path.split() != [path]:
        raise refused(file, at, f"the path {path!r} holds white space", "write * in its place")
    if _is_any(path):
        return {} if _is_any(method) else {"counts": {"methods": [method.upper()]}}
    return {"counts": {"routes": [f"{'*' if _is_any(method) else method.upper()} {path}"]}}


def _is_any(text: str) -> bool:
    return text.lower() in ("*", "/*", "all", "global")


def _period(file: Path, at: str, period: Any) -> tuple[str | None, int]:
    """Unit and amount of a period, as version 0.10 writes it or as those before did; no unit without a period."""
    if period is None:
        return None, 1
    if isinstance(period, str) and period in PERIODS:
        return PERIODS[period], 1
    if isinstance(period, dict) and isinstance(period.get("unit"), str):
        amount = whole(period.get("amount"))
        if not amount:
            raise refused(file, f"{at}.amount", f"{text_of(period.get('amount'))} is no whole number above 0", STEP)
        return text_of(period["unit"]).removesuffix("s"), amount
    raise refused(
        file,
        at,
        f"{text_of(period)} is no period",
        f"write {{amount: 1, unit: minute}}, or one of {', '.join(PERIODS)}",
    )


def _mapping(file: Path, at: str, value: Any) -> dict[str, Any]:
    """A mapping, or nothing where the key is absent."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refused(file, at, "keys are needed, each with its value", STEP)
    return value


def _text(value: Any) -> str | None:
    return None if value is None else text_of(value)


def _names(plans: Mapping[str, Any]) -> str:
    return ", ".join(text_of(name) for name in plans)
