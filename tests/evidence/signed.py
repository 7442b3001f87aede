"""A signed bundle whose usage.parquet adds up, and how somebody with a key would make a changed one fit again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evidence.bundles import a_bundle, a_payload, a_report
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import DATAPACKAGE, SHA256SUMS, STATEMENT
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.digest import FileDigest, Sha256
from tallystick.evidence.envelope import seal
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import SELF
from tallystick.evidence.media import media_of
from tallystick.evidence.standalone import instructions
from tallystick.evidence.statement import compose_statement

Files = dict[str, bytes]


def a_signed_bundle(*keys: SigningKey, changes: Mapping[str, Any] | None = None, **how: Any) -> Files:
    """A whole bundle with its instructions, signed by these keys."""
    payload = a_payload(a_report(changes)) | instructions()
    return a_bundle(payload, seal=Seal(keys=keys), **how)


def in_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files written below a new folder."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def with_own_digest(package: Any) -> bytes:
    """A manifest's bytes after its own digest was made to fit."""
    about = {key: value for key, value in package["tallystick"].items() if key != SELF}
    about[SELF] = Sha256.of(canonical_bytes({**package, "tallystick": about})).hex
    return canonical_bytes({**package, "tallystick": about})


def refitted(files: Files, *keys: SigningKey, drop: Sequence[str] = (), add: Sequence[str] = ()) -> Files:
    """The files with sums, statement and manifest made to fit what they are now, as the holder of these keys could.

    Without keys the statement is left as it is. Lines of `drop` go out of the manifest, lines of `add` come in.
    """
    files = {name: data for name, data in files.items() if name not in drop}
    package = json.loads(files[DATAPACKAGE])
    payload = {name: FileDigest.of(files[name]) for name in files if name not in (DATAPACKAGE, SHA256SUMS)}
    if SHA256SUMS not in drop:
        named = sorted(set(payload) - {STATEMENT})
        files[SHA256SUMS] = "".join(f"{payload[name].sha256}  {name}\n" for name in named).encode()
    package["resources"] = sorted(
        [line for line in package["resources"] if line["path"] not in drop]
        + [
            {
                "name": name.lower().replace("/", "-"),
                "path": name,
                "format": media_of(name).format,
                "mediatype": media_of(name).type,
            }
            for name in add
        ],
        key=lambda line: str(line["path"]),
    )
    package["tallystick"]["report_sha256"] = Sha256.of(files["report.json"]).hex

    def fit() -> dict[str, FileDigest]:
        digests = {name: FileDigest.of(data) for name, data in files.items() if name != DATAPACKAGE}
        for line in package["resources"]:
            if line["path"] in digests:
                digest = digests[line["path"]]
                line.update(bytes=digest.size_bytes, hash=digest.sha256.prefixed)
        return digests

    digests = fit()
    if keys and STATEMENT in files:
        statement = compose_statement(package, digests, [key.public for key in keys])
        files[STATEMENT] = seal(statement, keys)
        fit()
    files[DATAPACKAGE] = with_own_digest(package)
    return files


def resigned(files: Files, change: Any, *keys: SigningKey) -> Files:
    """The files with a changed statement, signed by these keys all the same, and a manifest that fits."""
    package = json.loads(files[DATAPACKAGE])
    digests = {name: FileDigest.of(data) for name, data in files.items() if name != DATAPACKAGE}
    statement = json.loads(compose_statement(package, digests, [key.public for key in keys]))
    changed = change(statement)
    payload = changed if isinstance(changed, bytes) else canonical_bytes(statement)
    return refitted({**files, STATEMENT: seal(payload, keys)})
