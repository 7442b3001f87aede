"""An SQL expression in a format file works on fields and does nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tallystick.duck import connect
from tallystick.errors import BadConfigurationError
from tallystick.formats import Catalogue, all_formats
from tallystick.formats.expressions import OURS, problem_of, see_that_expressions_are_safe
from tallystick.formats.load import FOLDER
from tallystick.intake.macros import MACROS, create_macros

GOOD: dict[str, Any] = {
    "name": "mine",
    "title": "A log of mine",
    "says": "What it is.",
    "docs": [],
    "entries": {"find": "csv"},
    "decode": {
        "kind": "columns",
        "fields": {"at": {"column": "at", "says": "When."}, "who": {"column": "who", "says": "Who."}},
    },
    "columns": {"received_at": {"field": "at", "read": "iso8601"}, "user": {"sql": "upper(who)", "read": "text"}},
    "identity": "none",
    "recognise": {"needs": ["at"]},
}


def problem(sql: str, kind: str = "VARCHAR") -> str | None:
    with connect() as connection:
        create_macros(connection)
        return problem_of(connection, sql, fields=["a", "b"], kind=kind)


@pytest.mark.parametrize(
    "sql",
    [
        "a",
        '"A"',
        "CASE WHEN a = '-' THEN NULL ELSE a END",
        "a || ' ' || replace(b, '+', ' ')",
        "CAST(TRY_CAST(a AS BIGINT) * 1000 AS VARCHAR)",
        "a::INTEGER::VARCHAR",
        "list_transform(split(a, ','), lambda one: trim(one))[1]",
        "[one FOR one IN split(a, ',') IF one <> b][1]",
        "a->>'$.x'",
        "regexp_extract(a, '^(.*)$', 1)",
        "attribute(a, 'x')",
        "entry_of(a, 'x.y')",
        "strftime(TRY_STRPTIME(a, '%d.%m.%Y'), '%Y-%m-%d')",
        "NULL",
    ],
)
def test_an_expression_over_fields_may_be_used(sql: str) -> None:
    assert problem(sql) is None


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("(SELECT 1)", "a subquery"),
        ("(FROM 'other.csv')", "a subquery"),
        ("a IN (FROM read_csv('x'))", "a subquery"),
        ("EXISTS (FROM glob('*'))", "a subquery"),
        ("row_number() OVER ()", "a window function"),
        ("COLUMNS('a')", r"\*"),
        ("?", "a parameter"),
        ("$1", "a parameter"),
        ("read_text('/etc/hostname')", "read_text is no function"),
        ("getenv('HOME')", "getenv is no function"),
        ("current_setting('threads')", "current_setting is no function"),
        ("now()", "now is no function"),
        ("random()", "random is no function"),
        ("nextval('s')", "nextval is no function"),
        ("error('x')", "error is no function"),
        ("sleep_ms(1000)", "sleep_ms is no function"),
        ("sum(a)", "sum is no function"),
        ("unnest([a])", "unnest is no function"),
        ("list_transform([a], lambda one: now())[1]", "now is no function"),
        ("current_date", "'current_date' is no field; there are a, b"),
        ("c", "'c' is no field; there are a, b"),
        ("list_transform([a], lambda one: two)[1]", "'two' is no field"),
        ("a) , (b", "more than one"),
        ("a) FROM x; SELECT (b", "more than one"),
        ("a) UNION SELECT (b", "more than one"),
        ("a) FROM (SELECT 1) WHERE (true", "more than one"),
        ("a; DROP TABLE x", "no SQL expression"),
        ("a -- x", "no SQL expression"),
        ("a +", "no SQL expression"),
        ("length(a)", "the type BIGINT, and a text is needed"),
        ("a + 1", "cannot work it out"),
        ("upper(a, b)", "cannot work it out"),
    ],
)
def test_anything_else_is_refused_by_name(sql: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        assert problem(sql) is None


def test_a_condition_gives_true_or_false() -> None:
    assert problem("a = 'x' OR b IS NULL", "BOOLEAN") is None
    assert problem("a", "BOOLEAN") == "it gives a value of the type VARCHAR, and a condition is needed"


def test_every_built_in_format_keeps_the_rule() -> None:
    for name, described in all_formats().items():
        see_that_expressions_are_safe(FOLDER / f"{name}.yaml", described)

    assert {name: arguments for name, (arguments, _) in MACROS.items()} == OURS


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"columns": {**GOOD["columns"], "user": {"sql": "whom", "read": "text"}}}, "columns.user.sql"),
        ({"not_requests": [{"when": "at = now()", "says": "x"}]}, "not_requests[0].when"),
        ({"refuse": [{"when": "(SELECT true)", "reason": "sampled", "says": "x"}]}, "refuse[0].when"),
    ],
)
def test_a_projects_own_format_with_another_expression_is_refused_with_line_and_key(
    tmp_path: Path, change: dict[str, Any], where: str
) -> None:
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(GOOD | change))

    with pytest.raises(BadConfigurationError) as refused:
        Catalogue.of(tmp_path)

    assert str(refused.value.where).startswith(f"{tmp_path / 'mine.yaml'}:")
    assert str(refused.value.where).endswith(where)


def test_a_pattern_that_only_python_knows_is_refused(tmp_path: Path) -> None:
    decode = {
        "kind": "regex",
        "pattern": [r"(?P<at>\S+)(?= )", " (?P<who>.*)"],
        "fields": {"at": "When.", "who": "Who."},
    }
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(GOOD | {"entries": {"find": "lines"}, "decode": decode}))

    with pytest.raises(BadConfigurationError, match="none in RE2 syntax") as refused:
        Catalogue.of(tmp_path)

    assert str(refused.value.where).endswith(": decode.pattern")


def test_a_projects_own_format_is_known_beside_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(GOOD))

    assert Catalogue.of(tmp_path).find("mine").title == "A log of mine"
