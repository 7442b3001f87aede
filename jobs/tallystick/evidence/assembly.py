"""A payload becomes a whole bundle: SHA256SUMS over it, a statement over both, a time-stamp over that, the manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tallystick.evidence.bundle import DATAPACKAGE, REPORT, SHA256SUMS, STATEMENT, TIMESTAMP
from tallystick.evidence.canonical import parse_canonical
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Edition, compose_manifest, compose_sums
from tallystick.evidence.statement import sign_bundle

Stamp = Callable[[bytes], bytes]
"""Gives an authority's time-stamp over some bytes."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """Who signs a bundle, and who stamps the time of its statement."""

    keys: tuple[SigningKey, ...] = ()
    stamp: Stamp | None = None


UNSIGNED = Seal()


def assemble(payload: Mapping[str, bytes], edition: Edition, seal: Seal = UNSIGNED) -> dict[str, bytes]:
    """All files of the bundle by name. The same payload, edition and keys give the same bytes, time-stamp aside.

    The manifest lists the statement and the statement has the digest of what the manifest says of all else, so each
    holds the other without a circle. Raises NotCanonicalError and NotAsPromisedError for a report that is none.
    """
    files = dict(payload)
    digests = {name: FileDigest.of(data) for name, data in files.items()}

    def add(name: str, data: bytes) -> None:
        files[name], digests[name] = data, FileDigest.of(data)

    report = parse_canonical(payload.get(REPORT, b""))
    add(SHA256SUMS, compose_sums(digests))
    if seal.keys:
        package = parse_canonical(compose_manifest(report, digests, edition))
        add(STATEMENT, sign_bundle(package, digests, seal.keys))
        if seal.stamp is not None:
            add(TIMESTAMP, seal.stamp(files[STATEMENT]))
    files[DATAPACKAGE] = compose_manifest(report, digests, edition)
    return files
