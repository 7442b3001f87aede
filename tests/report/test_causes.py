"""A cause is supposed from a fact at hand, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from report.found import a_found, a_measured, a_window, at
from tallystick.clauses.kinds import KINDS
from tallystick.report.causes import (
    AFTER_REFUSALS,
    NOT_ENFORCED,
    ONE_CREDENTIAL,
    ONE_HOUR,
    REFUTED_BY,
    CredentialShare,
    cause,
    refuted_by,
)
from tallystick.report.words import Words

Row = dict[str, Any]

APART = [a_window(), a_window(start_at=at("2022-05-01T10:00"), end_at=at("2022-05-01T10:09"))]


def supposed(finding: Row, measure: Row, **shares: CredentialShare) -> tuple[str, Row] | None:
    found = cause(finding, measure, shares)
    return None if found is None else (found["what"], found["values"])


def test_requests_after_a_refusal_are_retries() -> None:
    said = supposed(a_found(kind="backoff", windows=[]), a_measured(kind="backoff", used=12))

    assert said == ("retries_after_refusal", {"requests": 12})


def test_windows_that_all_lie_in_one_hour_are_one_peak() -> None:
    windows = [a_window(), a_window(start_at=at("2022-03-01T08:40"), end_at=at("2022-03-01T09:00"))]

    assert supposed(a_found(windows=windows), a_measured()) == (
        "one_hour",
        {"hour_at": "2022-03-01T08:00:00.000000Z", "windows": 2},
    )


def test_a_credential_with_most_requests_of_its_app_is_named_by_its_share() -> None:
    share = CredentialShare(requests=100, largest=51, credentials=3)

    assert supposed(a_found(windows=APART), a_measured(), monitor=share) == (
        "one_credential",
        {"requests": 51, "of": 100, "credentials": 3},
    )


@pytest.mark.parametrize(
    "share",
    [
        CredentialShare(requests=100, largest=50, credentials=2),
        CredentialShare(requests=100, largest=100, credentials=1),
    ],
)
def test_a_credential_that_is_the_only_one_or_has_half_is_no_cause(share: CredentialShare) -> None:
    assert supposed(a_found(windows=APART), a_measured(served_over=0), monitor=share) is None


def test_a_credential_is_no_cause_where_no_window_is_over() -> None:
    share = CredentialShare(requests=100, largest=90, credentials=3)

    assert supposed(a_found(kind="routes", windows=[]), a_measured(kind="routes"), monitor=share) is None


def test_requests_over_a_limit_that_were_answered_say_that_it_was_not_enforced() -> None:
    assert supposed(a_found(windows=APART), a_measured(served_over=7)) == ("limit_not_enforced", {"served_over": 7})


@pytest.mark.parametrize(
    ("finding", "measure"),
    [
        (a_found(windows=APART), a_measured(served_over=0)),
        (a_found(windows=APART), a_measured(served_over=None)),
        (a_found(windows=[], kind="use_case"), a_measured(kind="use_case", served_over=None)),
        (a_found(verdict="not decided"), a_measured(verdict="not decided")),
    ],
)
def test_without_a_fact_no_cause_is_supposed(finding: Row, measure: Row) -> None:
    assert supposed(finding, measure) is None


def test_windows_of_another_reading_suggest_nothing() -> None:
    other = a_window(reading="other", start_at=at("2022-05-01T10:00"), end_at=at("2022-05-01T10:09"))

    assert supposed(a_found(windows=[a_window(), other]), a_measured()) is not None
    assert supposed(a_found(windows=[other]), a_measured()) is None


def test_every_kind_of_finding_says_what_would_show_it_to_be_wrong() -> None:
    assert set(REFUTED_BY) == {*KINDS, "register"} - {"text"}
    assert all(refuted_by(kind, "exceeded") for kind in KINDS)
    assert refuted_by("limit", "not decided") == ["what_is_missing"]


def test_every_word_of_a_cause_or_a_refutation_is_in_the_catalogue() -> None:
    words = Words.load()
    causes = (AFTER_REFUSALS, ONE_HOUR, ONE_CREDENTIAL, NOT_ENFORCED)
    refutations = {word for kind in REFUTED_BY.values() for word in kind} | {"what_is_missing"}

    assert [word for word in causes if not words.has(f"cause.{word}")] == []
    assert [word for word in sorted(refutations) if not words.has(f"refuted_by.{word}")] == []
