"""Files that say nothing that can be used: each is refused with the line, the key, and what to write."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from tallystick.agreements.version import AnyClause, Version
from tallystick.errors import BadConfigurationError, UnreadableFileError
from tallystick.register.model import Licensee
from tallystick.yaml_file import load_yaml, yaml_files

CASES = Path(__file__).with_name("refused.txt")
MODELS: dict[str, type[Licensee | Version]] = {"licensee": Licensee, "version": Version}
KINDS = ", ".join(repr(get_args(kind.model_fields["kind"].annotation)[0]) for kind in get_args(get_args(AnyClause)[0]))


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A file as it is drawn, and what is said of it."""

    rule: str
    text: str
    said: str

    @property
    def model(self) -> str:
        return self.rule.partition(":")[0]


def cases() -> list[Refused]:
    found = []
    for part in CASES.read_text("utf-8").split("\n=== ")[1:]:
        rule, _, rest = part.partition("\n")
        text, _, said = rest.partition("---\n") if rest.startswith("---\n") else rest.partition("\n---\n")
        drawn = text.replace("<TAB>", "\t").replace("---8<---", "---")
        found.append(Refused(rule=rule, text=f"{drawn}\n", said=said.strip().replace("KINDS", KINDS)))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.rule)
def test_a_file_is_refused_with_its_line_and_key_and_what_to_write(case: Refused, tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(case.text, "utf-8")

    with pytest.raises(BadConfigurationError) as refused:
        load_yaml(file, MODELS[case.model], more={"version": "v"} if case.model == "version" else None)

    error = refused.value
    assert f"{str(error).removeprefix(f'{tmp_path}/')}\nnext: {error.next_step}" == case.said
    assert error.exit_code == 5


def test_every_case_has_a_rule_of_its_own() -> None:
    rules = [case.rule for case in cases()]

    assert len(set(rules)) == len(rules) >= 40


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        (
            b"licensee: acme\nname: a\x00b\n",
            "acme.yaml:2",
            "this is not YAML: U+0000: special characters are not allowed",
        ),
        (b"licensee: acme\n\nname: \x1b[31m\n", "acme.yaml:3", "this is not YAML: U+001B: special characters"),
        (b"[" * 20_000, "acme.yaml", "this is not YAML: it is nested too deeply"),
        (b"licensee: " + b"9" * 5_000, "acme.yaml", "this is not YAML: a number has too many digits"),
    ],
    ids=["a null", "an escape", "nested", "digits"],
)
def test_hostile_text_is_refused_without_a_trace(tmp_path: Path, content: bytes, where: str, said: str) -> None:
    file = tmp_path / "acme.yaml"
    file.write_bytes(content)

    with pytest.raises(BadConfigurationError) as refused:
        load_yaml(file, Licensee)

    assert str(refused.value).startswith(f"{tmp_path}/{where}: {said}")
    assert str(refused.value).isprintable()
    assert refused.value.next_step


def test_text_that_multiplies_itself_is_refused_at_once(tmp_path: Path) -> None:
    names = "abcdefghijklmnop"
    lines = [f"{names[0]}: &{names[0]} [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)]
    file = tmp_path / "acme.yaml"
    file.write_text("\n".join(lines))

    with pytest.raises(BadConfigurationError, match="a: this key is not known here"):
        load_yaml(file, Licensee)


@pytest.mark.parametrize("content", [b"licensee: \xff\xfe", "licensee: acme".encode("utf-16")])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "acme.yaml"
    file.write_bytes(content)

    with pytest.raises(UnreadableFileError) as refused:
        load_yaml(file, Licensee)

    assert refused.value.where == str(file)
    assert refused.value.next_step


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="acme.yaml: cannot be read"):
        load_yaml(tmp_path / "acme.yaml", Licensee)


# ── what is read ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_yaml_has_no_surprises_here(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(
        "\ufefflicensee: no\nname: 12:30:45\napps:\n"
        "  - {app: 'on', name: 2022-01-01,\n"
        "     recognised_by: [{principal: 0x10}, {user: 1e3}, {user_agent: .inf}, {credential: 007}]}\n"
    )
    licensee = load_yaml(file, Licensee)

    [app] = licensee.apps
    assert (licensee.licensee, licensee.name, app.app, app.name) == ("no", "12:30:45", "on", "2022-01-01")
    assert [way.value for way in app.recognised_by] == ["0x10", "1e3", ".inf", "007"]


def test_keys_that_a_file_does_not_state_come_from_elsewhere(tmp_path: Path) -> None:
    text = "licensee: acme\ntitle: T\nin_force_from: 2022-01-01\nclauses: [{id: a, cites: b, says: c, kind: text}]\n"
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(f"{text}version: second\n")

    versions = [load_yaml(tmp_path / name, Version, more={"version": "stem"}).version for name in ("a.yaml", "b.yaml")]

    assert versions == ["stem", "second"]


def test_what_is_read_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("licensee: acme\nname: Acme\napps: []\n")
    licensee = load_yaml(tmp_path / "a.yaml", Licensee)

    with pytest.raises(ValueError, match="frozen"):
        licensee.name = "Other"


@pytest.mark.parametrize("name", ["acme.yml", "acme.YAML", "acme.Yml"])
def test_a_file_whose_name_would_leave_it_unread_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("licensee: acme\n")

    with pytest.raises(BadConfigurationError, match="the name of a file ends in .yaml here") as refused:
        yaml_files(tmp_path)

    assert refused.value.next_step == "rename it to acme.yaml"


def test_other_files_beside_are_left_alone(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "terms.pdf", "notes.md", ".gitkeep"):
        (tmp_path / name).write_text("")

    assert [file.name for file in yaml_files(tmp_path)] == ["a.yaml", "b.yaml"]
