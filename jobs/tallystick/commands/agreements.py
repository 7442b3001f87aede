"""`tallystick agreements`: show what binds, run the cases of versions, compare versions, hand one on as ODRL."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from tallystick.commands.options import HERE, AsJson, Folder, talk
from tallystick.runtime.log import printable

agreements = typer.Typer(no_args_is_help=True, help="Show, test and compare agreements, or write one as ODRL.")
CASES_FAILED = 3
"""What `agreements test` exits with when a case fails: it did its work, and what it found is not what was stated."""


@agreements.command("test")
def run_tests(
    folder: Annotated[Path, typer.Argument(help="A project, a folder of agreements, or one version's file.")] = HERE,
    as_json: AsJson = False,
) -> None:
    """Run the cases of every version; exit with 3 when one fails."""
    from tallystick.commands.agreement_files import agreements_in
    from tallystick.commands.cases import run_cases

    results = [
        case
        for agreement in agreements_in(folder)
        for binding in agreement.bindings
        for case in run_cases(binding, agreement.register)
    ]
    failed = [case for case in results if not case.is_met]
    if as_json:
        cases = [_case_as_dict(case) for case in results]
        _print_json({"cases": cases, "passed": len(results) - len(failed), "failed": len(failed)})
    else:
        for case in results:
            for line in _case_in_words(case):
                print(printable(line))
    if not results:
        talk.print("no version here states a case; docs/how-to/test-an-agreement.md shows one")
    else:
        talk.print(f"{len(results)} cases, {len(results) - len(failed)} pass, {len(failed)} fail")
    if failed:
        raise typer.Exit(CASES_FAILED)


@agreements.command()
def show(
    licensee: Annotated[str, typer.Argument(help="The licensee's id.")],
    on: Annotated[str, typer.Option(help="A date, or an instant, in the agreement's time zone.")],
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say what bound a licensee on a date: the version, its clauses, their terms in words."""
    from tallystick.commands.agreement_files import bound_on
    from tallystick.commands.agreement_words import version_as_dict, version_in_words
    from tallystick.stages.project import Project

    found, bindings = bound_on(Project.open(project), licensee, on)
    versions = [version_as_dict(binding) for binding in bindings]
    if as_json:
        _print_json({"licensee": found.licensee, "name": found.name, "on": on, "versions": versions})
        return
    print(printable(f"{found.licensee}, {found.name}, on {on}"))
    if not versions:
        print("no version of the agreement is in force then")
    for said in versions:
        print()
        for line in version_in_words(said):
            print(line)


@agreements.command()
def diff(
    before: Annotated[str, typer.Argument(help="A version's file, or LICENSEE:VERSION of the project.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say in words what one version says otherwise than another."""
    from tallystick.commands.agreement_diff import changes
    from tallystick.commands.agreement_files import one_version

    old, new = one_version(before, project), one_version(after, project)
    found = changes(old.version, new.version)
    if as_json:
        sides = [{"version": one.version.version, "sha256": one.sha256} for one in (old, new)]
        _print_json({"before": sides[0], "after": sides[1], "changes": [asdict(one) for one in found]})
        return
    for one in found:
        print(printable(one.words))
    if not found:
        talk.print("nothing differs")


@agreements.command()
def odrl(
    file: Annotated[Path, typer.Argument(help="A version's file.")],
    project: Folder = HERE,
) -> None:
    """Write one version as an ODRL 2.2 Agreement in JSON-LD."""
    from tallystick.commands.agreement_files import version_of
    from tallystick.commands.agreement_odrl import as_odrl, provider_of

    print(json.dumps(as_odrl(version_of(file), provider_of(project)), indent=2))


def _case_as_dict(case: Any) -> dict[str, Any]:
    checked = [asdict(one) | {"is_met": one.is_met} for one in case.checked]
    return asdict(case) | {"is_met": case.is_met, "checked": checked}


def _case_in_words(case: Any) -> list[str]:
    """A line for the case, and one for each expectation that is not met."""
    lines = [f"{'pass' if case.is_met else 'FAIL'}  {case.licensee} {case.version} case {case.case}: {case.says}"]
    for one in case.checked:
        if not one.is_met:
            reading = "" if one.reading == "as written" else f", reading {one.reading}"
            lines.append(f"      {one.clause}{reading}: expected {_values(one.expected)}; found {_found(one)}")
    return lines


def _found(one: Any) -> str:
    keys = one.found.get("keys")
    if keys is not None:
        each = "; ".join(f"{key}: {_values(values)}" for key, values in keys.items())
        named = set(one.expected) - {"verdict"}
        hint = " (say which by `key`)" if named else ""
        return f"{one.found['verdict']} over {len(keys)} keys{hint}: {each}"
    if "key" in one.expected and "key" not in one.found:
        return f"no request of {one.expected['key']} that the clause counts"
    return _values(one.found)


def _values(values: Any) -> str:
    said = [str(values["verdict"])]
    said += [
        f"{name.replace('_', ' ')} {value}"
        for name, value in values.items()
        if name not in ("verdict", "missing") and value is not None
    ]
    return ", ".join(said) + (f": {values['missing']}" if "missing" in values else "")


def _print_json(value: Any) -> None:
    print(json.dumps(value, default=str))
