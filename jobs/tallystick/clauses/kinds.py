"""Every kind of clause: the module that measures it and states its terms in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.clauses import (
    backoff,
    concurrency,
    declared,
    environment,
    fee,
    identification,
    limit,
    limit_words,
    routes,
    term,
    text,
    use_case,
)
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import Measure


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How clauses of one kind are measured, and how their numbers read; both take the kind's own model."""

    measure: Callable[[Judging, Any], list[Measure]]
    terms: Callable[[Any], str]


KINDS: Mapping[str, Kind] = {
    "limit": Kind(measure=limit.measure, terms=limit_words.terms),
    "backoff": Kind(measure=backoff.measure, terms=backoff.terms),
    "concurrency": Kind(measure=concurrency.measure, terms=concurrency.terms),
    "declared": Kind(measure=declared.measure, terms=declared.terms),
    "environment": Kind(measure=environment.measure, terms=environment.terms),
    "fee": Kind(measure=fee.measure, terms=fee.terms),
    "identification": Kind(measure=identification.measure, terms=identification.terms),
    "routes": Kind(measure=routes.measure, terms=routes.terms),
    "term": Kind(measure=term.measure, terms=term.terms),
    "use_case": Kind(measure=use_case.measure, terms=use_case.terms),
    "text": Kind(measure=text.measure, terms=text.terms),
}
