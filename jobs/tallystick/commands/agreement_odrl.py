"""One version of an agreement as an ODRL 2.2 Agreement in JSON-LD; what ODRL has no word for is our profile's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tallystick.agreements.limit import Limit, Scope
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.clauses.kinds import KINDS
from tallystick.period import to_text
from tallystick.settings import FILE_NAME, Settings
from tallystick.tally.summary import readings_of

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
"""The context of ODRL 2.2, by name: nothing fetches it."""
PROFILE = "urn:tallystick:odrl:"
API = "urn:tallystick:api"
"""What is licensed: the provider's API."""
PREFIXES = {
    "tallystick": PROFILE,
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
LEFT = {"requests": "count", "records": "tallystick:records", "response_bytes": "tallystick:responseBytes"}
"""What is added up, as a left operand; odrl:count is how often the action of a rule is executed."""

Json = dict[str, Any]


def provider_of(project: Path) -> str:
    """Who licenses the API, as the project's settings say; what they say by default without a project."""
    if (project / FILE_NAME).is_file():
        return Settings.load(project).provider
    return str(Settings.model_fields["provider"].default)


def as_odrl(binding: Binding, provider: str) -> Json:
    """The policy: the API may be used while the version is in force, but not as its clauses forbid.

    Each clause is a rule named for it. A clause that limits is a prohibition of use past the limit; one that asks for
    something is an obligation. Prohibitions prevail.
    """
    version = binding.version
    uid = _urn("agreement", version.licensee, version.version)
    rules: dict[str, list[Json]] = {"permission": [_in_force(binding, uid)], "prohibition": [], "obligation": []}
    for clause in version.clauses:
        for place, (kind, rule) in enumerate(RULES[clause.kind](clause)):
            rules[kind].append(_named(clause, uid, "" if place == 0 else f"-{place + 1}") | rule)
    return {
        "@context": [CONTEXT, PREFIXES],
        "@type": "Agreement",
        "uid": uid,
        "profile": f"{PROFILE}profile",
        "conflict": "prohibit",
        "dct:title": version.title,
        "dct:identifier": f"sha256:{binding.sha256}",
        "assigner": {"@type": "Party", "uid": _urn("provider", provider), "dct:title": provider},
        "assignee": {"@type": "Party", "uid": _urn("licensee", version.licensee)},
        **{kind: some for kind, some in rules.items() if some},
    }


def _in_force(binding: Binding, uid: str) -> Json:
    begins = [_constraint("dateTime", "gteq", _instant(binding.from_us))]
    ends = [] if binding.until_us is None else [_constraint("dateTime", "lt", _instant(binding.until_us))]
    return {"uid": f"{uid}#in-force", "target": API, "action": "use", "constraint": [*begins, *ends]}


def _named(clause: AnyClause, uid: str, suffix: str) -> Json:
    return {
        "uid": f"{uid}#{clause.id}{suffix}",
        "target": API,
        "dct:source": clause.cites,
        "dct:description": clause.says,
        "tallystick:kind": clause.kind,
        "tallystick:severity": clause.severity,
        "tallystick:terms": KINDS[clause.kind].terms(clause),
    }


# ── a rule for each kind of clause ────────────────────────────────────────────────────────────────────────────────────

Rules = list[tuple[str, Json]]


def _limit(clause: Any) -> Rules:
    (_, as_written), *others = readings_of(clause)
    environments = getattr(clause, "environments", None)
    whose = [] if environments is None else [_any_of("tallystick:environment", environments)]
    rule: Json = {"action": "use", "constraint": [*_past(as_written), *whose]}
    said = {one.id: one.says for one in getattr(clause, "readings", ())}
    if others:
        rule["tallystick:reading"] = [
            {"dct:identifier": name, "dct:description": said[name], "constraint": _past(limit)}
            for name, limit in others
        ]
    return [("prohibition", rule)]


def _past(limit: Limit) -> list[Json]:
    """All that is true together where a limit is passed."""
    tolerance = {} if limit.limit == limit.max else {"tallystick:tolerance": _integer(limit.limit - limit.max)}
    return [
        _constraint(LEFT[limit.of], "gt", _integer(limit.limit)) | tolerance,
        _constraint("tallystick:per", "eq", _term(limit.per)),
        _constraint("tallystick:window", "eq", _term(limit.window)),
        _constraint("tallystick:windowLength", "eq", _duration(limit.length.text)),
        *_scope(limit.scope),
    ]


def _scope(scope: Scope) -> list[Json]:
    named = (
        ("tallystick:route", "isAnyOf", scope.routes),
        ("tallystick:method", "isAnyOf", scope.methods),
        ("tallystick:status", "isAnyOf", scope.statuses),
        ("tallystick:status", "isNoneOf", scope.without or None),
    )
    return [_constraint(left, operator, list(values)) for left, operator, values in named if values is not None]


def _routes(clause: Any) -> Rules:
    outside = [
        _constraint(left, "isNoneOf", list(values))
        for left, values in (("tallystick:route", clause.allowed), ("tallystick:method", clause.methods))
        if values is not None
    ]
    if clause.history is not None:
        outside.append(_constraint("tallystick:historyDepth", "gt", _duration(clause.history)))
    return [("prohibition", {"action": "use", "constraint": _or(outside)})]


def _term_rule(clause: Any) -> Rules:
    state = "revokedCredential" if clause.per == "credential" else "appOffTheRegister"
    return [("prohibition", {"action": "use", "constraint": [_constraint("tallystick:caller", "isA", _term(state))]})]


def _use_case(clause: Any) -> Rules:
    outside = [_constraint("purpose", "isNoneOf", [_term("approvedUseCase")])]
    if clause.max_apps_per_use_case is not None:
        outside.append(_constraint("tallystick:appsPerUseCase", "gt", _integer(clause.max_apps_per_use_case)))
    return [("prohibition", {"action": "use", "constraint": _or(outside)})]


def _identification(clause: Any) -> Rules:
    patterns = [_constraint("tallystick:userAgent", "isNoneOf", list(clause.user_agent))]
    return [("prohibition", {"action": "use", "constraint": patterns})]


def _backoff(clause: Any) -> Rules:
    inside = [
        _constraint("tallystick:sinceRefusal", "lt", _duration(clause.within)),
        _constraint("count", "gt", _integer(clause.max)),
        _constraint("tallystick:per", "eq", _term(clause.per)),
    ]
    return [("prohibition", {"action": "use", "constraint": inside})]


def _concurrency(clause: Any) -> Rules:
    at_once = [
        _constraint("tallystick:inFlight", "gt", _integer(clause.max)),
        _constraint("tallystick:per", "eq", _term(clause.per)),
        *_scope(clause.scope),
    ]
    return [("prohibition", {"action": "use", "constraint": at_once})]


def _fee(clause: Any) -> Rules:
    price = clause.model_dump(mode="json", exclude_none=True, include=TARIFF)
    owed = {
        "leftOperand": "payAmount",
        "operator": "gteq",
        "rightOperandReference": f"{PROFILE}owed",
        "unit": f"urn:iso:std:iso:4217:{clause.currency}",
    }
    tariff = {f"tallystick:{_camel(name)}": _tariff(value) for name, value in price.items()}
    compensate = {"rdf:value": {"@id": "http://www.w3.org/ns/odrl/2/compensate"}, "refinement": [owed]}
    of = {"tallystick:of": _term(clause.of), "tallystick:counts": _scope(Scope.of(clause.counts))}
    return [("obligation", {"action": [compensate], "tallystick:tariff": of | tariff})]


TARIFF = {"price", "tiers", "tiering", "per_units", "free", "base", "minimum", "cost_share", "interest"}


def _declared(clause: Any) -> Rules:
    about = [
        _constraint(left, "isAnyOf", list(values))
        for left, values in (
            ("tallystick:app", [clause.app] if clause.app else None),
            ("tallystick:credential", [clause.credential] if clause.credential else None),
            ("tallystick:route", clause.routes),
        )
        if values is not None
    ]
    if clause.users is not None:
        window = (
            [] if clause.within is None else [_constraint("tallystick:windowLength", "eq", _duration(clause.within))]
        )
        most = [_constraint("tallystick:users", "gt", _integer(clause.users)), *window, *about]
        return [("prohibition", {"action": "use", "constraint": most})]
    since = [_constraint("dateTime", "gteq", {"@value": clause.ended, "@type": _date_type(clause.ended)}), *about]
    rules: Rules = [("prohibition", {"action": "use", "constraint": since})]
    if clause.deleted is not None:
        by = _constraint("dateTime", "lteq", {"@value": clause.deleted, "@type": _date_type(clause.deleted)})
        rules.append(("obligation", {"action": "delete", "constraint": [by]}))
    return rules


def _text(clause: Any) -> Rules:
    return [("obligation", {"action": "tallystick:observe"})]


RULES: Mapping[str, Callable[[Any], Rules]] = {
    "limit": _limit,
    "environment": _limit,
    "routes": _routes,
    "term": _term_rule,
    "use_case": _use_case,
    "identification": _identification,
    "backoff": _backoff,
    "concurrency": _concurrency,
    "fee": _fee,
    "declared": _declared,
    "text": _text,
}
"""For each kind of clause, the rules that it is."""

# ── the words of ODRL ─────────────────────────────────────────────────────────────────────────────────────────────────


def _constraint(left: str, operator: str, right: Any) -> Json:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _any_of(left: str, values: Any) -> Json:
    return _constraint(left, "isAnyOf", list(values))


def _or(constraints: list[Json]) -> list[Json]:
    """One constraint that holds where any of some does."""
    return constraints if len(constraints) == 1 else [{"or": {"@list": constraints}}]


def _term(name: str) -> Json:
    return {"@id": f"tallystick:{name}"}


def _integer(number: int) -> Json:
    return {"@value": str(number), "@type": "xsd:integer"}


def _duration(text: str) -> Json:
    return {"@value": text, "@type": "xsd:duration"}


def _instant(us: int) -> Json:
    return {"@value": to_text(us), "@type": "xsd:dateTime"}


def _date_type(text: str) -> str:
    return "xsd:dateTime" if "T" in text else "xsd:date"


def _tariff(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {f"tallystick:{_camel(name)}": _tariff(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return {"@list": [_tariff(one) for one in value]}
    return value if isinstance(value, bool | str) else _integer(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _urn(*parts: str) -> str:
    return ":".join(("urn", "tallystick", *(quote(part, safe="-._~") for part in parts)))
