"""What an S3 store's refusals mean: each becomes one error that says what happened and what to do, without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from tallystick.errors import (
    BadConfigurationError,
    BucketMissingError,
    ChangedObjectError,
    CredentialsRefusedError,
    MissingInputError,
    StoreRefusedError,
    StoreUnreachableError,
    TallystickError,
    TryAgainError,
)
from tallystick.evidence.names import legible

_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.ProfileNotFound,
    boto.TokenRetrievalError,
    boto.SSOError,
)
_NOT_ASKABLE = (
    boto.ParamValidationError,
    boto.NoRegionError,
    boto.InvalidRegionError,
    boto.EndpointProviderError,
)
_UNREACHABLE = (boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError, boto.ResponseStreamingError)
_REFUSED_KEYS = {
    "InvalidAccessKeyId": "the store does not know this access key",
    "SignatureDoesNotMatch": "the secret key does not belong to the access key",
    "ExpiredToken": "the credentials have expired",
    "RequestTimeTooSkewed": "this machine's clock differs too much from the store's",
}
_BUSY = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "RequestLimitExceeded"}
_DAMAGED = {"BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest", "XAmzContentChecksumMismatch"}
_REGION = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
SET_CREDENTIALS = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then run this again"


def error_code(error: ClientError) -> tuple[str, int]:
    """The store's own word for a refusal, and the HTTP status."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return str(error.response.get("Error", {}).get("Code", "")), int(status)


@contextmanager
def answers(where: str, *, bucket: str, endpoint_url: str | None) -> Iterator[None]:
    """Turn boto3's exceptions inside into our own; `where` is the address of the object or prefix."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error, legible(where), bucket) from error
    except (BotoCoreError, ValueError) as error:
        raise _failure(error, legible(where), _shown(endpoint_url)) from error


def _refusal(error: ClientError, where: str, bucket: str) -> TallystickError:
    code, status = error_code(error)
    if code == "NoSuchBucket":
        return missing_bucket(bucket)
    if code in _BUSY or status >= 500 or status == 429:
        return StoreUnreachableError(
            f"the object store is busy or failing ({code or status})", where=where, next_step="run this again later"
        )
    if code in ("NoSuchKey", "404", "NoSuchVersion") or status == 404:
        return MissingInputError("there is no such object", where=where)
    if code in _DAMAGED:
        return TryAgainError(
            f"the bytes arrived changed, and the store refused them ({code})", where=where, next_step="run this again"
        )
    if status == 412:
        return ChangedObjectError("the object was replaced while it was read", where=where, next_step="run this again")
    if code in _REGION or status == 301:
        return StoreRefusedError(
            "the bucket is in another region", where=where, next_step="set region under [s3] in tallystick.toml"
        )
    if status in (401, 403):
        says = _REFUSED_KEYS.get(code, "the store does not let these credentials do this")
        return CredentialsRefusedError(f"{says} ({legible(code)})", where=where, next_step=SET_CREDENTIALS)
    return StoreRefusedError(f"the object store refuses the request ({legible(code)}, HTTP {status})", where=where)


def missing_bucket(bucket: str) -> BucketMissingError:
    """The store has no such bucket, and we make none: a bucket has an owner, rules and a price."""
    return BucketMissingError(
        "there is no such bucket",
        where=f"s3://{bucket}",
        next_step="create the bucket, or name another one in tallystick.toml",
    )


def _failure(error: Exception, where: str, endpoint: str) -> TallystickError:
    kind = type(error).__name__
    if isinstance(error, _NO_CREDENTIALS):
        return CredentialsRefusedError(
            f"there are no usable credentials ({kind})", where=where, next_step=SET_CREDENTIALS
        )
    if isinstance(error, boto.FlexibleChecksumError):
        return TryAgainError("the bytes arrived changed", where=where, next_step="run this again")
    if isinstance(error, _UNREACHABLE):
        return StoreUnreachableError(
            f"the object store at {endpoint} does not answer ({kind})",
            where=where,
            next_step="see that it runs and that endpoint_url under [s3] is right, then run this again",
        )
    if isinstance(error, (ValueError, *_NOT_ASKABLE)):
        return BadConfigurationError(
            f"this cannot be asked of an S3 store ({kind}; endpoint {endpoint})",
            where=where,
            next_step="see endpoint_url and region under [s3] in tallystick.toml, and the bucket's name",
        )
    return StoreRefusedError(f"the object store could not be asked ({kind})", where=where)


def _shown(endpoint_url: str | None) -> str:
    """An endpoint without a user name and a password."""
    if endpoint_url is None:
        return "AWS"
    try:
        parts = urlsplit(endpoint_url)
        return legible(f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}")
    except ValueError:
        return "the given endpoint_url"
