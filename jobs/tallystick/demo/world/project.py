"""The demo's project folder: settings, sources, register and agreements, as a user would write them, with comments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tallystick.demo.world.cast import Answer, App, Caller, Licensee
from tallystick.demo.world.plan import World
from tallystick.demo.world.roster import LICENSEES
from tallystick.demo.world.routes import ROUTES
from tallystick.demo.world.terms import Clause, Version

LOGS = "logs"
GATEWAY_LOGS, NGINX_LOGS = f"{LOGS}/gateway", f"{LOGS}/nginx"


def write_project(world: World, folder: Path, *, reports: str = "reports") -> tuple[Path, ...]:
    """Write tallystick.toml, sources/, register/ and agreements/ into `folder`; the files written, in order.

    Day files go below `folder`/logs, where the two sources look for them. `reports` is a folder or s3://bucket/prefix.
    """
    texts = {
        "tallystick.toml": _settings(world, reports),
        "sources/gateway.yaml": _gateway_source(),
        "sources/nginx.yaml": _nginx_source(),
    }
    for licensee in LICENSEES:
        if licensee.id:
            texts[f"register/{licensee.id}.yaml"] = _register(licensee)
    for versions in world.versions.values():
        for version in versions:
            texts[agreement_file(version)] = agreement_text(version)
    return write_texts(folder, texts)


def write_texts(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write each text below `folder` under its name; the files written, in order."""
    written = []
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="\n")
        written.append(file)
    return tuple(written)


def _said(text: str) -> str:
    """`text` as a YAML and TOML string."""
    return json.dumps(text, ensure_ascii=False)


def _settings(world: World, reports: str) -> str:
    return f"""\
# The demo: a fictional provider, seed {world.seed}, scale {world.scale}. Paths are relative to this file.
provider = {_said(world.provider)}
lake = "lake"              # the Delta tables
reports = {_said(reports)}        # a folder, or s3://bucket/prefix
sources = "sources"        # where the logs are
register = "register"      # who is calling
agreements = "agreements"  # what is allowed
"""


def _gateway_source() -> str:
    return f"""\
# Three edge hosts, one folder each, one file a UTC day. Each host numbers its requests.
name: gateway
says: Access logs of the API gateway on three edge hosts.
folder: {GATEWAY_LOGS}          # relative to the project
files: "*.jsonl.gz"
format: gateway_jsonl
"""


def _nginx_source() -> str:
    routes = "".join(f"  - {_said(f'{route.method} {route.template}')}\n" for route in ROUTES)
    return f"""\
# One edge host that runs nginx. Its log names the caller, but neither numbers requests nor counts records.
name: nginx
says: Combined access log of the nginx edge host.
folder: {NGINX_LOGS}            # relative to the project
files: "*.log.gz"
format: nginx_combined
routes:                        # nginx logs only paths; these templates name their routes
{routes}"""


def _register(licensee: Licensee) -> str:
    note = f"# {licensee.note}\n" if licensee.note else ""
    apps = "".join(_app(app) for app in licensee.apps)
    answers = "".join(_answer(answer) for answer in licensee.answers)
    responses = f"responses:                     # what the licensee answered to findings\n{answers}" if answers else ""
    return f"""\
{note}licensee: {licensee.id}
name: {_said(licensee.name)}
time_zone: {licensee.time_zone}            # how plain dates in this file are read
apps:
{apps}{responses}"""


def _answer(answer: Answer) -> str:
    return f"""\
  - clause: {answer.clause}
    app: {answer.app}
    period: "{answer.period}"
    date: {answer.date}
    text: {_said(answer.text)}
"""


def _app(app: App) -> str:
    lines = [f"  - app: {app.id}", f"    name: {_said(app.name)}", f"    registered: {app.registered}"]
    if app.ended:
        lines.append(f"    ended: {app.ended}            # the first day that no longer belongs to the registration")
    if app.environment != "production":
        lines.append(f"    environment: {app.environment}")
    if app.use_case is None:
        lines.append("    # No use case was ever described for this app.")
    elif app.use_case.approved is None:
        lines.append(f"    use_case: {{text: {_said(app.use_case.text)}}}   # described, never approved")
    else:
        lines.append(f"    use_case: {{text: {_said(app.use_case.text)}, approved: {app.use_case.approved}}}")
    lines.append("    recognised_by:")
    ways = dict.fromkeys(_way(caller) for caller in app.callers)
    return "\n".join([*lines, *(f"      - {way}" for way in ways)]) + "\n"


def _way(caller: Caller) -> str:
    """How the register recognises one caller; a name where the way itself would be none."""
    way = f"{caller.way}: {_said(str(caller.value))}"
    if caller.credential_id is None or (caller.way == "credential" and caller.credential_id == caller.value):
        return way
    return f"{{{way}, name: {caller.credential_id}}}"


def agreement_file(version: Version) -> str:
    """Where a version's file lies in the project: it is named for the day on which it comes into force."""
    return f"agreements/{version.licensee}/{version.in_force_from[:10]}.yaml"


def agreement_text(version: Version) -> str:
    """A version as its file says it."""
    note = f"# {version.note}\n" if version.note else ""
    clauses = "".join(_clause(clause) for clause in version.clauses)
    return f"""\
{note}# A version is never edited once it is in force: an amendment is a file of its own, named for its first day.
licensee: {version.licensee}
title: {_said(version.title)}
in_force_from: {version.in_force_from}
time_zone: {version.time_zone}            # whose midnights begin days, months and years
response_days: {{days: 30, cites: "§ 9.4"}}   # how long the licensee has to answer a report
clauses:
{clauses}"""


def _clause(clause: Clause) -> str:
    lines = [f"  - id: {clause.id}", f"    cites: {_said(clause.cites)}", f"    says: {_said(clause.says)}"]
    comment = "          # no log can check it: listed as not checked" if clause.kind == "text" else ""
    lines.append(f"    kind: {clause.kind}{comment}")
    if clause.kind == "limit":
        lines += [f"    of: {clause.of}", f"    per: {clause.per}", f"    max: {clause.max}"]
        lines += [f"    window: {clause.window}", f"    within: {clause.within}"]
    if clause.readings:
        lines.append("    readings:              # other lawful meanings of the same words")
        lines += [
            f"      - {{id: {reading.id}, says: {_said(reading.says)}, window: {reading.window}}}"
            for reading in clause.readings
        ]
    lines.append(f"    severity: {clause.severity}")
    return "\n".join(lines) + "\n"
