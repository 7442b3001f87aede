"""Agreements that say nothing that can be judged by: each is refused with file, line, key and what to write.

`refused.txt` has a case after each heading: its files, then what is said of them and the next step. `@ name` begins a
file; the first may go without, as 2022-01-01.yaml. HEAD stands for the four lines up to `clauses:`, and LIMIT for the
line of a limit up to its window.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tallystick.agreements.load import load_agreements
from tallystick.errors import BadConfigurationError
from tallystick.yaml_file import load_yaml

CASES = Path(__file__).with_name("refused.txt")
HEAD = "licensee: acme\ntitle: Terms\nin_force_from: 2022-01-01\nclauses:\n"
LIMIT = '  - {id: volume, cites: "§ 1", says: Not much., kind: limit, of: requests, per: app, max: 5,\n'
TEMPLATES = ("GET /2/tweets/{id}", "POST /2/tweets", "/2/users/{id}")
"""What the sources of a project state as the only routes of its requests."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The files of an agreement as they are drawn, and what is said of them."""

    rule: str
    files: dict[str, str]
    said: str


def cases() -> list[Refused]:
    found = []
    for part in CASES.read_text("utf-8").split("\n=== ")[1:]:
        rule, _, rest = part.partition("\n")
        text, _, said = rest.partition("\n---\n")
        drawn = text if text.startswith("@ ") else f"@ 2022-01-01.yaml\n{text}"
        files = {
            name: f"{body}\n".replace("HEAD\n", HEAD).replace("LIMIT\n", LIMIT)
            for name, body in re.findall(r"^@ (\S+)\n(.*?)(?=\n@ |\Z)", drawn, re.MULTILINE | re.DOTALL)
        }
        found.append(Refused(rule=rule, files=files, said=said.strip()))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.rule)
def test_an_agreement_is_refused_with_its_line_and_key_and_what_to_write(case: Refused, tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    for name, text in case.files.items():
        (folder / name).write_text(text, "utf-8")

    with pytest.raises(BadConfigurationError) as refused:
        load_agreements(tmp_path, "acme", TEMPLATES if "no request can have" in case.rule else None)

    error = refused.value
    assert f"{str(error).removeprefix(f'{folder}/')}\nnext: {error.next_step}" == case.said
    assert error.exit_code == 5


def test_at_least_sixty_agreements_are_refused_each_for_a_rule_of_its_own() -> None:
    rules = [case.rule for case in cases()]

    assert len(set(rules)) == len(rules) >= 60


def test_every_kind_of_clause_is_among_them() -> None:
    from tallystick.clauses.kinds import KINDS

    drawn = "".join(text for case in cases() for text in case.files.values())

    assert [kind for kind in KINDS if f"kind: {kind}" not in drawn] == []


def test_what_they_stand_for_is_an_agreement_when_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    from tallystick.agreements.version import Version

    (tmp_path / "a.yaml").write_text(f"{HEAD}{LIMIT}     window: sliding, within: PT1M}}\n", "utf-8")

    version = load_yaml(tmp_path / "a.yaml", Version, more={"version": "a"})

    assert [clause.id for clause in version.clauses] == ["volume"]
