"""The error family: each error says what happened, where, and what to type next, and has one exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class TallystickError(Exception):
    """Anything that stops a stage for a reason its user can act on.

    `what` is the fact, `where` the file, key, table or address, `next_step` the next command to type.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str | None = None, next_step: str | None = None) -> None:
        self.what = what
        self.where = where
        self.next_step = next_step
        super().__init__(what if where is None else f"{where}: {what}")

    @property
    def name(self) -> str:
        """The class name without `Error`, which is how `--json` reports it."""
        return type(self).__name__.removesuffix("Error")


# ── 2: the command line asked for something that cannot be ────────────────────────────────────────────────────────


class UsageError(TallystickError):
    """The arguments do not make sense together or name nothing."""

    exit_code = 2


class BadPeriodError(UsageError):
    """A period's text is none of the five forms of SEMANTICS, or it is empty."""


class UnknownLicenseeError(UsageError):
    """The register has no licensee of that id."""


class UnknownFindingError(UsageError):
    """No finding of that id has been audited."""


class UnlikeCommitmentsError(UsageError):
    """Two commitments were made under different keys, of different identities or of different hours."""


# ── 3: findings at or over --fail-on ──────────────────────────────────────────────────────────────────────────────


class FindingsError(TallystickError):
    """The audit is done and found what `--fail-on` was told to fail on."""

    exit_code = 3


# ── 4: the count is not fit to publish ────────────────────────────────────────────────────────────────────────────


class NotFitToPublishError(TallystickError):
    """A critical expectation or the accounting identity failed, so nothing was published."""

    exit_code = 4


# ── 5: input missing or unreadable ────────────────────────────────────────────────────────────────────────────────


class InputError(TallystickError):
    """Input that is missing or cannot be read."""

    exit_code = 5


class MissingInputError(InputError):
    """A folder, file, bucket prefix or table that was named does not exist."""


class EmptySourceError(InputError):
    """A source exists and holds no log object."""


class UnreadableFileError(InputError):
    """A file exists and cannot be opened or decoded."""


class NoFileError(UnreadableFileError):
    """What is listed is no file: a pipe, a device, a folder, or a link that leads nowhere."""


class DamagedFileError(InputError):
    """A compressed file is cut, damaged or followed by bytes that do not belong to it; none of its entries counts."""


class RefusedFilesError(InputError):
    """New files could not be read to their end; whatever else was offered is ingested."""


class UnknownFormatError(InputError):
    """No known format reads the first entries of a file."""


class BadConfigurationError(InputError):
    """A YAML or TOML file does not say what its model asks for. `where` is `file:line: key`."""


class OverlappingVersionsError(BadConfigurationError):
    """Two versions of an agreement claim the same instant."""


class AmbiguousRegisterError(BadConfigurationError):
    """Two apps are recognised by the same credential or pattern at the same time."""


class NoDataError(InputError):
    """The period holds no counted day of any source."""


class NotTalliedError(InputError):
    """Days of the period, or summaries that a clause asks for, are to be built by an earlier stage first."""


class SumTooLargeError(InputError):
    """Amounts add up past 2^63-1, more than an exact count can hold; nothing of the stage is visible."""


class NotAuditedError(InputError):
    """The licensee has not been audited for the period, or something changed since."""


class BucketMissingError(InputError):
    """The object store answers, and has no such bucket."""


class CredentialsRefusedError(InputError):
    """The object store answers, and does not accept these credentials (or there are none)."""


class StoreRefusedError(InputError):
    """The folder or object store is there and refuses: no right, no space, or a request it does not understand."""


class BadCommitmentError(InputError):
    """A commitment is cut, or says what its format does not allow. `where` is `file:line`."""


class ToolMissingError(InputError):
    """A program or part that the stage needs (Java, a jar, a server) is missing or of the wrong version."""


# ── 6: verification ───────────────────────────────────────────────────────────────────────────────────────────────


class VerificationError(TallystickError):
    """A bundle is not what its manifest says. `where` is the first file that differs."""

    exit_code = 6


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one file of a bundle (in one field of it) was expected to say, and what was found."""

    file: str
    expected: str
    found: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.field + ': ' if self.field else ''}expected {self.expected}, found {self.found}"


class BundleDiffersError(VerificationError):
    """A bundle differs from what was promised; `differences` has every place, `where` names the file of the first."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        first, more = differences[0], len(differences) - 1
        others = "" if not more else f"; and {more} more difference{'s' if more > 1 else ''}"
        super().__init__(
            f"{first}{others}",
            where=first.file,
            next_step="do not rely on this bundle; fetch it again from where it was published",
        )
        self.differences = tuple(differences)


# ── 7: published before ───────────────────────────────────────────────────────────────────────────────────────────


class AlreadyPublishedError(TallystickError):
    """That revision is published with other content, and a revision is never overwritten."""

    exit_code = 7


# ── 75: try again ─────────────────────────────────────────────────────────────────────────────────────────────────


class TryAgainError(TallystickError):
    """Nothing is wrong with the request; something else was busy or out of reach."""

    exit_code = 75


class StoreUnreachableError(TryAgainError):
    """The object store does not answer."""


class ChangedObjectError(TryAgainError):
    """A log object was written to, or taken away, between its listing and the end of its reading."""


class LostRaceError(TryAgainError):
    """Another run committed to the same table meanwhile; nothing of this run is visible."""
