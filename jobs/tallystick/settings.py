"""Settings: flags over environment over tallystick.toml, read once into frozen values; nobody else reads them."""

from __future__ import annotations

import os
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tallystick.errors import BadConfigurationError, MissingInputError, UnreadableFileError

FILE_NAME = "tallystick.toml"
PREFIX = "TALLYSTICK_"
OTHERS = ("TALLYSTICK_HOME",)
"""Names in the environment that begin like a setting and are read by others: where Airflow finds the checkout."""

SECRETS = ("key", "passphrase")
"""The keys of [signing] that only the environment may hold."""

TABLES = ("s3", "engine", "signing")
"""The keys of tallystick.toml that are tables, which the environment names with `__`."""


def _a_path(value: object) -> object:
    if value == "":
        raise ValueError("a path is needed, and this one is empty")
    return value


Folder = Annotated[Path, BeforeValidator(_a_path)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class S3Settings(_Frozen):
    """Where an S3 store is; credentials come by boto3's own chain and never stand here."""

    endpoint_url: str | None = Field(default=None, description="Address of a store other than AWS, http://host:port.")
    region: str | None = Field(default=None, description="The bucket's region; without it what boto3's own chain says.")
    path_style: bool | None = Field(
        default=None, description="Bucket in the path, not the host name; the default with endpoint_url."
    )

    @property
    def uses_path_style(self) -> bool:
        """Whether the bucket's name goes into the path of an address."""
        return self.path_style if self.path_style is not None else self.endpoint_url is not None


class EngineSettings(_Frozen):
    """How much the engine may use; none of it changes a number."""

    master: str | None = Field(
        default=None, description="The Spark master; local[*] unless spark-submit says otherwise."
    )
    memory_limit: str = Field(
        default="1GB",
        pattern=r"^[1-9][0-9]*(\.[0-9]+)? ?[KMGTkmgt]i?[Bb]$",
        description="What DuckDB may hold in one task before it spills to disk.",
    )
    tasks: int = Field(default=0, description="Spark tasks for one stage; 0 takes four for each core.", ge=0)
    scratch: Folder = Field(default=Path(tempfile.gettempdir()), description="Where a task spills and unpacks.")


def _paths(value: object) -> object:
    return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value


Files = Annotated[tuple[Path, ...], BeforeValidator(_paths)]
"""Paths; in the environment one text with the path separator of the system between them."""


class SigningSettings(_Frozen):
    """Who signs the reports that are published, and whom `verify` believes. Without a key a report is not signed."""

    keys: Files = Field(default=(), description="Files of private keys that sign: `tallystick keys new` makes one.")
    key: SecretStr | None = Field(
        default=None, description="A private key itself, as PEM text; only in the environment, never in the file."
    )
    passphrase: SecretStr | None = Field(
        default=None, description="What opens locked keys; only in the environment, never in the file."
    )
    trust: Files = Field(
        default=(),
        description="Files of public keys, and of certificates of time-stamp authorities, that are believed.",
    )
    timestamp_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+$",
        description="Address of an RFC 3161 authority that stamps the time of each signed report.",
    )


class Settings(BaseSettings):
    """Everything a stage needs to know about one project. Relative paths are relative to the project's folder."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    project: Path
    provider: str = Field(default="the provider", description="Who licenses the API, as the report names it.")
    lake: Folder = Field(default=Path("lake"), description="The folder that holds the Delta tables.")
    reports: str = Field(
        default="reports", min_length=1, description="Where reports are published: a folder, or s3://bucket/prefix."
    )
    sources: Folder = Field(default=Path("sources"), description="The folder of source files.")
    formats: Folder = Field(default=Path("formats"), description="The folder of the project's own log formats, if any.")
    register_folder: Folder = Field(
        default=Path("register"), alias="register", description="The folder of register files."
    )
    agreements: Folder = Field(
        default=Path("agreements"), description="The folder of agreement versions, one folder a licensee."
    )
    digest_key_file: Folder = Field(
        default=Path("digest.key"), description="The file of the key with which secrets in logs are digested."
    )
    language: Literal["en", "fr"] = Field(
        default="en",
        description="The language of page, print, changes.html and the shelf; report.json is the same in each.",
    )
    client_addresses: Literal["left_out", "pseudonyms", "as_logged"] = Field(
        default="left_out",
        description="What reports show of callers' addresses: left_out has none in files of requests, pseudonyms has a "
        "column `client` there; in any other text both show a pseudonym, under the project's digest key, of each "
        "report its own; as_logged shows the addresses themselves.",
    )
    s3: S3Settings = S3Settings()
    engine: EngineSettings = EngineSettings()
    signing: SigningSettings = SigningSettings()

    @classmethod
    def load(cls, project: Path, **flags: Any) -> Settings:
        """Read `project`/tallystick.toml under the environment under `flags`; flags that are None say nothing.

        Raises MissingInputError without the file, UnreadableFileError when it is no text, BadConfigurationError for
        what it cannot say.
        """
        file = project / FILE_NAME
        if not file.is_file():
            raise MissingInputError(
                "there is no project here",
                where=str(file),
                next_step=f"tallystick init {project}, or name one with --project",
            )
        try:
            written = tomllib.loads(file.read_text("utf-8"))
            if "project" in written:
                raise BadConfigurationError(
                    "this key is not known here",
                    where=f"{file}: project",
                    next_step="take it out: the file's own folder is the project",
                )
            signing = written.get("signing")
            for name in SECRETS:
                if isinstance(signing, dict) and name in signing:
                    raise BadConfigurationError(
                        "a secret does not belong into this file",
                        where=f"{file}: signing.{name}",
                        next_step=f"take it out, and set {PREFIX}SIGNING__{name.upper()} where publish runs",
                    )
            values = {
                "project": project.resolve(),
                **_environment(),
                **{k: v for k, v in flags.items() if v is not None},
            }
            return cls(**_merge(written, values))._anchored()
        except tomllib.TOMLDecodeError as error:
            raise BadConfigurationError(
                f"this is not TOML: {error}", where=str(file), next_step="mend the line; a text stands in quotes"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableFileError(
                f"cannot be read: {error}", where=str(file), next_step="write it as UTF-8 text that you may read"
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise BadConfigurationError(
                first["msg"], where=f"{file}: {key}", next_step=f"the keys are: {', '.join(known_keys())}"
            ) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` merged: one order of precedence, in one place."""
        return (init_settings,)

    def _anchored(self) -> Settings:
        """The same settings with every relative path made absolute."""
        return self.model_copy(
            update={
                "lake": self.project / self.lake,
                "reports": self.reports if "://" in self.reports else str(self.project / self.reports),
                "sources": self.project / self.sources,
                "formats": self.project / self.formats,
                "register_folder": self.project / self.register_folder,
                "agreements": self.project / self.agreements,
                "digest_key_file": self.project / self.digest_key_file,
                "signing": self.signing.model_copy(
                    update={
                        "keys": tuple(self.project / file for file in self.signing.keys),
                        "trust": tuple(self.project / file for file in self.signing.trust),
                    }
                ),
            }
        )


def known_keys() -> list[str]:
    """The keys that tallystick.toml may have, in the file's spelling."""
    return [field.alias or name for name, field in Settings.model_fields.items() if name != "project"]


def _environment() -> dict[str, Any]:
    """`TALLYSTICK_LAKE=…`, `TALLYSTICK_S3__REGION=…` as nested values; one that is empty says nothing.

    Raises BadConfigurationError for a name that is no key: a setting that is misspelt would go unnoticed.
    """
    values: dict[str, Any] = {}
    for name, text in sorted(os.environ.items()):
        if not name.startswith(PREFIX) or name in OTHERS or not text:
            continue
        key, _, rest = name.removeprefix(PREFIX).lower().partition("__")
        if key not in known_keys() or bool(rest) != (key in TABLES):
            raise BadConfigurationError(
                "this setting is not known",
                where=f"environment {name}",
                next_step="take it out, or see docs/reference/files.md for the names",
            )
        if rest:
            values.setdefault(key, {})[rest] = text
        else:
            values[key] = text
    return values


def passphrase_of_environment() -> str | None:
    """What TALLYSTICK_SIGNING__PASSPHRASE says, for a command that needs no project."""
    return os.environ.get(f"{PREFIX}SIGNING__PASSPHRASE") or None


def _merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` laid on `under`, table by table."""
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged
