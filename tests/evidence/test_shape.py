"""What a document is made of: verify's own check and the published JSON Schema say the same of any document."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest

from documentation import REFERENCE
from evidence.bundles import a_payload, a_report
from evidence.reports import OF_THE_FIRST_SCHEMA
from report.documents import a_document, an_empty_document
from report.letters_case import the_letters_case
from tallystick.evidence.consistency import contradictions
from tallystick.evidence.report_shape import REPORT
from tallystick.evidence.shape import Key, ListOf, MapOf, Object, OrNull, Text, Truth, Whole

SCHEMA = json.loads((REFERENCE / "schemas" / "report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CSV = a_payload()["findings.csv"]


def test_the_published_schema_is_one_and_says_a_sentence_of_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    said = [one["description"] for one in _keys(SCHEMA)]

    assert len(said) > 200
    assert all(len(one) > 3 and one.endswith(".") for one in said)


def _keys(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [key for one in part for key in _keys(one)]
    if not isinstance(part, dict):
        return []
    mine = list(part["properties"].values()) if part.get("type") == "object" and "properties" in part else []
    return [*mine, *(key for one in part.values() for key in _keys(one))]


@pytest.mark.parametrize(
    "document",
    [a_report(), a_document(), an_empty_document(), the_letters_case()],
    ids=["small", "one", "empty", "letters"],
)
def test_the_documents_that_tests_are_made_of_fit_the_schema(document: dict[str, Any]) -> None:
    VALIDATOR.validate(document)
    assert REPORT.misfit(document) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "tallystick/report/3"),
        ("summary.requests", -1),
        ("summary.requests", True),
        ("summary.requests", 7.0),
        ("summary.requests", "7"),
        ("summary.requests", None),
        ("summary.note", "paid in full"),
        ("period.start", "2022-01-01"),
        ("agreements.0.sha256", "A" * 64),
        ("agreements.0.in_force_until", ""),
        ("clauses.0.severity", "fatal"),
        ("clauses.0.decided_from", "request"),
        ("clauses.0.measures.0.peak", "six"),
        ("findings.0.condition.exactness", "about"),
        ("findings.0.condition.used", []),
        ("findings.0.cause", "carelessness"),
        ("findings.0.cause.values", {"deep": {"er": 1}}),
        ("findings.0.cause.values", {"some": [1]}),
        ("findings.0.response", {"date": "yesterday", "text": "No."}),
        ("findings.0.response", {"date": "2023-02-01"}),
        ("findings.0.earlier", [{"period": "2021"}]),
        ("findings.0.refuted_by", [None]),
        ("asks.0.number", 0),
        ("asks.0.of", "court"),
        ("asks.0.within_days", 0),
        ("exposures", None),
        ("exposures", [{"currency": "dollars", "low": "0.00", "high": "0.00", "at_least": False, "of": []}]),
        ("exposures", [{"currency": "USD", "low": "1e2", "high": "0.00", "at_least": False, "of": []}]),
        ("consumption.weekday_hours", [[0] * 24] * 6),
        ("consumption.weekday_hours.0", [0] * 25),
        ("files.0.requests", None),
        ("completeness.hours", [{"source": "gateway", "date": "2022-01-01", "seen": "1" * 23}]),
    ],
)
def test_verify_and_the_schema_refuse_the_same(path: str, value: Any) -> None:
    document = a_report({path: value})

    assert list(VALIDATOR.iter_errors(document)) or isinstance(value, float)  # a schema takes 7.0 for an integer
    assert REPORT.misfit(document) is not None
    assert contradictions(document, CSV)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("summary.requests", str(2**53)),
        ("findings.0.condition.used", None),
        ("findings.0.response", {"date": "2023-02-01", "text": ""}),
        ("findings.0.query", None),
        ("asks.0.values", {"a": "b", "c": 1, "d": True, "e": ["f"]}),
        ("completeness.hours", [{"source": "gateway", "date": "2022-01-01", "seen": "10" * 12}]),
    ],
)
def test_verify_and_the_schema_take_the_same(path: str, value: Any) -> None:
    document = a_report({path: value})

    assert list(VALIDATOR.iter_errors(document)) == []
    assert REPORT.misfit(document) is None


@pytest.mark.parametrize("key", sorted(REPORT.keys))
def test_a_document_without_one_of_its_parts_is_told_which(key: str) -> None:
    document = {name: value for name, value in a_report().items() if name != key}
    found = REPORT.misfit(document)

    assert found is not None
    assert (found.path, found.found) == (key, "nothing")


def test_a_misfit_deep_inside_is_told_by_the_way_to_it() -> None:
    found = REPORT.misfit(a_report({"findings.0.windows.1.start_at": "7"}))

    assert found is not None
    assert (found.path, found.expected) == (
        "findings[0].windows[1].start_at",
        "text such as 2022-01-01T00:00:00.000000Z",
    )


def test_documents_of_the_first_schema_are_held_to_the_rules_of_their_time() -> None:
    old = copy.deepcopy(OF_THE_FIRST_SCHEMA)
    assert contradictions(old, CSV) == []

    old["reconciliation"]["other_licensees"] += 1
    old["clauses"][0]["readings_exceeded"] = 0
    assert {one.field for one in contradictions(old, CSV)} == {
        "reconciliation.attributed",
        "clauses[0].verdict",
        "conclusion",
    }


@pytest.mark.parametrize(
    ("shape", "value", "path"),
    [
        (ListOf(Whole()), [1, "x"], "[1]"),
        (MapOf((Text(),)), {"a": 1}, "a"),
        (MapOf((Text(),)), [], ""),
        (OrNull(Truth()), 1, ""),
        (Object({"a": Key(shape=ListOf(Object({})), says="A.")}), {"a": [{}, {"b": 1}]}, "a[1].b"),
        (Object({}), None, ""),
        (Whole(least=None), "9" * 200, ""),
        (Whole(), "-9007199254740992", ""),
        (Text(pattern="[0-9]+", such="7"), "٧", ""),
    ],
)
def test_what_does_not_fit_is_found_where_it_is(shape: Any, value: Any, path: str) -> None:
    found = shape.misfit(value)

    assert found is not None
    assert found.path == path
    assert not jsonschema.Draft202012Validator(shape.schema()).is_valid(value)


def test_a_line_break_at_the_end_is_no_part_of_a_pattern() -> None:
    assert Text(pattern="[0-9]+", such="7").misfit("7\n") is not None


def test_whole_numbers_beyond_two_to_the_53_are_their_digits_as_text() -> None:
    for value, shape in ((2**53, Whole()), (-(2**53), Whole(least=None))):
        assert shape.misfit(str(value)) is None
        assert jsonschema.Draft202012Validator(shape.schema()).is_valid(str(value))
