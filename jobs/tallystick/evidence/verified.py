"""What a verification comes to: whose report it is, what was checked of it, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tallystick.evidence.manifest import Manifest, revision_name
from tallystick.evidence.names import legible
from tallystick.evidence.signatures import Seals


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a verification has checked; there is none when anything differs."""

    location: str
    manifest: Manifest
    files: int
    size_bytes: int
    rules: tuple[str, ...]
    seals: Seals
    unchecked: tuple[str, ...] = ()
    """What a bundle may promise and this verification could not look at, a sentence each."""

    @property
    def sentence(self) -> str:
        """Whose report it is, what it concludes, and how much was checked."""
        manifest = self.manifest
        report = f"{manifest.licensee} {manifest.period} {revision_name(manifest.revision)}: {manifest.conclusion}"
        checked = f"checked {self.files:,} files, {self.size_bytes:,} bytes, {len(self.rules)} rules"
        return f"{legible(report)}; {checked}; {self.seals.sentence}"

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What was not checked, a sentence each: for want of a trusted key, or because the bundle has no such thing."""
        return (*self.seals.unchecked, *self.unchecked)

    def as_dict(self) -> dict[str, Any]:
        """The result for a program: what was checked, whose report it is, and the digests to write down."""
        manifest = self.manifest
        return {
            "location": self.location,
            "verified": True,
            "licensee": manifest.licensee,
            "period": manifest.period,
            "revision": manifest.revision,
            "conclusion": manifest.conclusion,
            "report_sha256": manifest.report_sha256.hex,
            "datapackage_sha256": manifest.sha256.hex,
            "files": self.files,
            "bytes": self.size_bytes,
            "rules": list(self.rules),
            **self.seals.as_dict(),
            "not_checked": list(self.not_checked),
        }
